/* The part of a page that has a row for each cell: how its runs ended, the commands that show them,
 * and the tables that have the cell, whose rows lead here. */
#ifndef BENCH_REPORT_PAGE_CELLS_H
#define BENCH_REPORT_PAGE_CELLS_H

#include "store/dataset.h"

/* The part's id. */
#define PAGE_CELLS_ID "cells"

struct page_cell {
  long long number;   /* in the plan that `run` has noted, by which `show` knows it; -1: in none */
  struct text tables; /* links to those that have it */
  size_t table;       /* the last of these */
};

/* Of the cells that are run. */
struct page_cells {
  struct page_cell *cell;
  size_t count;
};

void page_cells_init(struct page_cells *cells, const struct plan *plan, struct store *store);
void page_cells_deinit(struct page_cells *cells);

/* The id of a cell's row, to be freed, for table number `table`, which has the cell; of a computed
 * one that of the cell that it is computed from. */
char *page_cells_link(struct page_cells *cells, const struct plan *plan, size_t cell, size_t table);

/* Adds the part. `folder` is that of the campaign. */
void page_cells_add(const struct page_cells *cells, const struct dataset *dataset,
                    const char *folder, struct text *html);

#endif
