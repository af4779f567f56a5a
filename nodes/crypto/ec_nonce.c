/* The nonce of deterministic ECDSA: the HMAC-DRBG of RFC 6979 section 3.2, which mbedtls has. */
#include "ec_nonce.h"

#include <string.h>

#include <mbedtls/bignum.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/platform_util.h>

enum { LENGTH = 32 };

/* The order of P-256. */
static const uint8_t ORDER[LENGTH] = {
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51,
};

bool ec_p256_scalar(const uint8_t octets[32]) {
  static const uint8_t zero[LENGTH] = {0};
  return memcmp(octets, zero, LENGTH) != 0 && memcmp(octets, ORDER, LENGTH) < 0;
}

/* bits2octets: the hash modulo the order, which is more than half of 2^256. */
static int reduce(const uint8_t hash[32], uint8_t reduced[32]) {
  mbedtls_mpi z, n;
  mbedtls_mpi_init(&z);
  mbedtls_mpi_init(&n);
  int error = mbedtls_mpi_read_binary(&z, hash, LENGTH);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&n, ORDER, LENGTH);
  if (error == 0)
    error = mbedtls_mpi_mod_mpi(&z, &z, &n);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&z, reduced, LENGTH);
  mbedtls_mpi_free(&z);
  mbedtls_mpi_free(&n);
  return error;
}

int ec_p256_nonce(const uint8_t private[32], const uint8_t hash[32], uint8_t nonce[32]) {
  uint8_t seed[2 * LENGTH];
  mbedtls_hmac_drbg_context drbg;
  mbedtls_hmac_drbg_init(&drbg);
  memcpy(seed, private, LENGTH);
  int error = reduce(hash, seed + LENGTH);
  if (error == 0)
    error = mbedtls_hmac_drbg_seed_buf(&drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), seed,
                                       sizeof seed);
  do {
    if (error == 0)
      error = mbedtls_hmac_drbg_random(&drbg, nonce, LENGTH);
  } while (error == 0 && !ec_p256_scalar(nonce));
  mbedtls_hmac_drbg_free(&drbg);
  mbedtls_platform_zeroize(seed, sizeof seed);
  return error;
}
