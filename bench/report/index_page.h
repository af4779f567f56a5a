/* The page that joins the reports of all campaigns: results/index.html. */
#ifndef BENCH_REPORT_INDEX_PAGE_H
#define BENCH_REPORT_INDEX_PAGE_H

#include "support/text.h"

/* Writes index.html into `results`, of all campaigns that have a folder there: title, first figure,
 * runs, expectations, code and date, as their reports have left them in provenance.json, and a link
 * to each report. One that was run and has no report, or whose provenance.json cannot be read, is
 * named with the command that mends it; other folders are left out. -1 with an error. */
int index_page_write(const char *results, struct text *error);

#endif
