/* The copies of the library (CMakeLists.txt) call mbedtls_host_* where they called the C library;
 * the linker brings their calls of the primitives here first (--wrap). */
#include "host.h"

#include <stdlib.h>
#include <time.h>

#include <mbedtls/aes.h>
#include <mbedtls/gcm.h>
#include <mbedtls/sha256.h>

enum {
  AES_BLOCK_LENGTH = 16,
  GCM_SHORT_NONCE = 12,
  SHA256_BLOCK_LENGTH = 64,
  SHA256_LENGTH_FIELD = 8
};

/* Ahead of each block; as strict in alignment as malloc. */
union header {
  struct {
    struct mbedtls_host_account *account;
    size_t size;
  } of;
  max_align_t align;
};

static _Thread_local struct mbedtls_host_account *open_account;

struct mbedtls_host_account *mbedtls_host_open(struct mbedtls_host_account *account) {
  struct mbedtls_host_account *const former = open_account;
  open_account = account;
  return former;
}

void *mbedtls_host_calloc(size_t count, size_t size) {
  size_t bytes, total;
  if (__builtin_mul_overflow(count, size, &bytes) ||
      __builtin_add_overflow(bytes, sizeof(union header), &total))
    return NULL;
  union header *const header = calloc(1, total);
  if (header == NULL)
    return NULL;
  header->of.account = open_account;
  header->of.size = bytes;
  if (open_account != NULL) {
    open_account->bytes += bytes;
    if (open_account->bytes > open_account->bytes_peak)
      open_account->bytes_peak = (uint32_t)open_account->bytes;
  }
  return header + 1;
}

void mbedtls_host_free(void *memory) {
  if (memory == NULL)
    return;
  union header *const header = (union header *)memory - 1;
  if (header->of.account != NULL)
    header->of.account->bytes -= header->of.size;
  free(header);
}

/* time() of the library: a TLS hello's random begins with it. */
time_t mbedtls_host_time(time_t *out);
time_t mbedtls_host_time(time_t *out) {
  if (out != NULL)
    *out = 0;
  return 0;
}

/* Primitives */

static bool metered(void) {
  return open_account != NULL && !open_account->unmetered;
}

int __real_mbedtls_aes_setkey_enc(mbedtls_aes_context *aes, const unsigned char *key,
                                  unsigned bits);
int __wrap_mbedtls_aes_setkey_enc(mbedtls_aes_context *aes, const unsigned char *key,
                                  unsigned bits);
int __wrap_mbedtls_aes_setkey_enc(mbedtls_aes_context *aes, const unsigned char *key,
                                  unsigned bits) {
  if (metered())
    open_account->aes_key_schedules++;
  return __real_mbedtls_aes_setkey_enc(aes, key, bits);
}

int __real_mbedtls_aes_crypt_ecb(mbedtls_aes_context *aes, int mode, const unsigned char in[16],
                                 unsigned char out[16]);
int __wrap_mbedtls_aes_crypt_ecb(mbedtls_aes_context *aes, int mode, const unsigned char in[16],
                                 unsigned char out[16]);
int __wrap_mbedtls_aes_crypt_ecb(mbedtls_aes_context *aes, int mode, const unsigned char in[16],
                                 unsigned char out[16]) {
  if (metered())
    open_account->aes_blocks++;
  return __real_mbedtls_aes_crypt_ecb(aes, mode, in, out);
}

static uint32_t blocks_of(size_t length) {
  return (uint32_t)((length + AES_BLOCK_LENGTH - 1) / AES_BLOCK_LENGTH);
}

/* NIST SP 800-38D section 7.1: of the nonce and its length, unless it is short; of the associated
 * data, the text, and their lengths. */
static void meter_ghash(size_t nonce, size_t aad, size_t text) {
  if (metered())
    open_account->ghash_blocks += (nonce == GCM_SHORT_NONCE ? 0 : blocks_of(nonce) + 1) +
                                  blocks_of(aad) + blocks_of(text) + 1;
}

int __real_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t length,
                                     const unsigned char *nonce, size_t nonce_length,
                                     const unsigned char *aad, size_t aad_length,
                                     const unsigned char *in, unsigned char *out, size_t tag_length,
                                     unsigned char *tag);
int __wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t length,
                                     const unsigned char *nonce, size_t nonce_length,
                                     const unsigned char *aad, size_t aad_length,
                                     const unsigned char *in, unsigned char *out, size_t tag_length,
                                     unsigned char *tag);
int __wrap_mbedtls_gcm_crypt_and_tag(mbedtls_gcm_context *gcm, int mode, size_t length,
                                     const unsigned char *nonce, size_t nonce_length,
                                     const unsigned char *aad, size_t aad_length,
                                     const unsigned char *in, unsigned char *out, size_t tag_length,
                                     unsigned char *tag) {
  meter_ghash(nonce_length, aad_length, length);
  return __real_mbedtls_gcm_crypt_and_tag(gcm, mode, length, nonce, nonce_length, aad, aad_length,
                                          in, out, tag_length, tag);
}

int __real_mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *gcm, size_t length,
                                    const unsigned char *nonce, size_t nonce_length,
                                    const unsigned char *aad, size_t aad_length,
                                    const unsigned char *tag, size_t tag_length,
                                    const unsigned char *in, unsigned char *out);
int __wrap_mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *gcm, size_t length,
                                    const unsigned char *nonce, size_t nonce_length,
                                    const unsigned char *aad, size_t aad_length,
                                    const unsigned char *tag, size_t tag_length,
                                    const unsigned char *in, unsigned char *out);
int __wrap_mbedtls_gcm_auth_decrypt(mbedtls_gcm_context *gcm, size_t length,
                                    const unsigned char *nonce, size_t nonce_length,
                                    const unsigned char *aad, size_t aad_length,
                                    const unsigned char *tag, size_t tag_length,
                                    const unsigned char *in, unsigned char *out) {
  meter_ghash(nonce_length, aad_length, length);
  return __real_mbedtls_gcm_auth_decrypt(gcm, length, nonce, nonce_length, aad, aad_length, tag,
                                         tag_length, in, out);
}

/* Octets that await a whole block. */
static size_t pending(const mbedtls_sha256_context *sha256) {
  return sha256->total[0] % SHA256_BLOCK_LENGTH;
}

int __real_mbedtls_sha256_update_ret(mbedtls_sha256_context *sha256, const unsigned char *in,
                                     size_t length);
int __wrap_mbedtls_sha256_update_ret(mbedtls_sha256_context *sha256, const unsigned char *in,
                                     size_t length);
int __wrap_mbedtls_sha256_update_ret(mbedtls_sha256_context *sha256, const unsigned char *in,
                                     size_t length) {
  if (metered())
    open_account->sha256_blocks += (uint32_t)((pending(sha256) + length) / SHA256_BLOCK_LENGTH);
  return __real_mbedtls_sha256_update_ret(sha256, in, length);
}

int __real_mbedtls_sha256_finish_ret(mbedtls_sha256_context *sha256, unsigned char hash[32]);
int __wrap_mbedtls_sha256_finish_ret(mbedtls_sha256_context *sha256, unsigned char hash[32]);
int __wrap_mbedtls_sha256_finish_ret(mbedtls_sha256_context *sha256, unsigned char hash[32]) {
  if (metered())
    open_account->sha256_blocks +=
        pending(sha256) + 1 + SHA256_LENGTH_FIELD <= SHA256_BLOCK_LENGTH ? 1 : 2;
  return __real_mbedtls_sha256_finish_ret(sha256, hash);
}
