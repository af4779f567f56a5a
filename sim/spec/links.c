/* The file, its hash, and the one that is kept. */
#define _GNU_SOURCE
#include "links.h"

#include "support/memory.h"

#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct text {
  char *octets; /* owned */
  size_t length;
};

static bool links_complain(const char *path, const char *what, char error[SPEC_ERROR_MAX]) {
  snprintf(error, SPEC_ERROR_MAX, "links: %s: %s", path, what);
  return false;
}

/* As many octets as the file has; fewer where it shrinks meanwhile. */
static bool text_fill(struct text *text, int file, size_t size) {
  ssize_t count;
  text->octets = memory_get(size + 1, 1);
  do {
    count = read(file, text->octets + text->length, size - text->length);
    if (count > 0)
      text->length += (size_t)count;
  } while ((count > 0 && text->length < size) || (count < 0 && errno == EINTR));
  return count >= 0;
}

static bool text_read(struct text *text, const char *path, int file, char error[SPEC_ERROR_MAX]) {
  struct stat found;
  if (fstat(file, &found) < 0)
    return links_complain(path, strerror(errno), error);
  if (!S_ISREG(found.st_mode))
    return links_complain(path, "is no regular file; it takes a CSV file of links", error);
  if (found.st_size > LINKS_OCTETS_MAX)
    return links_complain(path, "is longer than 256 MiB", error);
  return text_fill(text, file, (size_t)found.st_size) ||
         links_complain(path, strerror(errno), error);
}

/* Does not wait where the path is a pipe's. */
static bool text_open(struct text *text, const char *path, char error[SPEC_ERROR_MAX]) {
  const int file = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (file < 0)
    return links_complain(path, strerror(errno), error);
  const bool good = text_read(text, path, file, error);
  close(file);
  return good;
}

static void links_hash(const struct text *text, char sha256[LINKS_SHA256_LENGTH + 1]) {
  unsigned char digest[LINKS_SHA256_LENGTH / 2];
  mbedtls_sha256_ret((const unsigned char *)text->octets, text->length, digest, 0);
  for (size_t i = 0; i < sizeof digest; i++)
    snprintf(sha256 + 2 * i, 3, "%02x", digest[i]);
}

static void links_deinit(struct links *links) {
  for (size_t i = 0; i < links->node_count; i++)
    free(links->names[i]);
  free(links->names);
  free(links->rows);
  *links = (struct links){0};
}

/* Into `links`, unless these are of the same file. */
static bool links_renew(struct links *links, const char *path, const struct text *text,
                        char error[SPEC_ERROR_MAX]) {
  struct links next = {0};
  links_hash(text, next.sha256);
  if (strcmp(links->sha256, next.sha256) == 0)
    return true;
  const bool good = links_parse(&next, path, text->octets, text->length, error) &&
                    links_are_single(&next, path, error);
  links_deinit(good ? links : &next);
  if (good)
    *links = next;
  return good;
}

const struct links *links_read(const char *path, char error[SPEC_ERROR_MAX]) {
  static struct links kept;
  struct text text = {0};
  const bool good = text_open(&text, path, error) && links_renew(&kept, path, &text, error);
  free(text.octets);
  return good ? &kept : NULL;
}

size_t links_find(const struct links *links, const char *name) {
  if (*name == '\0')
    return 0;
  for (size_t i = 0; i < links->node_count; i++)
    if (strcmp(links->names[i], name) == 0)
      return i;
  return SIZE_MAX;
}
