/* Specs out, results in. */
#include "feed.h"
#include "simulator/outcome.h"
#include "support/json_members.h"
#include "support/memory.h"
#include "support/process.h"
#include "support/progress.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

enum { COMMIT_MS = 500, GATHER_MS = 10 };

size_t *feed_missing(const struct plan *plan, struct store *store, const bool *wanted,
                     size_t *count) {
  size_t *index = memory_get(plan->run_count, sizeof *index);
  json_t *seen = json_object();
  *count = 0;
  store_reading_begin(store);
  for (size_t i = 0; i < plan->run_count; i++) {
    const char *key = plan->run[i].key;
    if ((wanted != NULL && !wanted[i]) || json_object_get(seen, key) != NULL ||
        store_run_exists(store, key))
      continue;
    json_object_set_new(seen, key, json_true());
    index[(*count)++] = i;
  }
  store_reading_end(store);
  json_decref(seen);
  return index;
}

struct feed {
  const struct plan *plan;
  struct store *store;
  const size_t *missing; /* runs whose specs are handed out; results come in this order */
  struct progress progress;
  struct {
    size_t count, bad;
    double size;
  } uncommitted;               /* came, and is not told of yet: it could still be lost */
  struct json_members members; /* of the result that is read */
  struct feed_tally *tally;
  struct text *error;
  bool bad;
};

/* The string of a member; to be freed. NULL if it is none. */
static char *string_of(const struct json_members *members, const char *name) {
  const struct json_member *member = json_members_get(members, name);
  json_t *value = member == NULL ? NULL : json_member_read(member);
  char *text = memory_string(json_string_value(value));
  json_decref(value);
  return text;
}

/* Whether the id is this key, of which JSON escapes nothing. */
static bool is_of(const struct json_members *members, const char *key) {
  const struct json_member *id = json_members_get(members, "id");
  const size_t length = strlen(key);
  return id->length == length + 2 && memcmp(id->value + 1, key, length) == 0;
}

/* Stores a result of the run that has this key. */
static void take_result(struct feed *feed, const struct plan_run *run, const char *outcome,
                        const char *line) {
  const bool measures = outcome_measures(outcome);
  char *spec = plan_run_resolved(feed->plan, run);
  if (store_run_add(feed->store, run->key, spec, line, feed->error) < 0)
    feed->bad = true;
  free(spec);
  feed->tally->stored++;
  feed->tally->not_run += !measures;
  feed->uncommitted.count++;
  feed->uncommitted.size += run->size;
  feed->uncommitted.bad += !measures;
}

/* Finds the id and the outcome: first in a result as the simulator prints it, or anywhere. */
static bool find_members(struct json_members *members, const char *line, size_t length) {
  static const size_t MOST[] = {2, 0};
  bool found = false;
  for (size_t i = 0; i < sizeof MOST / sizeof MOST[0] && !found; i++) {
    members->most = MOST[i];
    found = json_members_find(members, line, length) && json_members_get(members, "id") != NULL &&
            json_members_get(members, "outcome") != NULL;
  }
  return found;
}

static int on_result(void *context, char *line, size_t length) {
  struct feed *feed = context;
  if (feed->bad)
    return -1;
  const bool is_result = find_members(&feed->members, line, length);
  const struct plan_run *run = feed->tally->stored < feed->tally->missing
                                   ? &feed->plan->run[feed->missing[feed->tally->stored]]
                                   : NULL;
  char *outcome = is_result ? string_of(&feed->members, "outcome") : NULL;
  if (run != NULL && outcome != NULL && is_of(&feed->members, run->key)) {
    take_result(feed, run, outcome, line);
  } else {
    text_add(feed->error, "the simulator printed what is not the next result: %.200s\n", line);
    feed->bad = true;
  }
  free(outcome);
  return feed->bad ? -1 : 0;
}

/* Commits what is older than that, and tells of it. */
static void feed_commit(struct feed *feed, int age_ms) {
  if (store_commit(feed->store, age_ms, feed->error) < 0)
    feed->bad = true;
  if (feed->bad || !store_is_committed(feed->store) || feed->uncommitted.count == 0)
    return;
  progress_step(&feed->progress, feed->uncommitted.count, feed->uncommitted.size,
                feed->uncommitted.bad);
  memset(&feed->uncommitted, 0, sizeof feed->uncommitted);
}

static void on_tick(void *context) {
  struct feed *feed = context;
  if (!feed->bad)
    feed_commit(feed, COMMIT_MS);
  progress_tick(&feed->progress);
}

/* The specs as the simulator reads them; the id of each is its key. */
static void write_specs(const struct plan *plan, const size_t *missing, size_t count,
                        struct text *specs) {
  for (size_t i = 0; i < count; i++) {
    char *spec = plan_run_spec(plan, missing[i], plan->run[missing[i]].key);
    text_add(specs, "%s\n", spec);
    free(spec);
  }
}

double feed_size(const struct plan *plan, const size_t *missing, size_t count) {
  double size = 0;
  for (size_t i = 0; i < count; i++)
    size += plan->run[missing[i]].size;
  return size;
}

/* Hands the specs to the simulator. -1 with an error if it could not be run, or ended early. */
static int feed_simulator(struct feed *feed, const struct feed_options *options,
                          const struct text *specs) {
  const struct process_listener listener = {
      .line = on_result, .tick = on_tick, .context = feed, .gather_ms = GATHER_MS};
  struct feed_tally *tally = feed->tally;
  struct process_end end;
  char *path = memory_string(options->program), *jobs = text_format("%d", options->jobs);
  char *limit = text_format("%lld", options->wall_limit_s);
  char jobs_option[] = "-j", limit_option[] = "--wall-limit";
  char *argv[] = {path,  jobs_option, jobs, options->wall_limit_s > 0 ? limit_option : NULL,
                  limit, NULL};
  int status = process_run(argv, specs, &listener, &end, feed->error);
  tally->interrupted = end.interrupted;
  if (status == 0 && !end.interrupted && tally->stored < tally->missing && !feed->bad) {
    char *words = process_status_words(end.status);
    text_add(feed->error,
             "the simulator ended (%s) after %zu of %zu runs; these are kept, and running again "
             "goes on from there\n",
             words, tally->stored, tally->missing);
    free(words);
    status = -1;
  }
  free(path);
  free(jobs);
  free(limit);
  return status;
}

int feed_run(const struct plan *plan, struct store *store, const struct feed_options *options,
             struct feed_tally *tally, struct text *error) {
  *tally = (struct feed_tally){0};
  size_t *missing = feed_missing(plan, store, options->wanted, &tally->missing);
  struct feed feed = {.plan = plan,
                      .store = store,
                      .missing = missing,
                      .tally = tally,
                      .error = error,
                      .members = {.only_places = true}};
  struct text specs = {0};
  int status = 0;
  write_specs(plan, missing, tally->missing, &specs);
  if (tally->missing > 0) {
    progress_init(&feed.progress, options->name, tally->missing,
                  feed_size(plan, missing, tally->missing));
    status = feed_simulator(&feed, options, &specs);
    feed_commit(&feed, 0);
    progress_deinit(&feed.progress);
  }
  if (store_commit(store, 0, error) < 0 || feed.bad)
    status = -1;
  json_members_deinit(&feed.members);
  text_deinit(&specs);
  free(missing);
  return status;
}
