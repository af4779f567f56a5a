/* Words for people, broken into lines. */
#include "paragraph.h"

#include <string.h>

enum { WIDTH = 100 };

void paragraph_add(struct text *text, const char *words, size_t columns) {
  struct text wrapped = {0};
  text_wrap(&wrapped, words, WIDTH - columns);
  const char *const begin = text_string(&wrapped);
  for (const char *at = begin; *at != '\0';) {
    const size_t length = strcspn(at, "\n");
    text_add(text, "%*s%.*s\n", at == begin ? 0 : (int)columns, "", (int)length, at);
    at += length + (at[length] != '\0');
  }
  text_deinit(&wrapped);
}

void paragraph_row_add(struct text *text, const char *left, const char *words, size_t columns) {
  if (*words == '\0') {
    text_add(text, "  %s\n", left);
    return;
  }
  const int room = (int)columns - 2;
  text_add(text, "  %-*s", room, left);
  if (text_columns(left) >= (size_t)room)
    text_add(text, "\n%*s", (int)columns, "");
  paragraph_add(text, words, columns);
}
