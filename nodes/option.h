/* What of a protocol can be chosen: a folder that has anything to choose has a table of options,
 * from which every host (simulator, sockets, model check) takes its keys, their checks, defaults
 * and help. */
#ifndef NODES_OPTION_H
#define NODES_OPTION_H

#include <stdbool.h>
#include <stddef.h>

enum option_kind {
  OPTION_INTEGER,
  OPTION_NUMBER, /* with two decimals at most */
  OPTION_SWITCH, /* off: 0, on: 1 */
  OPTION_CHOICE, /* the place of one of `values` */
};

struct option_row {
  const char *name; /* in specs and files; on command lines with hyphens */
  enum option_kind kind;
  const char *unit;          /* "" where it has none */
  double fallback;           /* the default */
  double least, most;        /* of INTEGER and NUMBER */
  const char *const *values; /* of CHOICE: ends with NULL */
  bool peer_only;            /* means nothing to an authenticator */
  const char *applies; /* when it has an effect, as a condition of specs: besides that what has
                        * it is chosen (lower_option_applies); "": always */
  const char *help;
};

struct option_table {
  const struct option_row *rows;
  size_t count;
};

enum { OPTION_VALUES_MAX = 64 };

/* Values that were chosen; of options that are not in it, the default. Zeroed memory has none. */
struct option_values {
  struct option_value {
    const struct option_row *option;
    double value;
  } item[OPTION_VALUES_MAX];
  size_t count;
};

double option_get(const struct option_values *values, const struct option_row *option);
bool option_is_on(const struct option_values *values, const struct option_row *option);

/* More than OPTION_VALUES_MAX options is a programming error (assert), as is a value that is not
 * accepted. */
void option_set(struct option_values *values, const struct option_row *option, double value);

/* Whether the option takes this value. */
bool option_accepts(const struct option_row *option, double value);

/* The values of a choice or a switch as texts, which ends with NULL. */
const char *const *option_texts(const struct option_row *option);

/* The value that this text stands for. False: there is none. */
bool option_parse(const struct option_row *option, const char *text, double *value);

#endif
