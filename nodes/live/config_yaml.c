/* Reads settings from libyaml's document tree. */
#define _GNU_SOURCE
#include "config_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

enum {
  FILE_MAX = 1 << 20, /* octets */
  DEPTH_MAX = 8,
  PAIRS_MAX = 1000,   /* of a mapping */
  KEY_SHOWN_MAX = 32, /* octets */
};

struct config_reader {
  const char *path;
  char *text; /* of the file */
  size_t length;
  struct settings *settings;
  struct complaint *complaint;
  yaml_document_t document;
};

/* Complaints */

static int config_complain_at(const struct config_reader *reader, const yaml_mark_t *mark,
                              const char *what) {
  complaint_set(reader->complaint, "%s:%zu:%zu: %s", reader->path, mark->line + 1, mark->column + 1,
                what);
  reader->complaint->of_file = true;
  return -1;
}

__attribute__((format(printf, 3, 4))) static int config_complain(const struct config_reader *reader,
                                                                 const yaml_node_t *node,
                                                                 const char *format, ...) {
  char *what = NULL;
  va_list arguments;
  va_start(arguments, format);
  if (vasprintf(&what, format, arguments) < 0)
    abort();
  va_end(arguments);
  config_complain_at(reader, &node->start_mark, what);
  free(what);
  return -1;
}

/* A key that is to be shown; what cannot be the name of a setting may be a secret. */
static const char *shown_key(const yaml_node_t *key) {
  const char *text = (const char *)key->data.scalar.value;
  const size_t length = key->data.scalar.length;
  return length <= KEY_SHOWN_MAX && strspn(text, "abcdefghijklmnopqrstuvwxyz_") == length ? text
                                                                                          : "***";
}

static int config_complain_unknown(const struct config_reader *reader, const yaml_node_t *key,
                                   const char *accepted) {
  return config_complain(reader, key, "unknown key \"%s\"; accepted: %s", shown_key(key), accepted);
}

/* The tree */

static const char *scalar(const yaml_node_t *node) {
  return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* What a mapping's pairs or a sequence's items are given to. */
typedef int visit_pair(struct config_reader *reader, const yaml_node_t *key,
                       const yaml_node_t *value, void *context);
typedef int visit_item(struct config_reader *reader, const yaml_node_t *item);

static int each_pair(struct config_reader *reader, const yaml_node_t *mapping, visit_pair *visit,
                     void *context) {
  if (mapping->type != YAML_MAPPING_NODE)
    return config_complain(reader, mapping, "a mapping (key: value) is expected here");
  const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
  for (; pair < mapping->data.mapping.pairs.top; pair++) {
    const yaml_node_t *key = yaml_document_get_node(&reader->document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&reader->document, pair->value);
    if (visit(reader, key, value, context) < 0)
      return -1;
  }
  return 0;
}

static int each_item(struct config_reader *reader, const yaml_node_t *sequence, visit_item *visit) {
  if (sequence->type != YAML_SEQUENCE_NODE)
    return config_complain(reader, sequence, "a list (- item) is expected here");
  const yaml_node_item_t *item = sequence->data.sequence.items.start;
  for (; item < sequence->data.sequence.items.top; item++)
    if (visit(reader, yaml_document_get_node(&reader->document, *item)) < 0)
      return -1;
  return 0;
}

/* What is wrong in any part of the file, also in those that are not this role's */

static int check_key(struct config_reader *reader, const yaml_node_t *mapping,
                     const yaml_node_pair_t *pair) {
  const yaml_node_t *key = yaml_document_get_node(&reader->document, pair->key);
  const yaml_node_pair_t *before = mapping->data.mapping.pairs.start;
  if (scalar(key) == NULL)
    return config_complain(reader, key, "a key has to be one word");
  if (pair - before >= PAIRS_MAX)
    return config_complain(reader, key, "these are more keys than there are settings");
  for (; before < pair; before++)
    if (strcmp(scalar(key), scalar(yaml_document_get_node(&reader->document, before->key))) == 0)
      return config_complain(reader, key, "\"%s\" is here twice", shown_key(key));
  return 0;
}

/* A scalar is a text whatever it looks like; other types would be read otherwise than they mean. */
static int check_tag(const struct config_reader *reader, const yaml_node_t *node) {
  static const char *const tags[] = {[YAML_SCALAR_NODE] = YAML_STR_TAG,
                                     [YAML_SEQUENCE_NODE] = YAML_SEQ_TAG,
                                     [YAML_MAPPING_NODE] = YAML_MAP_TAG};
  return node->tag == NULL || strcmp((const char *)node->tag, tags[node->type]) == 0
             ? 0
             : config_complain(reader, node, "types (tags) are not understood here");
}

static int check_node(struct config_reader *reader, const yaml_node_t *node) {
  if (check_tag(reader, node) < 0)
    return -1;
  if (node->type == YAML_SCALAR_NODE &&
      memchr(node->data.scalar.value, '\0', node->data.scalar.length) != NULL)
    return config_complain(reader, node, "a text with a zero octet is not accepted");
  if (node->type != YAML_MAPPING_NODE)
    return 0;
  const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
  for (; pair < node->data.mapping.pairs.top; pair++)
    if (check_key(reader, node, pair) < 0)
      return -1;
  return 0;
}

/* Each node once, however often aliases name it. */
static int config_check(struct config_reader *reader) {
  const yaml_node_t *node;
  for (int i = 1; (node = yaml_document_get_node(&reader->document, i)) != NULL; i++)
    if (check_node(reader, node) < 0)
      return -1;
  return 0;
}

/* Settings */

/* Where in the file a setting is looked for. */
struct config_place {
  enum settings_role role;
  bool lower_layer;
  struct settings_user *user; /* of the list of users: only what belongs to a user */
};

/* What is of peers alone stands in the lower layer's section for all who read it. */
static bool is_here(const struct setting *setting, const struct config_place *place) {
  const bool is_option = setting->option != NULL;
  if (place->lower_layer)
    return is_option;
  return (setting->roles & 1u << place->role) != 0 && (!is_option || setting->option->peer_only) &&
         (place->user == NULL || setting->of_user);
}

static int config_complain_unknown_setting(const struct config_reader *reader,
                                           const yaml_node_t *key,
                                           const struct config_place *place) {
  char *accepted = NULL;
  size_t length;
  FILE *list = open_memstream(&accepted, &length);
  const char *comma = "";
  size_t count;
  const struct setting *table = settings_table(&count);
  for (size_t i = 0; list != NULL && i < count; i++)
    if (is_here(&table[i], place)) {
      fprintf(list, "%s%s", comma, table[i].name);
      comma = ", ";
    }
  if (list == NULL || fclose(list) != 0)
    abort();
  config_complain_unknown(reader, key, accepted);
  free(accepted);
  return -1;
}

/* The words of a list with commas between them; NULL: there is something else in it. To be freed.
 */
static char *joined(struct config_reader *reader, const yaml_node_t *sequence) {
  char *text = NULL;
  size_t length;
  bool words = true;
  FILE *out = open_memstream(&text, &length);
  const yaml_node_item_t *first = sequence->data.sequence.items.start;
  for (const yaml_node_item_t *item = first;
       out != NULL && item < sequence->data.sequence.items.top; item++) {
    const char *word = scalar(yaml_document_get_node(&reader->document, *item));
    words = words && word != NULL;
    fprintf(out, "%s%s", item == first ? "" : ",", word == NULL ? "" : word);
  }
  if (out == NULL || fclose(out) != 0)
    abort();
  if (words)
    return text;
  free(text);
  return NULL;
}

/* YAML's null: no value. */
static bool is_null(const yaml_node_t *node) {
  static const char *const texts[] = {"", "~", "null", "Null", "NULL"};
  const char *text = scalar(node);
  for (size_t i = 0; text != NULL && i < sizeof texts / sizeof texts[0]; i++)
    if (node->data.scalar.style == YAML_PLAIN_SCALAR_STYLE && strcmp(text, texts[i]) == 0)
      return true;
  return false;
}

static int config_assign_text(struct config_reader *reader, const yaml_node_t *value,
                              const struct setting *setting, struct settings_user *user,
                              const char *text) {
  char accepted[SETTINGS_ACCEPTED_MAX];
  if (text == NULL || is_null(value))
    return config_complain(reader, value, "%s takes %s", setting->name,
                           settings_accepted(setting, accepted));
  const char *wrong = settings_assign(reader->settings, user, setting, text);
  if (wrong == NULL)
    return 0;
  const bool hidden = settings_is_secret(setting);
  return config_complain(reader, value, "%s: \"%s\" is not accepted (%s); it takes %s",
                         setting->name, hidden ? "***" : text, wrong,
                         settings_accepted(setting, accepted));
}

static int config_assign(struct config_reader *reader, const yaml_node_t *value,
                         const struct setting *setting, struct settings_user *user) {
  if (value->type != YAML_SEQUENCE_NODE || !settings_is_list(setting))
    return config_assign_text(reader, value, setting, user, scalar(value));
  char *text = joined(reader, value);
  const int result = config_assign_text(reader, value, setting, user, text);
  free(text);
  return result;
}

static int visit_setting(struct config_reader *reader, const yaml_node_t *key,
                         const yaml_node_t *value, void *context) {
  const struct config_place *place = context;
  size_t count;
  const struct setting *table = settings_table(&count);
  for (size_t i = 0; i < count; i++)
    if (is_here(&table[i], place) && strcmp(table[i].name, scalar(key)) == 0)
      return config_assign(reader, value, &table[i], place->user);
  return config_complain_unknown_setting(reader, key, place);
}

/* Sections */

static int visit_user(struct config_reader *reader, const yaml_node_t *item) {
  struct config_place place = {.role = reader->settings->role,
                               .user = settings_add_user(reader->settings)};
  if (each_pair(reader, item, visit_setting, &place) < 0)
    return -1;
  const struct settings *settings = reader->settings;
  for (size_t i = 0; place.user->identity != NULL && i + 1 < settings->user_count; i++)
    if (settings->users[i].identity != NULL &&
        strcmp(settings->users[i].identity, place.user->identity) == 0)
      return config_complain(reader, item, "the identity \"%s\" is another user's, too",
                             place.user->identity);
  return 0;
}

static int visit_client_key(struct config_reader *reader, const yaml_node_t *key,
                            const yaml_node_t *value, void *context) {
  struct settings_client *client = context;
  const char *text = scalar(value);
  if (text == NULL || is_null(value))
    return config_complain(reader, value, "%s takes one word", shown_key(key));
  if (strcmp(scalar(key), "address") == 0) {
    const char *wrong = udp_address_parse(text, 0, &client->address);
    return wrong == NULL ? 0 : config_complain(reader, value, "address: \"%s\": %s", text, wrong);
  }
  if (strcmp(scalar(key), "secret") != 0)
    return config_complain_unknown(reader, key, "address, secret");
  client->secret = strdup(text);
  if (client->secret == NULL)
    abort();
  return 0;
}

static int visit_client(struct config_reader *reader, const yaml_node_t *item) {
  struct settings_client *client = settings_add_client(reader->settings);
  if (each_pair(reader, item, visit_client_key, client) < 0)
    return -1;
  if (!settings_has(&client->address) || client->secret == NULL || client->secret[0] == '\0')
    return config_complain(reader, item, "a RADIUS client needs address and secret");
  const struct settings *settings = reader->settings;
  for (size_t i = 0; i + 1 < settings->client_count; i++)
    if (memcmp(settings->clients[i].address.address.ip, client->address.address.ip,
               sizeof client->address.address.ip) == 0)
      return config_complain(reader, item, "the address is another RADIUS client's, too");
  return 0;
}

static int visit_section(struct config_reader *reader, const yaml_node_t *key,
                         const yaml_node_t *value, void *context) {
  const enum settings_role role = reader->settings->role;
  const char *name = scalar(key);
  struct config_place place = {.role = role};
  (void)context;
  if (strcmp(name, SETTINGS_LOWER_LAYER) == 0) {
    place.lower_layer = true;
    return role == SETTINGS_AAA ? 0 : each_pair(reader, value, visit_setting, &place);
  }
  if (strcmp(name, "users") == 0)
    return role == SETTINGS_PEER ? 0 : each_item(reader, value, visit_user);
  if (strcmp(name, "radius_clients") == 0)
    return role == SETTINGS_AAA ? each_item(reader, value, visit_client) : 0;
  for (size_t i = 0; i < SETTINGS_ROLES; i++)
    if (strcmp(name, SETTINGS_ROLE_NAMES[i]) == 0)
      return i == role ? each_pair(reader, value, visit_setting, &place) : 0;
  return config_complain_unknown(reader, key,
                                 "lower_layer, peer, authenticator, aaa, users, radius_clients");
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

static int config_complain_syntax(const struct config_reader *reader, const yaml_parser_t *parser) {
  const bool of_octet = parser->error == YAML_READER_ERROR;
  const yaml_mark_t mark =
      of_octet ? mark_of(reader->text, parser->problem_offset) : parser->problem_mark;
  return config_complain_at(reader, &mark,
                            parser->problem == NULL ? "this is not YAML" : parser->problem);
}

static int config_load(struct config_reader *reader, yaml_parser_t *parser) {
  if (!yaml_parser_load(parser, &reader->document))
    return config_complain_syntax(reader, parser);
  const yaml_node_t *root = yaml_document_get_root_node(&reader->document);
  int result = 0;
  if (root != NULL &&
      (config_check(reader) < 0 || each_pair(reader, root, visit_section, NULL) < 0))
    result = -1;
  yaml_document_delete(&reader->document);
  return result;
}

/* What of a file's events is counted. */
struct config_count {
  size_t documents;
  size_t depth;
};

static int count_event(const struct config_reader *reader, struct config_count *count,
                       const yaml_event_t *event) {
  count->documents += event->type == YAML_DOCUMENT_START_EVENT;
  if (count->documents > 1)
    return config_complain_at(reader, &event->start_mark, "a second document is not accepted");
  count->depth +=
      event->type == YAML_SEQUENCE_START_EVENT || event->type == YAML_MAPPING_START_EVENT;
  count->depth -= event->type == YAML_SEQUENCE_END_EVENT || event->type == YAML_MAPPING_END_EVENT;
  if (count->depth > DEPTH_MAX)
    return config_complain_at(reader, &event->start_mark, "this is nested too deeply");
  return 0;
}

/* What would be accepted, or take long, if the file was loaded at once: it is one document, and of
 * no more levels than settings have. */
static int config_scan(struct config_reader *reader, yaml_parser_t *parser) {
  struct config_count count = {0};
  int result = 0;
  bool ended = false;
  while (result == 0 && !ended) {
    yaml_event_t event;
    if (!yaml_parser_parse(parser, &event))
      return config_complain_syntax(reader, parser);
    result = count_event(reader, &count, &event);
    ended = event.type == YAML_STREAM_END_EVENT;
    yaml_event_delete(&event);
  }
  return result;
}

static int config_refuse(const struct config_reader *reader, const char *why) {
  complaint_set(reader->complaint, "%s: %s", reader->path, why);
  reader->complaint->of_file = true;
  return -1;
}

static int config_read_text(struct config_reader *reader) {
  FILE *file = fopen(reader->path, "re");
  if (file == NULL)
    return config_refuse(reader, strerror(errno));
  reader->length = fread(reader->text, 1, FILE_MAX + 1, file);
  const int error = ferror(file) != 0 ? errno : 0;
  fclose(file);
  if (error != 0)
    return config_refuse(reader, strerror(error));
  return reader->length > FILE_MAX ? config_refuse(reader, "it is longer than a megabyte") : 0;
}

typedef int read_step(struct config_reader *reader, yaml_parser_t *parser);

/* From the text's beginning. */
static int config_parse(struct config_reader *reader, read_step *step) {
  yaml_parser_t parser;
  if (!yaml_parser_initialize(&parser))
    abort();
  yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
  yaml_parser_set_input_string(&parser, (const unsigned char *)reader->text, reader->length);
  const int result = step(reader, &parser);
  yaml_parser_delete(&parser);
  return result;
}

static int config_read(struct config_reader *reader) {
  if (config_read_text(reader) < 0 || config_parse(reader, config_scan) < 0)
    return -1;
  return config_parse(reader, config_load);
}

int config_yaml_read(struct settings *settings, const char *path, struct complaint *complaint) {
  struct config_reader reader = {.path = path, .settings = settings, .complaint = complaint};
  reader.text = calloc(1, FILE_MAX + 1);
  if (reader.text == NULL)
    abort();
  const int result = config_read(&reader);
  explicit_bzero(reader.text, reader.length);
  free(reader.text);
  return result;
}
