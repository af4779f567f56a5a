/* The word that was meant: the optimal string alignment distance, in rows of which three are kept.
 */
#include "nearest.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { WORD_MAX = 64, PART_MIN = 3 };

static size_t smallest(size_t a, size_t b, size_t c) {
  const size_t least = a < b ? a : b;
  return least < c ? least : c;
}

/* Of longer words than WORD_MAX: far. */
static size_t edit_distance(const char *a, const char *b) {
  size_t row[3][WORD_MAX + 1];
  const size_t n = strlen(a), m = strlen(b);
  if (n > WORD_MAX || m > WORD_MAX)
    return SIZE_MAX;
  for (size_t j = 0; j <= m; j++)
    row[0][j] = j;
  for (size_t i = 1; i <= n; i++) {
    size_t *now = row[i % 3], *before = row[(i + 2) % 3], *earlier = row[(i + 1) % 3];
    now[0] = i;
    for (size_t j = 1; j <= m; j++) {
      now[j] = smallest(now[j - 1] + 1, before[j] + 1, before[j - 1] + (a[i - 1] != b[j - 1]));
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        now[j] = smallest(now[j], earlier[j - 2] + 1, now[j]);
    }
  }
  return row[n % 3][m];
}

/* Whether a name has the word as a whole part. */
static bool has_part(const char *name, const char *word, size_t length) {
  if (length < PART_MIN)
    return false;
  for (const char *at = name; (at = strstr(at, word)) != NULL; at++)
    if ((at == name || strchr("_-.", at[-1]) != NULL) && strchr("_-.", at[length]) != NULL)
      return true; /* the end of a name, too: strchr finds its 0 */
  return false;
}

static bool ends_with(const char *name, const char *word) {
  const size_t length = strlen(word), all = strlen(name);
  return all >= length && strcmp(name + all - length, word) == 0;
}

static bool is_better_part(const struct nearest *nearest, const char *name) {
  if (nearest->part == NULL)
    return true;
  const size_t length = strlen(name), before = strlen(nearest->part);
  return length < before || (length == before && ends_with(name, nearest->word) &&
                             !ends_with(nearest->part, nearest->word));
}

struct nearest nearest_to(const char *word) {
  const size_t length = strlen(word); /* up to four letters have one that is wrong */
  return (struct nearest){.word = word, .least = length <= 4 ? 2 : (length + 1) / 3 + 1};
}

void nearest_offer(struct nearest *nearest, const char *name) {
  const size_t length = strlen(nearest->word), distance = edit_distance(nearest->word, name);
  if (distance < nearest->least) {
    nearest->least = distance;
    nearest->near = name;
  }
  if (has_part(name, nearest->word, length) && is_better_part(nearest, name))
    nearest->part = name;
  if (nearest->longer == NULL && length > 0 && strncmp(name, nearest->word, length) == 0)
    nearest->longer = name;
}

const char *nearest_name(const struct nearest *nearest) {
  if (nearest->part != NULL && (nearest->near == NULL || nearest->least > 1))
    return nearest->part;
  return nearest->near != NULL ? nearest->near : nearest->longer;
}

const char *nearest_question(const struct nearest *nearest, char question[NEAREST_QUESTION_MAX]) {
  const char *name = nearest_name(nearest);
  question[0] = '\0';
  if (name != NULL)
    snprintf(question, NEAREST_QUESTION_MAX, " did you mean \"%s\"?", name);
  return question;
}
