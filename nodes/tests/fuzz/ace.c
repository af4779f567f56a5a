/* What ACE reads: the first octet of an input says which reader; the rest is its octets. Claims are
 * sealed before they are read, so that more than a tag is tried. */
#include "fuzz.h"

#include <string.h>

#include "ace/message.h"
#include "second_ace.h"

const unsigned FUZZ_ROUNDS = 100000;

#define RESOURCE "light"

static const struct ace_sealing_key KEY = {.octets = {1, 2, 3}, .kid = 0x2a};
static const uint8_t NONCE[ACE_SEALING_NONCE_LENGTH] = {9, 8, 7};

static bool is_within(const uint8_t *data, size_t size, const uint8_t *part, size_t length) {
  return length == 0 || (part >= data && length <= size && part + length <= data + size);
}

static void check_confirmation(const struct ace_confirmation *confirmation) {
  fuzz_claim(confirmation->id_length >= 1 && confirmation->id_length <= ACE_KEY_ID_MAX &&
                 confirmation->salt_length <= ACE_SALT_MAX &&
                 confirmation->context_id_length <= ACE_CONTEXT_ID_MAX,
             "lengths are within their limits");
  fuzz_claim(confirmation->profile != ACE_PROFILE_OSCORE || confirmation->has_secret,
             "osc has a secret");
}

static bool take_confirmation(const uint8_t *data, size_t size) {
  struct ace_confirmation confirmation, again;
  struct cbor_reader reader;
  struct span_writer out, second;
  uint8_t octets[ACE_CONFIRMATION_MAX], octets_again[ACE_CONFIRMATION_MAX];
  cbor_reader_init(&reader, data, size);
  if (ace_confirmation_read(&reader, &confirmation) != 0)
    return false;
  check_confirmation(&confirmation);
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_confirmation_write(&confirmation, &out);
  fuzz_claim(!out.overflow, "what is read can be written");
  cbor_reader_init(&reader, octets, out.length);
  fuzz_claim(ace_confirmation_read(&reader, &again) == 0, "what is written is read");
  span_writer_init(&second, octets_again, sizeof octets_again, NULL);
  ace_confirmation_write(&again, &second);
  fuzz_claim(second.length == out.length && memcmp(octets_again, octets, out.length) == 0,
             "what is written is read as the same");
  return true;
}

/* A token, as it stands. */
static bool take_token(const uint8_t *data, size_t size) {
  struct ace_claims claims, again;
  uint8_t kid, token[ACE_TOKEN_MAX], token_again[ACE_TOKEN_MAX];
  const int named = ace_token_kid(data, size, &kid);
  const int error = ace_token_open(data, size, &KEY, NULL, &claims);
  fuzz_claim(named == 0 || named == NODE_ERR_MALFORMED, "a token is named, or malformed");
  if (error != 0)
    return false;
  fuzz_claim(named == 0 && kid == KEY.kid, "what opens has a name");
  fuzz_claim(claims.scope_length >= 1 && claims.scope_length <= ACE_SCOPE_OCTETS_MAX &&
                 claims.audience_length <= ACE_AUDIENCE_MAX && claims.expires_s <= UINT32_MAX,
             "claims are within their limits");
  check_confirmation(&claims.confirmation);
  const int length = ace_token_seal(&claims, &KEY, NONCE, NULL, token);
  fuzz_claim(length > 0 && ace_token_open(token, (size_t)length, &KEY, NULL, &again) == 0,
             "claims are sealed, and opened");
  fuzz_claim(ace_token_seal(&again, &KEY, NONCE, NULL, token_again) == length &&
                 memcmp(token_again, token, (size_t)length) == 0,
             "as the same");
  return true;
}

/* Claims whose seal is right, by whoever knows the key. */
static bool take_claims(const uint8_t *data, size_t size) {
  uint8_t token[FUZZ_INPUT_MAX + 64];
  const int length = second_ace_seal(KEY.octets, KEY.kid, NONCE, data, size, token);
  return length > 0 && take_token(token, (size_t)length);
}

static bool take_token_request(const uint8_t *data, size_t size) {
  struct ace_token_request request, again;
  struct span_writer out;
  uint8_t octets[FUZZ_INPUT_MAX];
  if (ace_token_request_read(data, size, &request) != 0)
    return false;
  fuzz_claim(is_within(data, size, request.audience, request.audience_length) &&
                 is_within(data, size, request.scope, request.scope_length),
             "what is read is of the payload");
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_token_request_write(&request, &out);
  fuzz_claim(ace_token_request_read(octets, out.length, &again) == 0 &&
                 again.audience_length == request.audience_length &&
                 again.scope_length == request.scope_length,
             "a request is written, and read as the same");
  return true;
}

static bool take_token_answer(const uint8_t *data, size_t size) {
  struct ace_token_answer answer, again;
  struct span_list spans;
  struct span_writer out;
  uint8_t octets[FUZZ_INPUT_MAX];
  if (ace_token_answer_read(data, size, &answer) != 0)
    return false;
  fuzz_claim(answer.token_length > 0 && answer.confirmation.has_secret, "a token, and its key");
  fuzz_claim(is_within(data, size, answer.token, answer.token_length) &&
                 is_within(data, size, answer.scope, answer.scope_length),
             "what is read is of the payload");
  check_confirmation(&answer.confirmation);
  span_writer_init(&out, octets, sizeof octets, &spans);
  ace_token_answer_write(&answer, &out);
  fuzz_claim(!out.overflow && span_list_length(&spans) == out.length, "each octet has its row");
  fuzz_claim(ace_token_answer_read(octets, out.length, &again) == 0 &&
                 again.expires_in_s == answer.expires_in_s && again.profile == answer.profile &&
                 again.token_length == answer.token_length &&
                 again.scope_length == answer.scope_length,
             "an answer is written, and read as the same");
  return true;
}

static void check_half(const struct ace_oscore_half *half) {
  struct ace_confirmation confirmation = {.salt_length = ACE_SALT_MAX};
  uint8_t salt[ACE_MASTER_SALT_MAX];
  fuzz_claim(half->nonce_length >= 1 && half->nonce_length <= ACE_NONCE_MAX &&
                 half->id_length <= ACE_RECIPIENT_ID_MAX,
             "nonce and ID are within their limits");
  fuzz_claim(ace_master_salt(&confirmation, half, half, salt) <= sizeof salt, "a salt has room");
}

static bool take_oscore_request(const uint8_t *data, size_t size) {
  struct ace_oscore_half half;
  const uint8_t *token;
  size_t length;
  if (ace_oscore_request_read(data, size, &token, &length, &half) != 0)
    return false;
  fuzz_claim(length > 0 && is_within(data, size, token, length), "a token is of the payload");
  check_half(&half);
  return true;
}

static bool take_oscore_answer(const uint8_t *data, size_t size) {
  struct ace_oscore_half half;
  if (ace_oscore_answer_read(data, size, &half) != 0)
    return false;
  check_half(&half);
  return true;
}

static bool take_error(const uint8_t *data, size_t size) {
  const unsigned error = ace_error_read(data, size);
  fuzz_claim(ace_error_name(error) != NULL, "each error has a name");
  return error != 0;
}

static bool take_scope(const uint8_t *data, size_t size) {
  struct ace_scope scope, again;
  uint8_t octets[ACE_SCOPE_OCTETS_MAX];
  if (ace_scope_read(data, size, RESOURCE, &scope) != 0)
    return false;
  fuzz_claim(scope.count >= 1 && scope.count <= ACE_SCOPE_ENTRIES_MAX, "there are entries");
  for (size_t i = 0; i < scope.count; i++)
    fuzz_claim(scope.entry[i].path[0] != '\0' && strlen(scope.entry[i].path) <= ACE_PATH_MAX &&
                   strchr(scope.entry[i].path, '/') == NULL && scope.entry[i].methods != 0 &&
                   (scope.entry[i].methods & ~(uint32_t)ACE_METHODS_ALL) == 0,
               "paths of one segment, and methods that are known");
  for (enum ace_scope_form form = ACE_SCOPE_SHORT; form <= ACE_SCOPE_AIF; form++) {
    const size_t length = ace_scope_write(&scope, form, RESOURCE, octets);
    fuzz_claim(ace_scope_read(octets, length, RESOURCE, &again) == 0 &&
                   ace_scope_equal(&scope, &again),
               "a scope is written, and read as the same");
  }
  return true;
}

static bool take_psk_identity(const uint8_t *data, size_t size) {
  const uint8_t *kid;
  size_t length;
  uint8_t identity[ACE_PSK_IDENTITY_MAX];
  if (!ace_psk_identity_read(data, size, &kid, &length))
    return false;
  fuzz_claim(length >= 1 && length <= ACE_KEY_ID_MAX && is_within(data, size, kid, length),
             "a kid is of the identity");
  fuzz_claim(ace_psk_identity_write(kid, length, identity) == size &&
                 memcmp(identity, data, size) == 0,
             "there is one identity for a kid");
  return true;
}

/* The readers. */
enum ace_reader {
  TOKEN,
  CLAIMS,
  TOKEN_REQUEST,
  TOKEN_ANSWER,
  OSCORE_REQUEST,
  OSCORE_ANSWER,
  ERROR,
  SCOPE,
  PSK_IDENTITY,
  CONFIRMATION,
  READER_COUNT
};

static bool (*const READERS[READER_COUNT])(const uint8_t *, size_t) = {
    [TOKEN] = take_token,
    [CLAIMS] = take_claims,
    [TOKEN_REQUEST] = take_token_request,
    [TOKEN_ANSWER] = take_token_answer,
    [OSCORE_REQUEST] = take_oscore_request,
    [OSCORE_ANSWER] = take_oscore_answer,
    [ERROR] = take_error,
    [SCOPE] = take_scope,
    [PSK_IDENTITY] = take_psk_identity,
    [CONFIRMATION] = take_confirmation,
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 0)
    fuzz_accepted = READERS[data[0] % READER_COUNT](data + 1, size - 1);
  return 0;
}

/* Seeds */

static void seed(fuzz_take *take, enum ace_reader reader, const uint8_t *octets, size_t length) {
  uint8_t input[FUZZ_INPUT_MAX] = {(uint8_t)reader};
  fuzz_claim(length < sizeof input, "a seed has room");
  memcpy(input + 1, octets, length);
  take(input, 1 + length);
}

static void confirmation_seeds(fuzz_take *take, const struct ace_claims *claims) {
  uint8_t token[ACE_TOKEN_MAX], text[FUZZ_INPUT_MAX], octets[ACE_MESSAGE_MAX];
  const struct ace_oscore_half half = {.nonce_length = ACE_NONCE_LENGTH, .id_length = 1};
  struct span_writer out;
  const int length = ace_token_seal(claims, &KEY, NONCE, NULL, token);
  fuzz_claim(length > 0, "a seed is sealed");
  seed(take, TOKEN, token, (size_t)length);
  seed(take, TOKEN, token + 1, (size_t)length - 1);
  const int inside = second_ace_open(KEY.octets, token, (size_t)length, text);
  fuzz_claim(inside > 0, "a seed is opened");
  seed(take, CLAIMS, text, (size_t)inside);

  struct ace_token_answer answer = {.token = token,
                                    .token_length = (size_t)length,
                                    .expires_in_s = 3600,
                                    .scope = claims->scope,
                                    .scope_length = claims->scope_length,
                                    .profile = ace_profile_number(claims->confirmation.profile),
                                    .confirmation = claims->confirmation};
  answer.confirmation.has_secret = true;
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_token_answer_write(&answer, &out);
  seed(take, TOKEN_ANSWER, octets, out.length);
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_oscore_request_write(token, (size_t)length, &half, &out);
  seed(take, OSCORE_REQUEST, octets, out.length);
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_confirmation_write(&claims->confirmation, &out);
  seed(take, CONFIRMATION, octets, out.length);
}

static void small_seeds(fuzz_take *take) {
  const struct ace_oscore_half half = {.nonce_length = ACE_NONCE_LENGTH, .id_length = 1};
  const struct ace_token_request request = {.audience = (const uint8_t *)RESOURCE,
                                            .audience_length = strlen(RESOURCE),
                                            .scope = (const uint8_t *)"\1",
                                            .scope_length = 1};
  uint8_t octets[ACE_MESSAGE_MAX];
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_token_request_write(&request, &out);
  seed(take, TOKEN_REQUEST, octets, out.length);
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_oscore_answer_write(&half, &out);
  seed(take, OSCORE_ANSWER, octets, out.length);
  span_writer_init(&out, octets, sizeof octets, NULL);
  ace_error_write(ACE_INVALID_SCOPE, &out);
  seed(take, ERROR, octets, out.length);
  seed(take, PSK_IDENTITY, octets, ace_psk_identity_write((const uint8_t *)"kid", 3, octets));
}

void fuzz_seeds(fuzz_take *take) {
  const struct ace_scope scope = {.entry = {{RESOURCE, ACE_METHOD_GET}, {"door", 0x7f}},
                                  .count = 2},
                         single = {.entry = {{RESOURCE, ACE_METHOD_GET}}, .count = 1};
  struct ace_claims claims = {
      .audience = RESOURCE,
      .audience_length = strlen(RESOURCE),
      .expires_s = 1700000000,
      .confirmation = {
          .profile = ACE_PROFILE_OSCORE, .id_length = 1, .has_secret = true, .salt_length = 4}};
  claims.scope_length = ace_scope_write(&scope, ACE_SCOPE_AIF, RESOURCE, claims.scope);
  seed(take, SCOPE, claims.scope, claims.scope_length);
  confirmation_seeds(take, &claims);
  claims.scope_length = ace_scope_write(&single, ACE_SCOPE_SHORT, RESOURCE, claims.scope);
  seed(take, SCOPE, claims.scope, claims.scope_length);
  claims.audience_length = 0;
  claims.confirmation =
      (struct ace_confirmation){.profile = ACE_PROFILE_DTLS, .id_length = ACE_KEY_ID_MAX};
  confirmation_seeds(take, &claims);
  small_seeds(take);
}
