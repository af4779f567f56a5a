/* Booking time to the first of the causes that are under way. */
#include "timeline.h"

#include "support/memory.h"

#include <assert.h>
#include <stdlib.h>

struct timeline_peer {
  uint64_t since_ns; /* all before is booked */
  /* Causes under way, a bit each: those that will be said to end, and those that end by themselves;
   * what of these has ended since since_ns is still among them. */
  uint32_t counted, bounded;
  uint16_t count[CAUSE_COUNT];
  uint64_t until_ns[CAUSE_COUNT];
  /* Gaps without a name: the one that ends at since_ns, and those before it behind which nothing
   * was done but computing, which says what it was for when it is done. */
  uint64_t gap_ns, gaps_before_ns;
  struct timeline_reading booked;
};

struct timeline {
  size_t count;
  struct timeline_peer peers[];
};

_Static_assert(CAUSE_COUNT <= 32, "each cause has a bit");

const char *time_cause_name(enum time_cause cause) {
  static const char *const names[] = {
#define CAUSE(id, name, help) [CAUSE_##id] = name,
#include "causes.def"
#undef CAUSE
  };
  return names[cause];
}

struct timeline *timeline_create(size_t peers) {
  struct timeline *timeline =
      memory_get(1, sizeof *timeline + peers * sizeof(struct timeline_peer));
  timeline->count = peers;
  return timeline;
}

void timeline_destroy(struct timeline *timeline) {
  free(timeline);
}

/* Booking */

static void timeline_book_gap(struct timeline_peer *peer, uint64_t now_ns) {
  peer->gap_ns += now_ns - peer->since_ns;
  peer->since_ns = now_ns;
}

/* As far as the first of the causes reaches. */
static void timeline_book_cause(struct timeline_peer *peer, uint64_t now_ns) {
  const unsigned cause = (unsigned)__builtin_ctz(peer->counted | peer->bounded);
  const uint32_t bit = UINT32_C(1) << cause;
  uint64_t end_ns = now_ns;
  if ((peer->bounded & bit) != 0 && peer->until_ns[cause] <= now_ns) {
    peer->bounded &= ~bit;
    if ((peer->counted & bit) == 0)
      end_ns = peer->until_ns[cause];
  }
  if (end_ns <= peer->since_ns)
    return;
  peer->booked.ns[cause] += end_ns - peer->since_ns;
  peer->since_ns = end_ns;
  peer->gaps_before_ns = cause <= CAUSE_CPU_AAA ? peer->gaps_before_ns + peer->gap_ns : 0;
  peer->gap_ns = 0;
}

static struct timeline_peer *timeline_book(struct timeline *timeline, uint32_t number,
                                           uint64_t now_ns) {
  assert(number < timeline->count);
  struct timeline_peer *peer = &timeline->peers[number];
  assert(peer->since_ns <= now_ns);
  while (peer->since_ns < now_ns)
    if ((peer->counted | peer->bounded) == 0)
      timeline_book_gap(peer, now_ns);
    else
      timeline_book_cause(peer, now_ns);
  return peer;
}

void timeline_begin(struct timeline *timeline, uint32_t number, enum time_cause cause,
                    uint64_t now_ns) {
  if (number == TIMELINE_NOBODY)
    return;
  struct timeline_peer *peer = timeline_book(timeline, number, now_ns);
  peer->counted |= UINT32_C(1) << cause;
  peer->count[cause]++;
  assert(peer->count[cause] > 0);
}

void timeline_end(struct timeline *timeline, uint32_t number, enum time_cause cause,
                  uint64_t now_ns) {
  if (number == TIMELINE_NOBODY)
    return;
  struct timeline_peer *peer = timeline_book(timeline, number, now_ns);
  assert(peer->count[cause] > 0);
  if (--peer->count[cause] == 0)
    peer->counted &= ~(UINT32_C(1) << cause);
}

void timeline_until(struct timeline *timeline, uint32_t number, enum time_cause cause,
                    uint64_t now_ns, uint64_t until_ns) {
  if (number == TIMELINE_NOBODY)
    return;
  struct timeline_peer *peer = timeline_book(timeline, number, now_ns);
  const uint32_t bit = UINT32_C(1) << cause;
  if ((peer->bounded & bit) == 0 || peer->until_ns[cause] < until_ns)
    peer->until_ns[cause] = until_ns;
  peer->bounded |= bit;
}

/* Gaps */

void timeline_name(struct timeline *timeline, uint32_t number, enum time_cause cause,
                   uint64_t now_ns) {
  if (number == TIMELINE_NOBODY)
    return;
  struct timeline_peer *peer = timeline_book(timeline, number, now_ns);
  peer->booked.ns[cause] += peer->gaps_before_ns + peer->gap_ns;
  peer->gaps_before_ns = peer->gap_ns = 0;
}

void timeline_name_end(struct timeline *timeline, uint32_t number, enum time_cause cause,
                       uint64_t since_ns, uint64_t now_ns) {
  if (number == TIMELINE_NOBODY)
    return;
  struct timeline_peer *peer = timeline_book(timeline, number, now_ns);
  const uint64_t most_ns = now_ns - since_ns;
  const uint64_t named_ns = peer->gap_ns < most_ns ? peer->gap_ns : most_ns;
  peer->booked.ns[cause] += named_ns;
  peer->gaps_before_ns += peer->gap_ns - named_ns;
  peer->gap_ns = 0;
}

/* Reading */

struct timeline_reading timeline_read(struct timeline *timeline, uint32_t number, uint64_t now_ns) {
  return timeline_book(timeline, number, now_ns)->booked;
}

struct timeline_reading timeline_difference(const struct timeline_reading *end,
                                            const struct timeline_reading *begin) {
  struct timeline_reading difference;
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    difference.ns[i] = end->ns[i] - begin->ns[i];
  return difference;
}

void timeline_add(struct timeline_reading *sum, const struct timeline_reading *reading) {
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    sum->ns[i] += reading->ns[i];
}

uint64_t timeline_total_ns(const struct timeline_reading *reading) {
  uint64_t total_ns = 0;
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    total_ns += reading->ns[i];
  return total_ns;
}
