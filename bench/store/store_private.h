/* What the files of the store share with each other, and with nobody else. */
#ifndef BENCH_STORE_STORE_PRIVATE_H
#define BENCH_STORE_STORE_PRIVATE_H

#include "store.h"
#include "support/checksum.h"

#include <sqlite3.h>

sqlite3 *store_database(const struct store *store);
const char *store_path(const struct store *store);

/* Adds what SQLite complains of. Returns -1. */
int store_complain(struct store *store, struct text *error);

/* Adds that a run is not what was stored. Returns -1. */
int store_complain_damage(struct store *store, const char *key, struct text *error);

/* Executes statements that give nothing. -1 with an error. */
int store_execute(struct store *store, const char *sql, struct text *error);

/* A statement, to be finalized; NULL with an error. */
sqlite3_stmt *store_prepare(struct store *store, const char *sql, struct text *error);

/* Begins a batch, unless one is under way; store_commit ends it. -1 with an error. */
int store_batch_begin(struct store *store, struct text *error);

/* SQL: the checksum of a row of runs, by a function of store_layout_functions. */
#define STORE_CHECKSUM "record_checksum(key, spec, result, stored)"

/* The same up to layout 3. */
#define STORE_CHECKSUM_3 "run_checksum(key, spec, result, stored)"

/* SQL: the code that has made a run. */
#define STORE_CODE "CASE WHEN json_valid(result) THEN json_extract(result, '$.code.hash') END"

/* What STORE_CHECKSUM gives for these columns. */
void store_checksum(const char *const columns[4], char text[CHECKSUM_TEXT]);

/* Gives SQL our functions. */
void store_layout_functions(struct store *store);

/* Makes what the store, new or of an older layout, lacks; within a transaction. -1 with an error,
 * which a newer layout is, too. */
int store_layout_renew(struct store *store, const void *context, struct text *error);

/* Makes the temporary views checked(key, spec, result, stored, good) over runs and noted(...) over
 * provenance, of any layout that is known. -1 with an error. */
int store_layout_read(struct store *store, struct text *error);

#endif
