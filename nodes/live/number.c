/* Decimal numbers. */
#include "number.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static size_t digits_of(const char *text) {
  return strspn(text, "0123456789");
}

static bool is_padded(const char *text) {
  return text[0] == '0' && digits_of(text) > 1;
}

bool number_is_decimal(const char *text, bool fraction) {
  const size_t whole = digits_of(text);
  if (whole == 0 || is_padded(text))
    return false;
  if (text[whole] == '\0')
    return true;
  const size_t decimals = digits_of(text + whole + 1);
  return fraction && text[whole] == '.' && decimals > 0 && text[whole + 1 + decimals] == '\0';
}

bool number_take(const char **text, char end_mark, long min, long max, long *value) {
  char *end;
  const char *digits = **text == '-' ? *text + 1 : *text;
  if (digits_of(digits) == 0 || is_padded(digits) || (digits != *text && *digits == '0'))
    return false;
  errno = 0;
  *value = strtol(*text, &end, 10);
  if (end == *text || errno != 0 || *end != end_mark || *value < min || *value > max)
    return false;
  *text = end;
  return true;
}
