/* Results as JSON lines, from the table in result.def. */
#include "result.h"

#include "code.h"
#include "json_arena.h"
#include "json_line.h"

#include <math.h>

const struct result_field *result_fields(size_t *count) {
  static const struct result_field fields[] = {
#define TEXT(name, unit, help) {#name, "text", unit, help},
#define COUNT(name, unit, help) {#name, "count", unit, help},
#define FIGURE(name, unit, help) {#name, "figure", unit, help},
#define JSON(name, unit, help) {#name, "json", unit, help},
#include "result.def"
#undef TEXT
#undef COUNT
#undef FIGURE
#undef JSON
  };
  *count = sizeof fields / sizeof fields[0];
  return fields;
}

void result_init(struct result *result, const struct spec *spec) {
  *result = (struct result){
#define TEXT(name, unit, help) .name = "",
#define COUNT(name, unit, help) .name = -1,
#define FIGURE(name, unit, help) .name = NAN,
#define JSON(name, unit, help) .name = NULL,
#include "result.def"
#undef TEXT
#undef COUNT
#undef FIGURE
#undef JSON
  };
  result->id = spec->id;
  result->of = spec;
}

void result_open(struct result *result) {
  result->open = true;
  json_arena_open();
}

static json_t *text_or_null(const char *value) {
  return value == NULL ? json_null() : json_string(value);
}

static json_t *count_or_null(int64_t value) {
  return value < 0 ? json_null() : json_integer(value);
}

static json_t *figure_or_null(double value) {
  return isfinite(value) ? json_real(value) : json_null();
}

static json_t *json_or_null(json_t *value) {
  return value == NULL ? json_null() : value;
}

char *result_finish(struct result *result) {
  if (!result->open)
    result_open(result);
  result->spec = spec_to_json(result->of);
  result->code = code_to_json();
  json_t *object = json_object();
#define TEXT(name, unit, help)                                                                     \
  json_object_set_new_nocheck(object, #name, text_or_null(result->name));
#define COUNT(name, unit, help)                                                                    \
  json_object_set_new_nocheck(object, #name, count_or_null(result->name));
#define FIGURE(name, unit, help)                                                                   \
  json_object_set_new_nocheck(object, #name, figure_or_null(result->name));
#define JSON(name, unit, help)                                                                     \
  json_object_set_new_nocheck(object, #name, json_or_null(result->name));
#include "result.def"
#undef TEXT
#undef COUNT
#undef FIGURE
#undef JSON
  char *line = json_line(object);
  json_arena_close();
  return line;
}

char *result_without_run(const struct spec *spec, const char *outcome, const char *reason) {
  struct result result;
  result_init(&result, spec);
  result.outcome = outcome;
  result.reason = reason;
  return result_finish(&result);
}
