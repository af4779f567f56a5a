/* The messages of ACE, as payloads of CoAP: maps with the abbreviations of RFC 9200 section 8.10
 * and RFC 9203 section 9. Readers take parameters in any order, pass over those that are not known,
 * and refuse one that stands twice; all results are 0 or NODE_ERR_MALFORMED unless said otherwise,
 * and pointers point into the payload. Writers give each octet its ledger row. */
#ifndef NODES_ACE_MESSAGE_H
#define NODES_ACE_MESSAGE_H

#include "token.h"

enum {
  ACE_CONTENT_FORMAT = 19,     /* application/ace+cbor */
  ACE_CONTENT_FORMAT_CWT = 61, /* application/cwt */
  ACE_NONCE_LENGTH = 8,        /* that are sent (RFC 9203 section 4.1) */
  ACE_NONCE_MAX = 16,          /* that are taken */
  ACE_RECIPIENT_ID_MAX = 7,
  ACE_MESSAGE_MAX = 512,
};

#define ACE_TOKEN_PATH "token"
#define ACE_AUTHZ_INFO_PATH "authz-info"

/* The error (30) of an answer to POST /token (RFC 9200 table 3). */
enum ace_error {
  ACE_ERROR_NONE,
  ACE_INVALID_REQUEST = 1,
  ACE_INVALID_CLIENT,
  ACE_INVALID_GRANT,
  ACE_UNAUTHORIZED_CLIENT,
  ACE_UNSUPPORTED_GRANT_TYPE,
  ACE_INVALID_SCOPE,
  ACE_UNSUPPORTED_POP_KEY,
  ACE_INCOMPATIBLE_PROFILES,
};

/* "invalid_request"; of what is not in the table "error". */
const char *ace_error_name(unsigned error);

/* POST /token (RFC 9200 section 5.8.1): {audience 5, scope 9}. */
struct ace_token_request {
  const uint8_t *audience; /* text; length 0: none */
  size_t audience_length;
  const uint8_t *scope; /* byte string; length 0: none */
  size_t scope_length;
  bool has_other_grant; /* read only: grant_type (33) is there and not client_credentials (2) */
};
void ace_token_request_write(const struct ace_token_request *request, struct span_writer *out);
NODE_MUST_CHECK int ace_token_request_read(const uint8_t *payload, size_t length,
                                           struct ace_token_request *request);

/* Its answer 2.01 (section 5.8.2): {access_token 1, expires_in 2, cnf 8, scope 9, ace_profile 38}.
 */
struct ace_token_answer {
  const uint8_t *token;
  size_t token_length;
  uint32_t expires_in_s; /* 0: it is not said; to say 0 is malformed, what does not fit is the most
                            that does */
  const uint8_t *scope;  /* where it is not what was asked for; length 0: it is */
  size_t scope_length;
  int32_t profile; /* number; 0: it is not said; to say 0 is malformed */
  struct ace_confirmation confirmation;
};
void ace_token_answer_write(const struct ace_token_answer *answer, struct span_writer *out);
/* Token, and cnf with its secret, must be there. Also NODE_ERR_UNSUPPORTED: another token_type (34)
 * than PoP (2); ace_confirmation_read. */
NODE_MUST_CHECK int ace_token_answer_read(const uint8_t *payload, size_t length,
                                          struct ace_token_answer *answer);

/* An error: {error 30}. */
void ace_error_write(enum ace_error error, struct span_writer *out);
/* The number; 0: the payload says none. */
unsigned ace_error_read(const uint8_t *payload, size_t length);

/* POST /authz-info of coap_oscore, and its answer 2.01 (RFC 9203 sections 4.1 and 4.2):
 * {access_token 1, nonce1 40, ace_client_recipientid 43}; {nonce2 42, ace_server_recipientid 44}.
 */
struct ace_oscore_half {
  uint8_t nonce[ACE_NONCE_MAX];
  size_t nonce_length; /* 1 to ACE_NONCE_MAX */
  uint8_t id[ACE_RECIPIENT_ID_MAX];
  size_t id_length;
};
void ace_oscore_request_write(const uint8_t *token, size_t length,
                              const struct ace_oscore_half *client, struct span_writer *out);
NODE_MUST_CHECK int ace_oscore_request_read(const uint8_t *payload, size_t length,
                                            const uint8_t **token, size_t *token_length,
                                            struct ace_oscore_half *client);
void ace_oscore_answer_write(const struct ace_oscore_half *server, struct span_writer *out);
NODE_MUST_CHECK int ace_oscore_answer_read(const uint8_t *payload, size_t length,
                                           struct ace_oscore_half *server);

/* The Master Salt (RFC 9203 section 4.3): byte strings of the salt, N1 and N2, one behind the
 * other.
 */
enum { ACE_MASTER_SALT_MAX = 3 + ACE_SALT_MAX + 2 * ACE_NONCE_MAX };
size_t ace_master_salt(const struct ace_confirmation *confirmation,
                       const struct ace_oscore_half *client, const struct ace_oscore_half *server,
                       uint8_t salt[ACE_MASTER_SALT_MAX]);

/* The psk_identity that names a key by its kid (RFC 9202 section 3.3.2): {cnf 8: {COSE_Key 1: {kty
 * 1: 4, kid 2}}}; the other that there is is a token as it stands. `read` is false for anything
 * else. */
enum { ACE_PSK_IDENTITY_MAX = 9 + ACE_KEY_ID_MAX };
size_t ace_psk_identity_write(const uint8_t *kid, size_t length,
                              uint8_t identity[ACE_PSK_IDENTITY_MAX]);
NODE_MUST_CHECK bool ace_psk_identity_read(const uint8_t *identity, size_t length,
                                           const uint8_t **kid, size_t *kid_length);

#endif
