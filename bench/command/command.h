/* A command line: what the program is told to do. */
#ifndef BENCH_COMMAND_COMMAND_H
#define BENCH_COMMAND_COMMAND_H

#include "support/options.h"
#include "support/text.h"
#include "verb.h"

struct command {
  enum verb_id verb; /* VERB_COUNT where only help or version is asked for */
  struct bench_options options;
  char **words; /* behind the verb, of argv */
  int word_count;
};

/* Reads a command line, whose words it puts behind its options; options that are not given have
 * their defaults. -1 with an error: an option or verb that there is not, an option that the verb
 * does not take, an argument that cannot be read. */
int command_read(int argc, char **argv, struct command *command, struct text *error);
void command_deinit(struct command *command);

/* Adds what --help says: of all verbs, or of this one. */
void command_help_add(struct text *text, enum verb_id verb);

/* Adds what the verb help has help on. */
void command_topics_add(struct text *text);

#endif
