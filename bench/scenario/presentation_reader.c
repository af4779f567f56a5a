/* Parts of tables, figures and comparisons, read from YAML. */
#include "presentation_reader.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

const char *const READER_KINDS[READER_KIND_COUNT] = {"saving", "saving_share", "difference",
                                                     "ratio"};

/* A kind at `as`; unchanged if it is not there. */
static int read_kind(const struct presentation_reader *reader, yaml_node_t *item,
                     enum presentation_kind *kind) {
  yaml_node_t *node = yaml_get(reader->file, item, "as");
  if (node == NULL)
    return 0;
  for (size_t i = 0; i < READER_KIND_COUNT && yaml_scalar(node) != NULL; i++) {
    if (strcmp(READER_KINDS[i], yaml_scalar(node)) != 0)
      continue;
    *kind = (enum presentation_kind)(COLUMN_VALUE + 1 + i);
    return 0;
  }
  return yaml_complain_unknown(reader->file, node, "comparison", READER_KINDS, READER_KIND_COUNT,
                               reader->error);
}

int reader_missing(const struct presentation_reader *reader, const yaml_node_t *item,
                   const char *what) {
  return yaml_complain_missing(reader->file, item, reader->error, "%s", what);
}

bool reader_is_column(const struct presentation_reader *reader, const yaml_node_t *node) {
  const char *name = yaml_scalar(node);
  const struct scenario *scenario = reader->scenario;
  if (name != NULL && scenario_has_column(scenario, name))
    return true;
  if (!scenario->has_columns)
    return false;
  const char **names = memory_get(json_object_size(scenario->sweep) + 1, sizeof *names), *key;
  size_t count = 0;
  json_t *values;
  if (scenario->cases != NULL)
    names[count++] = SCENARIO_CASE;
  json_object_foreach(scenario->sweep, key, values) {
    names[count++] = key;
  }
  const char *nearest = name == NULL ? NULL : value_nearest(name, names, count);
  yaml_complain(reader->file, node, reader->error,
                "`%s` is not varied here%s%s%s\naccepted: a key of `sweep`, or case (with `cases`)",
                name == NULL ? "this" : name, nearest == NULL ? "" : "; did you mean `",
                nearest == NULL ? "" : nearest, nearest == NULL ? "" : "`?");
  free(names);
  return false;
}

char *reader_text(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  const char *otherwise) {
  yaml_node_t *node = yaml_get(reader->file, item, key);
  if (node == NULL && otherwise != NULL)
    return memory_string(otherwise);
  if (node != NULL && yaml_scalar(node) != NULL && yaml_scalar(node)[0] != '\0')
    return memory_string(yaml_scalar(node));
  if (node == NULL)
    yaml_complain_missing(reader->file, item, reader->error, "`%s` is missing", key);
  else
    yaml_complain(reader->file, node, reader->error, "`%s` is missing", key);
  return NULL;
}

char *reader_name(const struct presentation_reader *reader, yaml_node_t *item) {
  static const char ACCEPTED[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";
  char *name = reader_text(reader, item, "name", NULL);
  if (name == NULL || strspn(name, ACCEPTED) == strlen(name))
    return name;
  yaml_complain(reader->file, yaml_get(reader->file, item, "name"), reader->error,
                "a name has letters, digits, - and _");
  free(name);
  return NULL;
}

int reader_where(const struct presentation_reader *reader, yaml_node_t *item, json_t **where) {
  yaml_node_t *node = yaml_get(reader->file, item, "where");
  if (node == NULL)
    return 0;
  *where =
      scenario_filter_parse(reader->scenario, reader->file, node, reader->schema, reader->error);
  return *where == NULL ? -1 : 0;
}

int reader_against(const struct presentation_reader *reader, yaml_node_t *item, json_t **against) {
  yaml_node_t *node = yaml_get(reader->file, item, "against");
  if (node == NULL)
    return 0;
  *against =
      scenario_filter_parse(reader->scenario, reader->file, node, reader->schema, reader->error);
  if (*against == NULL)
    return -1;
  const char *name;
  json_t *values;
  int status = 0;
  json_object_foreach(*against, name, values) {
    yaml_node_t *at = yaml_get_key(reader->file, node, name);
    if (!reader_is_column(reader, at))
      status = -1;
    if (json_array_size(values) != 1)
      status = yaml_complain(reader->file, at, reader->error,
                             "`against` names one value of each of its columns");
  }
  if (json_object_size(*against) == 0)
    status = yaml_complain(reader->file, node, reader->error,
                           "`against: {column: value}` names what the baseline has");
  if (status < 0) {
    json_decref(*against);
    *against = NULL;
  }
  return status;
}

int reader_compared(const struct presentation_reader *reader, yaml_node_t *item, json_t **against,
                    enum presentation_kind *kind) {
  *kind = COLUMN_VALUE;
  if ((reader_against(reader, item, against) | read_kind(reader, item, kind)) < 0)
    return -1; /* whether they go together is not known */
  if (*against == NULL && *kind != COLUMN_VALUE)
    return yaml_complain(reader->file, yaml_get(reader->file, item, "as"), reader->error,
                         "`as` needs a baseline: `against: {column: value}`");
  if (*against != NULL && *kind == COLUMN_VALUE)
    *kind = COLUMN_DIFFERENCE;
  return 0;
}

int reader_measure(const struct presentation_reader *reader, const yaml_node_t *node,
                   struct measure *measure) {
  const char *text = yaml_scalar(node);
  struct text what = {0};
  int status = 0;
  if (text == NULL)
    status = yaml_complain(reader->file, node, reader->error,
                           "a measure is expected here, as `p95 time_ms`");
  else if (measure_parse(measure, text, reader->schema, &reader->scenario->derived, &what) < 0)
    status = yaml_complain(reader->file, node, reader->error, "`%s` %s", text, text_string(&what));
  text_deinit(&what);
  return status;
}

int reader_measures(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                    size_t most, struct measure *measure, size_t *count) {
  yaml_node_t *list = yaml_get(reader->file, item, key), *node;
  int status = 0;
  *count = 0;
  for (size_t i = 0; list != NULL && (node = yaml_item(reader->file, list, i)) != NULL; i++) {
    if (i == most)
      return yaml_complain(reader->file, node, reader->error, "at most %zu here", most);
    if (reader_measure(reader, node, &measure[*count]) < 0)
      status = -1;
    else
      (*count)++;
  }
  return status;
}

/* Whether a string is among those of an array. */
static bool has_string(const json_t *strings, const char *string) {
  for (size_t i = 0; i < json_array_size(strings); i++)
    if (strcmp(json_string_value(json_array_get(strings, i)), string) == 0)
      return true;
  return false;
}

json_t *reader_columns(const struct presentation_reader *reader, yaml_node_t *item,
                       const char *key) {
  yaml_node_t *list = yaml_get(reader->file, item, key), *node;
  json_t *columns = json_array();
  int status = 0;
  for (size_t i = 0; list != NULL && (node = yaml_item(reader->file, list, i)) != NULL; i++) {
    if (!reader_is_column(reader, node))
      status = -1;
    else if (has_string(columns, yaml_scalar(node)))
      status =
          yaml_complain(reader->file, node, reader->error, "`%s` is here twice", yaml_scalar(node));
    else
      json_array_append_new(columns, json_string(yaml_scalar(node)));
  }
  if (status == 0)
    return columns;
  json_decref(columns);
  return NULL;
}

int reader_ledger(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  char **ledger) {
  *ledger = reader_text(reader, item, key, "");
  if (*ledger == NULL)
    return -1;
  const struct schema_key *found = schema_result_find(reader->schema, *ledger);
  if (found != NULL && schema_is_ledger(found))
    return 0;
  struct text ledgers = {0};
  for (size_t i = 0; i < reader->schema->result_count; i++)
    if (schema_is_ledger(&reader->schema->result[i]))
      text_add(&ledgers, "%s%s", ledgers.length == 0 ? "" : ", ", reader->schema->result[i].name);
  yaml_node_t *given = yaml_get(reader->file, item, key);
  if (given == NULL)
    yaml_complain_missing(reader->file, item, reader->error,
                          "`%s` is missing: a ledger\naccepted: %s", key, text_string(&ledgers));
  else
    yaml_complain(reader->file, given, reader->error, "`%s` is no ledger\naccepted: %s", *ledger,
                  text_string(&ledgers));
  text_deinit(&ledgers);
  return -1;
}

int reader_bool(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                bool *value) {
  yaml_node_t *node = yaml_get(reader->file, item, key);
  const char *text = node == NULL ? "false" : yaml_scalar(node);
  *value = text != NULL && strcmp(text, "true") == 0;
  if (*value || (text != NULL && strcmp(text, "false") == 0))
    return 0;
  return yaml_complain(reader->file, node, reader->error, "`%s` is true or false", key);
}

int reader_labels(const struct presentation_reader *reader, yaml_node_t *item, json_t **labels) {
  yaml_node_t *node = yaml_get(reader->file, item, "labels"), *value, *words;
  int status = 0;
  *labels = json_object();
  if (node != NULL && node->type != YAML_MAPPING_NODE)
    return yaml_complain(reader->file, node, reader->error,
                         "a mapping (value: words) is expected here");
  for (size_t i = 0; node != NULL && yaml_pair(reader->file, node, i, &value, &words); i++) {
    if (yaml_scalar(words) == NULL)
      status = yaml_complain(reader->file, words, reader->error, "words are expected here");
    else
      json_object_set_new(*labels, yaml_scalar(value), json_string(yaml_scalar(words)));
  }
  return status;
}

int reader_number(const struct presentation_reader *reader, yaml_node_t *item, const char *key,
                  double *number) {
  yaml_node_t *node = yaml_get(reader->file, item, key);
  *number = NAN;
  if (node == NULL)
    return 0;
  if (yaml_scalar(node) == NULL || !schema_number_parse(yaml_scalar(node), number))
    return yaml_complain(reader->file, node, reader->error, "`%s` is a number", key);
  return 0;
}

int reader_check_name(const struct presentation_reader *reader, yaml_node_t *list, size_t index,
                      const char *name) {
  for (size_t i = 0; i < index; i++) {
    yaml_node_t *other = yaml_get(reader->file, yaml_item(reader->file, list, i), "name");
    if (other != NULL && yaml_scalar(other) != NULL && name != NULL &&
        strcmp(yaml_scalar(other), name) == 0)
      return yaml_complain(reader->file, yaml_item(reader->file, list, index), reader->error,
                           "the name `%s` is used above", name);
  }
  return 0;
}
