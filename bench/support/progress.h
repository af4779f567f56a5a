/* How far a campaign is: on a terminal one line that is rewritten, else a line now and then. */
#ifndef BENCH_SUPPORT_PROGRESS_H
#define BENCH_SUPPORT_PROGRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
  FILE *stream;
  bool terminal;
  const char *name;
  size_t done, total; /* of this time, without what was stored before */
  double done_size, total_size;
  size_t bad;
  int64_t begun_ms, shown_ms, stepped_ms;
  bool line_open;
};

/* Begins, on stderr. `total_size` is that of all: what is left is guessed by it, for runs of one
 * campaign may take a millisecond or minutes. */
void progress_init(struct progress *progress, const char *name, size_t total, double total_size);

/* So many more, of this size together, `bad` of which are no measurements (crashed, for one). */
void progress_step(struct progress *progress, size_t count, double size, size_t bad);

/* To be called often: shows how far it is, if it is time to. */
void progress_tick(struct progress *progress);

/* The last line. */
void progress_deinit(struct progress *progress);

/* Adds a duration as people say it to `words` (room for 32): "45 s", "3 min 20 s", "2 h 5 min". */
void progress_duration(double seconds, char *words);

#endif
