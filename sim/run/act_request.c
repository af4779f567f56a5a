/* The act of an application's request over the association, and its response. */
#include "agenda.h"
#include "host.h"

enum { PAYLOAD_MAX = 1024 };

/* How long a request waits where the node is busy: with a response, say, whose acknowledgement is
 * still to come. */
#define BUSY_NS (10 * NODE_MS)

static int request_send(struct agenda *agenda, const uint8_t *payload, size_t length) {
  struct host *actor = agenda_actor(agenda);
  const struct lower_layer *lower = actor->run->lower;
  const enum lower_request kind =
      actor->run->spec->app_method == SPEC_APP_METHOD_POST ? LOWER_POST : LOWER_GET;
  return actor == agenda->peer
             ? lower->peer_request(actor->node, kind, payload, length)
             : lower->authenticator_request(actor->node, &agenda->address, kind, payload, length);
}

/* There is no association any more: it has ended by itself. */
static void request_is_lost(struct agenda *agenda, const struct host *actor) {
  const struct node_event lost = {.type = NODE_EVENT_UNANSWERED,
                                  .phase = NODE_PHASE_APPLICATION,
                                  .label = "no association"};
  agenda_event(agenda, actor, &lost);
}

static int request_begin(struct agenda *agenda) {
  const struct spec *spec = agenda->peer->run->spec;
  const size_t length =
      spec->app_method == SPEC_APP_METHOD_POST ? (size_t)spec->app_payload_bytes : 0;
  const uint64_t now_ns = host_now(agenda->peer);
  struct stream stream = agenda->payload;
  uint8_t payload[PAYLOAD_MAX];
  stream_bytes(&stream, payload, length);
  agenda->exchange =
      (struct agenda_exchange){.open = true, .requested_ns = now_ns, .departed_ns = NODE_NEVER};
  struct host *actor = agenda_actor(agenda);
  const int error = request_send(agenda, payload, length);
  if (error == NODE_ERR_BUSY) {
    agenda->exchange.open = false;
    agenda_retry(agenda, now_ns + BUSY_NS);
    return 0;
  }
  agenda->payload = stream;
  if (error != NODE_ERR_BAD_STATE)
    return error;
  request_is_lost(agenda, actor);
  return 0;
}

static void request_departure(struct agenda *agenda, const struct host *from,
                              const struct node_datagram *datagram) {
  (void)datagram;
  struct agenda_exchange *exchange = &agenda->exchange;
  if (!exchange->open || exchange->departed_ns != NODE_NEVER || from != agenda_actor(agenda))
    return;
  exchange->departed_ns = host_now(from);
  exchange->departed = host_reading(agenda->peer);
}

static void request_answered(struct agenda *agenda, struct act_tally *tally) {
  const struct meter_reading now = host_reading(agenda->peer);
  const struct meter_reading spent = meter_difference(&now, &agenda->exchange.departed);
  tally->completed++;
  tally->time_ns += host_now(agenda->peer) - agenda->exchange.departed_ns;
  meter_add(&tally->reading, &spent);
}

static enum act_progress request_event(struct agenda *agenda, const struct host *from,
                                       const struct node_event *event) {
  const bool answered = event->type == NODE_EVENT_ANSWERED;
  if ((!answered && event->type != NODE_EVENT_UNANSWERED) || !agenda->exchange.open ||
      from != agenda_actor(agenda))
    return ACT_GOES_ON;
  const uint64_t now_ns = host_now(from);
  const uint64_t next_ns = agenda->exchange.requested_ns + agenda_stage(agenda)->pause_ns;
  struct act_tally *tally = &agenda->exchanges[agenda->cause.turn];
  agenda->exchange.open = false;
  if (answered)
    request_answered(agenda, tally);
  else
    tally->failed++;
  agenda_set_due(agenda, next_ns > now_ns ? next_ns : now_ns);
  return ACT_ENDED;
}

static void request_tally(const struct agenda *agenda, enum turn turn, struct act_tally *sum) {
  act_tally_add(sum, &agenda->exchanges[turn]);
}

const struct act ACT_REQUEST = {.begin = request_begin,
                                .departure = request_departure,
                                .event = request_event,
                                .tally = request_tally};
