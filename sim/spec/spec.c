/* Reads, checks and prints specifications, all from the table in spec.def. */
#include "spec.h"

#include "lower/lower.h"
#include "common/nearest.h"
#include "resolve.h"
#include "sheet.h"

#include <assert.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* clang-format off */
static const struct spec_field ROWS[] = {
#define FIELD(name_, type_, unit_, fallback_, least_, most_, applies_, help_)                      \
  .name = #name_, .type = type_, .unit = unit_, .fallback = fallback_, .least = least_,            \
  .most = (double)(most_), .applies = applies_, .help = help_, .offset = offsetof(struct spec, name_)
#define STRING(name, longest, applies, help)                                                       \
  {FIELD(name, SPEC_TYPE_STRING, "", 0, 0, longest, applies, help), .text = ""},
#define PATH(name, longest, applies, help)                                                         \
  {FIELD(name, SPEC_TYPE_STRING, "", 0, 0, longest, applies, help), .text = "", .path = true, .ending = ""},
#define NAMED(name, fallback_, longest, applies, help)                                             \
  {FIELD(name, SPEC_TYPE_STRING, "", 0, 0, longest, applies, help), .text = fallback_, .path = true, .ending = SHEET_ENDING},
#define FIGURES(name, applies, help)                                                               \
  {FIELD(name, SPEC_TYPE_STRING, "", 0, 0, SPEC_FIGURES_MAX, applies, help), .text = "", .resolved = true},
#define CHOICE(name, fallback, applies, help)                                                      \
  {FIELD(name, SPEC_TYPE_CHOICE, "", fallback, 0, 0, applies, help), .values = (const char *const[]){
#define VALUE(id, text) [id] = text,
#define CHOICE_END NULL}},
#define INTEGER(name, unit, fallback, least, most, applies, help)                                  \
  {FIELD(name, SPEC_TYPE_INTEGER, unit, fallback, least, most, applies, help)},
#define NUMBER(name, unit, fallback, least, most, applies, help)                                   \
  {FIELD(name, SPEC_TYPE_NUMBER, unit, fallback, least, most, applies, help)},
#define OPTIONS {.name = NULL},
#include "spec.def"
#undef FIELD
};
/* clang-format on */

enum { ROW_TOTAL = sizeof ROWS / sizeof ROWS[0], FIELDS_MAX = ROW_TOTAL + OPTION_VALUES_MAX };

static struct spec_field field_of_option(const struct option_row *option) {
  static const enum spec_type types[] = {[OPTION_INTEGER] = SPEC_TYPE_INTEGER,
                                         [OPTION_NUMBER] = SPEC_TYPE_NUMBER,
                                         [OPTION_SWITCH] = SPEC_TYPE_CHOICE,
                                         [OPTION_CHOICE] = SPEC_TYPE_CHOICE};
  const bool choice = types[option->kind] == SPEC_TYPE_CHOICE;
  return (struct spec_field){.name = option->name,
                             .type = types[option->kind],
                             .unit = option->unit,
                             .values = choice ? option_texts(option) : NULL,
                             .fallback = option->fallback,
                             .least = option->least,
                             .most = option->most,
                             .applies = lower_option_applies(option),
                             .help = option->help,
                             .option = option};
}

const struct spec_field *spec_fields(size_t *count) {
  static struct spec_field fields[FIELDS_MAX];
  static size_t filled;
  size_t options;
  const struct option_row *const *rows = lower_options(&options);
  for (size_t i = 0; filled < ROW_TOTAL - 1 + options; i++) {
    if (ROWS[i].name != NULL)
      fields[filled++] = ROWS[i];
    for (size_t j = 0; ROWS[i].name == NULL && j < options; j++)
      fields[filled++] = field_of_option(rows[j]);
  }
  *count = filled;
  return fields;
}

const struct spec_field *spec_field_find(const char *name, size_t length) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  for (size_t i = 0; i < count; i++)
    if (strlen(fields[i].name) == length && strncmp(fields[i].name, name, length) == 0)
      return &fields[i];
  return NULL;
}

/* Values */

static const void *field_place(const struct spec *spec, const struct spec_field *field) {
  return (const char *)spec + field->offset;
}

double spec_number(const struct spec *spec, const struct spec_field *field) {
  if (field->option != NULL)
    return option_get(&spec->options, field->option);
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    return *(const int *)field_place(spec, field);
  case SPEC_TYPE_INTEGER:
    return (double)*(const int64_t *)field_place(spec, field);
  default:
    assert(field->type == SPEC_TYPE_NUMBER);
    return *(const double *)field_place(spec, field);
  }
}

void spec_set_number(struct spec *spec, const struct spec_field *field, double value) {
  void *place = (char *)spec + field->offset;
  if (field->option != NULL)
    option_set(&spec->options, field->option, value);
  else if (field->type == SPEC_TYPE_CHOICE)
    *(int *)place = (int)value;
  else if (field->type == SPEC_TYPE_INTEGER)
    *(int64_t *)place = (int64_t)value;
  else
    *(double *)place = value;
}

static void defaults_make(struct spec *spec) {
  char error[SPEC_ERROR_MAX];
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  for (size_t i = 0; i < count; i++)
    if (fields[i].type == SPEC_TYPE_STRING)
      strcpy((char *)spec + fields[i].offset, fields[i].text);
    else
      spec_set_number(spec, &fields[i], fields[i].fallback);
  if (!spec_resolve_devices(spec, NULL, error)) {
    fprintf(stderr, "coap-eap-sim: %s\n", error);
    abort();
  }
}

void spec_init(struct spec *spec) {
  static struct spec defaults;
  static bool made;
  if (!made)
    defaults_make(&defaults);
  made = true;
  *spec = defaults;
}

/* Errors */

/* What a field accepts: "line | star", "1 to 16 (integer)". */
static void describe_accepted(const struct spec_field *field, char *out, size_t capacity) {
  size_t used = 0;
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    out[0] = '\0';
    for (size_t i = 0; field->values[i] != NULL && used < capacity; i++)
      used += (size_t)snprintf(out + used, capacity - used, "%s%s", i == 0 ? "" : " | ",
                               field->values[i]);
    break;
  case SPEC_TYPE_STRING:
    snprintf(out, capacity, "a string of at most %.0f octets", field->most);
    break;
  default:
    snprintf(
        out, capacity, "%s from %.0f to %.0f%s",
        field->type == SPEC_TYPE_INTEGER ? "an integer" : "a number", field->least, field->most,
        field->option != NULL && field->option->kind == OPTION_NUMBER ? " with at most two decimals"
                                                                      : "");
  }
}

static bool spec_refuse(char error[SPEC_ERROR_MAX], const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(error, SPEC_ERROR_MAX, format, arguments);
  va_end(arguments);
  return false;
}

static bool refuse_value(const struct spec_field *field, const json_t *value,
                         char error[SPEC_ERROR_MAX]) {
  char accepted[SPEC_ERROR_MAX], question[NEAREST_QUESTION_MAX];
  describe_accepted(field, accepted, sizeof accepted);
  char *given = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
  struct nearest nearest = nearest_to(json_is_string(value) ? json_string_value(value) : "");
  for (size_t i = 0; field->values != NULL && field->values[i] != NULL; i++)
    nearest_offer(&nearest, field->values[i]);
  spec_refuse(error, "%s: %.100s is not accepted;%s it takes %s", field->name,
              given == NULL ? "the value" : given, nearest_question(&nearest, question), accepted);
  free(given);
  return false;
}

static bool refuse_key(const char *key, char error[SPEC_ERROR_MAX]) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  struct nearest nearest = nearest_to(key);
  for (size_t i = 0; i < count; i++)
    nearest_offer(&nearest, fields[i].name);
  char question[NEAREST_QUESTION_MAX];
  size_t used =
      (size_t)snprintf(error, SPEC_ERROR_MAX, "unknown key \"%.60s\";%s accepted keys:", key,
                       nearest_question(&nearest, question));
  for (size_t i = 0; i < count && used < SPEC_ERROR_MAX; i++)
    used += (size_t)snprintf(error + used, SPEC_ERROR_MAX - used, "%s %s", i == 0 ? "" : ",",
                             fields[i].name);
  return false;
}

/* Parsing */

static bool read_choice(const struct spec_field *field, const json_t *value, double *out) {
  if (!json_is_string(value))
    return false;
  for (int i = 0; field->values[i] != NULL; i++) {
    if (strcmp(field->values[i], json_string_value(value)) == 0) {
      *out = i;
      return true;
    }
  }
  return false;
}

static bool read_integer(const struct spec_field *field, const json_t *value, double *out) {
  const double number = json_number_value(value);
  if (!json_is_number(value) || floor(number) != number || number < field->least ||
      number > field->most)
    return false;
  *out = number;
  /* an integer that a double rounds down to the limit */
  return !json_is_integer(value) || json_integer_value(value) <= (json_int_t)field->most;
}

static bool read_number(const struct spec_field *field, const json_t *value, double *out) {
  *out = json_number_value(value);
  return json_is_number(value) && *out >= field->least && *out <= field->most &&
         (field->option == NULL || option_accepts(field->option, *out));
}

static bool read_string(const struct spec_field *field, const json_t *value, struct spec *spec) {
  if (!json_is_string(value) || json_string_length(value) > (size_t)field->most)
    return false;
  memcpy((char *)spec + field->offset, json_string_value(value), json_string_length(value) + 1);
  return true;
}

static bool read_value(const struct spec_field *field, const json_t *value, struct spec *spec) {
  double number;
  bool good;
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    good = read_choice(field, value, &number);
    break;
  case SPEC_TYPE_INTEGER:
    good = read_integer(field, value, &number);
    break;
  case SPEC_TYPE_NUMBER:
    good = read_number(field, value, &number);
    break;
  default:
    return read_string(field, value, spec);
  }
  if (good)
    spec_set_number(spec, field, number);
  return good;
}

static bool read_object(json_t *object, struct spec *spec, char error[SPEC_ERROR_MAX]) {
  const char *key;
  json_t *value;
  if (!json_is_object(object))
    return spec_refuse(error, "a specification is one JSON object on one line");
  const struct spec_field *id = spec_field_find("id", strlen("id"));
  value = json_object_get(object, "id"); /* first, so that every error can name its run */
  if (value != NULL && !read_value(id, value, spec))
    return refuse_value(id, value, error);
  json_object_foreach(object, key, value) {
    const struct spec_field *field = spec_field_find(key, strlen(key));
    if (field == NULL)
      return refuse_key(key, error);
    if (!read_value(field, value, spec))
      return refuse_value(field, value, error);
  }
  return spec_resolve(spec, object, error);
}

bool spec_parse(const char *text, struct spec *spec, char error[SPEC_ERROR_MAX]) {
  json_error_t json_error;
  spec_init(spec);
  json_t *object = json_loads(text, JSON_REJECT_DUPLICATES, &json_error);
  if (object == NULL)
    return spec_refuse(error, "not a JSON object: column %d: %s", json_error.column,
                       json_error.text);
  const bool good = read_object(object, spec, error);
  if (!good) {
    struct spec defaults;
    spec_init(&defaults);
    memcpy(defaults.id, spec->id, sizeof defaults.id);
    *spec = defaults;
  }
  json_decref(object);
  return good;
}

/* Printing */

static json_t *value_to_json(const struct spec *spec, const struct spec_field *field) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    return json_string(field->values[(size_t)spec_number(spec, field)]);
  case SPEC_TYPE_INTEGER:
    return json_integer((json_int_t)spec_number(spec, field));
  case SPEC_TYPE_NUMBER:
    return json_real(spec_number(spec, field));
  default:
    return json_string(field_place(spec, field));
  }
}

json_t *spec_to_json(const struct spec *spec) {
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  json_t *object = json_object();
  for (size_t i = 0; i < count; i++)
    if (strcmp(fields[i].name, "id") != 0)
      json_object_set_new_nocheck(object, fields[i].name, value_to_json(spec, &fields[i]));
  return object;
}

void spec_text(const struct spec *spec, const struct spec_field *field, char text[SPEC_TEXT_MAX]) {
  switch (field->type) {
  case SPEC_TYPE_CHOICE:
    snprintf(text, SPEC_TEXT_MAX, "%s", field->values[(size_t)spec_number(spec, field)]);
    break;
  case SPEC_TYPE_INTEGER:
    snprintf(text, SPEC_TEXT_MAX, "%lld", (long long)spec_number(spec, field));
    break;
  case SPEC_TYPE_NUMBER:
    snprintf(text, SPEC_TEXT_MAX, "%.17g", spec_number(spec, field));
    break;
  default:
    snprintf(text, SPEC_TEXT_MAX, "%s", (const char *)field_place(spec, field));
  }
}
