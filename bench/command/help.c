/* What --help says, from the tables. */
#include "command.h"
#include "option.h"

#include <stdlib.h>
#include <string.h>

enum {
  WIDTH = 100,
  VERB_COLUMNS = 10,   /* before what a verb does */
  OPTION_COLUMNS = 23, /* before what an option is */
};

static const char PROGRAM[] = "coap-eap-bench";

static const char HEAD[] =
    "A scenario is a YAML file that says what to sweep; its runs, tables and figures are a "
    "campaign, "
    "kept in results/NAME. SCENARIO is a path, or a name in scenarios/. The head of "
    "scenarios/loss.yaml says how one is written. What it expects of its cells, or of their ratios "
    "and differences to a baseline (`expect`), run and report check.\n";

static const char TAIL[] =
    "What a campaign leaves in results/NAME:\n"
    "  campaign.db   all runs (SQLite). Of the present scenario and code are the views current (a\n"
    "                row for each run), ledger and details; the table runs has all that ever "
    "were:\n"
    "                  select hops, avg(time_ms) from current group by hops\n"
    "  runs.csv      a line for each run\n"
    "  cells.csv     a line for each cell and measure that is shown, with its interval of 95 %\n"
    "  ledger.csv    a line for each row of the ledgers of each run\n"
    "  details.csv   a line for each time and energy inside of each run: radio_ms.peer.transmit\n"
    "  columns.csv   unit and meaning of each column of these, and of the views. Ratios in all of\n"
    "                them are from 0 to 1; in tables, figures and the page they are in %\n"
    "  tables/       text, CSV, Markdown and LaTeX\n"
    "  figures/      SVG, PNG, PDF and EPS of each, its data, and its gnuplot script, which runs\n"
    "                as it lies\n"
    "  report.html   all of it on one page that needs nothing else; ../index.html joins them\n"
    "  provenance.json  what made the files of this folder: code, commit, libraries, seeds\n"
    "\n"
    "exit status: 0 all good; 1 a run crashed, hung or could not be run, an expectation of the\n"
    "scenario is violated, what was compared moved or has no pair, or output could not be "
    "written;\n"
    "2 bad usage, scenario or list of runs; 130 interrupted. An authentication that fails is a\n"
    "measurement, and no error; a run that hung is none.\n";

/* Adds a paragraph in lines of the width, behind `columns` spaces; the first line has got them. */
static void paragraph_add(struct text *text, const char *words, size_t length, size_t columns) {
  struct text wrapped = {0};
  char *copy = text_format("%.*s", (int)length, words);
  text_wrap(&wrapped, copy, WIDTH - columns);
  for (const char *at = text_string(&wrapped); *at != '\0';) {
    const size_t line = strcspn(at, "\n");
    text_add(text, "%*s%.*s\n", at == text_string(&wrapped) ? 0 : (int)columns, "", (int)line, at);
    at += line + (at[line] != '\0');
  }
  text_deinit(&wrapped);
  free(copy);
}

/* Adds a verb's help behind `columns` spaces, the first of which are there already. */
static void verb_help_add(struct text *text, const char *help, size_t columns) {
  const char *at = help;
  for (size_t length; *at != '\0'; at += length + (at[length] != '\0')) {
    length = strcspn(at, "\n");
    if (at != help)
      text_add(text, "%*s", (int)columns, "");
    if (*at == ' ')
      text_add(text, "%.*s\n", (int)length, at);
    else
      paragraph_add(text, at, length, columns);
  }
}

static void usage_add(struct text *text, const char *before, enum verb_id verb) {
  const char *words = VERBS[verb].words;
  text_add(text, "%s%s %s [option...]%s%s\n", before, PROGRAM, VERBS[verb].name,
           *words == '\0' ? "" : " ", words);
}

/* With the names of its verbs, unless all or `verb` alone are meant. */
static void option_help_add(struct text *text, const struct option_row *row, enum verb_id verb) {
  struct text left = {0}, words = {0};
  text_add(&left, "  %c%c%c --%s %s", row->letter == '\0' ? ' ' : '-',
           row->letter == '\0' ? ' ' : row->letter, row->letter == '\0' ? ' ' : ',', row->name,
           row->argument == NULL ? "" : row->argument);
  const char *gap = left.length > OPTION_COLUMNS - 1 ? " " : "";
  text_add(text, "%-*s%s", OPTION_COLUMNS, text_string(&left), gap);
  if (verb == VERB_COUNT && row->verbs != (1U << VERB_COUNT) - 1) {
    verb_names_add(&words, row->verbs);
    text_add(&words, ": ");
  }
  text_add(&words, "%s", row->help);
  paragraph_add(text, text_string(&words), words.length, OPTION_COLUMNS);
  text_deinit(&left);
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
  paragraph_add(text, HEAD, strlen(HEAD) - 1, 0);
  text_add(text, "\n");
  for (unsigned id = 0; id < VERB_COUNT; id++) {
    text_add(text, "  %-*s", VERB_COLUMNS - 2, VERBS[id].name);
    verb_help_add(text, VERBS[id].help, VERB_COLUMNS);
  }
  options_help_add(text, VERB_COUNT);
  text_add(text, "\n%s", TAIL);
}

void command_help_add(struct text *text, enum verb_id verb) {
  if (verb == VERB_COUNT)
    help_of_all(text);
  else
    help_of_verb(text, verb);
}
