/* The UE's keys: those of application servers, the EMSK that they come of, how they end, and the
 * credential for a service provider. */
#include "../crypto/crypto.h"
#include "ue_state.h"

#include <string.h>

/* Keys of application servers */

static uint64_t sooner(uint64_t a_ns, uint64_t b_ns) {
  return a_ns < b_ns ? a_ns : b_ns;
}

/* From now on for as long; 0: for ever. */
static uint64_t end_of(uint32_t lifetime_s, uint64_t now_ns) {
  return lifetime_s == 0 ? NODE_NEVER : now_ns + lifetime_s * NODE_SECOND;
}

/* The name of the EMSK, of which the key comes. */
static void write_identity(const struct bootstrap_ue *ue,
                           uint8_t identity[BOOTSTRAP_CHANNEL_IDENTITY_MAX]) {
  uint8_t nai[ERP_NAI_MAX], name[EMSK_NAME_LENGTH];
  (void)erp_peer_nai(&ue->erp, nai);
  if (bootstrap_identity_read(nai, BOOTSTRAP_IDENTITY_LENGTH, name))
    bootstrap_channel_identity_write(ue->config.channel, name, identity);
}

void bootstrap_ue_take_key(struct bootstrap_ue *ue, struct ue_server *server,
                           const uint8_t psk[BOOTSTRAP_PSK_MAX], uint32_t granted_s,
                           uint64_t now_ns) {
  const struct association_kind *kind = ue->kind;
  struct ue_key *key = &server->key;
  write_identity(ue, key->identity);
  memcpy(key->psk, psk, ue->psk_length);
  key->is_there = true;
  server->request.has_pulled = true;
  key->ends_ns =
      sooner(erp_peer_emsk_until_ns(&ue->erp),
             sooner(end_of(granted_s, now_ns), end_of(ue->config.key_lifetime_s, now_ns)));
  node_event_key(ue->hooks, NODE_PHASE_PULL, &server->known->address, association_kind_label(kind),
                 association_kind_secret_name(kind), psk, ue->psk_length);
}

void bootstrap_ue_forget_key(struct ue_server *server) {
  crypto_wipe(&server->key, sizeof server->key);
  server->key.ends_ns = NODE_NEVER;
}

/* Ends */

/* The key, with all that is under it or waits for it. */
static void end_key(struct bootstrap_ue *ue, struct ue_server *server, const char *why) {
  const bool was_there = server->key.is_there;
  if (server->stage == UE_WAITING || server->stage == UE_PULLING)
    bootstrap_ue_fail_pull(ue, server, why);
  bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, why);
  association_pair_close(&server->channel);
  bootstrap_ue_forget_key(server);
  if (was_there)
    bootstrap_ue_tell(ue, server, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
}

/* Who waits for a key that no pull brings any more. */
static void end_pulls(struct bootstrap_ue *ue, const char *why) {
  for (size_t i = 0; i < ue->server_count; i++)
    if (ue->servers[i].stage == UE_WAITING || ue->servers[i].stage == UE_PULLING)
      bootstrap_ue_fail_pull(ue, &ue->servers[i], why);
}

void bootstrap_ue_end_lifetimes(struct bootstrap_ue *ue, uint64_t now_ns) {
  for (size_t i = 0; i < ue->server_count; i++)
    if (ue->servers[i].key.is_there && now_ns >= ue->servers[i].key.ends_ns)
      end_key(ue, &ue->servers[i], "lifetime");
  if (now_ns < erp_peer_emsk_until_ns(&ue->erp))
    return;
  end_pulls(ue, "no-authentication");
  erp_peer_forget(&ue->erp);
}

uint64_t bootstrap_ue_lifetimes_expiry(const struct bootstrap_ue *ue) {
  uint64_t next_ns = erp_peer_emsk_until_ns(&ue->erp);
  for (size_t i = 0; i < ue->server_count; i++)
    if (ue->servers[i].key.is_there)
      next_ns = sooner(next_ns, ue->servers[i].key.ends_ns);
  return next_ns;
}

/* Keys that are configured come of no EMSK. */
void bootstrap_ue_drop_emsk(struct bootstrap_ue *ue, const char *why) {
  for (size_t i = 0; i < ue->server_count; i++)
    if (ue->config.pull != BOOTSTRAP_PULL_CONFIGURED)
      end_key(ue, &ue->servers[i], why);
  erp_peer_forget(&ue->erp);
}

void bootstrap_ue_learn(void *node, const struct eap_peer *peer, uint64_t now_ns) {
  struct bootstrap_ue *ue = bootstrap_ue_of(node);
  bootstrap_ue_drop_emsk(ue, "replaced");
  if (erp_peer_learn(&ue->erp, peer, now_ns) < 0)
    node_event(ue->hooks, NODE_PHASE_PULL, NODE_EVENT_DISCARDED, NULL, "no EMSK to pull keys with");
  bootstrap_ue_note_bytes(ue);
}

void bootstrap_ue_forget(struct node *node) {
  bootstrap_ue_drop_emsk(bootstrap_ue_of(node), "forgotten");
}

/* The credential */

int bootstrap_ue_credential(const struct node *node, const struct bootstrap_name *provider,
                            uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH],
                            uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH]) {
  const struct bootstrap_ue *ue = bootstrap_ue_of_const(node);
  struct erp_peer_emsk emsk;
  uint8_t root[EAP_KEY_LENGTH];
  int error = erp_peer_emsk(&ue->erp, &emsk);
  if (error < 0)
    return error;
  error = bootstrap_provider_root(ue->hooks, emsk.octets, provider, root);
  if (error == 0)
    error = bootstrap_eap_psk(ue->hooks, root, psk);
  if (error == 0)
    bootstrap_identity_write(emsk.name, identity);
  crypto_wipe(&emsk, sizeof emsk);
  crypto_wipe(root, sizeof root);
  return error;
}

/* Octets */

static size_t bytes_of(const struct bootstrap_ue *ue, const struct ue_server *server) {
  const size_t held = server->key.is_there ? ue->identity_length + ue->psk_length : 0;
  return held + association_pair_bytes(&server->channel);
}

size_t bootstrap_ue_bytes(const struct node *node) {
  const struct bootstrap_ue *ue = bootstrap_ue_of_const(node);
  size_t bytes = erp_peer_key_bytes(&ue->erp);
  for (size_t i = 0; i < ue->server_count; i++)
    bytes += bytes_of(ue, &ue->servers[i]);
  return bytes;
}

size_t bootstrap_ue_bytes_peak(const struct node *node) {
  return bootstrap_ue_of_const(node)->bytes_peak;
}

/* Of a handshake under way counts what it has held at most, inside a call, too. */
void bootstrap_ue_note_bytes(struct bootstrap_ue *ue) {
  size_t bytes = bootstrap_ue_bytes(&ue->node);
  for (size_t i = 0; i < ue->server_count; i++) {
    struct association_pair *channel = &ue->servers[i].channel;
    association_pair_note(channel);
    if (association_is_open(&channel->pending))
      bytes += channel->bytes_peak - association_pair_bytes(channel);
  }
  if (bytes > ue->bytes_peak)
    ue->bytes_peak = bytes;
}
