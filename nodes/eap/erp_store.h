/* The roots that an ER server keeps (RFC 6696 section 4.2): found by the name of the EMSK, one for
 * each user, so many at most. Where there is no room for another, the oldest gives way. */
#ifndef NODES_EAP_ERP_STORE_H
#define NODES_EAP_ERP_STORE_H

#include "../table.h"
#include "erp.h"

/* All fields but the items of tables and lists are the server's. */
struct erp_entry {
  struct erp_root root;
  bool has_emsk;                /* for DSRKs and keys of other uses, where somebody asks for them */
  uint8_t emsk[EAP_KEY_LENGTH]; /* else zero */
  struct eap_name user;         /* whose; may be empty: not known */
  uint32_t expected;            /* the least sequence number that is fresh; above
                                   ERP_SEQUENCE_MAX: none is */
  uint64_t until_ns;
  struct table_item by_name, by_user;
  struct erp_entry *previous, *next; /* by age */
};

struct erp_store {
  size_t entries_max, count;
  struct table by_name, by_user;
  struct erp_entry *oldest, *latest;
};

/* False: memory is short. */
bool erp_store_init(struct erp_store *store, size_t entries_max, const struct node_hooks *hooks);
void erp_store_deinit(struct erp_store *store);

/* A new root of this user in the place of the one that it had. NULL: memory is short, and the store
 * is as it was. */
struct erp_entry *erp_store_add(struct erp_store *store, const struct erp_root *root,
                                const struct eap_name *user, uint64_t until_ns);

/* NULL: there is none. */
struct erp_entry *erp_store_find(const struct erp_store *store,
                                 const uint8_t name[EMSK_NAME_LENGTH]);

/* Wipes and frees. */
void erp_store_remove(struct erp_store *store, struct erp_entry *entry);

#endif
