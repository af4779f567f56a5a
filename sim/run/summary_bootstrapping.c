/* Sums up what went between whom, and what bootstrapping costs before an application is served. */
#include "bootstrapping.h"
#include "host.h"
#include "summary.h"

#include <math.h>
#include <stdio.h>

/* "peer-authenticator"; of who is no node "unknown". */
static void link_name(const struct ledger_pair *pair, char name[2 * TOPOLOGY_NAME_MAX]) {
  const char *ends[2];
  for (size_t i = 0; i < 2; i++)
    ends[i] = pair->ends[i] < ROLE_COUNT ? role_name((enum role)pair->ends[i]) : "unknown";
  const bool peer_is_second = pair->ends[1] < ROLE_COUNT &&
                              role_is_peer((enum role)pair->ends[1]) &&
                              !role_is_peer((enum role)pair->ends[0]);
  snprintf(name, 2 * TOPOLOGY_NAME_MAX, "%s-%s", ends[peer_is_second], ends[!peer_is_second]);
}

static json_t *link_to_json(const struct ledger_pair *pair) {
  return json_pack("{s:I,s:I,s:I,s:I}", "datagrams", (json_int_t)pair->datagrams, "bytes_udp",
                   (json_int_t)pair->bytes_udp, "bytes_air", (json_int_t)pair->bytes_air,
                   "bytes_wire", (json_int_t)pair->bytes_wire);
}

void summarize_links(const struct run *run, struct result *result) {
  if (run->bootstrapping == NULL && run->use_case == NULL)
    return;
  result->links = json_object();
  for (size_t i = 0; i < ledger_pair_count(run->ledger); i++) {
    const struct ledger_pair *pair = ledger_pair(run->ledger, i);
    char name[2 * TOPOLOGY_NAME_MAX];
    link_name(pair, name);
    if (json_object_get(result->links, name) == NULL)
      json_object_set_new(result->links, name, json_object());
    json_object_set_new(json_object_get(result->links, name), node_phase_name(pair->phase),
                        link_to_json(pair));
  }
}

/* Where the peer's story begins. */
static const struct record *first_record(const struct agenda *agenda) {
  return &agenda_records(agenda, &agenda->peer->run->story.stages[0])[0];
}

/* Means of the peers, all of which have come so far; else NaN. */
static void summarize_first_app(const struct run *run, struct result *result) {
  const size_t count = run->topology.peer_count, constrained = summary_constrained(run);
  double ms = 0, mj = 0;
  for (size_t i = 0; i < count; i++) {
    const struct agenda *agenda = &run->agendas[i];
    const struct record *first = first_record(agenda);
    const struct meter_reading spent = meter_difference(&agenda->first_app, &first->begin);
    ms += summary_span_ms(first->first_ns, agenda->first_app_ns) / (double)count;
    if (summary_is_constrained(run, i))
      mj += agenda->first_app_ns == NODE_NEVER
                ? NAN
                : summary_energy_mj(run, &spent) / (double)constrained;
  }
  result->first_app_ms = ms;
  result->first_app_energy_mj = mj;
}

void summarize_bootstrapping(const struct run *run, struct result *result) {
  if (run->bootstrapping == NULL)
    return;
  summarize_first_app(run, result);
  if (!run->before.noted)
    return;
  result->first_app_datagrams = (int64_t)run->before.datagrams;
  result->first_app_bytes_udp = (int64_t)run->before.bytes_udp;
  result->first_app_bytes_air = (int64_t)run->before.bytes_air;
  result->first_app_bytes_backhaul = (int64_t)run->before.bytes_wire;
}
