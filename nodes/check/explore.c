/* Depth-first search. */
#include "explore.h"

#include "cast.h"
#include "visited.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct search {
  const struct model *model;
  struct explore_result *result;
  bool first;
  struct visited visited;
  struct check_world world; /* after the first `at` choices of `path` */
  size_t at;
  struct choice path[EXPLORE_DEPTH_MAX];
  size_t length;
  unsigned acts;
};

void explore_outcome(const struct check_world *world, char *text, size_t capacity) {
  const struct check_cast *cast = check_cast_of(world->model);
  text[0] = '\0';
  for (int i = 0; i < CHECK_SIDES; i++) {
    const struct monitor_side *side = &world->monitor.sides[i];
    const size_t length = strlen(text);
    snprintf(text + length, capacity - length, "%s%s %s", i == 0 ? "" : ", ", cast->names[i],
             cast->outcomes[side->outcome]);
    const size_t end = strlen(text);
    if (side->outcome == MONITOR_FAILED)
      snprintf(text + end, capacity - end, " (%s)", side->reason);
  }
}

static void path_set(struct explore_path *path, const struct search *search) {
  free(path->choices);
  path->choices = malloc((search->length + 1) * sizeof *path->choices);
  if (path->choices == NULL)
    abort();
  memcpy(path->choices, search->path, search->length * sizeof *path->choices);
  path->length = search->length;
  path->acts = search->acts;
}

static void note_end(struct search *search, struct explore_end *end) {
  const bool better = end->states == 0 || search->acts < end->path.acts ||
                      (search->acts == end->path.acts && search->length < end->path.length);
  end->states++;
  if (better)
    path_set(&end->path, search);
}

static void note_violation(struct search *search, enum monitor_violation violation) {
  search->result->violated = true;
  const struct monitor *monitor = &search->world.monitor;
  struct explore_end *end = &search->result->violations[violation];
  const uint64_t before = end->path.length;
  note_end(search, end);
  end->violation = violation;
  if (end->path.length != before || end->text[0] == '\0')
    snprintf(end->text, sizeof end->text, "%s", monitor->detail);
}

static void note_outcome(struct search *search) {
  struct explore_result *result = search->result;
  char text[sizeof result->ends[0].text];
  explore_outcome(&search->world, text, sizeof text);
  size_t i = 0;
  while (i < result->end_count && strcmp(result->ends[i].text, text) != 0)
    i++;
  if (i == EXPLORE_ENDS_MAX)
    return;
  if (i == result->end_count)
    memcpy(result->ends[result->end_count++].text, text, sizeof text);
  note_end(search, &result->ends[i]);
}

/* Brings the world to where `path` ends. */
static void catch_up(struct search *search, size_t length) {
  if (search->at > length) {
    check_world_deinit(&search->world);
    check_world_init(&search->world, search->model, NULL);
    search->at = 0;
  }
  for (; search->at < length; search->at++) {
    const bool made = check_world_choose(&search->world, &search->path[search->at]);
    assert(made);
    (void)made;
    search->world.monitor.mild = MONITOR_NONE;
    search->result->replayed++;
  }
}

static void descend(struct search *search);

static void try(struct search *search, const struct choice *choice) {
  catch_up(search, search->length);
  const bool made = check_world_choose(&search->world, choice);
  assert(made);
  (void)made;
  search->path[search->length++] = *choice;
  search->at++;
  search->acts += choice_is_act(choice);
  search->result->choices++;
  descend(search);
  search->acts -= choice_is_act(choice);
  search->length--;
}

static void descend(struct search *search) {
  struct explore_result *result = search->result;
  if (search->length > result->depth)
    result->depth = search->length;
  struct monitor *monitor = &search->world.monitor;
  if (check_world_is_full(&search->world)) {
    result->bounded = true;
    return;
  }
  if (monitor->violation != MONITOR_NONE) {
    note_violation(search, monitor->violation);
    return;
  }
  if (monitor->mild != MONITOR_NONE)
    note_violation(search, monitor->mild);
  monitor->mild = MONITOR_NONE;
  struct digest digest;
  digest_init(&digest);
  digest.exact_lifetimes = search->model->exact_lifetimes;
  check_world_digest(&search->world, &digest);
  if (search->visited.count >= search->model->states_max) {
    result->bounded = true;
    return;
  }
  if (!visited_enter(&search->visited, &digest, search->world.budget_left))
    return;
  if (search->length >= search->model->depth_max) {
    result->bounded = true;
    return;
  }
  struct choice choices[CHECK_CHOICES_MAX];
  const size_t count = check_world_choices(&search->world, choices);
  if (count == 0 || choice_is_act(&choices[0]))
    note_outcome(search);
  for (size_t i = 0; i < count && !(search->first && result->violated); i++)
    try(search, &choices[i]);
}

static double seconds_now(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void clear_counts(struct explore_result *result) {
  for (size_t i = 0; i < result->end_count; i++)
    result->ends[i].states = result->ends[i].states > 0;
}

void explore(const struct model *model, bool first, struct explore_result *result) {
  memset(result, 0, sizeof *result);
  const double start = seconds_now();
  struct search *search = calloc(1, sizeof *search);
  if (search == NULL)
    abort();
  struct model bounded = *model;
  for (unsigned budget = 0; budget <= model->budget && !(first && result->violated); budget++) {
    bounded.budget = budget;
    clear_counts(result);
    visited_clear(&search->visited);
    search->model = &bounded;
    search->first = first;
    search->result = result;
    search->at = 0;
    check_world_init(&search->world, &bounded, NULL);
    descend(search);
    check_world_deinit(&search->world);
  }
  result->states = search->visited.count;
  visited_clear(&search->visited);
  free(search);
  result->seconds = seconds_now() - start;
}

void explore_result_deinit(struct explore_result *result) {
  for (size_t i = 0; i < result->end_count; i++)
    free(result->ends[i].path.choices);
  for (size_t i = 0; i < MONITOR_VIOLATIONS; i++)
    free(result->violations[i].path.choices);
}
