/* A YAML file as libyaml's tree, and what is wrong with any: whatever it is for, it is one document
 * in UTF-8, of a megabyte at most, in which no key is there twice and no text has a zero octet. */
#ifndef NODES_LIVE_CONFIG_DOCUMENT_H
#define NODES_LIVE_CONFIG_DOCUMENT_H

#include "../node.h"
#include "complaint.h"

#include <yaml.h>

struct config_document {
  const char *path;
  struct complaint *complaint;
  char *text; /* of the file */
  size_t length;
  bool loaded;
  yaml_document_t tree; /* without a root: the file is empty */
};

/* Reads the file. -1 with a complaint that names file, line and column. To be freed in each case;
 * `path` and `complaint` outlive it. */
NODE_MUST_CHECK int config_document_read(struct config_document *document, const char *path,
                                         struct complaint *complaint);
void config_document_free(struct config_document *document);

/* Complains about what is at this node. Returns -1. */
int config_complain(const struct config_document *document, const yaml_node_t *node,
                    const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The text of a scalar; NULL: it is none. */
const char *config_scalar(const yaml_node_t *node);

/* The text of a key that is to be shown; "***" where it cannot be the name of a setting, since it
 * may be a secret then. */
const char *config_shown_key(const yaml_node_t *key);

#endif
