/* Outcomes that measure. */
#include "outcome.h"

#include <string.h>

bool outcome_measures(const char *outcome) {
  return strcmp(outcome, "established") == 0 || strcmp(outcome, "failed") == 0 ||
         strcmp(outcome, "timeout") == 0;
}
