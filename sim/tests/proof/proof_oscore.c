/* OSCORE's key derivation and decryption, written apart from nodes/, on libcrypto. */
#include "proof_oscore.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { KEY = 16, NONCE = 13, ID_MAX = 7, PIV_MAX = 5, ALGORITHM = 10, INFO_MAX = 320, HASH = 32 };

/* CBOR: a head of major type 2 (octets) or 3 (text), then the octets. */
static size_t put_string(uint8_t *out, uint8_t major, const void *data, size_t length) {
  size_t head = 1;
  assert(length < 256);
  if (length < 24) {
    out[0] = (uint8_t)((size_t)major << 5 | length);
  } else {
    out[0] = (uint8_t)(major << 5 | 24);
    out[head++] = (uint8_t)length;
  }
  if (length > 0)
    memcpy(out + head, data, length);
  return head + length;
}

static const struct proof_id *id_of(const struct proof_context *context, bool of_peer) {
  return of_peer ? &context->peer : &context->authenticator;
}

static size_t put_id(uint8_t *out, const struct proof_id *id) {
  return put_string(out, 2, id->octets, id->length);
}

/* RFC 8613 section 3.2.1; HKDF-Expand takes one block. `type` is "Key" or "IV". */
static void oscore_derive(const struct proof_context *context, const uint8_t *id, size_t id_length,
                          const char *type, size_t length, uint8_t *out) {
  uint8_t pseudorandom[HASH], block[HASH], info[INFO_MAX];
  size_t used = 0;
  info[used++] = 0x85;
  memcpy(info + used, id, id_length);
  used += id_length;
  if (context->id_context == NULL)
    info[used++] = 0xf6;
  else
    used += put_string(info + used, 2, context->id_context, context->id_context_length);
  info[used++] = ALGORITHM;
  used += put_string(info + used, 3, type, strlen(type));
  info[used++] = (uint8_t)length;
  info[used++] = 1; /* the block's number, RFC 5869 section 2.3 */
  HMAC(EVP_sha256(), context->secret + context->secret_length, PROOF_SALT, context->secret,
       context->secret_length, pseudorandom, NULL);
  HMAC(EVP_sha256(), pseudorandom, HASH, info, used, block, NULL);
  memcpy(out, block, length);
}

/* Section 5.2. */
static void compute_nonce(const struct proof_context *context, const uint8_t iv[NONCE],
                          const struct proof_nonce *from, uint8_t nonce[NONCE]) {
  const struct proof_id *id = id_of(context, from->from_peer);
  memset(nonce, 0, NONCE);
  nonce[0] = (uint8_t)id->length;
  memcpy(nonce + 1 + ID_MAX - id->length, id->octets, id->length);
  memcpy(nonce + NONCE - from->piv_length, from->piv, from->piv_length);
  for (size_t i = 0; i < NONCE; i++)
    nonce[i] ^= iv[i];
}

/* Sections 5.3 and 5.4: the Encrypt0 structure around the external AAD. */
static size_t compute_aad(const struct proof_context *context, const struct proof_nonce *request,
                          uint8_t *out) {
  uint8_t external[32];
  size_t length = 0;
  static const uint8_t head[] = {0x85, 1, 0x81, ALGORITHM};
  memcpy(external, head, sizeof head);
  length += sizeof head;
  length += put_id(external + length, id_of(context, request->from_peer));
  length += put_string(external + length, 2, request->piv, request->piv_length);
  external[length++] = 0x40;
  size_t used = 0;
  out[used++] = 0x83;
  used += put_string(out + used, 3, "Encrypt0", 8);
  out[used++] = 0x40;
  return used + put_string(out + used, 2, external, length);
}

void proof_oscore_piv(const uint8_t *option, size_t length, struct proof_nonce *nonce) {
  nonce->piv_length = length == 0 ? 0 : option[0] & 7;
  if (nonce->piv_length > PIV_MAX || nonce->piv_length + 1 > length)
    nonce->piv_length = 0;
  memcpy(nonce->piv, option + 1, nonce->piv_length);
}

static bool oscore_decrypt(const uint8_t key[KEY], const uint8_t nonce[NONCE], const uint8_t *aad,
                           size_t aad_length, const uint8_t *ciphertext, size_t length,
                           uint8_t *out) {
  uint8_t tag[PROOF_TAG];
  int done = 0;
  memcpy(tag, ciphertext + length, PROOF_TAG);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  const bool ok = EVP_DecryptInit_ex(cipher, EVP_aes_128_ccm(), NULL, NULL, NULL) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, PROOF_TAG, tag) == 1 &&
                  EVP_DecryptInit_ex(cipher, NULL, NULL, key, nonce) == 1 &&
                  EVP_DecryptUpdate(cipher, NULL, &done, NULL, (int)length) == 1 &&
                  EVP_DecryptUpdate(cipher, NULL, &done, aad, (int)aad_length) == 1 &&
                  EVP_DecryptUpdate(cipher, out, &done, ciphertext, (int)length) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

bool proof_oscore_open(const struct proof_context *context, bool from_peer,
                       const struct proof_nonce *nonce, const struct proof_nonce *request,
                       const uint8_t *ciphertext, size_t length, uint8_t *plaintext) {
  uint8_t key[KEY], iv[NONCE], nonce_octets[NONCE], aad[64], id[1 + ID_MAX];
  if (length <= PROOF_TAG)
    return false;
  oscore_derive(context, id, put_id(id, id_of(context, from_peer)), "Key", KEY, key);
  id[0] = 0x40;
  oscore_derive(context, id, 1, "IV", NONCE, iv);
  compute_nonce(context, iv, nonce, nonce_octets);
  const size_t aad_length = compute_aad(context, request, aad);
  return oscore_decrypt(key, nonce_octets, aad, aad_length, ciphertext, length - PROOF_TAG,
                        plaintext);
}
