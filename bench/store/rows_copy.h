/* Rows of one store to another. */
#ifndef BENCH_STORE_ROWS_COPY_H
#define BENCH_STORE_ROWS_COPY_H

#include "store_private.h"

struct rows_copy {
  struct store *from, *into;
  const char *select; /* its first columns are what `insert` takes, in that order */
  const char *insert;
  bool (*wanted)(void *context, sqlite3_stmt *row); /* whether a row goes; NULL: all do */
  void *context;
  size_t added; /* how many have changed something where they came to */
};

/* -1 with an error; what went until then stays. */
int rows_copy(struct rows_copy *copy, struct text *error);

#endif
