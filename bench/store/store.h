/* The store of a campaign: results/<campaign>/campaign.db (SQLite).
 *
 *   records(key, spec, result, stored, checksum)
 *                                    a run each: its identity, the whole spec and the result as
 *                                    JSON, when it was stored (UTC), the checksum of these. It has
 *                                    all runs that ever were: by older code, and of cells that the
 *                                    scenario no longer has
 *   runs                             a view: these, the hash of the code, and a column for each
 *                                    spec key and each scalar of the result. People query the view
 *                                    `current` (present.h)
 *   planned(code, given, key)        which run a spec, as a scenario gives it, is
 *   provenance(...)                  what made the runs: code, libraries, description of the
 *                                    simulator, commit, scenario, and how many runs of each
 *                                    cell, where the scenario does not say it
 *
 * A run that is there is never replaced. Results are committed in batches, so that a crash loses
 * some seconds at most. Several processes may change a store at once: each waits for the others.
 * PRAGMA user_version is the version of this layout (1: with checksums; 2: with present.h; 3: with
 * the runs of a cell in provenance, and columns in a view). A store
 * of an older one is read as it is, and brought to this one, in one transaction, when it is next
 * opened to be changed; one of a newer one is refused. */
#ifndef BENCH_STORE_STORE_H
#define BENCH_STORE_STORE_H

#include "simulator/schema.h"

struct store;

/* What made the runs. The strings are owned by whoever has filled them in. */
struct store_provenance {
  char *code;
  char *describe;   /* what --describe printed */
  char *commit;     /* "" without one */
  char *scenario;   /* its text */
  char *date;       /* when noted; filled in when read */
  long long repeat; /* runs of each cell, where it is not what the scenario says; else 0 */
  char *stopping;   /* the rule that has led to `repeat`, in words; "" or NULL: none */
};

/* Opens the store in `path` to change it; makes it, and its folder, if it is not there. NULL with
 * an error. */
struct store *store_open(const char *path, struct text *error);

/* Opens a store that is not to change, and may be where nothing can be written. NULL with an
 * error. */
struct store *store_open_read(const char *path, struct text *error);

/* Commits and closes; NULL is accepted. -1 with an error. */
int store_close(struct store *store, struct text *error);

/* Makes the columns that the schema asks for and that are not there yet. */
int store_columns_make(struct store *store, const struct schema *schema, struct text *error);

bool store_run_exists(struct store *store, const char *key);

/* Adds a run, unless it is there. */
int store_run_add(struct store *store, const char *key, const char *spec, const char *result,
                  struct text *error);

/* What can be retried, beside the outcomes of outcome_again: runs whose checksum is another, and
 * all of it. */
#define STORE_RETRY_DAMAGED "damaged"
#define STORE_RETRY_FAILED "failed"

/* Whether it is one of these words; -1 with an error that has them. */
int store_retry_check(const char *what, struct text *error);

/* Removes runs, so that they are run again; `what` is one of these words. Says how many. */
int store_retry_remove(struct store *store, const char *what, size_t *count, struct text *error);

/* Commits what was added, if the oldest of it is older than `age_ms`. */
int store_commit(struct store *store, int age_ms, struct text *error);

/* Between these all is read from the store as it is at one moment, which is faster, too; nothing is
 * to be added. Where a batch is under way they do nothing. */
void store_reading_begin(struct store *store);
void store_reading_end(struct store *store);

/* Whether nothing that was added could still be lost with this process. */
bool store_is_committed(const struct store *store);

/* `result` gets the result (to be freed) of the run, NULL if there is none; `stored`, if not NULL,
 * when it was stored (room for 32). -1 with an error if it cannot be read, or is not what was
 * stored. */
int store_run_result(struct store *store, const char *key, char **result, char *stored,
                     struct text *error);

/* Hands the runs that were planned under `code` to `run`, by key, until it returns below 0;
 * `others` gets how many more there are. -1 with an error, which a run that is not what was stored
 * is, too, or if `run` wants no more. */
int store_runs_each(struct store *store, const char *code,
                    int (*run)(void *context, const char *key, const char *result), void *context,
                    size_t *others, struct text *error);

int store_planned_add(struct store *store, const char *code, const char *given, const char *key,
                      struct text *error);

/* A run as it is stored. */
struct store_row {
  const char *key, *result, *stored;
};

/* Calls `take` with the run of a spec as given that was planned under `code`, and returns what it
 * does; 0: it was never planned or run; -1 with an error if it cannot be read, or is not what was
 * stored. */
int store_planned_row(struct store *store, const char *code, const char *given,
                      int (*take)(void *context, const struct store_row *row), void *context,
                      struct text *error);

/* Notes what makes the runs from now on; nothing is added if the latest note says the same. */
int store_provenance_add(struct store *store, const struct store_provenance *provenance,
                         struct text *error);

/* The latest note. -1 with an error if there is none. */
int store_provenance_read(struct store *store, struct store_provenance *provenance,
                          struct text *error);
void store_provenance_deinit(struct store_provenance *provenance);

/* Mean wall-clock time of the stored runs in ms, for each peer that they have; NaN if unknown. */
double store_wall_ms(struct store *store);

#endif
