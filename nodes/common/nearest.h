/* The word that was meant, of those that there are. */
#ifndef NODES_COMMON_NEAREST_H
#define NODES_COMMON_NEAREST_H

#include <stddef.h>

struct nearest {
  const char *word; /* that was given */
  const char *near, *part, *longer;
  size_t least; /* distance of a name that is taken no more */
};

/* Of `word`, before any name was offered. */
struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *nearest, const char *name);

/* The nearest of the names that were offered: one that differs by a letter (inserted, deleted,
 * replaced, swapped); or the shortest that has the word between its underscores, at its end rather
 * than before (loss is near to frame_loss); or one that differs by few letters; or the first that
 * begins with the word; NULL if there is no such either. */
const char *nearest_name(const struct nearest *nearest);

enum { NEAREST_QUESTION_MAX = 96 };

/* ` did you mean "NAME"?`, in `question`, or "" without one. Returns `question`. */
const char *nearest_question(const struct nearest *nearest, char question[NEAREST_QUESTION_MAX]);

#endif
