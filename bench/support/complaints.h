/* What is wrong in files: found in any order, told in that of the places. A reader that complains
 * reads on where it can, so that all is told at once, and joins what its parts return by | (0 or
 * -1). */
#ifndef BENCH_SUPPORT_COMPLAINTS_H
#define BENCH_SUPPORT_COMPLAINTS_H

#include "text.h"

/* Where something stands: the file by its rank among those that are read together (0 is told
 * first), line and column from 0. */
struct complaint_place {
  size_t rank, line, column;
};

enum complaint_kind {
  COMPLAINT_ERROR,
  COMPLAINT_WARNING, /* what is of no use, but does no harm */
};

struct complaint {
  enum complaint_kind kind;
  struct complaint_place place;
  const void *about; /* what stands there, told apart by its address; NULL: the file */
  char *words;       /* what is wrong, and the place */
  char *below;       /* what is accepted there, and the like; NULL without */
};

enum { COMPLAINTS_MAX = 30 }; /* that are told; those behind are counted */

/* Zero-initialised it is empty. */
struct complaints {
  struct complaint *item;
  size_t count;
  size_t error_count; /* told or not */
  size_t untold;
};

/* Whether no more is told; if so, counts one that nobody has to put into words. */
bool complaints_count_only(struct complaints *complaints, enum complaint_kind kind);

/* Takes a complaint with its `words` and `below`, which come from malloc; the same at the same
 * place is told once. */
void complaints_add(struct complaints *complaints, const struct complaint *complaint);

/* Whether there is an error about this very thing. */
bool complaints_has(const struct complaints *complaints, const void *about);

/* Adds all of this kind, in the order of their places, and how many are not told. What stands below
 * several is told below the first. */
void complaints_print(const struct complaints *complaints, enum complaint_kind kind,
                      struct text *text);
void complaints_deinit(struct complaints *complaints);

#endif
