/* The elliptic-curve backend on mbedtls: the reference. Its blinding draws from a generator that
 * the library seeds with the scalar, so that it takes nothing from the node's random stream. */
#include "ec.h"

#include <mbedtls/ecdsa.h>
#include <mbedtls/ecp.h>
#include <mbedtls/hmac_drbg.h>
#include <mbedtls/platform_util.h>

/* A group with one scalar and two points of it; what an operation does not need stays empty. */
struct curve_work {
  mbedtls_ecp_group group;
  mbedtls_mpi d, r, s;
  mbedtls_ecp_point point, product;
};

static int curve_work_begin(struct curve_work *work, mbedtls_ecp_group_id id) {
  mbedtls_ecp_group_init(&work->group);
  mbedtls_mpi_init(&work->d);
  mbedtls_mpi_init(&work->r);
  mbedtls_mpi_init(&work->s);
  mbedtls_ecp_point_init(&work->point);
  mbedtls_ecp_point_init(&work->product);
  return mbedtls_ecp_group_load(&work->group, id);
}

static void curve_work_end(struct curve_work *work) {
  mbedtls_ecp_group_free(&work->group);
  mbedtls_mpi_free(&work->d);
  mbedtls_mpi_free(&work->r);
  mbedtls_mpi_free(&work->s);
  mbedtls_ecp_point_free(&work->point);
  mbedtls_ecp_point_free(&work->product);
}

static int curve_read_point(struct curve_work *work, const uint8_t x[32], const uint8_t y[32]) {
  int error = mbedtls_mpi_read_binary(&work->point.X, x, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work->point.Y, y, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_lset(&work->point.Z, 1);
  return error != 0 ? error : mbedtls_ecp_check_pubkey(&work->group, &work->point);
}

static int ec_mbedtls_p256_public(const uint8_t private[32], uint8_t x[32], uint8_t y[32]) {
  struct curve_work work;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_SECP256R1);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work.d, private, EC_LENGTH);
  if (error == 0)
    error = mbedtls_ecp_mul(&work.group, &work.product, &work.d, &work.group.G, NULL, NULL);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&work.product.X, x, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&work.product.Y, y, EC_LENGTH);
  curve_work_end(&work);
  return error;
}

static int ec_mbedtls_p256_ecdh(const uint8_t private[32], const uint8_t x[32], const uint8_t y[32],
                                uint8_t secret[32]) {
  struct curve_work work;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_SECP256R1);
  if (error == 0)
    error = curve_read_point(&work, x, y);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work.d, private, EC_LENGTH);
  if (error == 0)
    error = mbedtls_ecp_mul(&work.group, &work.product, &work.d, &work.point, NULL, NULL);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&work.product.X, secret, EC_LENGTH);
  curve_work_end(&work);
  return error;
}

/* root = (x^3 - 3x + b)^((p+1)/4), with `square` and `e` as scratch. The library leaves `A` empty
 * for -3. */
static int square_root(const mbedtls_ecp_group *group, const mbedtls_mpi *x, mbedtls_mpi *square,
                       mbedtls_mpi *e, mbedtls_mpi *root) {
  int error = mbedtls_mpi_mul_mpi(square, x, x);
  if (error == 0)
    error = mbedtls_mpi_sub_int(square, square, 3);
  if (error == 0)
    error = mbedtls_mpi_mul_mpi(square, square, x);
  if (error == 0)
    error = mbedtls_mpi_add_mpi(square, square, &group->B);
  if (error == 0)
    error = mbedtls_mpi_mod_mpi(square, square, &group->P);
  if (error == 0)
    error = mbedtls_mpi_add_int(e, &group->P, 1);
  if (error == 0)
    error = mbedtls_mpi_shift_r(e, 2);
  return error != 0 ? error : mbedtls_mpi_exp_mod(root, square, e, &group->P, NULL);
}

static int ec_mbedtls_p256_decompress(const uint8_t x[32], bool odd, uint8_t y[32]) {
  struct curve_work work;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_SECP256R1);
  mbedtls_ecp_point *point = &work.point;
  if (error == 0)
    error = mbedtls_mpi_read_binary(&point->X, x, EC_LENGTH);
  if (error == 0 && mbedtls_mpi_cmp_mpi(&point->X, &work.group.P) >= 0)
    error = MBEDTLS_ERR_ECP_INVALID_KEY;
  if (error == 0)
    error = square_root(&work.group, &point->X, &work.r, &work.s, &point->Y);
  if (error == 0 && (mbedtls_mpi_get_bit(&point->Y, 0) == 1) != odd)
    error = mbedtls_mpi_sub_mpi(&point->Y, &work.group.P, &point->Y);
  if (error == 0)
    error = mbedtls_mpi_lset(&point->Z, 1);
  if (error == 0)
    error = mbedtls_ecp_check_pubkey(&work.group, point);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&point->Y, y, EC_LENGTH);
  curve_work_end(&work);
  return error;
}

/* Blinding: octets that only who has the key can foresee. */
static int blinding_begin(mbedtls_hmac_drbg_context *drbg, const uint8_t private[32]) {
  mbedtls_hmac_drbg_init(drbg);
  return mbedtls_hmac_drbg_seed_buf(drbg, mbedtls_md_info_from_type(MBEDTLS_MD_SHA256), private,
                                    EC_LENGTH);
}

static int ec_mbedtls_p256_sign(const uint8_t private[32], const uint8_t hash[32],
                                uint8_t signature[64]) {
  struct curve_work work;
  mbedtls_hmac_drbg_context blinding;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_SECP256R1);
  const int blinding_error = blinding_begin(&blinding, private);
  if (error == 0)
    error = blinding_error;
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work.d, private, EC_LENGTH);
  if (error == 0)
    error = mbedtls_ecdsa_sign_det_ext(&work.group, &work.r, &work.s, &work.d, hash, EC_LENGTH,
                                       MBEDTLS_MD_SHA256, mbedtls_hmac_drbg_random, &blinding);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&work.r, signature, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_write_binary(&work.s, signature + EC_LENGTH, EC_LENGTH);
  mbedtls_hmac_drbg_free(&blinding);
  curve_work_end(&work);
  return error;
}

static int ec_mbedtls_p256_verify(const uint8_t x[32], const uint8_t y[32], const uint8_t hash[32],
                                  const uint8_t signature[64]) {
  struct curve_work work;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_SECP256R1);
  if (error == 0)
    error = curve_read_point(&work, x, y);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work.r, signature, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_read_binary(&work.s, signature + EC_LENGTH, EC_LENGTH);
  if (error == 0)
    error = mbedtls_ecdsa_verify(&work.group, hash, EC_LENGTH, &work.point, &work.r, &work.s);
  curve_work_end(&work);
  return error;
}

static int ec_mbedtls_x25519(const uint8_t private[32], const uint8_t u[32], uint8_t product[32]) {
  struct curve_work work;
  int error = curve_work_begin(&work, MBEDTLS_ECP_DP_CURVE25519);
  if (error == 0)
    error = mbedtls_mpi_read_binary_le(&work.d, private, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_read_binary_le(&work.point.X, u, EC_LENGTH);
  if (error == 0)
    error = mbedtls_mpi_lset(&work.point.Z, 1);
  if (error == 0)
    error = mbedtls_ecp_mul(&work.group, &work.product, &work.d, &work.point, NULL, NULL);
  if (error == 0)
    error = mbedtls_mpi_write_binary_le(&work.product.X, product, EC_LENGTH);
  curve_work_end(&work);
  return error;
}

const struct ec_backend EC_MBEDTLS = {
    .name = "mbedtls",
    .p256_public = ec_mbedtls_p256_public,
    .p256_ecdh = ec_mbedtls_p256_ecdh,
    .p256_decompress = ec_mbedtls_p256_decompress,
    .p256_sign = ec_mbedtls_p256_sign,
    .p256_verify = ec_mbedtls_p256_verify,
    .x25519 = ec_mbedtls_x25519,
};
