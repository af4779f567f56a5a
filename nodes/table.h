/* A hash table of things that are found by octets which others choose: addresses, identities. Items
 * are embedded in their owners; the hash is keyed (hash.h), and the table takes what it is given,
 * equal keys too: who looks compares. */
#ifndef NODES_TABLE_H
#define NODES_TABLE_H

#include "hash.h"

#include <stdbool.h>

/* Zeroed memory is one that is in no table. */
struct table_item {
  void *owner; /* NULL: in no table */
  uint64_t hash;
  struct table_item *next;
};

struct table {
  struct hash_key key;
  struct table_item **buckets;
  size_t bucket_count; /* a power of two */
};

/* For about `capacity` items. False: memory is short. */
bool table_init(struct table *table, size_t capacity, const struct hash_key *key);
void table_deinit(struct table *table);

/* `item` is in no table; `owner` is not NULL. */
void table_add(struct table *table, struct table_item *item, void *owner, const uint8_t *octets,
               size_t length);

/* Harmless for one that is in no table. */
void table_remove(struct table *table, struct table_item *item);

/* The owner of the first, or the next, item whose octets may be these; NULL: there are no more. The
 * last added comes first. */
void *table_first(const struct table *table, const uint8_t *octets, size_t length);
void *table_next(const struct table_item *item);

#endif
