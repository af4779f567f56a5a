/* Planted fault: an ER server takes any sequence number for fresh. */
#include "eap/erp_store.h"

struct erp_entry *__real_erp_store_find(const struct erp_store *store,
                                        const uint8_t name[EMSK_NAME_LENGTH]);
struct erp_entry *__wrap_erp_store_find(const struct erp_store *store,
                                        const uint8_t name[EMSK_NAME_LENGTH]);

struct erp_entry *__wrap_erp_store_find(const struct erp_store *store,
                                        const uint8_t name[EMSK_NAME_LENGTH]) {
  struct erp_entry *entry = __real_erp_store_find(store, name);
  if (entry != NULL)
    entry->expected = 0;
  return entry;
}
