/* Values of spec keys, and words that are near to each other. */
#include "value.h"
#include "memory.h"
#include "common/nearest.h"

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

const char *value_nearest(const char *word, const char *const *names, size_t count) {
  struct nearest nearest = nearest_to(word);
  for (size_t i = 0; i < count; i++)
    nearest_offer(&nearest, names[i]);
  return nearest_name(&nearest);
}
