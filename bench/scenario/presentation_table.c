/* The section `tables` of a scenario. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const KEYS[] = {"name",         "title", "columns", "against", "among",
                                   "side_by_side", "where", "ledger",  "sheets",  "blank"};

/* What a column may be but a measure: presentation_kind from COLUMN_VALUE + 1 on. */
static const char *const COLUMN_KEYS[] = {"saving", "saving_share", "difference", "ratio", "rank"};
enum { COLUMN_KEY_COUNT = sizeof COLUMN_KEYS / sizeof COLUMN_KEYS[0] };

/* Whether the table says what a column of this kind is compared with. */
static int check_compared(const struct presentation_reader *reader, const yaml_node_t *node,
                          const char *name, const struct presentation_table *table,
                          enum presentation_kind kind) {
  if (kind == COLUMN_RANK && table->among == NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "`rank` is among cells: `among: column` in this table says which");
  if (kind != COLUMN_RANK && table->against == NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "`%s` needs a baseline: `against: {column: value}` in this table", name);
  return 0;
}

/* {saving: measure}, or a measure. */
static int read_column(const struct presentation_reader *reader, yaml_node_t *node,
                       const struct presentation_table *table, struct presentation_column *column) {
  yaml_node_t *name, *measure;
  if (node->type != YAML_MAPPING_NODE)
    return reader_measure(reader, node, &column->measure);
  if (yaml_check_keys(reader->file, node, COLUMN_KEYS, COLUMN_KEY_COUNT, reader->error) < 0)
    return -1;
  if (!yaml_pair(reader->file, node, 0, &name, &measure) ||
      yaml_pair(reader->file, node, 1, &name, &measure))
    return yaml_complain(reader->file, node, reader->error,
                         "a column is one pair, as {saving: mean bytes_air}");
  for (size_t i = 0; i < COLUMN_KEY_COUNT; i++)
    if (strcmp(COLUMN_KEYS[i], yaml_scalar(name)) == 0)
      column->kind = (enum presentation_kind)(COLUMN_VALUE + 1 + i);
  if (check_compared(reader, node, yaml_scalar(name), table, column->kind) < 0)
    return -1;
  return reader_measure(reader, measure, &column->measure);
}

/* `among`: a column that is varied; NULL if it is not there. */
static int read_among(const struct presentation_reader *reader, yaml_node_t *item, char **among) {
  yaml_node_t *node = yaml_get(reader->file, item, "among");
  if (node == NULL)
    return 0;
  if (yaml_scalar(node) == NULL || !scenario_has_column(reader->scenario, yaml_scalar(node)))
    return yaml_complain(reader->file, node, reader->error,
                         "`among` names what is varied: a key of `sweep`, or case (with `cases`)");
  *among = memory_string(yaml_scalar(node));
  return 0;
}

static int read_columns(const struct presentation_reader *reader, yaml_node_t *list,
                        struct presentation_table *table) {
  yaml_node_t *node;
  while ((node = yaml_item(reader->file, list, table->column_count)) != NULL) {
    table->column = memory_resize(table->column, table->column_count + 1, sizeof *table->column);
    struct presentation_column *column = &table->column[table->column_count++];
    *column = (struct presentation_column){0};
    if (read_column(reader, node, table, column) < 0)
      return -1;
    if (table->side_by_side && column->kind != COLUMN_VALUE)
      return yaml_complain(reader->file, node, reader->error,
                           "side by side, columns are measures: what compares them is added");
  }
  return 0;
}

static int read_table(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_table *table) {
  if (yaml_check_keys(reader->file, item, KEYS, sizeof KEYS / sizeof KEYS[0], reader->error) < 0)
    return -1;
  if ((table->name = reader_name(reader, item)) == NULL ||
      (table->title = reader_text(reader, item, "title", table->name)) == NULL ||
      (table->blank = reader_text(reader, item, "blank", "-")) == NULL ||
      reader_where(reader, item, &table->where) < 0 ||
      reader_against(reader, item, &table->against) < 0 ||
      read_among(reader, item, &table->among) < 0 ||
      reader_bool(reader, item, "side_by_side", &table->side_by_side) < 0)
    return -1;
  yaml_node_t *columns = yaml_get(reader->file, item, "columns");
  yaml_node_t *sheets = yaml_get(reader->file, item, "sheets");
  const bool ledger = yaml_get(reader->file, item, "ledger") != NULL;
  if ((columns != NULL) + (sheets != NULL) + ledger != 1)
    return yaml_complain(reader->file, item, reader->error,
                         "a table has `columns: [measures]`, `ledger: ...` or `sheets: [files]`");
  if (columns != NULL)
    return read_columns(reader, columns, table);
  if (table->against != NULL || table->side_by_side)
    return yaml_complain(reader->file, item, reader->error,
                         "`against` and `side_by_side` are for tables with `columns`");
  return ledger ? reader_ledger(reader, item, "ledger", &table->ledger)
                : reader_sheets(reader, sheets, table);
}

int presentation_read_tables(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                             const struct schema *schema, struct text *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct presentation *presentation = &scenario->presentation;
  yaml_node_t *item;
  for (size_t i = 0; (item = yaml_item(file, node, i)) != NULL; i++) {
    presentation->table = memory_resize(presentation->table, i + 1, sizeof *presentation->table);
    struct presentation_table *table = &presentation->table[presentation->table_count++];
    *table = (struct presentation_table){0};
    if (read_table(&reader, item, table) < 0 ||
        reader_check_name(&reader, node, i, table->name) < 0)
      return -1;
  }
  return 0;
}
