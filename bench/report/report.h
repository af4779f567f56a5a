/* Tables, figures, CSV, expectations and page of a campaign, from its store alone. */
#ifndef BENCH_REPORT_REPORT_H
#define BENCH_REPORT_REPORT_H

#include "store/dataset.h"

struct report_tally {
  size_t violated; /* expectations */
  size_t missing;  /* runs that are not in the store */
  size_t not_run;  /* runs whose outcome measures nothing */
  bool undrawn;    /* figures are missing or have no text, as the system lacks what that needs */
};

/* Writes runs.csv, cells.csv, tables/, figures/, provenance.json and report.html of `scenario` into
 * `folder`; adds the tables and what became of the expectations to `shown`. Equal stores, with
 * equal ladders/ beside them, give equal files. Where gnuplot or fonts are missing, that is shown,
 * and all but the figures is written. -1 with an error. */
int report_write(const struct scenario *scenario, const struct schema *schema, struct store *store,
                 const char *folder, struct report_tally *tally, struct text *shown,
                 struct text *error);

#endif
