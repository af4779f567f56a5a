/* Figures of data sheets: a line for each, with where it is from, or that it is assumed. */
#include "export.h"
#include "table.h"
#include "words.h"

#include <stdlib.h>
#include <string.h>

static const char *ground_of(const struct presentation_sheet_figure *figure) {
  if (figure->source[0] == '\0')
    return "assumed";
  return figure->assumption[0] == '\0' ? "source" : "source, assumption";
}

/* "supply_v" as "supply (V)". */
static char *sheet_name_words(const json_t *labels, const char *name) {
  static const char *const UNITS[][2] = {{"v", "V"},     {"ma", "mA"}, {"ua", "µA"},
                                         {"mhz", "MHz"}, {"us", "µs"}, {"ms", "ms"}};
  const char *last = strrchr(name, '_');
  if (last == NULL || json_object_get(labels, name) != NULL)
    return words_part(labels, name);
  for (size_t i = 0; i < sizeof UNITS / sizeof UNITS[0]; i++) {
    if (strcmp(last + 1, UNITS[i][0]) != 0)
      continue;
    char *words = words_name(name, UNITS[i][0]), *both = text_format("%s (%s)", words, UNITS[i][1]);
    free(words);
    return both;
  }
  return words_part(labels, name);
}

static void put_words(struct grid *grid, size_t line,
                      const struct presentation_sheet_figure *figure) {
  struct text words = {0};
  text_add(&words, "%s", figure->source);
  if (figure->assumption[0] != '\0')
    text_add(&words, "%s%s", words.length == 0 ? "" : "; assumed: ", figure->assumption);
  grid_put_text(grid, line, 4, &words);
}

static void add_csv(struct text *csv, const struct presentation_sheet_figure *figure) {
  const char *const fields[] = {figure->sheet, figure->name, figure->value, figure->source,
                                figure->assumption};
  for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
    text_add(csv, i == 0 ? "" : ",");
    export_add_field(csv, fields[i]);
  }
  text_add(csv, "\n");
}

void table_sheets_fill(const struct presentation_table *table, struct grid *grid,
                       struct text *csv) {
  static const char *const HEADS[] = {"sheet", "figure", "value", "from", "where from, and why"};
  grid->width = sizeof HEADS / sizeof HEADS[0];
  grid->wrap = TABLE_WORDS_WIDTH;
  text_add(csv, "sheet,figure,value,source,assumption\n");
  for (size_t i = 0; i < grid->width; i++)
    grid_put(grid, 0, i, HEADS[i]);
  for (size_t i = 0; i < table->figure_count; i++) {
    const struct presentation_sheet_figure *figure = &table->figure[i];
    const bool again = i > 0 && strcmp(figure->sheet, table->figure[i - 1].sheet) == 0;
    table_put(grid, 1 + i, 0, words_part(table->labels, again ? "" : figure->sheet));
    table_put(grid, 1 + i, 1, sheet_name_words(table->labels, figure->name));
    grid_put(grid, 1 + i, 2, figure->value);
    grid_put(grid, 1 + i, 3, ground_of(figure));
    put_words(grid, 1 + i, figure);
    add_csv(csv, figure);
  }
}
