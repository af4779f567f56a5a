/* UDP ports on 127.0.0.1 for programs that cannot choose one themselves, or that nobody shall
 * answer from. They are free, and stay so until this program ends: no port that the system gives to
 * who asks for any, and none that another program was given by these functions. */
#ifndef NODES_LIVE_TESTS_PORT_H
#define NODES_LIVE_TESTS_PORT_H

#include <stdint.h>

uint16_t port_take(void);

/* The first of `count` in a row. */
uint16_t port_take_row(unsigned count);

/* Waits until a program listens there and has read all that came: for those that do not say when
 * they do, and before one is stopped. */
void port_await_idle(uint16_t port);

#endif
