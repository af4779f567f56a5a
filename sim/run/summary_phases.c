/* Sums up each phase that a run had, the first time that peers went through it apart from those
 * that came again. */
#include "summary.h"

#include "host.h"

#include <math.h>

static json_t *phase_count(uint64_t value) {
  return json_integer((json_int_t)value);
}

static json_t *phase_mean(double sum, uint64_t of) {
  return summary_figure(of == 0 ? NAN : sum / (double)of);
}

static void phase_set_counts(json_t *object, const struct ledger_total *total,
                             const struct run_messages *messages) {
  json_object_set_new(object, "coap_messages", phase_count(messages->sent));
  json_object_set_new(object, "coap_retransmissions", phase_count(messages->repeated));
  json_object_set_new(object, "datagrams", phase_count(total->datagrams));
  json_object_set_new(object, "datagrams_repeated", phase_count(total->datagrams_repeated));
  json_object_set_new(object, "frames", phase_count(total->frames + total->frames_ack));
  json_object_set_new(object, "frames_ack", phase_count(total->frames_ack));
  json_object_set_new(object, "mac_retries", phase_count(total->mac_retries));
  json_object_set_new(object, "bytes_udp", phase_count(total->bytes_udp));
}

static void phase_set_bytes(json_t *object, const struct run *run, struct cause cause) {
  const struct ledger_total *total = ledger_total(run->ledger, cause);
  const struct ledger_bytes *links = ledger_links(run->ledger, cause);
  json_object_set_new(object, "bytes_air", phase_count(ledger_bytes_total(&total->air)));
  json_object_set_new(object, "bytes_air_peer_link", phase_count(ledger_bytes_total(links)));
  json_object_set_new(object, "bytes_air_repeated", phase_count(ledger_bytes_again(&total->air)));
  json_object_set_new(object, "bytes_backhaul", phase_count(ledger_bytes_total(&total->wire)));
  json_object_set_new(object, "ledger", summary_ledger(&total->air));
}

static json_t *phase_turn_to_json(const struct run *run, const struct stage *stage,
                                  enum turn turn) {
  const struct act_tally tally = summary_tally(run, stage, turn),
                         constrained = summary_tally_constrained(run, stage, turn);
  const struct cause cause = {stage->phase, turn};
  json_t *object = json_object();
  json_object_set_new(object, "completed", phase_count(tally.completed));
  json_object_set_new(object, "failed", phase_count(tally.failed));
  json_object_set_new(object, "time_ms", phase_mean((double)tally.time_ns / 1e6, tally.completed));
  json_object_set_new(
      object, "energy_peer_mj",
      phase_mean(summary_energy_mj(run, &constrained.reading), constrained.completed));
  phase_set_counts(object, ledger_total(run->ledger, cause), &run->messages[cause.phase][turn]);
  phase_set_bytes(object, run, cause);
  json_object_set_new(object, "primitives", summary_primitives(run, stage->phase, turn, turn));
  return object;
}

void summarize_phases(const struct run *run, struct result *result) {
  result->phases = json_object();
  for (size_t i = 0; i < run->story.stage_count; i++) {
    const struct stage *stage = &run->story.stages[i];
    json_t *phase = json_object();
    json_object_set_new(phase, "first", phase_turn_to_json(run, stage, TURN_FIRST));
    if (run->story.rounds > 1)
      json_object_set_new(phase, "again", phase_turn_to_json(run, stage, TURN_AGAIN));
    json_object_set_new(result->phases, node_phase_name(stage->phase), phase);
  }
}
