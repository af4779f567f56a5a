/* Lists of cipher suites. */
#include "suites.h"

#include "number.h"

#include <string.h>

enum { SUITE_MIN = -65536, SUITE_MAX = 65535 };

bool suites_read(struct edhoc_suites *suites, const char *text) {
  bool known = false;
  suites->count = 0;
  for (const char *at = text;; at++) {
    long value;
    const char mark = strchr(at, ',') == NULL ? '\0' : ',';
    if (suites->count == EDHOC_SUITES_MAX || !number_take(&at, mark, SUITE_MIN, SUITE_MAX, &value))
      return false;
    if (edhoc_suites_have(suites, (int32_t)value))
      return false;
    suites->value[suites->count++] = (int32_t)value;
    known = known || edhoc_suite_find((int32_t)value) != NULL;
    if (mark == '\0')
      return known;
  }
}
