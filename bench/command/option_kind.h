/* How arguments of options are read: the rows of option_kinds.def. */
#ifndef BENCH_COMMAND_OPTION_KIND_H
#define BENCH_COMMAND_OPTION_KIND_H

#include <stdbool.h>

enum option_kind {
#define KIND(id, type, accepts) KIND_##id,
#include "option_kinds.def"
#undef KIND
};

/* Reads `argument` (NULL for a flag) into `field`, which has the type of the row. Texts are not
 * copied; a list grows by malloc. False if this is none that the kind accepts. */
bool option_kind_read(enum option_kind kind, const char *argument, void *field);

/* What the kind accepts, for people. */
const char *option_kind_accepts(enum option_kind kind);

#endif
