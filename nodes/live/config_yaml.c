/* Reads settings from libyaml's document tree. */
#define _GNU_SOURCE
#include "config_yaml.h"

#include "../aaa/realm.h"
#include "../radius/packet.h"
#include "config_document.h"
#include "heap.h"
#include "common/nearest.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct config_reader {
  struct settings *settings;
  struct config_document document;
};

/* `accepted`: names, with ", " between them. */
static int config_complain_unknown(const struct config_reader *reader, const yaml_node_t *key,
                                   const char *accepted) {
  const char *shown = config_shown_key(key);
  char *names = heap_copy(accepted, strlen(accepted)), *rest = names,
       question[NEAREST_QUESTION_MAX];
  struct nearest nearest = nearest_to(shown);
  for (const char *name; (name = strtok_r(rest, ", ", &rest)) != NULL;)
    nearest_offer(&nearest, name);
  const int result = config_complain(&reader->document, key, "unknown key \"%s\";%s accepted: %s",
                                     shown, nearest_question(&nearest, question), accepted);
  free(names);
  return result;
}

/* The tree */

/* What a mapping's pairs or a sequence's items are given to. */
typedef int visit_pair(struct config_reader *reader, const yaml_node_t *key,
                       const yaml_node_t *value, void *context);
typedef int visit_item(struct config_reader *reader, const yaml_node_t *item);

static int each_pair(struct config_reader *reader, const yaml_node_t *mapping, visit_pair *visit,
                     void *context) {
  if (mapping->type != YAML_MAPPING_NODE)
    return config_complain(&reader->document, mapping, "a mapping (key: value) is expected here");
  const yaml_node_pair_t *pair = mapping->data.mapping.pairs.start;
  for (; pair < mapping->data.mapping.pairs.top; pair++) {
    const yaml_node_t *key = yaml_document_get_node(&reader->document.tree, pair->key);
    const yaml_node_t *value = yaml_document_get_node(&reader->document.tree, pair->value);
    if (visit(reader, key, value, context) < 0)
      return -1;
  }
  return 0;
}

static int each_item(struct config_reader *reader, const yaml_node_t *sequence, visit_item *visit) {
  if (sequence->type != YAML_SEQUENCE_NODE)
    return config_complain(&reader->document, sequence, "a list (- item) is expected here");
  const yaml_node_item_t *item = sequence->data.sequence.items.start;
  for (; item < sequence->data.sequence.items.top; item++)
    if (visit(reader, yaml_document_get_node(&reader->document.tree, *item)) < 0)
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
    const char *word = config_scalar(yaml_document_get_node(&reader->document.tree, *item));
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
  const char *text = config_scalar(node);
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
    return config_complain(&reader->document, value, "%s takes %s", setting->name,
                           settings_accepted(setting, accepted));
  const char *wrong = settings_assign(reader->settings, user, setting, text);
  if (wrong == NULL)
    return 0;
  const bool hidden = settings_is_secret(setting);
  return config_complain(&reader->document, value, "%s: \"%s\" is not accepted (%s); it takes %s",
                         setting->name, hidden ? "***" : text, wrong,
                         settings_accepted(setting, accepted));
}

/* A setting that may be given more than once, as a list. */
static int config_assign_each(struct config_reader *reader, const yaml_node_t *sequence,
                              const struct setting *setting) {
  const yaml_node_item_t *item = sequence->data.sequence.items.start;
  int result = 0;
  for (; result == 0 && item < sequence->data.sequence.items.top; item++) {
    const yaml_node_t *value = yaml_document_get_node(&reader->document.tree, *item);
    result = config_assign_text(reader, value, setting, NULL, config_scalar(value));
  }
  return result;
}

static int config_assign(struct config_reader *reader, const yaml_node_t *value,
                         const struct setting *setting, struct settings_user *user) {
  if (value->type == YAML_SEQUENCE_NODE && settings_is_repeated(setting))
    return config_assign_each(reader, value, setting);
  if (value->type != YAML_SEQUENCE_NODE || !settings_is_list(setting))
    return config_assign_text(reader, value, setting, user, config_scalar(value));
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
    if (is_here(&table[i], place) && strcmp(table[i].name, config_scalar(key)) == 0)
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
      return config_complain(&reader->document, item, "the identity \"%s\" is another user's, too",
                             place.user->identity);
  return 0;
}

static int visit_client_key(struct config_reader *reader, const yaml_node_t *key,
                            const yaml_node_t *value, void *context) {
  struct settings_client *client = context;
  const char *text = config_scalar(value);
  if (text == NULL || is_null(value))
    return config_complain(&reader->document, value, "%s takes one word", config_shown_key(key));
  if (strcmp(config_scalar(key), "address") == 0) {
    const char *wrong = udp_address_parse(text, 0, &client->address);
    return wrong == NULL
               ? 0
               : config_complain(&reader->document, value, "address: \"%s\": %s", text, wrong);
  }
  if (strcmp(config_scalar(key), "secret") != 0)
    return config_complain_unknown(reader, key, "address, secret");
  client->secret = heap_copy(text, strlen(text));
  return 0;
}

static int visit_client(struct config_reader *reader, const yaml_node_t *item) {
  struct settings_client *client = settings_add_client(reader->settings);
  if (each_pair(reader, item, visit_client_key, client) < 0)
    return -1;
  if (!settings_has(&client->address) || client->secret == NULL || client->secret[0] == '\0')
    return config_complain(&reader->document, item, "a RADIUS client needs address and secret");
  const struct settings *settings = reader->settings;
  for (size_t i = 0; i + 1 < settings->client_count; i++)
    if (memcmp(settings->clients[i].address.address.ip, client->address.address.ip,
               sizeof client->address.address.ip) == 0)
      return config_complain(&reader->document, item,
                             "the address is another RADIUS client's, too");
  return 0;
}

static int visit_realm_key(struct config_reader *reader, const yaml_node_t *key,
                           const yaml_node_t *value, void *context) {
  struct settings_realm *realm = context;
  const char *name = config_scalar(key), *text = config_scalar(value);
  if (text == NULL || is_null(value))
    return config_complain(&reader->document, value, "%s takes one word", config_shown_key(key));
  if (strcmp(name, "server") == 0) {
    const char *wrong = udp_address_parse(text, RADIUS_PORT, &realm->server);
    return wrong == NULL
               ? 0
               : config_complain(&reader->document, value, "server: \"%s\": %s", text, wrong);
  }
  if (strcmp(name, "realm") == 0 && !aaa_realm_valid(text))
    return config_complain(&reader->document, value, "realm: \"%s\" is none", text);
  if (strcmp(name, "realm") == 0)
    realm->name = heap_copy(text, strlen(text));
  else if (strcmp(name, "secret") == 0)
    realm->secret = heap_copy(text, strlen(text));
  else
    return config_complain_unknown(reader, key, "realm, server, secret");
  return 0;
}

static int visit_realm(struct config_reader *reader, const yaml_node_t *item) {
  struct settings_realm *realm = settings_add_realm(reader->settings);
  if (each_pair(reader, item, visit_realm_key, realm) < 0)
    return -1;
  if (realm->name == NULL || !settings_has(&realm->server) || realm->secret == NULL ||
      realm->secret[0] == '\0')
    return config_complain(&reader->document, item, "a realm needs realm, server and secret");
  const struct settings *settings = reader->settings;
  for (size_t i = 0; i + 1 < settings->realm_count; i++)
    if (strcasecmp(settings->realms[i].name, realm->name) == 0)
      return config_complain(&reader->document, item, "the realm is there twice");
  return 0;
}

/* A party of bootstrapping, before it is one. */
struct party_texts {
  const char *name, *address, *secret;
};

static int visit_party_key(struct config_reader *reader, const yaml_node_t *key,
                           const yaml_node_t *value, void *context) {
  struct party_texts *texts = context;
  const char *name = config_scalar(key), *text = config_scalar(value);
  if (text == NULL || is_null(value))
    return config_complain(&reader->document, value, "%s takes one word", config_shown_key(key));
  if (strcmp(name, "name") == 0)
    texts->name = text;
  else if (strcmp(name, "address") == 0)
    texts->address = text;
  else if (strcmp(name, "secret") == 0)
    texts->secret = text;
  else
    return config_complain_unknown(reader, key, "name, address, secret");
  return 0;
}

/* To a UE the secret is nothing; to an AS it is who the client is. */
static int read_party(struct config_reader *reader, const yaml_node_t *item,
                      struct parties *parties) {
  struct party_texts texts = {.name = NULL};
  const bool clients = !settings_is(reader->settings, SETTINGS_ROLE(UE));
  if (each_pair(reader, item, visit_party_key, &texts) < 0)
    return -1;
  if (texts.name == NULL || texts.address == NULL || (clients && texts.secret == NULL))
    return config_complain(&reader->document, item, "%s",
                           clients ? "name, address and secret are needed here"
                                   : "name and address are needed here");
  const char *wrong = parties_add_parts(parties, texts.name, texts.address, PARTIES_COAP_PORT,
                                        clients ? texts.secret : NULL);
  return wrong == NULL ? 0 : config_complain(&reader->document, item, "%s", wrong);
}

static int visit_application_server(struct config_reader *reader, const yaml_node_t *item) {
  return read_party(reader, item, &reader->settings->application_servers);
}

static int visit_provider(struct config_reader *reader, const yaml_node_t *item) {
  return read_party(reader, item, &reader->settings->providers);
}

/* The lists of the file, and who reads them. */
static const struct {
  const char *name;
  unsigned roles;
  visit_item *visit;
} LISTS[] = {
    {"users", SETTINGS_AUTHENTICATORS | SETTINGS_AAA_SERVERS, visit_user},
    {"radius_clients", SETTINGS_AAA_SERVERS | SETTINGS_ROLE(PROXY), visit_client},
    {"realms", SETTINGS_ROLE(PROXY), visit_realm},
    {"application_servers", SETTINGS_ROLE(UE) | SETTINGS_ROLE(AA) | SETTINGS_ROLE(AS),
     visit_application_server},
    {"providers", SETTINGS_ROLE(AS), visit_provider},
};

static int visit_section(struct config_reader *reader, const yaml_node_t *key,
                         const yaml_node_t *value, void *context) {
  const enum settings_role role = reader->settings->role;
  const char *name = config_scalar(key);
  struct config_place place = {.role = role};
  (void)context;
  if (strcmp(name, SETTINGS_LOWER_LAYER) == 0) {
    const bool skipped = settings_is(reader->settings, SETTINGS_WITHOUT_LOWER);
    place.lower_layer = true;
    return skipped ? 0 : each_pair(reader, value, visit_setting, &place);
  }
  for (size_t i = 0; i < sizeof LISTS / sizeof LISTS[0]; i++)
    if (strcmp(name, LISTS[i].name) == 0)
      return (LISTS[i].roles & 1u << role) != 0 ? each_item(reader, value, LISTS[i].visit) : 0;
  for (size_t i = 0; i < SETTINGS_ROLES; i++)
    if (strcmp(name, SETTINGS_ROLE_NAMES[i]) == 0)
      return i == role ? each_pair(reader, value, visit_setting, &place) : 0;
  return config_complain_unknown(reader, key,
                                 "lower_layer, peer, authenticator, aaa, pre, proxy, ue, aa, as, "
                                 "aps, ike, controller, resource-server, client, users, "
                                 "radius_clients, realms, application_servers, providers");
}

int config_yaml_read(struct settings *settings, const char *path, struct complaint *complaint) {
  struct config_reader reader = {.settings = settings};
  int result = config_document_read(&reader.document, path, complaint);
  yaml_node_t *root = result == 0 ? yaml_document_get_root_node(&reader.document.tree) : NULL;
  if (root != NULL)
    result = each_pair(&reader, root, visit_section, NULL);
  config_document_free(&reader.document);
  return result;
}
