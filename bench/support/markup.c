/* Escapes, and SVG inside of HTML. */
#include "markup.h"

#include <string.h>

void markup_add(struct text *markup, const char *words) {
  while (*words != '\0') {
    const size_t length = text_utf8_length(words);
    if (length == 0 || (text_is_control(words) && *words != '\r'))
      text_add(markup, "\xef\xbf\xbd");
    else if (*words == '&')
      text_add(markup, "&amp;");
    else if (*words == '<')
      text_add(markup, "&lt;");
    else if (*words == '>')
      text_add(markup, "&gt;");
    else if (*words == '"' || *words == '\'')
      text_add(markup, "&#%d;", *words);
    else
      text_add_bytes(markup, words, length);
    words += length == 0 ? 1 : length;
  }
}

void markup_add_path(struct text *markup, const char *name) {
  static const char PLAIN[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.~";
  for (; *name != '\0'; name++)
    text_add(markup, strchr(PLAIN, *name) == NULL ? "%%%02X" : "%c", (unsigned char)*name);
}

/* Behind the element that begins here; `at` if none does. */
static const char *skip_element(const char *at, const char *open, const char *close) {
  const char *end = strncmp(at, open, strlen(open)) == 0 ? strstr(at, close) : NULL;
  return end == NULL ? at : end + strlen(close);
}

void markup_add_svg(struct text *html, const char *svg, const char *prefix, const char *label) {
  static const char *const BEFORE_ID[] = {" id='", " id=\"", "href='#", "href=\"#", "url(#"};
  static const char BEGIN[] = "<svg";
  const char *at = strstr(svg, BEGIN);
  if (at == NULL)
    return;
  text_add(html, "%s role=\"img\" aria-label=\"", BEGIN);
  markup_add(html, label);
  text_add(html, "\"");
  at += sizeof BEGIN - 1;
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
