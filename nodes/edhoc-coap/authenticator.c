/* EDHOC over CoAP, the authenticator: the node contract. Datagrams of the peers go to their
 * sessions. */
#include "../crypto/crypto.h"
#include "../lower/application.h"
#include "authenticator_session.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops AUTHENTICATOR_OPS;

static struct edhoc_coap_authenticator *authenticator_of(struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (struct edhoc_coap_authenticator *)node;
}

static const struct edhoc_coap_authenticator *authenticator_of_const(const struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (const struct edhoc_coap_authenticator *)node;
}

/* What a session did changes what it has to write and when it wants to be woken. */
static int session_settle(struct edhoc_coap_session *session, int result) {
  edhoc_coap_session_touch(session);
  return result;
}

int edhoc_coap_authenticator_begin(struct node *node, const struct node_address *peer) {
  (void)node;
  (void)peer;
  return NODE_ERR_UNSUPPORTED;
}

int edhoc_coap_authenticator_request(struct node *node, const struct node_address *peer,
                                     enum lower_request kind, const uint8_t *payload,
                                     size_t length) {
  struct edhoc_coap_session *session = edhoc_coap_sessions_find(authenticator_of(node), peer);
  if (session == NULL || !edhoc_coap_agreed_is_open(&session->agreed))
    return NODE_ERR_BAD_STATE;
  if (session->requesting || edhoc_coap_session_in_progress(session))
    return NODE_ERR_BUSY;
  session->refusal = NULL;
  const int result =
      lower_application_send(edhoc_coap_agreed_in_use(&session->agreed), kind, payload, length);
  session->requesting = result == 0;
  return session_settle(session, result);
}

struct radius_client_load edhoc_coap_authenticator_load(const struct node *node) {
  (void)node;
  return (struct radius_client_load){0};
}

/* Datagrams */

static int discard_datagram(const struct edhoc_coap_authenticator *authenticator,
                            const struct node_address *remote, const char *why) {
  node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

static int session_read(struct edhoc_coap_session *session, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  struct coap_message message;
  switch (
      coap_session_receive(&session->coap, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST: /* where the peer asks, we speak from */
    memcpy(session->local.ip, datagram->destination.ip, sizeof session->local.ip);
    return edhoc_coap_session_handle_request(session, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return edhoc_coap_session_handle_response(session, &message);
  case COAP_RECEIVED_RESET:
    session->refusal = "reset";
    return edhoc_coap_session_discard(session, "error without protection");
  default:
    return 0;
  }
}

static int read_first(struct edhoc_coap_authenticator *authenticator,
                      const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_message message; /* only message_1 is worth memory */
  const bool is_request = coap_stranger_receive(&authenticator->stranger, datagram, &message);
  if (!is_request || !edhoc_coap_is_message_1(&message)) {
    if (is_request)
      coap_stranger_refuse(&authenticator->stranger, datagram, &message,
                           edhoc_coap_authenticator_refuse(&message), authenticator->hooks);
    return discard_datagram(authenticator, &datagram->source,
                            "not message_1, from an unknown peer");
  }
  struct edhoc_coap_session *session =
      edhoc_coap_sessions_acquire(authenticator, &datagram->source);
  if (session == NULL) {
    coap_stranger_refuse(&authenticator->stranger, datagram, &message, COAP_CODE_UNAVAILABLE,
                         authenticator->hooks);
    return discard_datagram(authenticator, &datagram->source, "no room for another peer");
  }
  return session_settle(session, session_read(session, datagram, now_ns));
}

static int authenticator_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  struct edhoc_coap_authenticator *authenticator = authenticator_of(node);
  authenticator->now_ns = now_ns;
  struct edhoc_coap_session *session = edhoc_coap_sessions_find(authenticator, &datagram->source);
  if (session == NULL)
    return read_first(authenticator, datagram, now_ns);
  return session_settle(session, session_read(session, datagram, now_ns));
}

static int authenticator_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct edhoc_coap_authenticator *authenticator = authenticator_of(node);
  struct edhoc_coap_session *session;
  authenticator->now_ns = now_ns;
  const int answered = coap_stranger_write(&authenticator->stranger, datagram);
  if (answered != 0)
    return answered;
  while ((session = edhoc_coap_sessions_take_writer(authenticator)) != NULL) {
    datagram->source = session->local;
    datagram->destination = session->remote;
    const int result = coap_session_write(&session->coap, datagram, now_ns);
    if (result != 0)
      return session_settle(session, result); /* it may have more, when its turn comes */
    edhoc_coap_session_schedule(session);
  }
  return 0;
}

/* Time */

static uint64_t authenticator_expiry(const struct node *node) {
  return deadline_next_ns(&authenticator_of_const(node)->deadlines);
}

static int authenticator_handle_expiry(struct node *node, uint64_t now_ns) {
  struct edhoc_coap_authenticator *authenticator = authenticator_of(node);
  authenticator->now_ns = now_ns;
  while (deadline_next_ns(&authenticator->deadlines) <= now_ns) {
    struct edhoc_coap_session *session = deadline_next(&authenticator->deadlines)->owner;
    if (coap_session_handle_expiry(&session->coap, now_ns))
      edhoc_coap_session_abandon_request(session, session->refusal == NULL ? "peer-silent"
                                                                           : session->refusal);
    if (!edhoc_coap_session_is_over(session))
      edhoc_coap_session_touch(session);
  }
  return 0;
}

static void authenticator_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct edhoc_coap_authenticator *authenticator = authenticator_of_const(node);
  digest_u64(digest, authenticator->session_count);
  digest_u64(digest, authenticator->next_number);
  for (size_t i = 0; i < authenticator->session_count; i++)
    edhoc_coap_session_digest(authenticator->sessions[i], digest, now_ns);
}

/* Life */

static void authenticator_destroy(struct node *node) {
  struct edhoc_coap_authenticator *authenticator = authenticator_of(node);
  edhoc_coap_sessions_deinit(authenticator);
  free(authenticator);
}

static const struct node_ops AUTHENTICATOR_OPS = {.read = authenticator_read,
                                                  .write = authenticator_write,
                                                  .expiry = authenticator_expiry,
                                                  .handle_expiry = authenticator_handle_expiry,
                                                  .digest = authenticator_digest,
                                                  .destroy = authenticator_destroy};

static bool can_respond(const struct edhoc_config *config, const struct node_hooks *hooks) {
  struct edhoc edhoc;
  const bool can = edhoc_init(&edhoc, EDHOC_RESPONDER, config, hooks) == 0;
  edhoc_wipe(&edhoc);
  return can;
}

struct node *edhoc_coap_authenticator_create(const struct lower_authenticator_config *config,
                                             const struct node_hooks *hooks) {
  if (edhoc_coap_options_unsupported(config->options) != NULL || config->peers_max == 0 ||
      config->edhoc == NULL || config->payload_bytes > ASSOCIATION_PAYLOAD_MAX ||
      !can_respond(config->edhoc, hooks))
    return NULL;
  struct edhoc_coap_authenticator *authenticator = calloc(1, sizeof *authenticator);
  if (authenticator == NULL)
    return NULL;
  authenticator->node.ops = &AUTHENTICATOR_OPS;
  authenticator->config = *config;
  authenticator->hooks = hooks;
  edhoc_coap_options_read(config->options, &authenticator->options);
  if (!edhoc_coap_sessions_init(authenticator)) {
    authenticator_destroy(&authenticator->node);
    return NULL;
  }
  return &authenticator->node;
}
