/* A key has an effect in a cell where its condition holds; cells are the same runs where the
 * simulator gives them the same identity. */
#include "effect.h"
#include "origin.h"
#include "simulator/condition.h"
#include "support/memory.h"
#include "support/value.h"

#include <stdlib.h>
#include <string.h>

struct effect {
  const struct plan *plan;
  struct scenario *scenario;
  const struct schema *schema;
  size_t *first; /* by cell: the first cell that is the same runs */
  bool *varies; /* by such first cell: whether the cells that are the same runs differ in the key */
  bool *missed; /* by term of the key's condition: whether it keeps the key from an effect */
};

/* Cells that are the same runs */

static void find_first_cells(struct effect *effect) {
  const struct plan *plan = effect->plan;
  json_t *seen = json_object();
  for (size_t i = 0; i < plan->measured_count; i++) {
    const char *identity = plan->run[i * plan->repeat].key;
    const json_t *before = json_object_get(seen, identity);
    effect->first[i] = before == NULL ? i : (size_t)json_integer_value(before);
    if (before == NULL)
      json_object_set_new(seen, identity, json_integer((json_int_t)i));
  }
  json_decref(seen);
}

static void find_varying_cells(struct effect *effect, const struct schema_key *key) {
  const struct plan *plan = effect->plan;
  memset(effect->varies, 0, plan->measured_count * sizeof *effect->varies);
  for (size_t i = 0; i < plan->measured_count; i++) {
    const size_t first = effect->first[i];
    if (!value_equal(condition_value(key, plan->cell[i].spec),
                     condition_value(key, plan->cell[first].spec)))
      effect->varies[first] = true;
  }
}

/* What gives a key */

static const char *case_of(const struct effect *effect, size_t cell) {
  return json_string_value(json_object_get(effect->plan->cell[cell].columns, SCENARIO_CASE));
}

static enum origin_section origin_of(const struct effect *effect, const struct schema_key *key,
                                     size_t cell) {
  return origin_section_of(effect->scenario, &effect->plan->cell[cell], key->name);
}

/* Behind the last cell of the same case; of the plan if there are no cases. */
static size_t case_end(const struct effect *effect, size_t cell) {
  const char *name = case_of(effect, cell);
  size_t end = cell + 1;
  while (end < effect->plan->measured_count &&
         (name == NULL || strcmp(case_of(effect, end), name) == 0))
    end++;
  return end;
}

/* Adds "path:line: ". */
static void add_place(const struct effect *effect, const struct schema_key *key, size_t cell,
                      struct text *text) {
  const struct origin origin = origin_find(effect->scenario, &effect->plan->cell[cell], key->name);
  if (origin.key != NULL)
    text_add(text, "%s:%zu: ", origin.file->path, origin.key->start_mark.line + 1);
}

/* Keys without effect */

static bool is_idle(const struct effect *effect, const struct schema_key *key, size_t cell) {
  return !condition_is_met(key->applies, effect->schema, effect->plan->cell[cell].spec);
}

static bool all_idle(const struct effect *effect, const struct schema_key *key, size_t begin,
                     size_t end) {
  for (size_t i = begin; i < end; i++)
    if (!is_idle(effect, key, i))
      return false;
  return true;
}

static void note_missed(struct effect *effect, const struct schema_key *key, size_t cell) {
  for (size_t i = 0; i < json_array_size(key->applies); i++)
    effect->missed[i] =
        effect->missed[i] || !condition_term_is_met(json_array_get(key->applies, i), effect->schema,
                                                    effect->plan->cell[cell].spec);
}

/* The cells that have the key for nothing; of these `*example` is the first. */
static size_t count_idle(struct effect *effect, const struct schema_key *key, size_t *example) {
  const size_t cells = effect->plan->measured_count;
  const bool everywhere = all_idle(effect, key, 0, cells);
  size_t count = 0;
  for (size_t begin = 0, end; begin < cells; begin = end) {
    const enum origin_section origin = origin_of(effect, key, begin);
    end = case_end(effect, begin);
    const bool all = everywhere || (origin == ORIGIN_CASE && all_idle(effect, key, begin, end));
    for (size_t i = begin; i < end && origin != ORIGIN_NONE; i++) {
      const bool same = origin != ORIGIN_FIXED && effect->varies[effect->first[i]];
      if (!all && !(same && is_idle(effect, key, i)))
        continue;
      note_missed(effect, key, i);
      if (count++ == 0)
        *example = i;
    }
  }
  return count;
}

static void warn_key(struct effect *effect, const struct schema_key *key, struct text *warnings) {
  const size_t terms = json_array_size(key->applies);
  size_t example;
  effect->missed = memory_get(terms, sizeof *effect->missed);
  find_varying_cells(effect, key);
  const size_t count = count_idle(effect, key, &example);
  if (count > 0) {
    const char *before = "";
    text_add(warnings, "warning: ");
    add_place(effect, key, example, warnings);
    text_add(warnings, "%s has no effect in %zu of %zu cell%s: it needs ", key->name, count,
             effect->plan->measured_count, text_plural(effect->plan->measured_count));
    for (size_t i = 0; i < terms; i++) {
      if (!effect->missed[i])
        continue;
      text_add(warnings, "%s", before);
      condition_term_add(json_array_get(key->applies, i), warnings);
      before = " and ";
    }
    text_add(warnings, "\n");
  }
  free(effect->missed);
}

/* Refused cells */

static void warn_refusals(const struct effect *effect, struct text *warnings) {
  const struct plan *plan = effect->plan;
  json_t *counts = json_object(), *count;
  const char *reason;
  for (size_t i = 0; i < plan->measured_count; i++) {
    reason = condition_refusal(effect->schema, plan->cell[i].spec);
    if (reason != NULL)
      json_object_set_new(counts, reason,
                          json_integer(json_integer_value(json_object_get(counts, reason)) + 1));
  }
  json_object_foreach(counts, reason, count) {
    text_add(warnings, "warning: %s: the simulator refuses %lld of %zu cell%s: %s\n",
             effect->scenario->file[0].path, (long long)json_integer_value(count),
             plan->measured_count, text_plural(plan->measured_count), reason);
  }
  json_decref(counts);
}

void effect_warn(const struct plan *plan, struct scenario *scenario, const struct schema *schema,
                 struct text *warnings) {
  struct effect effect = {
      .plan = plan,
      .scenario = scenario,
      .schema = schema,
      .first = memory_get(plan->measured_count, sizeof *effect.first),
      .varies = memory_get(plan->measured_count, sizeof *effect.varies),
  };
  find_first_cells(&effect);
  for (size_t i = 0; i < schema->spec_count; i++)
    if (json_array_size(schema->spec[i].applies) > 0)
      warn_key(&effect, &schema->spec[i], warnings);
  warn_refusals(&effect, warnings);
  free(effect.first);
  free(effect.varies);
}
