/* Most numbers have few digits, which are exact in a double: these are read and written here, all
 * others by the C library. */
#include "number.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DECIMAL = 10, DIGITS_EXACT = 15, DECIMALS_WRITTEN = 9 };

/* Powers of ten, all of them exact. */
static const double POWERS[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

static bool is_digit(char octet) {
  return octet >= '0' && octet <= '9';
}

/* Goes behind digits, and adds them to `whole`, as long as there are no more than are exact.
 * Returns how many they are. */
static size_t read_digits(const char **at, uint64_t *whole, size_t before) {
  const char *begin = *at;
  for (; is_digit(**at); (*at)++)
    if (before + (size_t)(*at - begin) < DIGITS_EXACT)
      *whole = *whole * DECIMAL + (uint64_t)(**at - '0');
  return (size_t)(*at - begin);
}

/* Goes behind an exponent. False if it has no digits. */
static bool skip_exponent(const char **at) {
  uint64_t ignored = 0;
  (*at)++;
  *at += **at == '+' || **at == '-';
  return read_digits(at, &ignored, 0) > 0;
}

bool number_read(const char **at, double *number) {
  const char *const begin = *at;
  const bool is_negative = *begin == '-';
  uint64_t whole = 0;
  *at += is_negative;
  const bool has_zero = **at == '0';
  const size_t digits = read_digits(at, &whole, 0);
  if (digits == 0 || (has_zero && digits > 1))
    return false;
  size_t decimals = 0;
  if (**at == '.') {
    (*at)++;
    decimals = read_digits(at, &whole, digits);
    if (decimals == 0)
      return false;
  }
  const bool has_exponent = **at == 'e' || **at == 'E';
  if (has_exponent && !skip_exponent(at))
    return false;
  if (has_exponent || digits + decimals > DIGITS_EXACT) {
    *number = strtod(begin, NULL);
    return isfinite(*number);
  }
  *number = (double)whole / POWERS[decimals];
  *number = is_negative ? -*number : *number;
  return true;
}

/* Writes the number whole / 10^decimals, of which the last digit is not 0, before `end`. Returns
 * where it begins. */
static char *write_back(char *end, uint64_t whole, size_t decimals) {
  for (size_t i = 0; i < decimals || whole > 0 || i == decimals; i++) {
    if (i == decimals && decimals > 0)
      *--end = '.';
    *--end = (char)('0' + whole % DECIMAL);
    whole /= DECIMAL;
  }
  return end;
}

/* Writes a number with few decimals; false if it has more, or is as small or large that others
 * write an exponent. */
static bool add_few(struct text *text, double number) {
  char digits[40];
  const double size = fabs(number);
  if ((size > 0 && size < 1e-4) || size >= 1e15)
    return false;
  for (size_t decimals = 0; decimals <= DECIMALS_WRITTEN; decimals++) {
    const double scaled = rint(size * POWERS[decimals]);
    if (scaled >= 1e15)
      return false;
    const double back = scaled / POWERS[decimals];
    if (back < size || back > size)
      continue;
    char *end = digits + sizeof digits, *begin = write_back(end, (uint64_t)scaled, decimals);
    if (signbit(number))
      *--begin = '-';
    text_add_bytes(text, begin, (size_t)(end - begin));
    return true;
  }
  return false;
}

void number_add(struct text *text, double number) {
  char digits[40];
  if (isnan(number) || add_few(text, number))
    return;
  snprintf(digits, sizeof digits, "%.15g", number);
  const double back = strtod(digits, NULL);
  if (back < number || back > number)
    snprintf(digits, sizeof digits, "%.17g", number);
  text_add_bytes(text, digits, strlen(digits));
}
