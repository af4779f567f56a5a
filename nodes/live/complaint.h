/* What is wrong with what was given, in words for whoever gave it. Readers of options and files
 * fill one and return -1; the program's top shows it (usage.h). */
#ifndef NODES_LIVE_COMPLAINT_H
#define NODES_LIVE_COMPLAINT_H

#include <stdbool.h>

enum { COMPLAINT_MAX = 2048 };

struct complaint {
  char text[COMPLAINT_MAX]; /* cut to fit; "": a library has said on stderr already what is wrong */
  bool of_file;             /* it begins with file, line and column */
};

/* Takes these words. Returns -1. */
int complaint_set(struct complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Puts these words before those that it has. Returns -1. */
int complaint_precede(struct complaint *complaint, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
