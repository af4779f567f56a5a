/* The key schedule. */
#include "schedule.h"

#include <string.h>

#include "../cbor/writer.h"

enum { INFO_EXTRA = 16, AAD_LENGTH = 45, KDF_LENGTH_MAX = 255 * EDHOC_HASH_LENGTH };

void edhoc_info_put(struct span_writer *out, uint32_t label, const uint8_t *context,
                    size_t context_length, size_t length) {
  cbor_put_uint(out, label);
  cbor_put_bytes(out, context, context_length);
  cbor_put_uint(out, length);
}

int edhoc_kdf(const struct node_hooks *hooks, const uint8_t prk[32], uint32_t label,
              const uint8_t *context, size_t context_length, uint8_t *out, size_t length) {
  uint8_t info[EDHOC_CONTEXT_MAX + INFO_EXTRA];
  struct span_writer writer;
  if (context_length > EDHOC_CONTEXT_MAX || label > UINT16_MAX || length > KDF_LENGTH_MAX)
    return NODE_ERR_TOO_LONG;
  span_writer_init(&writer, info, sizeof info, NULL);
  edhoc_info_put(&writer, label, context, context_length, length);
  return crypto_hkdf_expand(hooks, prk, info, writer.length, out, length);
}

static int edhoc_hash(const struct node_hooks *hooks, const struct span_writer *input,
                      uint8_t th[32]) {
  if (input->overflow)
    return NODE_ERR_TOO_LONG;
  return crypto_sha256(hooks, input->data, input->length, th);
}

int edhoc_th_2(const struct node_hooks *hooks, const uint8_t g_y[32],
               const uint8_t hash_message_1[32], uint8_t th[32]) {
  uint8_t input[2 * (2 + EDHOC_HASH_LENGTH)];
  struct span_writer out;
  span_writer_init(&out, input, sizeof input, NULL);
  cbor_put_bytes(&out, g_y, EC_LENGTH);                    /* G_Y */
  cbor_put_bytes(&out, hash_message_1, EDHOC_HASH_LENGTH); /* H(message_1) */
  return edhoc_hash(hooks, &out, th);
}

int edhoc_th_next(const struct node_hooks *hooks, const uint8_t th[32], const uint8_t *plaintext,
                  size_t plaintext_length, const uint8_t *cred, size_t cred_length,
                  uint8_t next[32]) {
  uint8_t input[EDHOC_CONTEXT_MAX];
  struct span_writer out;
  span_writer_init(&out, input, sizeof input, NULL);
  cbor_put_bytes(&out, th, EDHOC_HASH_LENGTH);         /* TH_2 or TH_3 */
  cbor_put_encoded(&out, plaintext, plaintext_length); /* PLAINTEXT_2 or PLAINTEXT_3 */
  cbor_put_encoded(&out, cred, cred_length);           /* CRED_R or CRED_I */
  return edhoc_hash(hooks, &out, next);
}

int edhoc_prk_next(const struct node_hooks *hooks, const uint8_t prk[32],
                   enum edhoc_label salt_label, const uint8_t th[32], const uint8_t secret[32],
                   uint8_t next[32]) {
  uint8_t salt[EDHOC_HASH_LENGTH];
  /* SALT_3e2m or SALT_4e3m */
  int error = edhoc_kdf(hooks, prk, salt_label, th, EDHOC_HASH_LENGTH, salt, sizeof salt);
  if (error == 0) /* PRK_3e2m or PRK_4e3m */
    error = crypto_hkdf_extract(hooks, salt, sizeof salt, secret, EC_LENGTH, next);
  crypto_wipe(salt, sizeof salt);
  return error;
}

int edhoc_keystream_2(const struct node_hooks *hooks, const uint8_t prk_2e[32],
                      const uint8_t th_2[32], uint8_t *text, size_t length) {
  uint8_t keystream[EDHOC_CONTEXT_MAX];
  if (length > sizeof keystream)
    return NODE_ERR_TOO_LONG;
  /* KEYSTREAM_2 */
  const int error =
      edhoc_kdf(hooks, prk_2e, EDHOC_KEYSTREAM_2, th_2, EDHOC_HASH_LENGTH, keystream, length);
  for (size_t i = 0; error == 0 && i < length; i++)
    text[i] ^= keystream[i];
  crypto_wipe(keystream, length);
  return error;
}

void edhoc_aad_put(struct span_writer *out, const uint8_t th[32]) {
  cbor_put_array(out, 3);
  cbor_put_text(out, "Encrypt0");
  cbor_put_bytes(out, NULL, 0); /* protected */
  cbor_put_bytes(out, th, EDHOC_HASH_LENGTH);
}

int edhoc_aead_derive(const struct node_hooks *hooks, const struct edhoc_suite *suite,
                      const uint8_t prk[32], enum edhoc_label key_label, const uint8_t th[32],
                      struct edhoc_aead *aead) {
  const uint32_t iv_label = (uint32_t)key_label + 1;
  memset(aead, 0, sizeof *aead);
  aead->tag_length = suite->tag_length;
  memcpy(aead->th, th, EDHOC_HASH_LENGTH);
  /* K_3 or K_4 */
  int error = edhoc_kdf(hooks, prk, key_label, th, EDHOC_HASH_LENGTH, aead->key, sizeof aead->key);
  if (error == 0) /* IV_3 or IV_4 */
    error = edhoc_kdf(hooks, prk, iv_label, th, EDHOC_HASH_LENGTH, aead->iv, sizeof aead->iv);
  return error;
}

int edhoc_aead_seal(const struct node_hooks *hooks, const struct edhoc_aead *aead,
                    const uint8_t *plaintext, size_t length, uint8_t *ciphertext) {
  uint8_t aad[AAD_LENGTH];
  struct span_writer out;
  span_writer_init(&out, aad, sizeof aad, NULL);
  edhoc_aad_put(&out, aead->th);
  return crypto_ccm_encrypt(hooks, aead->key, aead->iv, sizeof aead->iv, aad, out.length, plaintext,
                            length, aead->tag_length, ciphertext);
}

int edhoc_aead_open(const struct node_hooks *hooks, const struct edhoc_aead *aead,
                    const uint8_t *ciphertext, size_t length, uint8_t *plaintext) {
  uint8_t aad[AAD_LENGTH];
  struct span_writer out;
  span_writer_init(&out, aad, sizeof aad, NULL);
  edhoc_aad_put(&out, aead->th);
  if (length < aead->tag_length)
    return NODE_ERR_MALFORMED;
  return crypto_ccm_decrypt(hooks, aead->key, aead->iv, sizeof aead->iv, aad, out.length,
                            ciphertext, length - aead->tag_length, aead->tag_length, plaintext);
}
