/* Reads settings from libyaml's document tree. */
#define _GNU_SOURCE
#include "config_yaml.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

struct config_reader {
  const char *path;
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

static int config_complain_unknown(const struct config_reader *reader, const yaml_node_t *key,
                                   const char *accepted) {
  return config_complain(reader, key, "unknown key \"%s\"; accepted: %s",
                         (const char *)key->data.scalar.value, accepted);
}

/* The tree */

static const char *scalar(const yaml_node_t *node) {
  return node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

/* What a mapping's pairs or a sequence's items are given to. */
typedef int visit_pair(struct config_reader *reader, const yaml_node_t *key,
                       const yaml_node_t *value, void *context);
typedef int visit_item(struct config_reader *reader, const yaml_node_t *item);

static bool is_repeated(struct config_reader *reader, const yaml_node_t *mapping,
                        const yaml_node_pair_t *pair) {
  const char *name = scalar(yaml_document_get_node(&reader->document, pair->key));
  for (const yaml_node_pair_t *before = mapping->data.mapping.pairs.start; before < pair; before++)
    if (strcmp(name, scalar(yaml_document_get_node(&reader->document, before->key))) == 0)
      return true;
  return false;
}

static int each_pair(struct config_reader *reader, const yaml_node_t *mapping, visit_pair *visit,
                     void *context) {
  if (mapping->type != YAML_MAPPING_NODE)
    return config_complain(reader, mapping, "a mapping (key: value) is expected here");
  const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
  for (; pair < mapping->data.mapping.pairs.top; pair++) {
    const yaml_node_t *key = yaml_document_get_node(&reader->document, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&reader->document, pair->value);
    if (scalar(key) == NULL)
      return config_complain(reader, key, "a key has to be one word");
    if (is_repeated(reader, mapping, pair))
      return config_complain(reader, key, "\"%s\" is here twice", scalar(key));
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

static int config_assign_text(struct config_reader *reader, const yaml_node_t *value,
                              const struct setting *setting, struct settings_user *user,
                              const char *text) {
  char accepted[SETTINGS_ACCEPTED_MAX];
  if (text == NULL || (scalar(value) != NULL && strlen(text) != value->data.scalar.length))
    return config_complain(reader, value, "%s takes %s", setting->name,
                           settings_accepted(setting, accepted));
  const char *wrong = settings_assign(reader->settings, user, setting, text);
  if (wrong == NULL)
    return 0;
  const bool hidden = setting->kind == SETTINGS_PSK || setting->kind == SETTINGS_SECRET;
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
  return each_pair(reader, item, visit_setting, &place);
}

static int visit_client_key(struct config_reader *reader, const yaml_node_t *key,
                            const yaml_node_t *value, void *context) {
  struct settings_client *client = context;
  const char *text = scalar(value);
  if (text == NULL)
    return config_complain(reader, value, "%s takes one word", scalar(key));
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

static int config_load(struct config_reader *reader, yaml_parser_t *parser) {
  if (!yaml_parser_load(parser, &reader->document))
    return config_complain_at(reader, &parser->problem_mark,
                              parser->problem == NULL ? "this is not YAML" : parser->problem);
  const yaml_node_t *root = yaml_document_get_root_node(&reader->document);
  const int result = root == NULL ? 0 : each_pair(reader, root, visit_section, NULL);
  yaml_document_delete(&reader->document);
  return result;
}

int config_yaml_read(struct settings *settings, const char *path, struct complaint *complaint) {
  struct config_reader reader = {.path = path, .settings = settings, .complaint = complaint};
  yaml_parser_t parser;
  FILE *file = fopen(path, "re");
  if (file == NULL) {
    complaint_set(complaint, "%s: %s", path, strerror(errno));
    complaint->of_file = true;
    return -1;
  }
  if (!yaml_parser_initialize(&parser))
    abort();
  yaml_parser_set_input_file(&parser, file);
  const int result = config_load(&reader, &parser);
  yaml_parser_delete(&parser);
  fclose(file);
  return result;
}
