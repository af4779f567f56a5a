/* A list of runs: a campaign's store, or results as the simulator prints them, one JSON object a
 * line. It is read through once; any run of it can be read again. */
#ifndef BENCH_COMPARE_RUN_LIST_H
#define BENCH_COMPARE_RUN_LIST_H

#include "store/store.h"
#include "support/json_members.h"
#include "support/text.h"

#include <jansson.h>
#include <stdio.h>

/* Where a run stands. */
struct run_place {
  char *key; /* in the store; NULL in lines */
  size_t line;
  off_t offset;
  size_t length;
};

struct run_list {
  char *name;          /* as it was given; "standard input" */
  struct store *store; /* NULL of lines */
  FILE *lines;         /* NULL of a store; a copy, of what can be read only once */
  off_t end;           /* of the lines that were read */
  char *describe;      /* of a store what --describe said, or NULL */
  struct run_place *run;
  size_t count;
  size_t reported; /* runs of a store that the plan of its last run has */
  size_t older; /* runs of a store that were made by other code than its latest, and are left out */
};

/* Hears of each run in order; may change `result`, which it does not own. Below 0: no more. Of a
 * store `members`, if there is one, hears of it first, before it is read; 0: it is to be read. */
struct run_listener {
  int (*run)(void *context, json_t *result);
  int (*members)(void *context, const struct json_members *members);
  void *context;
};

/* Reads a list through. `name` is
 *   a folder that holds a campaign.db, or an SQLite file: the runs planned under the latest code;
 *   "-": lines of standard input;
 *   a file whose name ends in .gz: lines, as `gzip -dc` gives them;
 *   any other file: lines.
 * Each run is an object with an object `spec`. -1 with an error that names file and line, or if
 * the listener wants no more; deinit in any case. */
int run_list_init(struct run_list *list, const char *name, const struct run_listener *listener,
                  struct text *error);
void run_list_deinit(struct run_list *list);

/* Finds the members of run number `index` of a store; `text`, to be freed, gets what they stand in.
 * False if it is to be read as a whole. */
bool run_list_members(struct run_list *list, size_t index, struct json_members *members,
                      char **text);

/* Reads run number `index` again, to be released; NULL with an error. */
json_t *run_list_read(struct run_list *list, size_t index, struct text *error);

/* Adds "results.jsonl:3", or the store with the run's key. */
void run_list_place_add(const struct run_list *list, size_t index, struct text *text);

#endif
