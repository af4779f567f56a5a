/* Writing keys to files, and reading a CA's. */
#define _GNU_SOURCE
#include "keygen_files.h"

#include "../crypto/crypto.h"
#include "hex.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MODE_SECRET = 0600, MODE_PUBLIC = 0644, FILE_TEXT_MAX = 8192 };

static int file_refuse(struct complaint *complaint, const char *path, int error) {
  return complaint_set(complaint, "%s: %s%s", path, strerror(error),
                       error == EEXIST ? "; --force replaces it" : "");
}

static int path_of(char path[KEYGEN_PATH_MAX], const char *prefix, const char *ending,
                   struct complaint *complaint) {
  const int length = snprintf(path, KEYGEN_PATH_MAX, "%s%s", prefix, ending);
  return length < KEYGEN_PATH_MAX ? 0 : file_refuse(complaint, prefix, ENAMETOOLONG);
}

/* Whether all may be written, as far as can be told before. */
static int files_look(const char *prefix, const struct keygen_file *files, size_t count,
                      struct complaint *complaint) {
  char path[KEYGEN_PATH_MAX];
  struct stat found;
  for (size_t i = 0; i < count; i++) {
    if (path_of(path, prefix, files[i].ending, complaint) < 0)
      return -1;
    if (lstat(path, &found) == 0)
      return file_refuse(complaint, path, EEXIST);
  }
  return 0;
}

/* What a FILE is given, and that it has arrived. */
static bool file_fill(int descriptor, const struct keygen_file *file) {
  FILE *out = fdopen(descriptor, "w");
  if (out == NULL) {
    close(descriptor);
    return false;
  }
  if (file->as_it_is) {
    (void)fwrite(file->octets, 1, file->length, out);
  } else {
    hex_print(out, file->octets, file->length);
    fputc('\n', out);
  }
  const bool failed = ferror(out) != 0;
  return fclose(out) == 0 && !failed;
}

/* Unlinks a file that is there, so that it is replaced whole: its old mode and its links are
 * nobody's way to a key. What leads to no file (a device, a pipe, a folder) stays. */
static int file_remove(const char *path, struct complaint *complaint) {
  struct stat found;
  if (stat(path, &found) == 0 && !S_ISREG(found.st_mode))
    return complaint_set(complaint, "%s: it is no file, and is not replaced", path);
  return unlink(path) == 0 || errno == ENOENT ? 0 : file_refuse(complaint, path, errno);
}

static int file_write(const char *path, bool force, const struct keygen_file *file,
                      struct complaint *complaint) {
  if (force && file_remove(path, complaint) < 0)
    return -1;
  const int descriptor =
      open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, file->secret ? MODE_SECRET : MODE_PUBLIC);
  if (descriptor < 0)
    return file_refuse(complaint, path, errno);
  errno = 0;
  if (file_fill(descriptor, file))
    return 0;
  const int error = errno == 0 ? EIO : errno;
  (void)unlink(path);
  return file_refuse(complaint, path, error);
}

int keygen_files_write(const char *prefix, bool force, const struct keygen_file *files,
                       size_t count, struct complaint *complaint) {
  char path[KEYGEN_PATH_MAX];
  int error = force ? 0 : files_look(prefix, files, count, complaint);
  size_t written = 0;
  while (error == 0 && written < count) {
    error = path_of(path, prefix, files[written].ending, complaint);
    if (error == 0)
      error = file_write(path, force, &files[written], complaint);
    written += error == 0;
  }
  for (size_t i = 0; error < 0 && i < written; i++) {
    snprintf(path, sizeof path, "%s%s", prefix, files[i].ending);
    (void)unlink(path);
  }
  return error;
}

int keygen_files_read(const char *prefix, const char *ending, bool as_it_is, uint8_t *octets,
                      size_t capacity, size_t *length, struct complaint *complaint) {
  char path[KEYGEN_PATH_MAX], text[FILE_TEXT_MAX];
  if (path_of(path, prefix, ending, complaint) < 0)
    return -1;
  FILE *file = fopen(path, "re");
  if (file == NULL)
    return file_refuse(complaint, path, errno);
  const size_t read = fread(text, 1, sizeof text, file);
  const int error = ferror(file) != 0 ? errno : 0;
  fclose(file);
  const char *wrong = error != 0 ? strerror(error) : NULL;
  if (wrong == NULL && !as_it_is)
    wrong = hex_read(text, read, octets, capacity, length);
  else if (wrong == NULL && read > capacity)
    wrong = "it is too long";
  else if (wrong == NULL)
    memcpy(octets, text, *length = read);
  crypto_wipe((uint8_t *)text, sizeof text);
  return wrong == NULL ? 0 : complaint_set(complaint, "%s: %s", path, wrong);
}
