/* Runs by filter and shard. */
#include "selection.h"
#include "support/memory.h"

#include <stdlib.h>

/* The runs of a cell differ in their seeds alone. */
static void filter_apply(const struct plan *plan, const struct filter *filter, bool *wanted) {
  json_t *spec = NULL;
  for (size_t i = 0; i < plan->run_count; i++) {
    const struct plan_run *run = &plan->run[i];
    if (i % plan->repeat == 0) {
      json_decref(spec);
      spec = json_loads(plan->cell[run->cell].resolved, 0, NULL);
    }
    json_object_set_new(spec, "seed", json_integer(run->seed));
    wanted[i] = filter_accepts(filter, plan->cell[run->cell].columns, spec);
  }
  json_decref(spec);
}

static void shard_apply(const struct plan *plan, struct bench_shard shard, bool *wanted) {
  json_t *turn = json_object(); /* of each key */
  for (size_t i = 0; i < plan->run_count; i++) {
    const char *key = plan->run[i].key;
    const size_t next = json_object_size(turn);
    if (json_object_get(turn, key) == NULL)
      json_object_set_new(turn, key, json_integer((json_int_t)(next % (size_t)shard.count)));
    if (json_integer_value(json_object_get(turn, key)) + 1 != shard.number)
      wanted[i] = false;
  }
  json_decref(turn);
}

size_t selection_shard_count(size_t runs, struct bench_shard shard) {
  const size_t count = (size_t)shard.count;
  return runs / count + ((size_t)shard.number <= runs % count);
}

bool *selection_make(const struct plan *plan, const struct filter *filter,
                     struct bench_shard shard) {
  bool *wanted = memory_get(plan->run_count, sizeof *wanted);
  for (size_t i = 0; i < plan->run_count; i++)
    wanted[i] = true;
  if (filter != NULL)
    filter_apply(plan, filter, wanted);
  if (shard.count > 0)
    shard_apply(plan, shard, wanted);
  return wanted;
}

size_t selection_count(const struct plan *plan, const bool *wanted) {
  json_t *keys = json_object();
  for (size_t i = 0; i < plan->run_count; i++)
    if (wanted[i])
      json_object_set_new(keys, plan->run[i].key, json_true());
  const size_t count = json_object_size(keys);
  json_decref(keys);
  return count;
}
