/* The formats in which a table is written: each is a file tables/NAME.ENDING. */
#ifndef BENCH_REPORT_TABLE_FORMAT_H
#define BENCH_REPORT_TABLE_FORMAT_H

#include "support/grid.h"

/* A table that is made. */
struct table_content {
  const char *name, *title;
  const char *note; /* below it; "" without */
  const char *provenance;
  const struct grid *grid; /* for people */
  const struct text *csv;  /* for programs: names, ratios of 1, all columns */
};

struct table_format {
  const char *ending;
  void (*write)(const struct table_content *content, struct text *text);
};

enum { TABLE_FORMATS = 4 };
extern const struct table_format TABLE_FORMAT[TABLE_FORMATS];

/* Aligned lines, with title and note. */
void table_text_add(const struct table_content *content, struct text *text);

/* Markdown as GitHub reads it; provenance is a comment. */
void table_markdown_write(const struct table_content *content, struct text *text);

/* A tabular for \input, of the package booktabs alone. Comments at its head say how to use it, and
 * from what it is. An interval is a column of its own behind its number. What is wide is set
 * smaller. */
void table_latex_write(const struct table_content *content, struct text *text);

#endif
