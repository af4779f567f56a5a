/* libyaml's document tree, and complaints that show the place in it. */
#include "yaml_file.h"
#include "memory.h"
#include "value.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_BEFORE = 60, SHOWN_BEHIND = 60, MESSAGE_BEGIN = 300, MESSAGE_END = 200 };

/* `count` characters further on, or the end of the line. */
static const char *characters_skip(const char *text, size_t count) {
  for (; count > 0 && *text != '\0' && *text != '\n' && *text != '\r'; count--)
    do
      text++;
    while (((unsigned char)*text & 0xc0) == 0x80);
  return text;
}

/* Appends what stands around `column` in the line `line`, and `width` carets under it (all from 0,
 * in characters). */
static void show_place(const char *text, size_t line, size_t column, size_t width,
                       struct text *error) {
  for (size_t i = 0; i < line; i++) {
    text = strchr(text, '\n');
    if (text == NULL)
      return;
    text++;
  }
  const size_t left = column > SHOWN_BEFORE ? column - SHOWN_BEFORE : 0;
  const char *begin = characters_skip(text, left), *place = characters_skip(begin, column - left);
  const char *end = characters_skip(place, SHOWN_BEHIND);
  const bool goes_on = characters_skip(end, 1) != end;
  text_add(error, "%5zu | %s%.*s%s\n      | %s", line + 1, left > 0 ? "…" : "", (int)(end - begin),
           begin, goes_on ? "…" : "", left > 0 ? " " : "");
  for (; begin < place; begin = characters_skip(begin, 1))
    text_add(error, "%c", *begin == '\t' ? '\t' : ' ');
  text_add(error, "^");
  for (size_t i = 1; i < width && i < SHOWN_BEHIND; i++)
    text_add(error, "~");
  text_add(error, "\n");
}

/* Adds a sentence, of a long one its ends. */
static void add_shortened(struct text *error, const char *words, size_t length) {
  if (length <= MESSAGE_BEGIN + MESSAGE_END) {
    text_add_bytes(error, words, length);
    return;
  }
  size_t begin = MESSAGE_BEGIN, end = length - MESSAGE_END;
  while (begin > 0 && ((unsigned char)words[begin] & 0xc0) == 0x80)
    begin--;
  while (end < length && ((unsigned char)words[end] & 0xc0) == 0x80)
    end++;
  text_add_bytes(error, words, begin);
  text_add(error, " … ");
  text_add_bytes(error, words + end, length - end);
}

/* Complains of `what`, which it frees. */
static void complain_at(const struct yaml_file *file, const yaml_node_t *node,
                        enum complaint_kind kind, char *what, struct complaints *error) {
  const yaml_mark_t *start = &node->start_mark, *end = &node->end_mark;
  const struct complaint_place place = {file->rank, start->line, start->column};
  size_t width = 1;
  if (node->type == YAML_SCALAR_NODE && end->line == start->line && end->column > start->column)
    width = end->column - start->column;
  const char *newline = strchr(what, '\n');
  struct text words = {0};
  text_add(&words, "%s%s:%zu:%zu: ", kind == COMPLAINT_WARNING ? "warning: " : "", file->path,
           start->line + 1, start->column + 1);
  add_shortened(&words, what, newline == NULL ? strlen(what) : (size_t)(newline - what));
  text_add(&words, "\n");
  show_place(file->text, start->line, start->column, width, &words);
  char *below = newline == NULL ? NULL : text_format("        %s\n", newline + 1);
  complaints_add(error, &(struct complaint){kind, place, node, words.data, below});
  free(what);
}

static char *format_what(const char *format, va_list arguments) {
  char *what;
  return vasprintf(&what, format, arguments) < 0 ? memory_string("") : what;
}

int yaml_complain(const struct yaml_file *file, const yaml_node_t *node, struct complaints *error,
                  const char *format, ...) {
  if (complaints_count_only(error, COMPLAINT_ERROR))
    return -1;
  va_list arguments;
  va_start(arguments, format);
  complain_at(file, node, COMPLAINT_ERROR, format_what(format, arguments), error);
  va_end(arguments);
  return -1;
}

void yaml_warn(const struct yaml_file *file, const yaml_node_t *node, struct complaints *error,
               const char *format, ...) {
  if (complaints_count_only(error, COMPLAINT_WARNING))
    return;
  va_list arguments;
  va_start(arguments, format);
  complain_at(file, node, COMPLAINT_WARNING, format_what(format, arguments), error);
  va_end(arguments);
}

/* Whether something is wrong with a key of the mapping. */
static bool has_bad_key(struct yaml_file *file, const yaml_node_t *mapping,
                        const struct complaints *error) {
  yaml_node_t *key, *value;
  for (size_t i = 0; yaml_pair(file, mapping, i, &key, &value); i++)
    if (complaints_has(error, key))
      return true;
  return false;
}

int yaml_complain_missing(struct yaml_file *file, const yaml_node_t *item, struct complaints *error,
                          const char *format, ...) {
  if (complaints_count_only(error, COMPLAINT_ERROR))
    return -1;
  va_list arguments;
  va_start(arguments, format);
  if (!has_bad_key(file, item, error))
    complain_at(file, item, COMPLAINT_ERROR, format_what(format, arguments), error);
  va_end(arguments);
  return -1;
}

/* libyaml knows only the octet where it cannot read what it is given. */
static yaml_mark_t mark_of_octet(const char *text, size_t octet) {
  yaml_mark_t mark = {0};
  for (size_t i = 0; i < octet; i++) {
    const bool ends = text[i] == '\n';
    mark.line += ends;
    mark.column = ends ? 0 : mark.column + (((unsigned char)text[i] & 0xc0) != 0x80);
  }
  return mark;
}

/* Complains of the file as a whole, at its begin. */
static int complain_file(const struct yaml_file *file, char *words, struct complaints *error) {
  const struct complaint complaint = {.place = {file->rank, 0, 0}, .words = words};
  complaints_add(error, &complaint);
  return -1;
}

static int complain_syntax(const struct yaml_file *file, const yaml_parser_t *parser,
                           struct complaints *error) {
  const yaml_mark_t octet =
      mark_of_octet(file->text, parser->error == YAML_READER_ERROR ? parser->problem_offset : 0);
  const yaml_mark_t *mark = parser->error == YAML_READER_ERROR ? &octet : &parser->problem_mark;
  struct text words = {0};
  text_add(&words, "%s:%zu:%zu: %s%s%s\n", file->path, mark->line + 1, mark->column + 1,
           parser->problem == NULL ? "not YAML" : parser->problem,
           parser->context == NULL ? "" : " ", parser->context == NULL ? "" : parser->context);
  show_place(file->text, mark->line, mark->column, 1, &words);
  return complain_file(file, words.data, error);
}

/* Complains of keys that are here twice. -1 if one is no key. */
static int check_keys_once(struct yaml_file *file, const yaml_node_t *mapping,
                           struct complaints *error) {
  json_t *seen = json_object();
  yaml_node_t *key, *value;
  int status = 0;
  for (size_t i = 0; yaml_pair(file, mapping, i, &key, &value); i++) {
    const char *name = yaml_scalar(key);
    if (name == NULL)
      status |= yaml_complain(file, key, error, "a key has to be one word");
    else if (json_object_get(seen, name) != NULL)
      yaml_complain(file, key, error, "`%s` is here twice", name);
    else
      json_object_set_new_nocheck(seen, name, json_true());
  }
  json_decref(seen);
  return status;
}

/* Every node of the document: texts without zero bytes, and mappings whose keys are scalars. */
static int check_nodes(struct yaml_file *file, struct complaints *error) {
  yaml_node_t *node = file->document.nodes.start;
  int status = 0;
  for (; node < file->document.nodes.top; node++) {
    if (node->type == YAML_SCALAR_NODE && strlen(yaml_scalar(node)) != node->data.scalar.length)
      status |= yaml_complain(file, node, error, "a text with a zero byte");
    if (node->type == YAML_MAPPING_NODE)
      status |= check_keys_once(file, node, error);
  }
  return status;
}

static int yaml_load(struct yaml_file *file, size_t length, struct complaints *error) {
  yaml_parser_t parser;
  yaml_document_t second;
  if (!yaml_parser_initialize(&parser))
    abort();
  yaml_parser_set_input_string(&parser, (const unsigned char *)file->text, length);
  int status = 0;
  if (!yaml_parser_load(&parser, &file->document)) {
    status = complain_syntax(file, &parser, error);
    yaml_parser_delete(&parser);
    return status;
  }
  yaml_node_t *root = yaml_root(file);
  if (root == NULL || root->type != YAML_MAPPING_NODE) {
    status = complain_file(
        file, text_format("%s:1:1: a scenario is a mapping (key: value)\n", file->path), error);
  } else if (!yaml_parser_load(&parser, &second)) {
    status = complain_syntax(file, &parser, error);
  } else {
    yaml_node_t *other = yaml_document_get_root_node(&second);
    if (other != NULL)
      status = yaml_complain(file, other, error, "a second document; a file holds one scenario");
    yaml_document_delete(&second);
  }
  if (status == 0)
    status = check_nodes(file, error);
  if (status < 0)
    yaml_document_delete(&file->document);
  yaml_parser_delete(&parser);
  return status;
}

int yaml_file_init(struct yaml_file *file, const char *path, size_t rank,
                   struct complaints *error) {
  size_t length;
  struct text what = {0};
  *file = (struct yaml_file){.rank = rank, .text = text_input_read(path, &length, &what)};
  if (file->text == NULL)
    return complain_file(file, what.data, error);
  file->path = memory_string(path);
  if (yaml_load(file, length, error) == 0)
    return 0;
  free(file->path);
  free(file->text);
  *file = (struct yaml_file){0};
  return -1;
}

void yaml_file_deinit(struct yaml_file *file) {
  yaml_document_delete(&file->document);
  free(file->path);
  free(file->text);
  *file = (struct yaml_file){0};
}

yaml_node_t *yaml_root(struct yaml_file *file) {
  return yaml_document_get_root_node(&file->document);
}

bool yaml_pair(struct yaml_file *file, const yaml_node_t *mapping, size_t index, yaml_node_t **key,
               yaml_node_t **value) {
  if (mapping->type != YAML_MAPPING_NODE)
    return false;
  yaml_node_pair_t *pair = mapping->data.mapping.pairs.start + index;
  if (pair >= mapping->data.mapping.pairs.top)
    return false;
  *key = yaml_document_get_node(&file->document, pair->key);
  *value = yaml_document_get_node(&file->document, pair->value);
  return true;
}

static bool pair_find(struct yaml_file *file, const yaml_node_t *mapping, const char *name,
                      yaml_node_t **key, yaml_node_t **value) {
  for (size_t i = 0; yaml_pair(file, mapping, i, key, value); i++)
    if (yaml_scalar(*key) != NULL && strcmp(yaml_scalar(*key), name) == 0)
      return true;
  return false;
}

yaml_node_t *yaml_get(struct yaml_file *file, const yaml_node_t *mapping, const char *name) {
  yaml_node_t *key, *value;
  return pair_find(file, mapping, name, &key, &value) ? value : NULL;
}

yaml_node_t *yaml_get_key(struct yaml_file *file, const yaml_node_t *mapping, const char *name) {
  yaml_node_t *key, *value;
  return pair_find(file, mapping, name, &key, &value) ? key : NULL;
}

yaml_node_t *yaml_item(struct yaml_file *file, yaml_node_t *node, size_t index) {
  if (node->type != YAML_SEQUENCE_NODE)
    return index == 0 ? node : NULL;
  yaml_node_item_t *item = node->data.sequence.items.start + index;
  return item < node->data.sequence.items.top ? yaml_document_get_node(&file->document, *item)
                                              : NULL;
}

const char *yaml_scalar(const yaml_node_t *node) {
  return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static size_t characters_in(const char *text, size_t length) {
  size_t count = 0;
  for (size_t i = 0; i < length; i++)
    count += ((unsigned char)text[i] & 0xc0) != 0x80;
  return count;
}

yaml_node_t yaml_part(const yaml_node_t *node, size_t begin, size_t length, char *text) {
  yaml_node_t part = *node;
  const char *whole = yaml_scalar(node);
  const yaml_mark_t *start = &node->start_mark, *end = &node->end_mark;
  const size_t most = whole == NULL ? 0 : characters_in(whole, strlen(whole));
  const size_t quotes = end->column - start->column - most;
  part.data.scalar.value = (yaml_char_t *)text;
  part.data.scalar.length = strlen(text);
  if (whole == NULL || start->line != end->line || (quotes != 0 && quotes != 2))
    return part;
  part.start_mark.column += quotes / 2 + characters_in(whole, begin);
  part.end_mark.column = part.start_mark.column + characters_in(whole + begin, length);
  return part;
}

/* `behind` stands behind the word. */
static void complain_unknown(const struct yaml_file *file, const yaml_node_t *node,
                             const char *what, const char *const *names, size_t count,
                             const char *behind, struct complaints *error) {
  const char *text = yaml_scalar(node) == NULL ? "" : yaml_scalar(node);
  struct text list = {0};
  for (size_t i = 0; i < count; i++)
    text_add(&list, "%s%s", i == 0 ? "" : ", ", names[i]);
  yaml_complain(file, node, error, "unknown %s `%s`%s\naccepted: %s", what, text, behind,
                text_string(&list));
  text_deinit(&list);
}

int yaml_complain_unknown(const struct yaml_file *file, const yaml_node_t *node, const char *what,
                          const char *const *names, size_t count, struct complaints *error) {
  if (complaints_count_only(error, COMPLAINT_ERROR))
    return -1;
  const char *nearest =
      value_nearest(yaml_scalar(node) == NULL ? "" : yaml_scalar(node), names, count);
  char *question = nearest == NULL ? NULL : text_format("; did you mean `%s`?", nearest);
  complain_unknown(file, node, what, names, count, question == NULL ? "" : question, error);
  free(question);
  return -1;
}

int yaml_check_mapping(const struct yaml_file *file, const yaml_node_t *node,
                       struct complaints *error) {
  return node->type == YAML_MAPPING_NODE
             ? 0
             : yaml_complain(file, node, error, "a mapping (key: value) is expected here");
}

static bool is_one_of(const char *word, const char *const *names, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (strcmp(names[i], word) == 0)
      return true;
  return false;
}

static const struct yaml_hint *hint_find(const struct yaml_hint *hints, const char *key) {
  for (; hints != NULL && hints->key != NULL; hints++)
    if (strcmp(hints->key, key) == 0)
      return hints;
  return NULL;
}

int yaml_check_keys_hinted(struct yaml_file *file, yaml_node_t *mapping, const char *const *names,
                           size_t count, const struct yaml_hint *hints, struct complaints *error) {
  int status = yaml_check_mapping(file, mapping, error);
  yaml_node_t *key, *value;
  for (size_t i = 0; yaml_pair(file, mapping, i, &key, &value); i++) {
    if (is_one_of(yaml_scalar(key), names, count))
      continue;
    const struct yaml_hint *hint = hint_find(hints, yaml_scalar(key));
    char *behind = hint == NULL ? NULL : text_format(": %s", hint->words);
    if (behind == NULL)
      yaml_complain_unknown(file, key, "key", names, count, error);
    else if (!complaints_count_only(error, COMPLAINT_ERROR))
      complain_unknown(file, key, "key", names, count, behind, error);
    free(behind);
    status = -1;
  }
  return status;
}

int yaml_check_keys(struct yaml_file *file, yaml_node_t *mapping, const char *const *names,
                    size_t count, struct complaints *error) {
  return yaml_check_keys_hinted(file, mapping, names, count, NULL, error);
}
