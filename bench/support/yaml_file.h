/* A YAML file as a document tree, and complaints that show the place in it. */
#ifndef BENCH_SUPPORT_YAML_FILE_H
#define BENCH_SUPPORT_YAML_FILE_H

#include "complaints.h"

#include <yaml.h>

struct yaml_file {
  char *path;  /* as shown in complaints */
  size_t rank; /* of its complaints among those of other files */
  char *text;
  yaml_document_t document;
};

/* Loads the file's only document: a mapping, of which all keys are scalars. -1 with a complaint,
 * and nothing to deinit. A key that a mapping has twice is complained about only: its first value
 * counts. */
int yaml_file_init(struct yaml_file *file, const char *path, size_t rank, struct complaints *error);
void yaml_file_deinit(struct yaml_file *file);

yaml_node_t *yaml_root(struct yaml_file *file);

/* The value of `key` in a mapping (NULL if absent), and its key node. */
yaml_node_t *yaml_get(struct yaml_file *file, const yaml_node_t *mapping, const char *key);
yaml_node_t *yaml_get_key(struct yaml_file *file, const yaml_node_t *mapping, const char *key);

/* Walks a mapping: pair `index`, or false behind the last one. */
bool yaml_pair(struct yaml_file *file, const yaml_node_t *mapping, size_t index, yaml_node_t **key,
               yaml_node_t **value);

/* Walks a sequence; a node that is none counts as a sequence of itself. NULL behind the last. */
yaml_node_t *yaml_item(struct yaml_file *file, yaml_node_t *node, size_t index);

/* Text of a scalar; NULL of any other node. */
const char *yaml_scalar(const yaml_node_t *node);

/* A part of a text as a scalar of its own, for complaints: `length` octets from `begin` on, which
 * `text` has alone. Its place is theirs where the text stands on one line as it is, else that of
 * the whole. It lives as long as `text`, and is not to be deleted. */
yaml_node_t yaml_part(const yaml_node_t *node, size_t begin, size_t length, char *text);

/* Complains: "path:line:column: what", the line as far as it is near, and a caret under the node;
 * what is behind the first newline of `format` stands below. Returns -1. */
int yaml_complain(const struct yaml_file *file, const yaml_node_t *node, struct complaints *error,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));

/* The same as a warning: it begins with the word, and nothing fails. */
void yaml_warn(const struct yaml_file *file, const yaml_node_t *node, struct complaints *error,
               const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Complains that `item` lacks something; silent where one of its keys has been complained about,
 * which may be that one misspelt. Returns -1. */
int yaml_complain_missing(struct yaml_file *file, const yaml_node_t *item, struct complaints *error,
                          const char *format, ...) __attribute__((format(printf, 4, 5)));

/* -1 with a complaint unless `node` is a mapping. */
int yaml_check_mapping(const struct yaml_file *file, const yaml_node_t *node,
                       struct complaints *error);

/* -1 unless `mapping` is a mapping whose keys are all among `names`; a complaint about each other
 * key says which are accepted, and the nearest. */
int yaml_check_keys(struct yaml_file *file, yaml_node_t *mapping, const char *const *names,
                    size_t count, struct complaints *error);

/* A key of other sections that people write, and what is written here. */
struct yaml_hint {
  const char *key, *words;
};

/* The same, in which a complaint about a key of `hints` (up to one without a key; NULL: none) has
 * its words in place of the nearest. */
int yaml_check_keys_hinted(struct yaml_file *file, yaml_node_t *mapping, const char *const *names,
                           size_t count, const struct yaml_hint *hints, struct complaints *error);

/* Complains that `node` is not one of `names`: "unknown WHAT `text`", those accepted, the nearest.
 * Returns -1. */
int yaml_complain_unknown(const struct yaml_file *file, const yaml_node_t *node, const char *what,
                          const char *const *names, size_t count, struct complaints *error);

#endif
