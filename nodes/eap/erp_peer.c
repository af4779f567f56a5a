/* The peer of ERP (RFC 6696 section 5). */
#include "erp_peer.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

void erp_peer_init(struct erp_peer *peer, const struct erp_peer_config *config,
                   const struct node_hooks *hooks) {
  assert(config->realm_length > 0 && config->realm_length <= ERP_REALM_MAX);
  *peer = (struct erp_peer){.config = config, .hooks = hooks};
}

static enum erp_peer_result erp_peer_discard(struct erp_peer *peer, const char *why) {
  peer->reason = why;
  return ERP_PEER_DISCARD;
}

/* Roots */

static uint64_t end_of_lifetime(uint64_t now_ns, uint32_t seconds) {
  return now_ns + seconds * NODE_SECOND;
}

static unsigned suites_of(const struct erp_peer_config *config) {
  return config->suites == 0 ? (unsigned)ERP_SUITES_ALL : config->suites;
}

/* A root that is of this realm, with all its numbers. */
static void erp_peer_take_root(struct erp_peer *peer, const struct erp_root *root,
                               const uint8_t *realm, size_t realm_length) {
  peer->root = *root;
  peer->has_root = true;
  peer->next_sequence = 0;
  peer->rik_suite = ERP_SUITE_NONE;
  memcpy(peer->realm, realm, realm_length);
  peer->realm_length = realm_length;
}

int erp_peer_establish(struct erp_peer *peer, const struct eap_keys *keys,
                       const struct eap_session_id *session, uint64_t now_ns) {
  const struct erp_peer_config *config = peer->config;
  const uint32_t own_s = config->rrk_lifetime_s;
  struct erp_root root;
  erp_peer_forget(peer);
  const int error = erp_root_derive(peer->hooks, keys->emsk, session, &root);
  if (error == 0) {
    erp_peer_take_root(peer, &root, config->realm, config->realm_length);
    peer->until_ns =
        end_of_lifetime(now_ns, own_s > 0 ? own_s : (uint32_t)ERP_ROOT_LIFETIME_DEFAULT_S);
    peer->suite = config->suite == 0 ? (uint8_t)ERP_SUITE_HMAC_SHA256_128 : config->suite;
    peer->suites_left = suites_of(config);
    if (config->bootstraps)
      memcpy(peer->emsk, keys->emsk, sizeof peer->emsk);
  }
  crypto_wipe(&root, sizeof root);
  return error;
}

int erp_peer_learn(struct erp_peer *peer, const struct eap_peer *eap, uint64_t now_ns) {
  struct eap_keys keys;
  struct eap_session_id session;
  int error = eap_peer_session_id(eap, &session);
  if (error == 0)
    error = eap_peer_keys(eap, &keys);
  if (error == 0)
    error = erp_peer_establish(peer, &keys, &session, now_ns);
  crypto_wipe(&keys, sizeof keys);
  return error;
}

bool erp_peer_is_ready(const struct erp_peer *peer, uint64_t now_ns) {
  return peer->has_root && now_ns < peer->until_ns && peer->next_sequence <= ERP_SEQUENCE_MAX;
}

uint64_t erp_peer_until_ns(const struct erp_peer *peer) {
  return peer->has_root && peer->next_sequence <= ERP_SEQUENCE_MAX ? peer->until_ns : NODE_NEVER;
}

int erp_peer_emsk(const struct erp_peer *peer, struct erp_peer_emsk *emsk) {
  if (!peer->has_root || !peer->config->bootstraps)
    return NODE_ERR_BAD_STATE;
  memcpy(emsk->octets, peer->emsk, sizeof emsk->octets);
  memcpy(emsk->name, peer->root.name, sizeof emsk->name);
  return 0;
}

uint64_t erp_peer_emsk_until_ns(const struct erp_peer *peer) {
  return peer->has_root ? peer->until_ns : NODE_NEVER;
}

size_t erp_peer_key_bytes(const struct erp_peer *peer) {
  if (!peer->has_root)
    return 0;
  return sizeof peer->root + (peer->config->bootstraps ? sizeof peer->emsk : 0) +
         (peer->rik_suite == ERP_SUITE_NONE ? 0 : sizeof peer->rik);
}

/* Initiate */

static int initiate_compose(const struct erp_peer *peer, struct span_writer *out) {
  const struct erp_peer_exchange *exchange = &peer->exchange;
  uint8_t nai[ERP_NAI_MAX];
  struct erp_packet initiate = {.code = EAP_INITIATE,
                                .identifier = exchange->identifier,
                                .type = ERP_REAUTH,
                                .flags = exchange->flags,
                                .sequence = exchange->sequence,
                                .suite = exchange->suite};
  const size_t length = erp_nai_write(peer->root.name, peer->realm, peer->realm_length, nai);
  initiate.attributes[ERP_KEY_NAME_NAI] = (struct erp_value){nai, length};
  if (exchange->nas.length > 0 && !exchange->nas_unsaid)
    initiate.attributes[ERP_NAS_IDENTIFIER] =
        (struct erp_value){exchange->nas.octets, exchange->nas.length};
  return erp_packet_compose(peer->hooks, &initiate, peer->rik, out);
}

/* The keys of an exchange with the next number. */
static int exchange_derive(struct erp_peer *peer) {
  struct erp_peer_exchange *exchange = &peer->exchange;
  int error = 0;
  if (peer->rik_suite != exchange->suite) {
    peer->rik_suite = ERP_SUITE_NONE;
    error = erp_rik(peer->hooks, &peer->root, exchange->suite, peer->rik);
  }
  if (error < 0)
    return error;
  peer->rik_suite = exchange->suite;
  return erp_rmsk(peer->hooks, &peer->root, exchange->sequence, exchange->rmsk);
}

int erp_peer_begin(struct erp_peer *peer, const struct erp_peer_request *request, uint64_t now_ns,
                   struct span_writer *out) {
  struct erp_peer_exchange *exchange = &peer->exchange;
  const bool bootstrap = request != NULL && request->bootstrap;
  crypto_wipe(exchange, sizeof *exchange);
  if (!erp_peer_is_ready(peer, now_ns))
    return NODE_ERR_BAD_STATE;
  /* 5.3: a new packet has a new Identifier; 5.4: and a new number. */
  *exchange = (struct erp_peer_exchange){.identifier = ++peer->identifier,
                                         .sequence = (uint16_t)peer->next_sequence++,
                                         .suite = peer->suite};
  exchange->flags = (uint8_t)((bootstrap ? ERP_FLAG_BOOTSTRAP : 0) |
                              (peer->config->lifetimes ? ERP_FLAG_LIFETIMES : 0));
  if (request != NULL && request->nas.octets != NULL) {
    if (request->nas.length > sizeof exchange->nas.octets)
      return NODE_ERR_TOO_LONG;
    exchange->nas_unsaid = request->nas_unsaid;
    exchange->nas.length = request->nas.length;
    memcpy(exchange->nas.octets, request->nas.octets, request->nas.length);
  }
  int error = exchange_derive(peer);
  if (error == 0)
    error = initiate_compose(peer, out);
  if (error < 0) {
    crypto_wipe(exchange, sizeof *exchange);
    return error;
  }
  exchange->outstanding = true;
  exchange->has_rmsk = true;
  return 0;
}

int erp_peer_rmsk(const struct erp_peer *peer, uint8_t rmsk[EAP_KEY_LENGTH]) {
  if (!peer->exchange.has_rmsk)
    return NODE_ERR_BAD_STATE;
  memcpy(rmsk, peer->exchange.rmsk, EAP_KEY_LENGTH);
  return 0;
}

bool erp_peer_is_outstanding(const struct erp_peer *peer) {
  return peer->exchange.outstanding;
}

size_t erp_peer_nai(const struct erp_peer *peer, uint8_t nai[ERP_NAI_MAX]) {
  return peer->has_root ? erp_nai_write(peer->root.name, peer->realm, peer->realm_length, nai) : 0;
}

uint32_t erp_peer_rmsk_lifetime_s(const struct erp_peer *peer) {
  return peer->exchange.rmsk_lifetime_s;
}

/* Section 5.3.1.2 */
static enum erp_peer_result on_start(struct erp_peer *peer, const struct erp_packet *start,
                                     uint64_t now_ns, struct span_writer *out) {
  if (peer->exchange.outstanding)
    return erp_peer_discard(peer, "Re-auth-Start while an exchange is under way");
  if (!erp_peer_is_ready(peer, now_ns))
    return erp_peer_discard(peer, "Re-auth-Start without a key");
  if (start->attributes[ERP_NAS_IDENTIFIER].length > NODE_IDENTITY_MAX)
    return erp_peer_discard(peer, "NAS-Identifier that is too long");
  const struct erp_peer_request request = {.nas = start->attributes[ERP_NAS_IDENTIFIER]};
  const int error = erp_peer_begin(peer, &request, now_ns, out);
  return error < 0 ? erp_peer_discard(peer, node_error_name(error)) : ERP_PEER_RESPOND;
}

/* Finish */

/* NULL, or why this is no answer to the Initiate, but for its tag. */
static const char *finish_mismatch(const struct erp_peer *peer, const struct erp_packet *finish) {
  const struct erp_peer_exchange *exchange = &peer->exchange;
  const struct erp_value *name = &finish->attributes[ERP_KEY_NAME_NAI];
  uint8_t nai[ERP_NAI_MAX];
  const size_t length = erp_nai_write(peer->root.name, peer->realm, peer->realm_length, nai);
  if (!exchange->outstanding)
    return "Finish without an Initiate";
  if (finish->identifier != exchange->identifier)
    return "Finish with a wrong identifier";
  if (finish->sequence != exchange->sequence)
    return "Finish with a wrong sequence number";
  if (name->length != length || memcmp(name->octets, nai, length) != 0)
    return "Finish of another key";
  return NULL;
}

/* Only one that says no may have another suite than the Initiate. */
static int finish_verify(const struct erp_peer *peer, const struct erp_packet *finish) {
  uint8_t rik[EAP_KEY_LENGTH];
  if (finish->suite == peer->exchange.suite)
    return erp_packet_verify(peer->hooks, finish, peer->rik);
  if ((finish->flags & ERP_FLAG_RESULT) == 0 ||
      !erp_suites_have(suites_of(peer->config), finish->suite))
    return NODE_ERR_VERIFY;
  int error = erp_rik(peer->hooks, &peer->root, finish->suite, rik);
  if (error == 0)
    error = erp_packet_verify(peer->hooks, finish, rik);
  crypto_wipe(rik, sizeof rik);
  return error;
}

/* Section 5.2.2: a suite of the server's list that was not tried. */
static bool take_other_suite(struct erp_peer *peer, const struct erp_value *list) {
  peer->suites_left &= ~(1U << peer->suite);
  for (size_t i = 0; list->octets != NULL && i < list->length; i++)
    if (erp_suites_have(peer->suites_left, list->octets[i])) {
      peer->suite = list->octets[i];
      return true;
    }
  return false;
}

static enum erp_peer_result on_no(struct erp_peer *peer, const struct erp_packet *finish) {
  if (take_other_suite(peer, &finish->attributes[ERP_SUITE_LIST])) {
    erp_peer_abandon(peer);
    return ERP_PEER_RETRY;
  }
  erp_peer_forget(peer);
  peer->reason = "EAP-Finish says no";
  return ERP_PEER_FAILURE;
}

/* Section 5.1: the root of the domain that the home server names, and no number of it is used. */
static int enter_domain(struct erp_peer *peer, const struct erp_value *domain) {
  struct erp_root root;
  uint8_t dsrk[EAP_KEY_LENGTH];
  int error = emsk_dsrk(peer->hooks, peer->emsk, domain->octets, domain->length, dsrk);
  if (error == 0)
    error = erp_root_derive_in_domain(peer->hooks, dsrk, peer->root.name, &root);
  if (error == 0)
    erp_peer_take_root(peer, &root, domain->octets, domain->length);
  crypto_wipe(dsrk, sizeof dsrk);
  crypto_wipe(&root, sizeof root);
  return error;
}

static enum erp_peer_result on_yes(struct erp_peer *peer, const struct erp_packet *finish,
                                   uint64_t now_ns) {
  struct erp_peer_exchange *exchange = &peer->exchange;
  const struct erp_value *nas = &finish->attributes[ERP_NAS_IDENTIFIER],
                         *domain = &finish->attributes[ERP_DOMAIN_NAME];
  const uint32_t rrk_s = erp_packet_number(finish, ERP_RRK_LIFETIME);
  if (exchange->nas.length > 0 && nas->octets != NULL &&
      (nas->length != exchange->nas.length ||
       memcmp(nas->octets, exchange->nas.octets, nas->length) != 0)) {
    peer->of_another = true;
    return erp_peer_discard(peer, "Finish of another authenticator");
  }
  const bool enters = peer->config->bootstraps && domain->octets != NULL &&
                      domain->length <= ERP_REALM_MAX &&
                      (finish->flags & exchange->flags & ERP_FLAG_BOOTSTRAP) != 0;
  const int error = enters ? enter_domain(peer, domain) : 0;
  if (error < 0)
    return erp_peer_discard(peer, node_error_name(error));
  if (rrk_s > 0)
    peer->until_ns = end_of_lifetime(now_ns, rrk_s);
  exchange->rmsk_lifetime_s = erp_packet_number(finish, ERP_RMSK_LIFETIME);
  exchange->outstanding = false;
  return ERP_PEER_SUCCESS;
}

static enum erp_peer_result on_finish(struct erp_peer *peer, const uint8_t *packet, size_t length,
                                      uint64_t now_ns) {
  struct erp_packet readings[ERP_SUITES];
  const size_t count = erp_packet_readings(packet, length, readings);
  if (count == 0)
    return erp_peer_discard(peer, "malformed EAP-Finish");
  for (size_t i = 0; i < count; i++) {
    const struct erp_packet *finish = &readings[i];
    const char *why = finish_mismatch(peer, finish);
    if (why != NULL)
      return erp_peer_discard(peer, why);
    if (finish_verify(peer, finish) == 0)
      return finish->flags & ERP_FLAG_RESULT ? on_no(peer, finish) : on_yes(peer, finish, now_ns);
  }
  return erp_peer_discard(peer, readings[0].suite == ERP_SUITE_NONE
                                    ? "EAP-Finish says no without protection"
                                    : "EAP-Finish with a wrong tag");
}

enum erp_peer_result erp_peer_process(struct erp_peer *peer, const uint8_t *packet, size_t length,
                                      uint64_t now_ns, struct span_writer *out) {
  struct eap_packet eap;
  struct erp_packet start;
  peer->reason = NULL;
  peer->of_another = false;
  if (eap_packet_parse(packet, length, &eap) < 0)
    return erp_peer_discard(peer, "malformed EAP packet");
  if (eap.code == EAP_FINISH)
    return on_finish(peer, packet, length, now_ns);
  if (erp_packet_parse(packet, length, ERP_SUITE_NONE, &start) < 0 ||
      start.type != ERP_REAUTH_START)
    return erp_peer_discard(peer, "neither Re-auth-Start nor Finish");
  return on_start(peer, &start, now_ns, out);
}

/* Ends */

bool erp_peer_is_of_another(const struct erp_peer *peer) {
  return peer->of_another;
}

void erp_peer_abandon(struct erp_peer *peer) {
  crypto_wipe(&peer->exchange, sizeof peer->exchange);
}

const char *erp_peer_reason(const struct erp_peer *peer) {
  return peer->reason == NULL ? "" : peer->reason;
}

void erp_peer_forget(struct erp_peer *peer) {
  const struct erp_peer kept = {
      .config = peer->config, .hooks = peer->hooks, .identifier = peer->identifier};
  crypto_wipe(peer, sizeof *peer);
  *peer = kept;
}

void erp_peer_wipe(struct erp_peer *peer) {
  crypto_wipe(peer, sizeof *peer);
}

void erp_peer_digest(const struct erp_peer *peer, struct digest *digest) {
  digest_u64(digest, peer->has_root);
  digest_octets(digest, peer->root.name, sizeof peer->root.name);
  digest_octets(digest, peer->root.key, sizeof peer->root.key);
  digest_octets(digest, peer->realm, peer->realm_length);
  digest_u64(digest, peer->next_sequence);
  digest_u64(digest, peer->suite);
  digest_u64(digest, peer->suites_left);
  digest_u64(digest, peer->identifier);
  digest_u64(digest, peer->exchange.outstanding);
  digest_u64(digest, peer->exchange.has_rmsk);
  digest_u64(digest, peer->exchange.identifier);
  digest_u64(digest, peer->exchange.sequence);
  digest_u64(digest, peer->exchange.flags);
  digest_octets(digest, peer->exchange.nas.octets, peer->exchange.nas.length);
  digest_u64(digest, peer->exchange.nas_unsaid);
}
