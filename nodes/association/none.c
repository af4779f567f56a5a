/* No association: the lower layer protects its own messages, and nothing else is sent. */
#include "kind.h"

/* Of the lower layers that can do nothing else with the key than make an association of it. */
static const char *none_unsupported(const struct option_values *options) {
  (void)options;
  return "association: none is for lower_layer: pana, which confirms the key by itself";
}

static void *none_open(const struct association_config *config, const struct node_hooks *hooks,
                       uint64_t now_ns, int *error) {
  (void)config;
  (void)hooks;
  (void)now_ns;
  *error = NODE_ERR_UNSUPPORTED;
  return NULL;
}

static const char *const FAILURES[] = {NULL};

const struct association_kind ASSOCIATION_NONE = {
    .label = "none",
    .secret_name = "none",
    .failures = FAILURES,
    .unsupported = none_unsupported,
    .open = none_open,
};
