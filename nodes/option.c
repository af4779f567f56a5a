/* Values of options. */
#include "option.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct option_value *find_value(struct option_values *values,
                                       const struct option_row *option) {
  for (size_t i = 0; i < values->count; i++)
    if (values->item[i].option == option)
      return &values->item[i];
  return NULL;
}

double option_get(const struct option_values *values, const struct option_row *option) {
  for (size_t i = 0; i < values->count; i++)
    if (values->item[i].option == option)
      return values->item[i].value;
  return option->fallback;
}

bool option_is_on(const struct option_values *values, const struct option_row *option) {
  return option_get(values, option) > 0;
}

void option_set(struct option_values *values, const struct option_row *option, double value) {
  assert(option_accepts(option, value));
  struct option_value *item = find_value(values, option);
  if (item == NULL) {
    assert(values->count < OPTION_VALUES_MAX);
    item = &values->item[values->count++];
    item->option = option;
  }
  item->value = value;
}

const char *const *option_texts(const struct option_row *option) {
  static const char *const switched[] = {"off", "on", NULL};
  return option->kind == OPTION_CHOICE ? option->values : switched;
}

static bool is_whole(double value) {
  return value >= 0 && value == floor(value);
}

bool option_accepts(const struct option_row *option, double value) {
  switch (option->kind) {
  case OPTION_INTEGER:
    return value >= option->least && value <= option->most && is_whole(value);
  case OPTION_NUMBER: {
    const double hundredths = value * 100;
    return value >= option->least && value <= option->most &&
           fabs(hundredths - round(hundredths)) < 1e-6;
  }
  default:
    for (size_t i = 0; option_texts(option)[i] != NULL; i++)
      if (is_whole(value) && (size_t)value == i)
        return true;
    return false;
  }
}

static bool parse_number(const char *text, const char *characters, double *value) {
  char *end;
  *value = strtod(text, &end);
  return text[0] != '\0' && text[strspn(text, characters)] == '\0' && *end == '\0';
}

bool option_parse(const struct option_row *option, const char *text, double *value) {
  if (option->kind == OPTION_INTEGER)
    return parse_number(text, "0123456789", value) && option_accepts(option, *value);
  if (option->kind == OPTION_NUMBER)
    return parse_number(text, "0123456789.", value) && option_accepts(option, *value);
  const char *const *texts = option_texts(option);
  for (size_t i = 0; texts[i] != NULL; i++)
    if (strcmp(texts[i], text) == 0) {
      *value = (double)i;
      return true;
    }
  return false;
}
