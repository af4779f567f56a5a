/* Sums up what each party of the use case spends in each phase. */
#include "host.h"
#include "summary.h"
#include "use_case.h"

#include <math.h>

/* Of all peers of a role, in all turns. */
static struct act_tally tally_of_role(const struct run *run, const struct stage *stage,
                                      enum role role) {
  struct act_tally sum = {0};
  for (size_t i = 0; i < run->topology.peer_count; i++)
    for (int turn = 0; turn < TURN_COUNT && run->agendas[i].peer->role == role; turn++)
      stage->act->tally(&run->agendas[i], stage, (enum turn)turn, &sum);
  return sum;
}

/* Of all clients. */
static struct act_tally tally_of_clients(const struct run *run, const struct stage *stage) {
  struct act_tally sum = tally_of_role(run, stage, ROLE_PEER);
  const struct act_tally phones = tally_of_role(run, stage, ROLE_PHONE);
  act_tally_add(&sum, &phones);
  return sum;
}

/* `host`: of whom the reading is; where it has no radio, nothing is known. */
static json_t *acts_to_json(const struct act_tally *tally, const struct host *host,
                            const struct meter_reading *reading) {
  const double count = tally->completed == 0 ? NAN : (double)tally->completed;
  return json_pack("{s:I,s:o,s:o}", "completed", (json_int_t)tally->completed, "time_ms",
                   summary_figure((double)tally->time_ns / 1e6 / count), "energy_mj",
                   summary_figure(summary_energy_of_mj(host, reading) / count));
}

static const struct host *host_of(const struct run *run, enum role role) {
  return &run->hosts[run->topology.members[role][0]];
}

/* Of requests, what came first is in the whole. */
static void add_whole(const struct act_tally *tally, const struct host *host, json_t *acts) {
  const double count = tally->completed == 0 ? NAN : (double)tally->completed;
  json_object_set_new(acts, "whole_ms", summary_figure((double)tally->whole_ns / 1e6 / count));
  json_object_set_new(acts, "whole_energy_mj",
                      summary_figure(summary_energy_of_mj(host, &tally->whole) / count));
}

/* What peers of a role do themselves. */
static json_t *role_to_json(const struct run *run, enum role role) {
  json_t *phases = json_object();
  for (size_t i = 0; i < run->story.stage_count; i++) {
    const struct stage *stage = &run->story.stages[i];
    const struct act_tally tally = tally_of_role(run, stage, role);
    if (stage->is_for != NULL && !stage->is_for(host_of(run, role)))
      continue;
    json_t *acts = acts_to_json(&tally, host_of(run, role), &tally.reading);
    if (stage->act == &ACT_REQUEST)
      add_whole(&tally, host_of(run, role), acts);
    json_object_set_new(phases, node_phase_name(stage->phase), acts);
  }
  return phases;
}

/* Adds what a resource server, or the authenticator, spends on what clients do. */
static void add_serving(const struct run *run, enum role role, json_t *phases) {
  for (size_t i = 0; i < run->story.stage_count; i++) {
    const struct stage *stage = &run->story.stages[i];
    const struct act_tally tally = tally_of_clients(run, stage);
    const struct meter_reading *reading =
        role == ROLE_AUTHENTICATOR ? &tally.others.authenticator : &tally.others.server;
    if (stage->act != &ACT_AUTHENTICATE)
      json_object_set_new(phases, node_phase_name(stage->phase),
                          acts_to_json(&tally, host_of(run, role), reading));
  }
}

void summarize_use_case(const struct run *run, struct result *result) {
  static const enum role roles[] = {ROLE_PEER, ROLE_PHONE, ROLE_RESOURCE_SERVER};
  if (run->use_case == NULL)
    return;
  result->parties = json_object();
  for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
    if (run->topology.member_count[roles[i]] > 0)
      json_object_set_new(result->parties, role_name(roles[i]), role_to_json(run, roles[i]));
  add_serving(run, ROLE_RESOURCE_SERVER,
              json_object_get(result->parties, role_name(ROLE_RESOURCE_SERVER)));
  json_object_set_new(result->parties, role_name(ROLE_AUTHENTICATOR), json_object());
  add_serving(run, ROLE_AUTHENTICATOR,
              json_object_get(result->parties, role_name(ROLE_AUTHENTICATOR)));
}
