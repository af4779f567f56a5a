/* Escapes, and SVG inside of HTML. */
#include "markup.h"

#include <string.h>

void markup_add(struct text *markup, const char *words) {
  for (; *words != '\0'; words++) {
    size_t plain = strcspn(words, "&<>\"'");
    text_add_bytes(markup, words, plain);
    words += plain;
    switch (*words) {
    case '\0':
      return;
    case '&':
      text_add(markup, "&amp;");
      break;
    case '<':
      text_add(markup, "&lt;");
      break;
    case '>':
      text_add(markup, "&gt;");
      break;
    default:
      text_add(markup, "&#%d;", *words);
    }
  }
}

/* Behind the element that begins here; `at` if none does. */
static const char *skip_element(const char *at, const char *open, const char *close) {
  const char *end = strncmp(at, open, strlen(open)) == 0 ? strstr(at, close) : NULL;
  return end == NULL ? at : end + strlen(close);
}

void markup_add_svg(struct text *html, const char *svg, const char *prefix) {
  static const char *const BEFORE_ID[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
  const char *at = strstr(svg, "<svg");
  if (at == NULL)
    return;
  while (*at != '\0') {
    size_t length = 0;
    at = skip_element(skip_element(at, "<title>", "</title>"), "<desc>", "</desc>");
    for (size_t i = 0; i < sizeof BEFORE_ID / sizeof BEFORE_ID[0]; i++)
      if (strncmp(at, BEFORE_ID[i], strlen(BEFORE_ID[i])) == 0)
        length = strlen(BEFORE_ID[i]);
    if (length > 0)
      text_add(html, "%.*s%s-", (int)length, at, prefix);
    else
      text_add_bytes(html, at, length = 1);
    at += length;
  }
}
