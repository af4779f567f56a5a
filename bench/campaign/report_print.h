/* What run and report end with. */
#ifndef BENCH_CAMPAIGN_REPORT_PRINT_H
#define BENCH_CAMPAIGN_REPORT_PRINT_H

#include "opened.h"

/* Makes the report of what is in the store, and prints it: tables to stdout, what is amiss to
 * stderr. BENCH_FAILED with an error, or where runs or expectations failed. */
enum bench_exit report_print(struct campaign *campaign, struct text *error);

#endif
