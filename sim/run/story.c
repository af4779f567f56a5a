/* The stories that specs ask for. */
#include "story.h"

#include "lower/lower.h"
#include "recommissioning.h"
#include "spec/realm.h"
#include "use_case.h"

static void story_add(struct story *story, struct stage stage) {
  story->stages[story->stage_count++] = stage;
}

/* By the manufacturer's credential, and then by that of a provider, each round another. */
static void story_add_recommissioning(struct story *story, const struct spec *spec) {
  story_add(story, (struct stage){
                       .phase = NODE_PHASE_COMMISSIONING,
                       .actor = ROLE_PEER,
                       .act = &ACT_AUTHENTICATE,
                       .times = 1,
                       .pause_ns = (uint64_t)spec->reauthentication_delay_ms * NODE_MS,
                       .unasked = true,
                       .prepare = recommissioning_begin_round,
                   });
  story_add(story, (struct stage){
                       .phase = NODE_PHASE_AUTHENTICATION,
                       .actor = ROLE_PEER,
                       .act = &ACT_AUTHENTICATE,
                       .times = 1,
                       .prepare = recommissioning_take_credential,
                   });
}

static void story_add_authentication(struct story *story, const struct spec *spec) {
  if (spec_recommissions(spec)) {
    story_add_recommissioning(story, spec);
    return;
  }
  story_add(story, (struct stage){
                       .phase = NODE_PHASE_AUTHENTICATION,
                       .actor = spec->trigger == SPEC_TRIGGER_ON ? ROLE_PEER : ROLE_AUTHENTICATOR,
                       .act = &ACT_AUTHENTICATE,
                       .times = 1,
                       .pause_ns = (uint64_t)spec->reauthentication_delay_ms * NODE_MS,
                       .unasked = true,
                   });
}

/* Behind the authentication for access, one for applications, which the UE begins. */
static void story_add_own_authentication(struct story *story, const struct spec *spec) {
  if (spec->bootstrapping == SPEC_BOOTSTRAPPING_NON_INTEGRATED)
    story_add(story, (struct stage){
                         .phase = NODE_PHASE_APPLICATION_AUTHENTICATION,
                         .actor = ROLE_PEER,
                         .act = &ACT_AUTHENTICATE,
                         .times = 1,
                         .apart = true,
                     });
}

/* What a request brings about that finds no key, or no channel. */
static void story_add_bootstrapping(struct story *story, const struct spec *spec) {
  static const enum node_phase phases[STORY_WITHIN_MAX] = {NODE_PHASE_PULL, NODE_PHASE_SECURE};
  if (!spec_bootstraps(spec))
    return;
  story_add_own_authentication(story, spec);
  for (unsigned i = 0; i < STORY_WITHIN_MAX && spec->app_messages > 0; i++)
    story_add(story, (struct stage){
                         .phase = phases[i],
                         .actor = ROLE_PEER,
                         .act = &ACT_WITHIN,
                         .within = i + 1,
                     });
}

/* The same of a request that finds no token, or no association with the resource server. */
static void story_add_use_case(struct story *story, const struct spec *spec) {
  static const enum node_phase phases[STORY_WITHIN_MAX] = {NODE_PHASE_AUTHORIZATION,
                                                           NODE_PHASE_TOKEN_TRANSFER};
  for (unsigned i = 0; i < STORY_WITHIN_MAX && spec_has_ace(spec) && spec->app_messages > 0; i++)
    story_add(story, (struct stage){
                         .phase = phases[i],
                         .actor = ROLE_PEER,
                         .act = &ACT_WITHIN,
                         .is_for = use_case_is_client,
                         .within = i + 1,
                     });
}

static void story_add_application(struct story *story, const struct spec *spec) {
  const bool from_peer = spec->app_direction == SPEC_APP_DIRECTION_FROM_PEER;
  if (spec->app_messages > 0)
    story_add(story, (struct stage){
                         .phase = NODE_PHASE_APPLICATION,
                         .actor = from_peer ? ROLE_PEER : ROLE_AUTHENTICATOR,
                         .act = &ACT_REQUEST,
                         .times = (size_t)spec->app_messages,
                         .is_for = spec_has_ace(spec) ? use_case_is_client : NULL,
                         .pause_ns = (uint64_t)spec->app_interval_ms * NODE_MS,
                     });
}

static void story_add_termination(struct story *story, const struct spec *spec) {
  if (spec->termination == SPEC_TERMINATION_ON &&
      lower_of(&spec->options)->authenticator_end != NULL)
    story_add(story, (struct stage){
                         .phase = NODE_PHASE_TERMINATION,
                         .actor = ROLE_AUTHENTICATOR,
                         .act = &ACT_TERMINATE,
                         .times = 1,
                         .at_end = true,
                     });
}

static size_t story_attempts(const struct spec *spec) {
  const struct option_row *attempts = lower_option("join_attempts");
  const bool has = attempts != NULL && lower_has_option(lower_of(&spec->options), attempts);
  return has && spec->trigger == SPEC_TRIGGER_ON ? (size_t)option_get(&spec->options, attempts) : 1;
}

void story_init(struct story *story, const struct spec *spec) {
  *story =
      (struct story){.rounds = (size_t)spec->authentications, .attempts = story_attempts(spec)};
  story_add_authentication(story, spec);
  story_add_bootstrapping(story, spec);
  story_add_use_case(story, spec);
  story_add_application(story, spec);
  story_add_termination(story, spec);
}

size_t story_next(const struct story *story, size_t stage) {
  do
    stage++;
  while (stage < story->stage_count && story->stages[stage].within > 0);
  return stage;
}

void act_tally_add(struct act_tally *sum, const struct act_tally *tally) {
  sum->completed += tally->completed;
  sum->failed += tally->failed;
  sum->refused += tally->refused;
  sum->time_ns += tally->time_ns;
  meter_add(&sum->reading, &tally->reading);
  sum->whole_ns += tally->whole_ns;
  meter_add(&sum->whole, &tally->whole);
  meter_add(&sum->others.server, &tally->others.server);
  meter_add(&sum->others.authenticator, &tally->others.authenticator);
}

const struct stage *story_stage(const struct story *story, enum node_phase phase) {
  for (size_t i = 0; i < story->stage_count; i++)
    if (story->stages[i].phase == phase)
      return &story->stages[i];
  return NULL;
}
