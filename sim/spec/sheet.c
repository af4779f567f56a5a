/* The tables of figures, and figures as text. */
#include "sheet.h"

#include <assert.h>
#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CYCLES_LEAST 0
#define CYCLES_MOST 1e12
#define US_MOST 1e9

enum platform_row {
#define FIGURE(name, unit, least, most, of, as, help) ROW_##name,
#include "platform.def"
#undef FIGURE
  PLATFORM_ROWS,
  ROW_NONE = -1
};

/* clang-format off */
static const struct sheet_row PLATFORM[] = {
#define ALL .needed = true
#define RADIO .for_radio = true
#define FIGURE(name_, unit_, least_, most_, of_, as_, help_)                                       \
  {.name = #name_, .unit = unit_, .least = least_, .most = most_, of_, .as = ROW_##as_, .help = help_},
#include "platform.def"
#undef FIGURE
#undef RADIO
#undef ALL
};

static const struct sheet_row CRYPTO[] = {
  {.name = SHEET_ACTIVE, .unit = "mA", .least = 0, .most = 10000, .as = ROW_NONE,
   .help = "current while it computes, in place of the platform's cpu_active_ma"},
#define PRIMITIVE(id, name_)                                                                       \
  {.name = name_, .unit = SHEET_CYCLES, .least = CYCLES_LEAST, .most = CYCLES_MOST, .as = ROW_NONE, .help = ""},
#include "primitives.def"
#undef PRIMITIVE
};
/* clang-format on */

enum { CRYPTO_ROWS = sizeof CRYPTO / sizeof CRYPTO[0] };
static_assert((int)PLATFORM_ROWS <= SHEET_FIGURES_MAX && (int)CRYPTO_ROWS <= SHEET_FIGURES_MAX,
              "a sheet has room for all figures");

const struct sheet_row *sheet_rows(enum sheet_kind kind, size_t *count) {
  *count = kind == SHEET_PLATFORM ? PLATFORM_ROWS : CRYPTO_ROWS;
  return kind == SHEET_PLATFORM ? PLATFORM : CRYPTO;
}

int sheet_row_find(enum sheet_kind kind, const char *name, size_t length) {
  size_t count;
  const struct sheet_row *rows = sheet_rows(kind, &count);
  for (size_t i = 0; i < count; i++)
    if (strlen(rows[i].name) == length && memcmp(rows[i].name, name, length) == 0)
      return (int)i;
  return -1;
}

void sheet_init(struct sheet *sheet, enum sheet_kind kind) {
  *sheet = (struct sheet){.kind = kind};
  for (size_t i = 0; i < SHEET_FIGURES_MAX; i++)
    sheet->value[i] = NAN;
}

bool sheet_row_is_cost(const struct sheet_row *row) {
  return strcmp(row->unit, SHEET_CYCLES) == 0;
}

/* Values */

bool sheet_is_word(const char *text, size_t length) {
  if (length == 0 || length > SHEET_WORD_MAX)
    return false;
  for (size_t i = 0; i < length; i++)
    if (!islower((unsigned char)text[i]) && !isdigit((unsigned char)text[i]) && text[i] != '-')
      return false;
  return true;
}

bool sheet_number(const char *text, size_t length, double *number) {
  char copy[40], *end;
  if (length == 0 || length >= sizeof copy || !isdigit((unsigned char)text[0]))
    return false;
  memcpy(copy, text, length);
  copy[length] = '\0';
  if (strspn(copy, "0123456789.eE+-") != length)
    return false;
  *number = strtod(copy, &end);
  return end == copy + length && isfinite(*number);
}

bool sheet_accepts(const struct sheet_row *row, bool is_us, double value) {
  return value >= row->least && value <= (is_us ? US_MOST : row->most);
}

void sheet_accepted(const struct sheet_row *row, bool is_us, char *text, size_t capacity) {
  snprintf(text, capacity, "a number from %g to %g (%s)", row->least, is_us ? US_MOST : row->most,
           is_us ? SHEET_US : row->unit);
}

bool sheet_has_radio(const struct sheet *sheet) {
  size_t count;
  const struct sheet_row *rows = sheet_rows(sheet->kind, &count);
  for (size_t i = 0; i < count; i++)
    if (rows[i].for_radio && !isnan(sheet->value[i]))
      return true;
  return false;
}

static bool has_costs(const struct sheet *sheet) {
  size_t count;
  const struct sheet_row *rows = sheet_rows(sheet->kind, &count);
  for (size_t i = 0; i < count; i++)
    if (sheet_row_is_cost(&rows[i]) && !isnan(sheet->value[i]))
      return true;
  return false;
}

bool sheet_complete(struct sheet *sheet, char error[SPEC_ERROR_MAX]) {
  const bool radio = sheet_has_radio(sheet);
  size_t count;
  const struct sheet_row *rows = sheet_rows(sheet->kind, &count);
  const char *missing = sheet->processor[0] == '\0' ? SHEET_PROCESSOR : NULL;
  for (size_t i = 0; missing == NULL && i < count; i++) {
    if (isnan(sheet->value[i]) && radio && rows[i].as >= 0)
      sheet->value[i] = sheet->value[rows[i].as];
    if (isnan(sheet->value[i]) && (rows[i].needed || (radio && rows[i].for_radio)))
      missing = rows[i].name;
  }
  if (missing != NULL)
    snprintf(error, SPEC_ERROR_MAX, "%s is missing", missing);
  else if (sheet->kind == SHEET_CRYPTO && !has_costs(sheet))
    snprintf(error, SPEC_ERROR_MAX, "no primitive has a figure");
  else
    return true;
  return false;
}

/* Text */

static bool sheet_wrong(char error[SPEC_ERROR_MAX], const char *figure, size_t length,
                        const char *what) {
  snprintf(error, SPEC_ERROR_MAX, "\"%.*s\" is not accepted: %s", length > 60 ? 60 : (int)length,
           figure, what);
  return false;
}

static bool parse_word(char word[SHEET_WORD_MAX + 1], const char *text, size_t length) {
  if (word[0] != '\0' || !sheet_is_word(text, length))
    return false;
  memcpy(word, text, length);
  return true;
}

static bool parse_figure(struct sheet *sheet, int index, const char *text, size_t length) {
  size_t count;
  const struct sheet_row *row = &sheet_rows(sheet->kind, &count)[index];
  const size_t ending = strlen(SHEET_US);
  sheet->is_us[index] = sheet_row_is_cost(row) && length > ending &&
                        memcmp(text + length - ending, SHEET_US, ending) == 0;
  double value;
  const bool good = isnan(sheet->value[index]) &&
                    sheet_number(text, length - (sheet->is_us[index] ? ending : 0), &value) &&
                    sheet_accepts(row, sheet->is_us[index], value);
  if (good)
    sheet->value[index] = value;
  return good;
}

/* "name=value" */
static bool parse_pair(struct sheet *sheet, const char *text, size_t length,
                       char error[SPEC_ERROR_MAX]) {
  const char *equals = memchr(text, '=', length);
  if (equals == NULL)
    return sheet_wrong(error, text, length, "it takes figures as name=value, with blanks between");
  const size_t name = (size_t)(equals - text), rest = length - name - 1;
  const int index = sheet_row_find(sheet->kind, text, name);
  const bool is_processor =
      name == strlen(SHEET_PROCESSOR) && memcmp(text, SHEET_PROCESSOR, name) == 0;
  const bool is_accelerator =
      name == strlen(SHEET_ACCELERATOR) && memcmp(text, SHEET_ACCELERATOR, name) == 0;
  if (index < 0 && !is_processor && !is_accelerator)
    return sheet_wrong(error, text, length, "there is no such figure");
  if (index < 0)
    return parse_word(is_processor ? sheet->processor : sheet->accelerator, equals + 1, rest) ||
           sheet_wrong(error, text, length,
                       "it takes lower-case letters, digits and hyphens, once");
  if (parse_figure(sheet, index, equals + 1, rest))
    return true;
  char accepted[100];
  size_t count;
  sheet_accepted(&sheet_rows(sheet->kind, &count)[index], sheet->is_us[index], accepted,
                 sizeof accepted);
  strncat(accepted, ", once", sizeof accepted - strlen(accepted) - 1);
  return sheet_wrong(error, text, length, accepted);
}

bool sheet_parse(struct sheet *sheet, enum sheet_kind kind, const char *text,
                 char error[SPEC_ERROR_MAX]) {
  sheet_init(sheet, kind);
  while (*text != '\0') {
    const size_t length = strcspn(text, " ");
    if (length > 0 && !parse_pair(sheet, text, length, error))
      return false;
    text += length;
    text += strspn(text, " ");
  }
  return sheet_complete(sheet, error);
}

/* In the fewest digits that give it back. */
static void print_number(double value, char text[32]) {
  int digits = 15;
  do
    snprintf(text, 32, "%.*g", digits++, value);
  while (digits <= 17 && (strtod(text, NULL) < value || strtod(text, NULL) > value));
}

void sheet_print(const struct sheet *sheet, char text[SHEET_TEXT_MAX]) {
  size_t count;
  const struct sheet_row *rows = sheet_rows(sheet->kind, &count);
  int used = snprintf(text, SHEET_TEXT_MAX, SHEET_PROCESSOR "=%s", sheet->processor);
  if (sheet->accelerator[0] != '\0')
    used += snprintf(text + used, SHEET_TEXT_MAX - (size_t)used, " " SHEET_ACCELERATOR "=%s",
                     sheet->accelerator);
  for (size_t i = 0; i < count; i++) {
    if (isnan(sheet->value[i]))
      continue;
    char number[32];
    print_number(sheet->value[i], number);
    used += snprintf(text + used, SHEET_TEXT_MAX - (size_t)used, " %s=%s%s", rows[i].name, number,
                     sheet->is_us[i] ? SHEET_US : "");
    assert(used < SHEET_TEXT_MAX);
  }
}
