/* The ladders that `run` has drawn of runs of a campaign, beside its store: the sheets of one are
 * ladders/NAME-1.svg and so on, and ladders/ladders.json says of which runs they are. */
#ifndef BENCH_STORE_DRAWN_H
#define BENCH_STORE_DRAWN_H

#include "support/text.h"

struct drawn_ladder {
  char *name;  /* "slowest": of its files */
  char *title; /* "The slowest run of all cells" */
  char *key;   /* of the run in the store */
  char *spec;  /* of the run, as its scenario gives it: JSON */
  long long cell, seed;
  size_t peer;     /* whose messages it has, from 1; 0: all */
  size_t peers;    /* of the run */
  size_t sheets;   /* 0: it could not be drawn */
  bool wide;       /* its sheets are for pages that lie across */
  size_t left_out; /* messages and events */
  char *problem;   /* a sentence: why it could not be drawn; "" */
};

struct drawn {
  struct drawn_ladder *ladder;
  size_t count;
  bool listed; /* there is a list, which may be empty */
};

/* Reads what there is in the folder of a campaign: nothing, where nothing can be read. Deinit in
 * any case. */
void drawn_read(struct drawn *drawn, const char *folder);

/* Adds a ladder, whose texts it takes over. */
void drawn_add(struct drawn *drawn, const struct drawn_ladder *ladder);

/* The ladder of this name, or NULL. */
const struct drawn_ladder *drawn_find(const struct drawn *drawn, const char *name);

/* Writes ladders.json; the sheets are there already. -1 with an error. */
int drawn_write(const struct drawn *drawn, const char *folder, struct text *error);

/* The path of a sheet, from 1; to be freed. */
char *drawn_sheet_path(const struct drawn_ladder *ladder, const char *folder, size_t sheet);

void drawn_deinit(struct drawn *drawn);

#endif
