/* Lines, fields and names of a file of links. */
#include "links.h"

#include "support/memory.h"
#include "support/name_index.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FIELDS_MAX = 4, NUMBER_MAX = 31 };

#define HEADER "from,to,ratio"
#define HEADER_WITH_PARENT HEADER ",parent"

struct field {
  const char *text;
  size_t length;
};

struct parser {
  struct links *links;
  const char *path;
  const char *at, *end;   /* what is not read yet */
  const char *line_begin; /* of the line that is being read */
  size_t line;
  size_t columns; /* as the header has it */
  size_t nodes_most;
  struct name_index *nodes; /* by name */
  char *error;
};

static bool parser_complain(const struct parser *parser, const char *place, const char *format,
                            ...) {
  va_list arguments;
  const int used = snprintf(parser->error, SPEC_ERROR_MAX, "links: %s:%zu:%zu: ", parser->path,
                            parser->line, (size_t)(place - parser->line_begin) + 1);
  va_start(arguments, format);
  vsnprintf(parser->error + used, SPEC_ERROR_MAX - (size_t)used, format, arguments);
  va_end(arguments);
  return false;
}

/* Lines and fields */

/* Without its end. False behind the last. */
static bool parser_next_line(struct parser *parser, struct field *line) {
  if (parser->at == parser->end)
    return false;
  const char *end = memchr(parser->at, '\n', (size_t)(parser->end - parser->at));
  const char *next = end == NULL ? parser->end : end + 1;
  if (end == NULL)
    end = parser->end;
  if (end > parser->at && end[-1] == '\r')
    end--;
  parser->line++;
  parser->line_begin = parser->at;
  *line = (struct field){parser->at, (size_t)(end - parser->at)};
  parser->at = next;
  return true;
}

static struct field field_trim(const char *begin, const char *end) {
  while (begin < end && *begin == ' ')
    begin++;
  while (end > begin && end[-1] == ' ')
    end--;
  return (struct field){begin, (size_t)(end - begin)};
}

/* Exactly as many as the header has. */
static bool parser_split(const struct parser *parser, const struct field *line,
                         struct field fields[FIELDS_MAX]) {
  const char *begin = line->text, *end = line->text + line->length;
  for (size_t i = 0; i < parser->columns; i++) {
    const char *comma = memchr(begin, ',', (size_t)(end - begin));
    const bool last = i + 1 == parser->columns;
    if (last && comma != NULL)
      return parser_complain(parser, comma, "a line has %zu fields", parser->columns);
    if (!last && comma == NULL)
      return parser_complain(parser, end, "the line ends; it takes %s",
                             parser->columns == FIELDS_MAX ? HEADER_WITH_PARENT : HEADER);
    fields[i] = field_trim(begin, last ? end : comma);
    begin = last ? end : comma + 1;
  }
  return true;
}

static bool field_is(const struct field *field, const char *text) {
  return field->length == strlen(text) && memcmp(field->text, text, field->length) == 0;
}

/* Names */

static bool name_is_plain(const struct field *name) {
  for (size_t i = 0; i < name->length; i++)
    if ((unsigned char)name->text[i] < 0x20 || name->text[i] == 0x7f || name->text[i] == '"')
      return false;
  json_t *text = json_stringn(name->text, name->length); /* NULL: no UTF-8 */
  json_decref(text);
  return text != NULL;
}

static bool parser_add_name(struct parser *parser, const struct field *name) {
  struct links *links = parser->links;
  if (name->length == 0 || name->length > LINKS_NAME_MAX || !name_is_plain(name))
    return parser_complain(parser, name->text,
                           "no name of a node; it takes 1 to %d octets of UTF-8 without commas, "
                           "quotes and control characters",
                           LINKS_NAME_MAX);
  if (links->node_count == parser->nodes_most)
    return parser_complain(parser, name->text, "one node too many; it takes at most %zu",
                           parser->nodes_most);
  char *copy = memory_get(name->length + 1, 1);
  memcpy(copy, name->text, name->length);
  name_index_add(parser->nodes, (const uint8_t *)copy, name->length, links->node_count);
  links->names = memory_grow(links->names, links->node_count, sizeof *links->names);
  links->names[links->node_count++] = copy;
  return true;
}

/* The node of this name, which may be new. */
static bool parser_read_node(struct parser *parser, const struct field *name, uint32_t *node) {
  size_t known = parser->links->node_count;
  if (!name_index_find(parser->nodes, (const uint8_t *)name->text, name->length, &known) &&
      !parser_add_name(parser, name))
    return false;
  *node = (uint32_t)known;
  return true;
}

/* Rows */

static bool parser_read_ratio(const struct parser *parser, const struct field *field,
                              double *ratio) {
  char number[NUMBER_MAX + 1] = "", *end = number;
  if (field->length > 0 && field->length <= NUMBER_MAX) {
    memcpy(number, field->text, field->length);
    if (number[strspn(number, "0123456789.eE+-")] == '\0' && number[0] >= '0' && number[0] <= '9')
      *ratio = strtod(number, &end);
  }
  if (end == number || end != number + field->length || !(*ratio >= 0 && *ratio <= 1))
    return parser_complain(parser, field->text, "no ratio; it takes a number from 0 to 1");
  return true;
}

static bool parser_read_parent(const struct parser *parser, const struct field *field,
                               bool *parent) {
  *parent = field_is(field, "1");
  if (!*parent && !field_is(field, "0") && field->length > 0)
    return parser_complain(parser, field->text, "parent takes 1, 0 or nothing");
  return true;
}

static bool parser_add_row(struct parser *parser, const struct field *line) {
  struct links *links = parser->links;
  struct field fields[FIELDS_MAX];
  struct links_row row = {.line = parser->line};
  if (!parser_split(parser, line, fields) || !parser_read_node(parser, &fields[0], &row.from) ||
      !parser_read_node(parser, &fields[1], &row.to) ||
      !parser_read_ratio(parser, &fields[2], &row.ratio) ||
      (links->gives_parents && !parser_read_parent(parser, &fields[3], &row.parent)))
    return false;
  if (row.from == row.to)
    return parser_complain(parser, fields[1].text, "a link from \"%s\" to itself",
                           links->names[row.to]);
  links->rows = memory_grow(links->rows, links->row_count, sizeof *links->rows);
  links->rows[links->row_count++] = row;
  return true;
}

static bool parser_read_header(struct parser *parser, const struct field *line) {
  parser->links->gives_parents = field_is(line, HEADER_WITH_PARENT);
  parser->columns = parser->links->gives_parents ? FIELDS_MAX : FIELDS_MAX - 1;
  return parser->links->gives_parents || field_is(line, HEADER) ||
         parser_complain(parser, line->text,
                         "the first line is not \"" HEADER "\" or \"" HEADER_WITH_PARENT "\"");
}

static bool parser_read_line(struct parser *parser, const struct field *line) {
  if (line->length > 0 && line->text[0] == '#')
    return true;
  return parser->columns == 0 ? parser_read_header(parser, line) : parser_add_row(parser, line);
}

bool links_parse(struct links *links, const char *path, const char *text, size_t length,
                 char error[SPEC_ERROR_MAX]) {
  struct parser parser = {.links = links,
                          .path = path,
                          .at = text,
                          .end = text + length,
                          .line_begin = text,
                          .nodes_most = (size_t)spec_field_find("peers", strlen("peers"))->most + 1,
                          .error = error};
  parser.nodes = name_index_create(parser.nodes_most);
  struct field line;
  bool good = true;
  while (good && parser_next_line(&parser, &line))
    good = parser_read_line(&parser, &line);
  name_index_destroy(parser.nodes);
  if (!good || links->row_count > 0)
    return good;
  snprintf(error, SPEC_ERROR_MAX, "links: %s: has no link; it takes lines of " HEADER, path);
  return false;
}
