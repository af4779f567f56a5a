/* The C interface, for C++. */
#ifndef SIM_NS3_API_H
#define SIM_NS3_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* In C a structure and a function may share a name (node_event). */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wshadow"
extern "C" {
#include "world.h"
}
#pragma GCC diagnostic pop

#endif
