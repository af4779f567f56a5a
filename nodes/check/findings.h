/* Where a rule of the draft, or of ours, fails under some network: what explorations find, is
 * understood, and is kept. Each has a file of choices that shows it (findings/<name>.txt). */
#ifndef NODES_CHECK_FINDINGS_H
#define NODES_CHECK_FINDINGS_H

#include "monitor.h"

struct finding {
  const char *name;
  enum monitor_violation violation; /* MONITOR_NONE: a way to end */
  const char *when; /* words, blanks between them, that a model must have for it to be this one */
  const char *text; /* what happens, and whose rule it is */
};

extern const struct finding FINDINGS[];
extern const size_t FINDING_COUNT;

/* The finding that explains this violation under this model, or NULL. */
const struct finding *finding_of(const struct model *model, enum monitor_violation violation);

#endif
