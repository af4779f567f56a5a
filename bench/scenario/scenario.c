/* Scenarios: the sections that say what to run. */
#include "scenario.h"
#include "support/memory.h"
#include "support/value.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { STEPS_MAX = 10000 };

static const char *const SECTIONS[] = {
    "name",    "title",    "description", "extends",    "fixed",        "sweep",
    "cases",   "skip",     "repeat",      "first_seed", "wall_limit_s", "constants",
    "derived", "computed", "tables",      "figures",    "compare",      "expect"};
enum { SECTION_COUNT = sizeof SECTIONS / sizeof SECTIONS[0] };

/* What reading one file needs at hand. */
struct scenario_reader {
  struct scenario *scenario;
  struct yaml_file *file;
  const struct schema *schema;
  struct text *error;
};

static const struct schema_key *read_key(const struct scenario_reader *reader,
                                         const yaml_node_t *node) {
  const char *name = yaml_scalar(node);
  const struct schema *schema = reader->schema;
  const struct schema_key *key = schema_spec_find(schema, name);
  if (strcmp(name, "seed") == 0 || strcmp(name, "id") == 0) {
    yaml_complain(reader->file, node, reader->error,
                  "`%s` is set for each run\nfor other seeds give `first_seed` and `repeat`", name);
    return NULL;
  }
  if (key != NULL)
    return key;
  const char **names = memory_get(schema->spec_count, sizeof *names);
  size_t count = 0;
  for (size_t i = 0; i < schema->spec_count; i++)
    if (strcmp(schema->spec[i].name, "seed") != 0 && strcmp(schema->spec[i].name, "id") != 0)
      names[count++] = schema->spec[i].name;
  yaml_complain_unknown(reader->file, node, "key", names, count, reader->error);
  free(names);
  return NULL;
}

/* A path in a scenario begins where that is. */
static json_t *scenario_place_path(const struct scenario_reader *reader, json_t *path) {
  char *folder = text_directory_of(reader->file->path);
  char *placed = text_format("%s/%s", folder, json_string_value(path));
  json_t *value = json_string(placed);
  json_decref(path);
  free(placed);
  free(folder);
  return value;
}

static json_t *scenario_read_value(const struct scenario_reader *reader,
                                   const struct schema_key *key, const yaml_node_t *node) {
  const char *text = yaml_scalar(node);
  json_t *value = text == NULL ? NULL : schema_value_parse(key, text);
  if (value != NULL)
    return schema_is_relative_path(key, text) ? scenario_place_path(reader, value) : value;
  struct text accepted = {0};
  schema_accepted_add(key, &accepted);
  const char *unit = strcmp(key->unit, "ratio") == 0 ? "" : key->unit;
  yaml_complain(reader->file, node, reader->error,
                "`%s` is not accepted for `%s`\naccepted: %s%s%s", text == NULL ? "a list" : text,
                key->name, text_string(&accepted), unit[0] == '\0' ? "" : " ", unit);
  text_deinit(&accepted);
  return NULL;
}

/* {key: value} into `object`. */
static int read_settings(const struct scenario_reader *reader, yaml_node_t *node, json_t *object) {
  if (node->type != YAML_MAPPING_NODE)
    return yaml_complain(reader->file, node, reader->error,
                         "a mapping (key: value) is expected here");
  yaml_node_t *name, *value;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &value); i++) {
    const struct schema_key *key = read_key(reader, name);
    json_t *read = key == NULL ? NULL : scenario_read_value(reader, key, value);
    if (read == NULL)
      return -1;
    json_object_set_new(object, key->name, read);
  }
  return 0;
}

/* {from, to, step} into `values`. */
static int read_steps(const struct scenario_reader *reader, const struct schema_key *key,
                      yaml_node_t *node, json_t *values) {
  static const char *const NAMES[] = {"from", "to", "step"};
  double bound[3];
  if (yaml_check_keys(reader->file, node, NAMES, 3, reader->error) < 0)
    return -1;
  for (size_t i = 0; i < 3; i++) {
    yaml_node_t *given = yaml_get(reader->file, node, NAMES[i]);
    const char *text = given == NULL ? NULL : yaml_scalar(given);
    if (text == NULL || !schema_number_parse(text, &bound[i]))
      return yaml_complain(reader->file, given == NULL ? node : given, reader->error,
                           "`%s` has to be a number", NAMES[i]);
  }
  if (!(bound[2] > 0))
    return yaml_complain(reader->file, node, reader->error, "`step` has to be above 0");
  double count = floor((bound[1] - bound[0]) / bound[2] + 1e-9) + 1;
  if (!(count >= 1) || count > STEPS_MAX)
    return yaml_complain(reader->file, node, reader->error,
                         "this gives %.0f values; 1 to %d are accepted", fmax(count, 0), STEPS_MAX);
  for (size_t i = 0; i < (size_t)count; i++) {
    char *text = text_format("%.12g", bound[0] + (double)i * bound[2]);
    json_t *value = schema_value_parse(key, text);
    if (value == NULL)
      yaml_complain(reader->file, node, reader->error, "this gives %s, not accepted for `%s`", text,
                    key->name);
    free(text);
    if (value == NULL)
      return -1;
    json_array_append_new(values, value);
  }
  return 0;
}

/* One value of a list; `seen` has those before it, as text. */
static int read_list_item(const struct scenario_reader *reader, const struct schema_key *key,
                          const yaml_node_t *item, json_t *values, json_t *seen) {
  json_t *value = scenario_read_value(reader, key, item);
  if (value == NULL)
    return -1;
  char *text = value_print(value);
  const bool twice = json_object_get(seen, text) != NULL;
  json_object_set_new(seen, text, json_true());
  free(text);
  json_array_append_new(values, value);
  return twice ? yaml_complain(reader->file, item, reader->error, "this value is here twice") : 0;
}

static int read_list(const struct scenario_reader *reader, const struct schema_key *key,
                     yaml_node_t *node, json_t *values) {
  if (node->type == YAML_MAPPING_NODE)
    return read_steps(reader, key, node, values);
  yaml_node_t *item;
  json_t *seen = json_object();
  int status = 0;
  for (size_t i = 0; status == 0 && (item = yaml_item(reader->file, node, i)) != NULL; i++)
    status = read_list_item(reader, key, item, values, seen);
  json_decref(seen);
  if (status == 0 && json_array_size(values) == 0)
    return yaml_complain(reader->file, node, reader->error, "an empty list");
  return status;
}

static int read_fixed(const struct scenario_reader *reader, yaml_node_t *node) {
  json_t *settings = json_object();
  int status = read_settings(reader, node, settings);
  const char *name;
  json_t *value;
  json_object_foreach(settings, name, value) {
    json_object_set(reader->scenario->fixed, name, value);
    json_object_del(reader->scenario->sweep, name);
  }
  json_decref(settings);
  return status;
}

static int read_sweep(const struct scenario_reader *reader, yaml_node_t *node) {
  struct scenario *scenario = reader->scenario;
  yaml_node_t *fixed = yaml_get(reader->file, yaml_root(reader->file), "fixed");
  if (node->type != YAML_MAPPING_NODE)
    return yaml_complain(reader->file, node, reader->error,
                         "a mapping (key: [values]) is expected here");
  yaml_node_t *name, *list;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &list); i++) {
    const struct schema_key *key = read_key(reader, name);
    if (key == NULL)
      return -1;
    if (fixed != NULL && yaml_get(reader->file, fixed, key->name) != NULL)
      return yaml_complain(reader->file, name, reader->error, "`%s` is fixed above", key->name);
    const char *case_name;
    json_t *settings;
    json_object_foreach(scenario->cases, case_name, settings) {
      if (json_object_get(settings, key->name) != NULL)
        return yaml_complain(reader->file, name, reader->error, "the case `%s` sets `%s` already",
                             case_name, key->name);
    }
    json_t *values = json_array();
    json_object_del(scenario->fixed, key->name);
    int status = read_list(reader, key, list, values);
    json_object_set_new(scenario->sweep, key->name, values);
    if (status < 0)
      return -1;
  }
  return 0;
}

static int read_cases(const struct scenario_reader *reader, yaml_node_t *node) {
  struct scenario *scenario = reader->scenario;
  json_decref(scenario->cases);
  scenario->cases = json_object();
  if (node->type != YAML_MAPPING_NODE ||
      node->data.mapping.pairs.start == node->data.mapping.pairs.top)
    return yaml_complain(reader->file, node, reader->error,
                         "cases are a mapping (name: {key: value})");
  yaml_node_t *name, *settings;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &settings); i++) {
    json_t *object = json_object();
    json_object_set_new(scenario->cases, yaml_scalar(name), object);
    if (read_settings(reader, settings, object) < 0)
      return -1;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
      if (json_object_get(scenario->sweep, key) != NULL)
        return yaml_complain(reader->file, yaml_get_key(reader->file, settings, key), reader->error,
                             "`%s` is in the sweep already", key);
    }
  }
  return 0;
}

json_t *scenario_filter_parse(const struct scenario *scenario, struct yaml_file *file,
                              yaml_node_t *node, const struct schema *schema, struct text *error) {
  const struct scenario_reader reader = {(struct scenario *)(uintptr_t)scenario, file, schema,
                                         error};
  json_t *filter = json_object();
  yaml_node_t *name, *list, *item;
  if (node->type != YAML_MAPPING_NODE) {
    yaml_complain(file, node, error, "a mapping (column: value or [values]) is expected here");
    json_decref(filter);
    return NULL;
  }
  for (size_t i = 0; yaml_pair(file, node, i, &name, &list); i++) {
    json_t *values = json_array();
    json_object_set_new(filter, yaml_scalar(name), values);
    int status = 0;
    if (strcmp(yaml_scalar(name), SCENARIO_CASE) == 0) {
      for (size_t j = 0; status == 0 && (item = yaml_item(file, list, j)) != NULL; j++) {
        const char *text = yaml_scalar(item);
        if (text == NULL || (json_object_get(scenario->cases, text) == NULL &&
                             derived_case_find(&scenario->derived, text) == NULL))
          status = yaml_complain(file, item, error, "there is no such case");
        else
          json_array_append_new(values, json_string(text));
      }
    } else {
      const struct schema_key *key = read_key(&reader, name);
      status = key == NULL ? -1 : read_list(&reader, key, list, values);
    }
    if (status < 0) {
      json_decref(filter);
      return NULL;
    }
  }
  return filter;
}

static int read_skip(const struct scenario_reader *reader, yaml_node_t *node) {
  json_array_clear(reader->scenario->skip);
  yaml_node_t *item;
  for (size_t i = 0; (item = yaml_item(reader->file, node, i)) != NULL; i++) {
    json_t *filter =
        scenario_filter_parse(reader->scenario, reader->file, item, reader->schema, reader->error);
    if (filter == NULL)
      return -1;
    if (json_object_size(filter) == 0) {
      json_decref(filter);
      return yaml_complain(reader->file, item, reader->error, "this would skip everything");
    }
    json_array_append_new(reader->scenario->skip, filter);
  }
  return 0;
}

static int scenario_read_integer(const struct scenario_reader *reader, const char *name,
                                 long long least, long long most, long long *number) {
  yaml_node_t *node = yaml_get(reader->file, yaml_root(reader->file), name);
  if (node == NULL)
    return 0;
  const struct schema_key key = {.type = SCHEMA_INTEGER,
                                 .name = name,
                                 .unit = "",
                                 .minimum = (double)least,
                                 .maximum = (double)most};
  json_t *value = scenario_read_value(reader, &key, node);
  if (value == NULL)
    return -1;
  *number = json_integer_value(value);
  json_decref(value);
  return 0;
}

static int scenario_read_text(const struct scenario_reader *reader, const char *name,
                              char **words) {
  yaml_node_t *node = yaml_get(reader->file, yaml_root(reader->file), name);
  if (node == NULL)
    return 0;
  if (yaml_scalar(node) == NULL)
    return yaml_complain(reader->file, node, reader->error, "`%s` is text", name);
  free(*words);
  *words = memory_string(yaml_scalar(node));
  return 0;
}

/* What says what to run. */
static int scenario_read_file(const struct scenario_reader *reader) {
  static const struct {
    const char *name;
    int (*read)(const struct scenario_reader *reader, yaml_node_t *node);
  } PARTS[] = {
      {"fixed", read_fixed}, {"sweep", read_sweep}, {"cases", read_cases}, {"skip", read_skip}};
  yaml_node_t *root = yaml_root(reader->file);
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
    yaml_node_t *node = yaml_get(reader->file, root, PARTS[i].name);
    if (node != NULL && PARTS[i].read(reader, node) < 0)
      return -1;
  }
  struct scenario *scenario = reader->scenario;
  long long repeat = (long long)scenario->repeat;
  if (scenario_read_text(reader, "title", &scenario->title) < 0 ||
      scenario_read_text(reader, "description", &scenario->description) < 0 ||
      scenario_read_integer(reader, "repeat", 1, 1000000, &repeat) < 0 ||
      scenario_read_integer(reader, "first_seed", 0, 9007199253740991, &scenario->first_seed) < 0 ||
      scenario_read_integer(reader, "wall_limit_s", 1, 86400, &scenario->wall_limit_s) < 0)
    return -1;
  scenario->repeat = (size_t)repeat;
  return 0;
}

/* The section of the nearest file that has it. */
static yaml_node_t *section(struct scenario *scenario, const char *name, struct yaml_file **file) {
  for (size_t i = 0; i < scenario->file_count; i++) {
    *file = &scenario->file[i];
    yaml_node_t *node = yaml_get(*file, yaml_root(*file), name);
    if (node != NULL)
      return node;
  }
  return NULL;
}

/* What says what to make of the runs. */
static int read_presentation(struct scenario *scenario, const struct schema *schema,
                             struct text *error) {
  static const struct {
    const char *name;
    int (*read)(struct scenario *, struct yaml_file *, yaml_node_t *, const struct schema *,
                struct text *);
  } PARTS[] = {
      {"constants", scenario_read_constants},    {"derived", scenario_read_derived},
      {"computed", scenario_read_computed},      {"tables", presentation_read_tables},
      {"figures", presentation_read_figures},    {"compare", presentation_read_comparisons},
      {"expect", presentation_read_expectations}};
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
    struct yaml_file *file = NULL;
    yaml_node_t *node = section(scenario, PARTS[i].name, &file);
    if (node != NULL && PARTS[i].read(scenario, file, node, schema, error) < 0)
      return -1;
  }
  return 0;
}

/* Loads the file, and what it extends, behind those that are loaded. */
static int scenario_load(struct scenario *scenario, const char *path, struct text *error) {
  struct yaml_file *file = &scenario->file[scenario->file_count];
  if (yaml_file_init(file, path, error) < 0)
    return -1;
  scenario->file_count++;
  yaml_node_t *root = yaml_root(file);
  if (yaml_check_keys(file, root, SECTIONS, SECTION_COUNT, error) < 0)
    return -1;
  yaml_node_t *extends = yaml_get(file, root, "extends");
  if (extends == NULL)
    return 0;
  const char *name = yaml_scalar(extends);
  if (name == NULL || strchr(name, '/') != NULL)
    return yaml_complain(file, extends, error, "`extends` names one scenario of the same folder");
  if (scenario->file_count == SCENARIO_EXTENDS_MAX)
    return yaml_complain(file, extends, error,
                         "more than %d scenarios extend each other, or in a circle",
                         SCENARIO_EXTENDS_MAX);
  char *folder = text_directory_of(path);
  char *other = text_format("%s/%s.yaml", folder, name);
  int status = access(other, R_OK) == 0
                   ? scenario_load(scenario, other, error)
                   : yaml_complain(file, extends, error, "there is no file %s", other);
  free(other);
  free(folder);
  return status;
}

static char *name_of_path(const char *path) {
  const char *slash = strrchr(path, '/');
  const char *base = slash == NULL ? path : slash + 1;
  const char *dot = strrchr(base, '.');
  return text_format("%.*s", (int)(dot == NULL ? strlen(base) : (size_t)(dot - base)), base);
}

static bool is_one_line(const char *name) {
  while (text_utf8_length(name) > 0 && !text_is_control(name) && *name != '\n' && *name != '\t')
    name += text_utf8_length(name);
  return *name == '\0';
}

static char *name_of_file(struct yaml_file *file, struct text *error) {
  yaml_node_t *node = yaml_get(file, yaml_root(file), "name");
  char *name = NULL;
  if (node == NULL)
    name = name_of_path(file->path);
  else if (yaml_scalar(node) != NULL)
    name = memory_string(yaml_scalar(node));
  if (name != NULL && name[0] != '\0' && name[0] != '.' && strchr(name, '/') == NULL &&
      is_one_line(name))
    return name;
  free(name);
  yaml_complain(file, node == NULL ? yaml_root(file) : node, error,
                "`name` names a folder of the results: one line, without / and no . before it");
  return NULL;
}

static int scenario_read_all(struct scenario *scenario, const char *path,
                             const struct schema *schema, struct text *error) {
  if (scenario_load(scenario, path, error) < 0)
    return -1;
  for (size_t i = scenario->file_count; i-- > 0;) {
    const struct scenario_reader reader = {scenario, &scenario->file[i], schema, error};
    if (scenario_read_file(&reader) < 0)
      return -1;
  }
  scenario->name = name_of_file(&scenario->file[0], error);
  if (scenario->name == NULL)
    return -1;
  return read_presentation(scenario, schema, error);
}

int scenario_init(struct scenario *scenario, const char *path, const struct schema *schema,
                  struct text *error) {
  *scenario = (struct scenario){
      .fixed = json_object(),
      .sweep = json_object(),
      .skip = json_array(),
      .first_seed = 1,
      .repeat = 1,
  };
  if (scenario_read_all(scenario, path, schema, error) == 0)
    return 0;
  scenario_deinit(scenario);
  return -1;
}

void scenario_deinit(struct scenario *scenario) {
  presentation_deinit(&scenario->presentation);
  derived_deinit(&scenario->derived);
  for (size_t i = 0; i < scenario->file_count; i++)
    yaml_file_deinit(&scenario->file[i]);
  json_decref(scenario->fixed);
  json_decref(scenario->sweep);
  json_decref(scenario->cases);
  json_decref(scenario->skip);
  free(scenario->name);
  free(scenario->title);
  free(scenario->description);
  *scenario = (struct scenario){0};
}

bool scenario_has_column(const struct scenario *scenario, const char *name) {
  if (strcmp(name, SCENARIO_CASE) == 0)
    return scenario->cases != NULL;
  return json_object_get(scenario->sweep, name) != NULL;
}

char *scenario_name_read(const char *path, struct text *error) {
  struct yaml_file file;
  if (yaml_file_init(&file, path, error) < 0)
    return NULL;
  char *name = name_of_file(&file, error);
  yaml_file_deinit(&file);
  return name;
}
