/* PANA, the PAA: the node contract. Datagrams of the PaCs, and of their relays, go to their
 * sessions, those of the AAA server to the backend, which says whose they are. */
#include "authenticator_session.h"
#include "relay.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops AUTHENTICATOR_OPS;

static struct pana_authenticator *authenticator_of(struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (struct pana_authenticator *)node;
}

static const struct pana_authenticator *authenticator_of_const(const struct node *node) {
  assert(node->ops == &AUTHENTICATOR_OPS);
  return (const struct pana_authenticator *)node;
}

/* What a session did changes what it has to write, which is protected now, and when it wants to be
 * woken. */
static int session_settle(struct pana_session *session, int result) {
  if (session->application.used)
    session->used_ns = session->authenticator->now_ns;
  session->application.used = false;
  if (result == 0)
    result = pana_session_follow_handshake(session);
  if (result == 0)
    result = pana_application_settle(&session->application);
  pana_session_touch(session);
  return result;
}

/* What a host asks for */

int pana_authenticator_begin(struct node *node, const struct node_address *peer) {
  struct pana_authenticator *authenticator = authenticator_of(node);
  const struct pana_route route = {.local = authenticator->config.local, .remote = *peer};
  struct pana_session *session = pana_sessions_find(authenticator, peer);
  if (session == NULL)
    session = pana_sessions_acquire(authenticator, &route);
  if (session == NULL)
    return NODE_ERR_EXHAUSTED;
  if (pana_session_in_progress(session) || session->open.request.outstanding)
    return NODE_ERR_BUSY;
  pana_session_tell(session, NODE_EVENT_STARTED, "authenticator");
  return session_settle(session, pana_session_begin(session));
}

int pana_authenticator_request(struct node *node, const struct node_address *peer,
                               enum lower_request kind, const uint8_t *payload, size_t length) {
  struct pana_session *session = pana_sessions_find(authenticator_of(node), peer);
  if (session == NULL || !pana_session_is_open(session))
    return NODE_ERR_BAD_STATE;
  if (session->run == &session->open && association_is_open(&session->application.pair.current))
    return NODE_ERR_BUSY;
  return session_settle(session,
                        pana_application_request(&session->application, kind, payload, length));
}

static int ask(struct node *node, const struct node_address *peer, enum pana_kind kind,
               uint32_t cause) {
  struct pana_session *session = pana_sessions_find(authenticator_of(node), peer);
  if (session == NULL || !pana_session_is_open(session))
    return NODE_ERR_BAD_STATE;
  if (session->run == &session->open || session->open.request.outstanding)
    return NODE_ERR_BUSY;
  return session_settle(session, pana_session_ask(session, kind, cause));
}

int pana_authenticator_ping(struct node *node, const struct node_address *peer) {
  return ask(node, peer, PANA_PNR_PING, 0);
}

int pana_authenticator_terminate(struct node *node, const struct node_address *peer) {
  return ask(node, peer, PANA_PTR, PANA_ADMINISTRATIVE);
}

struct radius_client_load pana_authenticator_load(const struct node *node) {
  return aaa_backend_load(&authenticator_of_const(node)->backend);
}

/* Datagrams */

static int discard_datagram(const struct pana_authenticator *authenticator,
                            const struct node_address *remote, const char *why) {
  node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

static int read_backend(struct pana_authenticator *authenticator,
                        const struct node_datagram *datagram) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  enum aaa_backend_result result;
  const char *why;
  struct pana_session *session =
      aaa_backend_receive(&authenticator->backend, datagram, &result, &packet, &why);
  if (session == NULL)
    return discard_datagram(authenticator, &datagram->source, why);
  return session_settle(session, pana_session_continue(session, result, &packet));
}

static int read_behind(struct pana_authenticator *authenticator,
                       const struct node_datagram *datagram) {
  const struct node_address remote = association_origin(authenticator->options.association,
                                                        &authenticator->config.local, datagram);
  struct pana_session *session = pana_sessions_find(authenticator, &remote);
  if (session == NULL)
    return discard_datagram(authenticator, &datagram->source, "not from a peer");
  return session_settle(
      session, pana_application_read(&session->application, datagram, authenticator->now_ns));
}

/* The message inside, and whose it is (RFC 6345 section 2). */
static const char *unwrap(const struct pana_message *outer, struct pana_message *inner,
                          struct pana_route *route) {
  route->relay = route->remote;
  return pana_relay_open(outer, &route->remote, inner);
}

static int read_message(struct pana_authenticator *authenticator,
                        const struct node_datagram *datagram) {
  struct pana_route route = {.local = datagram->destination, .remote = datagram->source};
  struct pana_message outer, inner;
  const char *why = pana_message_parse(datagram->data, datagram->length, &outer);
  route.local.port = authenticator->config.local.port;
  if (why == NULL && outer.kind == PANA_PRY)
    why = unwrap(&outer, &inner, &route);
  if (why != NULL)
    return discard_datagram(authenticator, &datagram->source, why);
  struct pana_session *session = pana_sessions_find(authenticator, &route.remote);
  const int result = pana_authenticator_handle(authenticator, session, &route,
                                               outer.kind == PANA_PRY ? &inner : &outer);
  session = pana_sessions_find(authenticator, &route.remote); /* which may be new */
  return session == NULL ? result : session_settle(session, result);
}

static int authenticator_read(struct node *node, const struct node_datagram *datagram,
                              uint64_t now_ns) {
  struct pana_authenticator *authenticator = authenticator_of(node);
  authenticator->now_ns = now_ns;
  if (aaa_backend_is_for(&authenticator->backend, &datagram->destination))
    return read_backend(authenticator, datagram);
  if (association_is_for(authenticator->options.association, &authenticator->config.local,
                         datagram))
    return read_behind(authenticator, datagram);
  return read_message(authenticator, datagram);
}

/* Puts a message into PRY, for the relay that it goes by. */
static int wrap(struct node_datagram *datagram, const struct node_address *relay) {
  const struct node_address pac = datagram->destination;
  const int error = pana_relay_wrap(datagram, &pac, relay);
  return error < 0 ? error : 1;
}

static int write_stranger(struct pana_authenticator *authenticator,
                          struct node_datagram *datagram) {
  struct pana_stranger *stranger = &authenticator->stranger;
  if (!stranger->pending)
    return 0;
  if (stranger->length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  stranger->pending = false;
  memcpy(datagram->data, stranger->data, stranger->length);
  datagram->length = stranger->length;
  datagram->spans = stranger->spans;
  datagram->source = stranger->local;
  datagram->destination = stranger->remote;
  datagram->label = pana_label(PANA_PAR_START);
  datagram->part = NODE_PART_REQUEST;
  datagram->phase = NODE_PHASE_AUTHENTICATION;
  return stranger->relay.port == 0 ? 1 : wrap(datagram, &stranger->relay);
}

static int session_write(struct pana_session *session, struct node_datagram *datagram) {
  const uint64_t now_ns = session->authenticator->now_ns;
  datagram->source = session->local;
  datagram->destination = session->remote;
  int result = pana_link_write(&session->open, datagram, now_ns);
  if (result == 0)
    result = pana_link_write(&session->opening, datagram, now_ns);
  if (result == 1 && session->relay.port != 0)
    result = wrap(datagram, &session->relay);
  return result != 0
             ? result
             : pana_application_write(&session->application, &session->local, datagram, now_ns);
}

static int authenticator_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct pana_authenticator *authenticator = authenticator_of(node);
  struct pana_session *session;
  authenticator->now_ns = now_ns;
  int result = write_stranger(authenticator, datagram);
  while (result == 0 && (session = pana_sessions_take_writer(authenticator)) != NULL) {
    result = session_write(session, datagram);
    if (result == 0)
      pana_session_schedule(session);
    else
      pana_session_touch(session); /* it may have more, when its turn comes */
  }
  return result != 0 ? result : aaa_backend_write(&authenticator->backend, datagram, now_ns);
}

/* Time */

static uint64_t authenticator_expiry(const struct node *node) {
  const struct pana_authenticator *authenticator = authenticator_of_const(node);
  const uint64_t sessions_ns = deadline_next_ns(&authenticator->deadlines);
  const uint64_t backend_ns = aaa_backend_expiry(&authenticator->backend);
  return sessions_ns < backend_ns ? sessions_ns : backend_ns;
}

static int authenticator_handle_expiry(struct node *node, uint64_t now_ns) {
  struct pana_authenticator *authenticator = authenticator_of(node);
  struct pana_session *session;
  int result = 0;
  authenticator->now_ns = now_ns;
  while (result == 0 && deadline_next_ns(&authenticator->deadlines) <= now_ns) {
    session = deadline_next(&authenticator->deadlines)->owner;
    if (!pana_session_expire(session, &result))
      result = session_settle(session, result);
  }
  while ((session = aaa_backend_handle_expiry(&authenticator->backend, now_ns)) != NULL)
    (void)session_settle(session, pana_session_fail(session, "aaa-silent"));
  return result;
}

static void authenticator_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct pana_authenticator *authenticator = authenticator_of_const(node);
  digest_u64(digest, authenticator->session_count);
  aaa_backend_digest(&authenticator->backend, digest);
  for (size_t i = 0; i < authenticator->session_count; i++)
    pana_session_digest(authenticator->sessions[i], digest, now_ns);
}

/* Life */

static void authenticator_destroy(struct node *node) {
  struct pana_authenticator *authenticator = authenticator_of(node);
  pana_sessions_deinit(authenticator);
  aaa_backend_deinit(&authenticator->backend);
  crypto_wipe(authenticator, sizeof *authenticator);
  free(authenticator);
}

static const struct node_ops AUTHENTICATOR_OPS = {.read = authenticator_read,
                                                  .write = authenticator_write,
                                                  .expiry = authenticator_expiry,
                                                  .handle_expiry = authenticator_handle_expiry,
                                                  .digest = authenticator_digest,
                                                  .destroy = authenticator_destroy};

struct node *pana_authenticator_create(const struct lower_authenticator_config *config,
                                       const struct node_hooks *hooks) {
  if (pana_options_unsupported(config->options) != NULL || config->peers_max == 0 ||
      config->payload_bytes > ASSOCIATION_PAYLOAD_MAX)
    return NULL;
  struct pana_authenticator *authenticator = calloc(1, sizeof *authenticator);
  if (authenticator == NULL)
    return NULL;
  authenticator->node.ops = &AUTHENTICATOR_OPS;
  authenticator->config = *config;
  authenticator->hooks = hooks;
  pana_options_read(config->options, &authenticator->options);
  node_random(hooks, authenticator->secret, sizeof authenticator->secret);
  if (!aaa_backend_init(&authenticator->backend, &config->eap, config->radius, config->roots,
                        config->backend_hooks == NULL ? hooks : config->backend_hooks)) {
    free(authenticator);
    return NULL;
  }
  authenticator->backend.suites = lower_suite_kind(authenticator->options.association);
  if (!pana_sessions_init(authenticator)) {
    authenticator_destroy(&authenticator->node);
    return NULL;
  }
  return &authenticator->node;
}
