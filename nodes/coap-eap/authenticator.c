/* CoAP-EAP, the authenticator: the node contract. Datagrams of the peers go to their sessions,
 * those of the AAA server to the backend, which says whose they are. */
#include "application.h"
#include "authenticator_session.h"

#include <stdlib.h>

/* What a session did changes what it has to write and when it wants to be woken. */
static int settle(struct authenticator *authenticator, struct peer_session *session, int result) {
  authenticator_touch(authenticator, session);
  return result;
}

int coap_eap_authenticator_begin(struct node *node, const struct node_address *peer) {
  struct authenticator *authenticator = (struct authenticator *)node;
  struct peer_session *session = authenticator_find(authenticator, peer);
  if (session == NULL)
    session = authenticator_acquire(authenticator, peer);
  if (session == NULL)
    return NODE_ERR_EXHAUSTED;
  if (authenticator_in_progress(session))
    return NODE_ERR_BUSY;
  node_event(authenticator->hooks, NODE_EVENT_STARTED, peer, "authenticator");
  return settle(authenticator, session, authenticator_begin(authenticator, session));
}

int coap_eap_authenticator_request(struct node *node, const struct node_address *peer, uint8_t code,
                                   const uint8_t *payload, size_t length) {
  struct authenticator *authenticator = (struct authenticator *)node;
  struct peer_session *session = authenticator_find(authenticator, peer);
  if (session == NULL || !coap_eap_association_ready(&session->association))
    return NODE_ERR_BAD_STATE;
  if (session->requesting || authenticator_in_progress(session))
    return NODE_ERR_BUSY;
  const int result = coap_eap_application_send(
      &session->association, &authenticator->config.options, code, payload, length);
  session->requesting = result == 0;
  return settle(authenticator, session, result);
}

uint32_t coap_eap_authenticator_lifetime_s(const struct node *node,
                                           const struct node_address *peer) {
  const struct peer_session *session = authenticator_find((const struct authenticator *)node, peer);
  return session != NULL && session->association.open ? session->lifetime_s : 0;
}

/* Datagrams */

static int read_backend(struct authenticator *authenticator, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  enum backend_result result;
  const char *why;
  struct peer_session *session =
      backend_receive(&authenticator->backend, datagram, &result, &packet, &why);
  if (session == NULL)
    return authenticator_discard(authenticator, &datagram->source, why);
  return settle(authenticator, session,
                authenticator_continue(authenticator, session, result, &packet, now_ns));
}

static int read_coap(struct authenticator *authenticator, struct peer_session *session,
                     const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_message message;
  switch (
      coap_session_receive(&session->coap, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return authenticator_handle_request(authenticator, session, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return authenticator_handle_response(authenticator, session, &message, now_ns);
  case COAP_RECEIVED_RESET:
    authenticator_abandon_request(authenticator, session, "reset");
    return authenticator_in_progress(session)
               ? authenticator_fail(authenticator, session, "peer-reset")
               : 0;
  default:
    return 0;
  }
}

/* A peer's DTLS session is found by the address of its CoAP endpoint. */
static int read_secure(struct authenticator *authenticator, const struct node_datagram *datagram,
                       uint64_t now_ns) {
  struct node_address remote = datagram->source;
  remote.port--;
  struct peer_session *session = authenticator_find(authenticator, &remote);
  if (session == NULL)
    return authenticator_discard(authenticator, &datagram->source, "DTLS from an unknown peer");
  return settle(authenticator, session,
                authenticator_read_secure(authenticator, session, datagram, now_ns));
}

static int authenticator_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  if (backend_is_for(&authenticator->backend, &datagram->destination))
    return read_backend(authenticator, datagram, now_ns);
  const struct node_address secure = coap_eap_secure_address(&authenticator->config.local);
  if (datagram->destination.port == secure.port)
    return read_secure(authenticator, datagram, now_ns);
  struct coap_message message;
  struct peer_session *session = authenticator_find(authenticator, &datagram->source);
  if (session == NULL) { /* only a trigger is worth memory */
    if (coap_message_parse(datagram->data, datagram->length, &message) < 0 ||
        !authenticator_is_trigger(&message))
      return authenticator_discard(authenticator, &datagram->source,
                                   "not a trigger, from an unknown peer");
    session = authenticator_acquire(authenticator, &datagram->source);
    if (session == NULL)
      return authenticator_discard(authenticator, &datagram->source, "no room for another peer");
  }
  return settle(authenticator, session, read_coap(authenticator, session, datagram, now_ns));
}

static int write_secure(struct peer_session *session, struct node_datagram *datagram,
                        uint64_t now_ns) {
  const int result = coap_eap_association_write(&session->pending, datagram, now_ns);
  if (result != 0)
    return result;
  if (coap_eap_association_failure(&session->pending) != NULL)
    coap_eap_association_close(&session->pending);
  return coap_eap_association_write(&session->association, datagram, now_ns);
}

static int write_session(const struct authenticator *authenticator, struct peer_session *session,
                         struct node_datagram *datagram, uint64_t now_ns) {
  datagram->source = authenticator->config.local;
  datagram->destination = session->remote;
  int result = coap_session_write(&session->coap, datagram, now_ns);
  datagram->application =
      result == 1 && coap_eap_application_is(coap_session_subject(&session->coap));
  if (result == 0) {
    result = write_secure(session, datagram, now_ns);
    datagram->source = coap_eap_secure_address(&authenticator->config.local);
    datagram->destination = coap_eap_secure_address(&session->remote);
  }
  return result;
}

static int authenticator_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  struct peer_session *session;
  while ((session = authenticator_take_writer(authenticator)) != NULL) {
    const int result = write_session(authenticator, session, datagram, now_ns);
    if (result == 0)
      continue;
    return settle(authenticator, session, result); /* it may have more, when its turn comes */
  }
  return backend_write(&authenticator->backend, datagram, now_ns);
}

/* Time */

static uint64_t authenticator_expiry(const struct node *node) {
  const struct authenticator *authenticator = (const struct authenticator *)node;
  const uint64_t coap = deadline_next_ns(&authenticator->deadlines);
  const uint64_t backend = backend_expiry(&authenticator->backend);
  return coap < backend ? coap : backend;
}

static int session_expired(struct authenticator *authenticator, struct peer_session *session,
                           uint64_t now_ns) {
  bool given_up[3] = {coap_session_handle_expiry(&session->coap, now_ns)};
  int result = coap_eap_association_handle_expiry(&session->pending, now_ns, &given_up[1]);
  if (result == 0)
    result = coap_eap_association_handle_expiry(&session->association, now_ns, &given_up[2]);
  if (given_up[0] || given_up[2])
    authenticator_abandon_request(authenticator, session, "peer-silent");
  if ((given_up[0] || given_up[1]) && authenticator_in_progress(session))
    (void)authenticator_fail(authenticator, session,
                             session->state == STATE_REJECTION
                                 ? backend_reason(&authenticator->backend, &session->backend)
                                 : "peer-silent");
  if (result == 0)
    result = authenticator_follow_handshake(authenticator, session);
  return settle(authenticator, session, result);
}

static int authenticator_handle_expiry(struct node *node, uint64_t now_ns) {
  struct authenticator *authenticator = (struct authenticator *)node;
  int result = 0;
  while (result == 0 && deadline_next_ns(&authenticator->deadlines) <= now_ns)
    result =
        session_expired(authenticator, deadline_next(&authenticator->deadlines)->owner, now_ns);
  struct peer_session *session;
  while ((session = backend_handle_expiry(&authenticator->backend, now_ns)) != NULL)
    (void)authenticator_fail(authenticator, session, "aaa-silent");
  return result;
}

static void authenticator_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct authenticator *authenticator = (const struct authenticator *)node;
  digest_u64(digest, authenticator->session_count);
  for (size_t i = 0; i < authenticator->session_count; i++)
    authenticator_session_digest(authenticator, authenticator->sessions[i], digest, now_ns);
}

/* Life */

static void authenticator_destroy(struct node *node) {
  struct authenticator *authenticator = (struct authenticator *)node;
  authenticator_sessions_deinit(authenticator);
  backend_deinit(&authenticator->backend);
  free(authenticator);
}

struct node *coap_eap_authenticator_create(const struct coap_eap_authenticator_config *config,
                                           const struct node_hooks *hooks) {
  static const struct node_ops ops = {.read = authenticator_read,
                                      .write = authenticator_write,
                                      .expiry = authenticator_expiry,
                                      .handle_expiry = authenticator_handle_expiry,
                                      .digest = authenticator_digest,
                                      .destroy = authenticator_destroy};
  if (!coap_eap_options_valid(&config->options) || config->peers_max == 0)
    return NULL;
  struct authenticator *authenticator = calloc(1, sizeof *authenticator);
  if (authenticator == NULL)
    return NULL;
  authenticator->node.ops = &ops;
  authenticator->config = *config;
  authenticator->config.options.coap.random_message_ids =
      coap_eap_ordering_random_message_ids(&config->options.ordering);
  authenticator->hooks = hooks;
  if (!backend_init(&authenticator->backend, &config->eap, config->radius,
                    config->backend_hooks == NULL ? hooks : config->backend_hooks)) {
    free(authenticator);
    return NULL;
  }
  if (!authenticator_sessions_init(authenticator)) {
    authenticator_destroy(&authenticator->node);
    return NULL;
  }
  return &authenticator->node;
}
