/* Tokens at the resource server: whether one is good (RFC 9200 section 5.10.1.1), and what it
 * grants. */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

#include <string.h>

/* Grants */

bool rs_grant_is_there(const struct rs_grant *grant) {
  return grant->scope.count > 0;
}

void rs_grant_wipe(struct rs_grant *grant) {
  crypto_wipe(grant, sizeof *grant);
}

void rs_grant_move(struct rs_grant *to, struct rs_grant *from) {
  *to = *from;
  rs_grant_wipe(from);
}

uint64_t rs_grant_expiry(const struct rs_grant *grant) {
  return rs_grant_is_there(grant) ? grant->until_ns : NODE_NEVER;
}

void rs_grant_digest(const struct rs_grant *grant, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, grant->scope.count);
  for (size_t i = 0; i < grant->scope.count; i++) {
    digest_octets(digest, grant->scope.entry[i].path, strlen(grant->scope.entry[i].path));
    digest_u64(digest, grant->scope.entry[i].methods);
  }
  digest_octets(digest, grant->id, grant->id_length);
  digest_octets(digest, grant->psk, sizeof grant->psk);
  digest_lifetime(digest, rs_grant_expiry(grant), now_ns);
}

void rs_grant_tell_key(const struct rs_client *client, const struct rs_grant *grant) {
  const struct resource_server *server = client->server;
  node_event_key(server->hooks, NODE_PHASE_TOKEN_TRANSFER, &client->remote,
                 association_kind_label(server->kind), association_kind_secret_name(server->kind),
                 grant->psk, sizeof grant->psk);
}

/* Claims */

/* Where the sealing does not hold. */
static uint8_t refusal_of(int error) {
  switch (error) {
  case NODE_ERR_UNKNOWN:
  case NODE_ERR_VERIFY:
    return COAP_CODE_UNAUTHORIZED;
  case NODE_ERR_CRYPTO:
    return COAP_CODE_UNAVAILABLE;
  default:
    return COAP_CODE_BAD_REQUEST;
  }
}

/* The moment in the node's time; 0: before it began. */
static uint64_t moment_ns(const struct resource_server *server, uint64_t numeric_date_s) {
  const uint64_t epoch_s = server->config.epoch_s;
  return numeric_date_s <= epoch_s ? 0 : (numeric_date_s - epoch_s) * NODE_SECOND;
}

static bool is_for_this(const struct resource_server *server, const struct ace_claims *claims) {
  const char *audience = server->config.audience;
  return claims->audience_length == 0 ||
         (claims->audience_length == strlen(audience) &&
          memcmp(claims->audience, audience, claims->audience_length) == 0);
}

/* A key that the token does not bring is derived of it (RFC 9202 section 3.3.1). */
static int grant_psk(const struct resource_server *server, const uint8_t *token, size_t length,
                     const struct ace_confirmation *confirmation, struct rs_grant *grant) {
  if (confirmation->profile != ACE_PROFILE_DTLS)
    return 0;
  if (!confirmation->has_secret)
    return ace_psk_derive(&server->key, token, length, server->hooks, grant->psk);
  memcpy(grant->psk, confirmation->secret, sizeof grant->psk);
  return 0;
}

/* In the order of RFC 9200 section 5.10.1.1. */
static uint8_t judge_claims(const struct resource_server *server, const struct ace_claims *claims,
                            struct rs_grant *grant) {
  const struct ace_confirmation *confirmation = &claims->confirmation;
  grant->until_ns = moment_ns(server, claims->expires_s);
  if (grant->until_ns <= server->now_ns)
    return COAP_CODE_UNAUTHORIZED;
  if (!is_for_this(server, claims))
    return COAP_CODE_FORBIDDEN;
  if (confirmation->profile != server->config.profile ||
      ace_scope_read(claims->scope, claims->scope_length, server->config.resources[0].path,
                     &grant->scope) < 0)
    return COAP_CODE_BAD_REQUEST;
  memcpy(grant->id, confirmation->id, confirmation->id_length);
  grant->id_length = confirmation->id_length;
  return COAP_CODE_CREATED;
}

uint8_t rs_token_judge(const struct resource_server *server, const uint8_t *token, size_t length,
                       struct rs_grant *grant, struct ace_confirmation *confirmation) {
  struct ace_claims claims = {.audience_length = 0};
  *grant = (struct rs_grant){.until_ns = 0};
  if (!server->has_key)
    return COAP_CODE_UNAVAILABLE;
  int error = ace_token_open(token, length, &server->key, server->hooks, &claims);
  uint8_t code = error < 0 ? refusal_of(error) : judge_claims(server, &claims, grant);
  if (code == COAP_CODE_CREATED) {
    error = grant_psk(server, token, length, &claims.confirmation, grant);
    code = error < 0 ? (uint8_t)COAP_CODE_UNAVAILABLE : code;
    *confirmation = claims.confirmation;
  }
  if (code != COAP_CODE_CREATED) {
    rs_grant_wipe(grant);
    crypto_wipe(confirmation, sizeof *confirmation);
  }
  crypto_wipe(&claims, sizeof claims);
  return code;
}
