/* Tables in Markdown. */
#include "table_format.h"

#include <ctype.h>
#include <string.h>

/* Words in a line: what Markdown takes for marks is escaped. A "[" is one only before words: that
 * of an interval stays as it is. */
static void markdown_add(struct text *text, const char *words) {
  static const char MARKS[] = "\\`*_|<>&~$#";
  for (; *words != '\0'; words++) {
    const bool link = *words == '[' && !isdigit((unsigned char)words[1]) && words[1] != '-';
    if (strchr(MARKS, *words) != NULL || link)
      text_add(text, "\\");
    text_add(text, "%c", (unsigned char)*words < ' ' || *words == 0x7f ? ' ' : *words);
  }
}

/* A comment ends at "-->", and may not have "--" in it. */
static void markdown_add_comment(struct text *text, const char *words) {
  text_add(text, "<!-- ");
  for (; *words != '\0'; words++)
    text_add(text, "%c%s", *words == '\n' ? ' ' : *words,
             *words == '-' && (words[1] == '-' || words[1] == '>') ? " " : "");
  text_add(text, " -->\n");
}

static void markdown_add_line(struct text *text, const struct grid *grid, size_t line) {
  for (size_t column = 0; column < grid->width; column++) {
    text_add(text, "| ");
    markdown_add(text, grid->field[line * grid->width + column]);
    text_add(text, " ");
  }
  text_add(text, "|\n");
}

void table_markdown_write(const struct table_content *content, struct text *text) {
  const struct grid *grid = content->grid;
  markdown_add_comment(text, content->provenance);
  text_add(text, "\n**");
  markdown_add(text, content->title);
  text_add(text, "**\n\n");
  for (size_t line = 0; line < grid->lines; line++) {
    markdown_add_line(text, grid, line);
    for (size_t column = 0; line == 0 && column < grid->width; column++)
      text_add(text, "|%s%s", grid_is_number(grid, column) ? " --: " : " --- ",
               column + 1 == grid->width ? "|\n" : "");
  }
  if (content->note[0] == '\0')
    return;
  text_add(text, "\n");
  markdown_add(text, content->note);
  text_add(text, "\n");
}
