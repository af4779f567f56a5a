/* What the columns of a campaign's files, and of the views of its store, are: columns.csv, and the
 * table `columns` of the store. */
#ifndef BENCH_STORE_COLUMNS_H
#define BENCH_STORE_COLUMNS_H

#include "scenario/plan.h"

struct columns_entry {
  char *source;  /* "runs.csv"; "current": a view of the store */
  char *name;    /* of the column; "row=coap_token": of a value that it may have */
  char *unit;    /* "" without one; "ratio": 0 to 1 */
  char *type;    /* text, choice, integer, number; json: an object of numbers */
  char *meaning; /* words */
};

/* Zero-initialised it is empty. */
struct columns {
  struct columns_entry *entry;
  size_t count;
};

void columns_add(struct columns *columns, const char *source, const char *name, const char *unit,
                 const char *type, const char *meaning);

/* The same of a key of specs or results. */
void columns_add_key(struct columns *columns, const char *source, const struct schema_key *key);

/* The columns of cells: case, and the keys of the sweep. */
void columns_add_plan(struct columns *columns, const char *source, const struct plan *plan,
                      const struct schema *schema);

/* The columns that say which run it is: cell, those of cells, seed. */
void columns_add_cell(struct columns *columns, const char *source, const struct plan *plan,
                      const struct schema *schema);

/* What a ledger and its rows are, and the numbers inside of results. */
void columns_add_ledger(struct columns *columns, const char *source, const struct plan *plan,
                        const struct schema *schema);
void columns_add_details(struct columns *columns, const char *source, const struct plan *plan,
                         const struct schema *schema, bool (*has)(const struct schema_key *key));

/* What made a run, when, and its identity. */
void columns_add_origin(struct columns *columns, const char *source);

/* The views current, ledger and details, and the tables plan and runs. */
void columns_add_views(struct columns *columns, const struct plan *plan,
                       const struct schema *schema);

/* Whether the view `current` has this key as a column. */
bool columns_has_spec(const struct schema_key *key, const struct plan *plan);
bool columns_has_result(const struct schema_key *key, const struct schema *schema);

/* Whether the view `details` has the numbers inside of this key. */
bool columns_has_details(const struct schema_key *key);

void columns_deinit(struct columns *columns);

#endif
