/* Decimal numbers. */
#include "number.h"

#include <errno.h>
#include <stdlib.h>

bool number_take(const char **text, char end_mark, long min, long max, long *value) {
  char *end;
  if (**text != '-' && (**text < '0' || **text > '9'))
    return false;
  errno = 0;
  *value = strtol(*text, &end, 10);
  if (end == *text || errno != 0 || *end != end_mark || *value < min || *value > max)
    return false;
  *text = end;
  return true;
}
