/* The sections `constants`, `derived` and `computed` of a scenario. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char *const PUBLISHED_KEYS[] = {"file", "row", "column"};
static const char *const NUMBER_KEYS[] = {"value", "unit", "why"};
static const char *const DERIVED_KEYS[] = {"is", "unit"};
static const char *const COMPUTED_KEYS[] = {"from", "note", "metrics"};

static int check_mapping(const struct presentation_reader *reader, yaml_node_t *node,
                         const char *what) {
  if (node->type == YAML_MAPPING_NODE)
    return 0;
  return yaml_complain(reader->file, node, reader->error, "a mapping (%s) is expected here", what);
}

/* A name of a constant or metric: in no use yet, and not to be mistaken for a number. */
static int check_name(const struct presentation_reader *reader, const yaml_node_t *node) {
  static const char ACCEPTED[] = "abcdefghijklmnopqrstuvwxyz0123456789_";
  const struct derived *derived = &reader->scenario->derived;
  const char *name = yaml_scalar(node);
  if (strspn(name, ACCEPTED) != strlen(name) || name[0] < 'a' || name[0] > 'z')
    return yaml_complain(reader->file, node, reader->error,
                         "a name begins with a small letter, and has small letters, digits and _");
  bool used = schema_result_find(reader->schema, name) != NULL ||
              schema_spec_find(reader->schema, name) != NULL ||
              strcmp(name, MEASURE_SUCCESS) == 0 || strcmp(name, MEASURE_RETRANSMISSION) == 0 ||
              derived_find(derived, name) != NULL;
  for (size_t i = 0; i < derived->constant_count; i++)
    used = used || strcmp(derived->constant[i].name, name) == 0;
  if (!used)
    return 0;
  return yaml_complain(reader->file, node, reader->error, "the name `%s` is in use", name);
}

/* A figure of a file. */
static int read_published(const struct presentation_reader *reader, yaml_node_t *name,
                          yaml_node_t *item, double *value) {
  struct csv_file file;
  const int keys = yaml_check_keys(reader->file, item, PUBLISHED_KEYS,
                                   sizeof PUBLISHED_KEYS / sizeof PUBLISHED_KEYS[0], reader->error);
  if (item->type != YAML_MAPPING_NODE || reader_csv(reader, item, &file) < 0)
    return -1;
  int status = reader_csv_figure(reader, name, item, &file, 0, value);
  csv_file_deinit(&file);
  if (status == 0 && isnan(*value))
    status = yaml_complain(reader->file, item, reader->error, "there is no figure in this field");
  return keys | status;
}

/* A number, with words on where it is from. */
static int read_number(const struct presentation_reader *reader, yaml_node_t *item,
                       struct derived_constant *constant) {
  const int status = yaml_check_keys(reader->file, item, NUMBER_KEYS,
                                     sizeof NUMBER_KEYS / sizeof NUMBER_KEYS[0], reader->error) |
                     reader_number(reader, item, "value", &constant->value);
  constant->unit = reader_text(reader, item, "unit", "");
  constant->why = reader_text(reader, item, "why", NULL);
  return constant->unit == NULL || constant->why == NULL ? -1 : status;
}

static int read_constant(const struct presentation_reader *reader, yaml_node_t *name,
                         yaml_node_t *item, struct derived_constant *constant) {
  return item->type == YAML_MAPPING_NODE && yaml_get(reader->file, item, "value") != NULL
             ? read_number(reader, item, constant)
             : read_published(reader, name, item, &constant->value);
}

/* One that is complained about has its name all the same, unless that is in use: what is said of it
 * elsewhere is no mistake more. */
int scenario_read_constants(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                            const struct schema *schema, struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct derived *derived = &scenario->derived;
  yaml_node_t *name, *item;
  int status = check_mapping(&reader, node, "NAME: {file, row, column} or {value, unit, why}");
  for (size_t i = 0; yaml_pair(file, node, i, &name, &item); i++) {
    struct derived_constant constant = {.name = memory_string(yaml_scalar(name)), .value = 1};
    status |= check_name(&reader, name) | read_constant(&reader, name, item, &constant);
    derived->constant = memory_resize(derived->constant, i + 1, sizeof *derived->constant);
    derived->constant[derived->constant_count++] = constant;
  }
  return status;
}

static int read_sum(const struct presentation_reader *reader, const yaml_node_t *node,
                    struct derived_sum *sum) {
  const char *text = yaml_scalar(node);
  if (text == NULL)
    return yaml_complain(reader->file, node, reader->error,
                         "a sum is expected here, as `bytes_air + 2 * app_bytes_air`");
  struct text what = {0};
  int status = derived_sum_parse(sum, text, &reader->scenario->derived, reader->schema, &what);
  if (status < 0)
    yaml_complain(reader->file, node, reader->error, "`%s` %s", text, text_string(&what));
  text_deinit(&what);
  return status;
}

/* The unit of a sum that names none: that of its first metric, unless something is divided by it.
 */
static const char *sum_unit(const struct derived_sum *sum, const struct derived *derived,
                            const struct schema *schema) {
  const struct derived_term *term = &sum->term[0];
  for (size_t i = 0; i < term->factor_count; i++)
    if (term->factor[i].divides)
      return "";
  return term->factor_count == 0 ? ""
                                 : measure_metric_unit(term->factor[0].metric, schema, derived);
}

/* `is` and `unit`. */
static int read_metric(const struct presentation_reader *reader, yaml_node_t *item,
                       struct derived_metric *metric) {
  int status = yaml_check_keys(reader->file, item, DERIVED_KEYS,
                               sizeof DERIVED_KEYS / sizeof DERIVED_KEYS[0], reader->error);
  if (item->type != YAML_MAPPING_NODE)
    return -1;
  yaml_node_t *is = yaml_get(reader->file, item, "is");
  if (is == NULL)
    status = reader_missing(reader, item, "`is` is missing: a sum of metrics");
  else if (read_sum(reader, is, &metric->sum) < 0)
    status = -1;
  else
    metric->is = memory_string(yaml_scalar(is));
  const char *unit = metric->is == NULL
                         ? MEASURE_UNIT_UNKNOWN
                         : sum_unit(&metric->sum, &reader->scenario->derived, reader->schema);
  const bool given = yaml_get(reader->file, item, "unit") != NULL;
  metric->unit = given ? reader_text(reader, item, "unit", NULL) : memory_string(unit);
  return metric->unit == NULL ? -1 : status;
}

/* As of constants, one that is complained about has its name all the same. */
int scenario_read_derived(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                          const struct schema *schema, struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct derived *derived = &scenario->derived;
  yaml_node_t *name, *item;
  int status = check_mapping(&reader, node, "NAME: {is: SUM}");
  for (size_t i = 0; yaml_pair(file, node, i, &name, &item); i++) {
    struct derived_metric metric = {.name = memory_string(yaml_scalar(name))};
    status |= check_name(&reader, name) | read_metric(&reader, item, &metric);
    if (metric.unit == NULL)
      metric.unit = memory_string(MEASURE_UNIT_UNKNOWN);
    if (metric.is == NULL)
      metric.is = memory_string("");
    derived->metric = memory_resize(derived->metric, i + 1, sizeof *derived->metric);
    derived->metric[derived->metric_count++] = metric;
  }
  return status;
}

/* A result that the case computes; what the scenario derives follows by itself. */
static int read_computed_metric(const struct presentation_reader *reader, const yaml_node_t *name,
                                const yaml_node_t *sum, struct derived_case *computed) {
  const struct derived *derived = &reader->scenario->derived;
  const char *metric = yaml_scalar(name);
  if (derived_find(derived, metric) != NULL)
    return yaml_complain(reader->file, name, reader->error,
                         "`%s` is derived, and follows from what it is made of", metric);
  const char *unit = measure_metric_unit(metric, reader->schema, derived);
  if (unit == NULL) {
    struct text what = {0};
    measure_complain_metric(metric, reader->schema, derived, &what);
    yaml_complain(reader->file, name, reader->error, "this %s", text_string(&what));
    text_deinit(&what);
    return -1;
  }
  struct derived_metric read = {0};
  if (read_sum(reader, sum, &read.sum) < 0)
    return -1;
  read.name = memory_string(metric);
  read.unit = memory_string(unit);
  computed->metric =
      memory_resize(computed->metric, computed->metric_count + 1, sizeof *computed->metric);
  computed->metric[computed->metric_count++] = read;
  return 0;
}

static int check_case(const struct presentation_reader *reader, const yaml_node_t *name,
                      const yaml_node_t *item, const struct derived_case *computed) {
  const struct scenario *scenario = reader->scenario;
  int status = 0;
  if (strstr(computed->name, "computed") == NULL)
    status =
        yaml_complain(reader->file, name, reader->error,
                      "the name of a computed case has to say so: it lacks the word `computed`");
  if (json_object_get(scenario->cases, computed->name) != NULL)
    status = yaml_complain(reader->file, name, reader->error, "there is a case of this name");
  if (computed->from == NULL || !scenario->has_columns ||
      json_object_get(scenario->cases, computed->from) != NULL)
    return status;
  size_t count = 0;
  const char **names = memory_get(json_object_size(scenario->cases), sizeof *names), *one;
  json_t *settings;
  json_object_foreach(scenario->cases, one, settings) {
    names[count++] = one;
  }
  yaml_complain_unknown(reader->file, yaml_get(reader->file, item, "from"), "case", names, count,
                        reader->error);
  free(names);
  return -1;
}

static int read_computed_metrics(const struct presentation_reader *reader, yaml_node_t *item,
                                 struct derived_case *computed) {
  yaml_node_t *metrics = yaml_get(reader->file, item, "metrics"), *metric, *sum;
  if (metrics == NULL)
    return reader_missing(reader, item, "`metrics: {METRIC: SUM}` is missing");
  int status = check_mapping(reader, metrics, "METRIC: SUM");
  for (size_t i = 0; yaml_pair(reader->file, metrics, i, &metric, &sum); i++)
    status |= read_computed_metric(reader, metric, sum, computed);
  return status;
}

static int read_computed_case(const struct presentation_reader *reader, const yaml_node_t *name,
                              yaml_node_t *item, struct derived_case *computed) {
  int status = yaml_check_keys(reader->file, item, COMPUTED_KEYS,
                               sizeof COMPUTED_KEYS / sizeof COMPUTED_KEYS[0], reader->error);
  if (item->type != YAML_MAPPING_NODE)
    return -1;
  computed->from = reader_text(reader, item, "from", NULL);
  computed->note = reader_text(reader, item, "note", NULL);
  if (computed->from == NULL || computed->note == NULL)
    status = -1;
  return status | check_case(reader, name, item, computed) |
         read_computed_metrics(reader, item, computed);
}

int scenario_read_computed(struct scenario *scenario, struct yaml_file *file, yaml_node_t *node,
                           const struct schema *schema, struct complaints *error) {
  const struct presentation_reader reader = {scenario, file, schema, error};
  struct derived *derived = &scenario->derived;
  yaml_node_t *name, *item;
  int status = check_mapping(&reader, node, "CASE: {from, note, metrics}");
  for (size_t i = 0; yaml_pair(file, node, i, &name, &item); i++) {
    derived->computed = memory_resize(derived->computed, i + 1, sizeof *derived->computed);
    struct derived_case *computed = &derived->computed[derived->computed_count++];
    *computed = (struct derived_case){.name = memory_string(yaml_scalar(name))};
    status |= read_computed_case(&reader, name, item, computed);
  }
  return status;
}
