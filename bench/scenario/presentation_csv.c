/* Published figures, read from CSV files that a scenario names. */
#include "presentation_reader.h"
#include "support/memory.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Complains that `node` is none of their rows (from 1 on) or columns. */
static int complain_theirs(const struct presentation_reader *reader, const yaml_node_t *node,
                           const struct csv_file *file, bool rows) {
  size_t count = rows ? file->lines - 1 : file->width - 1;
  const char **names = memory_get(count, sizeof *names);
  for (size_t i = 0; i < count; i++)
    names[i] = rows ? csv_file_field(file, i + 1, 0) : csv_file_field(file, 0, i + 1);
  int status = yaml_complain_unknown(reader->file, node, rows ? "row" : "column", names, count,
                                     reader->error);
  free(names);
  return status;
}

int reader_csv_column(const struct presentation_reader *reader, yaml_node_t *item,
                      const struct csv_file *file, size_t *column) {
  yaml_node_t *node = yaml_get(reader->file, item, "column");
  if (node == NULL)
    return 0;
  *column = yaml_scalar(node) == NULL ? 0 : csv_file_column(file, yaml_scalar(node));
  return *column > 0 && *column < file->width ? 0 : complain_theirs(reader, node, file, false);
}

int reader_csv_figure(const struct presentation_reader *reader, yaml_node_t *name,
                      yaml_node_t *item, const struct csv_file *file, size_t column,
                      double *figure) {
  yaml_node_t *named = yaml_get(reader->file, item, "row"), *node = named == NULL ? name : named;
  if (reader_csv_column(reader, item, file, &column) < 0)
    return -1;
  if (column == 0)
    return reader_missing(reader, item, "`column` is missing");
  size_t line = yaml_scalar(node) == NULL ? 0 : csv_file_line(file, yaml_scalar(node));
  if (line == 0 || line == file->lines)
    return complain_theirs(reader, node, file, true);
  const char *field = csv_file_field(file, line, column);
  *figure = NAN;
  if (field[0] != '\0' && !schema_number_parse(field, figure))
    return yaml_complain(reader->file, node, reader->error, "%s has no number here, but `%s`",
                         file->path, field);
  return 0;
}

int reader_csv(const struct presentation_reader *reader, yaml_node_t *item, struct csv_file *file) {
  char *name = reader_text(reader, item, "file", NULL);
  if (name == NULL)
    return -1;
  char *folder = text_directory_of(reader->file->path);
  char *path = text_format("%s/%s", folder, name);
  struct text what = {0};
  int status = csv_file_init(file, path, &what);
  if (status < 0)
    yaml_complain(reader->file, yaml_get(reader->file, item, "file"), reader->error,
                  "this file cannot be used\n%.*s", (int)strcspn(text_string(&what), "\n"),
                  text_string(&what));
  text_deinit(&what);
  free(path);
  free(folder);
  free(name);
  return status;
}
