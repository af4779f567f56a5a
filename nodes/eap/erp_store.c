/* The roots that an ER server keeps. */
#include "erp_store.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool erp_store_init(struct erp_store *store, size_t entries_max, const struct node_hooks *hooks) {
  struct hash_key key;
  *store = (struct erp_store){.entries_max = entries_max};
  assert(entries_max > 0);
  node_random(hooks, (uint8_t *)key.half, sizeof key.half);
  if (table_init(&store->by_name, entries_max, &key) &&
      table_init(&store->by_user, entries_max, &key))
    return true;
  erp_store_deinit(store);
  return false;
}

void erp_store_deinit(struct erp_store *store) {
  while (store->oldest != NULL)
    erp_store_remove(store, store->oldest);
  table_deinit(&store->by_name);
  table_deinit(&store->by_user);
}

struct erp_entry *erp_store_find(const struct erp_store *store,
                                 const uint8_t name[EMSK_NAME_LENGTH]) {
  struct erp_entry *entry = table_first(&store->by_name, name, EMSK_NAME_LENGTH);
  while (entry != NULL && memcmp(entry->root.name, name, EMSK_NAME_LENGTH) != 0)
    entry = table_next(&entry->by_name);
  return entry;
}

static struct erp_entry *find_user(const struct erp_store *store, const struct eap_name *user) {
  struct erp_entry *entry =
      user->length == 0 ? NULL : table_first(&store->by_user, user->octets, user->length);
  while (entry != NULL && (entry->user.length != user->length ||
                           memcmp(entry->user.octets, user->octets, user->length) != 0))
    entry = table_next(&entry->by_user);
  return entry;
}

void erp_store_remove(struct erp_store *store, struct erp_entry *entry) {
  table_remove(&store->by_name, &entry->by_name);
  table_remove(&store->by_user, &entry->by_user);
  *(entry->previous == NULL ? &store->oldest : &entry->previous->next) = entry->next;
  *(entry->next == NULL ? &store->latest : &entry->next->previous) = entry->previous;
  store->count--;
  crypto_wipe(entry, sizeof *entry);
  free(entry);
}

/* What the new one takes the place of: at most one more, where the store is full. */
static void make_way(struct erp_store *store, const struct erp_root *root,
                     const struct eap_name *user) {
  struct erp_entry *former = find_user(store, user), *namesake;
  if (former != NULL)
    erp_store_remove(store, former);
  namesake = erp_store_find(store, root->name);
  if (namesake != NULL)
    erp_store_remove(store, namesake);
  if (store->count == store->entries_max)
    erp_store_remove(store, store->oldest);
}

struct erp_entry *erp_store_add(struct erp_store *store, const struct erp_root *root,
                                const struct eap_name *user, uint64_t until_ns) {
  struct erp_entry *entry = calloc(1, sizeof *entry);
  if (entry == NULL)
    return NULL;
  make_way(store, root, user);
  entry->root = *root;
  entry->user = *user;
  entry->until_ns = until_ns;
  entry->previous = store->latest;
  *(store->latest == NULL ? &store->oldest : &store->latest->next) = entry;
  store->latest = entry;
  store->count++;
  table_add(&store->by_name, &entry->by_name, entry, root->name, sizeof root->name);
  if (user->length > 0)
    table_add(&store->by_user, &entry->by_user, entry, user->octets, user->length);
  return entry;
}
