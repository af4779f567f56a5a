/* The section `compare` of a scenario: what is set beside which published figure, and why they
 * differ. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const KEYS[] = {"name", "title", "file",  "column",
                                   "unit", "scale", "where", "rows"};
static const char *const ROW_KEYS[] = {"row", "column", "theirs", "ours", "without", "why"};

/* "mean bytes_udp", "-mean ..." or a number. */
static int read_term(const struct presentation_reader *reader, yaml_node_t *node,
                     struct presentation_term *term) {
  const char *text = yaml_scalar(node);
  *term = (struct presentation_term){.factor = 1};
  if (text != NULL && schema_number_parse(text, &term->factor))
    return 0;
  struct text what = {0};
  bool minus = text != NULL && text[0] == '-';
  term->factor = minus ? -1 : 1;
  int status = 0;
  if (text == NULL)
    status = yaml_complain(reader->file, node, reader->error, "a measure or a number is expected");
  else if (measure_parse(&term->measure, text + minus, reader->schema, &reader->scenario->derived,
                         &what) < 0)
    status = yaml_complain(reader->file, node, reader->error, "`%s` %s", text, text_string(&what));
  text_deinit(&what);
  return status;
}

/* `ours`, or `without`: what is taken off theirs. */
static int read_terms(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_comparison_row *row) {
  yaml_node_t *ours = yaml_get(reader->file, item, "ours");
  yaml_node_t *without = yaml_get(reader->file, item, "without");
  yaml_node_t *list = ours == NULL ? without : ours, *node;
  if (list == NULL)
    return 0;
  row->is_rest = ours == NULL;
  if (ours != NULL && without != NULL)
    return yaml_complain(reader->file, yaml_get_key(reader->file, item, "without"), reader->error,
                         "`without` is taken off theirs: it does not go with `ours`");
  if (row->is_rest && isnan(row->theirs))
    return yaml_complain(reader->file, without, reader->error,
                         "`without` needs a published figure that it is taken off");
  int status = 0;
  while ((node = yaml_item(reader->file, list, row->term_count)) != NULL) {
    row->term = memory_resize(row->term, row->term_count + 1, sizeof *row->term);
    status |= read_term(reader, node, &row->term[row->term_count++]);
  }
  for (size_t i = 0; i < row->term_count; i++) {
    const struct measure *measure = &row->term[i].measure;
    if (row->term_count > 1 && measure->metric != NULL && measure->statistic != MEASURE_MEAN)
      return yaml_complain(reader->file, list, reader->error,
                           "only means can be added; `%s %s` is none", measure->word,
                           measure->metric);
  }
  return status;
}

/* {reason: number}: "SeqNum: +4; token: -3". */
static int read_reasons(const struct presentation_reader *reader, yaml_node_t *reasons,
                        struct presentation_comparison_row *row) {
  struct text words = {0};
  yaml_node_t *name, *value;
  int status = 0;
  row->explained = 0;
  for (size_t i = 0; yaml_pair(reader->file, reasons, i, &name, &value); i++) {
    double number;
    if (yaml_scalar(value) == NULL || !schema_number_parse(yaml_scalar(value), &number)) {
      status = yaml_complain(reader->file, value, reader->error,
                             "a number is expected: how much of the difference this explains");
      continue;
    }
    row->explained += number;
    text_add(&words, "%s%s", words.length == 0 ? "" : "; ", yaml_scalar(name));
    if (fabs(number) > 0)
      text_add(&words, ": %+.6g", number);
  }
  row->why = memory_string(text_string(&words));
  text_deinit(&words);
  return status;
}

static int read_why(const struct presentation_reader *reader, yaml_node_t *item,
                    struct presentation_comparison_row *row) {
  yaml_node_t *node = yaml_get(reader->file, item, "why");
  row->explained = NAN;
  if (node == NULL || node->type != YAML_MAPPING_NODE)
    return (row->why = reader_text(reader, item, "why", NULL)) == NULL ? -1 : 0;
  if (row->term_count == 0 || row->is_rest || isnan(row->theirs))
    return yaml_complain(reader->file, node, reader->error,
                         "reasons with numbers need both figures; say it in words");
  return read_reasons(reader, node, row);
}

/* The published figure; NaN with `theirs: none`, of a row that nobody has published. */
static int read_theirs(const struct presentation_reader *reader, yaml_node_t *name,
                       yaml_node_t *item, const struct csv_file *file, size_t column,
                       double *theirs) {
  yaml_node_t *node = yaml_get(reader->file, item, "theirs");
  if (node == NULL)
    return reader_csv_figure(reader, name, item, file, column, theirs);
  *theirs = NAN;
  if (yaml_scalar(node) == NULL || strcmp(yaml_scalar(node), "none") != 0)
    return yaml_complain(reader->file, node, reader->error,
                         "`theirs` is none, or left out: published figures come from the file");
  if (yaml_get(reader->file, item, "row") != NULL || yaml_get(reader->file, item, "column") != NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "with `theirs: none` there is no `row` and no `column`");
  return 0;
}

static int read_row(const struct presentation_reader *reader, yaml_node_t *name, yaml_node_t *item,
                    const struct csv_file *file, size_t column,
                    struct presentation_comparison_row *row) {
  *row = (struct presentation_comparison_row){.name = memory_string(yaml_scalar(name))};
  row->place = text_format("%s:%zu", reader->file->path, name->start_mark.line + 1);
  int status = yaml_check_keys(reader->file, item, ROW_KEYS, sizeof ROW_KEYS / sizeof ROW_KEYS[0],
                               reader->error);
  if (item->type != YAML_MAPPING_NODE)
    return -1;
  status |= read_theirs(reader, name, item, file, column, &row->theirs);
  /* What ours and the reasons go with is only known with theirs. */
  if (status == 0)
    status = read_terms(reader, item, row);
  return status < 0 ? -1 : read_why(reader, item, row);
}

static int read_rows(const struct presentation_reader *reader, yaml_node_t *item,
                     const struct csv_file *file, struct presentation_comparison *comparison) {
  yaml_node_t *rows = yaml_get(reader->file, item, "rows"), *name, *value;
  size_t column = 0;
  double scale;
  int status = reader_number(reader, item, "scale", &scale);
  const bool has_column = reader_csv_column(reader, item, file, &column) == 0;
  if (rows == NULL)
    return reader_missing(reader, item, "`rows: {NAME: {ours, why}}` is missing");
  if (rows->type != YAML_MAPPING_NODE)
    return yaml_complain(reader->file, rows, reader->error,
                         "`rows: {NAME: {ours, why}}` is missing");
  if (!has_column)
    return -1;
  for (size_t i = 0; yaml_pair(reader->file, rows, i, &name, &value); i++) {
    comparison->row = memory_resize(comparison->row, i + 1, sizeof *comparison->row);
    struct presentation_comparison_row *row = &comparison->row[comparison->row_count++];
    status |= read_row(reader, name, value, file, column, row);
    row->theirs *= isnan(scale) ? 1 : scale;
  }
  return status;
}

static int comparison_read_file(const struct presentation_reader *reader, yaml_node_t *item,
                                struct presentation_comparison *comparison) {
  struct csv_file file;
  if (reader_csv(reader, item, &file) < 0)
    return -1;
  comparison->source = memory_string(file.comment);
  int status = read_rows(reader, item, &file, comparison);
  csv_file_deinit(&file);
  return status;
}

/* Its files are tables too: no table has the same name. */
static int check_tables(const struct presentation_reader *reader,
                        const struct presentation *presentation, yaml_node_t *item,
                        const char *name) {
  for (size_t i = 0; name != NULL && i < presentation->table_count; i++)
    if (presentation->table[i].name != NULL && strcmp(presentation->table[i].name, name) == 0)
      return yaml_complain(reader->file, yaml_get(reader->file, item, "name"), reader->error,
                           "there is a table `%s` already", name);
  return 0;
}

static int read_comparison(const struct presentation_reader *reader, yaml_node_t *item,
                           struct presentation_comparison *comparison) {
  int status =
      yaml_check_keys(reader->file, item, KEYS, sizeof KEYS / sizeof KEYS[0], reader->error);
  if (item->type != YAML_MAPPING_NODE)
    return -1;
  comparison->name = reader_name(reader, item);
  comparison->title =
      reader_text(reader, item, "title", comparison->name == NULL ? "" : comparison->name);
  comparison->unit = reader_text(reader, item, "unit", "B");
  if (comparison->name == NULL || comparison->title == NULL || comparison->unit == NULL)
    status = -1;
  return status | check_tables(reader, &reader->scenario->presentation, item, comparison->name) |
         reader_where(reader, item, &comparison->where) |
         comparison_read_file(reader, item, comparison);
}

int presentation_read_comparisons(struct scenario *scenario, struct yaml_file *file,
                                  yaml_node_t *node, const struct schema *schema,
                                  struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct presentation *presentation = &scenario->presentation;
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(file, node, i)) != NULL; i++) {
    presentation->comparison =
        memory_resize(presentation->comparison, i + 1, sizeof *presentation->comparison);
    struct presentation_comparison *comparison =
        &presentation->comparison[presentation->comparison_count++];
    *comparison = (struct presentation_comparison){.at = {file, item}};
    int read = read_comparison(&reader, item, comparison);
    read |= reader_check_name(&reader, node, i, comparison->name);
    comparison->at.good = read == 0;
    status |= read;
  }
  return status;
}
