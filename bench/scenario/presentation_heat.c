/* A heat map's section: a measure over two columns, and the ratios that stand below it. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <math.h>
#include <string.h>

static const char *const HEAT_KEYS[] = {"name",    "type", "title",  "of",    "x",
                                        "x_title", "rows", "panels", "log",   "limits",
                                        "against", "as",   "labels", "below", "where"};

static const struct yaml_hint HEAT_HINTS[] = {
    {"y", "from the top down are the values of `rows`, and the measure is `of`"},
    {"columns", "from left to right are the values of `x`"},
    {"series", "from the top down are the values of `rows`"},
    {"metric", "the measure is `of`"},
    {"above", "shares of runs are `below`"},
    {NULL, NULL}};

/* `x`: any column, in order where it is of numbers. */
static int heat_read_x(const struct presentation_reader *reader, yaml_node_t *item,
                       struct presentation_figure *figure) {
  yaml_node_t *node = yaml_get(reader->file, item, "x");
  if (node == NULL)
    return reader_missing(reader, item, "`x: column` is missing");
  if (!reader_is_column(reader, node))
    return -1;
  figure->x = memory_string(yaml_scalar(node));
  return 0;
}

/* `rows`, which has been read: a column that is not `x`. */
static int heat_check_rows(const struct presentation_reader *reader, yaml_node_t *item,
                           const struct presentation_figure *figure) {
  yaml_node_t *node = yaml_get(reader->file, item, "rows");
  const char *rows = json_string_value(json_array_get(figure->series, 0));
  if (node == NULL || (figure->series != NULL && rows == NULL))
    return reader_missing(reader, item, "`rows: column` is missing");
  if (figure->x == NULL || rows == NULL || strcmp(figure->x, rows) != 0)
    return 0;
  return yaml_complain(reader->file, node, reader->error, "`rows` and `x` are of two columns");
}

static int heat_read_of(const struct presentation_reader *reader, yaml_node_t *item,
                        struct presentation_figure *figure) {
  const int read = reader_measures(reader, item, "of", 1, figure->y, &figure->y_count);
  return read == 0 && figure->y_count == 0
             ? reader_missing(reader, item, "`of: measure` is missing")
             : read;
}

/* Adds a ratio below, unless it is what the cells have already. */
static void heat_add_below(const struct presentation_reader *reader, const char *ratio,
                           struct presentation_figure *figure) {
  struct text unused = {0};
  if (strcmp(figure->y->metric, ratio) != 0 &&
      measure_parse(&figure->above[figure->above_count], ratio, reader->schema,
                    &reader->scenario->derived, &unused) == 0)
    figure->above_count++;
  text_deinit(&unused);
}

/* `below`: if left out, success, and of a time the share of runs that repeat a message: a time is a
 * step function of these. */
static int heat_read_below(const struct presentation_reader *reader, yaml_node_t *item,
                           struct presentation_figure *figure) {
  if (yaml_get(reader->file, item, "below") != NULL)
    return reader_ratios(reader, item, "below", figure);
  if (figure->y_count == 1 && strcmp(figure->y->unit, "ms") == 0)
    heat_add_below(reader, MEASURE_RETRANSMISSION, figure);
  if (figure->y_count == 1)
    heat_add_below(reader, MEASURE_SUCCESS, figure);
  return 0;
}

/* `limits: [low, high]`, in the unit of the measure; a share is of 1. */
static int heat_read_limits(const struct presentation_reader *reader, yaml_node_t *item,
                            struct presentation_figure *figure) {
  yaml_node_t *list = yaml_get(reader->file, item, "limits");
  double *limits = figure->limits;
  limits[0] = limits[1] = NAN;
  if (list == NULL)
    return 0;
  bool good = list->type == YAML_SEQUENCE_NODE && yaml_item(reader->file, list, 2) == NULL;
  for (size_t i = 0; i < 2 && good; i++) {
    const yaml_node_t *node = yaml_item(reader->file, list, i);
    const char *text = node == NULL ? NULL : yaml_scalar(node);
    good = text != NULL && schema_number_parse(text, &limits[i]);
  }
  if (!good || !(limits[0] < limits[1]) || !isfinite(limits[1] - limits[0]))
    return yaml_complain(reader->file, list, reader->error,
                         "`limits` are two numbers, the lower one first, as [0, 500]");
  return figure->logarithmic && !(limits[0] > 0)
             ? yaml_complain(reader->file, list, reader->error,
                             "`limits` of a logarithmic scale are above 0")
             : 0;
}

static int heat_read(const struct presentation_reader *reader, yaml_node_t *item,
                     struct presentation_figure *figure) {
  int status = heat_read_x(reader, item, figure) | heat_read_of(reader, item, figure);
  status |= heat_check_rows(reader, item, figure) | heat_read_below(reader, item, figure);
  status |= reader_bool(reader, item, "log", &figure->logarithmic);
  return status | heat_read_limits(reader, item, figure) |
         reader_compared(reader, item, &figure->against, &figure->kind);
}

const struct figure_reader FIGURE_READER_HEAT = {.keys = HEAT_KEYS,
                                                 .key_count =
                                                     sizeof HEAT_KEYS / sizeof HEAT_KEYS[0],
                                                 .hints = HEAT_HINTS,
                                                 .series = "rows",
                                                 .series_columns = 1,
                                                 .places = PRESENTATION_HEAT_MAX,
                                                 .apart = "panels",
                                                 .names = true,
                                                 .read = heat_read};
