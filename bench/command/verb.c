/* The verbs. */
#include "verb.h"
#include "common/nearest.h"

#include <string.h>

const struct verb VERBS[VERB_COUNT] = {
#define VERB(id, name, words, completes, act, help) [VERB_##id] = {name, words, completes, help},
#include "verbs.def"
#undef VERB
};

void verb_names_add(struct text *text, unsigned verbs) {
  const char *separator = "";
  for (unsigned id = 0; id < VERB_COUNT; id++) {
    if ((verbs & 1U << id) == 0)
      continue;
    text_add(text, "%s%s", separator, VERBS[id].name);
    separator = ", ";
  }
}

static void complain(const char *name, struct text *error) {
  struct nearest nearest = nearest_to(name == NULL ? "" : name);
  char question[NEAREST_QUESTION_MAX] = "";
  for (size_t id = 0; name != NULL && id < VERB_COUNT; id++)
    nearest_offer(&nearest, VERBS[id].name);
  if (name != NULL)
    text_add(error, "there is no verb \"%s\";%s there is ", name,
             nearest_question(&nearest, question));
  else
    text_add(error, "the first word is one of ");
  verb_names_add(error, ~0U);
  text_add(error, "; coap-eap-bench --help says more\n");
}

enum verb_id verb_find(const char *name, struct text *error) {
  for (unsigned id = 0; name != NULL && id < VERB_COUNT; id++)
    if (strcmp(VERBS[id].name, name) == 0)
      return (enum verb_id)id;
  complain(name, error);
  return VERB_COUNT;
}
