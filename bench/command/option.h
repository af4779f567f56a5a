/* The options: the rows of options.def. */
#ifndef BENCH_COMMAND_OPTION_H
#define BENCH_COMMAND_OPTION_H

#include "option_kind.h"
#include "support/text.h"
#include "verb.h"

enum {
#define OPTION(name, letter, argument, verbs, kind, field, help) OPTION_OF_##field,
#include "options.def"
#undef OPTION
  OPTION_COUNT,
};

struct option_row {
  const char *name;     /* without its hyphens */
  char letter;          /* of its short form, or 0 */
  const char *argument; /* what help says of it; NULL for a flag */
  unsigned verbs;       /* that take it: bits 1 << enum verb_id */
  enum option_kind kind;
  size_t offset; /* in struct bench_options */
  const char *help;
};

extern const struct option_row OPTION_ROWS[OPTION_COUNT];

/* Whether the verb takes it; without a verb (VERB_COUNT) everything is taken. */
bool option_is_of(const struct option_row *option, enum verb_id verb);

/* Adds ` --jobs, --results` and so on: those that the verb takes. */
void option_names_add(struct text *text, enum verb_id verb);

#endif
