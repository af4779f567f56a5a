/* Agendas in a heap of deadlines. */
#include "due.h"

#include "agenda.h"
#include "host.h"
#include "support/memory.h"

#include <stdlib.h>

void due_init(struct due_queue *queue, size_t capacity) {
  if (!deadline_heap_init(&queue->waiting, capacity))
    abort();
  queue->taken = memory_get(capacity, sizeof *queue->taken);
}

void due_deinit(struct due_queue *queue) {
  deadline_heap_deinit(&queue->waiting);
  free(queue->taken);
}

void due_set(struct due_queue *queue, struct agenda *agenda) {
  agenda->deadline.owner = agenda;
  deadline_set(&queue->waiting, &agenda->deadline, agenda->due_ns);
}

uint64_t due_next_ns(const struct due_queue *queue) {
  return deadline_next_ns(&queue->waiting);
}

static int due_compare(const void *a, const void *b) {
  const size_t first = (*(struct agenda *const *)a)->peer->index;
  const size_t second = (*(struct agenda *const *)b)->peer->index;
  return (first > second) - (first < second);
}

size_t due_take(struct due_queue *queue, uint64_t now_ns) {
  size_t count = 0;
  while (due_next_ns(queue) <= now_ns) {
    struct deadline *next = deadline_next(&queue->waiting);
    queue->taken[count++] = next->owner;
    deadline_set(&queue->waiting, next, NODE_NEVER);
  }
  if (count > 0)
    qsort(queue->taken, count, sizeof *queue->taken, due_compare);
  return count;
}
