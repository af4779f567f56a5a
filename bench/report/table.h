/* Tables of a scenario, written in the formats of table_format.h. */
#ifndef BENCH_REPORT_TABLE_H
#define BENCH_REPORT_TABLE_H

#include "page.h"

enum { TABLE_WORDS_WIDTH = 72 }; /* of a last column that has words */

/* Writes tables/NAME in each format, adds the table to the page and its text to
 * `shown`. -1 with an error. */
int table_write(const struct dataset *dataset, const struct presentation_table *table,
                struct page *page, struct text *shown, struct text *error);

/* The same for a table that is made already. `note` (or "") stands below it. */
int table_publish(struct page *page, const char *name, const char *title, const char *note,
                  const struct grid *grid, const struct text *csv, struct text *shown,
                  struct text *error);

/* Adds a number in at most four digits, but whole ones whole; "inf" if it is infinite. */
void table_add_number(struct text *text, double number);

/* An estimate in words: "118 [117.3, 118.6]"; ratios in percent; `blank` if there is none. */
void table_add_estimate(struct text *text, const struct estimate *estimate, const char *unit,
                        const char *blank);

/* Puts `words`, and frees them. */
void table_put(struct grid *grid, size_t line, size_t column, char *words);

/* Fills a table of data sheets. */
void table_sheets_fill(const struct presentation_table *table, struct grid *grid, struct text *csv);

/* Fills a table that has its cells side by side; `intervals` as below. */
void table_sides_fill(const struct dataset *dataset, const struct presentation_table *table,
                      const size_t *cells, size_t count, struct grid *grid, struct text *csv,
                      unsigned *intervals);

/* How many columns a cell has there. */
size_t table_sides_columns(const struct dataset *dataset, const struct presentation_table *table,
                           size_t cell);

/* Among kinds of intervals: a figure of few runs is marked (few.h). */
enum { TABLE_NOTE_FEW = INTERVAL_KINDS };

/* Adds the kind of interval of an estimate that is shown to a set of them. */
void table_note_interval(unsigned *intervals, const struct estimate *estimate);

#endif
