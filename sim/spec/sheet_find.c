/* Sheets by name or path, and those that are kept. */
#define _GNU_SOURCE
#include "sheet.h"

#include "common/nearest.h"
#include "support/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { OCTETS_MAX = 1 << 16, KEPT_MAX = 32 };

/* A file that was read, and what it is. */
struct kept {
  enum sheet_kind kind;
  char *octets; /* owned; NULL: nothing is kept here */
  size_t length;
  struct sheet_found found;
};

static bool sheet_complain(const char *path, const char *what, char error[SPEC_ERROR_MAX]) {
  snprintf(error, SPEC_ERROR_MAX, "%.300s: %s", path, what);
  return false;
}

static bool sheet_make(struct sheet_found *found, enum sheet_kind kind, const char *path,
                       const char *text, size_t length, char error[SPEC_ERROR_MAX]) {
  if (!sheet_read_yaml(&found->sheet, kind, path, text, length, NULL, error))
    return false;
  sheet_print(&found->sheet, found->text);
  return true;
}

/* Shipped */

static const struct sheet_found *shipped_find(enum sheet_kind kind, const char *name,
                                              char error[SPEC_ERROR_MAX]) {
  static struct sheet_found *found[SHEET_KIND_COUNT][KEPT_MAX]; /* read at first use */
  const struct sheet_file *file = NULL;
  size_t i = 0;
  while (i < KEPT_MAX && (file = sheet_shipped(kind, i)) != NULL && strcmp(file->name, name) != 0)
    i++;
  if (i < KEPT_MAX && file != NULL) {
    if (found[kind][i] != NULL)
      return found[kind][i];
    struct sheet_found *fresh = memory_get(1, sizeof *fresh);
    if (sheet_make(fresh, kind, file->path, (const char *)file->text, file->length, error))
      return found[kind][i] = fresh;
    free(fresh);
    return NULL;
  }
  struct nearest nearest = nearest_to(name);
  for (i = 0; (file = sheet_shipped(kind, i)) != NULL; i++)
    nearest_offer(&nearest, file->name);
  char question[NEAREST_QUESTION_MAX];
  size_t used = (size_t)snprintf(error, SPEC_ERROR_MAX, "there is no \"%.60s\";%s it takes ", name,
                                 nearest_question(&nearest, question));
  for (i = 0; (file = sheet_shipped(kind, i)) != NULL && used < SPEC_ERROR_MAX; i++)
    used += (size_t)snprintf(error + used, SPEC_ERROR_MAX - used, "%s, ", file->name);
  if (used < SPEC_ERROR_MAX)
    snprintf(error + used, SPEC_ERROR_MAX - used,
             "or the path of a file that ends in " SHEET_ENDING);
  return NULL;
}

/* Files */

/* The octets of an open file; NULL with `error`. */
static char *octets_read(int file, const char *path, size_t *length, char error[SPEC_ERROR_MAX]) {
  struct stat about;
  if (fstat(file, &about) < 0)
    sheet_complain(path, strerror(errno), error);
  else if (!S_ISREG(about.st_mode))
    sheet_complain(path, "is no regular file; it takes a YAML file", error);
  else if (about.st_size > OCTETS_MAX)
    sheet_complain(path, "is longer than 64 KiB", error);
  else {
    char *octets = memory_get((size_t)about.st_size + 1, 1);
    ssize_t count;
    *length = 0;
    do {
      count = read(file, octets + *length, (size_t)about.st_size - *length);
      *length += count > 0 ? (size_t)count : 0;
    } while (count > 0 || (count < 0 && errno == EINTR));
    if (count == 0)
      return octets;
    sheet_complain(path, strerror(errno), error);
    free(octets);
  }
  return NULL;
}

/* The place of what is kept of these octets; else one that is free, or that of the oldest. */
static struct kept *kept_find(enum sheet_kind kind, const char *octets, size_t length) {
  static struct kept kept[KEPT_MAX];
  static size_t next;
  for (size_t i = 0; i < KEPT_MAX; i++)
    if (kept[i].octets != NULL && kept[i].kind == kind && kept[i].length == length &&
        memcmp(kept[i].octets, octets, length) == 0)
      return &kept[i];
  struct kept *place = &kept[next++ % KEPT_MAX];
  free(place->octets);
  *place = (struct kept){.kind = kind};
  return place;
}

static const struct sheet_found *file_find(enum sheet_kind kind, const char *path,
                                           char error[SPEC_ERROR_MAX]) {
  size_t length;
  /* does not wait where the path is a pipe's */
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  char *octets = file < 0 ? NULL : octets_read(file, path, &length, error);
  if (file < 0)
    sheet_complain(path, strerror(errno), error);
  else
    close(file);
  if (octets == NULL)
    return NULL;
  struct kept *kept = kept_find(kind, octets, length);
  if (kept->octets == NULL && sheet_make(&kept->found, kind, path, octets, length, error)) {
    kept->octets = octets;
    kept->length = length;
    return &kept->found;
  }
  free(octets);
  return kept->octets == NULL ? NULL : &kept->found;
}

const struct sheet_found *sheet_find(enum sheet_kind kind, const char *name,
                                     char error[SPEC_ERROR_MAX]) {
  const size_t length = strlen(name), ending = strlen(SHEET_ENDING);
  const bool is_path = length > ending && strcmp(name + length - ending, SHEET_ENDING) == 0;
  return is_path ? file_find(kind, name, error) : shipped_find(kind, name, error);
}
