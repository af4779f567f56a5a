/* A peer's way through the story. */
#include "agenda.h"

#include "host.h"
#include "support/memory.h"

#include <stdlib.h>

/* Stages */

const struct stage *agenda_stage(const struct agenda *agenda) {
  return &agenda->peer->run->story.stages[agenda->stage];
}

bool agenda_is_acting(const struct agenda *agenda, const struct act *act) {
  return agenda->acting && agenda_stage(agenda)->act == act;
}

struct host *agenda_actor(const struct agenda *agenda) {
  struct run *run = agenda->peer->run;
  const enum role actor = agenda_stage(agenda)->actor;
  return role_is_peer(actor) ? agenda->peer : &run->hosts[run_node_of(run, actor)];
}

static bool agenda_is_at_round(const struct agenda *agenda) {
  return agenda->stage == 0 && agenda->ended == 0;
}

/* An authentication is with its first datagram: a peer's node may have been told of it long before.
 */
static bool agenda_is_under_way(const struct agenda *agenda) {
  const struct stage *stage = agenda_stage(agenda);
  return agenda->acting &&
         (stage->act != &ACT_AUTHENTICATE || agenda_record(agenda, stage)->first_ns != NODE_NEVER);
}

static bool agenda_is_others(const struct agenda *agenda, size_t stage) {
  return !role_is_peer(agenda->peer->run->story.stages[stage].actor);
}

static bool agenda_is_for(const struct agenda *agenda, const struct stage *stage) {
  return stage->is_for == NULL || stage->is_for(agenda->peer);
}

/* The stage behind this one that the peer is ever at. */
static size_t agenda_next(const struct agenda *agenda) {
  const struct story *story = &agenda->peer->run->story;
  size_t next = agenda->stage;
  do
    next = story_next(story, next);
  while (next < story->stage_count && !agenda_is_for(agenda, &story->stages[next]));
  return next;
}

/* Whether another stage follows in this round. */
static bool agenda_has_next(const struct agenda *agenda) {
  const struct story *story = &agenda->peer->run->story;
  const size_t next = agenda_next(agenda);
  return next < story->stage_count &&
         (!story->stages[next].at_end || agenda->round == story->rounds);
}

bool agenda_awaits_other(const struct agenda *agenda) {
  const struct story *story = &agenda->peer->run->story;
  if (agenda->done)
    return false;
  if (agenda_is_others(agenda, agenda->stage))
    return true;
  if (!agenda_is_under_way(agenda) || agenda->ended + 1 < agenda_stage(agenda)->times)
    return false;
  if (agenda_has_next(agenda))
    return agenda_is_others(agenda, agenda_next(agenda));
  return agenda->round < story->rounds && agenda_is_others(agenda, 0);
}

struct cause agenda_present_cause(const struct agenda *agenda) {
  return agenda_is_under_way(agenda) ? agenda->cause : LEDGER_IDLE;
}

void agenda_set_due(struct agenda *agenda, uint64_t due_ns) {
  struct host *actor = agenda_actor(agenda);
  if (agenda->waits != NULL && agenda->waits != actor)
    deadline_set(&agenda->waits->due.waiting, &agenda->deadline, NODE_NEVER);
  agenda->due_ns = due_ns;
  agenda->waits = actor == agenda->peer ? NULL : actor;
  if (agenda->waits != NULL)
    due_set(&agenda->waits->due, agenda);
}

/* An act of this stage begins. */
static void agenda_enter(struct agenda *agenda) {
  agenda->round += agenda_is_at_round(agenda);
  agenda->acting = true;
  agenda_set_due(agenda, NODE_NEVER);
  agenda->cause.phase = agenda_stage(agenda)->phase;
  if (agenda_stage(agenda)->act == &ACT_AUTHENTICATE)
    agenda->authenticating = agenda_stage(agenda)->phase;
  agenda->cause.turn = agenda->round > 1 ? TURN_AGAIN : TURN_FIRST;
}

/* Waits for an act of this stage. */
static void agenda_await(struct agenda *agenda, size_t stage) {
  agenda->stage = stage;
  agenda->ended = 0;
  agenda_set_due(agenda, host_now(agenda->peer) + agenda_stage(agenda)->pause_ns);
}

static void agenda_finish(struct agenda *agenda) {
  struct run *run = agenda->peer->run;
  agenda->done = true;
  agenda_set_due(agenda, NODE_NEVER);
  run->done_count++;
  if (run->done_count < run->topology.peer_count)
    return;
  run->done_ns = host_now(agenda->peer);
  world_stop(run->world);
}

/* From a stage that is over to the next, or where it has failed to the next round. */
static void agenda_proceed(struct agenda *agenda, bool failed) {
  const struct story *story = &agenda->peer->run->story;
  if (!failed && agenda_has_next(agenda)) {
    agenda_await(agenda, agenda_next(agenda));
    agenda->cause.phase = agenda_stage(agenda)->phase;
  } else if (agenda->round < story->rounds) {
    agenda_await(agenda, 0);
  } else {
    agenda_finish(agenda);
  }
}

static void agenda_end_act(struct agenda *agenda, bool failed) {
  agenda->acting = false;
  agenda->ended++;
  if (failed || agenda->ended == agenda_stage(agenda)->times)
    agenda_proceed(agenda, failed);
}

/* What hosts ask and tell */

/* One for each round. */
static struct record *agenda_make_records(const struct story *story) {
  struct record *records = memory_get(story->rounds, sizeof *records);
  for (size_t i = 0; i < story->rounds; i++)
    record_init(&records[i]);
  return records;
}

static bool agenda_has_other(const struct story *story) {
  for (size_t i = 0; i < story->stage_count; i++)
    if (story->stages[i].act == &ACT_AUTHENTICATE &&
        story->stages[i].phase != NODE_PHASE_AUTHENTICATION)
      return true;
  return false;
}

void agenda_init(struct agenda *agenda, struct host *peer, size_t number,
                 const struct node_address *address, uint64_t start_ns, bool begun) {
  const struct run *run = peer->run;
  *agenda = (struct agenda){.peer = peer,
                            .address = *address,
                            .due_ns = NODE_NEVER,
                            .records = agenda_make_records(&run->story),
                            .authenticating = NODE_PHASE_AUTHENTICATION,
                            .first_app_ns = NODE_NEVER};
  if (agenda_has_other(&run->story))
    agenda->other_records = agenda_make_records(&run->story);
  stream_init(&agenda->payload, (uint64_t)run->spec->seed, STREAM_APPLICATION, number, 0);
  agenda_set_due(agenda, start_ns);
  if (begun)
    agenda_enter(agenda);
}

void agenda_deinit(struct agenda *agenda) {
  free(agenda->records);
  free(agenda->other_records);
}

int agenda_act(struct agenda *agenda) {
  agenda_enter(agenda);
  return agenda_stage(agenda)->act->begin(agenda);
}

void agenda_retry(struct agenda *agenda, uint64_t due_ns) {
  agenda->round -= agenda_is_at_round(agenda);
  agenda->acting = false;
  agenda_set_due(agenda, due_ns);
}

uint32_t agenda_number(const struct agenda *agenda) {
  return (uint32_t)(agenda - agenda->peer->run->agendas);
}

void agenda_departure(struct agenda *agenda, const struct host *from,
                      const struct node_datagram *datagram) {
  const struct stage *stage = story_stage(&agenda->peer->run->story, datagram->phase);
  if (stage != NULL)
    stage->act->departure(agenda, stage, from, datagram);
}

/* Whether this begins the stage that is waited for before its time. */
static bool agenda_begins(const struct agenda *agenda, const struct stage *stage,
                          const struct node_event *event) {
  return event->type == NODE_EVENT_STARTED && stage->unasked && stage == agenda_stage(agenda) &&
         !agenda->acting && !agenda->done;
}

void agenda_event(struct agenda *agenda, const struct host *from, const struct node_event *event) {
  const struct stage *stage = story_stage(&agenda->peer->run->story, event->phase);
  if (stage == NULL)
    return;
  if (agenda_begins(agenda, stage, event))
    agenda_enter(agenda);
  const enum act_progress progress = stage->act->event(agenda, stage, from, event);
  if (progress != ACT_GOES_ON)
    agenda_end_act(agenda, progress == ACT_FAILED);
}

struct record *agenda_records(const struct agenda *agenda, const struct stage *stage) {
  return stage->phase == NODE_PHASE_AUTHENTICATION ? agenda->records : agenda->other_records;
}

struct record *agenda_record(const struct agenda *agenda, const struct stage *stage) {
  return &agenda_records(agenda, stage)[agenda->round == 0 ? 0 : agenda->round - 1];
}

struct record *agenda_last(const struct agenda *agenda) {
  return &agenda->records[agenda->peer->run->story.rounds - 1];
}
