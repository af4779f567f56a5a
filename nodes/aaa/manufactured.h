/* Users that a provider's AS has by way of a manufacturer's: each with the credential of its own
 * that comes of an authentication there, until that ends. So many at most. */
#ifndef NODES_AAA_MANUFACTURED_H
#define NODES_AAA_MANUFACTURED_H

#include "../deadline.h"
#include "../eap/bootstrap_key.h"
#include "../eap/erp_packet.h"
#include "../eap/server.h"
#include "../table.h"

/* All fields are the store's; who runs an EAP server with `user` looks at that. */
struct aaa_manufactured {
  struct eap_user user; /* its identity is the name in our realm */
  struct eap_server_method method;
  uint8_t name[EMSK_NAME_LENGTH];
  uint8_t identity[ERP_NAI_MAX];
  uint8_t id_p[BOOTSTRAP_IDENTITY_LENGTH];
  uint8_t psk[BOOTSTRAP_EAP_PSK_LENGTH];
  struct deadline end;
  struct table_item by_name;
  struct aaa_manufactured *previous, *next; /* by age */
};

struct aaa_manufactured_store {
  size_t users_max, count;
  struct table by_name;
  struct deadline_heap ends;
  struct aaa_manufactured *oldest, *latest;
};

/* False: memory is short. */
bool aaa_manufactured_init(struct aaa_manufactured_store *store, size_t users_max,
                           const struct node_hooks *hooks);
void aaa_manufactured_deinit(struct aaa_manufactured_store *store);

/* NULL: there is none. */
struct aaa_manufactured *aaa_manufactured_find(const struct aaa_manufactured_store *store,
                                               const uint8_t name[EMSK_NAME_LENGTH]);

/* One whose name nobody has; there is room. NULL: memory is short. Its credential is its maker's
 * to write: `psk`, and ID_S in `method`. */
struct aaa_manufactured *aaa_manufactured_add(struct aaa_manufactured_store *store,
                                              const uint8_t name[EMSK_NAME_LENGTH],
                                              const struct erp_value *realm, uint64_t end_ns);

/* Wipes and frees. */
void aaa_manufactured_remove(struct aaa_manufactured_store *store, struct aaa_manufactured *user);

#endif
