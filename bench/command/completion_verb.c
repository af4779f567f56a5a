/* The verb completion. */
#include "completion_verb.h"
#include "common/nearest.h"
#include "file_text.h"
#include "option.h"
#include "topic.h"
#include "topic_asked.h"

#include <string.h>

FILE_TEXT(completion_script, "completion.bash");

/* What completion.bash calls the kinds of words; choices stand between |. */
static const struct {
  enum verb_words kind;
  const char *name;
} KINDS[] = {
    {WORDS_SCENARIOS, "scenarios"},
    {WORDS_STORES, "stores"},
    {WORDS_RUNS, "runs"},
    {WORDS_FILES, "files"},
    {WORDS_KEYS, "keys"},
    {WORDS_TOPICS, "topics"},
    {WORDS_SHELLS, "bash|keys|results"},
};

static void words_add(struct text *text, const struct verb *verb) {
  const char *separator = "";
  text_add(text, "  [%s]='", verb->name);
  for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++) {
    if ((verb->completes & KINDS[i].kind) == 0)
      continue;
    text_add(text, "%s%s", separator, KINDS[i].name);
    separator = " ";
  }
  text_add(text, "'\n");
}

/* `verb` may be VERB_COUNT: of all. */
static void options_add(struct text *text, enum verb_id verb) {
  text_add(text, "  [%s]='", verb == VERB_COUNT ? "all" : VERBS[verb].name);
  for (size_t i = 0; i < OPTION_COUNT; i++)
    if (option_is_of(&OPTION_ROWS[i], verb))
      text_add(text, "--%s ", OPTION_ROWS[i].name);
  text_add(text, "'\n");
}

/* What the argument of an option is called, by which it is completed. */
static void arguments_add(struct text *text, const struct option_row *option) {
  if (option->argument == NULL)
    return;
  text_add(text, "  [--%s]='%s'\n", option->name, option->argument);
  if (option->letter != '\0')
    text_add(text, "  [-%c]='%s'\n", option->letter, option->argument);
}

static int bash_add(struct text *text, const char *simulator, struct text *error) {
  (void)simulator, (void)error;
  text_add(text, "# Completion of coap-eap-bench by bash: source it.\n"
                 "declare -gA _coap_eap_bench_words=(\n");
  for (size_t i = 0; i < VERB_COUNT; i++)
    words_add(text, &VERBS[i]);
  text_add(text, ")\ndeclare -gA _coap_eap_bench_options=(\n");
  for (unsigned i = 0; i <= VERB_COUNT; i++)
    options_add(text, (enum verb_id)i);
  text_add(text, ")\ndeclare -gA _coap_eap_bench_arguments=(\n");
  for (size_t i = 0; i < OPTION_COUNT; i++)
    arguments_add(text, &OPTION_ROWS[i]);
  text_add(text, ")\n_coap_eap_bench_topics=(");
  for (size_t i = 0; i < TOPIC_COUNT; i++)
    text_add(text, "%s%s", i == 0 ? "" : " ", TOPICS[i].name);
  text_add(text, ")\n\n%s", completion_script);
  return 0;
}

static const struct {
  const char *name;
  int (*add)(struct text *text, const char *simulator, struct text *error);
} ANSWERS[] = {
    {"bash", bash_add}, {"keys", topic_settings_add}, {"results", topic_result_names_add}};
enum { ANSWER_COUNT = sizeof ANSWERS / sizeof ANSWERS[0] };

/* Adds what the word asks for. -1 with an error. */
static int answer_add(const char *word, const char *simulator, struct text *text,
                      struct text *error) {
  struct nearest nearest = nearest_to(word);
  char question[NEAREST_QUESTION_MAX];
  for (size_t i = 0; i < ANSWER_COUNT; i++) {
    if (strcmp(ANSWERS[i].name, word) == 0)
      return ANSWERS[i].add(text, simulator, error);
    nearest_offer(&nearest, ANSWERS[i].name);
  }
  text_add(error, "completion knows no \"%s\";%s it takes bash, keys or results\n", word,
           nearest_question(&nearest, question));
  return -1;
}

enum bench_exit completion_verb(const struct bench_options *options, char *const words[],
                                int count) {
  struct text text = {0}, error = {0};
  int status = -1;
  if (count != 1)
    text_add(&error, "completion takes one word: bash, keys or results\n");
  else
    status = answer_add(words[0], options->simulator, &text, &error);
  text_print(text_string(&text), stdout);
  text_print(text_string(&error), stderr);
  text_deinit(&text);
  text_deinit(&error);
  return status == 0 ? BENCH_GOOD : BENCH_BAD_USAGE;
}
