/* Adding seeds until figures are as precise as wanted. The same seeds are added to all cells, so
 * that they stay paired. */
#ifndef BENCH_CAMPAIGN_UNTIL_H
#define BENCH_CAMPAIGN_UNTIL_H

#include "opened.h"

enum {
  UNTIL_AT_LEAST = 30, /* fewer say nothing of how far they scatter */
  UNTIL_AT_MOST = 1000,
};

/* The measure whose intervals count, if none is named. */
#define UNTIL_MEASURE "mean time_ms"

/* The rule: in each cell that is wanted, half of the interval of 95 % of a measure is at most
 * `within` of its value. Steps of it depend on the runs alone, so that one which was interrupted
 * goes the same way again. (An interval of a sample that has stopped for being narrow is a little
 * too narrow: the fewer runs, the more. So there are UNTIL_AT_LEAST at least.) */
struct until {
  struct campaign *campaign;
  struct measure measure;
  double within;
  size_t at_most;
  size_t cells, met, without; /* of the last step: wanted; of these precise; without a figure */
  bool ended;
};

/* Plans the runs to begin with: as many as the scenario says, or UNTIL_AT_LEAST. -1 with an error;
 * deinit in any case. */
int until_init(struct until *until, struct campaign *campaign, struct text *error);
void until_deinit(struct until *until);

/* Looks at what is stored. 1: more runs are planned now; 0: the rule is met, or at its limit; -1
 * with an error. */
int until_step(struct until *until, struct text *error);

/* The rule, and how it ended, for the provenance: to be freed. */
char *until_words(const struct until *until);

#endif
