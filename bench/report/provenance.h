/* Where the figures of a campaign come from: campaign, code, commit, ns-3, seeds, date of the
 * store. Every table and figure carries it; CSV files, in which a comment would break readers,
 * have it beside them in provenance.json. */
#ifndef BENCH_REPORT_PROVENANCE_H
#define BENCH_REPORT_PROVENANCE_H

#include "scenario/scenario.h"
#include "store/dataset.h"

/* "coap-eap-sim 3f2c1aa · code 9ab31f0 · campaign loss · ns-3 3.37 · seeds 1–100 · 2026-11-21"; to
 * be freed. */
char *provenance_line(const struct scenario *scenario, const struct dataset *dataset,
                      const struct store_provenance *made);

/* Writes provenance.json into `folder`, with what the index of campaigns says of this one:
 * `violated` is how many of its expectations are. -1 with an error. */
int provenance_write(const struct scenario *scenario, const struct dataset *dataset,
                     const struct store_provenance *made, size_t violated, const char *folder,
                     struct text *error);

#endif
