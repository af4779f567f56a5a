/* Values of spec keys, and words that are near to each other. */
#include "value.h"
#include "memory.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool value_equal(const json_t *a, const json_t *b) {
  if (json_is_number(a) && json_is_number(b)) {
    double x = json_number_value(a), y = json_number_value(b);
    return fabs(x - y) <= 1e-12 * fmax(fabs(x), fabs(y));
  }
  return json_equal(a, b);
}

char *value_print(const json_t *value) {
  if (json_is_string(value))
    return memory_string(json_string_value(value));
  if (json_is_integer(value))
    return text_format("%lld", (long long)json_integer_value(value));
  return text_format("%.15g", json_number_value(value));
}

const char *value_string(const json_t *object, const char *name) {
  const char *string = json_string_value(json_object_get(object, name));
  return string == NULL ? "" : string;
}

void value_add_number(struct text *text, double number) {
  char digits[40];
  if (isnan(number))
    return;
  snprintf(digits, sizeof digits, "%.15g", number);
  if (strtod(digits, NULL) < number || strtod(digits, NULL) > number)
    snprintf(digits, sizeof digits, "%.17g", number);
  text_add(text, "%s", digits);
}

bool value_matches(json_t *filter, json_t *values) {
  const char *name;
  json_t *accepted;
  json_object_foreach(filter, name, accepted) {
    const json_t *value = json_object_get(values, name);
    bool found = false;
    for (size_t i = 0; value != NULL && i < json_array_size(accepted); i++)
      found = found || value_equal(json_array_get(accepted, i), value);
    if (!found)
      return false;
  }
  return true;
}

char *value_canonical(const json_t *object) {
  return json_dumps(object, JSON_COMPACT | JSON_SORT_KEYS | JSON_REAL_PRECISION(15));
}

enum { WORD_MAX = 64 };

static size_t smallest(size_t a, size_t b, size_t c) {
  size_t least = a < b ? a : b;
  return least < c ? least : c;
}

/* Of longer words than WORD_MAX: far. */
static size_t edit_distance(const char *a, const char *b) {
  size_t row[3][WORD_MAX + 1];
  size_t n = strlen(a), m = strlen(b);
  if (n > WORD_MAX || m > WORD_MAX)
    return SIZE_MAX;
  for (size_t j = 0; j <= m; j++)
    row[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      now[j] = smallest(now[j - 1] + 1, before[j] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = smallest(now[j], earlier[j - 2] + 1, now[j]);
    }
  }
  return row[n % 3][m];
}

const char *value_nearest(const char *word, const char *const *names, size_t count) {
  const char *nearest = NULL;
  size_t least = strlen(word) / 3 + 2;
  for (size_t i = 0; i < count; i++) {
    size_t distance = edit_distance(word, names[i]);
    if (distance < least) {
      least = distance;
      nearest = names[i];
    }
  }
  for (size_t i = 0; nearest == NULL && i < count && *word != '\0'; i++)
    if (strncmp(names[i], word, strlen(word)) == 0)
      nearest = names[i];
  return nearest;
}
