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

/* The result key that `metric` begins with; NULL if there is none. */
static const struct schema_key *head_find(const char *metric, const struct schema *schema) {
  char *name = text_format("%.*s", (int)strcspn(metric, "."), metric);
  const struct schema_key *key = schema_result_find(schema, name);
  free(name);
  return key;
}

/* Where a metric leaves what is known to be inside of a JSON key. */
struct departure {
  const char *at;      /* the name in it that is none; its end if more names have to follow */
  const json_t *names; /* what is accepted there; NULL: nothing */
};

static bool level_has(const json_t *names, const char *name, size_t length) {
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *one = json_string_value(json_array_get(names, i));
    if (one != NULL &&
        (strcmp(one, "*") == 0 || (strlen(one) == length && strncmp(one, name, length) == 0)))
      return true;
  }
  return false;
}

/* Follows what is behind the first name of a metric through `inside`, the levels of its key. False
 * if it leads to a number. */
static bool departs(const char *metric, const json_t *inside, const struct schema *schema,
                    struct departure *departure) {
  size_t level = 0;
  const char *at = metric + strcspn(metric, ".");
  while (*at == '.') {
    const char *name = at + 1;
    const size_t length = strcspn(name, ".");
    const json_t *names = json_array_get(inside, level++);
    if (!level_has(names, name, length)) {
      *departure = (struct departure){name, names};
      return true;
    }
    at = name + length;
    const struct schema_key *next = *at == '.' ? head_find(name, schema) : NULL;
    if (level == json_array_size(inside) && next != NULL && next->inside != NULL) {
      inside = next->inside;
      level = 0;
    }
  }
  *departure = (struct departure){at, json_array_get(inside, level)};
  return level < json_array_size(inside) || json_array_size(inside) == 0;
}

/* The key that a metric comes from: itself, or what is before the first dot of a JSON key. */
static const struct schema_key *metric_find(const char *metric, const struct schema *schema) {
  const struct schema_key *key = head_find(metric, schema);
  const char *behind = metric + strcspn(metric, ".");
  struct departure departure;
  if (key == NULL || (*behind == '.') != (key->type == SCHEMA_JSON) || key->type == SCHEMA_TEXT)
    return NULL;
  if (key->inside != NULL)
    return departs(metric, key->inside, schema, &departure) ? NULL : key;
  return schema_is_ledger(key) && !schema_row_exists(schema, behind + 1) ? NULL : key;
}

const char *measure_metric_unit(const char *metric, const struct schema *schema,
                                const struct derived *derived) {
  const struct derived_metric *own = derived_find(derived, metric);
  if (own != NULL)
    return own->unit;
  const struct schema_key *key = metric_find(metric, schema);
  return key == NULL ? NULL : key->unit;
}

/* Adds what is wrong with a name inside of a key, and what is accepted in its place. */
static int complain_inside(const char *metric, const struct departure *departure,
                           struct text *error) {
  const size_t count = json_array_size(departure->names), length = strcspn(departure->at, ".");
  const char **names = memory_get(count, sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = json_string_value(json_array_get(departure->names, i));
  char *name = text_format("%.*s", (int)length, departure->at);
  const char *nearest = value_nearest(name, names, count);
  const int before = (int)(departure->at - metric) - (length > 0);
  if (length > 0)
    text_add(error, "has an unknown metric: `%.*s` has no `%s` inside", before, metric, name);
  else
    text_add(error, "has an unknown metric: `%s` is no number", metric);
  if (nearest != NULL)
    text_add(error, "; did you mean `%s`?", nearest);
  for (size_t i = 0; i < count; i++)
    text_add(error, "%s%s", i == 0 ? "\naccepted behind its dot: " : ", ",
             strcmp(names[i], "*") == 0 ? "any name" : names[i]);
  free(name);
  free(names);
  return -1;
}

int measure_complain_metric(const char *metric, const struct schema *schema,
                            const struct derived *derived, struct text *error) {
  const struct schema_key *key = head_find(metric, schema);
  struct departure departure;
  if (key != NULL && key->type == SCHEMA_JSON && key->inside != NULL &&
      departs(metric, key->inside, schema, &departure))
    return complain_inside(metric, &departure, error);
  const bool inside = strchr(metric, '.') != NULL;
  const size_t most = schema->result_count + derived->metric_count + 2;
  const char **names = memory_get(most, sizeof *names);
  char *head = text_format("%.*s", (int)strcspn(metric, "."), metric);
  size_t count = 0;
  names[count++] = MEASURE_SUCCESS;
  names[count++] = MEASURE_RETRANSMISSION;
  for (size_t i = 0; i < derived->metric_count; i++)
    names[count++] = derived->metric[i].name;
  for (size_t i = 0; i < schema->result_count; i++)
    if (schema->result[i].type == SCHEMA_COUNT || schema->result[i].type == SCHEMA_FIGURE)
      names[count++] = schema->result[i].name;
  const size_t accepted = count;
  for (size_t i = 0; inside && i < schema->result_count; i++)
    if (schema->result[i].type == SCHEMA_JSON)
      names[count++] = schema->result[i].name;
  const char *nearest = value_nearest(head, names, count);
  text_add(error, "has an unknown metric `%s`", metric);
  if (nearest != NULL && strcmp(nearest, head) != 0)
    text_add(error, "; did you mean `%s`?", nearest);
  text_add(error, "\naccepted: ");
  for (size_t i = 0; i < accepted; i++)
    text_add(error, "%s, ", names[i]);
  text_add(error, "ledger.ROW, ledger_peer_link.ROW");
  free(head);
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
