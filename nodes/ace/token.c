/* Access tokens, sealed and opened, and the keys for and of them. */
#include "token.h"

#include "../crypto/aead.h"
#include "map.h"

#include <assert.h>
#include <string.h>

/* RFC 9052 sections 2, 3.1 and 5.2; RFC 9053 section 4.2. */
enum {
  TAG_ENCRYPT0 = 0xd0, /* 16 */
  ENCRYPT0_ITEMS = 3,
  HEADER_ALG = 1,
  HEADER_CRIT = 2,
  HEADER_KID = 4,
  HEADER_IV = 5,
  HEADER_PARTIAL_IV = 6,
  AES_CCM_16_64_128 = 10,
  KID_LENGTH = 1,
  TAG_LENGTH = 8,
  STRUCTURE_MAX = ACE_TOKEN_MAX + 16, /* Enc_structure */
};

enum { CLAIM_AUD = 3, CLAIM_EXP = 4, CLAIM_CNF = 8, CLAIM_SCOPE = 9 };

/* The parts of a token, in place. */
struct token_parts {
  const uint8_t *protected;
  size_t protected_length;
  bool has_alg, alg_is_known;
  const uint8_t *kid, *iv;
  const uint8_t *ciphertext;
  size_t ciphertext_length;
};

int ace_sealing_key_derive(const uint8_t msk[EAP_KEY_LENGTH], const struct node_hooks *hooks,
                           struct ace_sealing_key *key) {
  static const char label[] = "IETF_ACE_TOKEN";
  uint8_t rk[CRYPTO_SHA256_LENGTH], octets[ACE_SEALING_KEY_LENGTH + KID_LENGTH];
  int error = crypto_hkdf_extract(hooks, NULL, 0, msk, EAP_KEY_LENGTH, rk);
  if (error == 0)
    error = crypto_hkdf_expand(hooks, rk, (const uint8_t *)label, sizeof label - 1, octets,
                               sizeof octets);
  if (error == 0) {
    memcpy(key->octets, octets, sizeof key->octets);
    key->kid = octets[ACE_SEALING_KEY_LENGTH];
  }
  crypto_wipe(rk, sizeof rk);
  crypto_wipe(octets, sizeof octets);
  return error;
}

static void claims_write(const struct ace_claims *claims, struct span_writer *out) {
  assert(claims->expires_s <= UINT32_MAX);
  cbor_put_map(out, claims->audience_length > 0 ? 4 : 3);
  if (claims->audience_length > 0) {
    cbor_put_int(out, CLAIM_AUD);
    cbor_put_text_of(out, claims->audience, claims->audience_length);
  }
  cbor_put_int(out, CLAIM_EXP);
  cbor_put_uint(out, (size_t)claims->expires_s);
  cbor_put_int(out, CLAIM_CNF);
  ace_confirmation_write(&claims->confirmation, out);
  cbor_put_int(out, CLAIM_SCOPE);
  cbor_put_bytes(out, claims->scope, claims->scope_length);
}

static void header_write(const struct ace_sealing_key *key,
                         const uint8_t nonce[ACE_SEALING_NONCE_LENGTH], struct span_writer *out) {
  cbor_put_map(out, 2);
  cbor_put_int(out, HEADER_KID);
  cbor_put_bytes(out, &key->kid, KID_LENGTH);
  cbor_put_int(out, HEADER_IV);
  cbor_put_bytes(out, nonce, ACE_SEALING_NONCE_LENGTH);
}

/* Enc_structure (RFC 9052 section 5.3) without external_aad. Returns its length. */
static size_t enc_structure(const uint8_t *protected, size_t length,
                            uint8_t structure[STRUCTURE_MAX]) {
  struct span_writer out;
  span_writer_init(&out, structure, STRUCTURE_MAX, NULL);
  cbor_put_array(&out, 3);
  cbor_put_text(&out, "Encrypt0");
  cbor_put_bytes(&out, protected, length);
  cbor_put_bytes(&out, NULL, 0);
  assert(!out.overflow);
  return out.length;
}

int ace_token_seal(const struct ace_claims *claims, const struct ace_sealing_key *key,
                   const uint8_t nonce[ACE_SEALING_NONCE_LENGTH], const struct node_hooks *hooks,
                   uint8_t token[ACE_TOKEN_MAX]) {
  static const uint8_t tag = TAG_ENCRYPT0, protected[] = {0xa1, HEADER_ALG, AES_CCM_16_64_128};
  uint8_t structure[STRUCTURE_MAX], text[ACE_TOKEN_MAX], sealed[ACE_TOKEN_MAX + TAG_LENGTH];
  struct span_writer plain, out;
  const size_t aad_length = enc_structure(protected, sizeof protected, structure);
  span_writer_init(&plain, text, sizeof text, NULL);
  claims_write(claims, &plain);
  int result = plain.overflow ? NODE_ERR_TOO_LONG : 0;
  if (result == 0)
    result = crypto_aead_encrypt(hooks, CRYPTO_AEAD_AES_CCM_16_64_128, key->octets, nonce,
                                 structure, aad_length, text, plain.length, sealed);
  crypto_wipe(text, sizeof text);
  if (result != 0)
    return result;
  span_writer_init(&out, token, ACE_TOKEN_MAX, NULL);
  cbor_put_encoded(&out, &tag, sizeof tag);
  cbor_put_array(&out, ENCRYPT0_ITEMS);
  cbor_put_bytes(&out, protected, sizeof protected);
  header_write(key, nonce, &out);
  cbor_put_bytes(&out, sealed, plain.length + TAG_LENGTH);
  return out.overflow ? NODE_ERR_TOO_LONG : (int)out.length;
}

static int protected_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct token_parts *parts = context;
  int32_t alg;
  switch (key) {
  case HEADER_ALG:
    parts->has_alg = true;
    if (cbor_next(reader) == CBOR_TEXT)
      return cbor_skip(reader);
    if (cbor_get_int(reader, &alg) != 0)
      return NODE_ERR_MALFORMED;
    parts->alg_is_known = alg == AES_CCM_16_64_128;
    return 0;
  case HEADER_CRIT:
  case HEADER_KID:
  case HEADER_IV:
  case HEADER_PARTIAL_IV:
    return NODE_ERR_MALFORMED;
  default:
    return cbor_skip(reader);
  }
}

/* A byte string of a length that is known. */
static int token_take_fixed(struct cbor_reader *reader, size_t length, const uint8_t **bytes) {
  size_t count;
  const int error = cbor_get_bytes(reader, bytes, &count);
  return error == 0 && count != length ? NODE_ERR_MALFORMED : error;
}

static int unprotected_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct token_parts *parts = context;
  switch (key) {
  case HEADER_KID:
    return token_take_fixed(reader, KID_LENGTH, &parts->kid);
  case HEADER_IV:
    return token_take_fixed(reader, ACE_SEALING_NONCE_LENGTH, &parts->iv);
  case HEADER_ALG:
  case HEADER_CRIT:
  case HEADER_PARTIAL_IV:
    return NODE_ERR_MALFORMED;
  default:
    return cbor_skip(reader);
  }
}

static int token_parse(const uint8_t *token, size_t length, struct token_parts *parts) {
  struct cbor_reader reader;
  size_t items;
  *parts = (struct token_parts){.has_alg = false};
  cbor_reader_init(&reader, token, length);
  if (length > 0 && token[0] == TAG_ENCRYPT0)
    reader.offset++;
  if (cbor_get_array(&reader, &items) != 0 || items != ENCRYPT0_ITEMS ||
      cbor_get_bytes(&reader, &parts->protected, &parts->protected_length) != 0 ||
      ace_map_read_whole(parts->protected, parts->protected_length, protected_take, parts) != 0 ||
      ace_map_read(&reader, unprotected_take, parts) != 0 ||
      cbor_get_bytes(&reader, &parts->ciphertext, &parts->ciphertext_length) != 0 ||
      cbor_next(&reader) != CBOR_END)
    return NODE_ERR_MALFORMED;
  const bool whole = parts->has_alg && parts->kid != NULL && parts->iv != NULL;
  return whole && parts->ciphertext_length > TAG_LENGTH ? 0 : NODE_ERR_MALFORMED;
}

int ace_token_kid(const uint8_t *token, size_t length, uint8_t *kid) {
  struct token_parts parts;
  const int error = token_parse(token, length, &parts);
  if (error == 0)
    *kid = parts.kid[0];
  return error;
}

/* What has been read of claims. */
struct claims_reading {
  struct ace_claims *claims;
  bool has_expiry, has_scope, has_confirmation;
};

static int claims_take_audience(struct cbor_reader *reader, struct ace_claims *claims) {
  const uint8_t *text;
  size_t length;
  if (cbor_get_text(reader, &text, &length) != 0 || length == 0)
    return NODE_ERR_MALFORMED;
  if (length > sizeof claims->audience)
    return NODE_ERR_TOO_LONG;
  memcpy(claims->audience, text, length);
  claims->audience_length = length;
  return 0;
}

static int claims_take_expiry(struct cbor_reader *reader, struct ace_claims *claims) {
  uint64_t expires_s;
  const int error = cbor_get_uint(reader, &expires_s);
  if (error == 0)
    claims->expires_s = expires_s < UINT32_MAX ? expires_s : UINT32_MAX;
  return error;
}

static int claims_take_scope(struct cbor_reader *reader, struct ace_claims *claims) {
  const uint8_t *octets;
  size_t length;
  const int error = ace_map_bytes(reader, 1, &octets, &length);
  if (error != 0)
    return error;
  if (length > sizeof claims->scope)
    return NODE_ERR_TOO_LONG;
  memcpy(claims->scope, octets, length);
  claims->scope_length = length;
  return 0;
}

static int claims_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct claims_reading *reading = context;
  switch (key) {
  case CLAIM_AUD:
    return claims_take_audience(reader, reading->claims);
  case CLAIM_EXP:
    reading->has_expiry = true;
    return claims_take_expiry(reader, reading->claims);
  case CLAIM_SCOPE:
    reading->has_scope = true;
    return claims_take_scope(reader, reading->claims);
  case CLAIM_CNF:
    reading->has_confirmation = true;
    return ace_confirmation_read(reader, &reading->claims->confirmation);
  default:
    return cbor_skip(reader);
  }
}

static int claims_read(const uint8_t *octets, size_t length, struct ace_claims *claims) {
  struct claims_reading reading = {.claims = claims};
  const int error = ace_map_read_whole(octets, length, claims_take, &reading);
  if (error != 0)
    return error;
  return reading.has_expiry && reading.has_scope && reading.has_confirmation ? 0
                                                                             : NODE_ERR_MALFORMED;
}

int ace_token_open(const uint8_t *token, size_t length, const struct ace_sealing_key *key,
                   const struct node_hooks *hooks, struct ace_claims *claims) {
  uint8_t structure[STRUCTURE_MAX], text[ACE_TOKEN_MAX];
  struct ace_claims read = {.audience_length = 0};
  struct token_parts parts;
  if (length > ACE_TOKEN_MAX)
    return NODE_ERR_TOO_LONG;
  int error = token_parse(token, length, &parts);
  if (error != 0)
    return error;
  if (!parts.alg_is_known)
    return NODE_ERR_UNSUPPORTED;
  if (parts.kid[0] != key->kid)
    return NODE_ERR_UNKNOWN;
  const size_t text_length = parts.ciphertext_length - TAG_LENGTH;
  const size_t aad_length = enc_structure(parts.protected, parts.protected_length, structure);
  error = crypto_aead_decrypt(hooks, CRYPTO_AEAD_AES_CCM_16_64_128, key->octets, parts.iv,
                              structure, aad_length, parts.ciphertext, text_length, text);
  if (error == 0)
    error = claims_read(text, text_length, &read);
  if (error == 0)
    *claims = read;
  crypto_wipe(&read, sizeof read);
  crypto_wipe(text, sizeof text);
  return error;
}

int ace_psk_derive(const struct ace_sealing_key *key, const uint8_t *token, size_t length,
                   const struct node_hooks *hooks, uint8_t psk[ACE_SECRET_LENGTH]) {
  static const char type[] = "ACE-CoAP-DTLS-key-derivation";
  uint8_t info[ACE_TOKEN_MAX + sizeof type + 8], prk[CRYPTO_SHA256_LENGTH];
  struct span_writer out;
  if (length > ACE_TOKEN_MAX)
    return NODE_ERR_TOO_LONG;
  span_writer_init(&out, info, sizeof info, NULL);
  cbor_put_array(&out, 3);
  cbor_put_text(&out, type);
  cbor_put_uint(&out, ACE_SECRET_LENGTH);
  cbor_put_bytes(&out, token, length);
  assert(!out.overflow);
  int error = crypto_hkdf_extract(hooks, NULL, 0, key->octets, sizeof key->octets, prk);
  if (error == 0)
    error = crypto_hkdf_expand(hooks, prk, info, out.length, psk, ACE_SECRET_LENGTH);
  crypto_wipe(prk, sizeof prk);
  return error;
}
