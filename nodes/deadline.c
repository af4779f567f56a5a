/* A binary heap of deadlines; each knows its place. */
#include "deadline.h"

#include "node.h"

#include <assert.h>
#include <stdlib.h>

bool deadline_heap_init(struct deadline_heap *heap, size_t capacity) {
  *heap = (struct deadline_heap){.items = calloc(capacity, sizeof(struct deadline *)),
                                 .capacity = capacity};
  return heap->items != NULL;
}

void deadline_heap_deinit(struct deadline_heap *heap) {
  free(heap->items);
  *heap = (struct deadline_heap){0};
}

static void heap_put(struct deadline_heap *heap, size_t place, struct deadline *deadline) {
  heap->items[place - 1] = deadline;
  deadline->place = place;
}

static uint64_t due(const struct deadline_heap *heap, size_t place) {
  return heap->items[place - 1]->due_ns;
}

/* Moves the deadline at `place` up, then down, to where it belongs. */
static void heap_settle(struct deadline_heap *heap, size_t place) {
  struct deadline *deadline = heap->items[place - 1];
  for (; place > 1 && due(heap, place / 2) > deadline->due_ns; place /= 2)
    heap_put(heap, place, heap->items[place / 2 - 1]);
  for (size_t child; (child = 2 * place) <= heap->count; place = child) {
    if (child < heap->count && due(heap, child + 1) < due(heap, child))
      child++;
    if (due(heap, child) >= deadline->due_ns)
      break;
    heap_put(heap, place, heap->items[child - 1]);
  }
  heap_put(heap, place, deadline);
}

static void heap_take_out(struct deadline_heap *heap, struct deadline *deadline) {
  const size_t place = deadline->place;
  struct deadline *last = heap->items[--heap->count];
  deadline->place = 0;
  if (last == deadline)
    return;
  heap_put(heap, place, last);
  heap_settle(heap, place);
}

void deadline_set(struct deadline_heap *heap, struct deadline *deadline, uint64_t due_ns) {
  if (due_ns == NODE_NEVER) {
    if (deadline->place != 0)
      heap_take_out(heap, deadline);
    return;
  }
  if (deadline->place == 0) {
    assert(heap->count < heap->capacity);
    heap_put(heap, ++heap->count, deadline);
  }
  deadline->due_ns = due_ns;
  heap_settle(heap, deadline->place);
}

struct deadline *deadline_next(const struct deadline_heap *heap) {
  return heap->count == 0 ? NULL : heap->items[0];
}

uint64_t deadline_next_ns(const struct deadline_heap *heap) {
  return heap->count == 0 ? NODE_NEVER : heap->items[0]->due_ns;
}
