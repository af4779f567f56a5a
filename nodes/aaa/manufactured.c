/* Users that a provider's AS has by way of a manufacturer's. */
#include "manufactured.h"

#include "../crypto/crypto.h"
#include "../eap/psk.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

bool aaa_manufactured_init(struct aaa_manufactured_store *store, size_t users_max,
                           const struct node_hooks *hooks) {
  struct hash_key key;
  *store = (struct aaa_manufactured_store){.users_max = users_max};
  node_random(hooks, (uint8_t *)key.half, sizeof key.half);
  if (table_init(&store->by_name, users_max, &key) && deadline_heap_init(&store->ends, users_max))
    return true;
  aaa_manufactured_deinit(store);
  return false;
}

void aaa_manufactured_deinit(struct aaa_manufactured_store *store) {
  while (store->oldest != NULL)
    aaa_manufactured_remove(store, store->oldest);
  table_deinit(&store->by_name);
  deadline_heap_deinit(&store->ends);
}

struct aaa_manufactured *aaa_manufactured_find(const struct aaa_manufactured_store *store,
                                               const uint8_t name[EMSK_NAME_LENGTH]) {
  struct aaa_manufactured *user = table_first(&store->by_name, name, EMSK_NAME_LENGTH);
  while (user != NULL && memcmp(user->name, name, EMSK_NAME_LENGTH) != 0)
    user = table_next(&user->by_name);
  return user;
}

static void set_names(struct aaa_manufactured *user, const uint8_t name[EMSK_NAME_LENGTH],
                      const struct erp_value *realm) {
  memcpy(user->name, name, sizeof user->name);
  bootstrap_identity_write(name, user->id_p);
  user->method = (struct eap_server_method){.method = &EAP_PSK_SERVER,
                                            .credential = {.psk = user->psk,
                                                           .remote_id = user->id_p,
                                                           .remote_id_length = sizeof user->id_p}};
  user->user = (struct eap_user){
      .identity = user->identity,
      .identity_length = erp_nai_write(name, realm->octets, realm->length, user->identity),
      .methods = &user->method,
      .method_count = 1};
}

struct aaa_manufactured *aaa_manufactured_add(struct aaa_manufactured_store *store,
                                              const uint8_t name[EMSK_NAME_LENGTH],
                                              const struct erp_value *realm, uint64_t end_ns) {
  struct aaa_manufactured *user = calloc(1, sizeof *user);
  assert(store->count < store->users_max);
  if (user == NULL)
    return NULL;
  set_names(user, name, realm);
  user->end.owner = user;
  deadline_set(&store->ends, &user->end, end_ns);
  table_add(&store->by_name, &user->by_name, user, user->name, sizeof user->name);
  user->previous = store->latest;
  *(store->latest == NULL ? &store->oldest : &store->latest->next) = user;
  store->latest = user;
  store->count++;
  return user;
}

void aaa_manufactured_remove(struct aaa_manufactured_store *store, struct aaa_manufactured *user) {
  table_remove(&store->by_name, &user->by_name);
  deadline_set(&store->ends, &user->end, NODE_NEVER);
  *(user->previous == NULL ? &store->oldest : &user->previous->next) = user->next;
  *(user->next == NULL ? &store->latest : &user->next->previous) = user->previous;
  store->count--;
  crypto_wipe(user, sizeof *user);
  free(user);
}
