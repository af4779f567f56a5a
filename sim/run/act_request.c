/* The act of an application's request over the association, and its response. */
#include "bootstrapping.h"
#include "exchange.h"
#include "host.h"
#include "use_case.h"

enum { PAYLOAD_MAX = 1024 };

/* From one look to the next whether the resource server has joined. */
#define WAIT_NS (100 * NODE_MS)

/* To one application server after another, from the first again after each authentication. */
static int request_send_to_server(struct agenda *agenda, enum lower_request kind,
                                  const uint8_t *payload, size_t length) {
  const struct host *peer = agenda->peer;
  return bootstrap_ue_request(peer->ue,
                              agenda->ended % (size_t)peer->run->spec->application_servers, kind,
                              payload, length, host_now(peer));
}

static int request_send(struct agenda *agenda, const uint8_t *payload, size_t length) {
  struct host *actor = agenda_actor(agenda);
  const struct lower_layer *lower = actor->run->lower;
  const enum lower_request kind =
      actor->run->spec->app_method == SPEC_APP_METHOD_POST ? LOWER_POST : LOWER_GET;
  if (actor->run->use_case != NULL)
    return use_case_request(actor, payload, length);
  if (actor->run->bootstrapping != NULL)
    return request_send_to_server(agenda, kind, payload, length);
  return actor == agenda->peer
             ? lower->peer_request(actor->lower, kind, payload, length)
             : lower->authenticator_request(actor->lower, &agenda->address, kind, payload, length);
}

static int request_begin(struct agenda *agenda) {
  const struct spec *spec = agenda->peer->run->spec;
  if (agenda->peer->run->use_case != NULL && !use_case_may_ask(agenda->peer)) {
    agenda_retry(agenda, host_now(agenda->peer) + WAIT_NS);
    return 0;
  }
  const size_t length =
      spec->app_method == SPEC_APP_METHOD_POST ? (size_t)spec->app_payload_bytes : 0;
  struct stream stream = agenda->payload;
  uint8_t payload[PAYLOAD_MAX];
  stream_bytes(&stream, payload, length);
  exchange_begin(agenda);
  within_give_up(agenda);
  const int error = request_send(agenda, payload, length);
  if (error == NODE_ERR_BUSY) {
    exchange_retry(agenda);
    return 0;
  }
  agenda->payload = stream;
  if (error != NODE_ERR_BAD_STATE)
    return error;
  exchange_is_lost(agenda, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
  return 0;
}

/* What has been spent until a UE's first request to an application server departs. */
static void request_first(struct agenda *agenda) {
  struct host *peer = agenda->peer;
  if (peer->run->bootstrapping == NULL || agenda->first_app_ns != NODE_NEVER)
    return;
  agenda->first_app_ns = host_now(peer);
  agenda->first_app = host_reading(peer);
  run_note_first_app(peer->run);
}

static void request_departure(struct agenda *agenda, const struct stage *stage,
                              const struct host *from, const struct node_datagram *datagram) {
  if (from == agenda->peer && datagram->part == NODE_PART_REQUEST)
    request_first(agenda);
  exchange_departure(agenda, stage, from, datagram);
}

static enum act_progress request_event(struct agenda *agenda, const struct stage *stage,
                                       const struct host *from, const struct node_event *event) {
  const bool answered = event->type == NODE_EVENT_ANSWERED;
  struct act_tally *tally = &agenda->exchanges[agenda->cause.turn];
  if (event->type == NODE_EVENT_SERVED && from != agenda_actor(agenda))
    agenda->exchange.served = true;
  if ((!answered && event->type != NODE_EVENT_UNANSWERED) || !agenda->exchange.open ||
      from != agenda_actor(agenda))
    return ACT_GOES_ON;
  const uint64_t now_ns = host_now(from);
  const uint64_t next_ns = agenda->exchange.requested_ns + stage->pause_ns;
  tally->refused += answered && !agenda->exchange.served;
  exchange_end(agenda, answered, tally);
  agenda_set_due(agenda, next_ns > now_ns ? next_ns : now_ns);
  return ACT_ENDED;
}

static void request_tally(const struct agenda *agenda, const struct stage *stage, enum turn turn,
                          struct act_tally *sum) {
  (void)stage;
  act_tally_add(sum, &agenda->exchanges[turn]);
}

const struct act ACT_REQUEST = {.begin = request_begin,
                                .departure = request_departure,
                                .event = request_event,
                                .tally = request_tally};
