/* Command lines, read by getopt. */
#include "command.h"
#include "common/nearest.h"
#include "option.h"
#include "support/memory.h"

#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { VALUE_FIRST = UCHAR_MAX + 1 }; /* of the first option; each is told by its own value */

struct reading {
  struct command *command;
  bool given[OPTION_COUNT];
  struct text *error;
};

/* What getopt takes: ":" (a missing argument is told apart), and each letter, maybe with ":". */
static void getopt_tables(struct option long_options[OPTION_COUNT + 1],
                          char letters[2 * OPTION_COUNT + 2]) {
  char *letter = letters;
  *letter++ = ':';
  for (int i = 0; i < OPTION_COUNT; i++) {
    const struct option_row *row = &OPTION_ROWS[i];
    long_options[i] = (struct option){
        row->name, row->argument == NULL ? no_argument : required_argument, NULL, VALUE_FIRST + i};
    if (row->letter == '\0')
      continue;
    *letter++ = row->letter;
    if (row->argument != NULL)
      *letter++ = ':';
  }
  *letter = '\0';
  long_options[OPTION_COUNT] = (struct option){0};
}

/* The row of a value that getopt gave, or NULL. */
static const struct option_row *row_of(int value) {
  if (value >= VALUE_FIRST && value < VALUE_FIRST + OPTION_COUNT)
    return &OPTION_ROWS[value - VALUE_FIRST];
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (value != '\0' && OPTION_ROWS[i].letter == value)
      return &OPTION_ROWS[i];
  return NULL;
}

/* Adds the options that begin with `name`, if there are several; whether there are. */
static bool ambiguous_add(const char *name, struct text *error) {
  struct text list = {0};
  size_t count = 0;
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (strncmp(OPTION_ROWS[i].name, name, strlen(name)) == 0)
      text_add(&list, "%s--%s", count++ == 0 ? "" : ", ", OPTION_ROWS[i].name);
  if (count > 1)
    text_add(error, "--%s is the beginning of several options: %s\n", name, text_string(&list));
  text_deinit(&list);
  return count > 1;
}

/* Of an option `word` that getopt does not know: --rseults, --rseults=x, --re. */
static void complain_unknown(const char *word, struct text *error) {
  char *name = text_format("%.*s", (int)strcspn(word + 2, "="), word + 2);
  struct nearest nearest = nearest_to(name);
  for (size_t i = 0; i < OPTION_COUNT; i++)
    nearest_offer(&nearest, OPTION_ROWS[i].name);
  if (*name == '\0' || !ambiguous_add(name, error)) {
    text_add(error, "there is no option --%s", name);
    if (nearest_name(&nearest) != NULL)
      text_add(error, "; did you mean --%s?", nearest_name(&nearest));
    text_add(error, "\n");
  }
  free(name);
}

/* Of what getopt does not take; `word` is the one that it looked at. */
static void complain_bad(int answer, const char *word, struct text *error) {
  const struct option_row *row = row_of(optopt);
  if (row != NULL && answer == ':')
    text_add(error, "--%s takes %s, and none is given\n", row->name,
             option_kind_accepts(row->kind));
  else if (row != NULL)
    text_add(error, "--%s takes no argument\n", row->name);
  else if (optopt != 0)
    text_add(error, "there is no option -%c\n", optopt);
  else
    complain_unknown(word, error);
}

static bool take(struct reading *reading, const struct option_row *row, const char *argument) {
  reading->given[row - OPTION_ROWS] = true;
  if (argument != NULL && *argument == '\0') {
    text_add(reading->error, "--%s was given an empty text\n", row->name);
    return false;
  }
  void *field = (char *)&reading->command->options + row->offset;
  if (option_kind_read(row->kind, argument, field))
    return true;
  text_add(reading->error, "--%s takes %s, and not \"%s\"\n", row->name,
           option_kind_accepts(row->kind), argument);
  return false;
}

static bool options_read(struct reading *reading, int argc, char **argv) {
  struct option long_options[OPTION_COUNT + 1];
  char letters[2 * OPTION_COUNT + 2];
  getopt_tables(long_options, letters);
  opterr = 0;
  optind = 0;
  for (int value; (value = getopt_long(argc, argv, letters, long_options, NULL)) >= 0;) {
    if (value == '?' || value == ':') {
      complain_bad(value, argv[optind - 1], reading->error);
      return false;
    }
    if (!take(reading, row_of(value), optarg))
      return false;
  }
  return true;
}

/* Whether the verb takes all that was given. */
static bool verb_takes(const struct reading *reading) {
  const enum verb_id verb = reading->command->verb;
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    if (!reading->given[i] || option_is_of(&OPTION_ROWS[i], verb))
      continue;
    text_add(reading->error, "%s takes no --%s; it takes ", VERBS[verb].name, OPTION_ROWS[i].name);
    option_names_add(reading->error, verb);
    text_add(reading->error, "\n");
    return false;
  }
  return true;
}

int command_read(int argc, char **argv, struct command *command, struct text *error) {
  const long processors = sysconf(_SC_NPROCESSORS_ONLN);
  *command = (struct command){.verb = VERB_COUNT,
                              .options = {.results = "results",
                                          .scenarios = "scenarios",
                                          .jobs = processors > 0 ? (int)processors : 1,
                                          .peer = BENCH_PEER_UNSAID}};
  struct reading reading = {.command = command, .error = error};
  if (!options_read(&reading, argc, argv))
    return -1;
  const bool asks = command->options.help || command->options.version;
  if (optind == argc && asks)
    return 0;
  command->verb = verb_find(optind < argc ? argv[optind] : NULL, error);
  if (command->verb == VERB_COUNT || !verb_takes(&reading))
    return -1;
  command->words = argv + optind + 1;
  command->word_count = argc - optind - 1;
  return 0;
}

void command_deinit(struct command *command) {
  char *fields = (char *)&command->options;
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (OPTION_ROWS[i].kind == KIND_LIST)
      free(((struct bench_list *)(fields + OPTION_ROWS[i].offset))->item);
}
