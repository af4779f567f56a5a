/* What the readers of tables, figures, expectations and comparisons share. Each complains with the
 * place in the file, reads on where it can (support/complaints.h), and returns -1 or NULL then. */
#ifndef BENCH_SCENARIO_PRESENTATION_READER_H
#define BENCH_SCENARIO_PRESENTATION_READER_H

#include "scenario.h"
#include "support/csv_file.h"

struct presentation_reader {
  const struct scenario *scenario;
  struct yaml_file *file;
  const struct schema *schema;
  struct complaints *error;
};

/* A type of figure (figures.def): what its section has beside name, type, title, x_title, labels
 * and where, which are read for all. */
struct figure_reader {
  const char *const *keys; /* all that it may have */
  size_t key_count;
  const struct yaml_hint *hints; /* for keys of other types; NULL without */
  const char *series;            /* the key of the columns that tell its series apart */
  size_t series_columns;         /* so many at most; 0: any number */
  bool lines; /* of its series no more are told apart than there are line styles */
  int (*read)(const struct presentation_reader *reader, yaml_node_t *item,
              struct presentation_figure *figure);
  size_t places;     /* so many places of `x`, and so many series, at most; 0: any number */
  const char *apart; /* the key that tells cells apart which fall on one place; NULL: `series` */
  bool names;        /* `labels` also name what is varied */
};

#define FIGURE(id, name) extern const struct figure_reader FIGURE_READER_##id;
#include "figures.def"
#undef FIGURE

const struct figure_reader *figure_reader_of(enum presentation_figure_type type);

/* Complains that `item` lacks what `what` says, unless one of its keys is unknown. Returns -1. */
int reader_missing(const struct presentation_reader *reader, const yaml_node_t *item,
                   const char *what);

/* Whether `node` names what is varied: a key of `sweep`, or `case`; complains if not. */
bool reader_is_column(const struct presentation_reader *reader, const yaml_node_t *node);

/* The text at `key` of `item`, copied; `otherwise` if it is not there; NULL with a complaint if it
 * has to be there. */
char *reader_text(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  const char *otherwise);

/* `name`, which becomes the name of files. */
char *reader_name(const struct presentation_reader *reader, yaml_node_t *item);

/* `against`: one value for each column that it names; NULL if it is not there. */
int reader_against(const struct presentation_reader *reader, yaml_node_t *item, json_t **against);

/* The names of what compares a cell with its baseline: presentation_kind but COLUMN_VALUE, from
 * COLUMN_VALUE + 1 on. */
enum { READER_KIND_COUNT = 4 };
extern const char *const READER_KINDS[READER_KIND_COUNT];

/* `against` and `as`, the kind of comparison: a difference if left out, COLUMN_VALUE without a
 * baseline. */
int reader_compared(const struct presentation_reader *reader, yaml_node_t *item, json_t **against,
                    enum presentation_kind *kind);

int reader_where(const struct presentation_reader *reader, yaml_node_t *item, json_t **where);
int reader_measure(const struct presentation_reader *reader, const yaml_node_t *node,
                   struct measure *measure);

/* A list of measures at `key`; more than `most` are too many. `count` are those that are good. */
int reader_measures(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                    size_t most, struct measure *measure, size_t *count);

/* A list of columns at `key` as a JSON array. */
json_t *reader_columns(const struct presentation_reader *reader, yaml_node_t *item,
                       const char *key);

int reader_ledger(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  char **ledger);
int reader_bool(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                bool *value);
int reader_labels(const struct presentation_reader *reader, yaml_node_t *item, json_t **labels);

/* A list of ratios at `key`, which stand above or below what the figure is of. */
int reader_ratios(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  struct presentation_figure *figure);

/* What a stack is of: `of`, `by` and `groups`, or `parts`. */
int reader_parts(const struct presentation_reader *reader, yaml_node_t *item,
                 struct presentation_figure *figure);

/* The figures of the data sheets in `list`. */
int reader_sheets(const struct presentation_reader *reader, yaml_node_t *list,
                  struct presentation_table *table);

/* A number at `key`; NaN if it is not there. */
int reader_number(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  double *number);

/* Complains if the name of item `index` (NULL: it has none) was used by an earlier one. */
int reader_check_name(const struct presentation_reader *reader, yaml_node_t *list, size_t index,
                      const char *name);

/* Opens the CSV file that `file` names, which is in the scenario's folder or below. */
int reader_csv(const struct presentation_reader *reader, yaml_node_t *item, struct csv_file *file);

/* The column that `column` of `item` names; unchanged if it names none. */
int reader_csv_column(const struct presentation_reader *reader, yaml_node_t *item,
                      const struct csv_file *file, size_t *column);

/* The figure in the row that `row` of `item` names, or else `name`, and in the column of `item`, or
 * else `column`; NaN where the field is empty. */
int reader_csv_figure(const struct presentation_reader *reader, yaml_node_t *name,
                      yaml_node_t *item, const struct csv_file *file, size_t column,
                      double *figure);

#endif
