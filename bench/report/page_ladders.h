/* The part of a page that has the ladders that `run` has drawn. */
#ifndef BENCH_REPORT_PAGE_LADDERS_H
#define BENCH_REPORT_PAGE_LADDERS_H

#include "page_cells.h"

/* The part's id. */
#define PAGE_LADDERS_ID "ladders"

/* Adds the ladders of runs that are in the dataset, with the commands that show these, and says of
 * the others why they are not there. `folder` is that of the campaign, `run` the command that draws
 * them. */
void page_ladders_add(const struct page_cells *cells, const struct dataset *dataset,
                      const char *folder, const char *run, struct text *html);

#endif
