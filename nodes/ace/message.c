/* Payloads of ACE, and what is named by them. */
#include "message.h"

#include "../crypto/crypto.h"
#include "map.h"

#include <assert.h>
#include <string.h>

/* RFC 9200 section 8.10, RFC 9203 section 9. */
enum parameter {
  ACCESS_TOKEN = 1,
  EXPIRES_IN = 2,
  AUDIENCE = 5,
  CNF = 8,
  SCOPE = 9,
  ERROR = 30,
  GRANT_TYPE = 33,
  TOKEN_TYPE = 34,
  PROFILE = 38,
  NONCE1 = 40,
  NONCE2 = 42,
  CLIENT_RECIPIENT_ID = 43,
  SERVER_RECIPIENT_ID = 44,
};

enum { CLIENT_CREDENTIALS = 2, TOKEN_TYPE_POP = 2 };

const char *ace_error_name(unsigned error) {
  static const char *const names[] = {
      [ACE_INVALID_REQUEST] = "invalid_request",
      [ACE_INVALID_CLIENT] = "invalid_client",
      [ACE_INVALID_GRANT] = "invalid_grant",
      [ACE_UNAUTHORIZED_CLIENT] = "unauthorized_client",
      [ACE_UNSUPPORTED_GRANT_TYPE] = "unsupported_grant_type",
      [ACE_INVALID_SCOPE] = "invalid_scope",
      [ACE_UNSUPPORTED_POP_KEY] = "unsupported_pop_key",
      [ACE_INCOMPATIBLE_PROFILES] = "incompatible_ace_profiles",
  };
  const char *name = error < sizeof names / sizeof names[0] ? names[error] : NULL;
  return name == NULL ? "error" : name;
}

static void map_write(struct span_writer *out, size_t parameters) {
  out->row = ROW_ACE_PARAMETERS;
  cbor_put_map(out, parameters);
}

/* A parameter's key; its value follows. */
static void key_write(struct span_writer *out, enum row row, enum parameter key) {
  out->row = (uint16_t)row;
  cbor_put_int(out, (int32_t)key);
}

static void bytes_write(struct span_writer *out, enum row row, enum parameter key,
                        const uint8_t *bytes, size_t length) {
  key_write(out, row, key);
  cbor_put_bytes(out, bytes, length);
}

void ace_token_request_write(const struct ace_token_request *request, struct span_writer *out) {
  const bool has_audience = request->audience_length > 0, has_scope = request->scope_length > 0;
  map_write(out, (has_audience ? 1u : 0u) + (has_scope ? 1u : 0u));
  if (has_audience) {
    key_write(out, ROW_ACE_PARAMETERS, AUDIENCE);
    cbor_put_text_of(out, request->audience, request->audience_length);
  }
  if (has_scope)
    bytes_write(out, ROW_ACE_PARAMETERS, SCOPE, request->scope, request->scope_length);
}

static int token_request_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct ace_token_request *request = context;
  int32_t grant;
  switch (key) {
  case AUDIENCE:
    return cbor_get_text(reader, &request->audience, &request->audience_length);
  case SCOPE:
    return cbor_get_bytes(reader, &request->scope, &request->scope_length);
  case GRANT_TYPE:
    if (cbor_get_int(reader, &grant) != 0)
      return NODE_ERR_MALFORMED;
    request->has_other_grant = grant != CLIENT_CREDENTIALS;
    return 0;
  default:
    return cbor_skip(reader);
  }
}

int ace_token_request_read(const uint8_t *payload, size_t length,
                           struct ace_token_request *request) {
  struct ace_token_request read = {.audience_length = 0};
  const int error = ace_map_read_whole(payload, length, token_request_take, &read);
  if (error == 0)
    *request = read;
  return error;
}

void ace_token_answer_write(const struct ace_token_answer *answer, struct span_writer *out) {
  const bool has_expiry = answer->expires_in_s > 0, has_scope = answer->scope_length > 0,
             has_profile = answer->profile != 0;
  map_write(out, 2u + (has_expiry ? 1u : 0u) + (has_scope ? 1u : 0u) + (has_profile ? 1u : 0u));
  bytes_write(out, ROW_ACE_TOKEN, ACCESS_TOKEN, answer->token, answer->token_length);
  if (has_expiry) {
    key_write(out, ROW_ACE_PARAMETERS, EXPIRES_IN);
    cbor_put_uint(out, answer->expires_in_s);
  }
  key_write(out, ROW_ACE_CNF, CNF);
  ace_confirmation_write(&answer->confirmation, out);
  if (has_scope)
    bytes_write(out, ROW_ACE_PARAMETERS, SCOPE, answer->scope, answer->scope_length);
  if (has_profile) {
    key_write(out, ROW_ACE_PARAMETERS, PROFILE);
    cbor_put_int(out, answer->profile);
  }
}

static int token_answer_take_expiry(struct cbor_reader *reader, uint32_t *expires_in_s) {
  uint64_t value;
  if (cbor_get_uint(reader, &value) != 0 || value == 0)
    return NODE_ERR_MALFORMED;
  *expires_in_s = value < UINT32_MAX ? (uint32_t)value : UINT32_MAX;
  return 0;
}

static int token_answer_take_profile(struct cbor_reader *reader, int32_t *profile) {
  const int error = cbor_get_int(reader, profile);
  return error == 0 && *profile == 0 ? NODE_ERR_MALFORMED : error;
}

static int token_answer_take_type(struct cbor_reader *reader) {
  int32_t type;
  const int error = cbor_get_int(reader, &type);
  return error == 0 && type != TOKEN_TYPE_POP ? NODE_ERR_UNSUPPORTED : error;
}

static int token_answer_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct ace_token_answer *answer = context;
  switch (key) {
  case ACCESS_TOKEN:
    return ace_map_bytes(reader, 1, &answer->token, &answer->token_length);
  case EXPIRES_IN:
    return token_answer_take_expiry(reader, &answer->expires_in_s);
  case CNF:
    return ace_confirmation_read(reader, &answer->confirmation);
  case SCOPE:
    return ace_map_bytes(reader, 1, &answer->scope, &answer->scope_length);
  case TOKEN_TYPE:
    return token_answer_take_type(reader);
  case PROFILE:
    return token_answer_take_profile(reader, &answer->profile);
  default:
    return cbor_skip(reader);
  }
}

int ace_token_answer_read(const uint8_t *payload, size_t length, struct ace_token_answer *answer) {
  struct ace_token_answer read = {.token_length = 0};
  int error = ace_map_read_whole(payload, length, token_answer_take, &read);
  if (error == 0 && (read.token_length == 0 || !read.confirmation.has_secret))
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    *answer = read;
  crypto_wipe(&read, sizeof read);
  return error;
}

void ace_error_write(enum ace_error error, struct span_writer *out) {
  map_write(out, 1);
  key_write(out, ROW_ACE_PARAMETERS, ERROR);
  cbor_put_int(out, (int32_t)error);
}

static int error_take(void *context, int32_t key, struct cbor_reader *reader) {
  int32_t *error = context;
  return key == ERROR ? cbor_get_int(reader, error) : cbor_skip(reader);
}

unsigned ace_error_read(const uint8_t *payload, size_t length) {
  int32_t error = 0;
  if (ace_map_read_whole(payload, length, error_take, &error) != 0 || error < 0)
    return 0;
  return (unsigned)error;
}

void ace_oscore_request_write(const uint8_t *token, size_t length,
                              const struct ace_oscore_half *client, struct span_writer *out) {
  map_write(out, 3);
  bytes_write(out, ROW_ACE_TOKEN, ACCESS_TOKEN, token, length);
  bytes_write(out, ROW_ACE_NONCE, NONCE1, client->nonce, client->nonce_length);
  bytes_write(out, ROW_ACE_RECIPIENT_ID, CLIENT_RECIPIENT_ID, client->id, client->id_length);
}

void ace_oscore_answer_write(const struct ace_oscore_half *server, struct span_writer *out) {
  map_write(out, 2);
  bytes_write(out, ROW_ACE_NONCE, NONCE2, server->nonce, server->nonce_length);
  bytes_write(out, ROW_ACE_RECIPIENT_ID, SERVER_RECIPIENT_ID, server->id, server->id_length);
}

/* What has been read of one end's half, under the keys that it has there. */
struct half_reading {
  enum parameter nonce, id;
  struct ace_oscore_half half;
  bool has_id;
  const uint8_t *token;
  size_t token_length;
};

static int half_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct half_reading *reading = context;
  if (key == (int32_t)reading->nonce)
    return ace_map_copy_bytes(reader, 1, sizeof reading->half.nonce, reading->half.nonce,
                              &reading->half.nonce_length);
  if (key == (int32_t)reading->id) {
    reading->has_id = true;
    return ace_map_copy_bytes(reader, 0, sizeof reading->half.id, reading->half.id,
                              &reading->half.id_length);
  }
  if (key == ACCESS_TOKEN)
    return ace_map_bytes(reader, 1, &reading->token, &reading->token_length);
  return cbor_skip(reader);
}

static int half_read(const uint8_t *payload, size_t length, struct half_reading *reading) {
  const int error = ace_map_read_whole(payload, length, half_take, reading);
  if (error != 0)
    return error;
  return reading->half.nonce_length > 0 && reading->has_id ? 0 : NODE_ERR_MALFORMED;
}

int ace_oscore_request_read(const uint8_t *payload, size_t length, const uint8_t **token,
                            size_t *token_length, struct ace_oscore_half *client) {
  struct half_reading reading = {.nonce = NONCE1, .id = CLIENT_RECIPIENT_ID};
  const int error = half_read(payload, length, &reading);
  if (error != 0)
    return error;
  if (reading.token_length == 0)
    return NODE_ERR_MALFORMED;
  *token = reading.token;
  *token_length = reading.token_length;
  *client = reading.half;
  return 0;
}

int ace_oscore_answer_read(const uint8_t *payload, size_t length, struct ace_oscore_half *server) {
  struct half_reading reading = {.nonce = NONCE2, .id = SERVER_RECIPIENT_ID};
  const int error = half_read(payload, length, &reading);
  if (error == 0)
    *server = reading.half;
  return error;
}

size_t ace_master_salt(const struct ace_confirmation *confirmation,
                       const struct ace_oscore_half *client, const struct ace_oscore_half *server,
                       uint8_t salt[ACE_MASTER_SALT_MAX]) {
  struct span_writer out;
  span_writer_init(&out, salt, ACE_MASTER_SALT_MAX, NULL);
  cbor_put_bytes(&out, confirmation->salt, confirmation->salt_length);
  cbor_put_bytes(&out, client->nonce, client->nonce_length);
  cbor_put_bytes(&out, server->nonce, server->nonce_length);
  assert(!out.overflow);
  return out.length;
}

/* {cnf 8: {COSE_Key 1: {kty 1: 4, kid 2}}}, up to the head of the kid. */
static const uint8_t PSK_IDENTITY[] = {0xa1, 0x08, 0xa1, 0x01, 0xa2, 0x01, 0x04, 0x02};
enum { BYTES_HEAD = 0x40, PSK_IDENTITY_HEAD = sizeof PSK_IDENTITY + 1 };
static_assert(PSK_IDENTITY_HEAD + ACE_KEY_ID_MAX == ACE_PSK_IDENTITY_MAX, "a kid has room");

size_t ace_psk_identity_write(const uint8_t *kid, size_t length,
                              uint8_t identity[ACE_PSK_IDENTITY_MAX]) {
  assert(length > 0 && length <= ACE_KEY_ID_MAX);
  memcpy(identity, PSK_IDENTITY, sizeof PSK_IDENTITY);
  identity[sizeof PSK_IDENTITY] = (uint8_t)(BYTES_HEAD | length);
  memcpy(identity + PSK_IDENTITY_HEAD, kid, length);
  return PSK_IDENTITY_HEAD + length;
}

bool ace_psk_identity_read(const uint8_t *identity, size_t length, const uint8_t **kid,
                           size_t *kid_length) {
  if (length <= PSK_IDENTITY_HEAD || length > ACE_PSK_IDENTITY_MAX ||
      memcmp(identity, PSK_IDENTITY, sizeof PSK_IDENTITY) != 0 ||
      identity[sizeof PSK_IDENTITY] != (BYTES_HEAD | (length - PSK_IDENTITY_HEAD)))
    return false;
  *kid = identity + PSK_IDENTITY_HEAD;
  *kid_length = length - PSK_IDENTITY_HEAD;
  return true;
}
