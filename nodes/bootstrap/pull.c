/* The table of pulls. */
#include "pull.h"

const char *bootstrap_pull_name(enum bootstrap_pull pull) {
  static const char *const names[] = {
#define PULL(id, name, help) [BOOTSTRAP_PULL_##id] = name,
#include "pulls.def"
#undef PULL
  };
  return names[pull];
}
