/* Statistics of metrics, by their names. */
#include "measure.h"
#include "derived.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

static bool is_ratio(const char *metric) {
  return strcmp(metric, MEASURE_SUCCESS) == 0 || strcmp(metric, MEASURE_RETRANSMISSION) == 0;
}

/* The key that a metric comes from: itself, or what is before the first dot of a JSON key. */
static const struct schema_key *metric_find(const char *metric, const struct schema *schema) {
  size_t length = strcspn(metric, ".");
  char *name = text_format("%.*s", (int)length, metric);
  const struct schema_key *key = schema_result_find(schema, name);
  free(name);
  if (key == NULL || (metric[length] == '.') != (key->type == SCHEMA_JSON))
    return NULL;
  if (key->type == SCHEMA_TEXT)
    return NULL;
  return schema_is_ledger(key) && !schema_row_exists(schema, metric + length + 1) ? NULL : key;
}

const char *measure_metric_unit(const char *metric, const struct schema *schema,
                                const struct derived *derived) {
  const struct derived_metric *own = derived_find(derived, metric);
  if (own != NULL)
    return own->unit;
  const struct schema_key *key = metric_find(metric, schema);
  return key == NULL ? NULL : key->unit;
}

int measure_complain_metric(const char *metric, const struct schema *schema,
                            const struct derived *derived, struct text *error) {
  const size_t most = schema->result_count + derived->metric_count + 2;
  const char **names = memory_get(most, sizeof *names);
  size_t count = 0;
  names[count++] = MEASURE_SUCCESS;
  names[count++] = MEASURE_RETRANSMISSION;
  for (size_t i = 0; i < derived->metric_count; i++)
    names[count++] = derived->metric[i].name;
  for (size_t i = 0; i < schema->result_count; i++)
    if (schema->result[i].type == SCHEMA_COUNT || schema->result[i].type == SCHEMA_FIGURE)
      names[count++] = schema->result[i].name;
  const char *nearest = value_nearest(metric, names, count);
  text_add(error, "has an unknown metric `%s`", metric);
  if (nearest != NULL)
    text_add(error, "; did you mean `%s`?", nearest);
  text_add(error, "\naccepted: ");
  for (size_t i = 0; i < count; i++)
    text_add(error, "%s, ", names[i]);
  text_add(error, "ledger.ROW, ledger_peer_link.ROW");
  free(names);
  return -1;
}

bool measure_units_agree(const char *a, const char *b) {
  return strcmp(a, b) == 0 || strcmp(a, MEASURE_UNIT_UNKNOWN) == 0 ||
         strcmp(b, MEASURE_UNIT_UNKNOWN) == 0;
}

bool measure_is_quantile(const struct measure *measure) {
  return measure->statistic == MEASURE_QUANTILE || measure->statistic == MEASURE_QUANTILE_ALL;
}

/* "median", "p95"; the first `length` octets of `word`. */
static int quantile_parse(struct measure *measure, const char *word, size_t length) {
  char *name = text_format("%.*s", (int)length, word);
  double percent = 50;
  const bool good =
      strcmp(name, "median") == 0 ||
      (name[0] == 'p' && schema_number_parse(name + 1, &percent) && percent > 0 && percent < 100);
  measure->p = percent / 100;
  free(name);
  return good ? 0 : -1;
}

static int statistic_parse(struct measure *measure, const char *word) {
  static const char ALL[] = "_all";
  const size_t length = strlen(word), behind = sizeof ALL - 1;
  const bool all = length > behind && strcmp(word + length - behind, ALL) == 0;
  if (strcmp(word, "mean") == 0)
    measure->statistic = MEASURE_MEAN;
  else if (strcmp(word, "mean_all") == 0)
    measure->statistic = MEASURE_MEAN_ALL;
  else if (strcmp(word, "min") == 0)
    measure->statistic = MEASURE_MIN;
  else if (strcmp(word, "max") == 0)
    measure->statistic = MEASURE_MAX;
  else {
    measure->statistic = all ? MEASURE_QUANTILE_ALL : MEASURE_QUANTILE;
    return quantile_parse(measure, word, all ? length - behind : length);
  }
  return 0;
}

int measure_parse(struct measure *measure, const char *text, const struct schema *schema,
                  const struct derived *derived, struct text *error) {
  const char *space = strchr(text, ' ');
  const char *metric = space == NULL ? text : space + 1;
  *measure = (struct measure){.statistic = MEASURE_RATIO, .unit = "ratio"};
  const char *unit = measure_metric_unit(metric, schema, derived);
  if (!is_ratio(metric) && unit == NULL)
    return measure_complain_metric(metric, schema, derived, error);
  if (is_ratio(metric) && space != NULL) {
    text_add(error, "is a ratio already and takes no statistic: write `%s`", metric);
    return -1;
  }
  char *word = space == NULL ? memory_string("") : text_format("%.*s", (int)(space - text), text);
  if (!is_ratio(metric) && statistic_parse(measure, word) < 0) {
    text_add(error,
             "needs a statistic before the metric: median, p95 (any p), mean, median_all, p95_all, "
             "mean_all, min or max, as in `median %s`",
             metric);
    free(word);
    return -1;
  }
  if (unit != NULL)
    measure->unit = unit;
  measure->word = word;
  measure->metric = memory_string(metric);
  return 0;
}

void measure_deinit(struct measure *measure) {
  free(measure->word);
  free(measure->metric);
  *measure = (struct measure){0};
}
