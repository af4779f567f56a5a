/* Sums up how a network comes (back) to life: when which share of its peers had joined. */
#include "host.h"
#include "summary.h"
#include "support/memory.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* In percent of the peers. */
static const unsigned JOINED_SHARES[] = {1,  5,  10, 15, 20, 25, 30, 35, 40, 45, 50,
                                         55, 60, 65, 70, 75, 80, 85, 90, 95, 99, 100};
enum { JOINED_SHARE_COUNT = sizeof JOINED_SHARES / sizeof JOINED_SHARES[0] };

/* When a peer was first established, whatever became of it later; NODE_NEVER. */
static uint64_t joined_moment(const struct run *run, const struct agenda *agenda) {
  for (size_t i = 0; i < run->story.rounds; i++)
    if (record_is_established(&agenda->records[i]))
      return record_confirmed_ns(&agenda->records[i]);
  return NODE_NEVER;
}

static int joined_compare(const void *a, const void *b) {
  const uint64_t first = *(const uint64_t *)a, second = *(const uint64_t *)b;
  return (first > second) - (first < second);
}

/* Of all peers, ascending: those that never joined are last. To be freed. */
static uint64_t *joined_moments(const struct run *run, size_t count) {
  uint64_t *moments = memory_get(count, sizeof *moments);
  for (size_t i = 0; i < count; i++)
    moments[i] = joined_moment(run, &run->agendas[i]);
  qsort(moments, count, sizeof *moments, joined_compare);
  return moments;
}

/* Until `percent` of the peers, rounded up, had joined; NaN: so many never did. */
static double joined_ms(const uint64_t *moments, size_t count, unsigned percent) {
  return summary_span_ms(RUN_BEGIN_NS, moments[(count * percent + 99) / 100 - 1]);
}

static json_t *joined_to_json(const uint64_t *moments, size_t count) {
  json_t *object = json_object();
  for (size_t i = 0; i < JOINED_SHARE_COUNT; i++) {
    char percent[12];
    snprintf(percent, sizeof percent, "%u", JOINED_SHARES[i]);
    json_object_set_new(object, percent,
                        summary_figure(joined_ms(moments, count, JOINED_SHARES[i])));
  }
  return object;
}

void summarize_joined(const struct run *run, struct result *result) {
  const size_t count = run->topology.peer_count;
  uint64_t *moments = joined_moments(run, count);
  size_t joined = count;
  while (joined > 0 && moments[joined - 1] == NODE_NEVER)
    joined--;
  result->joined_ratio = (double)joined / (double)count;
  result->joined_50_ms = joined_ms(moments, count, 50);
  result->joined_90_ms = joined_ms(moments, count, 90);
  result->joined_99_ms = joined_ms(moments, count, 99);
  result->joined_100_ms = joined_ms(moments, count, 100);
  if (count > 1)
    result->joined_ms = joined_to_json(moments, count);
  free(moments);
}
