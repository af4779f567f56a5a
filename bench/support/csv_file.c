/* CSV files of data. */
#include "csv_file.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

static void csv_add_comment(struct text *comment, const char *line) {
  line += strspn(line, "# ");
  text_add(comment, "%s%s", comment->length == 0 ? "" : " ", line);
}

static size_t count_fields(const char *line) {
  size_t count = 1;
  for (; *line != '\0'; line++)
    count += *line == ',';
  return count;
}

static int csv_add_line(struct csv_file *file, char *line, size_t number, struct text *error) {
  size_t count = count_fields(line);
  if (file->lines == 0)
    file->width = count;
  if (strchr(line, '"') != NULL || count != file->width) {
    text_add(error, "%s:%zu: expected %zu fields without quotes, as in the line of names\n",
             file->path, number, file->width);
    return -1;
  }
  file->field = memory_resize(file->field, (file->lines + 1) * file->width, sizeof *file->field);
  for (size_t i = 0; i < count; i++)
    file->field[file->lines * file->width + i] = memory_string(strsep(&line, ","));
  file->lines++;
  return 0;
}

int csv_file_init(struct csv_file *file, const char *path, struct text *error) {
  char *text = text_input_read(path, NULL, error), *rest = text, *line;
  if (text == NULL)
    return -1;
  *file = (struct csv_file){.path = memory_string(path)};
  struct text comment = {0};
  int status = 0;
  for (size_t number = 1; status == 0 && (line = strsep(&rest, "\n")) != NULL; number++) {
    line[strcspn(line, "\r")] = '\0';
    if (line[0] == '#')
      csv_add_comment(&comment, line);
    else if (line[0] != '\0')
      status = csv_add_line(file, line, number, error);
  }
  file->comment = memory_string(text_string(&comment));
  text_deinit(&comment);
  free(text);
  if (status == 0 && file->lines == 0) {
    text_add(error, "%s: there is no line of column names\n", path);
    status = -1;
  }
  if (status < 0)
    csv_file_deinit(file);
  return status;
}

void csv_file_deinit(struct csv_file *file) {
  for (size_t i = 0; i < file->lines * file->width; i++)
    free(file->field[i]);
  free(file->field);
  free(file->comment);
  free(file->path);
  *file = (struct csv_file){0};
}

size_t csv_file_column(const struct csv_file *file, const char *name) {
  size_t i = 0;
  while (i < file->width && strcmp(file->field[i], name) != 0)
    i++;
  return i;
}

size_t csv_file_line(const struct csv_file *file, const char *name) {
  size_t i = 1;
  while (i < file->lines && strcmp(file->field[i * file->width], name) != 0)
    i++;
  return i;
}

const char *csv_file_field(const struct csv_file *file, size_t line, size_t column) {
  return file->field[line * file->width + column];
}
