/* CoAP-EAP, the authenticator's side: steps 1, 3, 5 and 7 of the draft's Figure 2. */
#include "authenticator.h"

#include "../crypto/crypto.h"
#include "../oscore/oscore.h"
#include "keys.h"

#include <stdlib.h>
#include <string.h>

enum { RESOURCE_MAX = 16 };

enum state {
  STATE_FREE,
  STATE_IDENTITY,  /* step 1 sent */
  STATE_METHOD,    /* step 3 or 5 sent */
  STATE_SUCCESS,   /* step 7 sent */
  STATE_REJECTION, /* EAP-Failure sent */
  STATE_ESTABLISHED,
  STATE_FAILED,
};

/* One peer: its authentication, and then its association. */
struct peer_session {
  enum state state;
  struct node_address remote;
  struct coap_session coap;
  struct coap_eap_ordering ordering;
  struct eap_server eap;
  uint8_t token[COAP_TOKEN_MAX];
  char resource[RESOURCE_MAX + 1]; /* below /b, from step 2 */
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  struct oscore_context context; /* from step 7 on */
  struct oscore_binding binding; /* of step 7 */
  bool associated;
  struct oscore_context association; /* in use until a new one verifies */
  uint64_t failed_count;             /* order of failures: the longest failed makes room */
};

struct authenticator {
  struct node node;
  struct coap_eap_authenticator_config config;
  const struct node_hooks *hooks;
  struct peer_session **sessions; /* peers_max places, filled from the front */
  size_t session_count;
  size_t next_to_write; /* round robin */
  uint64_t failures;
};

static int discard(const struct authenticator *authenticator, const struct node_address *remote,
                   const char *why) {
  node_event(authenticator->hooks, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

/* Forgets the authentication's secrets; the association stays. */
static void end(struct peer_session *session, enum state state) {
  session->state = state;
  oscore_context_wipe(&session->context);
  eap_server_wipe(&session->eap);
}

static int fail(struct authenticator *authenticator, struct peer_session *session,
                const char *reason) {
  coap_session_cancel(&session->coap);
  session->failed_count = ++authenticator->failures;
  end(session, STATE_FAILED);
  node_event(authenticator->hooks, NODE_EVENT_FAILED, &session->remote, reason);
  return 0;
}

static bool in_progress(const struct peer_session *session) {
  return session->state == STATE_IDENTITY || session->state == STATE_METHOD ||
         session->state == STATE_SUCCESS || session->state == STATE_REJECTION;
}

/* Sessions */

static struct peer_session *find(const struct authenticator *authenticator,
                                 const struct node_address *remote) {
  for (size_t i = 0; i < authenticator->session_count; i++)
    if (node_address_equal(&authenticator->sessions[i]->remote, remote))
      return authenticator->sessions[i];
  return NULL;
}

static struct peer_session *longest_failed(const struct authenticator *authenticator) {
  struct peer_session *oldest = NULL;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct peer_session *session = authenticator->sessions[i];
    if (session->state == STATE_FAILED && !session->associated &&
        (oldest == NULL || session->failed_count < oldest->failed_count))
      oldest = session;
  }
  return oldest;
}

/* A session for a new remote, or NULL where there is no room. */
static struct peer_session *acquire(struct authenticator *authenticator,
                                    const struct node_address *remote) {
  struct peer_session *session = NULL;
  if (authenticator->session_count < authenticator->config.peers_max) {
    session = calloc(1, sizeof *session);
    if (session != NULL)
      authenticator->sessions[authenticator->session_count++] = session;
  } else {
    session = longest_failed(authenticator);
  }
  if (session == NULL)
    return NULL;
  crypto_wipe(session, sizeof *session);
  session->remote = *remote;
  coap_session_init(&session->coap, &authenticator->config.options.coap, authenticator->hooks);
  return session;
}

/* Requests */

/* CON POST to the service or its resource, with the current SeqNum and the constant token. */
static struct coap_message new_request(const struct authenticator *authenticator,
                                       const struct peer_session *session) {
  struct coap_message request = {.type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .token_length = authenticator->config.options.token_bytes};
  memcpy(request.token, session->token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, COAP_EAP_PATH,
                          strlen(COAP_EAP_PATH));
  if (session->resource[0] != '\0')
    coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, session->resource,
                            strlen(session->resource));
  coap_eap_ordering_add(&session->ordering, &request);
  return request;
}

static int send_eap(const struct authenticator *authenticator, struct peer_session *session,
                    const struct span_writer *packet) {
  struct coap_message request = new_request(authenticator, session);
  request.payload = packet->data;
  request.payload_length = packet->length;
  request.payload_spans = packet->spans;
  return coap_session_request(&session->coap, &request,
                              eap_packet_label(packet->data, packet->length));
}

/* Step 1: EAP-Request/Identity, with a new token and the first SeqNum. */
static int begin(struct authenticator *authenticator, struct peer_session *session) {
  node_random(authenticator->hooks, session->token, authenticator->config.options.token_bytes);
  coap_eap_ordering_init(&session->ordering, &authenticator->config.options.ordering);
  coap_eap_ordering_begin(&session->ordering, authenticator->hooks);
  session->resource[0] = '\0';
  session->identity_length = 0;
  const uint8_t identifier = (uint8_t)node_random_below(authenticator->hooks, 256);
  eap_server_init(&session->eap, &authenticator->config.eap, authenticator->hooks, identifier);
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const int result = eap_server_identity_request(identifier, &packet);
  if (result < 0)
    return result;
  session->state = STATE_IDENTITY;
  return send_eap(authenticator, session, &packet);
}

int coap_eap_authenticator_begin(struct node *node, const struct node_address *peer) {
  struct authenticator *authenticator = (struct authenticator *)node;
  struct peer_session *session = find(authenticator, peer);
  if (session == NULL)
    session = acquire(authenticator, peer);
  if (session == NULL)
    return NODE_ERR_EXHAUSTED;
  if (in_progress(session))
    return NODE_ERR_BUSY;
  node_event(authenticator->hooks, NODE_EVENT_STARTED, peer, "authenticator");
  return begin(authenticator, session);
}

static int derive_keys(const struct authenticator *authenticator, struct peer_session *session) {
  struct eap_keys keys = {0};
  struct coap_eap_master master = {0};
  const bool with_identity = authenticator->config.options.id_context_is_identity;
  int result = eap_server_keys(&session->eap, &keys);
  if (result == 0)
    result = coap_eap_derive_master(keys.msk, authenticator->hooks, &master);
  if (result == 0)
    result = coap_eap_derive_context(
        &master, COAP_EAP_SIDE_AUTHENTICATOR, with_identity ? session->identity : NULL,
        with_identity ? session->identity_length : 0, authenticator->hooks, &session->context);
  if (result == 0)
    node_event_key(authenticator->hooks, &session->remote, (const uint8_t *)&master, sizeof master);
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(&master, sizeof master);
  return result;
}

/* Step 7: EAP-Success under OSCORE. */
static int send_success(const struct authenticator *authenticator, struct peer_session *session,
                        const struct span_writer *packet) {
  struct coap_message inner = new_request(authenticator, session);
  inner.payload = packet->data;
  inner.payload_length = packet->length;
  inner.payload_spans = packet->spans;
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result = oscore_protect_request(&session->context, authenticator->hooks, &inner, buffer,
                                            sizeof buffer, &spans, &outer, &session->binding);
  if (result < 0)
    return result;
  return coap_session_request(&session->coap, &outer, "EAP-Success");
}

/* Responses */

/* What the EAP server answers becomes the next request. */
static int continue_with(struct authenticator *authenticator, struct peer_session *session,
                         enum eap_server_result result, const struct span_writer *packet) {
  coap_session_cancel(&session->coap); /* the exchange is complete */
  int error = coap_eap_ordering_advance(&session->ordering);
  if (error < 0)
    return fail(authenticator, session, "SeqNum exhausted");
  switch (result) {
  case EAP_SERVER_REQUEST:
    session->state = STATE_METHOD;
    return send_eap(authenticator, session, packet);
  case EAP_SERVER_SUCCESS:
    error = derive_keys(authenticator, session);
    if (error < 0)
      return error;
    session->state = STATE_SUCCESS;
    return send_success(authenticator, session, packet);
  default:
    session->state = STATE_REJECTION;
    return send_eap(authenticator, session, packet);
  }
}

/* Step 2 names the resource: two segments, the service and one of our length at most. */
static bool read_location(const struct authenticator *authenticator,
                          const struct coap_message *response, char resource[RESOURCE_MAX + 1]) {
  const struct coap_option *segments[2];
  size_t count = 0;
  for (size_t i = 0; i < response->option_count; i++) {
    if (response->options[i].number != authenticator->config.options.location_number)
      continue;
    if (count == 2)
      return false;
    segments[count++] = &response->options[i];
  }
  if (count != 2 || segments[0]->length != strlen(COAP_EAP_PATH) ||
      memcmp(segments[0]->value, COAP_EAP_PATH, segments[0]->length) != 0)
    return false;
  const struct coap_option *name = segments[1];
  if (name->length == 0 || name->length > RESOURCE_MAX ||
      memchr(name->value, '\0', name->length) != NULL)
    return false;
  memcpy(resource, name->value, name->length);
  resource[name->length] = '\0';
  return true;
}

/* The octets of the peer's identity, for the ID Context. */
static void read_identity(struct peer_session *session, const struct coap_message *response) {
  struct eap_packet packet;
  if (eap_packet_parse(response->payload, response->payload_length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY || packet.data_length > sizeof session->identity)
    return;
  memcpy(session->identity, packet.data, packet.data_length);
  session->identity_length = packet.data_length;
}

/* Steps 2, 4 and 6. What EAP discards leaves the request outstanding, as if it had not come. */
static int handle_eap(struct authenticator *authenticator, struct peer_session *session,
                      const struct coap_message *response) {
  char resource[RESOURCE_MAX + 1];
  if (session->state == STATE_IDENTITY &&
      (response->code != COAP_CODE_CREATED || !read_location(authenticator, response, resource)))
    return discard(authenticator, &session->remote, "step 2 without a resource");
  if (session->state == STATE_METHOD && response->code != COAP_CODE_CHANGED)
    return discard(authenticator, &session->remote, "unexpected response code");

  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const enum eap_server_result result =
      eap_server_process(&session->eap, response->payload, response->payload_length, &packet);
  if (result == EAP_SERVER_DISCARD)
    return discard(authenticator, &session->remote, eap_server_reason(&session->eap));
  node_event(authenticator->hooks, NODE_EVENT_DELIVERED, &session->remote,
             eap_packet_label(response->payload, response->payload_length));
  if (session->state == STATE_IDENTITY) {
    memcpy(session->resource, resource, sizeof session->resource);
    read_identity(session, response);
  }
  return continue_with(authenticator, session, result, &packet);
}

/* Step 8: the peer has verified step 7 and holds the key. */
static int handle_confirmation(struct authenticator *authenticator, struct peer_session *session,
                               const struct coap_message *response) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct coap_message inner;
  const int result = oscore_unprotect_response(&session->context, authenticator->hooks, response,
                                               &session->binding, plain, sizeof plain, &inner);
  if (result < 0)
    return discard(authenticator, &session->remote, "OSCORE: response does not verify");
  if (inner.code != COAP_CODE_CHANGED || !coap_eap_ordering_matches(&session->ordering, &inner))
    return discard(authenticator, &session->remote, "unexpected confirmation");
  coap_session_cancel(&session->coap);
  session->association = session->context;
  session->associated = true;
  end(session, STATE_ESTABLISHED);
  node_event(authenticator->hooks, NODE_EVENT_CONFIRMED, &session->remote, "step 8 verified");
  return 0;
}

static const char *refusal(const struct peer_session *session, uint8_t code) {
  if (session->state == STATE_SUCCESS && code == COAP_CODE_BAD_REQUEST)
    return "oscore-rejected";
  if (code == COAP_CODE_NOT_FOUND)
    return "peer-lost-state";
  if (code == COAP_CODE_UNAVAILABLE)
    return "peer-busy";
  return "peer-refused";
}

static int handle_response(struct authenticator *authenticator, struct peer_session *session,
                           const struct coap_message *response) {
  const struct coap_eap_options *options = &authenticator->config.options;
  const uint16_t known[] = {COAP_NUMBER_URI_PATH, COAP_NUMBER_OSCORE,
                            options->ordering.seqnum_number};
  if (coap_message_unknown_critical(response, known, sizeof known / sizeof known[0]) != NULL)
    return discard(authenticator, &session->remote, "critical option not understood");
  if (response->code >> 5 != 2)
    return fail(authenticator, session, refusal(session, response->code));
  if (session->state == STATE_SUCCESS)
    return handle_confirmation(authenticator, session, response);
  if (!coap_eap_ordering_matches(&session->ordering, response))
    return discard(authenticator, &session->remote, "old or unexpected SeqNum");
  if (session->state == STATE_REJECTION)
    return fail(authenticator, session, eap_server_reason(&session->eap));
  return handle_eap(authenticator, session, response);
}

/* Step 0 */

static bool is_trigger(const struct coap_message *message) {
  static const char *const service[] = {COAP_EAP_PATH};
  static const uint16_t known[] = {COAP_NUMBER_URI_PATH};
  return message->code == COAP_CODE_POST && coap_message_path_is(message, service, 1) &&
         coap_message_unknown_critical(message, known, 1) == NULL;
}

static int handle_request(struct authenticator *authenticator, struct peer_session *session,
                          const struct coap_message *request, uint64_t now_ns) {
  if (!is_trigger(request))
    return coap_session_reject(&session->coap, request, COAP_CODE_NOT_FOUND, "4.04 Not Found");
  if (request->type == COAP_CON) { /* the draft's trigger is NON; one that asks is answered */
    struct coap_message response = {.code = COAP_CODE_CHANGED};
    const int result =
        coap_session_respond(&session->coap, request, &response, "trigger acknowledged", now_ns);
    if (result < 0)
      return result;
  } else {
    coap_session_ignore(&session->coap, request, now_ns);
  }
  if (in_progress(session))
    return discard(authenticator, &session->remote, "trigger while an authentication runs");
  node_event(authenticator->hooks, NODE_EVENT_STARTED, &session->remote, "trigger");
  return begin(authenticator, session);
}

/* The node contract */

static int authenticator_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  struct coap_message message;
  struct peer_session *session = find(authenticator, &datagram->source);
  if (session == NULL) { /* only a trigger is worth memory */
    if (coap_message_parse(datagram->data, datagram->length, &message) < 0 || !is_trigger(&message))
      return discard(authenticator, &datagram->source, "not a trigger, from an unknown peer");
    session = acquire(authenticator, &datagram->source);
    if (session == NULL)
      return discard(authenticator, &datagram->source, "no room for another peer");
  }
  switch (
      coap_session_receive(&session->coap, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return handle_request(authenticator, session, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return handle_response(authenticator, session, &message);
  case COAP_RECEIVED_RESET:
    return in_progress(session) ? fail(authenticator, session, "peer-reset") : 0;
  default:
    return 0;
  }
}

static int authenticator_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    const size_t place = (authenticator->next_to_write + i) % authenticator->session_count;
    struct peer_session *session = authenticator->sessions[place];
    const int result = coap_session_write(&session->coap, datagram, now_ns);
    if (result == 0)
      continue;
    datagram->source = authenticator->config.local;
    datagram->destination = session->remote;
    authenticator->next_to_write = place + 1;
    return result;
  }
  return 0;
}

static uint64_t authenticator_expiry(const struct node *node) {
  const struct authenticator *authenticator = (const struct authenticator *)node;
  uint64_t next = NODE_NEVER;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    const uint64_t expiry = coap_session_expiry(&authenticator->sessions[i]->coap);
    if (expiry < next)
      next = expiry;
  }
  return next;
}

static int authenticator_handle_expiry(struct node *node, uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    struct peer_session *session = authenticator->sessions[i];
    if (coap_session_handle_expiry(&session->coap, now_ns) && in_progress(session))
      (void)fail(authenticator, session,
                 session->state == STATE_REJECTION ? eap_server_reason(&session->eap)
                                                   : "peer-silent");
  }
  return 0;
}

static void authenticator_destroy(struct node *node) {
  struct authenticator *authenticator = (struct authenticator *)node;
  for (size_t i = 0; i < authenticator->session_count; i++) {
    crypto_wipe(authenticator->sessions[i], sizeof *authenticator->sessions[i]);
    free(authenticator->sessions[i]);
  }
  free(authenticator->sessions);
  free(authenticator);
}

struct node *coap_eap_authenticator_create(const struct coap_eap_authenticator_config *config,
                                           const struct node_hooks *hooks) {
  static const struct node_ops ops = {.read = authenticator_read,
                                      .write = authenticator_write,
                                      .expiry = authenticator_expiry,
                                      .handle_expiry = authenticator_handle_expiry,
                                      .destroy = authenticator_destroy};
  if (!coap_eap_options_valid(&config->options) || config->peers_max == 0)
    return NULL;
  struct authenticator *authenticator = calloc(1, sizeof *authenticator);
  if (authenticator == NULL)
    return NULL;
  authenticator->node.ops = &ops;
  authenticator->config = *config;
  authenticator->hooks = hooks;
  authenticator->sessions = calloc(config->peers_max, sizeof(struct peer_session *));
  if (authenticator->sessions == NULL) {
    free(authenticator);
    return NULL;
  }
  return &authenticator->node;
}
