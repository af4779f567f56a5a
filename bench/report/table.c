/* Tables. */
#include "table.h"
#include "export.h"
#include "few.h"
#include "modelled.h"
#include "rank.h"
#include "store/paired.h"
#include "support/memory.h"
#include "support/number.h"
#include "support/value.h"
#include "table_format.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

void table_add_number(struct text *text, double number) {
  if (isinf(number))
    text_add(text, "inf");
  else
    text_add(text, fabs(number) >= 1000 ? "%.0f" : "%.4g", number);
}

void table_add_estimate(struct text *text, const struct estimate *estimate, const char *unit,
                        const char *blank) {
  double scale = strcmp(unit, "ratio") == 0 ? 100 : 1;
  if (isnan(estimate->value)) {
    text_add(text, "%s", blank);
    return;
  }
  table_add_number(text, estimate->value * scale);
  double rounding = 1e-9 * fabs(estimate->value);
  if (isnan(estimate->low) || !(estimate->high - estimate->low > rounding))
    return;
  text_add(text, " [");
  table_add_number(text, estimate->low * scale);
  text_add(text, ", ");
  table_add_number(text, estimate->high * scale);
  text_add(text, "]");
}

void table_put(struct grid *grid, size_t line, size_t column, char *words) {
  grid_put(grid, line, column, words);
  free(words);
}

static void table_add_headings(const struct dataset *dataset,
                               const struct presentation_table *table, const json_t *shown,
                               struct grid *grid, struct text *csv) {
  const size_t columns = json_array_size(shown);
  export_add_columns(csv, dataset->plan);
  text_add(csv, "runs");
  for (size_t i = 0; i < columns; i++)
    table_put(grid, 0, i,
              words_varied_heading(table->labels, dataset->schema,
                                   json_string_value(json_array_get(shown, i))));
  grid_put(grid, 0, columns, "runs");
  for (size_t i = 0; i < table->column_count; i++) {
    const struct presentation_column *column = &table->column[i];
    char *name = words_column(column);
    text_add(csv, ",%s,%s low,%s high", name, name, name);
    free(name);
    table_put(grid, 0, columns + 1 + i,
              words_column_heading(table->labels, column, !dataset->plan->independent));
  }
  text_add(csv, "\n");
}

/* A line for each cell: in CSV, and in the grid for people, which shows only the columns that tell
 * the lines apart. */
static void fill_measures(const struct dataset *dataset, const struct presentation_table *table,
                          const size_t *cells, size_t count, struct grid *grid, struct text *csv,
                          unsigned *intervals) {
  json_t *shown = plan_columns_varying(dataset->plan, cells, count);
  size_t columns = json_array_size(shown);
  struct text field = {0};
  grid->width = columns + table->column_count + 1;
  table_add_headings(dataset, table, shown, grid, csv);
  for (size_t line = 1; line <= count; line++) {
    size_t cell = cells[line - 1], baseline = paired_baseline(dataset, cell, table->against);
    json_t *values = dataset->plan->cell[cell].columns;
    for (size_t i = 0; i < columns; i++) {
      const char *name = json_string_value(json_array_get(shown, i));
      table_put(
          grid, line, i,
          words_varied_value(table->labels, dataset->schema, name, json_object_get(values, name)));
    }
    export_add_cell(csv, dataset->plan, cell);
    text_add(csv, "%zu", dataset->cell[cell].run_count);
    text_add(&field, "%zu", dataset->cell[cell].run_count);
    grid_put_text(grid, line, columns, &field);
    for (size_t i = 0; i < table->column_count; i++) {
      const struct presentation_column *column = &table->column[i];
      const struct estimate estimate =
          column->kind == COLUMN_RANK
              ? rank_estimate(dataset, cells, count, cell, &column->measure, table->among)
              : paired_estimate(dataset, cell, baseline, column);
      export_add_estimate(csv, &estimate);
      table_note_interval(intervals, &estimate);
      table_add_estimate(&field, &estimate, words_column_unit(column), table->blank);
      if (column->kind != COLUMN_RANK && few_mark(dataset, cell, &estimate, &field))
        *intervals |= 1U << TABLE_NOTE_FEW;
      grid_put_text(grid, line, columns + 1 + i, &field);
    }
    text_add(csv, "\n");
  }
  json_decref(shown);
}

/* Bytes of all rows of a group. */
static double group_mean(const struct dataset *dataset, size_t cell, const char *ledger,
                         const char *group) {
  const struct schema *schema = dataset->schema;
  double sum = 0;
  for (size_t row = 0; row < schema->row_count; row++)
    if (strcmp(schema->row[row].group, group) == 0)
      sum += dataset_row_mean(dataset, cell, ledger, schema->row[row].name);
  return sum;
}

/* A line for each part that is used: its share of the cell's sum. */
static void fill_shares(const struct dataset *dataset, const struct presentation_table *table,
                        const size_t *cells, size_t count, const double *sum, struct grid *grid) {
  const struct schema *schema = dataset->schema;
  struct text field = {0};
  for (size_t row = 0; row < schema->row_count; row++) {
    const char *group = schema->row[row].group;
    bool used = false;
    if (row > 0 && strcmp(group, schema->row[row - 1].group) == 0)
      continue;
    for (size_t i = 0; i < count; i++)
      used = used || group_mean(dataset, cells[i], table->ledger, group) > 0;
    if (!used)
      continue;
    const size_t line = grid->lines;
    table_put(grid, line, 0, words_part(table->labels, group));
    grid_put(grid, line, 1, "share (%)");
    for (size_t i = 0; i < count; i++) {
      const double mean = group_mean(dataset, cells[i], table->ledger, group);
      text_add(&field, "%.1f", 100 * mean / sum[i]);
      grid_put_text(grid, line, 2 + i, &field);
    }
  }
}

/* A line for each row of the ledger that is used; each cell a column. */
static void fill_ledger(const struct dataset *dataset, const struct presentation_table *table,
                        const size_t *cells, size_t count, struct grid *grid, struct text *csv) {
  const struct schema *schema = dataset->schema;
  double *sum = memory_get(count, sizeof *sum);
  const char *group = "";
  struct text field = {0};
  size_t line = 0;
  json_t *varying = plan_columns_varying(dataset->plan, cells, count);
  grid->width = count + 2;
  grid_put(grid, 0, 0, "part");
  table_put(grid, 0, 1, words_title("row", schema_result_find(schema, table->ledger)->unit));
  text_add(csv, "group,row");
  for (size_t i = 0; i < count; i++) {
    char *words = plan_cell_words(dataset->plan, cells[i], varying);
    table_put(grid, 0, 2 + i, words_cell(table->labels, schema, dataset->plan, cells[i], varying));
    text_add(csv, ",");
    export_add_field(csv, words);
    free(words);
  }
  text_add(csv, "\n");
  for (size_t row = 0; row < schema->row_count; row++) {
    double *mean = memory_get(count, sizeof *mean);
    bool used = false;
    for (size_t i = 0; i < count; i++) {
      mean[i] = dataset_row_mean(dataset, cells[i], table->ledger, schema->row[row].name);
      used = used || mean[i] > 0;
      sum[i] += mean[i];
    }
    if (used) {
      const bool again = strcmp(group, schema->row[row].group) == 0;
      table_put(grid, ++line, 0, words_part(table->labels, again ? "" : schema->row[row].group));
      group = schema->row[row].group;
      table_put(grid, line, 1, words_part(table->labels, schema->row[row].name));
      export_add_field(csv, group);
      text_add(csv, ",%s", schema->row[row].name);
      for (size_t i = 0; i < count; i++) {
        text_add(csv, ",");
        number_add(csv, mean[i]);
        table_add_number(&field, mean[i]);
        grid_put_text(grid, line, 2 + i, &field);
      }
      text_add(csv, "\n");
    }
    free(mean);
  }
  grid_put(grid, ++line, 0, "total");
  for (size_t i = 0; i < count; i++) {
    table_add_number(&field, sum[i]);
    grid_put_text(grid, line, 2 + i, &field);
  }
  fill_shares(dataset, table, cells, count, sum, grid);
  free(sum);
  json_decref(varying);
}

static int write_format(const char *folder, const struct table_format *format,
                        const struct table_content *content, struct text *error) {
  struct text text = {0};
  char *path = text_format("%s/tables/%s.%s", folder, content->name, format->ending);
  format->write(content, &text);
  int status = text_file_write(path, &text, error);
  text_deinit(&text);
  free(path);
  return status;
}

int table_publish(struct page *page, const char *name, const char *title, const char *note,
                  const struct grid *grid, const struct text *csv, struct text *shown,
                  struct text *error) {
  const struct table_content content = {name, title, note, page->provenance, grid, csv};
  int status = 0;
  table_text_add(&content, shown);
  text_add(shown, "\n");
  page_add_table(page, name, title, grid, note);
  for (size_t i = 0; i < TABLE_FORMATS && status == 0; i++)
    status = write_format(page->folder, &TABLE_FORMAT[i], &content, error);
  return status;
}

/* The numbers that a scenario has put into what a table shows, and where they are from. */
static void add_constants(const struct derived *derived, const struct presentation_table *table,
                          struct text *note) {
  for (size_t i = 0; i < derived->constant_count; i++) {
    const struct derived_constant *constant = &derived->constant[i];
    bool used = false;
    for (size_t j = 0; constant->why != NULL && j < table->column_count; j++) {
      const struct derived_metric *metric = derived_find(derived, table->column[j].measure.metric);
      used = used || (metric != NULL && derived_uses(derived, metric, constant));
    }
    if (used)
      text_add(note, "%s%s is %g%s%s: %s.", note->length == 0 ? "" : " ", constant->name,
               constant->value, constant->unit[0] == '\0' ? "" : " ", constant->unit,
               constant->why);
  }
}

/* Whether computing is in its times and energies. */
static void add_modelled(const struct dataset *dataset, const struct presentation_table *table,
                         const size_t *cells, size_t count, struct text *note) {
  for (size_t i = 0; i < table->column_count; i++) {
    const size_t before = note->length;
    modelled_add_note(dataset, cells, count, &table->column[i].measure, 1, note);
    if (note->length > before)
      return;
  }
}

void table_note_interval(unsigned *intervals, const struct estimate *estimate) {
  if (!isnan(estimate->value))
    *intervals |= 1U << estimate->interval;
}

/* Why some have no interval, and which are not the usual ones. */
static void add_intervals(unsigned intervals, struct text *note) {
  static const struct {
    unsigned interval;
    const char *words;
  } NOTES[] = {
      {TABLE_NOTE_FEW, FEW_NOTE},
      {INTERVAL_EQUAL, "No interval where all runs have the same figure."},
      {INTERVAL_FEW, "No interval where runs are too few for one."},
      {INTERVAL_NONE, "No interval is known for extremes, and for differences and ratios of "
                      "quantiles other than medians."},
      {INTERVAL_BOOTSTRAP, "Intervals of skewed means, and of medians without pairs, are by "
                           "bootstrap."},
  };
  for (size_t i = 0; i < sizeof NOTES / sizeof NOTES[0]; i++)
    if ((intervals >> NOTES[i].interval & 1) != 0)
      text_add(note, "%s%s", note->length == 0 ? "" : " ", NOTES[i].words);
}

/* What differences are against, what numbers are in it, and how computed cells are computed. */
static void add_note(const struct dataset *dataset, const struct presentation_table *table,
                     const size_t *cells, size_t count, unsigned intervals, struct text *note) {
  const char *name;
  json_t *values;
  json_object_foreach(table->against, name, values) {
    const json_t *value = json_array_get(values, 0);
    const bool is_case =
        strcmp(name, SCENARIO_CASE) == 0 && words_label(table->labels, name, value) == NULL;
    char *words = words_value(table->labels, dataset->schema, name, value);
    text_add(note, "%s%s%s", note->length == 0 ? "Against " : ", ", is_case ? "case " : "", words);
    free(words);
  }
  if (table->against != NULL)
    text_add(note, ", %s; intervals of 95 %%.",
             dataset->plan->independent ? "of seeds of their own" : "in pairs of equal seeds");
  add_constants(dataset->derived, table, note);
  add_modelled(dataset, table, cells, count, note);
  const struct derived_case *last = NULL;
  for (size_t i = 0; i < count; i++) {
    const struct derived_case *computed = dataset->plan->cell[cells[i]].computed;
    if (computed != NULL && computed != last)
      text_add(note, "%s%s: %s.", note->length == 0 ? "" : " ", computed->name, computed->note);
    last = computed;
  }
  add_intervals(intervals, note);
}

/* The cells of a table. */
static size_t *find_cells(const struct dataset *dataset, const struct presentation_table *table,
                          size_t *count) {
  struct measure *measure = memory_get(table->column_count, sizeof *measure);
  for (size_t i = 0; i < table->column_count; i++)
    measure[i] = table->column[i].measure;
  size_t *cells = dataset_cells_with(dataset, table->where, measure, table->column_count, count);
  free(measure);
  return cells;
}

/* Lets what stands for a cell lead to its runs: its heading, or in a line how many they are. */
static void table_link_cells(const struct dataset *dataset, const struct presentation_table *table,
                             const size_t *cells, size_t count, struct page *page,
                             struct grid *grid) {
  const bool is_line = table->ledger == NULL && !table->side_by_side;
  size_t column = is_line ? grid->width - table->column_count - 1 : 2;
  for (size_t i = 0; i < count; i++) {
    page_link_cell(page, dataset->plan, grid, is_line ? 1 + i : 0, column, cells[i]);
    if (!is_line)
      column += table->side_by_side ? table_sides_columns(dataset, table, cells[i]) : 1;
  }
}

int table_write(const struct dataset *dataset, const struct presentation_table *table,
                struct page *page, struct text *shown, struct text *error) {
  struct grid grid = {.blank = table->blank};
  struct text csv = {0}, note = {0};
  unsigned intervals = 0;
  size_t count;
  size_t *cells = find_cells(dataset, table, &count);
  if (table->figure_count > 0)
    table_sheets_fill(table, &grid, &csv);
  else if (table->ledger != NULL)
    fill_ledger(dataset, table, cells, count, &grid, &csv);
  else if (table->side_by_side)
    table_sides_fill(dataset, table, cells, count, &grid, &csv, &intervals);
  else
    fill_measures(dataset, table, cells, count, &grid, &csv, &intervals);
  if (table->figure_count == 0) {
    add_note(dataset, table, cells, count, intervals, &note);
    table_link_cells(dataset, table, cells, count, page, &grid);
  }
  int status =
      table_publish(page, table->name, table->title, text_string(&note), &grid, &csv, shown, error);
  free(cells);
  grid_deinit(&grid);
  text_deinit(&csv);
  text_deinit(&note);
  return status;
}
