/* The verb help. */
#include "help_verb.h"
#include "command.h"
#include "common/nearest.h"
#include "topic.h"

#include <stdio.h>
#include <string.h>

static enum verb_id verb_of(const char *name) {
  struct text ignored = {0};
  const enum verb_id verb = verb_find(name, &ignored);
  text_deinit(&ignored);
  return verb;
}

static int complain_unknown(const char *word, struct text *error) {
  char question[NEAREST_QUESTION_MAX];
  struct nearest nearest = nearest_to(word);
  struct text list = {0};
  for (size_t i = 0; i < TOPIC_COUNT; i++) {
    nearest_offer(&nearest, TOPICS[i].name);
    text_add(&list, "%s%s", i == 0 ? "" : ", ", TOPICS[i].name);
  }
  for (size_t i = 0; i < VERB_COUNT; i++)
    nearest_offer(&nearest, VERBS[i].name);
  text_add(error, "there is no help on \"%s\";%s there is on ", word,
           nearest_question(&nearest, question));
  text_add(error, "%s; and on the verbs ", text_string(&list));
  verb_names_add(error, ~0U);
  text_add(error, "\n");
  text_deinit(&list);
  return -1;
}

static int help_of_words(const char *simulator, char *const words[], int count, struct text *text,
                         struct text *error) {
  const struct topic *topic = topic_find(words[0]);
  const enum verb_id verb = verb_of(words[0]);
  if (topic == NULL && verb == VERB_COUNT)
    return complain_unknown(words[0], error);
  if (count > 2 || (count > 1 && (topic == NULL || topic->add == NULL))) {
    text_add(error, "help takes one verb or topic; specs and results may have a key behind\n");
    return -1;
  }
  if (verb != VERB_COUNT)
    command_help_add(text, verb);
  else if (topic->add == NULL)
    text_add(text, "%s", topic->text);
  else
    return topic->add(text, simulator, count > 1 ? words[1] : NULL, error);
  return 0;
}

enum bench_exit help_verb(const struct bench_options *options, char *const words[], int count) {
  struct text text = {0}, error = {0};
  int status = 0;
  if (count == 0)
    command_topics_add(&text);
  else
    status = help_of_words(options->simulator, words, count, &text, &error);
  text_print(text_string(&text), stdout);
  text_print(text_string(&error), stderr);
  text_deinit(&text);
  text_deinit(&error);
  return status == 0 ? BENCH_GOOD : BENCH_BAD_USAGE;
}
