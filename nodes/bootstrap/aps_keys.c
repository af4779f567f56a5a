/* The keys of UEs: each as long as it lasts, or until others need its place. */
#include "aps_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

bool aps_keys_init(struct aps *aps) {
  const size_t most = aps->config.keys_max;
  return table_init(&aps->keys.by_name, most, &aps->hash_key) &&
         deadline_heap_init(&aps->keys.deadlines, most);
}

static void key_remove(struct aps *aps, struct aps_key *key) {
  table_remove(&aps->keys.by_name, &key->by_name);
  list_remove(&key->in_order);
  deadline_set(&aps->keys.deadlines, &key->deadline, NODE_NEVER);
  crypto_wipe(key, sizeof *key);
  free(key);
}

void aps_keys_deinit(struct aps *aps) {
  struct aps_key *key;
  while ((key = list_first(&aps->keys.order)) != NULL)
    key_remove(aps, key);
  table_deinit(&aps->keys.by_name);
  deadline_heap_deinit(&aps->keys.deadlines);
}

static struct aps_key *key_find(const struct aps *aps, const uint8_t name[EMSK_NAME_LENGTH]) {
  struct aps_key *key = table_first(&aps->keys.by_name, name, EMSK_NAME_LENGTH);
  while (key != NULL && memcmp(key->name, name, EMSK_NAME_LENGTH) != 0)
    key = table_next(&key->by_name);
  return key;
}

struct aps_key *aps_keys_find(struct aps *aps, const uint8_t name[EMSK_NAME_LENGTH]) {
  struct aps_key *key = key_find(aps, name);
  return key == NULL || key->until_ns <= aps->now_ns ? NULL : key;
}

static struct aps_key *key_add(struct aps *aps, const uint8_t name[EMSK_NAME_LENGTH]) {
  struct aps_key *key = calloc(1, sizeof *key);
  if (key == NULL)
    return NULL;
  if (aps->keys.order.count == aps->config.keys_max)
    key_remove(aps, list_first(&aps->keys.order));
  memcpy(key->name, name, EMSK_NAME_LENGTH);
  key->deadline.owner = key;
  table_add(&aps->keys.by_name, &key->by_name, key, key->name, sizeof key->name);
  return key;
}

int aps_keys_put(struct aps *aps, const struct node_address *remote,
                 const uint8_t name[EMSK_NAME_LENGTH], const uint8_t psk[BOOTSTRAP_PSK_MAX],
                 uint32_t lifetime_s) {
  struct aps_key *key = key_find(aps, name);
  if (key == NULL)
    key = key_add(aps, name);
  if (key == NULL)
    return NODE_ERR_EXHAUSTED;
  memcpy(key->psk, psk, aps->psk_length);
  key->until_ns = aps->now_ns + lifetime_s * NODE_SECOND;
  deadline_set(&aps->keys.deadlines, &key->deadline, key->until_ns);
  list_append(&aps->keys.order, &key->in_order, key);
  node_event_key(aps->hooks, NODE_PHASE_PULL, remote, association_kind_label(aps->kind),
                 association_kind_secret_name(aps->kind), key->psk, aps->psk_length);
  return 0;
}

void aps_keys_expire(struct aps *aps) {
  while (deadline_next_ns(&aps->keys.deadlines) <= aps->now_ns)
    key_remove(aps, deadline_next(&aps->keys.deadlines)->owner);
}

/* Handshakes */

static const struct bootstrap_configured_key *
find_configured(const struct aps *aps, const uint8_t *identity, size_t length) {
  const struct bootstrap_aps_config *config = &aps->config;
  const size_t count = config->pulls[BOOTSTRAP_PULL_CONFIGURED] ? config->configured_count : 0;
  if (length != bootstrap_channel_identity_length(config->channel))
    return NULL;
  for (size_t i = 0; i < count; i++)
    if (memcmp(config->configured[i].identity, identity, length) == 0)
      return &config->configured[i];
  return NULL;
}

static struct aps_key *find_identity(struct aps *aps, const uint8_t *identity, size_t length) {
  uint8_t name[EMSK_NAME_LENGTH];
  return bootstrap_channel_identity_read(aps->config.channel, identity, length, name)
             ? aps_keys_find(aps, name)
             : NULL;
}

bool aps_keys_know(struct aps *aps, const uint8_t *identity, size_t length) {
  return find_identity(aps, identity, length) != NULL ||
         find_configured(aps, identity, length) != NULL;
}

size_t aps_keys_give(void *context, const uint8_t *identity, size_t length,
                     uint8_t psk[ASSOCIATION_PSK_MAX]) {
  struct aps *aps = context;
  struct aps_key *key = find_identity(aps, identity, length);
  const struct bootstrap_configured_key *configured = find_configured(aps, identity, length);
  if (key == NULL && configured == NULL)
    return 0;
  aps->handshake->handshake_until_ns = key != NULL ? key->until_ns : NODE_NEVER;
  memcpy(psk, key != NULL ? key->psk : configured->psk, aps->psk_length);
  if (key != NULL)
    list_append(&aps->keys.order, &key->in_order, key);
  return aps->psk_length;
}

void aps_keys_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, aps->keys.order.count);
  for (const struct list_link *at = aps->keys.order.first; at != NULL; at = at->next) {
    const struct aps_key *key = at->owner;
    digest_octets(digest, key->name, sizeof key->name);
    digest_octets(digest, key->psk, aps->psk_length);
    digest_lifetime(digest, key->until_ns, now_ns);
  }
}
