/* Users, their methods and keys. */
#define _GNU_SOURCE
#include "credentials.h"

#include "../eap/psk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct method {
  const char *name;
  const struct eap_method *peer;
  const struct eap_method *server;
} METHODS[] = {
    {"psk", &EAP_PSK_PEER, &EAP_PSK_SERVER},
};

enum { METHOD_COUNT = sizeof METHODS / sizeof METHODS[0], MESSAGE_MAX = 400 };

int credentials_method_find(const char *name, size_t length) {
  for (size_t i = 0; i < METHOD_COUNT; i++)
    if (strlen(METHODS[i].name) == length && memcmp(METHODS[i].name, name, length) == 0)
      return (int)i;
  return -1;
}

const char *credentials_method_names(void) {
  return "psk";
}

const char *credentials_check(const struct settings_user *user) {
  if (user->identity == NULL)
    return "an identity is missing";
  if (strlen(user->identity) > NODE_IDENTITY_MAX)
    return "the identity is longer than 253 octets";
  if (!user->has_psk)
    return "the method psk needs a key (psk)";
  return NULL;
}

/* A text as octets; NULL where there is none. */
static const uint8_t *octets(const char *text, size_t *length) {
  *length = text == NULL ? 0 : strlen(text);
  return (const uint8_t *)text;
}

/* Peers */

static bool expand(char out[NODE_IDENTITY_MAX + 1], const char *text, uint64_t number) {
  const char *place = strstr(text, "{n}");
  int length;
  if (place == NULL)
    length = snprintf(out, NODE_IDENTITY_MAX + 1, "%s", text);
  else
    length = snprintf(out, NODE_IDENTITY_MAX + 1, "%.*s%llu%s", (int)(place - text), text,
                      (unsigned long long)number, place + 3);
  return length <= NODE_IDENTITY_MAX;
}

bool credentials_peer_init(struct credentials_peer *peer, const struct settings_user *user,
                           uint64_t number) {
  *peer = (struct credentials_peer){.config.method_count = user->method_count,
                                    .config.methods = peer->methods};
  const char *peer_id = user->peer_id == NULL ? user->identity : user->peer_id;
  if (!expand(peer->identity, user->identity, number) || !expand(peer->peer_id, peer_id, number))
    return false;
  peer->config.identity = octets(peer->identity, &peer->config.identity_length);
  for (size_t i = 0; i < user->method_count; i++) {
    struct eap_credential *credential = &peer->methods[i].credential;
    peer->methods[i].method = METHODS[user->methods[i]].peer;
    credential->psk = user->psk;
    credential->local_id = octets(peer->peer_id, &credential->local_id_length);
    credential->remote_id = octets(user->server_id, &credential->remote_id_length);
  }
  return true;
}

/* Servers */

struct credentials_user {
  const struct settings_user *settings;
  struct eap_server_method methods[SETTINGS_METHODS_MAX];
  struct eap_user user;
};

static void init_user(struct credentials_user *user, const struct settings_user *settings) {
  static const char default_server_id[] = "coap-eap-node";
  user->settings = settings;
  const char *server_id = settings->server_id == NULL ? default_server_id : settings->server_id;
  user->user = (struct eap_user){.methods = user->methods, .method_count = settings->method_count};
  user->user.identity = octets(settings->identity, &user->user.identity_length);
  for (size_t i = 0; i < settings->method_count; i++) {
    struct eap_credential *credential = &user->methods[i].credential;
    user->methods[i].method = METHODS[settings->methods[i]].server;
    credential->psk = settings->psk;
    credential->local_id = octets(server_id, &credential->local_id_length);
    credential->remote_id = octets(settings->peer_id, &credential->remote_id_length);
  }
}

static bool matches(const struct eap_user *user, const uint8_t *identity, size_t length) {
  const size_t own = user->identity_length;
  if (own > 0 && user->identity[own - 1] == '*')
    return length >= own - 1 && memcmp(user->identity, identity, own - 1) == 0;
  return length == own && memcmp(user->identity, identity, own) == 0;
}

static const struct eap_user *lookup(void *context, const uint8_t *identity, size_t length) {
  const struct credentials_server *server = context;
  const struct eap_user *best = NULL;
  for (size_t i = 0; i < server->count; i++) {
    const struct eap_user *user = &server->users[i].user;
    if (matches(user, identity, length) &&
        (best == NULL || user->identity_length > best->identity_length))
      best = user;
  }
  return best;
}

static const char *complain(const char *identity, const char *what) {
  static char message[MESSAGE_MAX];
  snprintf(message, sizeof message, "user \"%s\": %s", identity == NULL ? "" : identity, what);
  return message;
}

const char *credentials_server_init(struct credentials_server *server,
                                    const struct settings *settings) {
  const bool with_self = settings->self.identity != NULL || settings->self.has_psk;
  *server = (struct credentials_server){.config = {.lookup = lookup, .context = server}};
  server->users = calloc(1 + settings->user_count, sizeof *server->users);
  if (server->users == NULL)
    abort();
  for (size_t i = 0; i < settings->user_count + with_self; i++) {
    const bool self = with_self && i == 0; /* the command line's comes before the file's */
    const struct settings_user *user = self ? &settings->self : &settings->users[i - with_self];
    const char *wrong = credentials_check(user);
    if (wrong != NULL)
      return complain(user->identity, wrong);
    init_user(&server->users[server->count++], user);
  }
  return server->count == 0 ? "no users: give --identity and --psk, or users in the file" : NULL;
}

void credentials_server_deinit(struct credentials_server *server) {
  free(server->users);
}
