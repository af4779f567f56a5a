/* Sums up a run that has ended: how, and what became of each peer. */
#include "summary.h"

#include "bootstrapping.h"
#include "host.h"

#include <math.h>
#include <stdio.h>

json_t *summary_figure(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

/* Outcome */

static const char *summary_outcome(const struct record *record) {
  if (record_is_established(record))
    return "established";
  return record->end_ns == NODE_NEVER ? "timeout" : "failed";
}

static void summary_reason(const struct run *run, const struct record *record,
                           char reason[RESULT_TEXT_MAX]) {
  reason[0] = '\0';
  if (record_is_established(record))
    return;
  if (record->peer_failure != NULL && record->authenticator_failure != NULL)
    snprintf(reason, RESULT_TEXT_MAX, "peer: %s; authenticator: %s%s%s", record->peer_failure,
             record->authenticator_failure, record->aaa_failure == NULL ? "" : "; aaa: ",
             record->aaa_failure == NULL ? "" : record->aaa_failure);
  else if (record->peer_failure != NULL)
    snprintf(reason, RESULT_TEXT_MAX, "peer: %s", record->peer_failure);
  else if (record->authenticator_failure != NULL)
    snprintf(reason, RESULT_TEXT_MAX, "authenticator: %s", record->authenticator_failure);
  else
    snprintf(reason, RESULT_TEXT_MAX, "simulated time limit of %lld s",
             (long long)run->spec->time_limit_s);
}

/* The first authentication of a peer that was not established, of whatever stage; where all were:
 * the last for access. */
static const struct record *summary_worst(const struct agenda *agenda) {
  const struct story *story = &agenda->peer->run->story;
  for (size_t round = 0; round < story->rounds; round++)
    for (size_t i = 0; i < story->stage_count; i++) {
      const struct stage *stage = &story->stages[i];
      if (stage->act == &ACT_AUTHENTICATE &&
          !record_is_established(&agenda_records(agenda, stage)[round]))
        return &agenda_records(agenda, stage)[round];
    }
  return agenda_last(agenda);
}

/* The first peer with an authentication that was not established; NULL. */
static const struct record *summary_find_worst(const struct run *run) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (!record_is_established(summary_worst(&run->agendas[i])))
      return summary_worst(&run->agendas[i]);
  return NULL;
}

/* Of the name of a party that computes. */
static bool summary_is_plural(enum party party) {
  return party == PARTY_PEERS || party == PARTY_RESOURCE_SERVERS || party == PARTY_PHONES;
}

/* The run is as good as its worst peer, and a peer as its worst authentication. */
static void summarize_outcome(const struct run *run, struct result *result) {
  const struct record *worst = summary_find_worst(run);
  result->outcome = "established";
  result->reason = result->text;
  if (run->unpriced != PARTY_COUNT) {
    result->outcome = "unsupported";
    snprintf(result->text, RESULT_TEXT_MAX,
             "crypto profile %s has no figure for %s, which the %s %s",
             spec_crypto(run->spec, run->unpriced), node_primitive_name(run->unpriced_primitive),
             party_name(run->unpriced), summary_is_plural(run->unpriced) ? "compute" : "computes");
  } else if (run->error != 0) {
    result->outcome = "failed";
    snprintf(result->text, RESULT_TEXT_MAX, "internal: %s", node_error_name(run->error));
  } else if (worst != NULL) {
    result->outcome = summary_outcome(worst);
    summary_reason(run, worst, result->text);
  } else if (run->done_ns == NODE_NEVER) {
    result->outcome = "timeout";
    snprintf(result->text, RESULT_TEXT_MAX,
             "simulated time limit of %lld s, among the application's requests",
             (long long)run->spec->time_limit_s);
  }
}

/* Peers */

/* One authentication. */
static json_t *record_to_json(const struct agenda *agenda, const struct record *record) {
  const struct run *run = agenda->peer->run;
  char reason[RESULT_TEXT_MAX];
  summary_reason(run, record, reason);
  const struct summary_times times = summary_times(record);
  const struct meter_reading reading = summary_reading(record);
  return json_pack(
      "{s:s,s:s,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "outcome", summary_outcome(record),
      "reason", reason, "attempts", (json_int_t)record_attempts(record), "first_ms",
      summary_figure(summary_span_ms(0, record->first_ns)), "time_ms",
      summary_figure(times.time_ms), "time_key_ms", summary_figure(times.key_ms), "time_trigger_ms",
      summary_figure(times.trigger_ms), "time_identity_ms", summary_figure(times.identity_ms),
      "time_method_ms", summary_figure(times.method_ms), "time_association_ms",
      summary_figure(times.association_ms), "time_parts_ms", summary_parts(record), "energy_mj",
      summary_figure(record->end_ns == NODE_NEVER ? NAN
                                                  : summary_energy_of_mj(agenda->peer, &reading)));
}

/* The last authentication, but the outcome of all; and each. */
static json_t *peer_to_json(const struct run *run, const struct agenda *agenda) {
  char name[TOPOLOGY_NAME_MAX], reason[RESULT_TEXT_MAX];
  const struct record *worst = summary_worst(agenda);
  topology_name(&run->topology, agenda->peer->index, name);
  summary_reason(run, worst, reason);
  const struct topology *topology = &run->topology;
  const size_t node = agenda->peer->index;
  json_t *object =
      json_pack("{s:s,s:I}", "name", name, "hops", (json_int_t)topology_hops(topology, node));
  if (topology->labels != NULL)
    json_object_set_new(object, "node", json_string(topology->labels[node]));
  json_object_update_new(object, record_to_json(agenda, agenda_last(agenda)));
  json_object_set_new(object, "outcome", json_string(summary_outcome(worst)));
  json_object_set_new(object, "reason", json_string(reason));
  json_t *authentications = json_array();
  for (size_t i = 0; i < run->story.rounds; i++)
    json_array_append_new(authentications, record_to_json(agenda, &agenda->records[i]));
  json_object_set_new(object, "authentications", authentications);
  return object;
}

static json_t *peers_to_json(const struct run *run) {
  json_t *peers = json_array();
  for (size_t i = 0; i < run->topology.peer_count; i++)
    json_array_append_new(peers, peer_to_json(run, &run->agendas[i]));
  return peers;
}

static void summarize_peers(const struct run *run, struct result *result) {
  result->authentications_established = 0;
  result->attempts = 0;
  for (size_t i = 0; i < run->topology.peer_count; i++)
    for (size_t j = 0; j < run->story.rounds; j++) {
      const struct record *record = &run->agendas[i].records[j];
      result->authentications_established += record_is_established(record);
      result->attempts += (int64_t)record_attempts(record);
    }
  if (run->spec->peer_detail == SPEC_PEER_DETAIL_ON)
    result->peer = peers_to_json(run);
}

static void summary_raise(int64_t *most, size_t value) {
  if ((int64_t)value > *most)
    *most = (int64_t)value;
}

/* The most that a peer holds, since the run's end has come to rest. */
static void summarize_state(const struct run *run, struct result *result) {
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    struct lower_state state;
    const struct host *peer = run->agendas[i].peer;
    run->lower->peer_state(peer->lower, &state);
    if (peer->ue != NULL) {
      state.association_bytes_peak += bootstrap_ue_bytes_peak(peer->ue);
      state.association_bytes += bootstrap_ue_bytes(peer->ue);
    }
    summary_raise(&result->state_bytes_peak, state.association_bytes_peak);
    summary_raise(&result->state_bytes_after, state.association_bytes);
    summary_raise(&result->state_bytes_ordering, state.ordering_bytes);
    summary_raise(&result->state_bytes_messages, state.message_bytes);
  }
}

/* Network */

static void summarize_network(const struct run *run, struct result *result) {
  const struct topology *topology = &run->topology;
  size_t at[WORLD_DEPTH_MAX + 1] = {0}, most = 0, sum = 0, peers = 0;
  for (size_t i = 0; i < topology->radio_count; i++) {
    at[topology->hops[i]]++;
    most = topology->hops[i] > most ? topology->hops[i] : most;
  }
  for (size_t i = 0; i < topology->radio_count; i++)
    if (role_is_peer(topology->nodes[i].role)) {
      sum += topology->hops[i];
      peers++;
    }
  json_t *nodes = json_array();
  for (size_t hops = 0; hops <= most; hops++)
    json_array_append_new(nodes, json_integer((json_int_t)at[hops]));
  result->network = json_pack("{s:o,s:I,s:f,s:f}", "nodes_by_hops", nodes, "hops_max",
                              (json_int_t)most, "hops_mean", (double)sum / (double)peers,
                              "neighbours_mean", topology_neighbours(topology));
}

void run_summarize(const struct run *run, struct result *result) {
  summarize_outcome(run, result);
  summarize_network(run, result);
  summarize_cost(run, result);
  summarize_parts(run, result);
  summarize_traffic(run, result);
  summarize_phases(run, result);
  summarize_joined(run, result);
  summarize_links(run, result);
  summarize_bootstrapping(run, result);
  summarize_use_case(run, result);
  summarize_peers(run, result);
  summarize_state(run, result);
  result->events = (int64_t)world_events(run->world);
}
