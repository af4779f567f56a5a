/* report.html: what a campaign says, as one page that needs nothing else: no network, no script,
 * no other file. It is made to be read on a phone, on a desktop and on paper. */
#ifndef BENCH_REPORT_PAGE_H
#define BENCH_REPORT_PAGE_H

#include "page_cells.h"
#include "scenario/scenario.h"
#include "store/dataset.h"
#include "support/grid.h"

/* The page while the parts of a report are made; zero-initialised it is empty. */
struct page {
  const char *folder;     /* of the campaign */
  const char *look;       /* folder of page.css, limitations.html and the scripts of figures */
  const char *provenance; /* the line that every table and figure carries */
  bool equal_seeds;       /* all cells have the same: beside figures of lines it is said */
  struct text tables, figures, expectations;
  size_t table_count, figure_count;
  struct page_cells cells;
};

/* Begins a page of this look and title, up to its body. -1 with an error. */
int page_begin(struct text *html, const char *look, const char *title, struct text *error);

/* Lets a field of the table that is added next lead to the runs of a cell. */
void page_link_cell(struct page *page, const struct plan *plan, struct grid *grid, size_t line,
                    size_t column, size_t cell);

/* Adds a table; `note` (or "") stands below it. */
void page_add_table(struct page *page, const char *name, const char *title, const struct grid *grid,
                    const char *note);

/* Adds the figure that was drawn to figures/NAME.svg, with a remark (or "") in its caption. -1 with
 * an error. */
int page_add_figure(struct page *page, const struct presentation_figure *figure, const char *remark,
                    struct text *error);

/* Writes report.html into the folder. -1 with an error. */
int page_write(const struct page *page, const struct scenario *scenario,
               const struct dataset *dataset, const struct store_provenance *made,
               struct text *error);
void page_deinit(struct page *page);

#endif
