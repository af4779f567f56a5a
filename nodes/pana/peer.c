/* PANA, the PaC: the node contract, attempts, and how sessions end. */
#include "peer.h"

#include "peer_state.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static const struct node_ops PEER_OPS;

static struct pana_peer *peer_of(struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (struct pana_peer *)node;
}

static const struct pana_peer *peer_of_const(const struct node *node) {
  assert(node->ops == &PEER_OPS);
  return (const struct pana_peer *)node;
}

void pana_peer_tell(const struct pana_peer *peer, enum node_event_type type, const char *label) {
  node_event(peer->hooks, NODE_PHASE_AUTHENTICATION, type, &peer->config.authenticator, label);
}

int pana_peer_discard(const struct pana_peer *peer, const char *why) {
  pana_peer_tell(peer, NODE_EVENT_DISCARDED, why);
  return 0;
}

bool pana_peer_in_progress(const struct pana_peer *peer) {
  return peer->stage != PEER_INITIAL && peer->stage != PEER_OPEN && peer->stage != PEER_CLOSED;
}

/* Ends */

void pana_peer_end_eap(struct pana_peer *peer) {
  if (peer->eap == NULL)
    return;
  eap_peer_wipe(peer->eap);
  free(peer->eap);
  peer->eap = NULL;
}

/* The association of a session goes with it; one that fails in its handshake has its alert to
 * write. Its last answer is kept for repetitions. */
static void end_session(struct pana_peer *peer) {
  peer->stage = PEER_CLOSED;
  peer->ends_ns = NODE_NEVER;
  pana_repeated_cancel(&peer->pci);
  pana_repeated_cancel(&peer->link.request);
  pana_peer_end_eap(peer);
  pana_application_drop(&peer->application);
  if (!association_is_open(&peer->application.pair.current))
    return;
  pana_application_abandon(&peer->application, "the association is closed");
  association_close(&peer->application.pair.current);
  pana_peer_tell(peer, NODE_EVENT_CLOSED, "the session has ended");
}

int pana_peer_close(struct pana_peer *peer, const char *why) {
  peer->stage = PEER_CLOSED;
  peer->ends_ns = NODE_NEVER;
  pana_repeated_cancel(&peer->link.request);
  pana_application_close(&peer->application);
  pana_peer_tell(peer, NODE_EVENT_CLOSED, why);
  return 0;
}

int pana_peer_fail(struct pana_peer *peer, const char *reason) {
  peer->attempts_left = 0;
  end_session(peer);
  pana_peer_tell(peer, NODE_EVENT_FAILED, reason);
  return 0;
}

int pana_peer_break_off(struct pana_peer *peer, const char *reason, uint64_t now_ns) {
  if (peer->attempts_left == 0)
    return pana_peer_fail(peer, reason);
  peer->due_ns = now_ns + lower_join_wait_ns(&peer->options.join, peer->attempts, peer->hooks);
  end_session(peer);
  pana_peer_tell(peer, NODE_EVENT_RETRYING, reason);
  return 0;
}

int pana_peer_confirm(struct pana_peer *peer, const char *label) {
  pana_application_replace(&peer->application);
  peer->stage = PEER_OPEN;
  peer->attempts_left = 0;
  node_event_confirmed(peer->hooks, NODE_PHASE_AUTHENTICATION, &peer->config.authenticator, label,
                       peer->named ? peer->name.octets : NULL, peer->named ? peer->name.length : 0);
  return 0;
}

/* Attempts, and what else a host asks for */

static void begin_joining(struct pana_peer *peer, uint64_t start_ns) {
  peer->attempts = 0;
  peer->attempts_left = peer->options.join.attempts;
  peer->due_ns = start_ns;
}

void pana_peer_count_attempt(struct pana_peer *peer) {
  peer->attempts++;
  peer->attempts_left -= peer->attempts_left > 0;
}

int pana_peer_begin(struct node *node, uint64_t now_ns) {
  struct pana_peer *peer = peer_of(node);
  if (pana_peer_in_progress(peer) || peer->due_ns != NODE_NEVER || peer->application.requesting ||
      peer->link.request.outstanding)
    return NODE_ERR_BUSY;
  begin_joining(peer, now_ns);
  return 0;
}

int pana_peer_request(struct node *node, enum lower_request kind, const uint8_t *payload,
                      size_t length) {
  struct pana_peer *peer = peer_of(node);
  if (pana_peer_in_progress(peer) && association_is_open(&peer->application.pair.current))
    return NODE_ERR_BUSY;
  return pana_application_request(&peer->application, kind, payload, length);
}

static int ask(struct pana_peer *peer, enum pana_kind kind, uint32_t cause) {
  if (peer->stage != PEER_OPEN)
    return pana_peer_in_progress(peer) ? NODE_ERR_BUSY : NODE_ERR_BAD_STATE;
  return peer->link.request.outstanding ? NODE_ERR_BUSY : pana_peer_ask(peer, kind, cause);
}

int pana_peer_ping(struct node *node) {
  return ask(peer_of(node), PANA_PNR_PING, 0);
}

int pana_peer_terminate(struct node *node) {
  return ask(peer_of(node), PANA_PTR, PANA_LOGOUT);
}

/* Datagrams */

/* A handshake of the association has ended, well or not. */
static int follow_handshake(struct pana_peer *peer, uint64_t now_ns) {
  if (peer->stage != PEER_HANDSHAKE)
    return 0;
  const char *reason = pana_application_failure(&peer->application);
  if (reason != NULL)
    return pana_peer_break_off(peer, reason, now_ns);
  return pana_application_is_ready(&peer->application)
             ? pana_peer_confirm(peer, "handshake verified")
             : 0;
}

/* At the end of what may have made the peer speak. */
static int settle(struct pana_peer *peer, int result, uint64_t now_ns) {
  if (result == 0)
    result = follow_handshake(peer, now_ns);
  const int sealed = pana_application_settle(&peer->application);
  return result < 0 ? result : sealed;
}

static int read_message(struct pana_peer *peer, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  struct pana_message message;
  const char *why = pana_message_parse(datagram->data, datagram->length, &message);
  if (why != NULL)
    return pana_peer_discard(peer, why);
  memcpy(peer->local.ip, datagram->destination.ip, sizeof peer->local.ip);
  return pana_peer_handle(peer, &message, now_ns);
}

static int peer_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct pana_peer *peer = peer_of(node);
  int result;
  if (node_address_equal(&datagram->source, &peer->config.authenticator))
    result = read_message(peer, datagram, now_ns);
  else if (association_is_from(peer->options.association, &peer->config.authenticator, datagram))
    result = pana_application_read(&peer->application, datagram, now_ns);
  else
    result = pana_peer_discard(peer, "not from the authenticator");
  return settle(peer, result, now_ns);
}

static int peer_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct pana_peer *peer = peer_of(node);
  datagram->source = peer->local;
  datagram->destination = peer->config.authenticator;
  int result = pana_link_write(&peer->link, datagram, now_ns);
  if (result == 0)
    result = pana_repeated_write(&peer->pci, peer->hooks, datagram, now_ns);
  return result != 0 ? result
                     : pana_application_write(&peer->application, &peer->local, datagram, now_ns);
}

/* Time */

/* While PCI is repeated, it is that which goes on. */
static uint64_t patience_ends_ns(const struct pana_peer *peer) {
  const bool waits = peer->stage == PEER_STARTED || peer->stage == PEER_WAIT_PAR ||
                     peer->stage == PEER_RUNNING || peer->stage == PEER_HANDSHAKE;
  return waits && !peer->pci.outstanding ? peer->valid_ns + pana_patience_ns() : NODE_NEVER;
}

static uint64_t peer_expiry(const struct node *node) {
  const struct pana_peer *peer = peer_of_const(node);
  const uint64_t times_ns[] = {peer->pci.due_ns,
                               pana_link_expiry(&peer->link),
                               pana_application_expiry(&peer->application),
                               peer->due_ns,
                               peer->ends_ns,
                               patience_ends_ns(peer)};
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times_ns / sizeof times_ns[0]; i++)
    next_ns = times_ns[i] < next_ns ? times_ns[i] : next_ns;
  return next_ns;
}

/* Ten transmissions without an answer (section 9) end the session. Where the PaC wanted a new key
 * in it, it has that of another: the authenticator may have forgotten this one. */
static int given_up(struct pana_peer *peer, uint64_t now_ns) {
  if (peer->stage == PEER_WAIT_PNA) {
    (void)pana_peer_close(peer, "authenticator-silent");
    return pana_peer_solicit(peer);
  }
  if (pana_peer_in_progress(peer))
    return pana_peer_break_off(peer, "authenticator-silent", now_ns);
  return pana_peer_close(peer, "authenticator-silent");
}

static int begin_attempt(struct pana_peer *peer, uint64_t now_ns) {
  peer->due_ns = NODE_NEVER;
  pana_peer_count_attempt(peer);
  return peer->stage == PEER_OPEN ? pana_peer_reauthenticate(peer, now_ns)
                                  : pana_peer_solicit(peer);
}

static int wake(struct pana_peer *peer, uint64_t now_ns) {
  int result = pana_application_handle_expiry(&peer->application, now_ns);
  pana_repeated_expire(&peer->pci, now_ns);
  if (result == 0 && pana_link_handle_expiry(&peer->link, now_ns))
    result = given_up(peer, now_ns);
  if (result == 0 && now_ns >= patience_ends_ns(peer))
    result = pana_peer_break_off(peer, "authenticator-silent", now_ns);
  if (result == 0 && now_ns >= peer->ends_ns && peer->stage == PEER_OPEN)
    result = pana_peer_close(peer, "its lifetime is over");
  if (result == 0 && now_ns >= peer->ends_ns)
    result = pana_peer_break_off(peer, "its lifetime is over", now_ns);
  return result == 0 && now_ns >= peer->due_ns ? begin_attempt(peer, now_ns) : result;
}

static int peer_handle_expiry(struct node *node, uint64_t now_ns) {
  struct pana_peer *peer = peer_of(node);
  return settle(peer, wake(peer, now_ns), now_ns);
}

/* State */

void pana_peer_state(const struct node *node, struct lower_state *state) {
  const struct pana_peer *peer = peer_of_const(node);
  *state = (struct lower_state){
      .association_bytes = association_pair_bytes(&peer->application.pair),
      .association_bytes_peak = peer->application.pair.bytes_peak,
      .ordering_bytes = sizeof peer->link.sequence + sizeof peer->link.received,
  };
}

static void peer_digest(const struct node *node, struct digest *digest, uint64_t now_ns) {
  const struct pana_peer *peer = peer_of_const(node);
  digest_u64(digest, peer->stage);
  digest_octets(digest, peer->local.ip, sizeof peer->local.ip);
  pana_repeated_digest(&peer->pci, digest, now_ns);
  pana_link_digest(&peer->link, digest, now_ns);
  digest_u64(digest, peer->eap != NULL);
  if (peer->eap != NULL)
    eap_peer_digest(peer->eap, digest);
  pana_application_digest(&peer->application, digest, now_ns);
  digest_deadline(digest, patience_ends_ns(peer), now_ns);
  digest_lifetime(digest, peer->ends_ns, now_ns);
  digest_u64(digest, peer->attempts_left);
  digest_u64(digest, peer->attempts_left > 0 ? peer->attempts : 0);
  digest_deadline(digest, peer->due_ns, now_ns);
}

/* Life */

static void peer_destroy(struct node *node) {
  struct pana_peer *peer = peer_of(node);
  pana_peer_end_eap(peer);
  pana_application_wipe(&peer->application);
  pana_repeated_wipe(&peer->pci);
  pana_link_wipe(&peer->link);
  crypto_wipe(peer, sizeof *peer);
  free(peer);
}

static const struct node_ops PEER_OPS = {.read = peer_read,
                                         .write = peer_write,
                                         .expiry = peer_expiry,
                                         .handle_expiry = peer_handle_expiry,
                                         .digest = peer_digest,
                                         .destroy = peer_destroy};

struct node *pana_peer_create(const struct lower_peer_config *config,
                              const struct node_hooks *hooks) {
  struct pana_options options;
  pana_options_read(config->options, &options);
  if (pana_options_unsupported(config->options) != NULL ||
      config->eap.identity_length < association_kind_identity_least(options.association) ||
      config->eap.identity_length > NODE_IDENTITY_MAX ||
      config->payload_bytes > ASSOCIATION_PAYLOAD_MAX)
    return NULL;
  struct pana_peer *peer = calloc(1, sizeof *peer);
  if (peer == NULL)
    return NULL;
  peer->node.ops = &PEER_OPS;
  peer->config = *config;
  peer->options = options;
  peer->hooks = hooks;
  peer->local = config->local;
  peer->ends_ns = peer->due_ns = NODE_NEVER;
  pana_repeated_init(&peer->pci, PANA_PCI_MRT_MS);
  pana_link_init(&peer->link, hooks);
  pana_application_init(&peer->application, &peer->options, false, &config->authenticator,
                        config->payload_bytes, hooks);
  if (config->begins)
    begin_joining(peer, config->start_ns);
  return &peer->node;
}
