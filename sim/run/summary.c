/* Sums up a run that has ended: outcome, times, radio and energy, peers. */
#include "summary.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { REASON_MAX = 300 };

static double to_ms(uint64_t ns) {
  return (double)ns / 1e6;
}

/* From one moment to another; NaN where either has not happened. */
static double span_ms(uint64_t begin_ns, uint64_t end_ns) {
  return begin_ns == NODE_NEVER || end_ns == NODE_NEVER ? NAN : to_ms(end_ns - begin_ns);
}

static json_t *figure(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

/* Outcome */

static const char *record_outcome(const struct record *record) {
  if (record_is_established(record))
    return "established";
  return record->end_ns == NODE_NEVER ? "timeout" : "failed";
}

static void record_reason(const struct run *run, const struct record *record,
                          char reason[REASON_MAX]) {
  reason[0] = '\0';
  if (record_is_established(record))
    return;
  if (record->peer_failure != NULL && record->authenticator_failure != NULL)
    snprintf(reason, REASON_MAX, "peer: %s; authenticator: %s%s%s", record->peer_failure,
             record->authenticator_failure, record->aaa_failure == NULL ? "" : "; aaa: ",
             record->aaa_failure == NULL ? "" : record->aaa_failure);
  else if (record->peer_failure != NULL)
    snprintf(reason, REASON_MAX, "peer: %s", record->peer_failure);
  else if (record->authenticator_failure != NULL)
    snprintf(reason, REASON_MAX, "authenticator: %s", record->authenticator_failure);
  else
    snprintf(reason, REASON_MAX, "simulated time limit of %lld s",
             (long long)run->spec->time_limit_s);
}

/* The first authentication of a peer that was not established; where all were: the last. */
static const struct record *worst_record(const struct run *run, const struct agenda *agenda) {
  const struct record *record = agenda->records;
  while (record != agenda_last(run, agenda) && record_is_established(record))
    record++;
  return record;
}

/* The run is as good as its worst peer, and a peer as its worst authentication. */
static void summarize_outcome(const struct run *run, struct result *result) {
  static char reason[REASON_MAX]; /* lives as long as the result, which is the process's last */
  result->outcome = "established";
  result->reason = "";
  if (run->error != 0) {
    snprintf(reason, sizeof reason, "internal: %s", node_error_name(run->error));
    result->outcome = "failed";
    result->reason = reason;
    return;
  }
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct record *record = worst_record(run, &run->agendas[i]);
    if (record_is_established(record))
      continue;
    record_reason(run, record, reason);
    result->outcome = record_outcome(record);
    result->reason = reason;
    return;
  }
  if (run->done_ns != NODE_NEVER)
    return;
  snprintf(reason, sizeof reason,
           "simulated time limit of %lld s, among the application's requests",
           (long long)run->spec->time_limit_s);
  result->outcome = "timeout";
  result->reason = reason;
}

/* Times */

struct phases {
  double time_ms, key_ms, trigger_ms, identity_ms, method_ms, association_ms;
};

static struct phases record_phases(const struct record *record) {
  const uint64_t confirmed_ns = record_confirmed_ns(record);
  return (struct phases){
      .time_ms = span_ms(record->first_ns, confirmed_ns),
      .key_ms = span_ms(record->first_ns, record_key_ns(record)),
      .trigger_ms = span_ms(record->first_ns, record->step1_ns),
      .identity_ms = span_ms(record->step1_ns, record->method_ns),
      .method_ms = span_ms(record->method_ns, record->step7_ns),
      .association_ms = span_ms(record->step7_ns, confirmed_ns),
  };
}

/* Of each peer's last authentication: the whole takes from the first datagram to the last
 * confirmation; phases are means. */
static void summarize_times(const struct run *run, struct result *result) {
  uint64_t last_key_ns = 0, last_ns = 0;
  struct phases mean = {0};
  const double count = (double)run->topology.peer_count;
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct record *record = agenda_last(run, &run->agendas[i]);
    const struct phases phases = record_phases(record);
    if (record_confirmed_ns(record) > last_ns)
      last_ns = record_confirmed_ns(record);
    if (record_key_ns(record) > last_key_ns)
      last_key_ns = record_key_ns(record);
    mean.trigger_ms += phases.trigger_ms / count;
    mean.identity_ms += phases.identity_ms / count;
    mean.method_ms += phases.method_ms / count;
    mean.association_ms += phases.association_ms / count;
  }
  result->time_ms = span_ms(run->first_ns, last_ns);
  result->time_end_ms = span_ms(run->first_ns, run->end_ns);
  result->time_key_ms = span_ms(run->first_ns, last_key_ns);
  result->time_trigger_ms = mean.trigger_ms;
  result->time_identity_ms = mean.identity_ms;
  result->time_method_ms = mean.method_ms;
  result->time_association_ms = mean.association_ms;
}

/* Radio */

static json_t *reading_to_json(const struct meter_reading *reading, double divisor) {
  json_t *object = json_object();
  for (size_t state = 0; state < WORLD_RADIO_COUNT; state++)
    json_object_set_new(object, meter_state_name((enum world_radio)state),
                        json_real(to_ms(reading->ns[state]) / divisor));
  return object;
}

double summary_energy_mj(const struct run *run, const struct meter_reading *reading) {
  double sum = 0;
  for (size_t state = 0; state < WORLD_RADIO_COUNT; state++)
    sum += meter_energy_mj(reading, (enum world_radio)state, platform_find(run->spec->platform));
  return sum;
}

/* The peer's radio over its authentication; empty if it has not begun or not ended. */
static struct meter_reading peer_reading(const struct record *record) {
  if (record->first_ns == NODE_NEVER || record->end_ns == NODE_NEVER)
    return (struct meter_reading){0};
  return meter_difference(&record->end, &record->begin);
}

static void summarize_radio(const struct run *run, struct result *result) {
  if (run->first_ns == NODE_NEVER || run->end_ns == NODE_NEVER)
    return;
  const struct platform *platform = platform_find(run->spec->platform);
  const double peers = (double)run->topology.peer_count;
  struct meter_reading peer = {0}, relays = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct meter_reading reading = peer_reading(agenda_last(run, &run->agendas[i]));
    meter_add(&peer, &reading);
  }
  for (size_t node = 1; node <= run->topology.relay_count; node++) {
    const struct meter_reading reading = meter_difference(&run->end[node], &run->begin[node]);
    meter_add(&relays, &reading);
  }
  const struct meter_reading authenticator = meter_difference(&run->end[0], &run->begin[0]);
  result->radio_ms =
      json_pack("{s:o,s:o,s:o}", "peer", reading_to_json(&peer, peers), "relays",
                reading_to_json(&relays, 1), "authenticator", reading_to_json(&authenticator, 1));
  result->energy_peer_mj = summary_energy_mj(run, &peer) / peers;
  result->energy_peer_transmit_mj = meter_energy_mj(&peer, WORLD_RADIO_TRANSMIT, platform) / peers;
  result->energy_peer_receive_mj = meter_energy_mj(&peer, WORLD_RADIO_RECEIVE, platform) / peers;
  result->energy_peer_listen_mj = (meter_energy_mj(&peer, WORLD_RADIO_LISTEN, platform) +
                                   meter_energy_mj(&peer, WORLD_RADIO_READY, platform)) /
                                  peers;
  result->energy_relays_mj = summary_energy_mj(run, &relays);
  result->energy_authenticator_mj = summary_energy_mj(run, &authenticator);
}

/* Peers and primitives */

/* One authentication. */
static json_t *record_to_json(const struct run *run, const struct record *record) {
  char reason[REASON_MAX];
  record_reason(run, record, reason);
  const struct phases phases = record_phases(record);
  const struct meter_reading reading = peer_reading(record);
  return json_pack("{s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "outcome", record_outcome(record),
                   "reason", reason, "first_ms", figure(span_ms(0, record->first_ns)), "time_ms",
                   figure(phases.time_ms), "time_key_ms", figure(phases.key_ms), "time_trigger_ms",
                   figure(phases.trigger_ms), "time_identity_ms", figure(phases.identity_ms),
                   "time_method_ms", figure(phases.method_ms), "time_association_ms",
                   figure(phases.association_ms), "energy_mj",
                   figure(record->end_ns == NODE_NEVER ? NAN : summary_energy_mj(run, &reading)));
}

/* The last authentication, but the outcome of all; and each. */
static json_t *peer_to_json(const struct run *run, const struct agenda *agenda) {
  char name[TOPOLOGY_NAME_MAX], reason[REASON_MAX];
  const struct record *worst = worst_record(run, agenda);
  topology_name(&run->topology, agenda->node, name);
  record_reason(run, worst, reason);
  json_t *object = json_pack("{s:s}", "name", name);
  json_object_update_new(object, record_to_json(run, agenda_last(run, agenda)));
  json_object_set_new(object, "outcome", json_string(record_outcome(worst)));
  json_object_set_new(object, "reason", json_string(reason));
  json_t *authentications = json_array();
  for (int64_t i = 0; i < run->spec->authentications; i++)
    json_array_append_new(authentications, record_to_json(run, &agenda->records[i]));
  json_object_set_new(object, "authentications", authentications);
  return object;
}

static json_t *primitives_to_json(const struct run *run, enum node_phase phase) {
  static const char *const parties[PARTY_COUNT] = {
      [PARTY_AUTHENTICATOR] = "authenticator", [PARTY_PEERS] = "peers", [PARTY_AAA] = "aaa"};
  json_t *object = json_object();
  for (size_t party = 0; party < PARTY_COUNT; party++) {
    json_t *counts = json_object();
    for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++)
      if (run->primitives[party][phase][i] > 0)
        json_object_set_new(counts, node_primitive_name((enum node_primitive)i),
                            json_integer((json_int_t)run->primitives[party][phase][i]));
    json_object_set_new(object, parties[party], counts);
  }
  return object;
}

static void summarize_peers(const struct run *run, struct result *result) {
  result->authentications_established = 0;
  result->peer = json_array();
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct agenda *agenda = &run->agendas[i];
    for (int64_t j = 0; j < run->spec->authentications; j++)
      result->authentications_established += record_is_established(&agenda->records[j]);
    json_array_append_new(result->peer, peer_to_json(run, agenda));
  }
}

static void raise(int64_t *most, size_t value) {
  if ((int64_t)value > *most)
    *most = (int64_t)value;
}

/* The most that a peer holds, since the run's end has come to rest. */
static void summarize_state(const struct run *run, struct result *result) {
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    struct lower_state state;
    run->lower->peer_state(run->peers[i].node, &state);
    raise(&result->state_bytes_peak, state.association_bytes_peak);
    raise(&result->state_bytes_after, state.association_bytes);
    raise(&result->state_bytes_ordering, state.ordering_bytes);
  }
}

void run_summarize(const struct run *run, struct result *result) {
  summarize_outcome(run, result);
  summarize_times(run, result);
  summarize_traffic(run, result);
  summarize_radio(run, result);
  summarize_peers(run, result);
  summarize_state(run, result);
  result->primitives = primitives_to_json(run, NODE_PHASE_AUTHENTICATION);
  result->app_primitives = primitives_to_json(run, NODE_PHASE_APPLICATION);
  result->events = (int64_t)world_events(run->world);
}
