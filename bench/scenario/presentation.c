/* Figures and expectations of a scenario. */
#include "presentation_reader.h"
#include "support/layout.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const BANDS_KEYS[] = {
    "name",  "type",  "title", "x",         "x_title", "y",  "series", "panels",
    "above", "log_x", "log_y", "crossings", "against", "as", "labels", "where"};
static const char *const CDF_KEYS[] = {"name",   "type",   "title", "of",     "x_title",
                                       "series", "panels", "log_x", "labels", "where"};
static const char *const PROGRESS_KEYS[] = {"name",   "type",   "title", "of",     "x_title",
                                            "series", "panels", "log_x", "labels", "where"};
static const char *const STACK_KEYS[] = {"name",   "type",   "title", "of",     "x_title",
                                         "bars",   "panels", "by",    "groups", "parts",
                                         "shares", "labels", "where"};
static const char *const SAVINGS_KEYS[] = {"name",    "type", "title",  "of",
                                           "against", "rows", "labels", "where"};
static const char *const EXPECT_KEYS[] = {"metric",  "at_least", "at_most",
                                          "against", "as",       "where"};

static const struct yaml_hint BANDS_HINTS[] = {{"of", "the measure is `y`"},
                                               {"metric", "the measure is `y`"},
                                               {"rows", "lines are told apart by `series`"},
                                               {NULL, NULL}};
static const struct yaml_hint CDF_HINTS[] = {{"x", "the result is `of`"},
                                             {"y", "the result is `of`"},
                                             {"metric", "the result is `of`"},
                                             {"rows", "lines are told apart by `series`"},
                                             {NULL, NULL}};
static const struct yaml_hint STACK_HINTS[] = {{"x", "bars are told apart by `bars`"},
                                               {"rows", "bars are told apart by `bars`"},
                                               {"series", "bars are told apart by `bars`"},
                                               {NULL, NULL}};
static const struct yaml_hint EXPECT_HINTS[] = {
    {"claim", "a claim stands alone, as `- bytes_air < 5000`, or is `that`"}, {NULL, NULL}};

static const char *const CLAIM_KEYS[] = {"that", "shown", "why", "where"};

static const char *const TYPE_NAMES[PRESENTATION_FIGURE_TYPES] = {
#define FIGURE(id, name) name,
#include "figures.def"
#undef FIGURE
};

static const struct figure_reader *const READERS[PRESENTATION_FIGURE_TYPES] = {
#define FIGURE(id, name) &FIGURE_READER_##id,
#include "figures.def"
#undef FIGURE
};

const struct figure_reader *figure_reader_of(enum presentation_figure_type type) {
  return READERS[type];
}

static int complain_no_type(const struct presentation_reader *reader, yaml_node_t *item) {
  struct text names = {0};
  for (size_t i = 0; i < PRESENTATION_FIGURE_TYPES; i++)
    text_add(&names, "%s%s", i == 0 ? "" : ", ", TYPE_NAMES[i]);
  yaml_complain(reader->file, item, reader->error, "a figure has a `type`, one of %s",
                text_string(&names));
  text_deinit(&names);
  return -1;
}

static int read_type(const struct presentation_reader *reader, yaml_node_t *item,
                     struct presentation_figure *figure) {
  yaml_node_t *node = yaml_get(reader->file, item, "type");
  if (node == NULL || yaml_scalar(node) == NULL)
    return complain_no_type(reader, item);
  for (size_t i = 0; i < PRESENTATION_FIGURE_TYPES; i++) {
    if (strcmp(TYPE_NAMES[i], yaml_scalar(node)) != 0)
      continue;
    figure->type = (enum presentation_figure_type)i;
    return 0;
  }
  return yaml_complain_unknown(reader->file, node, "type", TYPE_NAMES, PRESENTATION_FIGURE_TYPES,
                               reader->error);
}

static int read_x(const struct presentation_reader *reader, yaml_node_t *item,
                  struct presentation_figure *figure) {
  if ((figure->x = reader_text(reader, item, "x", NULL)) == NULL)
    return -1;
  const struct schema_key *key = schema_spec_find(reader->schema, figure->x);
  if (!reader->scenario->has_columns)
    return -1;
  if (scenario_has_column(reader->scenario, figure->x) && key != NULL && key->type != SCHEMA_CHOICE)
    return 0;
  if (key == NULL && json_object_get(reader->scenario->sweep, figure->x) != NULL)
    return -1;
  return yaml_complain(reader->file, yaml_get(reader->file, item, "x"), reader->error,
                       "`x` has to be a numeric key of `sweep`");
}

/* The measures of an axis. */
static int read_y(const struct presentation_reader *reader, yaml_node_t *item,
                  struct presentation_figure *figure) {
  int status = reader_measures(reader, item, "y", PRESENTATION_Y_MAX, figure->y, &figure->y_count);
  if (status == 0 && figure->y_count == 0)
    status = reader_missing(reader, item, "`y: [measures]` is missing");
  for (size_t i = 1; i < figure->y_count; i++)
    if (!measure_units_agree(figure->y[i].unit, figure->y[0].unit))
      status = yaml_complain(reader->file, yaml_get(reader->file, item, "y"), reader->error,
                             "measures of one axis need one unit");
  return status;
}

int reader_ratios(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  struct presentation_figure *figure) {
  int status = reader_measures(reader, item, key, PRESENTATION_ABOVE_MAX, figure->above,
                               &figure->above_count);
  for (size_t i = 0; i < figure->above_count; i++)
    if (figure->above[i].statistic != MEASURE_RATIO)
      status = yaml_complain(reader->file, yaml_get(reader->file, item, key), reader->error,
                             "%s are ratios: success, retransmission_share", key);
  return status;
}

static int read_bands(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_figure *figure) {
  return read_x(reader, item, figure) | reader_bool(reader, item, "log_y", &figure->logarithmic) |
         reader_bool(reader, item, "log_x", &figure->log_x) |
         reader_bool(reader, item, "crossings", &figure->crossings) |
         reader_compared(reader, item, &figure->against, &figure->kind) |
         read_y(reader, item, figure) | reader_ratios(reader, item, "above", figure);
}

static int read_cdf(const struct presentation_reader *reader, yaml_node_t *item,
                    struct presentation_figure *figure) {
  const int status = reader_bool(reader, item, "log_x", &figure->logarithmic);
  if ((figure->of = reader_text(reader, item, "of", NULL)) == NULL)
    return -1;
  figure->of_quantiles = true;
  const struct schema_key *key = schema_result_find(reader->schema, figure->of);
  if (key != NULL && (key->type == SCHEMA_COUNT || key->type == SCHEMA_FIGURE))
    return status;
  struct text what = {0};
  measure_complain_metric(figure->of, reader->schema, &reader->scenario->derived, &what);
  yaml_complain(reader->file, yaml_get(reader->file, item, "of"), reader->error,
                "`of` has to be a numeric result: it %s", text_string(&what));
  text_deinit(&what);
  return -1;
}

/* Whether results have the key with this ending, of this type. */
static bool progress_has(const struct presentation_reader *reader, const char *of,
                         const char *ending, enum schema_type type) {
  char *name = text_format("%s%s", of, ending);
  const struct schema_key *key = schema_result_find(reader->schema, name);
  free(name);
  return key != NULL && key->type == type;
}

static int read_progress(const struct presentation_reader *reader, yaml_node_t *item,
                         struct presentation_figure *figure) {
  const int status = reader_bool(reader, item, "log_x", &figure->logarithmic);
  if ((figure->of = reader_text(reader, item, "of", NULL)) == NULL)
    return -1;
  figure->of_percent = true;
  if (progress_has(reader, figure->of, "_ms", SCHEMA_JSON) &&
      progress_has(reader, figure->of, "_ratio", SCHEMA_FIGURE))
    return status;
  return yaml_complain(reader->file, yaml_get(reader->file, item, "of"), reader->error,
                       "`of` has to be what results have by percent (`%s_ms`) and as a share "
                       "(`%s_ratio`), as joined",
                       figure->of, figure->of);
}

static int read_savings(const struct presentation_reader *reader, yaml_node_t *item,
                        struct presentation_figure *figure) {
  const int read =
      reader_measures(reader, item, "of", PRESENTATION_SAVINGS_MAX, figure->y, &figure->y_count);
  int status = read | reader_against(reader, item, &figure->against);
  if (read == 0 && figure->y_count == 0)
    status = reader_missing(reader, item, "`of: [measures]` is missing");
  if (yaml_get(reader->file, item, "against") == NULL)
    status = reader_missing(reader, item,
                            "`against: {column: value}` is missing: what the savings are of");
  return status;
}

static int read_stack(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_figure *figure) {
  return reader_bool(reader, item, "shares", &figure->shares) | reader_parts(reader, item, figure);
}

#define KEYS(list) .keys = list, .key_count = sizeof list / sizeof list[0]
const struct figure_reader FIGURE_READER_BANDS = {
    KEYS(BANDS_KEYS), .hints = BANDS_HINTS, .series = "series", .lines = true, .read = read_bands};
const struct figure_reader FIGURE_READER_CDF = {
    KEYS(CDF_KEYS), .hints = CDF_HINTS, .series = "series", .lines = true, .read = read_cdf};
const struct figure_reader FIGURE_READER_PROGRESS = {KEYS(PROGRESS_KEYS), .series = "series",
                                                     .lines = true, .read = read_progress};
const struct figure_reader FIGURE_READER_STACK = {KEYS(STACK_KEYS), .hints = STACK_HINTS,
                                                  .series = "bars", .series_columns = 2,
                                                  .read = read_stack};
const struct figure_reader FIGURE_READER_SAVINGS = {KEYS(SAVINGS_KEYS), .series = "rows",
                                                    .series_columns = 2, .read = read_savings};

/* The columns that tell the series apart. */
static int read_series(const struct presentation_reader *reader, yaml_node_t *item,
                       struct presentation_figure *figure) {
  const struct figure_reader *type = READERS[figure->type];
  figure->series = reader_columns(reader, item, type->series);
  if (figure->series == NULL)
    return -1;
  if (type->series_columns == 0 || json_array_size(figure->series) <= type->series_columns)
    return 0;
  return yaml_complain(reader->file, yaml_get(reader->file, item, type->series), reader->error,
                       "%s are told apart by %s", type->series,
                       type->series_columns == 1 ? "one column" : "one or two columns");
}

/* Complains about words that no figure has room for. */
static int check_width(const struct presentation_reader *reader, yaml_node_t *item,
                       const char *key) {
  yaml_node_t *node = yaml_get(reader->file, item, key);
  if (node == NULL || yaml_scalar(node) == NULL ||
      layout_text_width(yaml_scalar(node), 7) <= LAYOUT_WIDTH_IN - 0.08)
    return 0;
  return yaml_complain(reader->file, node, reader->error, "this is too long for a figure");
}

/* `panels`: one column, which tells nothing else apart. */
static int read_panels(const struct presentation_reader *reader, yaml_node_t *item,
                       struct presentation_figure *figure) {
  json_t *columns = reader_columns(reader, item, "panels");
  const char *column = json_string_value(json_array_get(columns, 0)), *wrong = NULL;
  if (columns == NULL)
    return -1;
  if (json_array_size(columns) > 1)
    wrong = "panels are of one column";
  for (size_t i = 0; i < json_array_size(figure->series) && column != NULL; i++)
    if (strcmp(json_string_value(json_array_get(figure->series, i)), column) == 0)
      wrong = "what splits panels tells nothing apart inside of one";
  if (column != NULL && figure->x != NULL && strcmp(column, figure->x) == 0)
    wrong = "`x` cannot split panels";
  if (column != NULL && wrong == NULL)
    figure->panels = memory_string(column);
  json_decref(columns);
  return wrong == NULL ? 0
                       : yaml_complain(reader->file, yaml_get(reader->file, item, "panels"),
                                       reader->error, "%s", wrong);
}

/* What is special to its type. */
static int read_figure_of_type(const struct presentation_reader *reader, yaml_node_t *item,
                               struct presentation_figure *figure) {
  const struct figure_reader *type = READERS[figure->type];
  const int status = yaml_check_keys_hinted(reader->file, item, type->keys, type->key_count,
                                            type->hints, reader->error) |
                     read_series(reader, item, figure) | type->read(reader, item, figure);
  return status | read_panels(reader, item, figure);
}

static int read_x_title(const struct presentation_reader *reader, yaml_node_t *item,
                        struct presentation_figure *figure) {
  if (yaml_get(reader->file, item, "x_title") == NULL)
    return 0;
  figure->x_title = reader_text(reader, item, "x_title", NULL);
  return figure->x_title == NULL ? -1 : check_width(reader, item, "x_title");
}

static int read_figure(const struct presentation_reader *reader, yaml_node_t *item,
                       struct presentation_figure *figure) {
  if (yaml_check_mapping(reader->file, item, reader->error) < 0)
    return -1;
  int status = read_type(reader, item, figure);
  if (status == 0)
    status = read_figure_of_type(reader, item, figure);
  figure->name = reader_name(reader, item);
  figure->title = reader_text(reader, item, "title", figure->name == NULL ? "" : figure->name);
  if (figure->name == NULL || figure->title == NULL)
    status = -1;
  return status | check_width(reader, item, "title") | read_x_title(reader, item, figure) |
         reader_where(reader, item, &figure->where) | reader_labels(reader, item, &figure->labels);
}

static int check_bounds(const struct presentation_reader *reader, yaml_node_t *item,
                        const struct presentation_expectation *expectation) {
  if (isnan(expectation->at_least) && isnan(expectation->at_most))
    return reader_missing(reader, item, "`at_least` or `at_most` is missing");
  if (expectation->at_least > expectation->at_most)
    return yaml_complain(reader->file, yaml_get(reader->file, item, "at_least"), reader->error,
                         "`at_least` is above `at_most`: nothing is both");
  return 0;
}

/* `shown: true` or `false` of what has an interval. */
static int read_shown(const struct presentation_reader *reader, yaml_node_t *item, bool is_read,
                      struct claim *claim) {
  bool shown;
  yaml_node_t *node = yaml_get(reader->file, item, "shown");
  if (node == NULL)
    return 0;
  if (reader_bool(reader, item, "shown", &shown) < 0)
    return -1;
  claim->shown = shown ? CLAIM_SHOWN : CLAIM_NOT_SHOWN;
  if (!is_read || claim_has_interval(claim))
    return 0;
  return yaml_complain(reader->file, node, reader->error,
                       "`shown` is of <, <=, > or >= between one measure in two cells (or a "
                       "multiple of it), or a number and another side");
}

static int read_claim(const struct presentation_reader *reader, yaml_node_t *item,
                      struct presentation_expectation *expectation) {
  yaml_node_t *that = item;
  int status = 0;
  if (item->type == YAML_MAPPING_NODE) {
    status = yaml_check_keys(reader->file, item, CLAIM_KEYS,
                             sizeof CLAIM_KEYS / sizeof CLAIM_KEYS[0], reader->error);
    that = yaml_get(reader->file, item, "that");
  }
  expectation->claim = memory_get(1, sizeof *expectation->claim);
  const int read = claim_read(expectation->claim, reader, that);
  if (item->type != YAML_MAPPING_NODE)
    return read;
  expectation->claim->why = reader_text(reader, item, "why", "");
  if (expectation->claim->why == NULL)
    status = -1;
  return status | read | read_shown(reader, item, read == 0, expectation->claim) |
         reader_where(reader, item, &expectation->where);
}

/* Whether a text that is no measure has the sign of a claim. */
static bool is_claim(const struct presentation_reader *reader, const yaml_node_t *node) {
  const char *text = node == NULL ? NULL : yaml_scalar(node);
  struct measure measure = {0};
  struct text unused = {0};
  const bool signs = text != NULL && strpbrk(text, "<>=~") != NULL;
  const bool found = signs && measure_parse(&measure, text, reader->schema,
                                            &reader->scenario->derived, &unused) < 0;
  measure_deinit(&measure);
  text_deinit(&unused);
  return found;
}

static int read_bounded(const struct presentation_reader *reader, yaml_node_t *item,
                        struct presentation_expectation *expectation) {
  int status = yaml_check_keys_hinted(reader->file, item, EXPECT_KEYS,
                                      sizeof EXPECT_KEYS / sizeof EXPECT_KEYS[0], EXPECT_HINTS,
                                      reader->error);
  yaml_node_t *metric = yaml_get(reader->file, item, "metric");
  if (is_claim(reader, metric))
    return yaml_complain(reader->file, metric, reader->error,
                         "`%s` is a claim: it stands alone (`- bytes_air < 5000`), or is `that`\n"
                         "`metric` is a measure, with `at_least` or `at_most`",
                         yaml_scalar(metric));
  const int bounds = reader_number(reader, item, "at_least", &expectation->at_least) |
                     reader_number(reader, item, "at_most", &expectation->at_most);
  status |= metric == NULL ? reader_missing(reader, item, "`metric` is missing")
                           : reader_measure(reader, metric, &expectation->column.measure);
  status |= bounds < 0 ? bounds : check_bounds(reader, item, expectation);
  return status | reader_compared(reader, item, &expectation->against, &expectation->column.kind) |
         reader_where(reader, item, &expectation->where);
}

static int read_expectation(const struct presentation_reader *reader, yaml_node_t *item,
                            struct presentation_expectation *expectation) {
  expectation->place = text_format("%s:%zu", reader->file->path, item->start_mark.line + 1);
  if (item->type == YAML_SEQUENCE_NODE)
    return yaml_complain(reader->file, item, reader->error,
                         "a claim (text) or a mapping (metric: measure) is expected here");
  return yaml_scalar(item) != NULL || yaml_get(reader->file, item, "that") != NULL
             ? read_claim(reader, item, expectation)
             : read_bounded(reader, item, expectation);
}

int presentation_read_figures(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                              const struct schema *schema, struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct presentation *presentation = &scenario->presentation;
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(file, node, i)) != NULL; i++) {
    presentation->figure = memory_resize(presentation->figure, i + 1, sizeof *presentation->figure);
    struct presentation_figure *figure = &presentation->figure[presentation->figure_count++];
    *figure = (struct presentation_figure){.at = {file, item}};
    int read = read_figure(&reader, item, figure);
    read |= reader_check_name(&reader, node, i, figure->name);
    figure->at.good = read == 0;
    status |= read;
  }
  return status;
}

int presentation_read_expectations(struct scenario *scenario, struct yaml_file *file,
                                   yaml_node_t *node, const struct schema *schema,
                                   struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct presentation *presentation = &scenario->presentation;
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(file, node, i)) != NULL; i++) {
    presentation->expectation =
        memory_resize(presentation->expectation, i + 1, sizeof *presentation->expectation);
    struct presentation_expectation *expectation =
        &presentation->expectation[presentation->expectation_count++];
    *expectation = (struct presentation_expectation){.at = {file, item}};
    const int read = read_expectation(&reader, item, expectation);
    expectation->at.good = read == 0;
    status |= read;
  }
  return status;
}

static void figure_deinit(struct presentation_figure *figure) {
  free(figure->name);
  free(figure->title);
  free(figure->x);
  free(figure->x_title);
  free(figure->of);
  free(figure->panels);
  for (size_t i = 0; i < PRESENTATION_SAVINGS_MAX; i++)
    measure_deinit(&figure->y[i]);
  for (size_t i = 0; i < PRESENTATION_ABOVE_MAX; i++)
    measure_deinit(&figure->above[i]);
  json_decref(figure->series);
  json_decref(figure->against);
  json_decref(figure->labels);
  json_decref(figure->parts);
  json_decref(figure->where);
}

static void comparison_deinit(struct presentation_comparison *comparison) {
  for (size_t i = 0; i < comparison->row_count; i++) {
    struct presentation_comparison_row *row = &comparison->row[i];
    for (size_t j = 0; j < row->term_count; j++)
      measure_deinit(&row->term[j].measure);
    free(row->term);
    free(row->name);
    free(row->why);
    free(row->place);
  }
  free(comparison->row);
  free(comparison->name);
  free(comparison->title);
  free(comparison->unit);
  free(comparison->source);
  json_decref(comparison->where);
}

static void table_figures_deinit(struct presentation_table *table) {
  for (size_t i = 0; i < table->figure_count; i++) {
    free(table->figure[i].sheet);
    free(table->figure[i].name);
    free(table->figure[i].value);
    free(table->figure[i].source);
    free(table->figure[i].assumption);
  }
  free(table->figure);
}

void presentation_deinit(struct presentation *presentation) {
  for (size_t i = 0; i < presentation->comparison_count; i++)
    comparison_deinit(&presentation->comparison[i]);
  free(presentation->comparison);
  for (size_t i = 0; i < presentation->table_count; i++) {
    struct presentation_table *table = &presentation->table[i];
    free(table->name);
    free(table->title);
    free(table->ledger);
    free(table->blank);
    free(table->among);
    table_figures_deinit(table);
    for (size_t j = 0; j < table->column_count; j++)
      measure_deinit(&table->column[j].measure);
    free(table->column);
    json_decref(table->labels);
    json_decref(table->against);
    json_decref(table->where);
  }
  for (size_t i = 0; i < presentation->figure_count; i++)
    figure_deinit(&presentation->figure[i]);
  for (size_t i = 0; i < presentation->expectation_count; i++) {
    if (presentation->expectation[i].claim != NULL)
      claim_deinit(presentation->expectation[i].claim);
    free(presentation->expectation[i].claim);
    measure_deinit(&presentation->expectation[i].column.measure);
    json_decref(presentation->expectation[i].against);
    json_decref(presentation->expectation[i].where);
    free(presentation->expectation[i].place);
  }
  free(presentation->table);
  free(presentation->figure);
  free(presentation->expectation);
  *presentation = (struct presentation){0};
}
