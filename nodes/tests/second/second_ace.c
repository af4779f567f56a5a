/* CWT, COSE_Encrypt0 and derivations of ACE, written apart from nodes/. */
#include "second_ace.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <string.h>

enum { KEY = 16, LAYOUT = 27 }; /* octets before the ciphertext, with a head of two */

/* CBOR, octet by octet. */
struct cbor {
  uint8_t *at;
};

static void put(struct cbor *out, unsigned octet) {
  *out->at++ = (uint8_t)octet;
}

static void put_head(struct cbor *out, unsigned major, uint32_t value) {
  const unsigned extra = value < 24 ? 0 : value < 0x100 ? 1 : value < 0x10000 ? 2 : 4;
  put(out, major << 5 | (extra == 0 ? value : extra == 1 ? 24u : extra == 2 ? 25u : 26u));
  for (unsigned left = extra; left > 0; left--)
    put(out, value >> 8 * (left - 1));
}

static void put_string(struct cbor *out, unsigned major, const void *octets, size_t length) {
  put_head(out, major, (uint32_t)length);
  if (length > 0)
    memcpy(out->at, octets, length);
  out->at += length;
}

static void encode_osc(const struct second_ace_claims *claims, struct cbor *out) {
  put(out, 0xa1);
  put(out, 4);
  put_head(out, 5, 2u + (claims->salt != NULL) + (claims->context_id != NULL));
  put(out, 0);
  put_string(out, 2, claims->id, claims->id_length);
  put(out, 2);
  put_string(out, 2, claims->secret, KEY);
  if (claims->salt != NULL) {
    put(out, 5);
    put_string(out, 2, claims->salt, claims->salt_length);
  }
  if (claims->context_id != NULL) {
    put(out, 6);
    put_string(out, 2, claims->context_id, claims->context_id_length);
  }
}

static void encode_cose_key(const struct second_ace_claims *claims, struct cbor *out) {
  put(out, 0xa1);
  put(out, 1);
  put_head(out, 5, 2u + (claims->secret != NULL));
  put(out, 1);
  put(out, 4);
  put(out, 2);
  put_string(out, 2, claims->id, claims->id_length);
  if (claims->secret != NULL) {
    put(out, 0x20);
    put_string(out, 2, claims->secret, KEY);
  }
}

size_t second_ace_encode(const struct second_ace_claims *claims, uint8_t *octets) {
  struct cbor out = {octets};
  put_head(&out, 5, 3u + (claims->audience != NULL));
  if (claims->audience != NULL) {
    put(&out, 3);
    put_string(&out, 3, claims->audience, claims->audience_length);
  }
  put(&out, 4);
  put_head(&out, 0, claims->expires);
  put(&out, 8);
  if (claims->is_osc)
    encode_osc(claims, &out);
  else
    encode_cose_key(claims, &out);
  put(&out, 9);
  put_string(&out, 2, claims->scope, claims->scope_length);
  return (size_t)(out.at - octets);
}

/* Enc_structure: ["Encrypt0", protected, no external_aad]. */
static size_t structure_of(const uint8_t *protected, size_t length, uint8_t *octets) {
  struct cbor out = {octets};
  put(&out, 0x83);
  put_string(&out, 3, "Encrypt0", 8);
  put_string(&out, 2, protected, length);
  put(&out, 0x40);
  return (size_t)(out.at - octets);
}

static bool run_ccm(bool seals, const uint8_t key[KEY], const uint8_t nonce[SECOND_ACE_NONCE],
                    const uint8_t *protected, size_t protected_length, const uint8_t *in,
                    size_t length, uint8_t *out, uint8_t tag[SECOND_ACE_TAG]) {
  uint8_t structure[SECOND_ACE_MAX];
  int written = 0;
  EVP_CIPHER_CTX *context = EVP_CIPHER_CTX_new();
  assert(protected_length + 16 <= sizeof structure);
  const size_t aad = structure_of(protected, protected_length, structure);
  bool good = context != NULL &&
              EVP_CipherInit_ex(context, EVP_aes_128_ccm(), NULL, NULL, NULL, seals) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_IVLEN, SECOND_ACE_NONCE, NULL) == 1 &&
              EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, SECOND_ACE_TAG,
                                  seals ? NULL : tag) == 1 &&
              EVP_CipherInit_ex(context, NULL, NULL, key, nonce, seals) == 1 &&
              EVP_CipherUpdate(context, NULL, &written, NULL, (int)length) == 1 &&
              EVP_CipherUpdate(context, NULL, &written, structure, (int)aad) == 1 &&
              EVP_CipherUpdate(context, out, &written, in, (int)length) == 1;
  if (good && seals)
    good = EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, SECOND_ACE_TAG, tag) == 1;
  EVP_CIPHER_CTX_free(context);
  return good;
}

bool second_ace_encrypt(const uint8_t key[16], const uint8_t nonce[SECOND_ACE_NONCE],
                        const uint8_t *protected, size_t protected_length, const uint8_t *text,
                        size_t length, uint8_t *sealed) {
  return run_ccm(true, key, nonce, protected, protected_length, text, length, sealed,
                 sealed + length);
}

bool second_ace_decrypt(const uint8_t key[16], const uint8_t nonce[SECOND_ACE_NONCE],
                        const uint8_t *protected, size_t protected_length, const uint8_t *sealed,
                        size_t length, uint8_t *text) {
  uint8_t tag[SECOND_ACE_TAG];
  if (length < sizeof tag)
    return false;
  memcpy(tag, sealed + length - sizeof tag, sizeof tag);
  return run_ccm(false, key, nonce, protected, protected_length, sealed, length - sizeof tag, text,
                 tag);
}

static const uint8_t PROTECTED[] = {0xa1, 0x01, 0x0a};

int second_ace_seal(const uint8_t key[16], uint8_t kid, const uint8_t nonce[SECOND_ACE_NONCE],
                    const uint8_t *claims, size_t length, uint8_t *token) {
  struct cbor out = {token};
  uint8_t sealed[SECOND_ACE_MAX];
  if (length + SECOND_ACE_TAG > sizeof sealed ||
      !second_ace_encrypt(key, nonce, PROTECTED, sizeof PROTECTED, claims, length, sealed))
    return -1;
  put(&out, 0xd0);
  put(&out, 0x83);
  put_string(&out, 2, PROTECTED, sizeof PROTECTED);
  put(&out, 0xa2);
  put(&out, 4);
  put_string(&out, 2, &kid, 1);
  put(&out, 5);
  put_string(&out, 2, nonce, SECOND_ACE_NONCE);
  put_string(&out, 2, sealed, length + SECOND_ACE_TAG);
  return (int)(out.at - token);
}

int second_ace_open(const uint8_t key[16], const uint8_t *token, size_t length, uint8_t *claims) {
  static const uint8_t before_kid[] = {0xd0, 0x83, 0x43, 0xa1, 0x01, 0x0a, 0xa2, 0x04, 0x41},
                       before_iv[] = {0x05, 0x4d};
  const uint8_t *iv = token + sizeof before_kid + 1 + sizeof before_iv;
  if (length <= LAYOUT || memcmp(token, before_kid, sizeof before_kid) != 0 ||
      memcmp(iv - sizeof before_iv, before_iv, sizeof before_iv) != 0 || token[25] != 0x58 ||
      token[26] != length - LAYOUT ||
      !second_ace_decrypt(key, iv, PROTECTED, sizeof PROTECTED, token + LAYOUT, length - LAYOUT,
                          claims))
    return -1;
  return (int)(length - LAYOUT - SECOND_ACE_TAG);
}

/* HKDF with SHA-256, without salt. */
static bool run_hkdf(const uint8_t *secret, size_t secret_length, const uint8_t *info,
                     size_t info_length, uint8_t *out, size_t length) {
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_id(EVP_PKEY_HKDF, NULL);
  const bool good = context != NULL && EVP_PKEY_derive_init(context) == 1 &&
                    EVP_PKEY_CTX_set_hkdf_md(context, EVP_sha256()) == 1 &&
                    EVP_PKEY_CTX_set1_hkdf_key(context, secret, (int)secret_length) == 1 &&
                    EVP_PKEY_CTX_add1_hkdf_info(context, info, (int)info_length) == 1 &&
                    EVP_PKEY_derive(context, out, &length) == 1;
  EVP_PKEY_CTX_free(context);
  return good;
}

bool second_ace_sealing_key(const uint8_t msk[64], uint8_t key_and_kid[17]) {
  return run_hkdf(msk, 64, (const uint8_t *)"IETF_ACE_TOKEN", 14, key_and_kid, KEY + 1);
}

bool second_ace_psk(const uint8_t key[16], const uint8_t *token, size_t length, uint8_t psk[16]) {
  static const char type[] = "ACE-CoAP-DTLS-key-derivation";
  uint8_t info[SECOND_ACE_MAX];
  struct cbor out = {info};
  assert(length + sizeof type + 8 <= sizeof info);
  put(&out, 0x83);
  put_string(&out, 3, type, sizeof type - 1);
  put(&out, KEY);
  put_string(&out, 2, token, length);
  return run_hkdf(key, KEY, info, (size_t)(out.at - info), psk, KEY);
}

size_t second_ace_master_salt(const uint8_t *const *strings, const size_t *lengths, size_t count,
                              uint8_t *octets) {
  struct cbor out = {octets};
  for (size_t i = 0; i < count; i++)
    put_string(&out, 2, strings[i], lengths[i]);
  return (size_t)(out.at - octets);
}
