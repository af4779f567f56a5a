/* Octets on the heap, told apart by who allocates. For programs that are linked with HEAP_WRAPS
 * (CMakeLists.txt): calls of malloc and its kin from our code, and from libraries that are linked
 * in as archives, are counted with what the allocator rounds them up to. */
#ifndef NODES_TESTS_CROWD_HEAP_H
#define NODES_TESTS_CROWD_HEAP_H

#include <stdbool.h>
#include <stddef.h>

enum { HEAP_OWNERS = 4 };

/* Who allocates, and frees, from now on: 0 to HEAP_OWNERS - 1. */
void heap_owner(unsigned owner);

/* What it has now, and had at most since heap_reset. */
size_t heap_octets(unsigned owner);
size_t heap_octets_peak(unsigned owner);

/* Nobody has anything. */
void heap_reset(void);

/* From now on, memory is short, or is not. */
void heap_is_short(bool is_short);

#endif
