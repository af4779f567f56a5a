/* Sums up what the time of authentications went to. */
#include "summary.h"

/* Of `count` authentications, in the mean. */
static json_t *parts_to_json(const struct timeline_reading *parts, size_t count) {
  json_t *object = json_object();
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    json_object_set_new_nocheck(object, time_cause_name((enum time_cause)i),
                                json_real((double)parts->ns[i] / 1e6 / (double)count));
  return object;
}

json_t *summary_parts(const struct record *record) {
  if (!record_is_established(record))
    return json_null();
  const struct timeline_reading parts = record_parts(record);
  return parts_to_json(&parts, 1);
}

void summarize_parts(const struct run *run, struct result *result) {
  struct timeline_reading sum = {{0}};
  size_t established = 0;
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct record *record = agenda_last(&run->agendas[i]);
    if (!record_is_established(record))
      continue;
    const struct timeline_reading parts = record_parts(record);
    timeline_add(&sum, &parts);
    established++;
  }
  if (established > 0)
    result->time_parts_ms = parts_to_json(&sum, established);
}
