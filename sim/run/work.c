/* Events in the order in which they were kept; arrivals in a ring. */
#include "work.h"

#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* Longer than any run; later than any moment of one, a sum with it still is a time. */
#define COST_MOST_NS (UINT64_C(1) << 62)

void work_init(struct work *work, size_t arrivals) {
  *work = (struct work){.arrival_max = arrivals};
}

void work_deinit(struct work *work) {
  for (; work->event_told < work->event_count; work->event_told++)
    free(work->events[work->event_told].text);
  free(work->events);
  while (work->arrival_count > 0)
    work_take(work);
  free(work->arrivals);
}

void work_begin(struct work *work, uint64_t now_ns) {
  work->begun_ns = now_ns;
  work->cost_ns = 0;
}

void work_compute(struct work *work, uint64_t cost_ns) {
  work->cost_ns = cost_ns < COST_MOST_NS - work->cost_ns ? work->cost_ns + cost_ns : COST_MOST_NS;
}

bool work_end(struct work *work) {
  return work->busy = work->cost_ns > 0;
}

void work_done(struct work *work) {
  work->busy = false;
  work->cost_ns = 0;
}

uint64_t work_until_ns(const struct work *work) {
  return work->begun_ns + work->cost_ns;
}

uint64_t work_next_ns(const struct work *work) {
  if (!work->busy)
    return NODE_NEVER;
  return work->event_told < work->event_count ? work->events[work->event_told].at_ns
                                              : work_until_ns(work);
}

/* Events */

/* `*octets` are copied to `*at`, which goes on behind them. */
static void work_copy(const uint8_t **octets, size_t length, uint8_t **at) {
  if (*octets == NULL)
    return;
  memcpy(*at, *octets, length);
  *octets = *at;
  *at += length;
}

void work_tell_later(struct work *work, struct host *from, const struct node_event *event) {
  work->events = memory_grow(work->events, work->event_count, sizeof *work->events);
  struct work_event *kept = &work->events[work->event_count++];
  *kept = (struct work_event){work_until_ns(work), from, *event, NULL};
  kept->text = memory_get(1 + event->secret_length + event->name_length, 1);
  uint8_t *at = kept->text;
  work_copy(&kept->event.secret, event->secret_length, &at);
  work_copy(&kept->event.name, event->name_length, &at);
}

const struct work_event *work_told(struct work *work, uint64_t now_ns) {
  if (work->event_told > 0)
    free(work->events[work->event_told - 1].text), work->events[work->event_told - 1].text = NULL;
  if (work->event_told == work->event_count) {
    work->event_told = work->event_count = 0;
    return NULL;
  }
  struct work_event *next = &work->events[work->event_told];
  if (next->at_ns > now_ns)
    return NULL;
  work->event_told++;
  return next;
}

/* Arrivals */

bool work_arrive(struct work *work, const struct node_datagram *datagram, uint32_t id,
                 uint64_t now_ns) {
  if (work->arrival_count == work->arrival_max)
    return false;
  if (work->arrivals == NULL)
    work->arrivals = memory_get(work->arrival_max, sizeof *work->arrivals);
  const size_t place = (work->arrival_first + work->arrival_count++) % work->arrival_max;
  struct work_arrival *kept = &work->arrivals[place];
  *kept = (struct work_arrival){now_ns, *datagram, id};
  kept->datagram.data = memory_get(1 + datagram->length, 1);
  kept->datagram.capacity = datagram->length;
  memcpy(kept->datagram.data, datagram->data, datagram->length);
  return true;
}

const struct work_arrival *work_waiting(const struct work *work) {
  return work->arrival_count == 0 ? NULL : &work->arrivals[work->arrival_first];
}

void work_take(struct work *work) {
  free(work->arrivals[work->arrival_first].datagram.data);
  work->arrival_first = (work->arrival_first + 1) % work->arrival_max;
  work->arrival_count--;
}
