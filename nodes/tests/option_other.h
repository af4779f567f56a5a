/* For tests of hosts: a value of an option that is not its default, to be set in the host's way. */
#ifndef NODES_TESTS_OPTION_OTHER_H
#define NODES_TESTS_OPTION_OTHER_H

#include "../option.h"

#include <stdio.h>

enum { OPTION_OTHER_TEXT_MAX = 32 };

/* The default of a choice that has no other. */
static inline double option_other(const struct option_row *option) {
  const bool number = option->kind == OPTION_INTEGER || option->kind == OPTION_NUMBER;
  if (number)
    return option->fallback < option->most ? option->most : option->least;
  return option_texts(option)[(size_t)option->fallback + 1] == NULL ? 0 : option->fallback + 1;
}

/* As files and command lines have it. Returns `text`. */
static inline const char *option_other_text(const struct option_row *option,
                                            char text[OPTION_OTHER_TEXT_MAX]) {
  const bool number = option->kind == OPTION_INTEGER || option->kind == OPTION_NUMBER;
  if (number)
    snprintf(text, OPTION_OTHER_TEXT_MAX, "%.10g", option_other(option));
  else
    snprintf(text, OPTION_OTHER_TEXT_MAX, "%s", option_texts(option)[(size_t)option_other(option)]);
  return text;
}

#endif
