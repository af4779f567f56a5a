/* Sums up each phase that a run had, the first time that peers went through it apart from those
 * that came again. */
#include "summary.h"

#include "host.h"

#include <math.h>

static json_t *count(uint64_t value) {
  return json_integer((json_int_t)value);
}

static json_t *mean(double sum, uint64_t count) {
  return summary_figure(count == 0 ? NAN : sum / (double)count);
}

static void set_counts(json_t *object, const struct ledger_total *total,
                       const struct run_messages *messages) {
  json_object_set_new(object, "coap_messages", count(messages->sent));
  json_object_set_new(object, "coap_retransmissions", count(messages->repeated));
  json_object_set_new(object, "datagrams", count(total->datagrams));
  json_object_set_new(object, "datagrams_repeated", count(total->datagrams_repeated));
  json_object_set_new(object, "frames", count(total->frames + total->frames_ack));
  json_object_set_new(object, "frames_ack", count(total->frames_ack));
  json_object_set_new(object, "mac_retries", count(total->mac_retries));
  json_object_set_new(object, "bytes_udp", count(total->bytes_udp));
}

static void set_bytes(json_t *object, const struct run *run, struct cause cause) {
  const struct ledger_total *total = ledger_total(run->ledger, cause);
  const struct ledger_bytes links = summary_peer_links(run, cause);
  json_object_set_new(object, "bytes_air", count(ledger_bytes_total(&total->air)));
  json_object_set_new(object, "bytes_air_peer_link", count(ledger_bytes_total(&links)));
  json_object_set_new(object, "bytes_air_repeated", count(ledger_bytes_again(&total->air)));
  json_object_set_new(object, "bytes_backhaul", count(ledger_bytes_total(&total->wire)));
  json_object_set_new(object, "ledger", summary_ledger(&total->air));
}

static json_t *turn_to_json(const struct run *run, const struct stage *stage, enum turn turn) {
  const struct act_tally tally = summary_tally(run, stage, turn);
  const struct cause cause = {stage->phase, turn};
  json_t *object = json_object();
  json_object_set_new(object, "completed", count(tally.completed));
  json_object_set_new(object, "failed", count(tally.failed));
  json_object_set_new(object, "time_ms", mean((double)tally.time_ns / 1e6, tally.completed));
  json_object_set_new(object, "energy_peer_mj",
                      mean(summary_energy_mj(run, &tally.reading), tally.completed));
  set_counts(object, ledger_total(run->ledger, cause), &run->messages[cause.phase][turn]);
  set_bytes(object, run, cause);
  json_object_set_new(object, "primitives", summary_primitives(run, stage->phase, turn, turn));
  return object;
}

void summarize_phases(const struct run *run, struct result *result) {
  result->phases = json_object();
  for (size_t i = 0; i < run->story.stage_count; i++) {
    const struct stage *stage = &run->story.stages[i];
    json_t *phase = json_object();
    json_object_set_new(phase, "first", turn_to_json(run, stage, TURN_FIRST));
    if (run->story.rounds > 1)
      json_object_set_new(phase, "again", turn_to_json(run, stage, TURN_AGAIN));
    json_object_set_new(result->phases, node_phase_name(stage->phase), phase);
  }
}
