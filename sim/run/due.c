/* A binary heap; each agenda knows its place. */
#include "due.h"

#include "agenda.h"
#include "host.h"
#include "support/memory.h"

#include <stdlib.h>

enum { DUE_FIRST = 16 };

void due_deinit(struct due_queue *queue) {
  free(queue->waiting);
  free(queue->taken);
}

static void due_place(struct due_queue *queue, size_t place, struct agenda *agenda) {
  queue->waiting[place] = agenda;
  agenda->place = place;
}

/* From `place` towards the front, as far as it is due before those there. */
static void due_rise(struct due_queue *queue, size_t place, struct agenda *agenda) {
  while (place > 0 && agenda->due_ns < queue->waiting[(place - 1) / 2]->due_ns) {
    due_place(queue, place, queue->waiting[(place - 1) / 2]);
    place = (place - 1) / 2;
  }
  due_place(queue, place, agenda);
}

/* From `place` towards the end, as far as it is due after those there. */
static void due_sink(struct due_queue *queue, size_t place, struct agenda *agenda) {
  size_t next = 2 * place + 1;
  while (next < queue->count) {
    if (next + 1 < queue->count && queue->waiting[next + 1]->due_ns < queue->waiting[next]->due_ns)
      next++;
    if (agenda->due_ns <= queue->waiting[next]->due_ns)
      break;
    due_place(queue, place, queue->waiting[next]);
    place = next;
    next = 2 * place + 1;
  }
  due_place(queue, place, agenda);
}

void due_put(struct due_queue *queue, struct agenda *agenda) {
  if (queue->count == queue->capacity) {
    queue->capacity = queue->capacity == 0 ? DUE_FIRST : 2 * queue->capacity;
    queue->waiting = memory_resize(queue->waiting, queue->capacity, sizeof *queue->waiting);
    queue->taken = memory_resize(queue->taken, queue->capacity, sizeof *queue->taken);
  }
  due_rise(queue, queue->count++, agenda);
}

void due_remove(struct due_queue *queue, struct agenda *agenda) {
  struct agenda *last = queue->waiting[--queue->count];
  const size_t place = agenda->place;
  if (last == agenda)
    return;
  if (place > 0 && last->due_ns < queue->waiting[(place - 1) / 2]->due_ns)
    due_rise(queue, place, last);
  else
    due_sink(queue, place, last);
}

uint64_t due_next_ns(const struct due_queue *queue) {
  return queue->count == 0 ? NODE_NEVER : queue->waiting[0]->due_ns;
}

static int due_compare(const void *a, const void *b) {
  const size_t first = (*(struct agenda *const *)a)->peer->index;
  const size_t second = (*(struct agenda *const *)b)->peer->index;
  return (first > second) - (first < second);
}

size_t due_take(struct due_queue *queue, uint64_t now_ns) {
  size_t count = 0;
  while (due_next_ns(queue) <= now_ns) {
    struct agenda *agenda = queue->waiting[0];
    due_remove(queue, agenda);
    queue->taken[count++] = agenda;
  }
  if (count > 0)
    qsort(queue->taken, count, sizeof *queue->taken, due_compare);
  return count;
}
