/* Reads and checks a YAML document, by libyaml. */
#define _GNU_SOURCE
#include "config_document.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
  FILE_MAX = 1 << 20, /* octets */
  DEPTH_MAX = 8,      /* of sections and lists */
  PAIRS_MAX = 1000,   /* of a mapping */
  KEY_SHOWN_MAX = 32, /* octets */
};

/* Complaints */

static int config_complain_at(const struct config_document *document, const yaml_mark_t *mark,
                              const char *what) {
  complaint_set(document->complaint, "%s:%zu:%zu: %s", document->path, mark->line + 1,
                mark->column + 1, what);
  document->complaint->of_file = true;
  return -1;
}

int config_complain(const struct config_document *document, const yaml_node_t *node,
                    const char *format, ...) {
  char *what = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&what, format, arguments) < 0)
    abort();
  va_end(arguments);
  config_complain_at(document, &node->start_mark, what);
  free(what);
  return -1;
}

const char *config_shown_key(const yaml_node_t *key) {
  const char *text = (const char *)key->data.scalar.value;
  const size_t length = key->data.scalar.length;
  return length <= KEY_SHOWN_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz_") == length ? text
                                                                                          : "***";
}

const char *config_scalar(const yaml_node_t *node) {
  return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* What is wrong in any part of the file, also in those that are not this role's */

static int check_key(struct config_document *document, const yaml_node_t *mapping,
                     const yaml_node_pair_t *pair) {
  const yaml_node_t *key = yaml_document_get_node(&document->tree, pair->key);
  const yaml_node_pair_t *before = mapping->data.mapping.pairs.start;
  if (config_scalar(key) == NULL)
    return config_complain(document, key, "a key has to be one word");
  if (pair - before >= PAIRS_MAX)
    return config_complain(document, key, "these are more keys than there are settings");
  for (; before < pair; before++)
    if (strcmp(config_scalar(key),
               config_scalar(yaml_document_get_node(&document->tree, before->key))) == 0)
      return config_complain(document, key, "\"%s\" is here twice", config_shown_key(key));
  return 0;
}

/* A scalar is a text whatever it looks like; other types would be read otherwise than they mean. */
static int check_tag(const struct config_document *document, const yaml_node_t *node) {
  static const char *const tags[] = {[YAML_SCALAR_NODE] = YAML_STR_TAG,
                                     [YAML_SEQUENCE_NODE] = YAML_SEQ_TAG,
                                     [YAML_MAPPING_NODE] = YAML_MAP_TAG};
  return node->tag == NULL || strcmp((const char *)node->tag, tags[node->type]) == 0
             ? 0
             : config_complain(document, node, "types (tags) are not understood here");
}

static int check_node(struct config_document *document, const yaml_node_t *node) {
  if (check_tag(document, node) < 0)
    return -1;
  if (node->type == YAML_SCALAR_NODE &&
      memchr(node->data.scalar.value, '\0', node->data.scalar.length) != NULL)
    return config_complain(document, node, "a text with a zero octet is not accepted");
  if (node->type != YAML_MAPPING_NODE)
    return 0;
  const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
  for (; pair < node->data.mapping.pairs.top; pair++)
    if (check_key(document, node, pair) < 0)
      return -1;
  return 0;
}

/* Each node once, however often aliases name it. */
static int config_check(struct config_document *document) {
  const yaml_node_t *node;
  for (int i = 1; (node = yaml_document_get_node(&document->tree, i)) != NULL; i++)
    if (check_node(document, node) < 0)
      return -1;
  return 0;
}

/* The file */

/* Where an octet is: lines and columns of characters, as libyaml counts them. */
static yaml_mark_t mark_of(const char *text, size_t offset) {
  yaml_mark_t mark = {.index = offset};
  for (size_t i = 0; i < offset; i++) {
    const bool ends = text[i] == '\n' || (text[i] == '\r' && text[i + 1] != '\n');
    mark.line += ends;
    mark.column = ends ? 0 : mark.column + ((text[i] & 0xc0) != 0x80);
  }
  return mark;
}

static int config_complain_syntax(const struct config_document *document,
                                  const yaml_parser_t *parser) {
  const bool of_octet = parser->error == YAML_READER_ERROR;
  const yaml_mark_t mark =
      of_octet ? mark_of(document->text, parser->problem_offset) : parser->problem_mark;
  return config_complain_at(document, &mark,
                            parser->problem == NULL ? "this is not YAML" : parser->problem);
}

static int config_load(struct config_document *document, yaml_parser_t *parser) {
  if (!yaml_parser_load(parser, &document->tree))
    return config_complain_syntax(document, parser);
  document->loaded = true;
  return config_check(document);
}

/* What of a file's events is counted. */
struct config_count {
  size_t documents;
  size_t depth;
};

static int count_event(const struct config_document *document, struct config_count *count,
                       const yaml_event_t *event) {
  count->documents += event->type == YAML_DOCUMENT_START_EVENT;
  if (count->documents > 1)
    return config_complain_at(document, &event->start_mark, "a second document is not accepted");
  count->depth +=
      event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
  count->depth -= event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
  if (count->depth > DEPTH_MAX)
    return config_complain_at(document, &event->start_mark, "this is nested too deeply");
  return 0;
}

/* What would be accepted, or take long, if the file was loaded at once: it is one document, and of
 * no more levels than settings have. */
static int config_scan(struct config_document *document, yaml_parser_t *parser) {
  struct config_count count = {0};
  int result = 0;
  bool ended = false;
  while (result == 0 && !ended) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event))
      return config_complain_syntax(document, parser);
    result = count_event(document, &count, &event);
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  return result;
}

static int config_refuse(const struct config_document *document, const char *why) {
  complaint_set(document->complaint, "%s: %s", document->path, why);
  document->complaint->of_file = true;
  return -1;
}

static int config_read_text(struct config_document *document) {
  FILE *file = fopen(document->path, "re");
  if (file == NULL)
    return config_refuse(document, strerror(errno));
  document->length = fread(document->text, 1, FILE_MAX + 1, file);
  const int error = ferror(file) != 0 ? errno : 0;
  fclose(file);
  if (error != 0)
    return config_refuse(document, strerror(error));
  return document->length > FILE_MAX ? config_refuse(document, "it is longer than a megabyte") : 0;
}

typedef int read_step(struct config_document *document, yaml_parser_t *parser);

/* From the text's beginning. */
static int config_parse(struct config_document *document, read_step *step) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    abort();
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)document->text, document->length);
  const int result = step(document, &parser);
  yaml_parser_delete(&parser);
  return result;
}

int config_document_read(struct config_document *document, const char *path,
                         struct complaint *complaint) {
  *document = (struct config_document){.path = path, .complaint = complaint};
  document->text = calloc(1, FILE_MAX + 1);
  if (document->text == NULL)
    abort();
  if (config_read_text(document) < 0 || config_parse(document, config_scan) < 0)
    return -1;
  return config_parse(document, config_load);
}

void config_document_free(struct config_document *document) {
  if (document->loaded)
    yaml_document_delete(&document->tree);
  explicit_bzero(document->text, document->length);
  free(document->text);
}
