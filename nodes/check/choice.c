/* Choices as text. */
#include "choice.h"

#include "world.h"

#include <stdio.h>
#include <string.h>

static const char *const VERBS[] = {
    [CHOICE_DELIVER] = "deliver", [CHOICE_LOSE] = "lose",       [CHOICE_DOUBLE] = "double",
    [CHOICE_DELAY] = "delay",     [CHOICE_RUBBISH] = "rubbish", [CHOICE_INJECT] = "inject",
    [CHOICE_RESTART] = "restart", [CHOICE_ALTER] = "alter",     [CHOICE_TIMER] = "timer",
    [CHOICE_AGAIN] = "again",     [CHOICE_MUTE] = "mute",       [CHOICE_MOVE] = "move",
    [CHOICE_JOIN] = "join",
};

enum { VERB_COUNT = sizeof VERBS / sizeof VERBS[0] };

bool choice_is_act(const struct choice *choice) {
  return choice->verb != CHOICE_DELIVER && choice->verb != CHOICE_TIMER &&
         choice->verb != CHOICE_AGAIN;
}

bool choice_equal(const struct choice *a, const struct choice *b) {
  return a->verb == b->verb && a->object == b->object;
}

static bool is_of_nothing(enum choice_verb verb) {
  return verb == CHOICE_AGAIN || verb == CHOICE_MUTE || verb == CHOICE_JOIN;
}

static bool is_of_side(enum choice_verb verb) {
  return verb == CHOICE_RESTART || verb == CHOICE_TIMER;
}

void choice_format(const struct choice *choice, char text[CHOICE_TEXT_MAX]) {
  if (is_of_nothing(choice->verb))
    snprintf(text, CHOICE_TEXT_MAX, "%s", VERBS[choice->verb]);
  else if (is_of_side(choice->verb))
    snprintf(text, CHOICE_TEXT_MAX, "%s %s", VERBS[choice->verb], CHECK_SIDE_NAMES[choice->object]);
  else
    snprintf(text, CHOICE_TEXT_MAX, "%s %u", VERBS[choice->verb], choice->object);
}

static bool parse_object(const char *text, struct choice *choice) {
  if (is_of_nothing(choice->verb))
    return text[0] == '\0';
  if (!is_of_side(choice->verb)) {
    char rest;
    return sscanf(text, "%u%c", &choice->object, &rest) == 1;
  }
  for (unsigned side = 0; side < CHECK_SIDES; side++) {
    choice->object = side;
    if (strcmp(text, CHECK_SIDE_NAMES[side]) == 0)
      return true;
  }
  return false;
}

bool choice_parse(const char *text, struct choice *choice) {
  for (size_t i = 0; i < VERB_COUNT; i++) {
    const size_t length = strlen(VERBS[i]);
    if (strncmp(text, VERBS[i], length) != 0)
      continue;
    *choice = (struct choice){.verb = (enum choice_verb)i};
    const char *rest = text + length;
    return parse_object(*rest == ' ' ? rest + 1 : rest, choice);
  }
  return false;
}
