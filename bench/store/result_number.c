/* Numbers of results, by dots. */
#include "result_number.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

static bool is_named(const json_t *item, const char *key, const char *name, size_t length) {
  const char *text = json_string_value(json_object_get(item, key));
  return text != NULL && strlen(text) == length && strncmp(text, name, length) == 0;
}

/* The number at "a.b.c". A row that is not in a ledger has no bytes. In an array it is the sum over
 * the items with this label or direction. `place` says where it is found. */
static double number_at(const json_t *at, const char *metric, bool in_ledger,
                        struct result_place *place) {
  if (*metric == '\0') {
    place->number = json_is_number(at) ? at : NULL;
    return json_is_number(at) ? json_number_value(at) : NAN;
  }
  size_t length = strcspn(metric, ".");
  const char *rest = metric + length + (metric[length] == '.');
  double sum = NAN;
  for (size_t i = 0; i < json_array_size(at); i++) {
    const json_t *item = json_array_get(at, i);
    if (is_named(item, "label", metric, length) || is_named(item, "direction", metric, length))
      sum = (isnan(sum) ? 0 : sum) + number_at(item, rest, false, place);
  }
  if (json_is_array(at)) {
    place->is_sum = true;
    return sum;
  }
  const json_t *inner = json_object_getn(at, metric, length);
  if (inner == NULL)
    return in_ledger && json_is_object(at) ? 0 : NAN;
  bool ledger = strncmp(metric, "ledger", 6) == 0 || strncmp(metric, "app_ledger", 10) == 0;
  return number_at(inner, rest, ledger && json_is_object(inner), place);
}

/* A phase that a run does not have has no octets, and no messages. */
static double phase_number(const json_t *result, const char *metric) {
  static const char PHASES[] = "phases.", BYTES[] = "bytes_", DATAGRAMS[] = "datagrams";
  const json_t *phases = json_object_get(result, "phases");
  const char *phase = metric + sizeof PHASES - 1, *tail = strrchr(metric, '.') + 1;
  if (!json_is_object(phases) || json_object_getn(phases, phase, strcspn(phase, ".")) != NULL)
    return NAN;
  return strncmp(tail, BYTES, sizeof BYTES - 1) == 0 || strcmp(tail, DATAGRAMS) == 0 ? 0 : NAN;
}

struct result_place result_place_find(const json_t *result, const char *metric) {
  struct result_place place = {0};
  const double number = number_at(result, metric, false, &place);
  place.fixed =
      isnan(number) && strncmp(metric, "phases.", 7) == 0 ? phase_number(result, metric) : number;
  return place;
}

double result_number(const json_t *result, const char *metric) {
  return result_place_find(result, metric).fixed;
}
