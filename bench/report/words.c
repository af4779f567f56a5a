/* Names, values and measures in words. */
#include "words.h"
#include "support/memory.h"
#include "support/value.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* A space for each underscore, and for each dot but that of a number. */
static void words_add_spaces(char *words) {
  for (char *at = words; *at != '\0'; at++)
    if (*at == '_' || (*at == '.' && !isdigit((unsigned char)at[1])))
      *at = ' ';
}

static const char *words_label_of(const json_t *labels, const char *name) {
  return json_string_value(json_object_get(labels, name));
}

static const char *words_unit_of(const struct schema *schema, const char *name) {
  const struct schema_key *key = schema_spec_find(schema, name);
  return key == NULL ? "" : key->unit;
}

/* "time (ms)"; without a unit, or behind words that end in one already, nothing is added. */
static char *words_with_unit(const char *words, const char *unit) {
  const size_t length = strlen(words);
  if (unit[0] == '\0' || (length > 0 && words[length - 1] == ')'))
    return memory_string(words);
  return text_format("%s (%s)", words, strcmp(unit, "ratio") == 0 ? "%" : unit);
}

char *words_name(const char *name, const char *unit) {
  const char *last = strrchr(name, '_');
  const bool repeats = last != NULL && (strcasecmp(last + 1, unit) == 0);
  char *words = text_format("%.*s", (int)(repeats ? (size_t)(last - name) : strlen(name)), name);
  words_add_spaces(words);
  return words;
}

char *words_title(const char *name, const char *unit) {
  char *words = words_name(name, unit), *title = words_with_unit(words, unit);
  free(words);
  return title;
}

/* "mean bytes_udp" */
static char *words_measure_name(const struct measure *measure) {
  return text_format("%s%s%s", measure->word, measure->word[0] == '\0' ? "" : " ", measure->metric);
}

char *words_measure(const json_t *labels, const struct measure *measure) {
  char *name = words_measure_name(measure);
  const char *label = words_label_of(labels, name);
  char *words = label == NULL ? words_name(name, measure->unit) : memory_string(label);
  free(name);
  return words;
}

/* By presentation_kind: as people read it, and its unit, unless that is the measure's; and how the
 * median of pairs is read. */
static const struct {
  const char *words, *unit, *of_pairs;
} KINDS[] = {
    [COLUMN_VALUE] = {"", NULL, NULL},
    [COLUMN_SAVING] = {"saving: ", NULL, "savings"},
    [COLUMN_SAVING_SHARE] = {"saving: ", "ratio", "savings"},
    [COLUMN_DIFFERENCE] = {"difference: ", NULL, "differences"},
    [COLUMN_RATIO] = {"ratio: ", "", "ratios"},
    [COLUMN_RANK] = {"rank: ", "", NULL},
};

const char *words_column_unit(const struct presentation_column *column) {
  const char *unit = KINDS[column->kind].unit;
  return unit == NULL ? column->measure.unit : unit;
}

char *words_column(const struct presentation_column *column) {
  char *measure = words_measure_name(&column->measure);
  const char *kind = presentation_column_key(column->kind);
  char *name = text_format("%s%s%s", kind, kind[0] == '\0' ? "" : " ", measure);
  free(measure);
  return name;
}

/* What is made of pairs where other figures would be made of two samples: "median of paired
 * differences: time"; NULL where it is not so. */
static char *words_of_pairs(const json_t *labels, const struct presentation_column *column) {
  const struct measure *measure = &column->measure;
  if (KINDS[column->kind].of_pairs == NULL || strncmp(measure->word, "median", 6) != 0)
    return NULL;
  char *name = words_measure_name(measure);
  const char *label = words_label_of(labels, name);
  char *metric = words_name(measure->metric, measure->unit);
  char *words = text_format("%s of paired %s: %s", measure->word, KINDS[column->kind].of_pairs,
                            label == NULL ? metric : label);
  free(metric);
  free(name);
  return words;
}

char *words_column_heading(const json_t *labels, const struct presentation_column *column,
                           bool paired) {
  char *name = words_column(column), *measure = words_measure(labels, &column->measure);
  const char *label = words_label_of(labels, name);
  char *words = label != NULL ? memory_string(label)
                : paired      ? words_of_pairs(labels, column)
                              : NULL;
  if (words == NULL)
    words = text_format("%s%s", KINDS[column->kind].words, measure);
  char *heading = words_with_unit(words, words_column_unit(column));
  free(words);
  free(measure);
  free(name);
  return heading;
}

char *words_part(const json_t *labels, const char *name) {
  const char *label = words_label_of(labels, name);
  return label == NULL ? words_name(name, "") : memory_string(label);
}

char *words_varied_heading(const json_t *labels, const struct schema *schema, const char *name) {
  const char *label = words_label_of(labels, name), *unit = words_unit_of(schema, name);
  return label == NULL ? words_title(name, unit) : words_with_unit(label, unit);
}

const char *words_label(const json_t *labels, const char *name, const json_t *value) {
  char *printed = value_print(value), *both = text_format("%s %s", name, printed);
  const char *label = words_label_of(labels, both);
  if (label == NULL)
    label = words_label_of(labels, printed);
  free(printed);
  free(both);
  return label;
}

static bool words_is_ratio(const struct schema *schema, const char *name, const json_t *value) {
  return json_is_number(value) && strcmp(words_unit_of(schema, name), "ratio") == 0;
}

char *words_varied_value(const json_t *labels, const struct schema *schema, const char *name,
                         const json_t *value) {
  const char *label = words_label(labels, name, value);
  if (label != NULL)
    return memory_string(label);
  return words_is_ratio(schema, name, value) ? text_format("%.6g", 100 * json_number_value(value))
                                             : value_print(value);
}

char *words_value(const json_t *labels, const struct schema *schema, const char *name,
                  const json_t *value) {
  char *words = words_varied_value(labels, schema, name, value);
  if (words_label(labels, name, value) != NULL || strcmp(name, SCENARIO_CASE) == 0)
    return words;
  const bool ratio = words_is_ratio(schema, name, value);
  const char *label = words_label_of(labels, name);
  char *column = label == NULL ? words_name(name, "") : memory_string(label);
  char *both = text_format("%s %s%s", column, words, ratio ? " %" : "");
  free(column);
  free(words);
  return both;
}

char *words_cell(const json_t *labels, const struct schema *schema, const struct plan *plan,
                 size_t cell, const json_t *columns) {
  struct text text = {0};
  for (size_t i = 0; i < json_array_size(columns); i++) {
    const char *name = json_string_value(json_array_get(columns, i));
    char *words =
        words_value(labels, schema, name, json_object_get(plan->cell[cell].columns, name));
    text_add(&text, "%s%s", i == 0 ? "" : ", ", words);
    free(words);
  }
  if (text.length == 0)
    text_add(&text, "all runs");
  return text.data;
}
