/* Tables as aligned text and as HTML. */
#include "grid.h"
#include "markup.h"
#include "memory.h"

#include <stdlib.h>
#include <string.h>

void grid_put(struct grid *grid, size_t line, size_t column, const char *field) {
  if (line >= grid->lines) {
    grid->field = memory_resize(grid->field, (line + 1) * grid->width, sizeof *grid->field);
    grid->link = memory_resize(grid->link, (line + 1) * grid->width, sizeof *grid->link);
    for (size_t i = grid->lines * grid->width; i < (line + 1) * grid->width; i++) {
      grid->field[i] = memory_string("");
      grid->link[i] = NULL;
    }
    grid->lines = line + 1;
  }
  char **place = &grid->field[line * grid->width + column];
  free(*place);
  *place = memory_string(field);
}

void grid_put_text(struct grid *grid, size_t line, size_t column, struct text *text) {
  grid_put(grid, line, column, text_string(text));
  text_deinit(text);
}

void grid_link(struct grid *grid, size_t line, size_t column, const char *id) {
  char **place = &grid->link[line * grid->width + column];
  free(*place);
  *place = memory_string(id);
}

/* "12", "+0.5", "inf", "3 [2, 4]", "3 [2, 4] (n = 5)" */
static bool is_number(const char *field) {
  char *end;
  strtod(field, &end);
  return end > field && (*end == '\0' || (strncmp(end, " [", 2) == 0 && strchr(end, ']') != NULL) ||
                         strncmp(end, " (n = ", 6) == 0);
}

bool grid_is_number(const struct grid *grid, size_t column) {
  const char *blank = grid->blank == NULL ? "-" : grid->blank;
  size_t numbers = 0;
  for (size_t line = 1; line < grid->lines; line++) {
    const char *field = grid->field[line * grid->width + column];
    const bool number = is_number(field);
    if (!number && field[0] != '\0' && strcmp(field, blank) != 0)
      return false;
    numbers += number;
  }
  return numbers > 0;
}

static size_t column_width(const struct grid *grid, size_t column) {
  size_t widest = 0;
  for (size_t line = 0; line < grid->lines; line++) {
    size_t columns = text_columns(grid->field[line * grid->width + column]);
    widest = columns > widest ? columns : widest;
  }
  return widest;
}

static void add_spaces(struct text *text, size_t count) {
  text_add(text, "%*s", (int)count, "");
}

/* Ends a line without the spaces at its end. */
static void grid_end_line(struct text *text, struct text *line) {
  while (line->length > 0 && line->data[line->length - 1] == ' ')
    line->data[--line->length] = '\0';
  text_add(text, "%s\n", text_string(line));
  text_deinit(line);
}

/* Adds the last field, which may take several lines, behind `line`. */
static void print_wrapped(const struct grid *grid, const char *field, struct text *line,
                          struct text *text) {
  size_t indent = text_columns(text_string(line));
  struct text wrapped = {0};
  text_wrap(&wrapped, field, grid->wrap);
  char *rest = wrapped.data, *part;
  while ((part = strsep(&rest, "\n")) != NULL) {
    if (line->length == 0)
      add_spaces(line, indent);
    text_add(line, "%s", part);
    grid_end_line(text, line);
  }
  text_deinit(&wrapped);
}

void grid_print(const struct grid *grid, struct text *text) {
  for (size_t i = 0; i < grid->lines; i++) {
    struct text line = {0};
    for (size_t column = 0; column < grid->width; column++) {
      const char *field = grid->field[i * grid->width + column];
      if (grid->wrap > 0 && column + 1 == grid->width) {
        print_wrapped(grid, field, &line, text);
        break;
      }
      size_t room = column_width(grid, column) - text_columns(field);
      bool right = grid->right_from > 0 && column >= grid->right_from;
      add_spaces(&line, right ? room : 0);
      text_add(&line, "%s", field);
      add_spaces(&line, (right ? 0 : room) + 2);
    }
    if (grid->wrap == 0)
      grid_end_line(text, &line);
  }
}

static void link_begin(struct text *html, const char *id) {
  if (id == NULL)
    return;
  text_add(html, "<a href=\"#");
  markup_add(html, id);
  text_add(html, "\">");
}

static void link_end(struct text *html, const char *id) {
  text_add(html, "%s", id == NULL ? "" : "</a>");
}

static void add_field(struct text *html, const char *field, const char *link) {
  const char *interval = strstr(field, " [");
  if (field[0] == '\0')
    return;
  text_add(html, "<span>");
  if (interval == NULL || field[strlen(field) - 1] != ']') {
    link_begin(html, link);
    markup_add(html, field);
    link_end(html, link);
    text_add(html, "</span>");
    return;
  }
  char *number = text_format("%.*s", (int)(interval - field), field);
  link_begin(html, link);
  markup_add(html, number);
  link_end(html, link);
  text_add(html, " <small>");
  markup_add(html, interval + 1);
  text_add(html, "</small></span>");
  free(number);
}

/* A heading may break behind an underscore. */
static void grid_add_heading(struct text *html, const char *heading) {
  char *copy = memory_string(heading), *rest = copy, *part;
  for (bool first = true; (part = strsep(&rest, "_")) != NULL; first = false) {
    text_add(html, "%s", first ? "" : "_<wbr>");
    markup_add(html, part);
  }
  free(copy);
}

void grid_print_html(const struct grid *grid, struct text *html) {
  text_add(html, "<table>\n<thead><tr>");
  for (size_t column = 0; column < grid->width && grid->lines > 0; column++) {
    text_add(html, "<th scope=\"col\">");
    link_begin(html, grid->link[column]);
    grid_add_heading(html, grid->field[column]);
    link_end(html, grid->link[column]);
    text_add(html, "</th>");
  }
  text_add(html, "</tr></thead>\n<tbody>\n");
  for (size_t line = 1; line < grid->lines; line++) {
    text_add(html, "<tr>");
    for (size_t column = 0; column < grid->width; column++) {
      bool right = grid->right_from > 0 && column >= grid->right_from &&
                   !(grid->wrap > 0 && column + 1 == grid->width);
      text_add(html, "<td%s data-label=\"", right ? " class=\"number\"" : "");
      markup_add(html, grid->field[column]);
      text_add(html, "\">");
      const size_t place = line * grid->width + column;
      add_field(html, grid->field[place], grid->link[place]);
      text_add(html, "</td>");
    }
    text_add(html, "</tr>\n");
  }
  text_add(html, "</tbody>\n</table>\n");
}

/* Characters of the longest word; headings are broken behind underscores, too. */
static size_t longest_word(const char *field, bool heading) {
  size_t longest = 0;
  while (*field != '\0') {
    const size_t length = strcspn(field, heading ? " _" : " ");
    char *word = text_format("%.*s", (int)length, field);
    const size_t columns = text_columns(word);
    longest = columns > longest ? columns : longest;
    free(word);
    field += length + (field[length] != '\0');
  }
  return longest;
}

/* An interval stays on one line. */
static size_t field_least_width(const char *field) {
  const char *interval = strstr(field, " [");
  return interval == NULL ? longest_word(field, false) : text_columns(interval + 1);
}

size_t grid_least_width(const struct grid *grid) {
  size_t sum = 0;
  for (size_t column = 0; column < grid->width && grid->lines > 0; column++) {
    size_t widest = longest_word(grid->field[column], true);
    for (size_t line = 1; line < grid->lines; line++) {
      const size_t width = field_least_width(grid->field[line * grid->width + column]);
      widest = width > widest ? width : widest;
    }
    sum += widest;
  }
  return sum;
}

void grid_deinit(struct grid *grid) {
  for (size_t i = 0; i < grid->lines * grid->width; i++) {
    free(grid->field[i]);
    free(grid->link[i]);
  }
  free(grid->field);
  free(grid->link);
  *grid = (struct grid){0};
}
