/* What a stack figure puts together: groups of rows, families, or what the scenario names. */
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

/* Puts the rows that `node` names into the part `words`; `taken` are those of any part so far. */
static int read_member(const struct presentation_reader *reader, const yaml_node_t *node,
                       const char *words, json_t *parts, json_t *taken) {
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
    json_object_set_new(parts, row->name, json_string(words));
    found = true;
  }
  if (found)
    return 0;
  if (name == NULL)
    return yaml_complain(reader->file, node, reader->error, "a name is expected here");
  return complain_member(reader, node);
}

/* Puts all that `members` names into one part. */
static int read_part(const struct presentation_reader *reader, const yaml_node_t *words,
                     yaml_node_t *members, json_t *parts, json_t *taken) {
  yaml_node_t *member;
  if (layout_text_width(yaml_scalar(words), 7) > LAYOUT_WIDTH_IN / 2)
    return yaml_complain(reader->file, words, reader->error, "this is too long for a legend");
  for (size_t i = 0; (member = yaml_item(reader->file, members, i)) != NULL; i++)
    if (read_member(reader, member, yaml_scalar(words), parts, taken) < 0)
      return -1;
  return 0;
}

static int read_groups(const struct presentation_reader *reader, yaml_node_t *node, json_t *parts) {
  yaml_node_t *words, *members;
  json_t *taken = json_object();
  int status = 0;
  if (node->type != YAML_MAPPING_NODE)
    status = yaml_complain(reader->file, node, reader->error,
                           "a mapping (words: [rows, groups or families]) is expected here");
  for (size_t i = 0; status == 0 && yaml_pair(reader->file, node, i, &words, &members); i++)
    status = read_part(reader, words, members, parts, taken);
  json_decref(taken);
  return status;
}

int reader_parts(const struct presentation_reader *reader, yaml_node_t *item, json_t **parts) {
  static const char *const BY[] = {"group", "family"};
  yaml_node_t *by = yaml_get(reader->file, item, "by");
  yaml_node_t *groups = yaml_get(reader->file, item, "groups");
  const char *name = by == NULL ? BY[0] : yaml_scalar(by);
  bool family = name != NULL && strcmp(name, BY[1]) == 0;
  if (!family && (name == NULL || strcmp(name, BY[0]) != 0))
    return yaml_complain_unknown(reader->file, by, "`by`", BY, sizeof BY / sizeof BY[0],
                                 reader->error);
  *parts = json_object();
  for (size_t i = 0; i < reader->schema->row_count; i++) {
    const struct schema_row *row = &reader->schema->row[i];
    json_object_set_new(*parts, row->name, json_string(family ? row->family : row->group));
  }
  return groups == NULL ? 0 : read_groups(reader, groups, *parts);
}
