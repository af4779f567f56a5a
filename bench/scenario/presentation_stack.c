/* What a stack figure puts together: rows of a ledger by groups, by families, or as the scenario
 * names them; or any metrics of one unit. */
#include "presentation_reader.h"
#include "support/layout.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* True of the row itself, its group and its family. */
static bool row_answers_to(const struct schema_row *row, const char *name) {
  return strcmp(row->name, name) == 0 || strcmp(row->group, name) == 0 ||
         strcmp(row->family, name) == 0;
}

/* Adds a name to `names`, unless it is there. */
static void name_add(const char **names, size_t *count, const char *name) {
  for (size_t i = 0; i < *count; i++)
    if (strcmp(names[i], name) == 0)
      return;
  names[(*count)++] = name;
}

static int complain_member(const struct presentation_reader *reader, const yaml_node_t *node) {
  const struct schema *schema = reader->schema;
  const char **names = memory_get(3 * schema->row_count, sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < schema->row_count; i++)
    name_add(names, &count, schema->row[i].family);
  for (size_t i = 0; i < schema->row_count; i++)
    name_add(names, &count, schema->row[i].group);
  for (size_t i = 0; i < schema->row_count; i++)
    name_add(names, &count, schema->row[i].name);
  yaml_complain_unknown(reader->file, node, "family, group or row", names, count, reader->error);
  free(names);
  return -1;
}

/* Words of a legend. */
static int check_words(const struct presentation_reader *reader, const yaml_node_t *words) {
  if (layout_text_width(yaml_scalar(words), 7) <= LAYOUT_WIDTH_IN / 2)
    return 0;
  return yaml_complain(reader->file, words, reader->error, "this is too long for a legend");
}

/* Puts a row of the ledger into the part `words`. */
static void put_row(json_t *parts, const char *ledger, const char *row, const char *words) {
  char *metric = text_format("%s.%s", ledger, row);
  json_object_set_new(parts, metric, json_string(words));
  free(metric);
}

/* Puts the rows that `node` names into the part `words`; `taken` are those of any part so far. */
static int read_member(const struct presentation_reader *reader, const yaml_node_t *node,
                       const char *ledger, const char *words, json_t *parts, json_t *taken) {
  const char *name = yaml_scalar(node);
  bool found = false;
  for (size_t i = 0; name != NULL && i < reader->schema->row_count; i++) {
    const struct schema_row *row = &reader->schema->row[i];
    if (!row_answers_to(row, name))
      continue;
    const char *before = json_string_value(json_object_get(taken, row->name));
    if (before != NULL)
      return yaml_complain(reader->file, node, reader->error, "`%s` is in `%s` already", row->name,
                           before);
    json_object_set_new(taken, row->name, json_string(words));
    put_row(parts, ledger, row->name, words);
    found = true;
  }
  if (found)
    return 0;
  if (name == NULL)
    return yaml_complain(reader->file, node, reader->error, "a name is expected here");
  return complain_member(reader, node);
}

/* Puts all that `members` names into one part. */
static int read_group(const struct presentation_reader *reader, const yaml_node_t *words,
                      yaml_node_t *members, const char *ledger, json_t *parts, json_t *taken) {
  yaml_node_t *member;
  int status = check_words(reader, words);
  for (size_t i = 0; (member = yaml_item(reader->file, members, i)) != NULL; i++)
    status |= read_member(reader, member, ledger, yaml_scalar(words), parts, taken);
  return status;
}

static int read_groups(const struct presentation_reader *reader, yaml_node_t *node,
                       const char *ledger, json_t *parts) {
  yaml_node_t *words, *members;
  json_t *taken = json_object();
  int status = 0;
  if (node->type != YAML_MAPPING_NODE)
    status = yaml_complain(reader->file, node, reader->error,
                           "a mapping (words: [rows, groups or families]) is expected here");
  for (size_t i = 0; yaml_pair(reader->file, node, i, &words, &members); i++)
    status |= read_group(reader, words, members, ledger, parts, taken);
  json_decref(taken);
  return status;
}

/* `of`, `by` and `groups`: parts of a ledger. */
static int read_ledger_parts(const struct presentation_reader *reader, yaml_node_t *item,
                             struct presentation_figure *figure) {
  static const char *const BY[] = {"group", "family"};
  yaml_node_t *by = yaml_get(reader->file, item, "by");
  yaml_node_t *groups = yaml_get(reader->file, item, "groups");
  const char *name = by == NULL ? BY[0] : yaml_scalar(by);
  bool family = name != NULL && strcmp(name, BY[1]) == 0;
  int status = reader_ledger(reader, item, "of", &figure->of);
  if (status == 0)
    figure->unit = schema_result_find(reader->schema, figure->of)->unit;
  if (!family && (name == NULL || strcmp(name, BY[0]) != 0))
    status = yaml_complain_unknown(reader->file, by, "`by`", BY, sizeof BY / sizeof BY[0],
                                   reader->error);
  const char *ledger = status == 0 ? figure->of : "";
  for (size_t i = 0; i < reader->schema->row_count; i++) {
    const struct schema_row *row = &reader->schema->row[i];
    put_row(figure->parts, ledger, row->name, family ? row->family : row->group);
  }
  return groups == NULL ? status : status | read_groups(reader, groups, ledger, figure->parts);
}

/* Puts a metric into the part `words`; all have the unit of the first. */
static int read_metric(const struct presentation_reader *reader, const yaml_node_t *node,
                       const char *words, struct presentation_figure *figure) {
  const struct derived *derived = &reader->scenario->derived;
  const char *metric = yaml_scalar(node);
  if (metric == NULL)
    return yaml_complain(reader->file, node, reader->error, "a metric is expected here");
  const char *own = measure_metric_unit(metric, reader->schema, derived);
  if (own == NULL) {
    struct text what = {0};
    measure_complain_metric(metric, reader->schema, derived, &what);
    yaml_complain(reader->file, node, reader->error, "this %s", text_string(&what));
    text_deinit(&what);
    return -1;
  }
  const char *before = json_string_value(json_object_get(figure->parts, metric));
  if (before != NULL)
    return yaml_complain(reader->file, node, reader->error, "`%s` is in `%s` already", metric,
                         before);
  if (figure->unit != NULL && !measure_units_agree(figure->unit, own))
    return yaml_complain(reader->file, node, reader->error,
                         "what is stacked has one unit; `%s` has `%s`, those before it `%s`",
                         metric, own, figure->unit);
  figure->unit = own;
  json_object_set_new(figure->parts, metric, json_string(words));
  return 0;
}

/* `parts`: metrics under the words that the legend has for them, in the order of the stack. */
static int read_metric_parts(const struct presentation_reader *reader, yaml_node_t *node,
                             struct presentation_figure *figure) {
  yaml_node_t *words, *metrics, *metric;
  if (node->type != YAML_MAPPING_NODE)
    return yaml_complain(reader->file, node, reader->error,
                         "a mapping (words: metric or [metrics]) is expected here");
  int status = 0;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &words, &metrics); i++) {
    status |= check_words(reader, words);
    for (size_t j = 0; (metric = yaml_item(reader->file, metrics, j)) != NULL; j++)
      status |= read_metric(reader, metric, yaml_scalar(words), figure);
  }
  if (status == 0 && figure->unit == NULL)
    return yaml_complain(reader->file, node, reader->error, "`parts` names no metric");
  return status;
}

int reader_parts(const struct presentation_reader *reader, yaml_node_t *item,
                 struct presentation_figure *figure) {
  static const char *const OF_A_LEDGER[] = {"of", "by", "groups"};
  yaml_node_t *parts = yaml_get(reader->file, item, "parts");
  figure->parts = json_object();
  if (parts == NULL)
    return read_ledger_parts(reader, item, figure);
  int status = read_metric_parts(reader, parts, figure);
  for (size_t i = 0; i < sizeof OF_A_LEDGER / sizeof OF_A_LEDGER[0]; i++)
    if (yaml_get(reader->file, item, OF_A_LEDGER[i]) != NULL)
      status = yaml_complain(reader->file, yaml_get_key(reader->file, item, OF_A_LEDGER[i]),
                             reader->error, "`%s` is of a ledger: it does not go with `parts`",
                             OF_A_LEDGER[i]);
  return status;
}
