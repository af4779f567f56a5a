/* The ladders of a campaign, drawn for its report: of a run in the middle, of the slowest, and of
 * one that failed. */
#ifndef BENCH_SHOW_CAMPAIGN_LADDERS_H
#define BENCH_SHOW_CAMPAIGN_LADDERS_H

#include "store/dataset.h"

/* Makes these runs of a dataset, which is that of the store, again, with a log, and draws them into
 * `folder` (drawn.h). What is drawn already is left as it is. Runs that cannot be made or drawn, or
 * took long to compute, are noted with the reason. -1 where that cannot be written, with an error,
 * and when interrupted. */
int campaign_ladders_draw(const struct dataset *dataset, struct store *store, const char *simulator,
                          const char *folder, struct text *error);

#endif
