/* Files of links, as testbeds publish them: CSV, a line for each direction.
 *
 *   from,to,ratio            or   from,to,ratio,parent
 *   gateway,porch,0.97            porch,gateway,0.97,1
 *   porch,gateway,0.93            gateway,porch,0.93,0
 *
 * `to` hears what `from` sends, and of its frames this ratio arrives (0: it does not hear it, as if
 * the line were not there). `parent` is 1 where `to` is the next hop of `from` to the
 * authenticator, else 0 or nothing. Names of nodes are free texts of 1 to LINKS_NAME_MAX octets of
 * UTF-8, without commas, quotes and control characters; spaces around a field have no meaning.
 * Lines that begin with # are comments; lines may end in CR LF. */
#ifndef SIM_SPEC_LINKS_H
#define SIM_SPEC_LINKS_H

#include "spec.h"

enum {
  LINKS_NAME_MAX = 64,
  LINKS_SHA256_LENGTH = 64,
  LINKS_OCTETS_MAX = 256 << 20, /* of a file */
};

struct links_row {
  uint32_t from, to; /* indexes of names */
  double ratio;
  bool parent;
  size_t line; /* in the file, from 1 */
};

struct links {
  char **names; /* of the nodes, in the order in which the file names them first */
  size_t node_count;
  struct links_row *rows;
  size_t row_count;
  bool gives_parents;                   /* there is a column for them */
  char sha256[LINKS_SHA256_LENGTH + 1]; /* of the file */
};

/* Reads a file. The links are kept until the next call, and for it, if the file is the same then.
 * NULL with `error`, which names file, line and column, what is wrong and what is accepted. */
const struct links *links_read(const char *path, char error[SPEC_ERROR_MAX]);

/* The node of this name; with "" the first. SIZE_MAX: there is none. */
size_t links_find(const struct links *links, const char *name);

/* Whether all nodes have a way to `root`, over links whose two directions are there; and with
 * `given`, whether the parents that the file gives are such ways. False with `error`. */
bool links_reach(const struct links *links, const char *path, size_t root, bool given,
                 char error[SPEC_ERROR_MAX]);

/* Private to links*.c. */

/* Reads the text of a file into `links`, all but its hash. False with `error`; what was read until
 * then is the caller's to free. */
bool links_parse(struct links *links, const char *path, const char *text, size_t length,
                 char error[SPEC_ERROR_MAX]);

/* Whether no direction is there twice. False with `error`. */
bool links_are_single(const struct links *links, const char *path, char error[SPEC_ERROR_MAX]);

#endif
