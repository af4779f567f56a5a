/* What outcomes say. */
#include "outcome.h"

#include <string.h>

/* Those that are not here (invalid, unsupported) are no measurements, and stay as they are. */
static const struct outcome {
  const char *name;
  bool measures, counts, again;
} OUTCOMES[] = {
    {"established", true, true, false}, {"failed", true, true, false},
    {"timeout", true, true, false},     {"crashed", false, true, true},
    {"hung", false, false, true},
};
enum { OUTCOME_COUNT = sizeof OUTCOMES / sizeof OUTCOMES[0] };

static struct outcome outcome_find(const char *name) {
  for (size_t i = 0; i < OUTCOME_COUNT; i++)
    if (strcmp(OUTCOMES[i].name, name) == 0)
      return OUTCOMES[i];
  return (struct outcome){.name = name, .counts = true};
}

bool outcome_measures(const char *outcome) {
  return outcome_find(outcome).measures;
}

bool outcome_counts(const char *outcome) {
  return outcome_find(outcome).counts;
}

const char *outcome_again(size_t index) {
  for (size_t i = 0; i < OUTCOME_COUNT; i++)
    if (OUTCOMES[i].again && index-- == 0)
      return OUTCOMES[i].name;
  return NULL;
}
