/* Authentications and application requests of a peer, in their order. */
#include "agenda.h"

#include "run.h"

#include <stdlib.h>

enum { PAYLOAD_MAX = 1024 };

/* How long a request waits where the node is busy: with a response, say, whose acknowledgement is
 * still to come. */
#define BUSY_NS (10 * NODE_MS)

void agenda_init(struct agenda *agenda, const struct run *run, size_t peer, size_t node,
                 const struct node_address *address, uint64_t start_ns) {
  const struct spec *spec = run->spec;
  const size_t count = (size_t)spec->authentications;
  const bool by_itself = spec->trigger == SPEC_TRIGGER_ON; /* the node is told when at its start */
  *agenda = (struct agenda){.address = *address,
                            .node = node,
                            .stage = by_itself ? AGENDA_AUTHENTICATION : AGENDA_PAUSE,
                            .due_ns = by_itself ? NODE_NEVER : start_ns,
                            .begun = by_itself ? 1 : 0,
                            .records = calloc(count, sizeof *agenda->records)};
  if (agenda->records == NULL)
    abort();
  for (size_t i = 0; i < count; i++)
    record_init(&agenda->records[i]);
  stream_init(&agenda->payload, (uint64_t)spec->seed, STREAM_APPLICATION, peer, 0);
}

void agenda_deinit(struct agenda *agenda) {
  free(agenda->records);
}

struct record *agenda_record(const struct agenda *agenda) {
  return &agenda->records[agenda->begun == 0 ? 0 : agenda->begun - 1];
}

struct record *agenda_last(const struct run *run, const struct agenda *agenda) {
  return &agenda->records[run->spec->authentications - 1];
}

struct host *agenda_actor(struct run *run, const struct agenda *agenda) {
  const bool authenticator = agenda->stage == AGENDA_APPLICATION
                                 ? run->spec->app_direction == SPEC_APP_DIRECTION_FROM_AUTHENTICATOR
                                 : run->spec->trigger == SPEC_TRIGGER_OFF;
  return authenticator ? &run->authenticator : &run->peers[agenda - run->agendas];
}

bool agenda_in_application(const struct agenda *agenda) {
  return agenda->stage == AGENDA_APPLICATION ||
         (agenda->stage != AGENDA_AUTHENTICATION && agenda->ended > 0);
}

static struct meter_reading read_radio(const struct run *run, const struct agenda *agenda) {
  return meter_read(&run->meters[agenda->node], world_now(run->world));
}

/* Acting */

static void enter_authentication(struct agenda *agenda) {
  agenda->stage = AGENDA_AUTHENTICATION;
  agenda->due_ns = NODE_NEVER;
  agenda->begun++;
  agenda->ended = 0;
}

static int begin_authentication(struct run *run, struct agenda *agenda) {
  struct node *node = agenda_actor(run, agenda)->node;
  enter_authentication(agenda);
  const int error = run->spec->trigger == SPEC_TRIGGER_ON
                        ? run->lower->peer_begin(node, world_now(run->world))
                        : run->lower->authenticator_begin(node, &agenda->address);
  return error == NODE_ERR_BUSY ? 0 : error; /* busy: it has begun by itself */
}

static int request(struct run *run, struct agenda *agenda) {
  const struct spec *spec = run->spec;
  const bool post = spec->app_method == SPEC_APP_METHOD_POST;
  const enum lower_request kind = post ? LOWER_POST : LOWER_GET;
  const size_t length = post ? (size_t)spec->app_payload_bytes : 0;
  const uint64_t now_ns = world_now(run->world);
  struct node *node = agenda_actor(run, agenda)->node;
  struct stream stream = agenda->payload;
  uint8_t payload[PAYLOAD_MAX];
  stream_bytes(&stream, payload, length);
  agenda->exchange =
      (struct agenda_exchange){.open = true, .requested_ns = now_ns, .departed_ns = NODE_NEVER};
  agenda->due_ns = NODE_NEVER;
  const int error =
      spec->app_direction == SPEC_APP_DIRECTION_FROM_PEER
          ? run->lower->peer_request(node, kind, payload, length)
          : run->lower->authenticator_request(node, &agenda->address, kind, payload, length);
  if (error == NODE_ERR_BUSY) {
    agenda->exchange.open = false;
    agenda->due_ns = now_ns + BUSY_NS;
    return 0;
  }
  agenda->payload = stream;
  return error;
}

int agenda_act(struct run *run, struct agenda *agenda) {
  return agenda->stage == AGENDA_APPLICATION ? request(run, agenda)
                                             : begin_authentication(run, agenda);
}

/* Beginnings */

static void read_all(const struct run *run, struct meter_reading *readings) {
  for (size_t i = 0; i < run->topology.node_count; i++)
    readings[i] = meter_read(&run->meters[i], world_now(run->world));
}

static bool has_row(const struct node_datagram *datagram, uint16_t row) {
  for (size_t i = 0; i < datagram->spans.count; i++)
    if (datagram->spans.item[i].row == row)
      return true;
  return false;
}

static void count(struct run *run, const struct node_datagram *datagram) {
  const enum node_phase phase = datagram->phase;
  const bool repeated = datagram->copy > 0;
  run->datagrams_repeated += repeated && datagram->phase == NODE_PHASE_AUTHENTICATION;
  if (!has_row(datagram, run->lower->header_row))
    return;
  run->coap_messages[phase]++;
  run->coap_retransmissions[phase] += repeated;
}

void agenda_departure(struct run *run, struct agenda *agenda, const struct host *from,
                      const struct node_datagram *datagram) {
  const uint64_t now_ns = world_now(run->world);
  count(run, datagram);
  if (datagram->phase == NODE_PHASE_APPLICATION) {
    struct agenda_exchange *exchange = &agenda->exchange;
    if (exchange->open && exchange->departed_ns == NODE_NEVER &&
        from == agenda_actor(run, agenda)) {
      exchange->departed_ns = now_ns;
      exchange->departed = read_radio(run, agenda);
    }
    return;
  }
  struct record *record = agenda_record(agenda);
  if (run->first_ns == NODE_NEVER && record == agenda_last(run, agenda)) {
    run->first_ns = now_ns;
    read_all(run, run->begin);
  }
  if (record->first_ns == NODE_NEVER)
    record->begin = read_radio(run, agenda);
  record_departure(record, from->party == PARTY_AUTHENTICATOR, has_row(datagram, ROW_EAP_HEADER),
                   datagram->copy, now_ns);
}

/* Ends */

static bool all_final(const struct run *run) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (agenda_last(run, &run->agendas[i])->end_ns == NODE_NEVER)
      return false;
  return true;
}

static bool all_done(const struct run *run) {
  for (size_t i = 0; i < run->topology.peer_count; i++)
    if (run->agendas[i].stage != AGENDA_DONE)
      return false;
  return true;
}

/* After an authentication that failed, or the last request. */
static void proceed(struct run *run, struct agenda *agenda) {
  const uint64_t now_ns = world_now(run->world);
  if (agenda->begun < (size_t)run->spec->authentications) {
    agenda->stage = AGENDA_PAUSE;
    agenda->due_ns = now_ns + (uint64_t)run->spec->reauthentication_delay_ms * NODE_MS;
    return;
  }
  agenda->stage = AGENDA_DONE;
  agenda->due_ns = NODE_NEVER;
  if (!all_done(run))
    return;
  run->done_ns = now_ns;
  world_stop(run->world);
}

static void end_authentication(struct run *run, struct agenda *agenda, struct record *record) {
  const uint64_t now_ns = world_now(run->world);
  record->end_ns = now_ns;
  record->end = read_radio(run, agenda);
  if (run->aaa_failure != NULL && run->aaa_failure_ns >= record->first_ns)
    record->aaa_failure = run->aaa_failure;
  if (run->end_ns == NODE_NEVER && all_final(run)) {
    run->end_ns = now_ns;
    read_all(run, run->end);
  }
  if (!record_is_established(record) || run->spec->app_messages == 0) {
    proceed(run, agenda);
    return;
  }
  agenda->stage = AGENDA_APPLICATION;
  agenda->due_ns = now_ns + (uint64_t)run->spec->app_interval_ms * NODE_MS;
}

static void end_exchange(struct run *run, struct agenda *agenda, bool answered) {
  struct agenda_exchange *exchange = &agenda->exchange;
  const uint64_t now_ns = world_now(run->world);
  const uint64_t next_ns = exchange->requested_ns + (uint64_t)run->spec->app_interval_ms * NODE_MS;
  exchange->open = false;
  agenda->unanswered += !answered;
  agenda->answered += answered;
  if (answered) {
    const struct meter_reading now = read_radio(run, agenda);
    const struct meter_reading spent = meter_difference(&now, &exchange->departed);
    meter_add(&agenda->answered_reading, &spent);
    agenda->answered_ns += now_ns - exchange->departed_ns;
  }
  agenda->ended++;
  agenda->due_ns = next_ns > now_ns ? next_ns : now_ns;
  if (agenda->ended == (size_t)run->spec->app_messages)
    proceed(run, agenda);
}

void agenda_event(struct run *run, struct agenda *agenda, const struct host *from,
                  const struct node_event *event) {
  const bool answered = event->type == NODE_EVENT_ANSWERED;
  if (answered || event->type == NODE_EVENT_UNANSWERED) {
    if (agenda->exchange.open && from == agenda_actor(run, agenda))
      end_exchange(run, agenda, answered);
    return;
  }
  /* A late message may begin one before its time. */
  if (event->type == NODE_EVENT_STARTED && agenda->stage == AGENDA_PAUSE)
    enter_authentication(agenda);
  struct record *record = agenda_record(agenda);
  record_event(record, from->party == PARTY_AUTHENTICATOR, event, world_now(run->world));
  if (agenda->stage == AGENDA_AUTHENTICATION && record_is_final(record))
    end_authentication(run, agenda, record);
}
