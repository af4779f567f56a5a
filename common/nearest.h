/* The word that was meant, of those that there are. */
#ifndef COMMON_NEAREST_H
#define COMMON_NEAREST_H

#include <stddef.h>

struct nearest {
  const char *word; /* that was given */
  const char *near, *longer;
  size_t least; /* distance of a name that is taken no more */
};

/* Of `word`, before any name was offered. */
struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *nearest, const char *name);

/* The nearest of the names that were offered, by edit distance (letters inserted, deleted,
 * replaced, swapped); if none is near, the first that begins with the word; NULL if there is no
 * such either. */
const char *nearest_name(const struct nearest *nearest);

enum { NEAREST_QUESTION_MAX = 96 };

/* ` did you mean "NAME"?`, in `question`, or "" without one. Returns `question`. */
const char *nearest_question(const struct nearest *nearest, char question[NEAREST_QUESTION_MAX]);

#endif
