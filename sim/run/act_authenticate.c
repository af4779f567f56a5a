/* The act of authentication: a peer and the authenticator, once a round. */
#include "agenda.h"
#include "bootstrapping.h"
#include "host.h"

/* Of an authentication for applications, by its own lower layer. */
static int authenticate_begin_apart(struct agenda *agenda) {
  struct host *actor = agenda_actor(agenda);
  return actor->run->bootstrapping->lower->peer_begin(actor->application, host_now(actor));
}

static int authenticate_begin_access(struct agenda *agenda) {
  struct host *actor = agenda_actor(agenda);
  const struct lower_layer *lower = actor->run->lower;
  return actor == agenda->peer ? lower->peer_begin(actor->lower, host_now(actor))
                               : lower->authenticator_begin(actor->lower, &agenda->address);
}

/* Unless it is another attempt. */
static int authenticate_prepare(struct agenda *agenda) {
  const struct stage *stage = agenda_stage(agenda);
  if (stage->prepare == NULL || agenda_record(agenda, stage)->retries > 0)
    return 0;
  return stage->prepare(agenda->peer, agenda_number(agenda), agenda->round - 1);
}

static int authenticate_begin(struct agenda *agenda) {
  int error = authenticate_prepare(agenda);
  if (error < 0)
    return error;
  error = agenda_stage(agenda)->apart ? authenticate_begin_apart(agenda)
                                      : authenticate_begin_access(agenda);
  return error == NODE_ERR_BUSY ? 0 : error; /* busy: it has begun by itself */
}

static void authenticate_read_meters(const struct run *run, struct meter_reading *readings) {
  for (size_t i = 0; i < topology_size(&run->topology); i++)
    readings[i] = host_reading(&run->hosts[i]);
}

/* With what the peer has computed for its first datagram, where that is the first of all. */
static void authenticate_first(struct agenda *agenda, const struct host *from,
                               struct record *record) {
  struct run *run = from->run;
  const bool peer_begins = from == agenda->peer;
  record->first_ns = peer_begins ? host_called_ns(from) : host_now(from);
  record->begin = peer_begins ? host_called_reading(from) : host_reading(agenda->peer);
  record->first = timeline_read(run->timeline, agenda_number(agenda), host_now(from));
  record->first.ns[CAUSE_CPU_PEER] -= host_now(from) - record->first_ns;
  if (run->first_ns != NODE_NEVER || record != agenda_last(agenda))
    return;
  run->first_ns = record->first_ns;
  authenticate_read_meters(run, run->begin);
}

static void authenticate_departure(struct agenda *agenda, const struct stage *stage,
                                   const struct host *from, const struct node_datagram *datagram) {
  struct record *record = agenda_record(agenda, stage);
  if (record->first_ns == NODE_NEVER)
    authenticate_first(agenda, from, record);
  record_departure(record, from != agenda->peer, host_has_row(datagram, ROW_EAP_HEADER),
                   datagram->copy, host_now(from));
}

static void authenticate_end(struct agenda *agenda, struct record *record) {
  struct run *run = agenda->peer->run;
  record->end_ns = host_now(agenda->peer);
  record->end = host_reading(agenda->peer);
  if (run->aaa_failure != NULL && run->aaa_failure_ns >= record->first_ns)
    record->aaa_failure = run->aaa_failure;
  run->joined_count += record == agenda_last(agenda);
  if (run->end_ns == NODE_NEVER && run->joined_count == run->topology.peer_count) {
    run->end_ns = record->end_ns;
    authenticate_read_meters(run, run->end);
  }
}

/* A peer that takes itself for one that has joined finds out when it first uses the association: it
 * begins again, if it may. */
static bool authenticate_again(struct agenda *agenda, struct record *record) {
  if (!record_is_half(record) || record_attempts(record) >= agenda->peer->run->story.attempts)
    return false;
  record_retry(record);
  agenda_retry(agenda, host_now(agenda->peer));
  return true;
}

static enum act_progress authenticate_event(struct agenda *agenda, const struct stage *stage,
                                            const struct host *from,
                                            const struct node_event *event) {
  struct record *record = agenda_record(agenda, stage);
  const uint64_t now_ns = host_now(from);
  record_event(record, from != agenda->peer, event, now_ns);
  if (record_confirmed_ns(record) == now_ns)
    record->confirmed = timeline_read(from->run->timeline, agenda_number(agenda), now_ns);
  if (stage != agenda_stage(agenda) || !agenda->acting || !record_is_final(record))
    return ACT_GOES_ON;
  if (authenticate_again(agenda, record))
    return ACT_GOES_ON;
  authenticate_end(agenda, record);
  return record_is_established(record) ? ACT_ENDED : ACT_FAILED;
}

static void authenticate_add(const struct record *record, struct act_tally *sum) {
  const struct act_tally one = {.completed = 1,
                                .time_ns = record_confirmed_ns(record) - record->first_ns,
                                .reading = meter_difference(&record->end, &record->begin)};
  if (record->first_ns == NODE_NEVER)
    return;
  if (record_is_established(record))
    act_tally_add(sum, &one);
  else
    sum->failed++;
}

static void authenticate_tally(const struct agenda *agenda, const struct stage *stage,
                               enum turn turn, struct act_tally *sum) {
  const struct record *records = agenda_records(agenda, stage);
  const size_t first = turn == TURN_FIRST ? 0 : 1;
  const size_t end = turn == TURN_FIRST ? 1 : agenda->peer->run->story.rounds;
  for (size_t i = first; i < end; i++)
    authenticate_add(&records[i], sum);
}

const struct act ACT_AUTHENTICATE = {.begin = authenticate_begin,
                                     .departure = authenticate_departure,
                                     .event = authenticate_event,
                                     .tally = authenticate_tally};
