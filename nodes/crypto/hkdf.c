/* HKDF (RFC 5869) on mbedtls. */
#include "hashes.h"

#include <mbedtls/hkdf.h>

static int hkdf_conclude(int library_error, uint8_t *out, size_t length) {
  if (library_error == 0)
    return 0;
  crypto_wipe(out, length);
  return NODE_ERR_CRYPTO;
}

int crypto_hkdf_extract_with(const struct node_hooks *hooks, enum crypto_hash hash,
                             const uint8_t *salt, size_t salt_length, const uint8_t *ikm,
                             size_t ikm_length, uint8_t *prk) {
  static const uint8_t zeros[CRYPTO_HASH_MAX] = {0};
  const struct crypto_hash_form *form = crypto_hash_form_of(hash);
  if (salt == NULL) {
    salt = zeros;
    salt_length = form->length;
  }
  const int error = mbedtls_hkdf_extract(mbedtls_md_info_from_type(form->type), salt, salt_length,
                                         ikm, ikm_length, prk);
  node_cost(hooks, form->primitive, crypto_hmac_blocks(form, salt_length, ikm_length));
  return hkdf_conclude(error, prk, form->length);
}

/* The HMACs of section 2.3: T(i) is over T(i - 1), info and one octet. */
static uint32_t expand_blocks(const struct crypto_hash_form *form, size_t prk_length,
                              size_t info_length, size_t length) {
  uint32_t blocks = 0;
  for (size_t done = 0; done < length; done += form->length)
    blocks +=
        crypto_hmac_blocks(form, prk_length, (done == 0 ? 0 : form->length) + info_length + 1);
  return blocks;
}

int crypto_hkdf_expand_with(const struct node_hooks *hooks, enum crypto_hash hash,
                            const uint8_t *prk, size_t prk_length, const uint8_t *info,
                            size_t info_length, uint8_t *out, size_t length) {
  const struct crypto_hash_form *form = crypto_hash_form_of(hash);
  const int error = mbedtls_hkdf_expand(mbedtls_md_info_from_type(form->type), prk, prk_length,
                                        info, info_length, out, length);
  node_cost(hooks, form->primitive, expand_blocks(form, prk_length, info_length, length));
  return hkdf_conclude(error, out, length);
}

int crypto_hkdf_extract(const struct node_hooks *hooks, const uint8_t *salt, size_t salt_length,
                        const uint8_t *ikm, size_t ikm_length, uint8_t prk[32]) {
  return crypto_hkdf_extract_with(hooks, CRYPTO_HASH_SHA256, salt, salt_length, ikm, ikm_length,
                                  prk);
}

int crypto_hkdf_expand(const struct node_hooks *hooks, const uint8_t prk[32], const uint8_t *info,
                       size_t info_length, uint8_t *out, size_t length) {
  return crypto_hkdf_expand_with(hooks, CRYPTO_HASH_SHA256, prk, CRYPTO_SHA256_LENGTH, info,
                                 info_length, out, length);
}
