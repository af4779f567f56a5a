/* The monotonic clock. */
#ifndef NODES_LIVE_CLOCK_H
#define NODES_LIVE_CLOCK_H

#include <stdint.h>

/* Nanoseconds since some moment. */
uint64_t clock_now_ns(void);

#endif
