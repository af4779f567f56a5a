/* The verbs: the rows of verbs.def. */
#ifndef BENCH_COMMAND_VERB_H
#define BENCH_COMMAND_VERB_H

#include "support/text.h"

enum verb_id {
#define VERB(id, name, words, completes, act, help) VERB_##id,
#include "verbs.def"
#undef VERB
  VERB_COUNT,
};

/* What words of a verb may be, for the completion of command lines. */
enum verb_words {
  WORDS_NONE = 0,
  WORDS_SCENARIOS = 1 << 0, /* names of scenarios */
  WORDS_STORES = 1 << 1,    /* folders of campaigns */
  WORDS_RUNS = 1 << 5,      /* runs or cells of a campaign, by its name */
  WORDS_FILES = 1 << 2,
  WORDS_KEYS = 1 << 3,   /* key=value of a spec */
  WORDS_TOPICS = 1 << 4, /* topics and verbs that help has */
  WORDS_SHELLS = 1 << 6, /* what can be completed, and where */
};

struct verb {
  const char *name;
  const char *words; /* beside options, as usage has it; "" if none */
  enum verb_words completes;
  const char *help; /* verbs.def says how it is written */
};

extern const struct verb VERBS[VERB_COUNT];

/* The verb of this name; or VERB_COUNT, and what is wrong is added to `error`: the nearest name and
 * all that there are. A NULL name is none. */
enum verb_id verb_find(const char *name, struct text *error);

/* Adds the names of the verbs whose bits (1 << id) are set: `show, compare`. */
void verb_names_add(struct text *text, unsigned verbs);

#endif
