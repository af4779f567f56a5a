/* A table of chains. */
#include "table.h"

#include <assert.h>
#include <stdlib.h>

enum { BUCKETS_LEAST = 16 };

bool table_init(struct table *table, size_t capacity, const struct hash_key *key) {
  *table = (struct table){.key = *key, .bucket_count = BUCKETS_LEAST};
  while (table->bucket_count < capacity)
    table->bucket_count *= 2;
  table->buckets = calloc(table->bucket_count, sizeof(struct table_item *));
  return table->buckets != NULL;
}

void table_deinit(struct table *table) {
  free(table->buckets);
  *table = (struct table){.buckets = NULL};
}

static struct table_item **bucket_of(const struct table *table, uint64_t hash) {
  return &table->buckets[hash & (table->bucket_count - 1)];
}

void table_add(struct table *table, struct table_item *item, void *owner, const uint8_t *octets,
               size_t length) {
  assert(item->owner == NULL && owner != NULL);
  const uint64_t hash = hash_octets(&table->key, octets, length);
  struct table_item **bucket = bucket_of(table, hash);
  *item = (struct table_item){.owner = owner, .hash = hash, .next = *bucket};
  *bucket = item;
}

void table_remove(struct table *table, struct table_item *item) {
  if (item->owner == NULL)
    return;
  struct table_item **link = bucket_of(table, item->hash);
  while (*link != item)
    link = &(*link)->next;
  *link = item->next;
  *item = (struct table_item){.owner = NULL};
}

static void *first_of(const struct table_item *item, uint64_t hash) {
  while (item != NULL && item->hash != hash)
    item = item->next;
  return item == NULL ? NULL : item->owner;
}

void *table_first(const struct table *table, const uint8_t *octets, size_t length) {
  const uint64_t hash = hash_octets(&table->key, octets, length);
  return first_of(*bucket_of(table, hash), hash);
}

void *table_next(const struct table_item *item) {
  return first_of(item->next, item->hash);
}
