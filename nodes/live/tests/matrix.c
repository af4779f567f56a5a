/* Rows of the matrix, in one file for each test program, and all of them in one table. */
#define _GNU_SOURCE
#include "matrix.h"

#include "test.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ROWS_MAX = 64, PATH_LENGTH = 512 };

static char *rows[ROWS_MAX];
static size_t row_count;
static char *begun; /* the row up to its result */
static char *result;

static const char heading[] =
    "| Implementation | Version | Our side | What was exercised | Result |\n"
    "|---|---|---|---|---|\n";

void matrix_begin(const char *implementation, const char *version, const char *role,
                  const char *exercised) {
  matrix_end();
  if (asprintf(&begun, "| %s | %s | %s | %s |", implementation, version, role, exercised) < 0)
    abort();
}

void matrix_passed(const char *format, ...) {
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&result, format, arguments) < 0)
    abort();
  va_end(arguments);
}

void matrix_end(void) {
  if (begun == NULL || row_count == ROWS_MAX)
    return;
  if (asprintf(&rows[row_count++], "%s %s |\n", begun, result == NULL ? "**failed**" : result) < 0)
    abort();
  free(begun);
  free(result);
  begun = result = NULL;
}

/* Files */

static void write_rows(const char *folder, const char *test) {
  char path[PATH_LENGTH];
  snprintf(path, sizeof path, "%s/%s.rows", folder, test);
  FILE *file = fopen(path, "we");
  if (file == NULL)
    return;
  for (size_t i = 0; i < row_count; i++) {
    fputs(rows[i], file);
    free(rows[i]);
  }
  fclose(file);
  row_count = 0;
}

static int is_rows(const struct dirent *entry) {
  const char *end = strrchr(entry->d_name, '.');
  return end != NULL && strcmp(end, ".rows") == 0;
}

static void append_file(FILE *to, const char *folder, const char *name) {
  char path[PATH_LENGTH];
  int c;
  snprintf(path, sizeof path, "%s/%s", folder, name);
  FILE *from = fopen(path, "re");
  while (from != NULL && (c = fgetc(from)) != EOF)
    fputc(c, to);
  if (from != NULL)
    fclose(from);
}

static void join_rows(const char *folder) {
  struct dirent **entries;
  FILE *file = fopen(BUILD_FOLDER "/interop.md.new", "we");
  const int count = scandir(folder, &entries, is_rows, alphasort);
  if (file == NULL || count < 0)
    return;
  fputs(heading, file);
  for (int i = 0; i < count; i++) {
    append_file(file, folder, entries[i]->d_name);
    free(entries[i]);
  }
  free(entries);
  fclose(file);
  (void)rename(BUILD_FOLDER "/interop.md.new", BUILD_FOLDER "/interop.md");
}

void matrix_write(const char *test) {
  static const char folder[] = BUILD_FOLDER "/interop";
  matrix_end();
  (void)mkdir(folder, 0777);
  const int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (lock < 0 || flock(lock, LOCK_EX) < 0)
    return;
  write_rows(folder, test);
  join_rows(folder);
  close(lock);
}
