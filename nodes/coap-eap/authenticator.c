/* CoAP-EAP, the authenticator: the node contract. Datagrams of the peers go to their sessions,
 * those of the AAA server to the backend, which says whose they are. */
#include "../lower/application.h"
#include "authenticator_erp.h"
#include "authenticator_resumption.h"
#include "flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops AUTHENTICATOR_OPS;

static struct coap_eap_authenticator *authenticator_of(struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (struct coap_eap_authenticator *)node;
}

static const struct coap_eap_authenticator *authenticator_of_const(const struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (const struct coap_eap_authenticator *)node;
}

/* What a session did changes what it has to write, which is protected now, and when it wants to be
 * woken. */
static int session_settle(struct coap_eap_session *session, int result) {
  if (result == 0)
    result = association_pair_seal(&session->associations);
  coap_eap_session_touch(session);
  return result;
}

int coap_eap_authenticator_begin(struct node *node, const struct node_address *peer) {
  struct coap_eap_authenticator *authenticator = authenticator_of(node);
  if (authenticator->options.flow->names_each_step || authenticator->role->begin == NULL)
    return NODE_ERR_UNSUPPORTED;
  struct coap_eap_session *session = coap_eap_sessions_find(authenticator, peer);
  if (session == NULL)
    session = coap_eap_sessions_acquire(authenticator, peer, false);
  if (session == NULL)
    return NODE_ERR_EXHAUSTED;
  if (coap_eap_session_in_progress(session))
    return NODE_ERR_BUSY;
  if (!coap_eap_session_answered(session)) /* it need not: it was not asked to */
    return NODE_ERR_EXHAUSTED;
  session->first = authenticator->options.flow->service;
  coap_eap_session_tell(session, NODE_EVENT_STARTED, "authenticator");
  return session_settle(session, authenticator->role->begin(session));
}

int coap_eap_authenticator_request(struct node *node, const struct node_address *peer,
                                   enum lower_request kind, const uint8_t *payload, size_t length) {
  struct coap_eap_session *session = coap_eap_sessions_find(authenticator_of(node), peer);
  if (session == NULL || !association_is_ready(&session->associations.current))
    return NODE_ERR_BAD_STATE;
  if (session->requesting || coap_eap_session_in_progress(session))
    return NODE_ERR_BUSY;
  coap_eap_session_forget_refusal(session);
  const int result = lower_application_send(&session->associations.current, kind, payload, length);
  session->requesting = result == 0;
  return session_settle(session, result);
}

int coap_eap_authenticator_end(struct node *node, const struct node_address *peer) {
  struct coap_eap_session *session = coap_eap_sessions_find(authenticator_of(node), peer);
  if (session == NULL || !association_is_ready(&session->associations.current))
    return NODE_ERR_BAD_STATE;
  if (!session->authenticator->role->is_client) /* the resource of the session is its own */
    return NODE_ERR_UNSUPPORTED;
  if (session->requesting || coap_eap_session_in_progress(session))
    return NODE_ERR_BUSY;
  coap_eap_session_forget_refusal(session);
  return session_settle(session, coap_eap_session_delete(session));
}

uint32_t coap_eap_authenticator_lifetime_s(const struct node *node,
                                           const struct node_address *peer) {
  const struct coap_eap_session *session =
      coap_eap_sessions_find(authenticator_of_const(node), peer);
  return session != NULL && association_is_open(&session->associations.current)
             ? session->lifetime_s
             : 0;
}

struct radius_client_load coap_eap_authenticator_load(const struct node *node) {
  return aaa_backend_load(&authenticator_of_const(node)->backend);
}

/* Datagrams */

static int discard_datagram(const struct coap_eap_authenticator *authenticator,
                            const struct node_address *remote, const char *why) {
  node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

static int read_backend(struct coap_eap_authenticator *authenticator,
                        const struct node_datagram *datagram, uint64_t now_ns) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  enum aaa_backend_result result;
  const char *why;
  struct coap_eap_session *session =
      aaa_backend_receive(&authenticator->backend, datagram, &result, &packet, &why);
  if (session == NULL)
    return discard_datagram(authenticator, &datagram->source, why);
  return session_settle(session, authenticator->role->proceed(session, result, &packet, now_ns));
}

/* A trigger, repeated or not, has step 1 go out once more where no timer has; what a client repeats
 * has its response by the message layer. */
static void ask_again(struct coap_eap_session *session, const struct node_datagram *datagram) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_message message;
  if (!authenticator->role->is_client || session->stage != SESSION_IDENTITY ||
      !coap_eap_session_is_crowded(session) ||
      coap_message_parse(datagram->data, datagram->length, &message) < 0 ||
      !authenticator->role->is_first(authenticator, &message))
    return;
  session->asked = coap_session_repeat_request(&session->coap);
}

/* Where the peer asks for an authentication, and where its answers come to, we speak from. */
static void note_local(struct coap_eap_session *session, const struct node_datagram *datagram) {
  memcpy(session->local.ip, datagram->destination.ip, sizeof session->local.ip);
}

static int session_read(struct coap_eap_session *session, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  const struct coap_eap_authenticator *authenticator = session->authenticator;
  struct coap_message message;
  if (!session->first_contact)
    session->octets_in = session->octets_out = 0;
  session->octets_in += datagram->length;
  ask_again(session, datagram);
  switch (
      coap_session_receive(&session->coap, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    if (authenticator->role->is_first(authenticator, &message) &&
        !coap_eap_session_in_progress(session))
      note_local(session, datagram);
    return authenticator->role->handle_request(session, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    note_local(session, datagram);
    return session->requesting ? coap_eap_session_handle_answer(session, &message)
                               : authenticator->role->handle_response(session, &message, now_ns);
  case COAP_RECEIVED_RESET:
    return coap_eap_session_note_refusal(session, session->requesting ? "reset" : "peer-reset");
  default:
    return 0;
  }
}

/* What is over is so before its timer, which may be late. */
static struct coap_eap_session *find_session(struct coap_eap_authenticator *authenticator,
                                             const struct node_address *remote) {
  struct coap_eap_session *session = coap_eap_sessions_find(authenticator, remote);
  return session == NULL || coap_eap_session_is_over(session) ? NULL : session;
}

/* A peer's association with a port of its own is found by the address of its CoAP endpoint. */
static int read_behind(struct coap_eap_authenticator *authenticator,
                       const struct node_datagram *datagram, uint64_t now_ns) {
  const struct node_address remote = association_origin(authenticator->options.association,
                                                        &authenticator->config.local, datagram);
  struct coap_eap_session *session = find_session(authenticator, &remote);
  if (session == NULL)
    return discard_datagram(authenticator, &datagram->source, "record from an unknown peer");
  return session_settle(session, coap_eap_session_read_behind(session, datagram, now_ns));
}

static int read_first(struct coap_eap_authenticator *authenticator,
                      const struct node_datagram *datagram, uint64_t now_ns) {
  const struct coap_eap_authenticator_role *role = authenticator->role;
  struct coap_message message; /* only what begins is worth memory */
  const bool is_request = coap_stranger_receive(&authenticator->stranger, datagram, &message);
  if (!is_request || !role->is_first(authenticator, &message)) {
    if (is_request)
      coap_stranger_refuse(&authenticator->stranger, datagram, &message,
                           role->refuse(authenticator, &message), authenticator->hooks);
    return discard_datagram(authenticator, &datagram->source,
                            "not a trigger, from an unknown peer");
  }
  struct coap_eap_session *session =
      coap_eap_sessions_acquire(authenticator, &datagram->source, true);
  if (session == NULL) {
    coap_stranger_refuse(&authenticator->stranger, datagram, &message, COAP_CODE_UNAVAILABLE,
                         authenticator->hooks);
    return discard_datagram(authenticator, &datagram->source, "no room for another peer");
  }
  return session_settle(session, session_read(session, datagram, now_ns));
}

static int authenticator_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  struct coap_eap_authenticator *authenticator = authenticator_of(node);
  authenticator->now_ns = now_ns;
  if (aaa_backend_is_for(&authenticator->backend, &datagram->destination))
    return read_backend(authenticator, datagram, now_ns);
  if (association_is_for(authenticator->options.association, &authenticator->config.local,
                         datagram))
    return read_behind(authenticator, datagram, now_ns);
  struct coap_eap_session *session = find_session(authenticator, &datagram->source);
  if (session == NULL)
    return read_first(authenticator, datagram, now_ns);
  return session_settle(session, session_read(session, datagram, now_ns));
}

/* RFC 7252 section 11.3; RFC 9000 section 8.1 */
enum { AMPLIFICATION_MAX = 3 };

/* Whether what a session wrote goes out: while there are too many first contacts, their requests do
 * so for a trigger only, and all that they have within the limit. */
static bool session_may_send(struct coap_eap_session *session,
                             const struct node_datagram *datagram) {
  const bool request = datagram->part == NODE_PART_REQUEST;
  const uint64_t octets = session->octets_out + datagram->length;
  if (coap_eap_session_is_crowded(session) &&
      ((request && !session->asked) || octets > AMPLIFICATION_MAX * session->octets_in))
    return false;
  if (request)
    session->asked = false;
  session->octets_out = octets;
  return true;
}

static int session_write(struct coap_eap_session *session, struct node_datagram *datagram,
                         uint64_t now_ns) {
  const struct node_address *local = &session->local;
  int result;
  do {
    datagram->source = *local;
    datagram->destination = session->remote;
    datagram->part = NODE_PART_OTHER;
    result = coap_session_write(&session->coap, datagram, now_ns);
  } while (result == 1 && !session_may_send(session, datagram));
  return result != 0 ? result
                     : association_pair_write(&session->associations, local, &session->remote,
                                              datagram, now_ns);
}

static int authenticator_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_eap_authenticator *authenticator = authenticator_of(node);
  struct coap_eap_session *session;
  authenticator->now_ns = now_ns;
  const int answered = coap_stranger_write(&authenticator->stranger, datagram);
  if (answered != 0)
    return answered;
  while ((session = coap_eap_sessions_take_writer(authenticator)) != NULL) {
    const int result = session_write(session, datagram, now_ns);
    if (result == 0) {
      coap_eap_session_schedule(session);
      continue;
    }
    coap_eap_session_touch(session); /* it may have more, when its turn comes */
    return result;
  }
  return aaa_backend_write(&authenticator->backend, datagram, now_ns);
}

/* Time */

static uint64_t authenticator_expiry(const struct node *node) {
  const struct coap_eap_authenticator *authenticator = authenticator_of_const(node);
  const uint64_t coap = deadline_next_ns(&authenticator->deadlines);
  const uint64_t backend = aaa_backend_expiry(&authenticator->backend);
  return coap < backend ? coap : backend;
}

/* The peer has not answered, or by errors without protection only. */
static void session_given_up(struct coap_eap_session *session) {
  const struct aaa_backend *backend = &session->authenticator->backend;
  const char *reason = session->refusal == NULL ? "peer-silent" : session->refusal;
  if (session->stage == SESSION_REJECTION)
    reason = aaa_backend_reason(backend, session->backend);
  (void)coap_eap_session_fail(session, reason);
}

static int session_expired(struct coap_eap_session *session, uint64_t now_ns) {
  struct association_given_up given_up;
  const bool silent = coap_session_handle_expiry(&session->coap, now_ns);
  int result = association_pair_handle_expiry(&session->associations, now_ns, &given_up);
  if (silent || given_up.current)
    coap_eap_session_abandon_request(session,
                                     session->refusal == NULL ? "peer-silent" : session->refusal);
  if ((silent || given_up.pending) && coap_eap_session_in_progress(session))
    session_given_up(session);
  if (result == 0)
    result = coap_eap_session_follow_handshake(session);
  if (result == 0 && session->due_ns <= now_ns)
    session->authenticator->role->handle_due(session, now_ns);
  if (result == 0 && session->trigger_waits && session->stage == SESSION_FAILED)
    result = coap_eap_session_begin_by_trigger(session, now_ns);
  if (result == 0 && coap_eap_session_is_over(session))
    return 0;
  return session_settle(session, result);
}

static int authenticator_handle_expiry(struct node *node, uint64_t now_ns) {
  struct coap_eap_authenticator *authenticator = authenticator_of(node);
  int result = 0;
  authenticator->now_ns = now_ns;
  while (result == 0 && deadline_next_ns(&authenticator->deadlines) <= now_ns)
    result = session_expired(deadline_next(&authenticator->deadlines)->owner, now_ns);
  struct coap_eap_session *session;
  while ((session = aaa_backend_handle_expiry(&authenticator->backend, now_ns)) != NULL)
    (void)session_settle(session, coap_eap_session_left_alone(session));
  return result;
}

static void authenticator_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct coap_eap_authenticator *authenticator = authenticator_of_const(node);
  digest_u64(digest, authenticator->session_count);
  aaa_backend_digest(&authenticator->backend, digest);
  for (size_t i = 0; i < authenticator->session_count; i++)
    coap_eap_session_digest(authenticator->sessions[i], digest, now_ns);
}

/* Life */

static void authenticator_destroy(struct node *node) {
  struct coap_eap_authenticator *authenticator = authenticator_of(node);
  coap_eap_sessions_deinit(authenticator);
  aaa_backend_deinit(&authenticator->backend);
  free(authenticator);
}

static const struct node_ops AUTHENTICATOR_OPS = {.read = authenticator_read,
                                                  .write = authenticator_write,
                                                  .expiry = authenticator_expiry,
                                                  .handle_expiry = authenticator_handle_expiry,
                                                  .digest = authenticator_digest,
                                                  .destroy = authenticator_destroy};

static const struct coap_eap_authenticator_role *const AUTHENTICATOR_ROLES[] = {
    [COAP_EAP_AUTHENTICATOR_CLIENT] = &COAP_EAP_AUTHENTICATOR_AS_CLIENT,
    [COAP_EAP_PEER_CLIENT] = &COAP_EAP_AUTHENTICATOR_AS_SERVER,
};

struct node *coap_eap_authenticator_create(const struct lower_authenticator_config *config,
                                           const struct node_hooks *hooks) {
  if (coap_eap_options_unsupported(config->options) != NULL || config->peers_max == 0 ||
      config->payload_bytes > ASSOCIATION_PAYLOAD_MAX || config->erp_domain.length > ERP_REALM_MAX)
    return NULL;
  struct coap_eap_authenticator *authenticator = calloc(1, sizeof *authenticator);
  if (authenticator == NULL)
    return NULL;
  authenticator->node.ops = &AUTHENTICATOR_OPS;
  authenticator->config = *config;
  authenticator->hooks = hooks;
  coap_eap_options_read(config->options, &authenticator->options);
  authenticator->role = AUTHENTICATOR_ROLES[authenticator->options.roles];
  authenticator->options.coap.random_message_ids =
      authenticator->role->is_client &&
      coap_eap_ordering_random_message_ids(&authenticator->options.ordering);
  if (!aaa_backend_init(&authenticator->backend, &config->eap, config->radius, config->roots,
                        config->backend_hooks == NULL ? hooks : config->backend_hooks)) {
    free(authenticator);
    return NULL;
  }
  authenticator->backend.suites = lower_suite_kind(authenticator->options.association);
  if (!coap_eap_sessions_init(authenticator)) {
    authenticator_destroy(&authenticator->node);
    return NULL;
  }
  return &authenticator->node;
}
