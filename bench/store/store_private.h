/* What the files of the store share with each other, and with nobody else. */
#ifndef BENCH_STORE_STORE_PRIVATE_H
#define BENCH_STORE_STORE_PRIVATE_H

#include "store.h"

#include <sqlite3.h>

sqlite3 *store_database(const struct store *store);

/* Adds what SQLite complains of. Returns -1. */
int store_complain(struct store *store, struct text *error);

/* Executes statements that give nothing. -1 with an error. */
int store_execute(struct store *store, const char *sql, struct text *error);

/* Begins a batch, unless one is under way; store_commit ends it. -1 with an error. */
int store_batch_begin(struct store *store, struct text *error);

#endif
