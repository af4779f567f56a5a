/* What lies between the numbers of a result. */
#include "result_form.h"
#include "support/memory.h"
#include "support/number.h"

#include <stdlib.h>
#include <string.h>

/* Goes behind an id that the result begins with, as all do that the simulator prints: it is the
 * key of the run. */
static const char *skip_id(const char *text) {
  static const char ID[] = "{\"id\":\"";
  if (strncmp(text, ID, sizeof ID - 1) != 0)
    return text;
  const char *end = text + sizeof ID - 1;
  end += strcspn(end, "\"\\");
  return *end == '"' ? end + 1 : text;
}

static bool begins_number(char octet) {
  return (octet >= '0' && octet <= '9') || octet == '-';
}

/* Goes to the next number that is in no string, or to the end. */
static const char *next_number(const char *at) {
  for (bool in_string = false; *at != '\0' && (in_string || !begins_number(*at)); at++) {
    if (*at == '"')
      in_string = !in_string;
    else if (*at == '\\' && at[1] != '\0')
      at++;
  }
  return at;
}

static void add_number(struct result_form *form, const char *before, const char *end) {
  if ((form->number_count & (form->number_count + 1)) == 0) /* room for twice as many */
    form->number = memory_resize(form->number, 2 * form->number_count + 2, sizeof *form->number);
  form->number[form->number_count++] =
      (struct result_form_number){before, (size_t)(end - before), NULL};
}

/* Finds the numbers. False if what begins like one is none. */
static bool find_numbers(struct result_form *form) {
  const char *before = skip_id(form->text), *at = next_number(before);
  double number;
  for (; *at != '\0'; at = next_number(at)) {
    add_number(form, before, at);
    if (!number_read(&at, &number))
      return false;
    before = at;
  }
  add_number(form, before, at);
  form->value = memory_get(form->number_count, sizeof *form->value);
  return true;
}

/* Says where in the result the numbers are, from `*next` on. False if there are more. */
static bool place_numbers(struct result_form *form, json_t *at, size_t *next) {
  const char *name;
  size_t i;
  json_t *inner;
  bool good = true;
  if (json_is_real(at)) {
    good = *next + 1 < form->number_count;
    if (good) {
      form->value[*next] = json_real_value(at);
      form->number[(*next)++].at = at;
    }
  }
  json_object_foreach(at, name, inner) {
    good = good && place_numbers(form, inner, next);
  }
  json_array_foreach(at, i, inner) {
    good = good && place_numbers(form, inner, next);
  }
  return good;
}

bool result_form_init(struct result_form *form, const char *text) {
  size_t placed = 0;
  *form = (struct result_form){.text = memory_string(text)};
  form->result = json_loads(text, JSON_DECODE_INT_AS_REAL | JSON_REJECT_DUPLICATES, NULL);
  if (json_is_object(form->result) && find_numbers(form) &&
      place_numbers(form, form->result, &placed) && placed + 1 == form->number_count)
    return true;
  result_form_deinit(form);
  return false;
}

static bool read_numbers(struct result_form *form, const char *text) {
  const char *at = skip_id(text);
  for (size_t i = 0; i < form->number_count; i++) {
    const struct result_form_number *number = &form->number[i];
    if (strncmp(at, number->before, number->length) != 0)
      return false;
    at += number->length;
    if (number->at != NULL && !number_read(&at, &form->value[i]))
      return false;
  }
  return *at == '\0';
}

bool result_form_read(struct result_form *form, const char *text) {
  if (!read_numbers(form, text))
    return false;
  for (size_t i = 0; form->has_tree && i + 1 < form->number_count; i++)
    json_real_set(form->number[i].at, form->value[i]);
  return true;
}

size_t result_form_index(const struct result_form *form, const json_t *number, size_t from) {
  size_t i = from;
  while (form->number[i].at != number)
    i = i + 1 < form->number_count ? i + 1 : 0;
  return i;
}

void result_form_deinit(struct result_form *form) {
  json_decref(form->result);
  free(form->text);
  free(form->number);
  free(form->value);
  *form = (struct result_form){0};
}
