/* A toy lower layer, to show that one is a folder with a file and a row of lowers.def: EAP in UDP
 * datagrams behind a header of two octets, type and number, one request at a time, repeated until
 * it is answered. Under the association that the MSK makes go EAP-Success, its confirmation and the
 * peer's application requests, as CoAP messages behind the same header.
 *
 * The first request of an authentication has a type of its own, and a number that goes on from the
 * last one's. Left out: associations with a port of their own, application requests of the
 * authenticator, any memory of authentications before the last. */
#include "../lower/lower.h"

#include "../association/association.h"
#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

enum { PORT = 9877, HEADER_LENGTH = 2, REPETITIONS = 4, AAA_PATIENCE_MS = 30000 };

enum type { START, FIRST_REQUEST, REQUEST, RESPONSE, MESSAGE };

static const struct option_row ROWS[] = {
    {.name = "toy_timeout_ms",
     .kind = OPTION_INTEGER,
     .unit = "ms",
     .fallback = 2000,
     .least = 1,
     .most = 60000,
     .applies = "",
     .help = "a datagram without an answer is repeated after this, four times"}};
static const struct option_table OPTIONS = {ROWS, sizeof ROWS / sizeof ROWS[0]};

static const char *toy_unsupported(const struct option_values *options) {
  if (association_kind_is_session(association_kind_of(options)))
    return "lower_layer: toy has no port for an association of its own";
  return association_unsupported(options);
}

/* State */

enum stage {
  IDLE,
  STARTING,   /* peer: START sent */
  RUNNING,    /* a request is answered, or waits for its response */
  WAITING,    /* authenticator: for the AAA server */
  CONFIRMING, /* authenticator: EAP-Success sent */
  REJECTING,  /* authenticator: EAP-Failure sent */
};

struct toy;

/* What is had of the other end. */
struct side {
  struct toy *toy;
  struct node_address remote;
  enum stage stage;
  uint8_t number;           /* of the last request */
  struct coap_session coap; /* of the association's messages */
  struct association_pair associations;
  bool requesting; /* an application request is outstanding */

  uint8_t data[HEADER_LENGTH + EAP_PACKET_MAX]; /* the last datagram with EAP, or START */
  struct node_datagram last;
  bool pending, repeats; /* is to be written; and again until it is answered */
  uint64_t due_ns;       /* when it is repeated, or given up; NODE_NEVER */

  struct eap_peer eap; /* peer: from here on */
  bool any;            /* there was an authentication, */
  uint8_t first;       /*   with this first number */
  uint64_t start_ns;   /* when to begin; NODE_NEVER */
  uint64_t valid_ns;   /* when the last request came */

  struct aaa_backend_session backend; /* authenticator: from here on */
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
};

/* A node: of a peer, with one side; of an authenticator, with one for each peer. */
struct toy {
  struct node node;
  bool authenticator;
  const struct node_hooks *hooks;
  const struct option_values *options;
  struct coap_parameters parameters;
  struct node_address local;
  size_t payload_bytes;
  struct eap_peer_config eap; /* peer */
  struct aaa_backend backend; /* authenticator */
  struct side **sides;
  size_t count, room;
};

static uint64_t timeout_ns(const struct side *side) {
  return (uint64_t)option_get(side->toy->options, &ROWS[0]) * NODE_MS;
}

static int tell(const struct side *side, enum node_event_type type, const char *label) {
  node_event(side->toy->hooks, NODE_PHASE_AUTHENTICATION, type, &side->remote, label);
  return 0;
}

static struct side *find(const struct toy *toy, const struct node_address *remote) {
  for (size_t i = 0; i < toy->count; i++)
    if (node_address_equal(&toy->sides[i]->remote, remote))
      return toy->sides[i];
  return NULL;
}

/* The side of this remote, or a new one; NULL: there is no room. */
static struct side *acquire(struct toy *toy, const struct node_address *remote) {
  struct side *side = find(toy, remote);
  if (side != NULL || toy->count == toy->room || (side = calloc(1, sizeof *side)) == NULL)
    return side;
  toy->sides[toy->count++] = side;
  side->toy = toy;
  side->remote = *remote;
  side->due_ns = side->start_ns = NODE_NEVER;
  coap_session_init(&side->coap, &toy->parameters, toy->hooks);
  node_random(toy->hooks, &side->number, sizeof side->number);
  return side;
}

/* Datagrams of the toy's own */

static void stop(struct side *side) {
  side->pending = side->repeats = false;
  side->due_ns = NODE_NEVER;
}

static void send(struct side *side, enum type type, const struct span_writer *packet,
                 const char *label) {
  struct span_writer out;
  stop(side);
  span_writer_init(&out, side->data, sizeof side->data, &side->last.spans);
  span_writer_put_u8(&out, ROW_TOY_HEADER, (uint8_t)type);
  span_writer_put_u8(&out, ROW_TOY_HEADER, side->number);
  memcpy(side->data + HEADER_LENGTH, packet->data, packet->length);
  (void)span_list_append(&side->last.spans, packet->spans);
  side->last.length = HEADER_LENGTH + packet->length;
  side->last.label = label;
  side->last.part = type == RESPONSE ? NODE_PART_RESPONSE : NODE_PART_REQUEST;
  side->last.copy = 0;
  side->pending = true;
  side->repeats = type != RESPONSE;
}

static void send_eap(struct side *side, enum type type, const struct span_writer *packet) {
  send(side, type, packet,
       packet->length == 0 ? "acknowledgement" : eap_packet_label(packet->data, packet->length));
}

static int write_last(struct side *side, struct node_datagram *datagram, uint64_t now_ns) {
  memcpy(datagram->data, side->data, side->last.length);
  datagram->length = side->last.length;
  datagram->spans = side->last.spans;
  datagram->label = side->last.label;
  datagram->part = side->last.part;
  datagram->copy = side->last.copy++;
  side->pending = false;
  side->due_ns = side->repeats ? now_ns + timeout_ns(side) : NODE_NEVER;
  return 1;
}

static int write_message(struct side *side, struct node_datagram *datagram, uint64_t now_ns) {
  struct node_datagram inner = {.data = datagram->data + HEADER_LENGTH,
                                .capacity = datagram->capacity - HEADER_LENGTH};
  const int result = coap_session_write(&side->coap, &inner, now_ns);
  if (result != 1)
    return result;
  datagram->data[0] = MESSAGE;
  datagram->data[1] = side->number;
  datagram->length = HEADER_LENGTH + inner.length;
  datagram->label = inner.label;
  datagram->copy = inner.copy;
  datagram->phase = inner.phase;
  datagram->part = inner.part;
  datagram->is_protected = inner.is_protected;
  datagram->spans.count = 0;
  return span_list_add(&datagram->spans, ROW_TOY_HEADER, HEADER_LENGTH) &&
                 span_list_append(&datagram->spans, &inner.spans)
             ? 1
             : NODE_ERR_TOO_LONG;
}

/* The association */

/* MSK -> HKDF -> key material -> association, whose client is the authenticator. */
static int open_association(struct side *side, const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  static const struct association_id ids[2] = {{.bytes = {0x01}, .length = 1}, {.length = 0}};
  const struct toy *toy = side->toy;
  uint8_t prk[CRYPTO_SHA256_LENGTH], key[ASSOCIATION_KEY_MAX];
  struct association_config config = {
      .kind = association_kind_of(toy->options),
      .options = toy->options,
      .coap = &toy->parameters,
      .client = toy->authenticator,
      .remote = side->remote,
      .key = key,
      .local_id = ids[toy->authenticator],
      .remote_id = ids[!toy->authenticator],
      .identity = toy->authenticator ? side->identity : toy->eap.identity,
      .identity_length = toy->authenticator ? side->identity_length : toy->eap.identity_length};
  const char *name;
  size_t length;
  int error = crypto_hkdf_extract(toy->hooks, NULL, 0, msk, EAP_KEY_LENGTH, prk);
  for (size_t i = 0; error == 0 && (length = association_kind_material(config.kind, i, &name)) > 0;
       i++) {
    error = crypto_hkdf_expand(toy->hooks, prk, (const uint8_t *)name, strlen(name),
                               key + config.key_length, length);
    config.key_length += length;
  }
  if (error == 0)
    error = association_open(&side->associations.pending, &config, &side->coap, toy->hooks, now_ns);
  association_pair_note(&side->associations);
  crypto_wipe(prk, sizeof prk);
  crypto_wipe(key, sizeof key);
  return error;
}

static int fail(struct side *side, const char *why) {
  if (side->stage == CONFIRMING)
    coap_session_cancel(&side->coap);
  if (side->toy->authenticator)
    aaa_backend_end(&side->toy->backend, &side->backend);
  else
    eap_peer_wipe(&side->eap);
  if (side->repeats) /* what answers the last request stays */
    stop(side);
  association_close(&side->associations.pending);
  side->stage = IDLE;
  return tell(side, NODE_EVENT_FAILED, why);
}

static void end_request(struct side *side, enum node_event_type type, const char *label) {
  if (!side->requesting)
    return;
  side->requesting = false;
  coap_session_cancel(&side->coap);
  node_event(side->toy->hooks, NODE_PHASE_APPLICATION, type, &side->remote, label);
}

static int confirmed(struct side *side, const char *label) {
  association_pair_replace(&side->associations);
  side->stage = IDLE;
  return tell(side, NODE_EVENT_CONFIRMED, label);
}

/* The peer: EAP-Success under the pending association. */
static int take_success(struct side *side, const struct association_request *request,
                        uint64_t now_ns) {
  struct coap_message response = {.code = COAP_CODE_CHANGED};
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  if (request->plain.payload_length == 0 || request->plain.payload[0] != EAP_SUCCESS)
    return tell(side, NODE_EVENT_DISCARDED, "no EAP-Success under protection");
  if (eap_peer_process(&side->eap, request->plain.payload, request->plain.payload_length, &none) !=
      EAP_PEER_SUCCESS)
    return tell(side, NODE_EVENT_DISCARDED, eap_peer_reason(&side->eap));
  const int error = association_respond(request, &response, "confirmation", now_ns);
  tell(side, NODE_EVENT_DELIVERED, "EAP-Success");
  eap_peer_wipe(&side->eap);
  return error < 0 ? error : confirmed(side, "EAP-Success verified");
}

/* The authenticator: the response to EAP-Success. */
static int take_confirmation(struct side *side, const struct coap_message *message) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (message->code == COAP_CODE_BAD_REQUEST)
    return fail(side, association_kind_refusal(association_kind_of(side->toy->options)));
  if (association_verify_response(&side->associations.pending, message, buffer, &plain) < 0)
    return tell(side, NODE_EVENT_DISCARDED, "response does not verify");
  coap_session_cancel(&side->coap);
  aaa_backend_end(&side->toy->backend, &side->backend);
  return confirmed(side, "confirmation verified");
}

static int answer_application(struct side *side, const struct association_request *request,
                              uint64_t now_ns) {
  const bool get = request->plain.code == COAP_CODE_GET;
  uint8_t content[ASSOCIATION_PAYLOAD_MAX];
  struct coap_message response = {.phase = NODE_PHASE_APPLICATION,
                                  .code = get ? COAP_CODE_CONTENT : COAP_CODE_CHANGED,
                                  .payload = content,
                                  .payload_length = get ? side->toy->payload_bytes : 0};
  node_random(side->toy->hooks, content, response.payload_length);
  const int error = association_respond(request, &response, "app response", now_ns);
  if (error == 0)
    node_event(side->toy->hooks, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, &side->remote,
               "application");
  return error;
}

static int take_protected(struct side *side, const struct coap_message *message, uint64_t now_ns) {
  struct association_request request;
  const int error = association_pair_verify_request(&side->associations, message, &request);
  if (error < 0) {
    const char *why = association_refuse(&side->coap, message, error);
    return why == NULL ? 0 : tell(side, NODE_EVENT_DISCARDED, why);
  }
  if (request.association == &side->associations.current)
    return answer_application(side, &request, now_ns);
  return side->toy->authenticator ? tell(side, NODE_EVENT_DISCARDED, "before the confirmation")
                                  : take_success(side, &request, now_ns);
}

static int take_message(struct side *side, const struct node_datagram *datagram, uint64_t now_ns) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message message, plain;
  switch (coap_session_receive(&side->coap, datagram->data + HEADER_LENGTH,
                               datagram->length - HEADER_LENGTH, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return take_protected(side, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    if (side->stage == CONFIRMING)
      return take_confirmation(side, &message);
    if (association_verify_response(&side->associations.current, &message, buffer, &plain) < 0)
      return tell(side, NODE_EVENT_DISCARDED, "response does not verify");
    end_request(side, NODE_EVENT_ANSWERED, "application");
    return 0;
  case COAP_RECEIVED_RESET:
    end_request(side, NODE_EVENT_UNANSWERED, "reset");
    return side->stage == CONFIRMING ? fail(side, "peer-reset") : 0;
  default:
    return 0;
  }
}

/* The peer: requests with EAP */

static uint64_t patience_ends_ns(const struct side *side) {
  const uint64_t ms = coap_max_transmit_wait_ms(&side->toy->parameters) + AAA_PATIENCE_MS;
  return side->toy->authenticator || side->stage != RUNNING
             ? NODE_NEVER
             : side->valid_ns + ms * NODE_MS + (REPETITIONS + 1) * timeout_ns(side);
}

static int peer_open(struct side *side, uint64_t now_ns) {
  struct eap_keys keys;
  int error = eap_peer_keys(&side->eap, &keys);
  if (error == 0)
    error = open_association(side, keys.msk, now_ns);
  crypto_wipe(&keys, sizeof keys);
  return error;
}

/* An authentication begins, with what EAP has made of its first request. */
static void peer_begin(struct side *side, const struct eap_peer *eap, uint8_t number) {
  end_request(side, NODE_EVENT_UNANSWERED, "an authentication begins");
  association_close(&side->associations.pending);
  side->eap = *eap;
  side->any = true;
  side->first = number;
  side->start_ns = NODE_NEVER;
  side->stage = RUNNING;
  tell(side, NODE_EVENT_STARTED, "first request");
}

static int peer_deliver(struct side *side, const struct node_datagram *datagram, uint64_t now_ns) {
  const bool begins = datagram->data[0] == FIRST_REQUEST;
  const uint8_t *packet = datagram->data + HEADER_LENGTH;
  const size_t length = datagram->length - HEADER_LENGTH;
  uint8_t data[EAP_PACKET_MAX];
  struct eap_peer first, *eap = begins ? &first : &side->eap;
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  if (begins)
    eap_peer_init(&first, &side->toy->eap, side->toy->hooks);
  if (length > 0 && packet[0] == EAP_SUCCESS)
    return tell(side, NODE_EVENT_DISCARDED, "EAP-Success without protection");
  const enum eap_peer_result result = eap_peer_process(eap, packet, length, &out);
  if (result == EAP_PEER_DISCARD || result == EAP_PEER_SUCCESS ||
      (begins && result != EAP_PEER_RESPOND))
    return tell(side, NODE_EVENT_DISCARDED, eap_peer_reason(eap));
  if (begins)
    peer_begin(side, &first, datagram->data[1]);
  side->number = datagram->data[1];
  side->valid_ns = now_ns;
  if (result != EAP_PEER_REPEAT)
    tell(side, NODE_EVENT_DELIVERED, eap_packet_label(packet, length));
  send_eap(side, RESPONSE, &out);
  if (result == EAP_PEER_FAILURE)
    return fail(side, eap_peer_reason(&side->eap));
  return eap_peer_has_keys(&side->eap) && !association_is_open(&side->associations.pending)
             ? peer_open(side, now_ns)
             : 0;
}

static int take_request(struct side *side, const struct node_datagram *datagram, uint64_t now_ns) {
  const bool first = datagram->data[0] == FIRST_REQUEST, runs = side->stage == RUNNING;
  const uint8_t number = datagram->data[1];
  if (side->any && number == side->number && first == (number == side->first)) {
    side->pending = side->pending || !side->repeats; /* the response once more */
    return 0;
  }
  if (first ? runs || (side->any && number == side->first)
            : !runs || number != (uint8_t)(side->number + 1))
    return tell(side, NODE_EVENT_DISCARDED, "old or unexpected request");
  return peer_deliver(side, datagram, now_ns);
}

/* The authenticator: responses with EAP */

static void request(struct side *side, enum stage stage, enum type type,
                    const struct span_writer *packet) {
  side->stage = stage;
  side->number++;
  send_eap(side, type, packet);
}

static int begin(struct side *side, const char *who) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  const uint8_t identifier = (uint8_t)node_random_below(side->toy->hooks, 256);
  span_writer_init(&packet, data, sizeof data, &spans);
  tell(side, NODE_EVENT_STARTED, who);
  side->identity_length = 0;
  int error =
      aaa_backend_begin(&side->toy->backend, &side->backend, identifier, &side->remote, side);
  if (error == 0)
    error = eap_server_identity_request(identifier, &packet);
  if (error == 0)
    request(side, RUNNING, FIRST_REQUEST, &packet);
  return error;
}

static int succeed(struct side *side, const struct span_writer *packet, uint64_t now_ns) {
  uint8_t msk[EAP_KEY_LENGTH] = {0};
  struct coap_message success = {.type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .payload = packet->data,
                                 .payload_length = packet->length,
                                 .payload_spans = packet->spans};
  int error = aaa_backend_msk(&side->toy->backend, &side->backend, msk);
  if (error == 0)
    error = open_association(side, msk, now_ns);
  crypto_wipe(msk, sizeof msk);
  side->stage = CONFIRMING;
  return error < 0 ? error
                   : association_request(&side->associations.pending, &success, "EAP-Success");
}

static int go_on(struct side *side, enum aaa_backend_result result,
                 const struct span_writer *packet, uint64_t now_ns) {
  if (result == AAA_BACKEND_SUCCESS)
    return succeed(side, packet, now_ns);
  if (result == AAA_BACKEND_REPEAT) { /* the response was none */
    side->stage = RUNNING;
    side->pending = side->repeats = true;
    return 0;
  }
  request(side, result == AAA_BACKEND_REQUEST ? RUNNING : REJECTING, REQUEST, packet);
  return 0;
}

static void read_identity(struct side *side, const uint8_t *data, size_t length) {
  struct eap_packet packet;
  if (eap_packet_parse(data, length, &packet) < 0 || packet.type != EAP_TYPE_IDENTITY ||
      packet.data_length > sizeof side->identity)
    return;
  memcpy(side->identity, packet.data, packet.data_length);
  side->identity_length = packet.data_length;
}

static int take_response(struct side *side, const struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa_backend *backend = &side->toy->backend;
  const uint8_t *response = datagram->data + HEADER_LENGTH;
  const size_t length = datagram->length - HEADER_LENGTH;
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  if (datagram->data[1] != side->number || (side->stage != RUNNING && side->stage != REJECTING))
    return tell(side, NODE_EVENT_DISCARDED, "old or unexpected response");
  if (side->stage == REJECTING)
    return fail(side, aaa_backend_reason(backend, &side->backend));
  span_writer_init(&packet, data, sizeof data, &spans);
  const enum aaa_backend_result result =
      aaa_backend_respond(backend, &side->backend, response, length, &packet);
  if (result == AAA_BACKEND_DISCARD)
    return tell(side, NODE_EVENT_DISCARDED, aaa_backend_reason(backend, &side->backend));
  tell(side, NODE_EVENT_DELIVERED, eap_packet_label(response, length));
  read_identity(side, response, length);
  stop(side);
  side->stage = WAITING;
  return result == AAA_BACKEND_WAIT ? 0 : go_on(side, result, &packet, now_ns);
}

static int read_backend(struct toy *toy, const struct node_datagram *datagram, uint64_t now_ns) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  enum aaa_backend_result result;
  const char *why;
  span_writer_init(&packet, data, sizeof data, &spans);
  struct side *side = aaa_backend_receive(&toy->backend, datagram, &result, &packet, &why);
  if (side != NULL)
    return go_on(side, result, &packet, now_ns);
  node_event(toy->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, &datagram->source, why);
  return 0;
}

/* The node contract */

static int toy_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct toy *toy = (struct toy *)node;
  if (toy->authenticator && aaa_backend_is_for(&toy->backend, &datagram->destination))
    return read_backend(toy, datagram, now_ns);
  const int type = datagram->length < HEADER_LENGTH ? -1 : datagram->data[0];
  struct side *side = toy->authenticator && type == START ? acquire(toy, &datagram->source)
                                                          : find(toy, &datagram->source);
  if (side != NULL && type == MESSAGE)
    return take_message(side, datagram, now_ns);
  if (side != NULL && toy->authenticator && type == START && side->stage == IDLE)
    return begin(side, "start");
  if (side != NULL && toy->authenticator && type == RESPONSE)
    return take_response(side, datagram, now_ns);
  if (side != NULL && !toy->authenticator && (type == REQUEST || type == FIRST_REQUEST))
    return take_request(side, datagram, now_ns);
  node_event(toy->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, &datagram->source,
             "of no use here");
  return 0;
}

static int toy_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct toy *toy = (struct toy *)node;
  int result = 0;
  for (size_t i = 0; result == 0 && i < toy->count; i++) {
    struct side *side = toy->sides[i];
    datagram->source = toy->local;
    datagram->destination = side->remote;
    result =
        side->pending ? write_last(side, datagram, now_ns) : write_message(side, datagram, now_ns);
  }
  return result == 0 && toy->authenticator ? aaa_backend_write(&toy->backend, datagram, now_ns)
                                           : result;
}

static uint64_t toy_expiry(const struct node *node) {
  const struct toy *toy = (const struct toy *)node;
  uint64_t next_ns = toy->authenticator ? aaa_backend_expiry(&toy->backend) : NODE_NEVER;
  for (size_t i = 0; i < toy->count; i++) {
    const struct side *side = toy->sides[i];
    const uint64_t times_ns[] = {side->due_ns, side->start_ns, patience_ends_ns(side),
                                 coap_session_expiry(&side->coap)};
    for (size_t j = 0; j < sizeof times_ns / sizeof times_ns[0]; j++)
      next_ns = times_ns[j] < next_ns ? times_ns[j] : next_ns;
  }
  return next_ns;
}

static void expire(struct side *side, uint64_t now_ns) {
  const bool authenticator = side->toy->authenticator;
  const char *silent = authenticator ? "peer-silent" : "authenticator-silent";
  if (coap_session_handle_expiry(&side->coap, now_ns)) {
    end_request(side, NODE_EVENT_UNANSWERED, silent);
    if (side->stage == CONFIRMING)
      (void)fail(side, silent);
  }
  if (now_ns >= patience_ends_ns(side))
    (void)fail(side, silent);
  if (now_ns >= side->due_ns) {
    side->due_ns = NODE_NEVER;
    side->pending = side->last.copy <= REPETITIONS;
    if (!side->pending)
      (void)fail(side, side->stage == REJECTING
                           ? aaa_backend_reason(&side->toy->backend, &side->backend)
                       : authenticator ? silent
                                       : "no-authenticator");
  }
  if (now_ns >= side->start_ns) {
    struct span_list spans = {.count = 0};
    const struct span_writer none = {.data = side->data, .spans = &spans};
    side->start_ns = NODE_NEVER;
    side->stage = STARTING;
    tell(side, NODE_EVENT_STARTED, "start");
    send(side, START, &none, "start");
  }
}

static int toy_handle_expiry(struct node *node, uint64_t now_ns) {
  struct toy *toy = (struct toy *)node;
  struct side *silent;
  for (size_t i = 0; i < toy->count; i++)
    expire(toy->sides[i], now_ns);
  while (toy->authenticator && (silent = aaa_backend_handle_expiry(&toy->backend, now_ns)) != NULL)
    (void)fail(silent, "aaa-silent");
  return 0;
}

static void toy_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct toy *toy = (const struct toy *)node;
  for (size_t i = 0; i < toy->count; i++) {
    const struct side *side = toy->sides[i];
    digest_u64(digest, side->stage);
    digest_u64(digest, side->number);
    coap_session_digest(&side->coap, digest, now_ns);
    association_pair_digest(&side->associations, digest, now_ns);
    digest_u64(digest, side->requesting);
    digest_octets(digest, side->data, side->last.length);
    digest_u64(digest, side->pending);
    digest_u64(digest, side->repeats ? 1 + side->last.copy : 0);
    digest_deadline(digest, side->due_ns, now_ns);
    digest_u64(digest, side->any ? 1 + side->first : 0);
    digest_deadline(digest, side->start_ns, now_ns);
    digest_deadline(digest, patience_ends_ns(side), now_ns);
    if (!toy->authenticator)
      eap_peer_digest(&side->eap, digest);
    else if (side->stage != IDLE)
      aaa_backend_session_digest(&toy->backend, &side->backend, digest);
  }
}

static void toy_destroy(struct node *node) {
  struct toy *toy = (struct toy *)node;
  for (size_t i = 0; i < toy->count; i++) {
    association_pair_close(&toy->sides[i]->associations);
    coap_session_wipe(&toy->sides[i]->coap);
    if (toy->authenticator)
      aaa_backend_end(&toy->backend, &toy->sides[i]->backend);
    crypto_wipe(toy->sides[i], sizeof *toy->sides[i]);
    free(toy->sides[i]);
  }
  if (toy->authenticator)
    aaa_backend_deinit(&toy->backend);
  free(toy->sides);
  free(toy);
}

static const struct node_ops OPS = {.read = toy_read,
                                    .write = toy_write,
                                    .expiry = toy_expiry,
                                    .handle_expiry = toy_handle_expiry,
                                    .digest = toy_digest,
                                    .destroy = toy_destroy};

/* The row */

/* NULL: memory is short, or the configuration is out of range. */
static struct toy *create(const struct option_values *options, const struct node_hooks *hooks,
                          const struct node_address *local, size_t room, size_t payload_bytes) {
  struct toy *toy = calloc(1, sizeof *toy);
  if (toy == NULL || toy_unsupported(options) != NULL || room == 0 ||
      payload_bytes > ASSOCIATION_PAYLOAD_MAX ||
      (toy->sides = calloc(room, sizeof *toy->sides)) == NULL) {
    free(toy);
    return NULL;
  }
  toy->node.ops = &OPS;
  toy->hooks = hooks;
  toy->options = options;
  coap_parameters_read(options, &toy->parameters);
  toy->local = *local;
  toy->payload_bytes = payload_bytes;
  toy->room = room;
  return toy;
}

static struct node *toy_peer(const struct lower_peer_config *config,
                             const struct node_hooks *hooks) {
  struct toy *toy = create(config->options, hooks, &config->local, 1, config->payload_bytes);
  if (toy == NULL)
    return NULL;
  toy->eap = config->eap;
  struct side *side = acquire(toy, &config->authenticator);
  if (side == NULL) {
    toy_destroy(&toy->node);
    return NULL;
  }
  if (config->begins)
    side->start_ns = config->start_ns;
  return &toy->node;
}

static struct node *toy_authenticator(const struct lower_authenticator_config *config,
                                      const struct node_hooks *hooks) {
  struct toy *toy =
      create(config->options, hooks, &config->local, config->peers_max, config->payload_bytes);
  if (toy == NULL)
    return NULL;
  toy->authenticator =
      aaa_backend_init(&toy->backend, &config->eap, config->radius, config->roots,
                       config->backend_hooks == NULL ? hooks : config->backend_hooks);
  if (toy->authenticator)
    return &toy->node;
  toy_destroy(&toy->node);
  return NULL;
}

static int toy_peer_begin(struct node *node, uint64_t now_ns) {
  struct side *side = ((struct toy *)node)->sides[0];
  if (side->stage != IDLE || side->start_ns != NODE_NEVER || side->requesting)
    return NODE_ERR_BUSY;
  side->start_ns = now_ns;
  return 0;
}

static int toy_authenticator_begin(struct node *node, const struct node_address *peer) {
  struct side *side = acquire((struct toy *)node, peer);
  if (side == NULL)
    return NODE_ERR_EXHAUSTED;
  return side->stage == IDLE ? begin(side, "authenticator") : NODE_ERR_BUSY;
}

static int toy_peer_request(struct node *node, enum lower_request kind, const uint8_t *payload,
                            size_t length) {
  struct side *side = ((struct toy *)node)->sides[0];
  if (!association_is_ready(&side->associations.current))
    return NODE_ERR_BAD_STATE;
  if (side->requesting || side->stage != IDLE)
    return NODE_ERR_BUSY;
  if (length > ASSOCIATION_PAYLOAD_MAX)
    return NODE_ERR_TOO_LONG;
  struct coap_message message = {.phase = NODE_PHASE_APPLICATION,
                                 .type = COAP_CON,
                                 .code = kind == LOWER_POST ? COAP_CODE_POST : COAP_CODE_GET,
                                 .payload = payload,
                                 .payload_length = length};
  const int error = association_request(&side->associations.current, &message, "app request");
  side->requesting = error == 0;
  return error;
}

static void toy_peer_state(const struct node *node, struct lower_state *state) {
  const struct side *side = ((const struct toy *)node)->sides[0];
  *state = (struct lower_state){
      .association_bytes = association_pair_bytes(&side->associations),
      .association_bytes_peak = side->associations.bytes_peak,
      .ordering_bytes = sizeof side->first + sizeof side->number,
  };
}

static struct radius_client_load toy_authenticator_load(const struct node *node) {
  return aaa_backend_load(&((const struct toy *)node)->backend);
}

static size_t toy_ports(const struct option_values *options) {
  (void)options;
  return 1;
}

static const char *const PEER_FAILURES[] = {"authenticator-silent", "no-authenticator", NULL};
static const char *const AUTHENTICATOR_FAILURES[] = {"peer-silent", "peer-reset", NULL};

extern const struct lower_layer LOWER_TOY;
const struct lower_layer LOWER_TOY = {
    .port = PORT,
    .header_row = ROW_TOY_HEADER,
    .options = {&OPTIONS, &COAP_OPTIONS},
    .unsupported = toy_unsupported,
    .peer_failures = PEER_FAILURES,
    .authenticator_failures = AUTHENTICATOR_FAILURES,
    .ports = toy_ports,
    .peer = toy_peer,
    .authenticator = toy_authenticator,
    .peer_begin = toy_peer_begin,
    .authenticator_begin = toy_authenticator_begin,
    .peer_request = toy_peer_request,
    .peer_state = toy_peer_state,
    .authenticator_load = toy_authenticator_load,
};
