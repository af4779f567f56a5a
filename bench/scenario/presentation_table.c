/* The section `tables` of a scenario. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

static const char *const KEYS[] = {"name",  "title",  "columns", "against", "among", "side_by_side",
                                   "where", "ledger", "sheets",  "blank",   "labels"};

/* What a column may be but a measure: presentation_kind from COLUMN_VALUE + 1 on. */
static const char *const COLUMN_KEYS[] = {"saving", "saving_share", "difference", "ratio", "rank"};
enum { COLUMN_KEY_COUNT = sizeof COLUMN_KEYS / sizeof COLUMN_KEYS[0] };

const char *presentation_column_key(enum presentation_kind kind) {
  return kind == COLUMN_VALUE ? "" : COLUMN_KEYS[kind - COLUMN_VALUE - 1];
}

/* Whether the table says what a column of this kind is compared with. */
static int check_compared(const struct presentation_reader *reader, yaml_node_t *item,
                          const yaml_node_t *node, const char *name, enum presentation_kind kind) {
  if (kind == COLUMN_RANK && yaml_get(reader->file, item, "among") == NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "`rank` is among cells: `among: column` in this table says which");
  if (kind != COLUMN_RANK && yaml_get(reader->file, item, "against") == NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "`%s` needs a baseline: `against: {column: value}` in this table", name);
  return 0;
}

/* {saving: measure}, or a measure. */
static int read_column(const struct presentation_reader *reader, yaml_node_t *item,
                       yaml_node_t *node, struct presentation_column *column) {
  yaml_node_t *name, *measure, *second;
  if (node->type != YAML_MAPPING_NODE)
    return reader_measure(reader, node, &column->measure);
  if (yaml_check_keys(reader->file, node, COLUMN_KEYS, COLUMN_KEY_COUNT, reader->error) < 0)
    return -1;
  if (!yaml_pair(reader->file, node, 0, &name, &measure) ||
      yaml_pair(reader->file, node, 1, &second, &second))
    return yaml_complain(reader->file, node, reader->error,
                         "a column is one pair, as {saving: mean bytes_air}");
  for (size_t i = 0; i < COLUMN_KEY_COUNT; i++)
    if (strcmp(COLUMN_KEYS[i], yaml_scalar(name)) == 0)
      column->kind = (enum presentation_kind)(COLUMN_VALUE + 1 + i);
  return check_compared(reader, item, node, yaml_scalar(name), column->kind) |
         reader_measure(reader, measure, &column->measure);
}

/* `among`: a column that is varied; NULL if it is not there. */
static int read_among(const struct presentation_reader *reader, yaml_node_t *item, char **among) {
  yaml_node_t *node = yaml_get(reader->file, item, "among");
  if (node == NULL)
    return 0;
  if (!reader_is_column(reader, node))
    return -1;
  *among = memory_string(yaml_scalar(node));
  return 0;
}

static int read_columns(const struct presentation_reader *reader, yaml_node_t *item,
                        yaml_node_t *list, struct presentation_table *table) {
  yaml_node_t *node;
  int status = 0;
  while ((node = yaml_item(reader->file, list, table->column_count)) != NULL) {
    table->column = memory_resize(table->column, table->column_count + 1, sizeof *table->column);
    struct presentation_column *column = &table->column[table->column_count++];
    *column = (struct presentation_column){0};
    status |= read_column(reader, item, node, column);
    if (table->side_by_side && column->kind != COLUMN_VALUE)
      status = yaml_complain(reader->file, node, reader->error,
                             "side by side, columns are measures: what compares them is added");
  }
  return status;
}

/* What it shows. */
static int read_content(const struct presentation_reader *reader, yaml_node_t *item,
                        struct presentation_table *table) {
  yaml_node_t *columns = yaml_get(reader->file, item, "columns");
  yaml_node_t *sheets = yaml_get(reader->file, item, "sheets");
  const bool ledger = yaml_get(reader->file, item, "ledger") != NULL;
  static const char WHAT[] =
      "a table has `columns: [measures]`, `ledger: ...` or `sheets: [files]`";
  const int parts = (columns != NULL) + (sheets != NULL) + ledger;
  if (parts == 0)
    return reader_missing(reader, item, WHAT);
  if (parts > 1)
    return yaml_complain(reader->file, item, reader->error, "%s", WHAT);
  if (columns != NULL)
    return read_columns(reader, item, columns, table);
  if (table->against != NULL || table->side_by_side)
    return yaml_complain(reader->file, item, reader->error,
                         "`against` and `side_by_side` are for tables with `columns`");
  return ledger ? reader_ledger(reader, item, "ledger", &table->ledger)
                : reader_sheets(reader, sheets, table);
}

static int read_table(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_table *table) {
  int status =
      yaml_check_keys(reader->file, item, KEYS, sizeof KEYS / sizeof KEYS[0], reader->error);
  if (item->type != YAML_MAPPING_NODE)
    return -1;
  table->name = reader_name(reader, item);
  table->title = reader_text(reader, item, "title", table->name == NULL ? "" : table->name);
  table->blank = reader_text(reader, item, "blank", "-");
  if (table->name == NULL || table->title == NULL || table->blank == NULL)
    status = -1;
  status |= reader_where(reader, item, &table->where) |
            reader_against(reader, item, &table->against) |
            read_among(reader, item, &table->among) | reader_labels(reader, item, &table->labels) |
            reader_bool(reader, item, "side_by_side", &table->side_by_side);
  return status | read_content(reader, item, table);
}

int presentation_read_tables(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                             const struct schema *schema, struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct presentation *presentation = &scenario->presentation;
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(file, node, i)) != NULL; i++) {
    presentation->table = memory_resize(presentation->table, i + 1, sizeof *presentation->table);
    struct presentation_table *table = &presentation->table[presentation->table_count++];
    *table = (struct presentation_table){.at = {file, item}};
    int read = read_table(&reader, item, table);
    read |= reader_check_name(&reader, node, i, table->name);
    table->at.good = read == 0;
    status |= read;
  }
  return status;
}
