/* From --describe, and what is ours. */
#include "columns.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

/* Columns of ours, which no key of specs or results may take. */
static const char *const OWN[] = {"id", "cell", SCENARIO_CASE, "seed", "code", "stored", "key"};

static bool is_own(const char *name) {
  for (size_t i = 0; i < sizeof OWN / sizeof OWN[0]; i++)
    if (strcmp(OWN[i], name) == 0)
      return true;
  return false;
}

void columns_add(struct columns *columns, const char *source, const char *name, const char *unit,
                 const char *type, const char *meaning) {
  columns->entry = memory_resize(columns->entry, columns->count + 1, sizeof *columns->entry);
  columns->entry[columns->count++] = (struct columns_entry){
      .source = memory_string(source),
      .name = memory_string(name),
      .unit = memory_string(unit),
      .type = memory_string(type),
      .meaning = memory_string(meaning),
  };
}

void columns_add_key(struct columns *columns, const char *source, const struct schema_key *key) {
  static const char *const TYPES[] = {
      [SCHEMA_STRING] = "text",   [SCHEMA_CHOICE] = "choice", [SCHEMA_INTEGER] = "integer",
      [SCHEMA_NUMBER] = "number", [SCHEMA_TEXT] = "text",     [SCHEMA_COUNT] = "integer",
      [SCHEMA_FIGURE] = "number", [SCHEMA_JSON] = "json",
  };
  columns_add(columns, source, key->name, key->unit, TYPES[key->type], key->help);
}

void columns_add_plan(struct columns *columns, const char *source, const struct plan *plan,
                      const struct schema *schema) {
  for (size_t i = 0; i < json_array_size(plan->columns); i++) {
    const char *name = json_string_value(json_array_get(plan->columns, i));
    const struct schema_key *key = schema_spec_find(schema, name);
    if (key == NULL)
      columns_add(columns, source, name, "", "text", "name of the case");
    else
      columns_add_key(columns, source, key);
  }
}

void columns_add_cell(struct columns *columns, const char *source, const struct plan *plan,
                      const struct schema *schema) {
  columns_add(columns, source, "cell", "", "integer",
              "number of the cell in the plan, from 0; with seed, which run of the campaign it is");
  columns_add_plan(columns, source, plan, schema);
  columns_add_key(columns, source, schema_spec_find(schema, "seed"));
}

void columns_add_origin(struct columns *columns, const char *source) {
  columns_add(columns, source, "key", "", "text",
              "identity of the run in the store: hash of its spec, without what has no effect, and "
              "of the code; cells that share a run have one key");
  columns_add(columns, source, "code", "", "text", "hash of the code that made the run");
  columns_add(columns, source, "stored", "", "text", "when the run was stored (UTC)");
}

void columns_add_ledger(struct columns *columns, const char *source, const struct plan *plan,
                        const struct schema *schema) {
  columns_add_cell(columns, source, plan, schema);
  columns_add(columns, source, "ledger", "", "text", "which ledger of the result");
  columns_add(columns, source, "row", "", "text", "what the octets are");
  columns_add(columns, source, "row_group", "", "text", "the protocol that the row is of");
  columns_add(columns, source, "row_family", "", "text", "what that protocol is for");
  columns_add(columns, source, "bytes", "B", "integer",
              "octets of the row in this run; 0 where another run of the cell has some");
  for (size_t i = 0; i < schema->result_count; i++) {
    const struct schema_key *key = &schema->result[i];
    char *name = text_format("ledger=%s", key->name);
    if (schema_is_ledger(key))
      columns_add(columns, source, name, key->unit, "json", key->help);
    free(name);
  }
  for (size_t i = 0; i < schema->row_count; i++) {
    char *name = text_format("row=%s", schema->row[i].name);
    columns_add(columns, source, name, "B", "integer", schema->row[i].help);
    free(name);
  }
}

bool columns_has_details(const struct schema_key *key) {
  return key->type == SCHEMA_JSON && !schema_is_ledger(key) && strcmp(key->name, "spec") != 0 &&
         strcmp(key->name, "code") != 0;
}

void columns_add_details(struct columns *columns, const char *source, const struct plan *plan,
                         const struct schema *schema, bool (*has)(const struct schema_key *key)) {
  columns_add_cell(columns, source, plan, schema);
  columns_add(columns, source, "name", "", "text",
              "of a number inside of a JSON object of the result, by dots: radio_ms.peer.transmit");
  columns_add(columns, source, "value", "", "number", "that number; its unit is the name's");
  for (size_t i = 0; i < schema->result_count; i++) {
    const struct schema_key *key = &schema->result[i];
    char *name = text_format("name=%s.*", key->name);
    if (has(key))
      columns_add(columns, source, name, key->unit, "json", key->help);
    free(name);
  }
}

bool columns_has_spec(const struct schema_key *key, const struct plan *plan) {
  if (is_own(key->name))
    return false;
  for (size_t i = 0; i < json_array_size(plan->columns); i++)
    if (strcmp(json_string_value(json_array_get(plan->columns, i)), key->name) == 0)
      return false;
  return true;
}

bool columns_has_result(const struct schema_key *key, const struct schema *schema) {
  return key->type != SCHEMA_JSON && !is_own(key->name) &&
         schema_spec_find(schema, key->name) == NULL;
}

/* The tables that the views stand on, in so far as people may look into them. */
static void add_tables(struct columns *columns) {
  static const struct {
    const char *source, *name, *type, *meaning;
  } LISTED[] = {
      {"plan", "cell", "integer", "as in current: the plan of the last run"},
      {"plan", "seed", "integer", "as in current"},
      {"plan", "key", "text", "as in current; it is not in runs where the run is still to be made"},
      {"runs", "key", "text", "as in current: of all runs that ever were"},
      {"runs", "spec", "text", "the whole spec as JSON"},
      {"runs", "result", "text", "the whole result as JSON, with its lists: messages, peer"},
      {"runs", "stored", "text", "as in current"},
      {"runs", "checksum", "text", "of key, spec, result and stored"},
      {"runs", "code", "text", "as in current"},
  };
  for (size_t i = 0; i < sizeof LISTED / sizeof LISTED[0]; i++)
    columns_add(columns, LISTED[i].source, LISTED[i].name, "", LISTED[i].type, LISTED[i].meaning);
}

void columns_add_views(struct columns *columns, const struct plan *plan,
                       const struct schema *schema) {
  columns_add_cell(columns, "current", plan, schema);
  for (size_t i = 0; i < schema->spec_count; i++)
    if (columns_has_spec(&schema->spec[i], plan))
      columns_add_key(columns, "current", &schema->spec[i]);
  for (size_t i = 0; i < schema->result_count; i++)
    if (columns_has_result(&schema->result[i], schema))
      columns_add_key(columns, "current", &schema->result[i]);
  columns_add_origin(columns, "current");
  columns_add_ledger(columns, "ledger", plan, schema);
  columns_add_details(columns, "details", plan, schema, columns_has_details);
  add_tables(columns);
}

void columns_deinit(struct columns *columns) {
  for (size_t i = 0; i < columns->count; i++) {
    free(columns->entry[i].source);
    free(columns->entry[i].name);
    free(columns->entry[i].unit);
    free(columns->entry[i].type);
    free(columns->entry[i].meaning);
  }
  free(columns->entry);
  *columns = (struct columns){0};
}
