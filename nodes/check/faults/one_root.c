/* Planted fault: the root of each application server is that of one. */
#include "eap/bootstrap_key.h"

int __real_bootstrap_aps_root(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                              const struct bootstrap_name *aps, uint8_t root[EAP_KEY_LENGTH]);
int __wrap_bootstrap_aps_root(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                              const struct bootstrap_name *aps, uint8_t root[EAP_KEY_LENGTH]);

int __wrap_bootstrap_aps_root(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                              const struct bootstrap_name *aps, uint8_t root[EAP_KEY_LENGTH]) {
  static const struct bootstrap_name one = {(const uint8_t *)"aps", 3};
  (void)aps;
  return __real_bootstrap_aps_root(hooks, emsk, &one, root);
}
