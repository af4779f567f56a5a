/* What the store is told before anything is run. */
#ifndef BENCH_CAMPAIGN_NOTING_H
#define BENCH_CAMPAIGN_NOTING_H

#include "opened.h"

/* Notes in the store what is going to be run, by what, and by which rule there are as many runs of
 * a cell as there are ("": as somebody says). Committed, or -1 with an error. */
int noting_plan(struct campaign *campaign, const char *stopping, struct text *error);

#endif
