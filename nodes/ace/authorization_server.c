/* The authorization server: who has joined, who may what, and the tokens that say so. */
#include "authorization_server.h"

#include "../crypto/crypto.h"
#include "../lower/guard.h"

#include <stdlib.h>
#include <string.h>

enum { KEY_ID_LONG = 8 };

/* A resource server, from its join on. */
struct audience {
  const struct ace_audience *known;
  bool keyed;                  /* there is a key, which outlives its association */
  bool joined;                 /* it has an association, and there is a key */
  struct node_address address; /* of CoAP in clear */
  uint64_t ends_ns;            /* of its association; NODE_NEVER */
  struct ace_sealing_key key;
  uint64_t tokens; /* made under this key */
};

struct ace_authorization_server {
  struct ace_authorization_server_config config;
  struct lower_service service;
  const struct node_hooks *hooks;
  struct audience audiences[];
};

/* Who is there */

static struct node_address address_in_clear(const struct audience *audience,
                                            const struct lower_client *client) {
  struct node_address address = client->remote;
  address.port = audience->known->port;
  return address;
}

static bool is_held_by(const struct audience *audience, const struct lower_client *client) {
  return audience->known->holder_length == client->identity_length &&
         memcmp(audience->known->holder, client->identity, client->identity_length) == 0;
}

static void server_joined(void *context, const struct lower_client *client,
                          const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  struct ace_authorization_server *server = context;
  (void)now_ns;
  for (size_t i = 0; i < server->config.audience_count; i++) {
    struct audience *audience = &server->audiences[i];
    if (!is_held_by(audience, client))
      continue;
    if (msk != NULL) {
      audience->tokens = 0;
      audience->keyed = ace_sealing_key_derive(msk, server->hooks, &audience->key) == 0;
    }
    audience->joined = audience->keyed;
    audience->address = address_in_clear(audience, client);
    audience->ends_ns = client->ends_ns;
  }
}

/* Of the association that there is; of one at another address it may have gone on from. */
static void server_left(void *context, const struct lower_client *client) {
  struct ace_authorization_server *server = context;
  for (size_t i = 0; i < server->config.audience_count; i++) {
    struct audience *audience = &server->audiences[i];
    const struct node_address address = address_in_clear(audience, client);
    if (is_held_by(audience, client) && node_address_equal(&address, &audience->address))
      audience->joined = false;
  }
}

/* NULL: there is none of this name, or it has not joined. */
static struct audience *audience_find(struct ace_authorization_server *server,
                                      const struct ace_token_request *request, uint64_t now_ns) {
  for (size_t i = 0; i < server->config.audience_count; i++) {
    struct audience *audience = &server->audiences[i];
    if (strlen(audience->known->name) == request->audience_length &&
        memcmp(audience->known->name, request->audience, request->audience_length) == 0)
      return audience->joined && now_ns < audience->ends_ns ? audience : NULL;
  }
  return NULL;
}

/* Who may what */

static const struct ace_scope *allowed_scope(const struct ace_authorization_server *server,
                                             const struct audience *audience,
                                             const struct lower_client *client) {
  static const struct ace_scope nothing = {.count = 0};
  for (size_t i = 0; i < server->config.rule_count; i++) {
    const struct ace_rule *rule = &server->config.rules[i];
    const bool is_for = rule->client_length == 0 ||
                        (rule->client_length == client->identity_length &&
                         memcmp(rule->client, client->identity, rule->client_length) == 0);
    if (is_for && strcmp(rule->audience, audience->known->name) == 0)
      return &rule->scope;
  }
  return &nothing;
}

/* Whether there is anything in it that was asked for and is allowed: `granted`. `wanted` is all
 * that is allowed, where nothing was named. */
static bool scope_grant(const struct ace_authorization_server *server,
                        const struct audience *audience, const struct lower_client *client,
                        const struct ace_scope *wanted, struct ace_scope *granted) {
  const struct ace_scope *allowed = allowed_scope(server, audience, client);
  ace_scope_intersect(wanted->count == 0 ? allowed : wanted, allowed, granted);
  return granted->count > 0 && lower_guard_allows(client->association, &audience->address);
}

/* Tokens */

/* The next whole second. */
static uint64_t next_second(uint64_t now_ns) {
  return now_ns / NODE_SECOND + (now_ns % NODE_SECOND > 0);
}

/* In seconds from the next whole one on, since exp has no fractions; 0: there is no time left. */
static uint32_t token_lifetime_s(const struct ace_authorization_server *server,
                                 const struct audience *audience, const struct lower_client *client,
                                 uint64_t now_ns) {
  const uint64_t ends[] = {audience->ends_ns, client->ends_ns}, begin_s = next_second(now_ns);
  const uint64_t last_s = UINT32_MAX - server->config.epoch_s; /* that exp can say */
  uint64_t end_s = begin_s + server->config.lifetime_s;
  end_s = end_s < last_s ? end_s : last_s;
  for (size_t i = 0; i < sizeof ends / sizeof ends[0]; i++)
    if (ends[i] != NODE_NEVER && ends[i] / NODE_SECOND < end_s)
      end_s = ends[i] / NODE_SECOND;
  return end_s <= begin_s ? 0 : (uint32_t)(end_s - begin_s);
}

static void put_number(uint64_t number, uint8_t *octets, size_t length) {
  for (size_t i = length; i > 0; i--, number >>= 8)
    octets[i - 1] = (uint8_t)number;
}

/* What is to be granted. */
struct grant {
  struct audience *audience;
  struct ace_scope scope;
  bool is_all; /* that was asked for */
  uint32_t lifetime_s;
};

/* The key of a token, which of coap_dtls is not in it. */
static struct ace_confirmation confirmation_make(const struct ace_authorization_server *server,
                                                 const struct audience *audience) {
  const bool derived = server->config.profile == ACE_PROFILE_DTLS;
  struct ace_confirmation confirmation = {.profile = server->config.profile,
                                          .id_length = derived ? server->config.key_id_length : 1,
                                          .has_secret = !derived};
  put_number(audience->tokens, confirmation.id, confirmation.id_length);
  if (!derived)
    node_random(server->hooks, confirmation.secret, sizeof confirmation.secret);
  return confirmation;
}

static void claims_make(const struct ace_authorization_server *server, const struct grant *grant,
                        uint64_t now_ns, struct ace_claims *claims) {
  const struct ace_authorization_server_config *config = &server->config;
  const struct ace_audience *known = grant->audience->known;
  *claims =
      (struct ace_claims){.expires_s = config->epoch_s + next_second(now_ns) + grant->lifetime_s,
                          .audience_length = config->names_audience ? strlen(known->name) : 0,
                          .confirmation = confirmation_make(server, grant->audience)};
  memcpy(claims->audience, known->name, claims->audience_length);
  claims->scope_length =
      ace_scope_write(&grant->scope, config->scope_form, known->resource, claims->scope);
}

/* Length of the token, or an error. */
static int token_make(const struct ace_authorization_server *server, struct audience *audience,
                      struct ace_claims *claims, uint8_t token[ACE_TOKEN_MAX]) {
  uint8_t nonce[ACE_SEALING_NONCE_LENGTH];
  put_number(audience->tokens++, nonce, sizeof nonce);
  const int length = ace_token_seal(claims, &audience->key, nonce, server->hooks, token);
  if (length < 0 || claims->confirmation.has_secret)
    return length;
  claims->confirmation.has_secret = true;
  const int error = ace_psk_derive(&audience->key, token, (size_t)length, server->hooks,
                                   claims->confirmation.secret);
  return error < 0 ? error : length;
}

static int answer_with_token(const struct ace_authorization_server *server,
                             const struct grant *grant, uint64_t now_ns,
                             struct span_writer *payload) {
  struct ace_claims claims;
  uint8_t token[ACE_TOKEN_MAX];
  claims_make(server, grant, now_ns, &claims);
  const int length = token_make(server, grant->audience, &claims, token);
  if (length >= 0) {
    const struct ace_token_answer answer = {
        .token = token,
        .token_length = (size_t)length,
        .expires_in_s = server->config.says_lifetime ? grant->lifetime_s : 0,
        .scope = claims.scope,
        .scope_length = grant->is_all ? 0 : claims.scope_length,
        .confirmation = claims.confirmation};
    ace_token_answer_write(&answer, payload);
  }
  crypto_wipe(&claims, sizeof claims);
  return length < 0 ? length : 0;
}

/* POST /token */

static enum ace_error grant_find(struct ace_authorization_server *server,
                                 const struct lower_client *client,
                                 const struct coap_message *request, uint64_t now_ns,
                                 struct grant *grant) {
  struct ace_token_request asked;
  struct ace_scope wanted = {.count = 0};
  if (ace_token_request_read(request->payload, request->payload_length, &asked) < 0)
    return ACE_INVALID_REQUEST;
  if (asked.has_other_grant)
    return ACE_UNSUPPORTED_GRANT_TYPE;
  grant->audience = audience_find(server, &asked, now_ns);
  if (grant->audience == NULL)
    return ACE_INVALID_REQUEST;
  if (asked.scope_length > 0 && ace_scope_read(asked.scope, asked.scope_length,
                                               grant->audience->known->resource, &wanted) < 0)
    return ACE_INVALID_SCOPE;
  if (!scope_grant(server, grant->audience, client, &wanted, &grant->scope))
    return ACE_INVALID_SCOPE;
  grant->is_all = wanted.count > 0 && ace_scope_equal(&wanted, &grant->scope);
  grant->lifetime_s = token_lifetime_s(server, grant->audience, client, now_ns);
  return grant->lifetime_s == 0 ? ACE_INVALID_REQUEST : ACE_ERROR_NONE;
}

static void server_serve(void *context, const struct lower_client *client,
                         const struct coap_message *request, struct lower_answer *answer,
                         uint64_t now_ns) {
  struct ace_authorization_server *server = context;
  struct grant grant;
  const enum ace_error error = grant_find(server, client, request, now_ns, &grant);
  answer->content_format = ACE_CONTENT_FORMAT;
  answer->code = COAP_CODE_BAD_REQUEST;
  answer->label = "token refused";
  if (error != ACE_ERROR_NONE) {
    ace_error_write(error, &answer->payload);
    return;
  }
  if (answer_with_token(server, &grant, now_ns, &answer->payload) < 0) {
    answer->code = COAP_CODE_INTERNAL_ERROR;
    return;
  }
  answer->code = COAP_CODE_CREATED;
  answer->label = "token response";
}

/* Life */

static bool audience_is_valid(const struct ace_audience *audience) {
  const size_t name = strlen(audience->name), resource = strlen(audience->resource);
  return name >= 1 && name <= ACE_AUDIENCE_MAX && resource >= 1 && resource <= ACE_PATH_MAX &&
         audience->holder_length >= 1;
}

static bool audiences_differ(const struct ace_audience *a, const struct ace_audience *b) {
  return strcmp(a->name, b->name) != 0 && (a->holder_length != b->holder_length ||
                                           memcmp(a->holder, b->holder, a->holder_length) != 0);
}

static bool config_is_valid(const struct ace_authorization_server_config *config) {
  for (size_t i = 0; i < config->audience_count; i++) {
    if (!audience_is_valid(&config->audiences[i]))
      return false;
    for (size_t j = 0; j < i; j++)
      if (!audiences_differ(&config->audiences[i], &config->audiences[j]))
        return false;
  }
  return config->epoch_s <= UINT32_MAX && config->profile < ACE_PROFILE_COUNT &&
         (config->key_id_length <= 1 || config->key_id_length == KEY_ID_LONG);
}

struct ace_authorization_server *
ace_authorization_server_create(const struct ace_authorization_server_config *config,
                                const struct node_hooks *hooks) {
  struct ace_authorization_server *server =
      config_is_valid(config)
          ? calloc(1, sizeof *server + config->audience_count * sizeof server->audiences[0])
          : NULL;
  if (server == NULL)
    return NULL;
  server->config = *config;
  server->hooks = hooks;
  if (server->config.lifetime_s == 0)
    server->config.lifetime_s = ACE_LIFETIME_DEFAULT_S;
  if (server->config.key_id_length == 0)
    server->config.key_id_length = 1;
  for (size_t i = 0; i < config->audience_count; i++)
    server->audiences[i].known = &config->audiences[i];
  server->service = (struct lower_service){.path = ACE_TOKEN_PATH,
                                           .phase = NODE_PHASE_AUTHORIZATION,
                                           .content_format = ACE_CONTENT_FORMAT,
                                           .serve = server_serve,
                                           .joined = server_joined,
                                           .left = server_left,
                                           .context = server};
  return server;
}

void ace_authorization_server_destroy(struct ace_authorization_server *server) {
  if (server == NULL)
    return;
  crypto_wipe(server->audiences, server->config.audience_count * sizeof server->audiences[0]);
  free(server);
}

const struct lower_service *
ace_authorization_server_service(const struct ace_authorization_server *server) {
  return &server->service;
}

void ace_authorization_server_digest(const struct ace_authorization_server *server,
                                     struct digest *digest, uint64_t now_ns) {
  for (size_t i = 0; i < server->config.audience_count; i++) {
    const struct audience *audience = &server->audiences[i];
    digest_u64(digest, audience->keyed);
    digest_u64(digest, audience->joined);
    if (!audience->keyed)
      continue;
    digest_octets(digest, audience->key.octets, sizeof audience->key.octets);
    digest_u64(digest, audience->tokens);
    digest_octets(digest, audience->address.ip, sizeof audience->address.ip);
    if (audience->joined)
      digest_deadline(digest, audience->ends_ns, now_ns);
  }
}
