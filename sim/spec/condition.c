/* Conditions are read into terms once, and the terms compared with a specification. */
#include "condition.h"

#include <ctype.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *condition_resize(void *memory, size_t count, size_t size) {
  memory = realloc(memory, count * size);
  if (memory == NULL)
    abort();
  return memory;
}

/* Terms */

static bool number_equal(double a, double b) {
  return a >= b && a <= b;
}

static void term_add(struct condition_term *term, double value) {
  term->values = condition_resize(term->values, term->value_count + 1, sizeof *term->values);
  term->values[term->value_count++] = value;
}

static bool term_lists(const struct condition_term *term, double value) {
  for (size_t i = 0; i < term->value_count; i++)
    if (number_equal(term->values[i], value))
      return true;
  return false;
}

static bool term_equal(const struct condition_term *a, const struct condition_term *b) {
  if (a->key != b->key || a->relation != b->relation || a->other != b->other ||
      a->value_count != b->value_count)
    return false;
  for (size_t i = 0; i < a->value_count; i++)
    if (!term_lists(b, a->values[i]))
      return false;
  return true;
}

/* Adds a copy, but for one that is there already. */
static void condition_add(struct condition *condition, const struct condition_term *term) {
  for (size_t i = 0; i < condition->count; i++)
    if (term_equal(&condition->terms[i], term))
      return;
  struct condition_term copy = *term;
  copy.values = NULL;
  copy.value_count = 0;
  for (size_t i = 0; i < term->value_count; i++)
    term_add(&copy, term->values[i]);
  condition->terms = condition_resize(condition->terms, condition->count + 1, sizeof copy);
  condition->terms[condition->count++] = copy;
}

static void condition_add_needs(struct condition *condition, const struct spec_field *key) {
  const struct condition *needs = condition_of(key);
  for (size_t i = 0; i < needs->count; i++)
    condition_add(condition, &needs->terms[i]);
}

/* Reading */

struct condition_reader {
  const char *text; /* all of it */
  const char *at;
  char *error; /* CONDITION_ERROR_MAX */
};

static bool reader_complain(const struct condition_reader *reader, const char *format, ...) {
  char what[CONDITION_ERROR_MAX / 2];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(what, sizeof what, format, arguments);
  va_end(arguments);
  snprintf(reader->error, CONDITION_ERROR_MAX, "\"%.120s\": %s", reader->text, what);
  return false;
}

static bool reader_skip(struct condition_reader *reader, const char *word) {
  const size_t length = strlen(word);
  reader->at += strspn(reader->at, " ");
  if (strncmp(reader->at, word, length) != 0)
    return false;
  reader->at += length;
  return true;
}

static size_t reader_word(struct condition_reader *reader) {
  reader_skip(reader, "");
  return strcspn(reader->at, " &|=!<");
}

static bool reader_key(struct condition_reader *reader, const struct spec_field **key) {
  const size_t length = reader_word(reader);
  *key = spec_field_find(reader->at, length);
  if (*key == NULL)
    return reader_complain(reader, "there is no key \"%.*s\"", (int)length, reader->at);
  if ((*key)->type == SPEC_TYPE_STRING)
    return reader_complain(reader, "%s is a string, and in no condition", (*key)->name);
  reader->at += length;
  return true;
}

static bool key_choice_parse(const struct spec_field *key, const char *text, size_t length,
                             double *value) {
  for (int i = 0; key->values[i] != NULL; i++) {
    if (strlen(key->values[i]) == length && strncmp(key->values[i], text, length) == 0) {
      *value = i;
      return true;
    }
  }
  return false;
}

static bool number_parse(const struct spec_field *key, const char *text, size_t length,
                         double *value) {
  char *end;
  *value = strtod(text, &end);
  return isdigit((unsigned char)*text) && end == text + length && *value >= key->least &&
         *value <= key->most &&
         (key->type == SPEC_TYPE_NUMBER || number_equal(floor(*value), *value));
}

static bool reader_value(struct condition_reader *reader, struct condition_term *term) {
  const size_t length = reader_word(reader);
  double value;
  const bool good = term->key->type == SPEC_TYPE_CHOICE
                        ? key_choice_parse(term->key, reader->at, length, &value)
                        : number_parse(term->key, reader->at, length, &value);
  if (!good)
    return reader_complain(reader, "%s has no value \"%.*s\"", term->key->name, (int)length,
                           reader->at);
  if (term_lists(term, value))
    return reader_complain(reader, "the value \"%.*s\" is here twice", (int)length, reader->at);
  term_add(term, value);
  reader->at += length;
  return true;
}

static bool reader_other(struct condition_reader *reader, struct condition_term *term) {
  if (!reader_key(reader, &term->other))
    return false;
  if (term->key->type == SPEC_TYPE_CHOICE || term->other->type == SPEC_TYPE_CHOICE)
    return reader_complain(reader, "only numbers are one below the other");
  return true;
}

static bool reader_term(struct condition_reader *reader, struct condition_term *term) {
  if (!reader_key(reader, &term->key))
    return false;
  if (reader_skip(reader, "<")) {
    term->relation = CONDITION_BELOW;
    return reader_other(reader, term);
  }
  term->relation = reader_skip(reader, "!") ? CONDITION_NOT : CONDITION_IN;
  if (!reader_skip(reader, "="))
    return reader_complain(reader, "=, != or < has to follow %s", term->key->name);
  do
    if (!reader_value(reader, term))
      return false;
  while (reader_skip(reader, "|"));
  return true;
}

static bool reader_terms(struct condition_reader *reader, struct condition *condition) {
  do {
    struct condition_term term = {0};
    const bool good = reader_term(reader, &term);
    if (good) {
      condition_add_needs(condition, term.key);
      if (term.other != NULL)
        condition_add_needs(condition, term.other);
      condition_add(condition, &term);
    }
    free(term.values);
    if (!good)
      return false;
  } while (reader_skip(reader, "&"));
  return *reader->at == '\0' || reader_complain(reader, "& has to stand before \"%s\"", reader->at);
}

bool condition_parse(const char *text, struct condition *condition,
                     char error[CONDITION_ERROR_MAX]) {
  struct condition_reader reader = {.text = text, .at = text, .error = error};
  *condition = (struct condition){0};
  if (*text == '\0' || reader_terms(&reader, condition))
    return true;
  condition_deinit(condition);
  return false;
}

void condition_deinit(struct condition *condition) {
  for (size_t i = 0; i < condition->count; i++)
    free(condition->terms[i].values);
  free(condition->terms);
  *condition = (struct condition){0};
}

/* Those of spec.def */

static void condition_abort(const struct spec_field *field, const char *why) {
  fprintf(stderr, "coap-eap-sim: spec.def: %s: %s\n", field->name, why);
  abort();
}

const struct condition *condition_of(const struct spec_field *field) {
  static struct kept {
    enum { UNREAD, BEING_READ, READ } state;
    struct condition condition;
  } * all;
  size_t count;
  const struct spec_field *fields = spec_fields(&count);
  if (all == NULL && (all = calloc(count, sizeof *all)) == NULL)
    abort();
  struct kept *kept = &all[field - fields];
  if (kept->state == BEING_READ)
    condition_abort(field, "its condition depends on itself");
  if (kept->state == UNREAD) {
    char error[CONDITION_ERROR_MAX];
    kept->state = BEING_READ;
    if (!condition_parse(field->applies, &kept->condition, error))
      condition_abort(field, error);
    kept->state = READ;
  }
  return &kept->condition;
}

/* Use */

static bool term_holds(const struct condition_term *term, const struct spec *spec) {
  const double value = spec_number(spec, term->key);
  switch (term->relation) {
  case CONDITION_BELOW:
    return value < spec_number(spec, term->other);
  case CONDITION_NOT:
    return !term_lists(term, value);
  default:
    return term_lists(term, value);
  }
}

bool condition_holds(const struct condition *condition, const struct spec *spec) {
  for (size_t i = 0; i < condition->count; i++)
    if (!term_holds(&condition->terms[i], spec))
      return false;
  return true;
}

static json_t *term_value_to_json(const struct spec_field *key, double value) {
  switch (key->type) {
  case SPEC_TYPE_CHOICE:
    return json_string(key->values[(int)value]);
  case SPEC_TYPE_INTEGER:
    return json_integer((json_int_t)value);
  default:
    return json_real(value);
  }
}

static json_t *term_to_json(const struct condition_term *term) {
  if (term->relation == CONDITION_BELOW)
    return json_pack("{s:s,s:s}", "key", term->key->name, "below", term->other->name);
  json_t *values = json_array();
  for (size_t i = 0; i < term->value_count; i++)
    json_array_append_new(values, term_value_to_json(term->key, term->values[i]));
  return json_pack("{s:s,s:o}", "key", term->key->name,
                   term->relation == CONDITION_NOT ? "not" : "in", values);
}

json_t *condition_to_json(const struct condition *condition) {
  json_t *array = json_array();
  for (size_t i = 0; i < condition->count; i++)
    json_array_append_new(array, term_to_json(&condition->terms[i]));
  return array;
}
