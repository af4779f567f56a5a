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
    "name",     "title",  "description", "extends", "fixed",        "sweep",     "cases",
    "skip",     "repeat", "first_seed",  "paired",  "wall_limit_s", "constants", "derived",
    "computed", "tables", "figures",     "compare", "expect"};
enum { SECTION_COUNT = sizeof SECTIONS / sizeof SECTIONS[0] };

/* What reading one file needs at hand. */
struct scenario_reader {
  struct scenario *scenario;
  struct yaml_file *file;
  const struct schema *schema;
  struct complaints *error;
};

/* `other` is accepted there, too, by whoever asks; NULL without. */
static const struct schema_key *read_key(const struct scenario_reader *reader,
                                         const yaml_node_t *node, const char *other) {
  const char *name = yaml_scalar(node);
  const struct schema *schema = reader->schema;
  const struct schema_key *key = schema_spec_find(schema, name);
  if (strcmp(name, "seed") == 0 || strcmp(name, "id") == 0) {
    yaml_complain(reader->file, node, reader->error,
                  "`%s` is set for each run\nfor other seeds give `first_seed` and `repeat`", name);
    return NULL;
  }
  if (key != NULL || json_object_get(reader->scenario->sweep, name) != NULL)
    return key; /* what the sweep calls by no name has been complained about there */
  const char **names = memory_get(schema->spec_count + 1, sizeof *names);
  size_t count = 0;
  if (other != NULL)
    names[count++] = other;
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

/* `what` of a value, with all that the key takes. */
static void complain_value(const struct scenario_reader *reader, const struct schema_key *key,
                           const yaml_node_t *node, const char *what) {
  struct text accepted = {0};
  schema_accepted_add(key, &accepted);
  const char *unit = strcmp(key->unit, "ratio") == 0 ? "" : key->unit;
  yaml_complain(reader->file, node, reader->error, "%s for `%s`\naccepted: %s%s%s", what, key->name,
                text_string(&accepted), unit[0] == '\0' ? "" : " ", unit);
  text_deinit(&accepted);
}

static json_t *scenario_read_value(const struct scenario_reader *reader,
                                   const struct schema_key *key, const yaml_node_t *node) {
  const char *text = yaml_scalar(node);
  json_t *value = text == NULL ? NULL : schema_value_parse(key, text);
  if (value != NULL)
    return schema_is_relative_path(key, text) ? scenario_place_path(reader, value) : value;
  char *what = text_format("`%s` is not accepted", text == NULL ? "a list" : text);
  complain_value(reader, key, node, what);
  free(what);
  return NULL;
}

/* {key: value} into `object`. */
static int read_settings(const struct scenario_reader *reader, yaml_node_t *node, json_t *object) {
  int status = yaml_check_mapping(reader->file, node, reader->error);
  yaml_node_t *name, *value;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &value); i++) {
    const struct schema_key *key = read_key(reader, name, NULL);
    json_t *read = key == NULL ? NULL : scenario_read_value(reader, key, value);
    if (read == NULL)
      status = -1;
    else
      json_object_set_new(object, key->name, read);
  }
  return status;
}

/* {from, to, step} into `values`. */
static int read_steps(const struct scenario_reader *reader, const struct schema_key *key,
                      yaml_node_t *node, json_t *values) {
  static const char *const NAMES[] = {"from", "to", "step"};
  double bound[3];
  int status = yaml_check_keys(reader->file, node, NAMES, 3, reader->error);
  for (size_t i = 0; i < 3; i++) {
    yaml_node_t *given = yaml_get(reader->file, node, NAMES[i]);
    const char *text = given == NULL ? NULL : yaml_scalar(given);
    if (given == NULL)
      status = yaml_complain_missing(reader->file, node, reader->error,
                                     "`%s` is missing: {from, to, step}", NAMES[i]);
    else if (text == NULL || !schema_number_parse(text, &bound[i]))
      status =
          yaml_complain(reader->file, given, reader->error, "`%s` has to be a number", NAMES[i]);
  }
  if (status < 0)
    return -1;
  if (!(bound[2] > 0))
    return yaml_complain(reader->file, node, reader->error, "`step` has to be above 0");
  double count = floor((bound[1] - bound[0]) / bound[2] + 1e-9) + 1;
  if (!(count >= 1) || count > STEPS_MAX)
    return yaml_complain(reader->file, node, reader->error,
                         "this gives %.0f values; 1 to %d are accepted", fmax(count, 0), STEPS_MAX);
  for (size_t i = 0; i < (size_t)count; i++) {
    char *text = text_format("%.12g", bound[0] + (double)i * bound[2]);
    json_t *value = schema_value_parse(key, text);
    char *what = value == NULL ? text_format("this gives %s, not accepted", text) : NULL;
    if (value == NULL)
      complain_value(reader, key, node, what);
    free(what);
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
  for (size_t i = 0; (item = yaml_item(reader->file, node, i)) != NULL; i++)
    status |= read_list_item(reader, key, item, values, seen);
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

/* Whether a key of the sweep is in use elsewhere. */
static int check_swept(const struct scenario_reader *reader, const yaml_node_t *name) {
  yaml_node_t *fixed = yaml_get(reader->file, yaml_root(reader->file), "fixed");
  if (fixed != NULL && yaml_get(reader->file, fixed, yaml_scalar(name)) != NULL)
    return yaml_complain(reader->file, name, reader->error, "`%s` is fixed above",
                         yaml_scalar(name));
  const char *case_name;
  json_t *settings;
  json_object_foreach(reader->scenario->cases, case_name, settings) {
    if (json_object_get(settings, yaml_scalar(name)) != NULL)
      return yaml_complain(reader->file, name, reader->error, "the case `%s` sets `%s` already",
                           case_name, yaml_scalar(name));
  }
  return 0;
}

/* A key that is complained about is swept all the same: what is said of it elsewhere is no mistake
 * more. */
static int read_sweep(const struct scenario_reader *reader, yaml_node_t *node) {
  struct scenario *scenario = reader->scenario;
  if (node->type != YAML_MAPPING_NODE) {
    scenario->has_columns = false;
    return yaml_complain(reader->file, node, reader->error,
                         "a mapping (key: [values]) is expected here");
  }
  yaml_node_t *name, *list;
  int status = 0;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &list); i++) {
    const struct schema_key *key = read_key(reader, name, NULL);
    json_t *values = json_array();
    if (key == NULL || check_swept(reader, name) < 0 || read_list(reader, key, list, values) < 0)
      status = -1;
    json_object_del(scenario->fixed, yaml_scalar(name));
    json_object_set_new(scenario->sweep, yaml_scalar(name), values);
  }
  return status;
}

static int read_case(const struct scenario_reader *reader, yaml_node_t *settings, json_t *object) {
  int status = read_settings(reader, settings, object);
  const char *key;
  json_t *value;
  json_object_foreach(object, key, value) {
    if (json_object_get(reader->scenario->sweep, key) != NULL)
      status = yaml_complain(reader->file, yaml_get_key(reader->file, settings, key), reader->error,
                             "`%s` is in the sweep already", key);
  }
  return status;
}

static int read_cases(const struct scenario_reader *reader, yaml_node_t *node) {
  struct scenario *scenario = reader->scenario;
  json_decref(scenario->cases);
  scenario->cases = json_object();
  if (node->type != YAML_MAPPING_NODE ||
      node->data.mapping.pairs.start == node->data.mapping.pairs.top) {
    scenario->has_columns = false;
    return yaml_complain(reader->file, node, reader->error,
                         "cases are a mapping (name: {key: value})");
  }
  yaml_node_t *name, *settings;
  int status = 0;
  for (size_t i = 0; yaml_pair(reader->file, node, i, &name, &settings); i++) {
    json_t *object = json_object();
    json_object_set_new(scenario->cases, yaml_scalar(name), object);
    status |= read_case(reader, settings, object);
  }
  return status;
}

/* Complains unless it is the name of a case; of any name where the cases could not be read. */
static int check_case_name(const struct scenario *scenario, struct yaml_file *file,
                           const yaml_node_t *node, struct complaints *error) {
  const char *text = yaml_scalar(node), *name;
  const size_t cases = json_object_size(scenario->cases);
  if (text != NULL && (json_object_get(scenario->cases, text) != NULL ||
                       derived_case_find(&scenario->derived, text) != NULL))
    return 0;
  if (!scenario->has_columns)
    return -1;
  if (scenario->cases == NULL)
    return yaml_complain(file, node, error, "there is no such case: the scenario has no `cases`");
  const char **names = memory_get(cases + scenario->derived.computed_count, sizeof *names);
  size_t count = 0;
  json_t *settings;
  json_object_foreach(scenario->cases, name, settings) {
    names[count++] = name;
  }
  for (size_t i = 0; i < scenario->derived.computed_count; i++)
    names[count++] = scenario->derived.computed[i].name;
  yaml_complain_unknown(file, node, "case", names, count, error);
  free(names);
  return -1;
}

/* The values of one column of a filter. */
static int read_filter_column(const struct scenario_reader *reader, const yaml_node_t *name,
                              yaml_node_t *list, json_t *values) {
  if (strcmp(yaml_scalar(name), SCENARIO_CASE) != 0) {
    const char *other = reader->scenario->cases == NULL ? NULL : SCENARIO_CASE;
    const struct schema_key *key = read_key(reader, name, other);
    return key == NULL ? -1 : read_list(reader, key, list, values);
  }
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(reader->file, list, i)) != NULL; i++) {
    if (check_case_name(reader->scenario, reader->file, item, reader->error) < 0)
      status = -1;
    else
      json_array_append_new(values, json_string(yaml_scalar(item)));
  }
  return status;
}

json_t *scenario_column_value(const struct scenario *scenario, struct yaml_file *file,
                              const char *column, const yaml_node_t *node,
                              const struct schema *schema, struct complaints *error) {
  const struct scenario_reader reader = {(struct scenario *)(uintptr_t)scenario, file, schema,
                                         error};
  const struct schema_key *key = schema_spec_find(schema, column);
  if (key != NULL)
    return scenario_read_value(&reader, key, node);
  return check_case_name(scenario, file, node, error) < 0 ? NULL : json_string(yaml_scalar(node));
}

json_t *scenario_filter_parse(const struct scenario *scenario, struct yaml_file *file,
                              yaml_node_t *node, const struct schema *schema,
                              struct complaints *error) {
  const struct scenario_reader reader = {(struct scenario *)(uintptr_t)scenario, file, schema,
                                         error};
  json_t *filter = json_object();
  yaml_node_t *name, *list;
  int status = 0;
  if (node->type != YAML_MAPPING_NODE)
    status =
        yaml_complain(file, node, error, "a mapping (column: value or [values]) is expected here");
  for (size_t i = 0; yaml_pair(file, node, i, &name, &list); i++) {
    json_t *values = json_array();
    json_object_set_new(filter, yaml_scalar(name), values);
    status |= read_filter_column(&reader, name, list, values);
  }
  if (status == 0)
    return filter;
  json_decref(filter);
  return NULL;
}

static int read_skip(const struct scenario_reader *reader, yaml_node_t *node) {
  json_array_clear(reader->scenario->skip);
  yaml_node_t *item;
  int status = 0;
  for (size_t i = 0; (item = yaml_item(reader->file, node, i)) != NULL; i++) {
    json_t *filter =
        scenario_filter_parse(reader->scenario, reader->file, item, reader->schema, reader->error);
    if (filter == NULL)
      status = -1;
    else if (json_object_size(filter) == 0)
      status = yaml_complain(reader->file, item, reader->error, "this would skip everything");
    json_array_append_new(reader->scenario->skip, filter == NULL ? json_object() : filter);
  }
  return status;
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

static int read_paired(const struct scenario_reader *reader, yaml_node_t *node) {
  static const char *const NAMES[] = {"on", "off"};
  const char *word = yaml_scalar(node);
  for (size_t i = 0; i < 2; i++)
    if (word != NULL && strcmp(word, NAMES[i]) == 0) {
      reader->scenario->independent = i == 1;
      return 0;
    }
  return yaml_complain_unknown(reader->file, node, "value of `paired`", NAMES, 2, reader->error);
}

/* What says what to run. */
static int scenario_read_file(const struct scenario_reader *reader) {
  static const struct {
    const char *name;
    int (*read)(const struct scenario_reader *reader, yaml_node_t *node);
  } PARTS[] = {{"fixed", read_fixed},
               {"sweep", read_sweep},
               {"cases", read_cases},
               {"skip", read_skip},
               {"paired", read_paired}};
  yaml_node_t *root = yaml_root(reader->file);
  int status = 0;
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
    yaml_node_t *node = yaml_get(reader->file, root, PARTS[i].name);
    if (node != NULL)
      status |= PARTS[i].read(reader, node);
  }
  struct scenario *scenario = reader->scenario;
  long long repeat = (long long)scenario->repeat;
  status |=
      scenario_read_text(reader, "title", &scenario->title) |
      scenario_read_text(reader, "description", &scenario->description) |
      scenario_read_integer(reader, "repeat", 1, 1000000, &repeat) |
      scenario_read_integer(reader, "first_seed", 0, 9007199253740991, &scenario->first_seed) |
      scenario_read_integer(reader, "wall_limit_s", 1, 86400, &scenario->wall_limit_s);
  scenario->repeat = (size_t)repeat;
  scenario->repeats = scenario->repeats || yaml_get(reader->file, root, "repeat") != NULL;
  return status;
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
                             struct complaints *error) {
  static const struct {
    const char *name;
    int (*read)(struct scenario *, struct yaml_file *, yaml_node_t *, const struct schema *,
                struct complaints *);
  } PARTS[] = {
      {"constants", scenario_read_constants},    {"derived", scenario_read_derived},
      {"computed", scenario_read_computed},      {"tables", presentation_read_tables},
      {"figures", presentation_read_figures},    {"compare", presentation_read_comparisons},
      {"expect", presentation_read_expectations}};
  int status = 0;
  for (size_t i = 0; i < sizeof PARTS / sizeof PARTS[0]; i++) {
    struct yaml_file *file = NULL;
    yaml_node_t *node = section(scenario, PARTS[i].name, &file);
    if (node != NULL)
      status |= PARTS[i].read(scenario, file, node, schema, error);
  }
  return status;
}

static int scenario_load(struct scenario *scenario, const char *path, struct complaints *error);

/* Loads what a file extends. */
static int load_extended(struct scenario *scenario, struct yaml_file *file, yaml_node_t *extends,
                         struct complaints *error) {
  const char *name = yaml_scalar(extends);
  if (name == NULL || strchr(name, '/') != NULL)
    return yaml_complain(file, extends, error, "`extends` names one scenario of the same folder");
  if (scenario->file_count == SCENARIO_EXTENDS_MAX)
    return yaml_complain(file, extends, error,
                         "more than %d scenarios extend each other, or in a circle",
                         SCENARIO_EXTENDS_MAX);
  char *folder = text_directory_of(file->path);
  char *other = text_format("%s/%s.yaml", folder, name);
  int status = access(other, R_OK) == 0
                   ? scenario_load(scenario, other, error)
                   : yaml_complain(file, extends, error, "there is no file %s", other);
  free(other);
  free(folder);
  return status;
}

/* Loads the file, and what it extends, behind those that are loaded. -1 if one of them cannot be
 * read: then nothing is known of what the others lack. */
static int scenario_load(struct scenario *scenario, const char *path, struct complaints *error) {
  struct yaml_file *file = &scenario->file[scenario->file_count];
  if (yaml_file_init(file, path, scenario->file_count, error) < 0)
    return -1;
  scenario->file_count++;
  yaml_node_t *root = yaml_root(file);
  if (yaml_check_keys(file, root, SECTIONS, SECTION_COUNT, error) < 0)
    scenario->has_columns = false;
  yaml_node_t *extends = yaml_get(file, root, "extends");
  return extends == NULL ? 0 : load_extended(scenario, file, extends, error);
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

static char *name_of_file(struct yaml_file *file, struct complaints *error) {
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

void scenario_read(struct scenario *scenario, const char *path, const struct schema *schema,
                   struct complaints *complaints) {
  *scenario = (struct scenario){
      .fixed = json_object(),
      .sweep = json_object(),
      .skip = json_array(),
      .first_seed = 1,
      .repeat = 1,
      .has_columns = true,
  };
  if (scenario_load(scenario, path, complaints) < 0)
    return;
  for (size_t i = scenario->file_count; i-- > 0;) {
    const struct scenario_reader reader = {scenario, &scenario->file[i], schema, complaints};
    scenario_read_file(&reader);
  }
  scenario->has_runs = complaints->error_count == 0;
  scenario->name = name_of_file(&scenario->file[0], complaints);
  read_presentation(scenario, schema, complaints);
}

int scenario_init(struct scenario *scenario, const char *path, const struct schema *schema,
                  struct text *error) {
  struct complaints complaints = {0};
  scenario_read(scenario, path, schema, &complaints);
  const bool good = complaints.error_count == 0;
  complaints_print(&complaints, COMPLAINT_ERROR, error);
  complaints_deinit(&complaints);
  if (!good)
    scenario_deinit(scenario);
  return good ? 0 : -1;
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
  struct complaints complaints = {0};
  char *name = NULL;
  if (yaml_file_init(&file, path, 0, &complaints) == 0) {
    name = name_of_file(&file, &complaints);
    yaml_file_deinit(&file);
  }
  if (name == NULL)
    complaints_print(&complaints, COMPLAINT_ERROR, error);
  complaints_deinit(&complaints);
  return name;
}
