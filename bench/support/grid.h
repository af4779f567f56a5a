/* A table before it is shown: fields in lines, the first of them headings. */
#ifndef BENCH_SUPPORT_GRID_H
#define BENCH_SUPPORT_GRID_H

#include "text.h"

struct grid {
  char **field; /* line by line */
  char **link;  /* of each field: the part of the page that it leads to, or NULL */
  size_t width; /* columns: set it first */
  size_t lines;
  size_t right_from; /* columns from this one on are aligned to the right; 0: none */
  const char *blank; /* stands where no number is; NULL: "-" */
  size_t wrap;       /* as text, the last column is at most so wide; 0: as wide as it is */
};

/* Puts a field; lines that are not there yet are made, with empty fields. */
void grid_put(struct grid *grid, size_t line, size_t column, const char *field);

/* The same with `text`, which is emptied. */
void grid_put_text(struct grid *grid, size_t line, size_t column, struct text *text);

/* Lets a field that was put lead to the part of the page that has this id; only HTML has it. */
void grid_link(struct grid *grid, size_t line, size_t column, const char *id);

/* Whether a column has numbers below its heading, each with an interval ("3 [2, 4]") or without,
 * and nothing else. */
bool grid_is_number(const struct grid *grid, size_t column);

/* Adds the grid as aligned lines. */
void grid_print(const struct grid *grid, struct text *text);

/* Adds the grid as an HTML table, in which each field also knows its heading: a narrow page shows
 * the lines as cards. An interval behind a number ("3 [2, 4]") is set small. */
void grid_print_html(const struct grid *grid, struct text *html);

/* Characters of a line of that table where every field is broken at its spaces: what a page has to
 * be wide for. */
size_t grid_least_width(const struct grid *grid);

void grid_deinit(struct grid *grid);

#endif
