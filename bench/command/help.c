/* What --help says, from the tables. */
#include "command.h"
#include "option.h"
#include "paragraph.h"
#include "topic.h"

#include <stdlib.h>
#include <string.h>

enum {
  VERB_COLUMNS = 10,   /* before what a verb does */
  OPTION_COLUMNS = 23, /* before what an option is */
  TOPIC_COLUMNS = 14,  /* before what a topic is about */
};

static const char PROGRAM[] = "coap-eap-bench";

static const char HEAD[] =
    "A scenario is a YAML file that says what to sweep; its runs, tables and figures are a "
    "campaign, kept in results/NAME. SCENARIO is a path, or a name in scenarios/. `help scenario` "
    "says how one is written, `init` writes one to begin with. What it expects of its cells and "
    "claims of them beside each other (`expect`), run and report check.\n";

static const char EXIT_STATUS[] =
    "exit status: 0 all good; 1 a run crashed, hung or could not be run, an expectation of the "
    "scenario is violated, what was compared moved, has no pair or passes a bound, or output could "
    "not be written; "
    "2 bad usage, scenario or list of runs; 130 interrupted. An authentication that fails is a "
    "measurement, and no error; a run that hung is none.\n";

/* Adds a verb's help behind `columns` spaces, the first of which are there already. */
static void verb_help_add(struct text *text, const char *help, size_t columns) {
  const char *at = help;
  for (size_t length; *at != '\0'; at += length + (at[length] != '\0')) {
    length = strcspn(at, "\n");
    char *line = text_format("%.*s", (int)length, at);
    if (at != help)
      text_add(text, "%*s", (int)columns, "");
    if (*line == ' ')
      text_add(text, "%s\n", line);
    else
      paragraph_add(text, line, columns);
    free(line);
  }
}

static void usage_add(struct text *text, const char *before, enum verb_id verb) {
  const char *words = VERBS[verb].words;
  text_add(text, "%s%s %s [option...]%s%s\n", before, PROGRAM, VERBS[verb].name,
           *words == '\0' ? "" : " ", words);
}

/* With the names of its verbs, unless all or `verb` alone are meant. */
static void option_help_add(struct text *text, const struct option_row *row, enum verb_id verb) {
  struct text words = {0};
  const char *argument = row->argument == NULL ? "" : row->argument;
  const char *space = row->argument == NULL ? "" : " ";
  char *left = row->letter == '\0'
                   ? text_format("    --%s%s%s", row->name, space, argument)
                   : text_format("-%c, --%s%s%s", row->letter, row->name, space, argument);
  if (verb == VERB_COUNT && row->verbs != (1U << VERB_COUNT) - 1) {
    verb_names_add(&words, row->verbs);
    text_add(&words, ": ");
  }
  text_add(&words, "%s", row->help);
  paragraph_row_add(text, left, text_string(&words), OPTION_COLUMNS);
  free(left);
  text_deinit(&words);
}

static void options_help_add(struct text *text, enum verb_id verb) {
  text_add(text, "\noptions:\n");
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (option_is_of(&OPTION_ROWS[i], verb))
      option_help_add(text, &OPTION_ROWS[i], verb);
}

static void help_of_verb(struct text *text, enum verb_id verb) {
  usage_add(text, "usage: ", verb);
  text_add(text, "\n");
  verb_help_add(text, VERBS[verb].help, 0);
  options_help_add(text, verb);
}

static void help_of_all(struct text *text) {
  for (unsigned id = 0; id < VERB_COUNT; id++)
    usage_add(text, id == 0 ? "usage: " : "       ", (enum verb_id)id);
  text_add(text, "\n");
  paragraph_add(text, HEAD, 0);
  text_add(text, "\n");
  for (unsigned id = 0; id < VERB_COUNT; id++) {
    text_add(text, "  %-*s", VERB_COLUMNS - 2, VERBS[id].name);
    if (strlen(VERBS[id].name) >= VERB_COLUMNS - 2)
      text_add(text, "\n%*s", VERB_COLUMNS, "");
    verb_help_add(text, VERBS[id].help, VERB_COLUMNS);
  }
  options_help_add(text, VERB_COUNT);
  text_add(text, "\n%s\n", topic_find("store")->text);
  paragraph_add(text, EXIT_STATUS, 0);
}

void command_help_add(struct text *text, enum verb_id verb) {
  if (verb == VERB_COUNT)
    help_of_all(text);
  else
    help_of_verb(text, verb);
}

void command_topics_add(struct text *text) {
  struct text verbs = {0};
  text_add(text, "%s help TOPIC, of:\n", PROGRAM);
  for (size_t i = 0; i < TOPIC_COUNT; i++)
    paragraph_row_add(text, TOPICS[i].name, TOPICS[i].about, TOPIC_COLUMNS);
  text_add(&verbs, "or of a verb: ");
  verb_names_add(&verbs, ~0U);
  text_add(&verbs, "; %s --help says all of these, and all options.\n", PROGRAM);
  paragraph_add(text, text_string(&verbs), 0);
  text_deinit(&verbs);
}
