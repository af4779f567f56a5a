/* Writes JSON values behind each other into one buffer. */
#include "json_line.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { JSON_LINE_FIRST = 16384, JSON_LINE_NUMBER_MAX = 40 };

/* Six decimals: nanoseconds, in milliseconds. */
enum { DECIMALS = 6, DECIMALS_UNIT = 1000000 };

struct json_line {
  char *text;
  size_t length, capacity;
};

static void line_value(struct json_line *line, const json_t *value);

/* A place for so many octets more, and the end. */
static char *line_place(struct json_line *line, size_t length) {
  if (line->length + length >= line->capacity) {
    line->capacity = 2 * (line->length + length) + JSON_LINE_FIRST;
    line->text = realloc(line->text, line->capacity);
    if (line->text == NULL)
      abort();
  }
  return line->text + line->length;
}

static void line_text(struct json_line *line, const char *text, size_t length) {
  memcpy(line_place(line, length), text, length);
  line->length += length;
}

static void line_char(struct json_line *line, char c) {
  *line_place(line, 1) = c;
  line->length++;
}

/* As the library writes it. */
static void line_dumps(struct json_line *line, const json_t *value) {
  char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT | JSON_REAL_PRECISION(15));
  if (text == NULL)
    abort();
  line_text(line, text, strlen(text));
  json_malloc_t take;
  json_free_t leave;
  json_get_alloc_funcs(&take, &leave);
  leave(text);
}

/* Texts */

static bool text_is_plain(const char *text, size_t length) {
  for (size_t i = 0; i < length; i++)
    if ((unsigned char)text[i] < 0x20 || text[i] == '"' || text[i] == '\\')
      return false;
  return true;
}

static void line_string(struct json_line *line, const char *text, size_t length) {
  if (!text_is_plain(text, length)) {
    json_t *value = json_stringn_nocheck(text, length);
    line_dumps(line, value);
    json_decref(value);
    return;
  }
  char *at = line_place(line, length + 2);
  at[0] = '"';
  memcpy(at + 1, text, length);
  at[length + 1] = '"';
  line->length += length + 2;
}

/* Numbers */

static void line_digits(struct json_line *line, uint64_t value, size_t least) {
  char digits[JSON_LINE_NUMBER_MAX], *at = digits + sizeof digits;
  do
    *--at = (char)('0' + value % 10);
  while ((value /= 10) > 0 || digits + sizeof digits - at < (ptrdiff_t)least);
  line_text(line, at, (size_t)(digits + sizeof digits - at));
}

static void line_integer(struct json_line *line, json_int_t value) {
  if (value < 0)
    line_char(line, '-');
  line_digits(line, value < 0 ? -(uint64_t)value : (uint64_t)value, 1);
}

static void line_decimals(struct json_line *line, uint64_t millionths) {
  size_t decimals = DECIMALS;
  while (decimals > 1 && millionths % 10 == 0) {
    millionths /= 10;
    decimals--;
  }
  line_char(line, '.');
  line_digits(line, millionths, decimals);
}

/* A number that is the nearest to one of fifteen digits is written as that. */
static void line_real(struct json_line *line, const json_t *value) {
  const double number = json_real_value(value);
  const double least = 1e-4, most = 1e9; /* of 15 digits, 6 behind the point; none as 1e-5 */
  const bool fits =
      (number >= least && number < most) || (fpclassify(number) == FP_ZERO && !signbit(number));
  const double millionths = fits ? rint(number * DECIMALS_UNIT) : -1;
  const double back = millionths / DECIMALS_UNIT;
  if (millionths < 0 || back < number || back > number) {
    line_dumps(line, value);
    return;
  }
  line_digits(line, (uint64_t)millionths / DECIMALS_UNIT, 1);
  line_decimals(line, (uint64_t)millionths % DECIMALS_UNIT);
}

/* What holds others */

static void line_object(struct json_line *line, const json_t *value) {
  json_t *object = (json_t *)(uintptr_t)value; /* iterators take no const */
  line_char(line, '{');
  for (void *at = json_object_iter(object); at != NULL; at = json_object_iter_next(object, at)) {
    if (line->text[line->length - 1] != '{')
      line_char(line, ',');
    const char *key = json_object_iter_key(at);
    line_string(line, key, strlen(key));
    line_char(line, ':');
    line_value(line, json_object_iter_value(at));
  }
  line_char(line, '}');
}

static void line_array(struct json_line *line, const json_t *array) {
  line_char(line, '[');
  for (size_t i = 0; i < json_array_size(array); i++) {
    if (i > 0)
      line_char(line, ',');
    line_value(line, json_array_get(array, i));
  }
  line_char(line, ']');
}

static void line_value(struct json_line *line, const json_t *value) {
  switch (json_typeof(value)) {
  case JSON_OBJECT:
    line_object(line, value);
    break;
  case JSON_ARRAY:
    line_array(line, value);
    break;
  case JSON_STRING:
    line_string(line, json_string_value(value), json_string_length(value));
    break;
  case JSON_INTEGER:
    line_integer(line, json_integer_value(value));
    break;
  case JSON_REAL:
    line_real(line, value);
    break;
  case JSON_TRUE:
    line_text(line, "true", strlen("true"));
    break;
  case JSON_FALSE:
    line_text(line, "false", strlen("false"));
    break;
  default:
    line_text(line, "null", strlen("null"));
  }
}

char *json_line(const json_t *value) {
  struct json_line line = {0};
  line_value(&line, value);
  *line_place(&line, 0) = '\0';
  return line.text;
}
