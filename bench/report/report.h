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

/* The runs of a campaign, and what has made them. */
struct report {
  const struct scenario *scenario;
  struct store *store;
  struct plan plan; /* with computed cells */
  struct dataset dataset;
  struct store_provenance made;
};

/* Reads them; the scenario, schema and store are used until report_deinit. -1 with an error, and
 * nothing to deinit. */
int report_init(struct report *report, const struct scenario *scenario, const struct schema *schema,
                struct store *store, struct text *error);

/* Writes runs.csv, cells.csv, tables/, figures/, provenance.json and report.html into `folder`;
 * adds the tables and what became of the expectations to `shown`. Equal stores, with equal ladders/
 * beside them, give equal files. Where gnuplot or fonts are missing, that is shown, and all but the
 * figures is written. -1 with an error. */
int report_write(const struct report *report, const char *folder, struct report_tally *tally,
                 struct text *shown, struct text *error);

void report_deinit(struct report *report);

#endif
