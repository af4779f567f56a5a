/* Cells and runs. */
#include "plan.h"
#include "simulator/simulator.h"
#include "support/checksum.h"
#include "support/json_members.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* True if one of the scenario's skip rules takes the cell out. */
static bool is_skipped(struct plan *plan, const struct scenario *scenario,
                       const struct plan_cell *cell) {
  json_t *all = json_copy(cell->spec);
  json_object_update(all, cell->columns);
  bool skipped = false;
  for (size_t i = 0; i < json_array_size(scenario->skip); i++) {
    const bool matches = value_matches(json_array_get(scenario->skip, i), all);
    plan->skipped[i] += matches;
    skipped = skipped || matches;
  }
  json_decref(all);
  return skipped;
}

/* Adds the cell of `settings` (of a case) and the values at `index` of each swept key. */
static void plan_add_cell(struct plan *plan, const struct scenario *scenario, const char *name,
                          json_t *settings, const size_t *index) {
  struct plan_cell cell = {.columns = json_object(), .spec = json_copy(scenario->fixed)};
  if (name != NULL) {
    json_object_set_new(cell.columns, SCENARIO_CASE, json_string(name));
    json_object_update(cell.spec, settings);
  }
  const char *key;
  json_t *values;
  size_t axis = 0;
  json_object_foreach(scenario->sweep, key, values) {
    json_t *value = json_array_get(values, index[axis++]);
    json_object_set(cell.columns, key, value);
    json_object_set(cell.spec, key, value);
  }
  if (is_skipped(plan, scenario, &cell)) {
    json_decref(cell.columns);
    json_decref(cell.spec);
    return;
  }
  plan->cell = memory_resize(plan->cell, plan->cell_count + 1, sizeof cell);
  plan->cell[plan->cell_count++] = cell;
}

/* All combinations of the sweep, the last key fastest. */
static void plan_add_cells(struct plan *plan, const struct scenario *scenario, const char *name,
                           json_t *settings) {
  size_t axes = json_object_size(scenario->sweep);
  size_t *index = memory_get(axes, sizeof *index), *size = memory_get(axes, sizeof *size);
  const char *key;
  json_t *values;
  size_t axis = 0;
  json_object_foreach(scenario->sweep, key, values) {
    size[axis++] = json_array_size(values);
  }
  for (bool more = true; more;) {
    plan_add_cell(plan, scenario, name, settings, index);
    more = false;
    for (axis = axes; axis-- > 0 && !more;) {
      more = ++index[axis] < size[axis];
      if (!more)
        index[axis] = 0;
    }
  }
  free(index);
  free(size);
}

/* Room for the seeds of a cell, of as many cells as fit into what a spec takes. */
enum { SEEDS_ROOM = SCENARIO_RUNS_MAX };
static const long long SEEDS_ROOMS = 9007199254740991 / SEEDS_ROOM - 1;

/* Where the seeds of a cell begin, if they are its own: what its values are says it, so that they
 * stay when the sweep grows. */
static long long own_seeds(const struct plan *plan, size_t cell) {
  char *values = value_canonical(plan->cell[cell].columns);
  const uint64_t sum = checksum_add(checksum_begin(), values, strlen(values));
  free(values);
  return (long long)(sum % (uint64_t)SEEDS_ROOMS) * SEEDS_ROOM;
}

/* Whether another cell before it has these seeds: blocks are as long as any, and begin at
 * multiples. */
static bool is_taken(const struct plan *plan, size_t cell, long long first) {
  for (size_t i = 0; i < cell; i++)
    if (plan->run[i * plan->repeat].seed == first)
      return true;
  return false;
}

static long long first_seed_of(const struct plan *plan, const struct scenario *scenario,
                               size_t cell) {
  if (!plan->independent)
    return scenario->first_seed;
  long long first = scenario->first_seed + own_seeds(plan, cell);
  while (is_taken(plan, cell, first))
    first += SEEDS_ROOM;
  return first;
}

/* A spec with another seed; NULL if `spec` is none. It has the key once: in strings its quotes are
 * escaped. */
static char *spec_with_seed(const char *spec, long long seed) {
  static const char SEED[] = "\"seed\":";
  const char *at = spec == NULL ? NULL : strstr(spec, SEED);
  if (at == NULL)
    return NULL;
  at += sizeof SEED - 1;
  char digits[32];
  const char *rest = at + strspn(at, "-0123456789");
  const size_t before = (size_t)(at - spec);
  const size_t middle = (size_t)snprintf(digits, sizeof digits, "%lld", seed);
  char *other = memory_get(before + middle + strlen(rest) + 1, 1);
  memcpy(other, spec, before);
  memcpy(other + before, digits, middle);
  strcpy(other + before + middle, rest);
  return other;
}

/* The spec of the first run of a cell. */
static char *first_given(const struct plan_cell *cell, long long seed) {
  json_t *spec = json_copy(cell->spec);
  json_object_set_new(spec, "seed", json_integer(seed));
  char *given = value_canonical(spec);
  json_decref(spec);
  return given;
}

static void plan_add_runs(struct plan *plan, const struct scenario *scenario) {
  plan->run_count = plan->cell_count * scenario->repeat;
  plan->run = memory_get(plan->run_count, sizeof *plan->run);
  for (size_t i = 0; i < plan->cell_count; i++) {
    struct plan_run *first = &plan->run[i * scenario->repeat];
    const long long seed = first_seed_of(plan, scenario, i);
    for (size_t j = 0; j < scenario->repeat; j++)
      first[j] =
          (struct plan_run){.cell = i,
                            .seed = seed + (long long)j,
                            .given = j == 0 ? first_given(&plan->cell[i], seed)
                                            : spec_with_seed(first->given, seed + (long long)j),
                            .size = 1};
  }
}

double plan_runs_most(const struct scenario *scenario) {
  const char *name;
  json_t *item;
  double runs = (double)scenario->repeat;
  if (scenario->cases != NULL)
    runs *= (double)json_object_size(scenario->cases);
  json_object_foreach(scenario->sweep, name, item) {
    runs *= (double)json_array_size(item);
  }
  return runs;
}

int plan_cells_init(struct plan *plan, const struct scenario *scenario, struct text *error) {
  const char *name;
  json_t *item;
  const double runs = plan_runs_most(scenario);
  *plan = (struct plan){
      .columns = json_array(), .repeat = scenario->repeat, .independent = scenario->independent};
  plan->skipped = memory_get(json_array_size(scenario->skip), sizeof *plan->skipped);
  if (scenario->cases != NULL)
    json_array_append_new(plan->columns, json_string(SCENARIO_CASE));
  json_object_foreach(scenario->sweep, name, item) {
    json_array_append_new(plan->columns, json_string(name));
  }
  if (runs > SCENARIO_RUNS_MAX) {
    text_add(error, "%s: these are %.0f runs, more than %d\n", scenario->file[0].path, runs,
             SCENARIO_RUNS_MAX);
    plan_deinit(plan);
    return -1;
  }
  if (scenario->cases == NULL)
    plan_add_cells(plan, scenario, NULL, NULL);
  json_object_foreach(scenario->cases, name, item) {
    plan_add_cells(plan, scenario, name, item);
  }
  if (plan->cell_count == 0) {
    text_add(error, "%s: `skip` leaves nothing to run\n", scenario->file[0].path);
    plan_deinit(plan);
    return -1;
  }
  plan->measured_count = plan->cell_count;
  return 0;
}

int plan_init(struct plan *plan, const struct scenario *scenario, struct text *error) {
  if (plan_cells_init(plan, scenario, error) < 0)
    return -1;
  plan_add_runs(plan, scenario);
  return 0;
}

void plan_computed_add(struct plan *plan, const struct scenario *scenario) {
  for (size_t i = 0; i < scenario->derived.computed_count; i++) {
    const struct derived_case *computed = &scenario->derived.computed[i];
    for (size_t j = 0; j < plan->measured_count; j++) {
      const struct plan_cell *source = &plan->cell[j];
      const char *name = json_string_value(json_object_get(source->columns, SCENARIO_CASE));
      if (name == NULL || computed->from == NULL || strcmp(name, computed->from) != 0)
        continue; /* the first two where the scenario has mistakes */
      const struct plan_cell cell = {.columns = json_copy(source->columns),
                                     .spec = json_copy(source->spec),
                                     .computed = computed,
                                     .source = j};
      json_object_set_new(cell.columns, SCENARIO_CASE, json_string(computed->name));
      plan->cell = memory_resize(plan->cell, plan->cell_count + 1, sizeof cell);
      plan->cell[plan->cell_count++] = cell;
    }
  }
}

void plan_deinit(struct plan *plan) {
  for (size_t i = 0; i < plan->run_count; i++) {
    free(plan->run[i].given);
    free(plan->run[i].key);
  }
  for (size_t i = 0; i < plan->cell_count; i++) {
    json_decref(plan->cell[i].columns);
    json_decref(plan->cell[i].spec);
    free(plan->cell[i].resolved);
  }
  for (size_t i = 0; i < plan->refusal_count; i++)
    free(plan->refusal[i].reason);
  free(plan->refusal);
  free(plan->run);
  free(plan->cell);
  free(plan->skipped);
  json_decref(plan->columns);
  *plan = (struct plan){0};
}

struct plan_resolving {
  struct plan *plan;
  size_t run;                  /* whose answer is next */
  struct json_members members; /* of the answer that is read */
  bool refused;
};

/* Counts the runs of a cell that the simulator does not accept; `first` is the first one. */
static void refuse(struct plan *plan, const struct plan_run *first, const char *reason) {
  for (size_t i = 0; i < plan->refusal_count; i++) {
    if (strcmp(plan->refusal[i].reason, reason) == 0) {
      plan->refusal[i].runs += plan->repeat;
      return;
    }
  }
  if (plan->refusal_count == PLAN_REFUSALS_MAX)
    return;
  plan->refusal = memory_resize(plan->refusal, plan->refusal_count + 1, sizeof *plan->refusal);
  plan->refusal[plan->refusal_count++] =
      (struct plan_refusal){memory_string(reason), first->cell, plan->repeat, first->seed};
}

/* Takes the answer for a run of a cell whose first one is resolved. */
static bool take_key(struct plan_resolving *resolving, const char *line, size_t length) {
  struct plan_run *run = &resolving->plan->run[resolving->run];
  if (!json_members_find(&resolving->members, line, length))
    return false;
  const struct json_member *member = json_members_get(&resolving->members, "key");
  json_t *key = member == NULL ? NULL : json_member_read(member);
  if (json_is_string(key)) {
    run->key = memory_string(json_string_value(key));
    run->size = run[-1].size;
  }
  json_decref(key);
  return run->key != NULL;
}

static void take_spec(struct plan *plan, struct plan_run *run, const char *key, json_t *spec) {
  run->key = memory_string(key);
  json_object_del(spec, "id");
  const double peers = json_number_value(json_object_get(spec, "peers"));
  run->size = peers > 1 ? peers : 1;
  plan->cell[run->cell].resolved = value_canonical(spec);
}

/* Takes the answer for the first run of a cell, or for all of it. Returns of how many runs it is;
 * 0: it is not as agreed. */
static size_t take_first(struct plan_resolving *resolving, json_t *answer) {
  const char *key = json_string_value(json_object_get(answer, "key"));
  json_t *spec = json_object_get(answer, "spec");
  struct plan_run *first = &resolving->plan->run[resolving->run];
  if (key != NULL && json_is_object(spec)) {
    take_spec(resolving->plan, first, key, spec);
    return json_object_get(spec, "seed") == NULL ? 0 : 1;
  }
  const char *why = json_string_value(json_object_get(answer, "error"));
  resolving->refused = true;
  refuse(resolving->plan, first, why == NULL ? "the simulator does not accept this" : why);
  return resolving->plan->repeat;
}

static size_t plan_on_answer(void *context, const char *line, size_t length) {
  struct plan_resolving *resolving = context;
  size_t runs = 1;
  if (resolving->run % resolving->plan->repeat > 0) {
    runs = take_key(resolving, line, length);
  } else {
    json_t *answer = json_loadb(line, length, 0, NULL);
    runs = answer == NULL ? 0 : take_first(resolving, answer);
    json_decref(answer);
  }
  resolving->run += runs;
  return runs;
}

int plan_resolve(struct plan *plan, const char *program, struct text *error) {
  struct plan_resolving resolving = {.plan = plan, .members = {.only_places = true}};
  struct text specs = {0};
  for (size_t i = 0; i < plan->run_count; i += plan->repeat)
    text_add(&specs, "%s\n", plan->run[i].given);
  int status = simulator_resolve(program, &specs, plan->repeat, plan->run_count, plan_on_answer,
                                 &resolving, error);
  text_deinit(&specs);
  json_members_deinit(&resolving.members);
  return resolving.refused ? -1 : status;
}

json_t *plan_columns_varying(const struct plan *plan, const size_t *cell, size_t count) {
  json_t *columns = json_array();
  for (size_t i = 0; i < json_array_size(plan->columns); i++) {
    json_t *column = json_array_get(plan->columns, i);
    const char *name = json_string_value(column);
    bool varies = false;
    for (size_t j = 1; j < count; j++)
      varies = varies || !value_equal(json_object_get(plan->cell[cell[0]].columns, name),
                                      json_object_get(plan->cell[cell[j]].columns, name));
    if (varies)
      json_array_append(columns, column);
  }
  return columns;
}

char *plan_value_title(const char *column, const json_t *value, const struct schema *schema) {
  const struct schema_key *key = schema_spec_find(schema, column);
  if (key == NULL || strcmp(key->unit, "ratio") != 0 || !json_is_number(value))
    return value_print(value);
  return text_format("%.6g %%", 100 * json_number_value(value));
}

/* Ratios as they are where `schema` is NULL. */
static char *cell_words(const struct plan *plan, size_t cell, const json_t *columns,
                        const struct schema *schema) {
  struct text words = {0};
  const json_t *names = columns == NULL ? plan->columns : columns;
  for (size_t i = 0; i < json_array_size(names); i++) {
    const char *name = json_string_value(json_array_get(names, i));
    const json_t *value = json_object_get(plan->cell[cell].columns, name);
    char *printed = schema == NULL ? value_print(value) : plan_value_title(name, value, schema);
    bool is_case = strcmp(name, SCENARIO_CASE) == 0;
    text_add(&words, "%s%s%s%s", words.length == 0 ? "" : ", ", is_case ? "" : name,
             is_case ? "" : " ", printed);
    free(printed);
  }
  if (words.length == 0)
    text_add(&words, "all runs");
  return words.data;
}

char *plan_cell_words(const struct plan *plan, size_t cell, const json_t *columns) {
  return cell_words(plan, cell, columns, NULL);
}

char *plan_cell_title(const struct plan *plan, size_t cell, const json_t *columns,
                      const struct schema *schema) {
  return cell_words(plan, cell, columns, schema);
}

char *plan_run_resolved(const struct plan *plan, const struct plan_run *run) {
  return spec_with_seed(plan->cell[run->cell].resolved, run->seed);
}

char *plan_run_spec(const struct plan *plan, size_t run, const char *id) {
  json_t *name = json_string(id);
  char *quoted = json_dumps(name, JSON_ENCODE_ANY);
  char *spec = text_format("{\"id\":%s,%s", quoted, plan->run[run].given + 1);
  json_decref(name);
  free(quoted);
  return spec;
}
