/* Keeps words until the height of the figure is known. */
#include "figure_words.h"

#include "figure.h"
#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

void figure_words_add(struct figure_words *words, enum figure_words_kind kind, double x, double y,
                      const char *text) {
  const size_t count = words->count + 1;
  words->text = memory_resize(words->text, count, sizeof *words->text);
  words->x = memory_resize(words->x, count, sizeof *words->x);
  words->y = memory_resize(words->y, count, sizeof *words->y);
  words->kind = memory_resize(words->kind, count, sizeof *words->kind);
  words->text[words->count] = memory_string(text);
  words->x[words->count] = x;
  words->y[words->count] = y;
  words->kind[words->count] = kind;
  words->count = count;
}

size_t figure_words_add_lines(struct figure_words *words, enum figure_words_kind kind, double x,
                              double y, double step, const char *lines) {
  char *copy = memory_string(lines), *rest = copy, *line;
  size_t count = 0;
  while ((line = strsep(&rest, "\n")) != NULL && rest != NULL)
    figure_words_add(words, kind, x, y + step * (double)count++, line);
  free(copy);
  return count;
}

void figure_words_write(const struct figure_words *words, double height, struct text *script) {
  double *x = memory_get(words->count, sizeof *x), *y = memory_get(words->count, sizeof *y);
  for (size_t i = 0; i < words->count; i++) {
    x[i] = words->x[i] / LAYOUT_WIDTH_IN;
    y[i] = 1 - words->y[i] / height;
  }
  text_add(script, "WORDS = %zu\n", words->count);
  figure_add_strings(script, "TEXT", (const char *const *)words->text, words->count);
  figure_add_numbers(script, "TEXT_X", x, words->count);
  figure_add_numbers(script, "TEXT_Y", y, words->count);
  figure_add_numbers(script, "TEXT_KIND", words->kind, words->count);
  free(x);
  free(y);
}

void figure_words_deinit(struct figure_words *words) {
  for (size_t i = 0; i < words->count; i++)
    free(words->text[i]);
  free(words->text);
  free(words->x);
  free(words->y);
  free(words->kind);
  *words = (struct figure_words){0};
}
