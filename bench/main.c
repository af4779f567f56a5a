/* coap-eap-bench: campaigns of runs of coap-eap-sim. */
#include "campaign/campaign.h"
#include "command/command.h"
#include "command/completion_verb.h"
#include "command/help_verb.h"
#include "command/init_verb.h"
#include "compare/compare.h"
#include "scenario/scenario.h"
#include "show/show.h"
#include "support/process.h"
#include "support/standard_output.h"
#include "common/version.h"

#include <stdio.h>
#include <stdlib.h>

/* What a verb does: with each scenario, or with all its words. */
static const struct act {
  enum bench_exit (*each)(const struct bench_options *options, const char *scenario);
  enum bench_exit (*words)(const struct bench_options *options, char *const words[], int count);
} ACTS[VERB_COUNT] = {
#define EACH(function) .each = function
#define WORDS(function) .words = function
#define VERB(id, name, takes, completes, act, help) [VERB_##id] = {act},
#include "command/verbs.def"
#undef VERB
#undef WORDS
#undef EACH
};

/* Whether all are there, which is said before the first is begun. */
static bool all_are_there(const struct bench_options *options, char *const names[], int count) {
  bool good = true;
  for (int i = 0; i < count; i++) {
    struct text error = {0};
    char *path = scenario_find(names[i], options->scenarios, &error);
    if (path == NULL)
      fputs(text_string(&error), stderr);
    good = good && path != NULL;
    free(path);
    text_deinit(&error);
  }
  return good;
}

/* Acts on each scenario; the worst status counts. */
static enum bench_exit act_on_each(const struct command *command) {
  const int count = command->word_count;
  if (count == 0) {
    fprintf(stderr, "which scenario? coap-eap-bench %s --help says more\n",
            VERBS[command->verb].name);
    return BENCH_BAD_USAGE;
  }
  if (count > 1 && !all_are_there(&command->options, command->words, count))
    return BENCH_BAD_USAGE;
  enum bench_exit status = BENCH_GOOD;
  for (int i = 0; i < count && status != BENCH_INTERRUPTED; i++) {
    enum bench_exit one = ACTS[command->verb].each(&command->options, command->words[i]);
    status = one > status ? one : status;
  }
  return status;
}

static enum bench_exit act(const struct command *command) {
  if (command->options.version) {
    puts(version_text("coap-eap-bench"));
    return BENCH_GOOD;
  }
  if (command->options.help) {
    struct text help = {0};
    command_help_add(&help, command->verb);
    fputs(text_string(&help), stdout);
    text_deinit(&help);
    return BENCH_GOOD;
  }
  process_signals_catch();
  if (ACTS[command->verb].words != NULL)
    return ACTS[command->verb].words(&command->options, command->words, command->word_count);
  return act_on_each(command);
}

int main(int argc, char **argv) {
  struct command command;
  struct text error = {0};
  standard_output_guard("coap-eap-bench", BENCH_FAILED);
  const bool read = command_read(argc, argv, &command, &error) == 0;
  const enum bench_exit status = read ? act(&command) : BENCH_BAD_USAGE;
  text_print(text_string(&error), stderr);
  text_deinit(&error);
  command_deinit(&command);
  return (int)status;
}
