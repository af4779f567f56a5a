/* The elliptic-curve backend on libcrypto (OpenSSL 3), for speed: equal to the reference in every
 * octet. ECDSA is composed of point and number arithmetic, since the library draws its nonces at
 * random. */
#include "ec.h"

#include <string.h>

#include <openssl/bn.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/objects.h>

#include "ec_nonce.h"

/* P-256 with what one operation needs. */
struct p256_work {
  EC_GROUP *group;
  BN_CTX *ctx;
  EC_POINT *point;
  BIGNUM *a, *b, *c, *d;
};

static bool p256_work_begin(struct p256_work *work) {
  memset(work, 0, sizeof *work);
  work->group = EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1);
  work->ctx = BN_CTX_new();
  if (work->group == NULL || work->ctx == NULL)
    return false;
  work->point = EC_POINT_new(work->group);
  work->a = BN_new();
  work->b = BN_new();
  work->c = BN_new();
  work->d = BN_new();
  return work->point != NULL && work->a != NULL && work->b != NULL && work->c != NULL &&
         work->d != NULL;
}

static int p256_work_end(struct p256_work *work, bool good) {
  BN_clear_free(work->a);
  BN_clear_free(work->b);
  BN_clear_free(work->c);
  BN_clear_free(work->d);
  EC_POINT_clear_free(work->point);
  EC_GROUP_free(work->group);
  BN_CTX_free(work->ctx);
  return good ? 0 : -1;
}

static bool p256_read_number(BIGNUM *number, const uint8_t octets[32]) {
  BN_set_flags(number, BN_FLG_CONSTTIME);
  return BN_bin2bn(octets, EC_LENGTH, number) != NULL;
}

static bool p256_write_number(const BIGNUM *number, uint8_t octets[32]) {
  return BN_bn2binpad(number, octets, EC_LENGTH) == EC_LENGTH;
}

/* Fails if the point is not on the curve. */
static bool p256_read_point(struct p256_work *work, const uint8_t x[32], const uint8_t y[32]) {
  const BIGNUM *p = EC_GROUP_get0_field(work->group);
  return BN_bin2bn(x, EC_LENGTH, work->a) != NULL && BN_bin2bn(y, EC_LENGTH, work->b) != NULL &&
         BN_cmp(work->a, p) < 0 && BN_cmp(work->b, p) < 0 &&
         EC_POINT_set_affine_coordinates(work->group, work->point, work->a, work->b, work->ctx);
}

static bool p256_write_point(struct p256_work *work, uint8_t x[32], uint8_t *y) {
  return EC_POINT_get_affine_coordinates(work->group, work->point, work->a, work->b, work->ctx) &&
         p256_write_number(work->a, x) && (y == NULL || p256_write_number(work->b, y));
}

static int ec_libcrypto_p256_public(const uint8_t private[32], uint8_t x[32], uint8_t y[32]) {
  struct p256_work work;
  const bool good = p256_work_begin(&work) && p256_read_number(work.d, private) &&
                    EC_POINT_mul(work.group, work.point, work.d, NULL, NULL, work.ctx) &&
                    p256_write_point(&work, x, y);
  return p256_work_end(&work, good);
}

static int ec_libcrypto_p256_ecdh(const uint8_t private[32], const uint8_t x[32],
                                  const uint8_t y[32], uint8_t secret[32]) {
  struct p256_work work;
  const bool good = p256_work_begin(&work) && p256_read_number(work.d, private) &&
                    p256_read_point(&work, x, y) &&
                    EC_POINT_mul(work.group, work.point, NULL, work.point, work.d, work.ctx) &&
                    p256_write_point(&work, secret, NULL);
  return p256_work_end(&work, good);
}

static int ec_libcrypto_p256_decompress(const uint8_t x[32], bool odd, uint8_t y[32]) {
  struct p256_work work;
  const bool good =
      p256_work_begin(&work) && BN_bin2bn(x, EC_LENGTH, work.a) != NULL &&
      BN_cmp(work.a, EC_GROUP_get0_field(work.group)) < 0 &&
      EC_POINT_set_compressed_coordinates(work.group, work.point, work.a, odd, work.ctx) &&
      EC_POINT_get_affine_coordinates(work.group, work.point, work.a, work.b, work.ctx) &&
      p256_write_number(work.b, y);
  return p256_work_end(&work, good);
}

/* r = x(kG) mod n, s = (hash + r d) / k mod n; `point` is kG. */
static bool compose_signature(struct p256_work *work, const uint8_t hash[32],
                              uint8_t signature[64]) {
  const BIGNUM *n = EC_GROUP_get0_order(work->group);
  BIGNUM *r = work->a, *s = work->b, *k = work->c, *d = work->d;
  BIGNUM *z = BN_bin2bn(hash, EC_LENGTH, NULL);
  const bool good =
      z != NULL && EC_POINT_get_affine_coordinates(work->group, work->point, r, NULL, work->ctx) &&
      BN_nnmod(r, r, n, work->ctx) && BN_mod_mul(s, r, d, n, work->ctx) &&
      BN_mod_add(s, s, z, n, work->ctx) && BN_mod_inverse(k, k, n, work->ctx) != NULL &&
      BN_mod_mul(s, s, k, n, work->ctx) && !BN_is_zero(r) && !BN_is_zero(s) &&
      p256_write_number(r, signature) && p256_write_number(s, signature + EC_LENGTH);
  BN_clear_free(z);
  return good;
}

static int ec_libcrypto_p256_sign(const uint8_t private[32], const uint8_t hash[32],
                                  uint8_t signature[64]) {
  struct p256_work work;
  uint8_t nonce[EC_LENGTH] = {0};
  const bool good = p256_work_begin(&work) && ec_p256_nonce(private, hash, nonce) == 0 &&
                    p256_read_number(work.c, nonce) && p256_read_number(work.d, private) &&
                    EC_POINT_mul(work.group, work.point, work.c, NULL, NULL, work.ctx) &&
                    compose_signature(&work, hash, signature);
  OPENSSL_cleanse(nonce, sizeof nonce);
  return p256_work_end(&work, good);
}

/* x(u1 G + u2 Q) mod n = r, with u1 = hash / s and u2 = r / s. */
static int ec_libcrypto_p256_verify(const uint8_t x[32], const uint8_t y[32],
                                    const uint8_t hash[32], const uint8_t signature[64]) {
  struct p256_work work;
  bool good = p256_work_begin(&work) && p256_read_point(&work, x, y);
  if (good) {
    const BIGNUM *n = EC_GROUP_get0_order(work.group);
    BIGNUM *u1 = work.a, *u2 = work.b, *r = work.c, *w = work.d;
    good = BN_bin2bn(hash, EC_LENGTH, u1) != NULL && BN_bin2bn(signature, EC_LENGTH, r) != NULL &&
           BN_bin2bn(signature + EC_LENGTH, EC_LENGTH, w) != NULL &&
           BN_mod_inverse(w, w, n, work.ctx) != NULL && BN_nnmod(u1, u1, n, work.ctx) &&
           BN_mod_mul(u1, u1, w, n, work.ctx) && BN_mod_mul(u2, r, w, n, work.ctx) &&
           EC_POINT_mul(work.group, work.point, u1, work.point, u2, work.ctx) &&
           EC_POINT_get_affine_coordinates(work.group, work.point, u1, NULL, work.ctx) &&
           BN_nnmod(u1, u1, n, work.ctx) && BN_cmp(u1, r) == 0;
  }
  return p256_work_end(&work, good);
}

static int ec_libcrypto_x25519(const uint8_t private[32], const uint8_t u[32],
                               uint8_t product[32]) {
  size_t length = EC_LENGTH;
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_X25519, NULL, private, EC_LENGTH);
  EVP_PKEY *peer = EVP_PKEY_new_raw_public_key(EVP_PKEY_X25519, NULL, u, EC_LENGTH);
  EVP_PKEY_CTX *ctx = key == NULL ? NULL : EVP_PKEY_CTX_new(key, NULL);
  const bool good = ctx != NULL && peer != NULL && EVP_PKEY_derive_init(ctx) == 1 &&
                    EVP_PKEY_derive_set_peer(ctx, peer) == 1 &&
                    EVP_PKEY_derive(ctx, product, &length) == 1 && length == EC_LENGTH;
  EVP_PKEY_CTX_free(ctx);
  EVP_PKEY_free(peer);
  EVP_PKEY_free(key);
  return good ? 0 : -1;
}

static int ec_libcrypto_ed25519_public(const uint8_t private[32], uint8_t x[32]) {
  size_t length = EC_LENGTH;
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private, EC_LENGTH);
  const bool good = key != NULL && EVP_PKEY_get_raw_public_key(key, x, &length) == 1;
  EVP_PKEY_free(key);
  return good ? 0 : -1;
}

static int ec_libcrypto_ed25519_sign(const uint8_t private[32], const uint8_t *message,
                                     size_t length, uint8_t signature[64]) {
  size_t signature_length = EC_SIGNATURE_LENGTH;
  EVP_PKEY *key = EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, NULL, private, EC_LENGTH);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  const bool good = key != NULL && ctx != NULL &&
                    EVP_DigestSignInit(ctx, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestSign(ctx, signature, &signature_length, message, length) == 1;
  EVP_MD_CTX_free(ctx);
  EVP_PKEY_free(key);
  return good ? 0 : -1;
}

static int ec_libcrypto_ed25519_verify(const uint8_t x[32], const uint8_t *message, size_t length,
                                       const uint8_t signature[64]) {
  EVP_PKEY *key = EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, NULL, x, EC_LENGTH);
  EVP_MD_CTX *ctx = EVP_MD_CTX_new();
  const bool good = key != NULL && ctx != NULL &&
                    EVP_DigestVerifyInit(ctx, NULL, NULL, NULL, key) == 1 &&
                    EVP_DigestVerify(ctx, signature, EC_SIGNATURE_LENGTH, message, length) == 1;
  EVP_MD_CTX_free(ctx);
  EVP_PKEY_free(key);
  return good ? 0 : -1;
}

const struct ec_backend EC_LIBCRYPTO = {
    .name = "libcrypto",
    .p256_public = ec_libcrypto_p256_public,
    .p256_ecdh = ec_libcrypto_p256_ecdh,
    .p256_decompress = ec_libcrypto_p256_decompress,
    .p256_sign = ec_libcrypto_p256_sign,
    .p256_verify = ec_libcrypto_p256_verify,
    .x25519 = ec_libcrypto_x25519,
    .ed25519_public = ec_libcrypto_ed25519_public,
    .ed25519_sign = ec_libcrypto_ed25519_sign,
    .ed25519_verify = ec_libcrypto_ed25519_verify,
};
