/* The options. */
#include "option.h"
#include "support/options.h"

#include <stddef.h>

enum { ALL = (1 << VERB_COUNT) - 1 };
enum {
#define VERB(id, name, words, completes, act, help) id = 1 << VERB_##id,
#include "verbs.def"
#undef VERB
};

#define KIND(id, type, accepts) typedef type type_of_##id;
#include "option_kinds.def"
#undef KIND

const struct option_row OPTION_ROWS[OPTION_COUNT] = {
#define OPTION(name, letter, argument, verbs, kind, field, help)                                   \
  [OPTION_OF_##field] = {                                                                          \
      name, letter, argument, verbs, KIND_##kind, offsetof(struct bench_options, field), help},
#include "options.def"
#undef OPTION
};

#define OPTION(name, letter, argument, verbs, kind, field, help)                                   \
  _Static_assert(__builtin_types_compatible_p(type_of_##kind,                                      \
                                              __typeof__(((struct bench_options *)0)->field)),     \
                 name ": its field has another type than its kind");
#include "options.def"
#undef OPTION

bool option_is_of(const struct option_row *option, enum verb_id verb) {
  return verb == VERB_COUNT || (option->verbs & 1U << verb) != 0;
}

void option_names_add(struct text *text, enum verb_id verb) {
  const char *separator = "";
  for (size_t i = 0; i < OPTION_COUNT; i++) {
    if (!option_is_of(&OPTION_ROWS[i], verb))
      continue;
    text_add(text, "%s--%s", separator, OPTION_ROWS[i].name);
    separator = ", ";
  }
}
