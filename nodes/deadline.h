/* The deadlines of many owners, of which the next is found at once: a binary heap. */
#ifndef NODES_DEADLINE_H
#define NODES_DEADLINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Embedded in its owner; zeroed memory is one that is not set. */
struct deadline {
  uint64_t due_ns;
  size_t place; /* in the heap, from 1; 0: not set */
  void *owner;
};

struct deadline_heap {
  struct deadline **items;
  size_t count, capacity;
};

/* Room for `capacity` deadlines. False: memory is short. */
bool deadline_heap_init(struct deadline_heap *heap, size_t capacity);
void deadline_heap_deinit(struct deadline_heap *heap);

/* Sets or moves a deadline; NODE_NEVER takes it out. */
void deadline_set(struct deadline_heap *heap, struct deadline *deadline, uint64_t due_ns);

/* The next deadline, or NULL. It stays in the heap. */
struct deadline *deadline_next(const struct deadline_heap *heap);

/* When that is, or NODE_NEVER. */
uint64_t deadline_next_ns(const struct deadline_heap *heap);

#endif
