/* Users, their methods and keys. */
#define _GNU_SOURCE
#include "credentials.h"
#include "authorization.h"

#include "../eap/identify.h"
#include "../eap/methods.h"
#include "edhoc_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether one of the user's methods does. */
static bool needs(const struct settings_user *user, size_t proof) {
  for (size_t i = 0; i < user->method_count; i++)
    if (EAP_METHODS[user->methods[i]].proof == proof)
      return true;
  return false;
}

/* What a proof needs of a user: NULL, or what is missing. */
typedef const char *check_method(const struct settings_user *user);

static const char *check_psk(const struct settings_user *user) {
  return user->has_psk ? NULL : "the method needs a key (psk)";
}

static const char *check_edhoc(const struct settings_user *user) {
  if (user->edhoc_key == NULL || user->edhoc_cred == NULL || user->edhoc_id_cred == NULL)
    return "the method edhoc needs the files edhoc-key, edhoc-cred and edhoc-id-cred";
  if ((user->edhoc_peer_cred == NULL) != (user->edhoc_peer_id_cred == NULL))
    return "the files edhoc-peer-cred and edhoc-peer-id-cred belong together";
  if (user->edhoc_peer_cred == NULL && user->edhoc_trust == NULL)
    return "the method edhoc needs the files edhoc-peer-cred and edhoc-peer-id-cred, or "
           "edhoc-trust";
  return NULL;
}

static check_method *const checks[EAP_PROOF_COUNT] = {
    [EAP_PROOF_PSK] = check_psk,
    [EAP_PROOF_EDHOC] = check_edhoc,
};

const char *credentials_check(const struct settings_user *user) {
  if (user->identity == NULL)
    return "an identity is missing";
  if (strlen(user->identity) > NODE_IDENTITY_MAX)
    return "the identity is longer than 253 octets";
  const char *wrong = NULL;
  for (size_t proof = 0; wrong == NULL && proof < EAP_PROOF_COUNT; proof++)
    if (needs(user, proof))
      wrong = checks[proof](user);
  return wrong;
}

/* A text as octets; NULL where there is none. */
static const uint8_t *octets(const char *text, size_t *length) {
  *length = text == NULL ? 0 : strlen(text);
  return (const uint8_t *)text;
}

/* EAP-EDHOC */

struct credentials_edhoc {
  struct edhoc_files files;
  struct edhoc_config config; /* points into `files` */
};

static struct edhoc_files_given given_by(const struct settings_user *user, enum edhoc_role role) {
  return (struct edhoc_files_given){
      .eap = true,
      .role = role,
      .method = (unsigned)user->edhoc_method,
      .suites = user->edhoc_suites,
      .connection = edhoc_files_connection(role),
      .key = user->edhoc_key,
      .cred = user->edhoc_cred,
      .id_cred = user->edhoc_id_cred,
      .peer_cred = user->edhoc_peer_cred,
      .peer_id_cred = user->edhoc_peer_id_cred,
      .trust = {user->edhoc_trust},
      .trust_count = user->edhoc_trust != NULL,
      .peer_name = role == EDHOC_INITIATOR ? user->edhoc_server_name : NULL,
  };
}

int credentials_edhoc_read(const struct settings *settings, const struct settings_user *user,
                           struct credentials_edhoc **edhoc, struct complaint *complaint) {
  const bool peer = settings_is(settings, SETTINGS_PEERS);
  *edhoc = NULL;
  if (!needs(user, EAP_PROOF_EDHOC))
    return 0;
  const struct edhoc_files_given given = given_by(user, peer ? EDHOC_INITIATOR : EDHOC_RESPONDER);
  struct credentials_edhoc *read = calloc(1, sizeof *read);
  if (read == NULL)
    abort();
  int error = edhoc_files_read(&given, &read->files, complaint);
  if (error == 0 && peer && user->edhoc_trust != NULL && user->edhoc_server_name == NULL)
    error = complaint_set(complaint, "edhoc-trust needs edhoc-server-name: without it, whoever the "
                                     "CA has certified could pose as the server");
  if (error < 0) {
    credentials_edhoc_free(read);
    return peer ? -1 : complaint_precede(complaint, "user \"%s\": ", user->identity);
  }
  read->config = edhoc_files_config(&given, &read->files);
  *edhoc = read;
  return 0;
}

void credentials_edhoc_free(struct credentials_edhoc *edhoc) {
  if (edhoc != NULL)
    edhoc_files_wipe(&edhoc->files);
  free(edhoc);
}

/* What the methods of peers and servers have alike. */
static struct eap_credential credential_of(const struct settings_user *user,
                                           const struct edhoc_config *edhoc) {
  return (struct eap_credential){.psk = user->psk, .edhoc = edhoc, .mtu = (size_t)user->eap_mtu};
}

/* Peers */

static bool identity_expand(char out[NODE_IDENTITY_MAX + 1], const char *text, uint64_t number) {
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
                           const struct credentials_edhoc *edhoc, uint64_t number) {
  *peer = (struct credentials_peer){.config.method_count = user->method_count,
                                    .config.methods = peer->methods};
  const char *peer_id = user->peer_id == NULL ? user->identity : user->peer_id;
  if (!identity_expand(peer->identity, user->identity, number) ||
      !identity_expand(peer->peer_id, peer_id, number))
    return false;
  peer->config.identity = octets(peer->identity, &peer->config.identity_length);
  if (edhoc != NULL) {
    peer->edhoc = edhoc->config;
    peer->edhoc.memory = &peer->memory;
  }
  for (size_t i = 0; i < user->method_count; i++) {
    struct eap_credential *credential = &peer->methods[i].credential;
    peer->methods[i].method = EAP_METHODS[user->methods[i]].peer;
    *credential = credential_of(user, edhoc == NULL ? NULL : &peer->edhoc);
    credential->local_id = octets(peer->peer_id, &credential->local_id_length);
    credential->remote_id = octets(user->server_id, &credential->remote_id_length);
  }
  return true;
}

/* Servers */

struct credentials_user {
  struct credentials_edhoc *edhoc;
  struct eap_server_method methods[SETTINGS_METHODS_MAX];
  struct eap_user user;
  struct authorization authorization;
};

static void init_user(struct credentials_user *user, struct credentials_edhoc *edhoc,
                      const struct settings_user *settings) {
  user->edhoc = edhoc;
  const char *server_id = settings->server_id == NULL ? CREDENTIALS_SERVER_ID : settings->server_id;
  user->user = (struct eap_user){.methods = user->methods,
                                 .method_count = settings->method_count,
                                 .refused = settings->refused};
  user->user.identity = octets(settings->identity, &user->user.identity_length);
  user->user.many =
      user->user.identity_length > 0 && settings->identity[user->user.identity_length - 1] == '*';
  for (size_t i = 0; i < settings->method_count; i++) {
    struct eap_credential *credential = &user->methods[i].credential;
    user->methods[i].method = EAP_METHODS[settings->methods[i]].server;
    *credential = credential_of(settings, edhoc == NULL ? NULL : &edhoc->config);
    credential->local_id = octets(server_id, &credential->local_id_length);
    credential->remote_id = octets(settings->peer_id, &credential->remote_id_length);
  }
}

static bool identity_matches(const struct eap_user *user, const uint8_t *identity, size_t length) {
  const size_t own = user->identity_length;
  if (user->many)
    return length >= own - 1 && memcmp(user->identity, identity, own - 1) == 0;
  return length == own && memcmp(user->identity, identity, own) == 0;
}

/* With whom an anonymous peer begins that none of the users is meant for: the first who trusts a
 * CA, since the peer's certificate will say who it is. */
static const struct eap_user *user_of_a_ca(const struct credentials_server *server) {
  for (size_t i = 0; i < server->count; i++)
    if (server->users[i].edhoc != NULL && server->users[i].edhoc->config.anchors_count > 0)
      return &server->users[i].user;
  return NULL;
}

static const struct eap_user *user_lookup(void *context, const uint8_t *identity, size_t length) {
  const struct credentials_server *server = context;
  const struct eap_user *best = NULL;
  for (size_t i = 0; i < server->count; i++) {
    const struct eap_user *user = &server->users[i].user;
    if (identity_matches(user, identity, length) &&
        (best == NULL || user->identity_length > best->identity_length))
      best = user;
  }
  if (best == NULL && eap_identity_is_anonymous(identity, length))
    return user_of_a_ca(server);
  return best;
}

const struct aaa_authorization *credentials_authorize(void *server, const struct eap_name *name) {
  const struct credentials_server *users = server;
  const struct eap_user *found = user_lookup(server, name->octets, name->length);
  for (size_t i = 0; i < users->count; i++)
    if (&users->users[i].user == found && users->users[i].authorization.is_said)
      return &users->users[i].authorization.granted;
  return NULL;
}

static int add_user(struct credentials_server *server, const struct settings *settings,
                    const struct settings_user *user, struct complaint *complaint) {
  struct credentials_edhoc *edhoc;
  const char *wrong = credentials_check(user);
  if (wrong != NULL)
    return complaint_set(complaint, "user \"%s\": %s", user->identity == NULL ? "" : user->identity,
                         wrong);
  if (credentials_edhoc_read(settings, user, &edhoc, complaint) < 0)
    return -1;
  struct credentials_user *added = &server->users[server->count++];
  init_user(added, edhoc, user);
  return authorization_init(&added->authorization, user, complaint) == 0
             ? 0
             : complaint_precede(complaint, "user \"%s\": ", user->identity);
}

int credentials_server_init(struct credentials_server *server, const struct settings *settings,
                            struct complaint *complaint) {
  const bool with_self =
      settings->self.identity != NULL || settings->self.has_psk || settings->self.edhoc_key != NULL;
  *server = (struct credentials_server){.config = {.lookup = user_lookup, .context = server}};
  server->users = calloc(1 + settings->user_count, sizeof *server->users);
  if (server->users == NULL)
    abort();
  int error = 0;
  if (with_self) /* the command line's comes before the file's */
    error = add_user(server, settings, &settings->self, complaint);
  for (size_t i = 0; error == 0 && i < settings->user_count; i++)
    error = add_user(server, settings, &settings->users[i], complaint);
  if (error == 0 && server->count == 0 && !settings_has(&settings->manufacturer))
    error = complaint_set(complaint, "no users: give --identity and --psk (or --methods edhoc and "
                                     "its files), or users in the file");
  if (error != 0)
    credentials_server_deinit(server);
  return error;
}

/* Without EAP */

static const struct edhoc_credential *users_lookup(void *context, const uint8_t *id_cred,
                                                   size_t length) {
  const struct credentials_server *server = context;
  const struct edhoc_credential *found = NULL;
  for (size_t i = 0; found == NULL && i < server->count; i++) {
    const struct edhoc_config *config = &server->users[i].edhoc->config;
    found = config->lookup(config->context, id_cred, length);
  }
  return found;
}

static bool has_same_side(const struct edhoc_config *a, const struct edhoc_config *b) {
  const struct edhoc_credential *one = a->credentials, *other = b->credentials;
  return a->methods == b->methods && one->cred_length == other->cred_length &&
         memcmp(one->cred, other->cred, one->cred_length) == 0;
}

/* Whom the only user's certificate must name; NULL: anyone whom the CA has certified. */
static const char *name_of(const struct credentials_user *user, const char *identity) {
  const uint8_t *octets = user->user.identity;
  const bool any = user->user.many || eap_identity_is_anonymous(octets, user->user.identity_length);
  return user->edhoc->config.anchors_count == 0 || any ? NULL : identity;
}

int credentials_server_edhoc(const struct credentials_server *server, struct edhoc_config *config,
                             struct complaint *complaint) {
  for (size_t i = 0; i < server->count; i++) {
    const struct credentials_user *user = &server->users[i];
    const char *name = (const char *)user->user.identity;
    if (user->edhoc == NULL)
      return complaint_set(complaint,
                           "user \"%s\": lower_layer: edhoc needs the method edhoc and "
                           "its files",
                           name);
    if (!has_same_side(&server->users[0].edhoc->config, &user->edhoc->config))
      return complaint_set(complaint,
                           "user \"%s\": with lower_layer: edhoc all users have the same "
                           "edhoc-cred, edhoc-id-cred, edhoc-key and edhoc-method",
                           name);
    if (server->count > 1 && user->edhoc->config.anchors_count > 0)
      return complaint_set(complaint,
                           "user \"%s\": with lower_layer: edhoc a user with edhoc-trust "
                           "is the only one",
                           name);
  }
  *config = server->users[0].edhoc->config;
  config->lookup = users_lookup;
  config->context = (void *)server;
  config->peer_name = name_of(&server->users[0], (const char *)server->users[0].user.identity);
  return 0;
}

static void credentials_user_free(struct credentials_user *user) {
  credentials_edhoc_free(user->edhoc);
  authorization_deinit(&user->authorization);
}

void credentials_server_deinit(struct credentials_server *server) {
  for (size_t i = 0; i < server->count; i++)
    credentials_user_free(&server->users[i]);
  free(server->users);
  *server = (struct credentials_server){0};
}
