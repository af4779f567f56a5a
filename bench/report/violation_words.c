/* Four digits, as in tables, or as many as it takes. */
#include "violation_words.h"
#include "scenario/claim.h"
#include "table.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Digits that are tried where those of tables do not tell two numbers apart. */
static const int DIGITS[] = {6, 9, 15};
enum { DIGITS_COUNT = sizeof DIGITS / sizeof DIGITS[0] };

/* `digits` 0: as in tables. */
static void add_digits(struct text *text, double number, int digits) {
  if (digits == 0 || isinf(number))
    table_add_number(text, number);
  else
    text_add(text, "%.*g", digits, number);
}

static bool look_equal(double a, double b, int digits) {
  struct text words[2] = {{0}};
  add_digits(&words[0], a, digits);
  add_digits(&words[1], b, digits);
  const bool equal = strcmp(words[0].data, words[1].data) == 0;
  text_deinit(&words[0]);
  text_deinit(&words[1]);
  return equal;
}

/* The digits that tell two numbers apart. */
static int digits_of(double number, double other) {
  int digits = 0;
  for (size_t i = 0; i < DIGITS_COUNT && !isnan(other) && look_equal(number, other, digits); i++)
    digits = DIGITS[i];
  return digits;
}

static const char *unit_words(const char *unit) {
  const bool none = unit == NULL || strcmp(unit, MEASURE_UNIT_UNKNOWN) == 0;
  return none ? "" : strcmp(unit, "ratio") == 0 ? "%" : unit;
}

void violation_words_add(struct text *text, const struct estimate *estimate, const char *unit,
                         double other) {
  const double scale = unit != NULL && strcmp(unit, "ratio") == 0 ? 100 : 1;
  if (isnan(estimate->value)) {
    text_add(text, "none");
    return;
  }
  const int digits = digits_of(scale * estimate->value, scale * other);
  add_digits(text, scale * estimate->value, digits);
  if (estimate->high - estimate->low > 1e-9 * fabs(estimate->value)) {
    text_add(text, " [");
    add_digits(text, scale * estimate->low, digits);
    text_add(text, ", ");
    add_digits(text, scale * estimate->high, digits);
    text_add(text, "]");
  }
  const char *words = unit_words(unit);
  text_add(text, "%s%s", words[0] == '\0' ? "" : " ", words);
}
