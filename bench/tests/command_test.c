/* Command lines: what is taken, what is refused and with which words, and what --help says. */
#include "command/command.h"
#include "command/option.h"
#include "fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { WORDS_MAX = 16 };

/* Reads a line of words that are separated by spaces ('' is an empty one); its status. */
static int command_of(const char *line, struct command *command, struct text *error) {
  static char copy[256];
  static char *argv[WORDS_MAX + 1];
  int count = 0;
  snprintf(copy, sizeof copy, "coap-eap-bench %s", line);
  char *rest = copy;
  for (char *word; (word = strsep(&rest, " ")) != NULL && count < WORDS_MAX;)
    argv[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
  argv[count] = NULL;
  return command_read(count, argv, command, error);
}

static void takes(const char *line, struct command *command) {
  struct text error = {0};
  assert_int_equal(command_of(line, command, &error), 0);
  assert_string_equal(text_string(&error), "");
}

static void test_options_are_read(void **state) {
  (void)state;
  struct command command;
  takes("show loss --peer all --svg=x -- --y", &command);
  assert_int_equal(command.verb, VERB_SHOW);
  assert_int_equal(command.options.peer, 0);
  assert_string_equal(command.options.svg, "x");
  assert_int_equal(command.word_count, 2);
  assert_string_equal(command.words[1], "--y");
  command_deinit(&command);

  takes("-j8 plan --res there --spec a b",
        &command); /* an option before the verb, an abbreviation */
  assert_int_equal(command.options.jobs, 8);
  assert_string_equal(command.options.results, "there");
  assert_true(command.options.specs);
  assert_int_equal(command.word_count, 2);
  command_deinit(&command);

  takes("compare --ignore x A --ignore y B", &command);
  assert_int_equal(command.options.ignore.count, 2);
  assert_string_equal(command.options.ignore.item[1], "y");
  command_deinit(&command);
}

static void test_defaults(void **state) {
  (void)state;
  struct command command;
  takes("plan x", &command);
  assert_true(command.options.jobs >= 1);
  assert_string_equal(command.options.results, "results");
  assert_string_equal(command.options.scenarios, "scenarios");
  assert_null(command.options.simulator);
  assert_int_equal(command.options.peer, BENCH_PEER_UNSAID);
  assert_false(command.options.specs);
  command_deinit(&command);
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    const char *line, *said;
  } CASES[] = {
      {"--results x", "the first word is one of init, plan, run, "},
      {"rnu loss", "there is no verb \"rnu\"; did you mean \"run\"? there is init, plan, run, "},
      {"show --jobs 2", "show takes no --jobs; it takes --results, --scenarios, "},
      {"-j 2 show", "show takes no --jobs; it takes "},
      {"index --json", "index takes no --json; it takes --results, --help, --version\n"},
      {"report --specs x", "report takes no --specs; "},
      {"plan --scenaros x", "there is no option --scenaros; did you mean --scenarios?\n"},
      {"plan --scenaros=x", "there is no option --scenaros; did you mean --scenarios?\n"},
      {"plan --=x", "there is no option --\n"},
      {"plan --qqqqqqqq", "there is no option --qqqqqqqq\n"},
      {"plan --s", "--s is the beginning of several options: --scenarios, --simulator, "},
      {"plan -xj", "there is no option -x\n"},
      {"plan -j", "--jobs takes a number from 1 to 1024, and none is given\n"},
      {"plan -j 0", "--jobs takes a number from 1 to 1024, and not \"0\"\n"},
      {"plan -j 1025", "--jobs takes a number from 1 to 1024, and not \"1025\"\n"},
      {"plan -j 4x", "--jobs takes a number from 1 to 1024, and not \"4x\"\n"},
      {"plan -j +4", "--jobs takes a number from 1 to 1024, and not \"+4\"\n"},
      {"plan -j 99999999999999999999", "--jobs takes a number from 1 to 1024, and not "},
      {"show --peer -1", "--peer takes the number of a peer, from 1, or `all`, and not \"-1\"\n"},
      {"show --frames=3", "--frames takes no argument\n"},
      {"plan --results ''", "--results was given an empty text\n"},
      {"plan --help --nothing", "there is no option --nothing"},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    struct command command;
    struct text error = {0};
    assert_int_equal(command_of(CASES[i].line, &command, &error), -1);
    if (strncmp(text_string(&error), CASES[i].said, strlen(CASES[i].said)) != 0)
      fail_msg("%s: %s", CASES[i].line, text_string(&error));
    text_deinit(&error);
    command_deinit(&command);
  }
}

/* Every option stands in the help of the verbs that take it, and in no other; all fits the line. */
static void test_help_of_a_verb(void **state) {
  (void)state;
  for (unsigned verb = 0; verb <= VERB_COUNT; verb++) {
    struct text help = {0};
    command_help_add(&help, (enum verb_id)verb);
    for (size_t i = 0; i < OPTION_COUNT; i++) {
      char *line = text_format("--%s ", OPTION_ROWS[i].name);
      const char *options = strstr(text_string(&help), "\noptions:\n");
      assert_non_null(options);
      const bool stands = strstr(options, line) != NULL;
      if (stands != option_is_of(&OPTION_ROWS[i], (enum verb_id)verb))
        fail_msg("verb %u: %s", verb, line);
      free(line);
    }
    for (const char *at = text_string(&help); *at != '\0';) {
      const size_t length = strcspn(at, "\n");
      if (length > 100 || (length > 0 && at[length - 1] == ' '))
        fail_msg("too long, or with spaces behind it: %.*s", (int)length, at);
      at += length + (at[length] != '\0');
    }
    text_deinit(&help);
  }
}

static void test_help_of_all(void **state) {
  (void)state;
  struct text help = {0};
  command_help_add(&help, VERB_COUNT);
  for (size_t i = 0; i < VERB_COUNT; i++) {
    char *usage = text_format("coap-eap-bench %s [option...]", VERBS[i].name);
    char *entry = text_format("\n  %-8s", VERBS[i].name);
    fixture_assert_has(text_string(&help), usage);
    fixture_assert_has(text_string(&help), entry);
    free(usage);
    free(entry);
  }
  fixture_assert_has(text_string(&help), "\n      --json           show, compare: print JSON");
  text_deinit(&help);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_options_are_read), cmocka_unit_test(test_defaults),
      cmocka_unit_test(test_refused),          cmocka_unit_test(test_help_of_a_verb),
      cmocka_unit_test(test_help_of_all),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
