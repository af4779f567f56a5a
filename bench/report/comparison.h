/* Tables that set our figures beside published ones. */
#ifndef BENCH_REPORT_COMPARISON_H
#define BENCH_REPORT_COMPARISON_H

#include "page.h"

/* Writes tables/<name>.txt and .csv, adds the table to the page and its text to `shown`. Reasons
 * that do not add up to the difference are told among the page's expectations, and counted in
 * `violated`. -1 with an error. */
int comparison_write(const struct dataset *dataset,
                     const struct presentation_comparison *comparison, struct page *page,
                     size_t *violated, struct text *shown, struct text *error);

#endif
