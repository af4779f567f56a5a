/* Elliptic curves: checks that all backends share, dispatch, and costs. */
#include "ec.h"

#include <string.h>

#include "crypto.h"
#include "ec_nonce.h"

static const uint8_t X25519_BASE[EC_LENGTH] = {9};

static const struct ec_backend *backend_of(const struct ec *ec) {
  return ec->backend == NULL ? &EC_MBEDTLS : ec->backend;
}

/* The last step of each function: a library's failure becomes `meaning`, and no output is left. */
static int ec_conclude(int library_error, int meaning, void *out, size_t length) {
  if (library_error == 0)
    return 0;
  crypto_wipe(out, length);
  return meaning;
}

/* u-coordinates of the points of order 1, 2, 4 and 8, and of those on the twist. */
static const uint8_t X25519_LOW_ORDER[][EC_LENGTH] = {
    {0},
    {1},
    {0xe0, 0xeb, 0x7a, 0x7c, 0x3b, 0x41, 0xb8, 0xae, 0x16, 0x56, 0xe3,
     0xfa, 0xf1, 0x9f, 0xc4, 0x6a, 0xda, 0x09, 0x8d, 0xeb, 0x9c, 0x32,
     0xb1, 0xfd, 0x86, 0x62, 0x05, 0x16, 0x5f, 0x49, 0xb8, 0x00},
    {0x5f, 0x9c, 0x95, 0xbc, 0xa3, 0x50, 0x8c, 0x24, 0xb1, 0xd0, 0xb1,
     0x55, 0x9c, 0x83, 0xef, 0x5b, 0x04, 0x44, 0x5c, 0xc4, 0x58, 0x1c,
     0x8e, 0x86, 0xd8, 0x22, 0x4e, 0xdd, 0xd0, 0x9f, 0x11, 0x57},
    {0xec, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
     0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
};

/* RFC 7748 section 5: the topmost bit is ignored, and 2^255-19 to 2^255-1 are taken modulo
 * 2^255-19. */
static void x25519_canonical(const uint8_t u[EC_LENGTH], uint8_t canonical[EC_LENGTH]) {
  memcpy(canonical, u, EC_LENGTH);
  canonical[EC_LENGTH - 1] &= 0x7f;
  bool wraps = canonical[0] >= 0xed && canonical[EC_LENGTH - 1] == 0x7f;
  for (size_t i = 1; i < EC_LENGTH - 1; i++)
    wraps = wraps && canonical[i] == 0xff;
  if (wraps) {
    const uint8_t rest = (uint8_t)(canonical[0] - 0xed);
    memset(canonical, 0, EC_LENGTH);
    canonical[0] = rest;
  }
}

static bool x25519_low_order(const uint8_t canonical[EC_LENGTH]) {
  for (size_t i = 0; i < sizeof X25519_LOW_ORDER / sizeof X25519_LOW_ORDER[0]; i++)
    if (memcmp(canonical, X25519_LOW_ORDER[i], EC_LENGTH) == 0)
      return true;
  return false;
}

static int x25519(const struct ec *ec, const uint8_t private[32], const uint8_t u[32],
                  uint8_t product[32]) {
  static const uint8_t zero[EC_LENGTH] = {0};
  uint8_t canonical[EC_LENGTH], clamped[EC_LENGTH];
  x25519_canonical(u, canonical);
  if (x25519_low_order(canonical))
    return ec_conclude(-1, NODE_ERR_MALFORMED, product, EC_LENGTH);
  memcpy(clamped, private, sizeof clamped);
  clamped[0] &= 0xf8;
  clamped[EC_LENGTH - 1] = (uint8_t)((clamped[EC_LENGTH - 1] & 0x7f) | 0x40);
  const int error = backend_of(ec)->x25519(clamped, canonical, product);
  node_cost(ec->hooks, NODE_PRIMITIVE_X25519, 1);
  crypto_wipe(clamped, sizeof clamped);
  if (error == 0 && crypto_equal(product, zero, sizeof zero))
    return NODE_ERR_MALFORMED; /* RFC 7748 section 6.1 */
  return ec_conclude(error, NODE_ERR_CRYPTO, product, EC_LENGTH);
}

bool ec_signs(const struct ec *ec, enum ec_curve curve) {
  return curve == EC_P256 || (curve == EC_ED25519 && backend_of(ec)->ed25519_sign != NULL);
}

int ec_derive(const struct ec *ec, enum ec_curve curve, const uint8_t private[32],
              struct ec_public *public) {
  const struct ec_backend *backend = backend_of(ec);
  int error;
  memset(public, 0, sizeof *public);
  switch (curve) {
  case EC_P256:
    if (!ec_p256_scalar(private))
      return NODE_ERR_MALFORMED;
    error = backend->p256_public(private, public->x, public->y);
    node_cost(ec->hooks, NODE_PRIMITIVE_P256_KEYGEN, 1);
    break;
  case EC_X25519:
    error = x25519(ec, private, X25519_BASE, public->x);
    break;
  default:
    if (!ec_signs(ec, curve))
      return NODE_ERR_UNSUPPORTED;
    error = backend->ed25519_public(private, public->x);
  }
  public->curve = curve;
  return ec_conclude(error, NODE_ERR_CRYPTO, public, sizeof *public);
}

int ec_generate(const struct ec *ec, enum ec_curve curve, uint8_t private[32],
                struct ec_public *public) {
  do
    node_random(ec->hooks, private, EC_LENGTH);
  while (curve == EC_P256 && !ec_p256_scalar(private));
  const int error = ec_derive(ec, curve, private, public);
  return ec_conclude(error, error, private, EC_LENGTH);
}

int ec_decompress(const struct ec *ec, enum ec_curve curve, const uint8_t x[32], bool odd,
                  struct ec_public *public) {
  memset(public, 0, sizeof *public);
  public->curve = curve;
  memcpy(public->x, x, EC_LENGTH);
  int error = 0;
  if (curve == EC_P256) {
    error = backend_of(ec)->p256_decompress(x, odd, public->y);
    node_cost(ec->hooks, NODE_PRIMITIVE_P256_DECOMPRESS, 1);
  } else if (curve == EC_X25519) {
    uint8_t canonical[EC_LENGTH];
    x25519_canonical(x, canonical);
    error = x25519_low_order(canonical) ? -1 : 0;
  }
  return ec_conclude(error, NODE_ERR_MALFORMED, public, sizeof *public);
}

int ec_agree(const struct ec *ec, const uint8_t private[32], const struct ec_public *public,
             uint8_t secret[32]) {
  if (public->curve == EC_X25519)
    return x25519(ec, private, public->x, secret);
  if (public->curve != EC_P256)
    return ec_conclude(-1, NODE_ERR_UNSUPPORTED, secret, EC_LENGTH);
  int error = -1;
  if (ec_p256_scalar(private)) {
    error = backend_of(ec)->p256_ecdh(private, public->x, public->y, secret);
    node_cost(ec->hooks, NODE_PRIMITIVE_P256_ECDH, 1);
  }
  return ec_conclude(error, NODE_ERR_MALFORMED, secret, EC_LENGTH);
}

static int p256_sign(const struct ec *ec, const uint8_t private[32], const uint8_t *message,
                     size_t length, uint8_t signature[64]) {
  uint8_t hash[CRYPTO_SHA256_LENGTH];
  int error = crypto_sha256(ec->hooks, message, length, hash);
  if (error == 0)
    error = backend_of(ec)->p256_sign(private, hash, signature);
  node_cost(ec->hooks, NODE_PRIMITIVE_P256_SIGN, 1);
  return error;
}

int ec_sign(const struct ec *ec, enum ec_curve curve, const uint8_t private[32],
            const uint8_t *message, size_t length, uint8_t signature[64]) {
  int error = NODE_ERR_CRYPTO;
  if (!ec_signs(ec, curve))
    return ec_conclude(-1, NODE_ERR_UNSUPPORTED, signature, EC_SIGNATURE_LENGTH);
  if (curve == EC_P256 && !ec_p256_scalar(private))
    return ec_conclude(-1, NODE_ERR_MALFORMED, signature, EC_SIGNATURE_LENGTH);
  if (curve == EC_P256)
    error = p256_sign(ec, private, message, length, signature);
  else
    error = backend_of(ec)->ed25519_sign(private, message, length, signature);
  return ec_conclude(error, NODE_ERR_CRYPTO, signature, EC_SIGNATURE_LENGTH);
}

int ec_verify(const struct ec *ec, const struct ec_public *public, const uint8_t *message,
              size_t length, const uint8_t signature[64]) {
  const struct ec_backend *backend = backend_of(ec);
  uint8_t hash[CRYPTO_SHA256_LENGTH];
  if (!ec_signs(ec, public->curve))
    return NODE_ERR_UNSUPPORTED;
  if (public->curve == EC_ED25519)
    return backend->ed25519_verify(public->x, message, length, signature) == 0 ? 0
                                                                               : NODE_ERR_VERIFY;
  const int error = crypto_sha256(ec->hooks, message, length, hash);
  if (error != 0)
    return error;
  node_cost(ec->hooks, NODE_PRIMITIVE_P256_VERIFY, 1);
  if (!ec_p256_scalar(signature) || !ec_p256_scalar(signature + EC_LENGTH))
    return NODE_ERR_VERIFY;
  return backend->p256_verify(public->x, public->y, hash, signature) == 0 ? 0 : NODE_ERR_VERIFY;
}
