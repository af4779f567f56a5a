/* What the simulator says of itself (--describe): the keys of a spec, of a result, what it refuses,
 * and the rows of the ledger. Nothing else in bench/ knows their names, but for those that it
 * computes with. */
#ifndef BENCH_SIMULATOR_SCHEMA_H
#define BENCH_SIMULATOR_SCHEMA_H

#include "support/text.h"

#include <jansson.h>

enum schema_type {
  SCHEMA_STRING, /* spec only */
  SCHEMA_CHOICE,
  SCHEMA_INTEGER,
  SCHEMA_NUMBER,
  SCHEMA_TEXT, /* result only */
  SCHEMA_COUNT,
  SCHEMA_FIGURE,
  SCHEMA_JSON,
};

struct schema_key {
  const char *name;
  enum schema_type type;
  const char *unit; /* "" without one; "ratio" is shown as % */
  const char *help;
  double minimum, maximum; /* of integer and number */
  bool path;               /* of string: the path of a file */
  const char *path_ends;   /* of path: what it ends in, or it is no path, but a name */
  bool resolved;           /* of string: filled in from such a file */
  json_t *values;          /* of choice: array of strings */
  json_t *fallback;        /* spec only: the default */
  json_t *applies;         /* spec only: condition.h; otherwise the key has no effect */
  json_t *inside;          /* of json: names by level, as --describe has them; NULL: not known */
};

struct schema_row {
  const char *name;
  const char *group;  /* of rows of a protocol: "CoAP" */
  const char *family; /* of groups of one purpose: "lower layer" */
  const char *help;
};

struct schema {
  json_t *json;       /* owns all strings */
  const char *commit; /* of the sources that made the simulator; "" if it names none */
  const char *code;
  json_t *libraries; /* name to version */
  struct schema_key *spec;
  size_t spec_count;
  json_t *refuses; /* array of {"when": condition, "reason": words} */
  struct schema_key *result;
  size_t result_count;
  struct schema_row *row; /* in the order in which they are stacked */
  size_t row_count;
};

/* Takes the text that --describe prints, or what an older one printed, which a store may have: that
 * has no conditions. -1 with an error, and nothing to deinit. */
int schema_init(struct schema *schema, const char *text, struct text *error);
void schema_deinit(struct schema *schema);

/* NULL if there is no such key. */
const struct schema_key *schema_spec_find(const struct schema *schema, const char *name);
const struct schema_key *schema_result_find(const struct schema *schema, const char *name);
bool schema_row_exists(const struct schema *schema, const char *name);

/* Whether a value of a spec key is a path that begins where the spec is. */
bool schema_is_relative_path(const struct schema_key *key, const char *value);

/* Whether a result key has bytes by row. */
bool schema_is_ledger(const struct schema_key *key);

/* The value of a spec key from its text, strictly: all of the text, in the range. NULL if it is not
 * accepted. */
json_t *schema_value_parse(const struct schema_key *key, const char *text);

/* Adds what a spec key accepts: "frame or bit", "an integer from 1 to 16". */
void schema_accepted_add(const struct schema_key *key, struct text *text);

/* A number from all of `text`: digits with optional sign, fraction and exponent; nothing else. */
bool schema_number_parse(const char *text, double *number);

#endif
