/* Sums up what a run cost in time, in energy of the radios and in computing. */
#include "host.h"
#include "roles.h"
#include "summary.h"

#include <math.h>

static double to_ms(uint64_t ns) {
  return (double)ns / 1e6;
}

/* Times */

double summary_span_ms(uint64_t begin_ns, uint64_t end_ns) {
  return begin_ns == NODE_NEVER || end_ns == NODE_NEVER ? NAN : to_ms(end_ns - begin_ns);
}

struct summary_times summary_times(const struct record *record) {
  const uint64_t confirmed_ns = record_confirmed_ns(record);
  return (struct summary_times){
      .time_ms = summary_span_ms(record->first_ns, confirmed_ns),
      .key_ms = summary_span_ms(record->first_ns, record_key_ns(record)),
      .trigger_ms = summary_span_ms(record->first_ns, record->step1_ns),
      .identity_ms = summary_span_ms(record->step1_ns, record->method_ns),
      .method_ms = summary_span_ms(record->method_ns, record->step7_ns),
      .association_ms = summary_span_ms(record->step7_ns, confirmed_ns),
  };
}

/* Of each peer's last authentication: the whole takes from the first datagram to the last
 * confirmation; the parts are means. */
static void summarize_times(const struct run *run, struct result *result) {
  uint64_t last_key_ns = 0, last_ns = 0;
  struct summary_times mean = {0};
  const size_t count = run->topology.peer_count;
  for (size_t i = 0; i < count; i++) {
    const struct record *record = agenda_last(&run->agendas[i]);
    const struct summary_times times = summary_times(record);
    if (record_confirmed_ns(record) > last_ns)
      last_ns = record_confirmed_ns(record);
    if (record_key_ns(record) > last_key_ns)
      last_key_ns = record_key_ns(record);
    mean.trigger_ms += times.trigger_ms / (double)count;
    mean.identity_ms += times.identity_ms / (double)count;
    mean.method_ms += times.method_ms / (double)count;
    mean.association_ms += times.association_ms / (double)count;
  }
  result->time_ms = summary_span_ms(run->first_ns, last_ns);
  result->time_end_ms = summary_span_ms(run->first_ns, run->end_ns);
  result->time_key_ms = summary_span_ms(run->first_ns, last_key_ns);
  result->time_trigger_ms = mean.trigger_ms;
  result->time_identity_ms = mean.identity_ms;
  result->time_method_ms = mean.method_ms;
  result->time_association_ms = mean.association_ms;
}

/* Radio and energy */

static json_t *reading_to_json(const struct meter_reading *reading, double divisor) {
  json_t *object = json_object();
  for (size_t state = 0; state < WORLD_RADIO_COUNT; state++)
    json_object_set_new(object, meter_state_name((enum world_radio)state),
                        json_real(to_ms(reading->ns[state]) / divisor));
  return object;
}

/* By what it goes into. */
static json_t *energy_to_json(const struct meter_reading *reading, const struct device *device,
                              double divisor) {
  json_t *object = json_object();
  for (size_t i = 0; i < ENERGY_COUNT; i++)
    json_object_set_new(object, energy_name((enum energy)i),
                        summary_figure(meter_energy_mj(reading, (enum energy)i, device) / divisor));
  return object;
}

double summary_energy_mj(const struct run *run, const struct meter_reading *reading) {
  return meter_energy_sum_mj(reading, spec_device(run->spec, PARTY_PEERS));
}

double summary_energy_of_mj(const struct host *peer, const struct meter_reading *reading) {
  return topology_has_radio(&peer->run->topology, peer->index)
             ? meter_energy_sum_mj(reading, peer->device)
             : NAN;
}

bool summary_is_constrained(const struct run *run, size_t peer) {
  return role_is_constrained(run->agendas[peer].peer->role);
}

size_t summary_constrained(const struct run *run) {
  size_t count = 0;
  for (size_t i = 0; i < run->topology.peer_count; i++)
    count += summary_is_constrained(run, i);
  return count;
}

struct meter_reading summary_reading(const struct record *record) {
  if (record->first_ns == NODE_NEVER || record->end_ns == NODE_NEVER)
    return (struct meter_reading){0};
  return meter_difference(&record->end, &record->begin);
}

/* Each constrained peer's, or each other one's, over its last authentication. */
static struct meter_reading read_peers(const struct run *run, bool constrained) {
  struct meter_reading sum = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    if (summary_is_constrained(run, i) != constrained)
      continue;
    const struct meter_reading reading = summary_reading(agenda_last(&run->agendas[i]));
    meter_add(&sum, &reading);
  }
  return sum;
}

/* Of all nodes of a role, from the first datagram of all to the end of all. */
static struct meter_reading read_role(const struct run *run, enum role role) {
  struct meter_reading sum = {0};
  for (size_t i = 0; i < run->topology.member_count[role]; i++) {
    const size_t node = run->topology.members[role][i];
    const struct meter_reading reading = meter_difference(&run->end[node], &run->begin[node]);
    meter_add(&sum, &reading);
  }
  return sum;
}

static void summarize_peer_energy(const struct meter_reading *sum, const struct device *device,
                                  double peers, struct result *result) {
  double *const places[ENERGY_COUNT] = {
      [ENERGY_SLEEP] = &result->energy_peer_sleep_mj,
      [ENERGY_LISTEN] = &result->energy_peer_listen_mj,
      [ENERGY_RECEIVE] = &result->energy_peer_receive_mj,
      [ENERGY_TURNAROUND] = &result->energy_peer_turnaround_mj,
      [ENERGY_TRANSMIT] = &result->energy_peer_transmit_mj,
      [ENERGY_CPU] = &result->energy_peer_cpu_mj,
  };
  for (size_t i = 0; i < ENERGY_COUNT; i++)
    *places[i] = meter_energy_mj(sum, (enum energy)i, device) / peers;
  result->energy_peer_mj = meter_energy_sum_mj(sum, device) / peers;
}

/* From the end of each authentication to the begin of the peer's next; of constrained peers. */
static double idle_mw(const struct run *run) {
  struct meter_reading sum = {0};
  uint64_t idle_ns = 0;
  for (size_t i = 0; i < run->topology.peer_count; i++) {
    const struct record *records = run->agendas[i].records;
    for (size_t j = 1; j < run->story.rounds && summary_is_constrained(run, i); j++) {
      const struct record *before = &records[j - 1], *next = &records[j];
      if (before->end_ns == NODE_NEVER || next->first_ns == NODE_NEVER)
        continue;
      const struct meter_reading idle = meter_difference(&next->begin, &before->end);
      meter_add(&sum, &idle);
      idle_ns += next->first_ns - before->end_ns;
    }
  }
  return idle_ns == 0 ? NAN : summary_energy_mj(run, &sum) / ((double)idle_ns * 1e-9);
}

static double computed_ms(const struct meter_reading *reading, const struct device *device) {
  return device->computes ? to_ms(reading->cpu_ns) : NAN;
}

/* Beside the others, where there are any with a radio. */
static void summarize_phones(const struct run *run, struct result *result) {
  const size_t first = run_node_of(run, ROLE_PHONE);
  if (!topology_has_radio(&run->topology, first))
    return;
  const double phones = (double)run->topology.member_count[ROLE_PHONE];
  const struct meter_reading sum = read_peers(run, false);
  json_object_set_new(result->radio_ms, "phone", reading_to_json(&sum, phones));
  json_object_set_new(result->energy_mj, "phone",
                      energy_to_json(&sum, spec_device(run->spec, PARTY_PHONES), phones));
}

static void summarize_energy(const struct run *run, struct result *result) {
  result->idle_peer_mw = idle_mw(run);
  if (run->first_ns == NODE_NEVER || run->end_ns == NODE_NEVER)
    return;
  const struct device *peer_device = spec_device(run->spec, PARTY_PEERS),
                      *relay_device = spec_device(run->spec, PARTY_RELAYS),
                      *authenticator_device = spec_device(run->spec, PARTY_AUTHENTICATOR);
  const double peers = (double)summary_constrained(run);
  const struct meter_reading peer = read_peers(run, true), relays = read_role(run, ROLE_RELAY),
                             authenticator = read_role(run, ROLE_AUTHENTICATOR),
                             aaa = read_role(run, ROLE_AAA);
  result->radio_ms =
      json_pack("{s:o,s:o,s:o}", "peer", reading_to_json(&peer, peers), "relays",
                reading_to_json(&relays, 1), "authenticator", reading_to_json(&authenticator, 1));
  result->energy_mj = json_pack("{s:o,s:o,s:o}", "peer", energy_to_json(&peer, peer_device, peers),
                                "relays", energy_to_json(&relays, relay_device, 1), "authenticator",
                                energy_to_json(&authenticator, authenticator_device, 1));
  summarize_phones(run, result);
  summarize_peer_energy(&peer, peer_device, peers, result);
  result->energy_relays_mj = meter_energy_sum_mj(&relays, relay_device);
  result->energy_authenticator_mj = meter_energy_sum_mj(&authenticator, authenticator_device);
  result->cpu_peer_ms = computed_ms(&peer, peer_device) / peers;
  result->cpu_authenticator_ms = computed_ms(&authenticator, authenticator_device);
  result->cpu_aaa_ms = computed_ms(&aaa, spec_device(run->spec, PARTY_AAA));
}

/* Computing */

/* Whether the party is in a run only where it has nodes there; others are named in every run. */
static bool party_is_occasional(enum party party) {
  return party == PARTY_APPLICATION_SERVERS || party == PARTY_RESOURCE_SERVERS ||
         party == PARTY_PHONES;
}

static bool party_has_nodes(const struct run *run, enum party party) {
  for (size_t role = 0; role < ROLE_COUNT; role++)
    if (role_party((enum role)role) == party && run->topology.member_count[role] > 0)
      return true;
  return false;
}

/* Whether some node of this party computes. */
static bool party_computes(const struct run *run, enum party party) {
  if (party_is_occasional(party) && !party_has_nodes(run, party))
    return false;
  for (size_t role = 0; role < ROLE_COUNT; role++)
    if (role_party((enum role)role) == party && role_builder((enum role)role) != NULL)
      return true;
  return false;
}

static json_t *party_to_json(const struct run *run, enum party party, enum node_phase phase,
                             enum turn first, enum turn last) {
  json_t *counts = json_object();
  for (size_t i = 0; i < NODE_PRIMITIVE_COUNT; i++) {
    uint64_t blocks = 0;
    for (size_t turn = first; turn <= last; turn++)
      blocks += run->primitives[party][phase][turn][i];
    if (blocks > 0)
      json_object_set_new(counts, node_primitive_name((enum node_primitive)i),
                          json_integer((json_int_t)blocks));
  }
  return counts;
}

json_t *summary_primitives(const struct run *run, enum node_phase phase, enum turn first,
                           enum turn last) {
  json_t *object = json_object();
  for (size_t i = 0; i < PARTY_COUNT; i++) {
    const enum party party = (enum party)i;
    if (party_computes(run, party))
      json_object_set_new(object, party_name(party), party_to_json(run, party, phase, first, last));
  }
  return object;
}

void summarize_cost(const struct run *run, struct result *result) {
  summarize_times(run, result);
  summarize_energy(run, result);
  result->primitives = summary_primitives(run, NODE_PHASE_AUTHENTICATION, TURN_FIRST, TURN_AGAIN);
  result->app_primitives = summary_primitives(run, NODE_PHASE_APPLICATION, TURN_FIRST, TURN_AGAIN);
}
