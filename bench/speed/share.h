/* Of a campaign's processor time, the share that is spent in runs. */
#ifndef BENCH_SPEED_SHARE_H
#define BENCH_SPEED_SHARE_H

/* Makes a campaign of a grid of cells with `runs` runs in all, or some more, and reports it, in the
 * current folder; prints where its processor time went. */
void share_print(const char *bench, const char *simulator, int runs);

#endif
