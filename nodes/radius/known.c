/* The table of known requests. */
#include "known.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_OCTETS = sizeof((struct node_address *)0)->ip + 2 + 1 + RADIUS_AUTHENTICATOR_LENGTH };

bool radius_known_init(struct radius_known_table *table, size_t requests,
                       const struct node_hooks *hooks) {
  *table = (struct radius_known_table){.bucket_count = 16};
  while (table->bucket_count < 2 * requests)
    table->bucket_count *= 2;
  table->buckets = calloc(table->bucket_count, sizeof(struct radius_known_request *));
  if (table->buckets == NULL)
    return false;
  /* The other half stays 0: 64 bits are enough against who never sees a hash. */
  node_random(hooks, (uint8_t *)&table->hash_key.half[0], sizeof table->hash_key.half[0]);
  return true;
}

void radius_known_deinit(struct radius_known_table *table) {
  free(table->buckets);
  table->buckets = NULL;
}

struct radius_request_key radius_request_key_of(const struct node_address *source,
                                                const struct radius_packet *packet) {
  struct radius_request_key key = {.source = *source, .identifier = packet->identifier};
  memcpy(key.authenticator, packet->authenticator, sizeof key.authenticator);
  return key;
}

static struct radius_known_request **known_bucket(const struct radius_known_table *table,
                                                  const struct radius_request_key *key) {
  uint8_t octets[KEY_OCTETS];
  const size_t ip = sizeof key->source.ip;
  memcpy(octets, key->source.ip, ip);
  octets[ip] = (uint8_t)(key->source.port >> 8);
  octets[ip + 1] = (uint8_t)key->source.port;
  octets[ip + 2] = key->identifier;
  memcpy(octets + ip + 3, key->authenticator, sizeof key->authenticator);
  const uint64_t hash = hash_octets(&table->hash_key, octets, sizeof octets);
  return &table->buckets[hash & (table->bucket_count - 1)];
}

static bool same_request(const struct radius_request_key *a, const struct radius_request_key *b) {
  return a->identifier == b->identifier && node_address_equal(&a->source, &b->source) &&
         memcmp(a->authenticator, b->authenticator, sizeof a->authenticator) == 0;
}

struct radius_known_request *radius_known_find(const struct radius_known_table *table,
                                               const struct radius_request_key *key) {
  struct radius_known_request *known = *known_bucket(table, key);
  while (known != NULL && !same_request(&known->key, key))
    known = known->next;
  return known;
}

void radius_known_forget(struct radius_known_table *table, struct radius_known_request *known) {
  if (!known->used)
    return;
  struct radius_known_request **link = known_bucket(table, &known->key);
  while (*link != known)
    link = &(*link)->next;
  *link = known->next;
  known->used = false;
}

void radius_known_add(struct radius_known_table *table, struct radius_known_request *known,
                      const struct radius_request_key *key, void *owner) {
  radius_known_forget(table, known);
  struct radius_known_request **bucket = known_bucket(table, key);
  *known =
      (struct radius_known_request){.used = true, .key = *key, .owner = owner, .next = *bucket};
  *bucket = known;
}
