/* Key derivation, nonce, AAD, encryption and decryption of OSCORE, written apart from nodes/. */
#include "second.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { ID_MAX = 7, PIV_MAX = 5, INFO_MAX = 320, HASH_MAX = 48, AAD_MAX = 64 };

/* The AEAD's number among the algorithms of COSE is below 256. */
static const struct {
  const EVP_CIPHER *(*cipher)(void);
  const EVP_MD *(*hash)(void);
  uint8_t algorithm;
  size_t key, nonce, tag;
  bool ccm; /* takes lengths and tag beforehand, and has no end */
} SUITES[SECOND_SUITES] = {
    {EVP_aes_128_ccm, EVP_sha256, 10, 16, 13, 8, true},
    {EVP_aes_128_gcm, EVP_sha256, 1, 16, 12, 16, false},
    {EVP_aes_256_gcm, EVP_sha384, 3, 32, 12, 16, false},
    {EVP_chacha20_poly1305, EVP_sha256, 24, 32, 12, 16, false},
};

size_t second_key_length(unsigned suite) {
  return SUITES[suite].key;
}

size_t second_nonce_length(unsigned suite) {
  return SUITES[suite].nonce;
}

size_t second_tag_length(unsigned suite) {
  return SUITES[suite].tag;
}

/* CBOR: a head of major type 0 (integer), 2 (octets) or 3 (text). */
static size_t put_head(uint8_t *out, uint8_t major, size_t value) {
  assert(value < 256);
  if (value < 24) {
    out[0] = (uint8_t)((size_t)major << 5 | value);
    return 1;
  }
  out[0] = (uint8_t)(major << 5 | 24);
  out[1] = (uint8_t)value;
  return 2;
}

static size_t put_string(uint8_t *out, uint8_t major, const void *data, size_t length) {
  const size_t head = put_head(out, major, length);
  if (length > 0)
    memcpy(out + head, data, length);
  return head + length;
}

static const struct second_id *id_of(const struct second_context *context, bool of_peer) {
  return of_peer ? &context->peer : &context->authenticator;
}

/* RFC 8613 section 3.2.1; HKDF-Expand takes one block. `type` is "Key" or "IV". */
static void derive(const struct second_context *context, const struct second_id *id,
                   const char *type, size_t length, uint8_t *out) {
  const EVP_MD *hash = SUITES[context->suite].hash();
  uint8_t pseudorandom[HASH_MAX], block[HASH_MAX], info[INFO_MAX];
  size_t used = 0;
  info[used++] = 0x85;
  used += put_string(info + used, 2, id->octets, id->length);
  if (context->id_context == NULL)
    info[used++] = 0xf6;
  else
    used += put_string(info + used, 2, context->id_context, context->id_context_length);
  used += put_head(info + used, 0, SUITES[context->suite].algorithm);
  used += put_string(info + used, 3, type, strlen(type));
  used += put_head(info + used, 0, length);
  info[used++] = 1; /* the block's number, RFC 5869 section 2.3 */
  HMAC(hash, context->salt_length == 0 ? (const void *)"" : context->salt,
       (int)context->salt_length, context->secret, context->secret_length, pseudorandom, NULL);
  HMAC(hash, pseudorandom, EVP_MD_get_size(hash), info, used, block, NULL);
  memcpy(out, block, length);
}

void second_key(const struct second_context *context, bool of_peer, uint8_t key[SECOND_KEY_MAX]) {
  derive(context, id_of(context, of_peer), "Key", SUITES[context->suite].key, key);
}

void second_common_iv(const struct second_context *context, uint8_t iv[SECOND_NONCE_MAX]) {
  static const struct second_id none;
  derive(context, &none, "IV", SUITES[context->suite].nonce, iv);
}

/* Section 5.2. */
static void compute_nonce(const struct second_context *context, const struct second_nonce *from,
                          uint8_t nonce[SECOND_NONCE_MAX]) {
  const struct second_id *id = id_of(context, from->from_peer);
  const size_t length = SUITES[context->suite].nonce;
  uint8_t iv[SECOND_NONCE_MAX];
  second_common_iv(context, iv);
  memset(nonce, 0, length);
  nonce[0] = (uint8_t)id->length;
  memcpy(nonce + length - PIV_MAX - id->length, id->octets, id->length);
  memcpy(nonce + length - from->piv_length, from->piv, from->piv_length);
  for (size_t i = 0; i < length; i++)
    nonce[i] ^= iv[i];
}

/* Sections 5.3 and 5.4: the Encrypt0 structure around the external AAD. */
static size_t compute_aad(const struct second_context *context, const struct second_nonce *request,
                          uint8_t out[AAD_MAX]) {
  const struct second_id *id = id_of(context, request->from_peer);
  uint8_t external[32] = {0x85, 1, 0x81};
  size_t length = 3;
  length += put_head(external + length, 0, SUITES[context->suite].algorithm);
  length += put_string(external + length, 2, id->octets, id->length);
  length += put_string(external + length, 2, request->piv, request->piv_length);
  external[length++] = 0x40;
  size_t used = 0;
  out[used++] = 0x83;
  used += put_string(out + used, 3, "Encrypt0", 8);
  out[used++] = 0x40;
  return used + put_string(out + used, 2, external, length);
}

void second_piv(const uint8_t *option, size_t length, struct second_nonce *nonce) {
  nonce->piv_length = length == 0 ? 0 : option[0] & 7;
  if (nonce->piv_length > PIV_MAX || nonce->piv_length + 1 > length)
    nonce->piv_length = 0;
  if (nonce->piv_length > 0)
    memcpy(nonce->piv, option + 1, nonce->piv_length);
}

/* What both directions of the AEAD begin with; `tag` NULL: it is to be made. */
static bool begin(EVP_CIPHER_CTX *cipher, const struct second_context *context, bool from_peer,
                  const struct second_nonce *from, const struct second_nonce *request, uint8_t *tag,
                  size_t length) {
  const int encrypts = tag == NULL;
  const bool early = tag != NULL || SUITES[context->suite].ccm;
  uint8_t key[SECOND_KEY_MAX], nonce[SECOND_NONCE_MAX], aad[AAD_MAX];
  int done = 0;
  second_key(context, from_peer, key);
  compute_nonce(context, from, nonce);
  const size_t aad_length = compute_aad(context, request, aad);
  return EVP_CipherInit_ex(cipher, SUITES[context->suite].cipher(), NULL, NULL, NULL, encrypts) ==
             1 &&
         EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_IVLEN, (int)SUITES[context->suite].nonce,
                             NULL) == 1 &&
         (!early || EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG,
                                        (int)SUITES[context->suite].tag, tag) == 1) &&
         EVP_CipherInit_ex(cipher, NULL, NULL, key, nonce, encrypts) == 1 &&
         (!SUITES[context->suite].ccm ||
          EVP_CipherUpdate(cipher, NULL, &done, NULL, (int)length) == 1) &&
         EVP_CipherUpdate(cipher, NULL, &done, aad, (int)aad_length) == 1;
}

/* The text, and what the AEAD says at its end. */
static bool finish(EVP_CIPHER_CTX *cipher, const uint8_t *in, size_t length, uint8_t *out) {
  int done = 0, rest = 0;
  return EVP_CipherUpdate(cipher, out, &done, in, (int)length) == 1 && (size_t)done == length &&
         EVP_CipherFinal_ex(cipher, out + length, &rest) == 1 && rest == 0;
}

bool second_open(const struct second_context *context, bool from_peer,
                 const struct second_nonce *nonce, const struct second_nonce *request,
                 const uint8_t *ciphertext, size_t length, uint8_t *plaintext) {
  const size_t tag_length = SUITES[context->suite].tag;
  uint8_t tag[SECOND_TAG_MAX];
  if (length <= tag_length)
    return false;
  length -= tag_length;
  memcpy(tag, ciphertext + length, tag_length);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  const bool ok = begin(cipher, context, from_peer, nonce, request, tag, length) &&
                  finish(cipher, ciphertext, length, plaintext);
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

bool second_seal(const struct second_context *context, bool from_peer,
                 const struct second_nonce *nonce, const struct second_nonce *request,
                 const uint8_t *plaintext, size_t length, uint8_t *ciphertext) {
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  const bool ok = begin(cipher, context, from_peer, nonce, request, NULL, length) &&
                  finish(cipher, plaintext, length, ciphertext) &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG,
                                      (int)SUITES[context->suite].tag, ciphertext + length) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}
