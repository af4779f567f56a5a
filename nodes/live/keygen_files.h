/* The files that `keygen` writes: a set of them, all or none. */
#ifndef NODES_LIVE_KEYGEN_FILES_H
#define NODES_LIVE_KEYGEN_FILES_H

#include "../node.h"
#include "complaint.h"

enum { KEYGEN_FILES_MAX = 4, KEYGEN_PATH_MAX = 4096 };

struct keygen_file {
  const char *ending; /* behind the prefix; "" for the prefix itself */
  const uint8_t *octets;
  size_t length;
  bool as_it_is; /* else: in hexadecimal digits, with a line feed */
  bool secret;   /* only its owner may read it */
};

/* Writes `count` files whose names begin with `prefix`; without `force` none may be there. -1 with
 * a complaint that names the file; then none is left that was not there before. */
NODE_MUST_CHECK int keygen_files_write(const char *prefix, bool force,
                                       const struct keygen_file *files, size_t count,
                                       struct complaint *complaint);

/* Reads one of them, as it was written. -1 with a complaint. */
NODE_MUST_CHECK int keygen_files_read(const char *prefix, const char *ending, bool as_it_is,
                                      uint8_t *octets, size_t capacity, size_t *length,
                                      struct complaint *complaint);

#endif
