/* AEADs on mbedtls, as rows of a table. */
#include "aead.h"

#include <mbedtls/chachapoly.h>
#include <mbedtls/gcm.h>

enum { BLOCK_LENGTH = 16, CHACHA20_BLOCK_LENGTH = 64, BITS_OF_AN_OCTET = 8 };

struct aead_row;

/* Both ways of one message; `in` and `out` as the public functions say. */
struct aead_message {
  const uint8_t *key, *nonce, *aad;
  size_t aad_length;
  const uint8_t *in;
  size_t length;
  uint8_t *out;
};

typedef int aead_function(const struct aead_row *row, const struct node_hooks *hooks,
                          const struct aead_message *message);

struct aead_row {
  struct crypto_aead_lengths lengths;
  enum node_primitive schedule, block; /* of AES */
  aead_function *encrypt, *decrypt;
};

static uint32_t blocks_of(size_t length, size_t block_length) {
  return (uint32_t)((length + block_length - 1) / block_length);
}

/* Of what authenticates: associated data, text, and their lengths in one. */
static uint32_t authenticated_blocks(const struct aead_message *message) {
  return blocks_of(message->aad_length, BLOCK_LENGTH) + blocks_of(message->length, BLOCK_LENGTH) +
         1;
}

/* `wrong`: what the library says of a wrong tag. */
static int aead_conclude(int library_error, int wrong, uint8_t *out, size_t length) {
  if (library_error == 0)
    return 0;
  crypto_wipe(out, length);
  return library_error == wrong ? NODE_ERR_VERIFY : NODE_ERR_CRYPTO;
}

/* AES-CCM */

static int ccm_encrypt(const struct aead_row *row, const struct node_hooks *hooks,
                       const struct aead_message *message) {
  return crypto_ccm_encrypt(hooks, message->key, message->nonce, CRYPTO_CCM_NONCE_LENGTH,
                            message->aad, message->aad_length, message->in, message->length,
                            row->lengths.tag, message->out);
}

static int ccm_decrypt(const struct aead_row *row, const struct node_hooks *hooks,
                       const struct aead_message *message) {
  return crypto_ccm_decrypt(hooks, message->key, message->nonce, CRYPTO_CCM_NONCE_LENGTH,
                            message->aad, message->aad_length, message->in, message->length,
                            row->lengths.tag, message->out);
}

/* AES-GCM */

static void gcm_cost(const struct aead_row *row, const struct node_hooks *hooks,
                     const struct aead_message *message) {
  node_cost(hooks, row->schedule, 1);
  node_cost(hooks, row->block, 2 + blocks_of(message->length, BLOCK_LENGTH));
  node_cost(hooks, NODE_PRIMITIVE_GHASH_BLOCK, authenticated_blocks(message));
}

static int gcm_open(mbedtls_gcm_context *gcm, const struct aead_row *row, const uint8_t *key) {
  mbedtls_gcm_init(gcm);
  return mbedtls_gcm_setkey(gcm, MBEDTLS_CIPHER_ID_AES, key,
                            (unsigned)row->lengths.key * BITS_OF_AN_OCTET);
}

static int gcm_encrypt(const struct aead_row *row, const struct node_hooks *hooks,
                       const struct aead_message *message) {
  mbedtls_gcm_context gcm;
  int error = gcm_open(&gcm, row, message->key);
  if (error == 0)
    error = mbedtls_gcm_crypt_and_tag(&gcm, MBEDTLS_GCM_ENCRYPT, message->length, message->nonce,
                                      row->lengths.nonce, message->aad, message->aad_length,
                                      message->in, message->out, row->lengths.tag,
                                      message->out + message->length);
  gcm_cost(row, hooks, message);
  mbedtls_gcm_free(&gcm);
  return aead_conclude(error, 0, message->out, message->length + row->lengths.tag);
}

static int gcm_decrypt(const struct aead_row *row, const struct node_hooks *hooks,
                       const struct aead_message *message) {
  mbedtls_gcm_context gcm;
  int error = gcm_open(&gcm, row, message->key);
  if (error == 0)
    error =
        mbedtls_gcm_auth_decrypt(&gcm, message->length, message->nonce, row->lengths.nonce,
                                 message->aad, message->aad_length, message->in + message->length,
                                 row->lengths.tag, message->in, message->out);
  gcm_cost(row, hooks, message);
  mbedtls_gcm_free(&gcm);
  return aead_conclude(error, MBEDTLS_ERR_GCM_AUTH_FAILED, message->out, message->length);
}

/* ChaCha20/Poly1305 */

static void chacha_cost(const struct node_hooks *hooks, const struct aead_message *message) {
  node_cost(hooks, NODE_PRIMITIVE_CHACHA20_BLOCK,
            1 + blocks_of(message->length, CHACHA20_BLOCK_LENGTH));
  node_cost(hooks, NODE_PRIMITIVE_POLY1305_BLOCK, authenticated_blocks(message));
}

static int chacha_encrypt(const struct aead_row *row, const struct node_hooks *hooks,
                          const struct aead_message *message) {
  mbedtls_chachapoly_context chacha;
  mbedtls_chachapoly_init(&chacha);
  int error = mbedtls_chachapoly_setkey(&chacha, message->key);
  if (error == 0)
    error = mbedtls_chachapoly_encrypt_and_tag(&chacha, message->length, message->nonce,
                                               message->aad, message->aad_length, message->in,
                                               message->out, message->out + message->length);
  chacha_cost(hooks, message);
  mbedtls_chachapoly_free(&chacha);
  return aead_conclude(error, 0, message->out, message->length + row->lengths.tag);
}

static int chacha_decrypt(const struct aead_row *row, const struct node_hooks *hooks,
                          const struct aead_message *message) {
  (void)row;
  mbedtls_chachapoly_context chacha;
  mbedtls_chachapoly_init(&chacha);
  int error = mbedtls_chachapoly_setkey(&chacha, message->key);
  if (error == 0)
    error = mbedtls_chachapoly_auth_decrypt(&chacha, message->length, message->nonce, message->aad,
                                            message->aad_length, message->in + message->length,
                                            message->in, message->out);
  chacha_cost(hooks, message);
  mbedtls_chachapoly_free(&chacha);
  return aead_conclude(error, MBEDTLS_ERR_CHACHAPOLY_AUTH_FAILED, message->out, message->length);
}

/* All */

static const struct aead_row ROWS[] = {
    [CRYPTO_AEAD_AES_CCM_16_64_128] = {.lengths = {16, CRYPTO_CCM_NONCE_LENGTH, 8},
                                       .encrypt = ccm_encrypt,
                                       .decrypt = ccm_decrypt},
    [CRYPTO_AEAD_A128GCM] = {.lengths = {16, 12, 16},
                             .schedule = NODE_PRIMITIVE_AES_KEY_SCHEDULE,
                             .block = NODE_PRIMITIVE_AES_BLOCK,
                             .encrypt = gcm_encrypt,
                             .decrypt = gcm_decrypt},
    [CRYPTO_AEAD_A256GCM] = {.lengths = {32, 12, 16},
                             .schedule = NODE_PRIMITIVE_AES256_KEY_SCHEDULE,
                             .block = NODE_PRIMITIVE_AES256_BLOCK,
                             .encrypt = gcm_encrypt,
                             .decrypt = gcm_decrypt},
    [CRYPTO_AEAD_CHACHA20_POLY1305] = {.lengths = {32, 12, 16},
                                       .encrypt = chacha_encrypt,
                                       .decrypt = chacha_decrypt},
};

struct crypto_aead_lengths crypto_aead_lengths_of(enum crypto_aead aead) {
  return ROWS[aead].lengths;
}

int crypto_aead_encrypt(const struct node_hooks *hooks, enum crypto_aead aead, const uint8_t *key,
                        const uint8_t *nonce, const uint8_t *aad, size_t aad_length,
                        const uint8_t *text, size_t length, uint8_t *out) {
  const struct aead_message message = {key, nonce, aad, aad_length, text, length, out};
  return ROWS[aead].encrypt(&ROWS[aead], hooks, &message);
}

int crypto_aead_decrypt(const struct node_hooks *hooks, enum crypto_aead aead, const uint8_t *key,
                        const uint8_t *nonce, const uint8_t *aad, size_t aad_length,
                        const uint8_t *text, size_t length, uint8_t *out) {
  const struct aead_message message = {key, nonce, aad, aad_length, text, length, out};
  return ROWS[aead].decrypt(&ROWS[aead], hooks, &message);
}
