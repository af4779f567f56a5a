/* The table of pulls. */
#include "pull.h"

#define BOOTSTRAP_USE_OF(use) (1U << BOOTSTRAP_##use)
#define BOOTSTRAP_USE_ANY (BOOTSTRAP_USE_OF(DTLS) | BOOTSTRAP_USE_OF(IKEV2))

static const struct pull_row {
  const char *name;
  enum bootstrap_trigger trigger;
  unsigned uses;
} ROWS[] = {
#define PULL(id, name, trigger, uses, help)                                                        \
  [BOOTSTRAP_PULL_##id] = {name, BOOTSTRAP_TRIGGER_##trigger, uses},
#include "pulls.def"
#undef PULL
};

const char *bootstrap_pull_name(enum bootstrap_pull pull) {
  return ROWS[pull].name;
}

enum bootstrap_trigger bootstrap_pull_trigger(enum bootstrap_pull pull) {
  return ROWS[pull].trigger;
}

bool bootstrap_pull_goes_with(enum bootstrap_pull pull, enum bootstrap_channel channel) {
  return (ROWS[pull].uses & 1U << bootstrap_channel_use(channel)) != 0;
}
