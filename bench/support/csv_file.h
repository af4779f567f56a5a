/* A CSV file of data: comment lines (#) at its head, a line of column names, and lines of plain
 * fields, of which the first names the line. */
#ifndef BENCH_SUPPORT_CSV_FILE_H
#define BENCH_SUPPORT_CSV_FILE_H

#include "text.h"

struct csv_file {
  char *path;
  char *comment; /* the comment lines as one, without # */
  char **field;  /* line by line; the first line are the names of the columns */
  size_t width, lines;
};

/* -1 with an error that names file and line, and nothing to deinit. */
int csv_file_init(struct csv_file *file, const char *path, struct text *error);
void csv_file_deinit(struct csv_file *file);

/* Index of a column; `width` if there is none. Index of a line, from 1; `lines` if there is none.
 */
size_t csv_file_column(const struct csv_file *file, const char *name);
size_t csv_file_line(const struct csv_file *file, const char *name);

const char *csv_file_field(const struct csv_file *file, size_t line, size_t column);

#endif
