/* Forms and costs of SHA-256 and SHA-384 (FIPS 180-4), and of HMAC (RFC 2104) with them. */
#include "hashes.h"

#include <assert.h>

static const struct crypto_hash_form FORMS[] = {
    [CRYPTO_HASH_SHA256] = {.type = MBEDTLS_MD_SHA256,
                            .primitive = NODE_PRIMITIVE_SHA256_BLOCK,
                            .length = CRYPTO_SHA256_LENGTH,
                            .block_length = 64,
                            .padding_min = 1 + 8},
    [CRYPTO_HASH_SHA384] = {.type = MBEDTLS_MD_SHA384,
                            .primitive = NODE_PRIMITIVE_SHA512_BLOCK,
                            .length = CRYPTO_SHA384_LENGTH,
                            .block_length = 128,
                            .padding_min = 1 + 16},
};

const struct crypto_hash_form *crypto_hash_form_of(enum crypto_hash hash) {
  assert(hash < CRYPTO_HASH_NONE);
  return &FORMS[hash];
}

size_t crypto_hash_length(enum crypto_hash hash) {
  return crypto_hash_form_of(hash)->length;
}

uint32_t crypto_hash_blocks(const struct crypto_hash_form *form, size_t length) {
  return (uint32_t)((length + form->padding_min + form->block_length - 1) / form->block_length);
}

uint32_t crypto_hmac_blocks(const struct crypto_hash_form *form, size_t key_length, size_t length) {
  const uint32_t key = key_length > form->block_length ? crypto_hash_blocks(form, key_length) : 0;
  return key + 1 + crypto_hash_blocks(form, length) + 1 + crypto_hash_blocks(form, form->length);
}
