/* AES-128, CMAC, EAX, CCM, SHA-256, HMAC and MD5 on mbedtls. EAX (Bellare, Rogaway, Wagner: "The
 * EAX Mode of Operation", 2004) is composed of the library's CMAC and CTR. Costs are those of the
 * library's own way of working: CMAC encrypts the zero block anew for each message, and each HMAC
 * compresses both of its pads. */
#include "hashes.h"

#include <assert.h>
#include <string.h>

#include <mbedtls/version.h>
#include <mbedtls/aes.h>
#include <mbedtls/ccm.h>
#include <mbedtls/cmac.h>
#include <mbedtls/constant_time.h>
#include <mbedtls/platform_util.h>
#include <mbedtls/sha256.h>

enum { AES_BITS = 128 };

bool crypto_equal(const uint8_t *a, const uint8_t *b, size_t length) {
  return mbedtls_ct_memcmp(a, b, length) == 0;
}

void crypto_wipe(void *data, size_t length) {
  mbedtls_platform_zeroize(data, length);
}

static uint32_t blocks_of(size_t length, size_t block_length) {
  return (uint32_t)((length + block_length - 1) / block_length);
}

static void cost_aes(const struct node_hooks *hooks, uint32_t schedules, uint32_t blocks) {
  if (schedules > 0)
    node_cost(hooks, NODE_PRIMITIVE_AES_KEY_SCHEDULE, schedules);
  if (blocks > 0)
    node_cost(hooks, NODE_PRIMITIVE_AES_BLOCK, blocks);
}

/* The last step of each function: one kind of error for all that the library may say, and no
 * half-made output. */
static int crypto_conclude(int library_error, void *out, size_t length) {
  if (library_error == 0)
    return 0;
  crypto_wipe(out, length);
  return NODE_ERR_CRYPTO;
}

int crypto_aes128_encrypt(const struct node_hooks *hooks, const uint8_t key[16],
                          const uint8_t in[16], uint8_t out[16]) {
  mbedtls_aes_context aes;
  mbedtls_aes_init(&aes);
  int error = mbedtls_aes_setkey_enc(&aes, key, AES_BITS);
  if (error == 0)
    error = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, in, out);
  cost_aes(hooks, 1, 1);
  mbedtls_aes_free(&aes);
  return crypto_conclude(error, out, CRYPTO_AES_LENGTH);
}

int crypto_aes128_expand(const struct node_hooks *hooks, const uint8_t key[16],
                         const uint8_t in[16], uint8_t *out, uint8_t count) {
  mbedtls_aes_context aes;
  uint8_t seed[CRYPTO_AES_LENGTH];
  mbedtls_aes_init(&aes);
  int error = mbedtls_aes_setkey_enc(&aes, key, AES_BITS);
  if (error == 0)
    error = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, in, seed);
  for (unsigned i = 1; error == 0 && i <= count; i++) {
    uint8_t *block = out + (size_t)(i - 1) * CRYPTO_AES_LENGTH;
    memcpy(block, seed, sizeof seed);
    block[CRYPTO_AES_LENGTH - 1] ^= (uint8_t)i;
    error = mbedtls_aes_crypt_ecb(&aes, MBEDTLS_AES_ENCRYPT, block, block);
  }
  cost_aes(hooks, 1, 1U + count);
  mbedtls_aes_free(&aes);
  crypto_wipe(seed, sizeof seed);
  return crypto_conclude(error, out, (size_t)count * CRYPTO_AES_LENGTH);
}

/* The zero block that gives the subkeys, and the message, which has one block at least. */
static uint32_t cmac_blocks(size_t length) {
  return 1 + (length == 0 ? 1 : blocks_of(length, CRYPTO_AES_LENGTH));
}

int crypto_cmac(const struct node_hooks *hooks, const uint8_t key[16], const uint8_t *data,
                size_t length, uint8_t mac[16]) {
  const mbedtls_cipher_info_t *info = mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB);
  const uint8_t empty = 0; /* the library takes no NULL */
  const int error =
      mbedtls_cipher_cmac(info, key, AES_BITS, length > 0 ? data : &empty, length, mac);
  cost_aes(hooks, 1, cmac_blocks(length));
  return crypto_conclude(error, mac, CRYPTO_AES_LENGTH);
}

/* A key of another length than AES-128's is made one by a CMAC under zero. */
int crypto_cmac_prf(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                    const uint8_t *data, size_t length, uint8_t mac[16]) {
  static const uint8_t zero[CRYPTO_AES_LENGTH] = {0};
  uint8_t made[CRYPTO_AES_LENGTH];
  int error = 0;
  if (key_length == sizeof made)
    memcpy(made, key, sizeof made);
  else
    error = crypto_cmac(hooks, zero, key, key_length, made);
  if (error == 0)
    error = crypto_cmac(hooks, made, data, length, mac);
  crypto_wipe(made, sizeof made);
  return error;
}

/* One EAX message: the names are those of the paper. */
struct eax {
  const struct node_hooks *hooks;
  mbedtls_cipher_context_t cmac;
  mbedtls_aes_context ctr;
  uint8_t n[CRYPTO_AES_LENGTH];   /* OMAC of the nonce: the first counter block */
  uint8_t tag[CRYPTO_AES_LENGTH]; /* exclusive or of the OMACs so far */
};

/* OMAC^t: CMAC of the block [t] and then of the data; joins the tag. */
static int eax_omac(struct eax *eax, uint8_t t, const uint8_t *data, size_t length,
                    uint8_t mac[16]) {
  uint8_t block[CRYPTO_AES_LENGTH] = {0};
  block[CRYPTO_AES_LENGTH - 1] = t;
  int error = mbedtls_cipher_cmac_update(&eax->cmac, block, sizeof block);
  if (error == 0 && length > 0)
    error = mbedtls_cipher_cmac_update(&eax->cmac, data, length);
  if (error == 0)
    error = mbedtls_cipher_cmac_finish(&eax->cmac, mac);
  if (error == 0)
    error = mbedtls_cipher_cmac_reset(&eax->cmac);
  cost_aes(eax->hooks, 0, cmac_blocks(sizeof block + length));
  for (size_t i = 0; error == 0 && i < CRYPTO_AES_LENGTH; i++)
    eax->tag[i] ^= mac[i];
  return error;
}

static int eax_begin(struct eax *eax, const struct node_hooks *hooks, const uint8_t key[16],
                     const uint8_t *nonce, size_t nonce_length, const uint8_t *header,
                     size_t header_length) {
  memset(eax, 0, sizeof *eax);
  eax->hooks = hooks;
  mbedtls_cipher_init(&eax->cmac);
  mbedtls_aes_init(&eax->ctr);
  int error =
      mbedtls_cipher_setup(&eax->cmac, mbedtls_cipher_info_from_type(MBEDTLS_CIPHER_AES_128_ECB));
  if (error == 0)
    error = mbedtls_cipher_cmac_starts(&eax->cmac, key, AES_BITS);
  if (error == 0)
    error = mbedtls_aes_setkey_enc(&eax->ctr, key, AES_BITS);
  cost_aes(hooks, 2, 0);
  if (error == 0)
    error = eax_omac(eax, 0, nonce, nonce_length, eax->n);
  uint8_t h[CRYPTO_AES_LENGTH];
  if (error == 0)
    error = eax_omac(eax, 1, header, header_length, h);
  return error;
}

static int eax_ciphertext(struct eax *eax, const uint8_t *ciphertext, size_t length) {
  uint8_t c[CRYPTO_AES_LENGTH];
  return eax_omac(eax, 2, ciphertext, length, c);
}

static int eax_ctr(struct eax *eax, const uint8_t *in, size_t length, uint8_t *out) {
  uint8_t stream[CRYPTO_AES_LENGTH];
  size_t offset = 0;
  const int error = mbedtls_aes_crypt_ctr(&eax->ctr, length, &offset, eax->n, stream, in, out);
  cost_aes(eax->hooks, 0, blocks_of(length, CRYPTO_AES_LENGTH));
  crypto_wipe(stream, sizeof stream);
  return error;
}

static void eax_end(struct eax *eax) {
  mbedtls_cipher_free(&eax->cmac);
  mbedtls_aes_free(&eax->ctr);
  crypto_wipe(eax, sizeof *eax);
}

int crypto_eax_encrypt(const struct node_hooks *hooks, const uint8_t key[16], const uint8_t *nonce,
                       size_t nonce_length, const uint8_t *header, size_t header_length,
                       const uint8_t *plaintext, size_t length, uint8_t *out, uint8_t tag[16]) {
  struct eax eax;
  int error = eax_begin(&eax, hooks, key, nonce, nonce_length, header, header_length);
  if (error == 0)
    error = eax_ctr(&eax, plaintext, length, out);
  if (error == 0)
    error = eax_ciphertext(&eax, out, length);
  memcpy(tag, eax.tag, CRYPTO_AES_LENGTH);
  eax_end(&eax);
  (void)crypto_conclude(error, tag, CRYPTO_AES_LENGTH);
  return crypto_conclude(error, out, length);
}

int crypto_eax_decrypt(const struct node_hooks *hooks, const uint8_t key[16], const uint8_t *nonce,
                       size_t nonce_length, const uint8_t *header, size_t header_length,
                       const uint8_t *ciphertext, size_t length, const uint8_t tag[16],
                       uint8_t *out) {
  struct eax eax;
  int error = eax_begin(&eax, hooks, key, nonce, nonce_length, header, header_length);
  if (error == 0)
    error = eax_ciphertext(&eax, ciphertext, length);
  const bool genuine = error == 0 && crypto_equal(eax.tag, tag, CRYPTO_AES_LENGTH);
  if (genuine)
    error = eax_ctr(&eax, ciphertext, length, out);
  eax_end(&eax);
  if (error == 0 && !genuine) {
    crypto_wipe(out, length);
    return NODE_ERR_VERIFY;
  }
  return crypto_conclude(error, out, length);
}

/* RFC 3610: the first block and the associated data (with its length of 2 octets) through
 * CBC-MAC, the message through CBC-MAC and CTR, and one block that encrypts the tag. */
static uint32_t ccm_blocks(size_t aad_length, size_t length) {
  const uint32_t aad = aad_length == 0 ? 0 : blocks_of(2 + aad_length, CRYPTO_AES_LENGTH);
  return 1 + aad + 2 * blocks_of(length, CRYPTO_AES_LENGTH) + 1;
}

int crypto_ccm_encrypt(const struct node_hooks *hooks, const uint8_t key[16], const uint8_t *nonce,
                       size_t nonce_length, const uint8_t *aad, size_t aad_length,
                       const uint8_t *plaintext, size_t length, size_t tag_length, uint8_t *out) {
  assert(tag_length == 8 || tag_length == 16);
  mbedtls_ccm_context ccm;
  mbedtls_ccm_init(&ccm);
  int error = mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, key, AES_BITS);
  if (error == 0)
    error = mbedtls_ccm_encrypt_and_tag(&ccm, length, nonce, nonce_length, aad, aad_length,
                                        plaintext, out, out + length, tag_length);
  cost_aes(hooks, 1, ccm_blocks(aad_length, length));
  mbedtls_ccm_free(&ccm);
  return crypto_conclude(error, out, length + tag_length);
}

int crypto_ccm_decrypt(const struct node_hooks *hooks, const uint8_t key[16], const uint8_t *nonce,
                       size_t nonce_length, const uint8_t *aad, size_t aad_length,
                       const uint8_t *ciphertext, size_t length, size_t tag_length, uint8_t *out) {
  assert(tag_length == 8 || tag_length == 16);
  mbedtls_ccm_context ccm;
  mbedtls_ccm_init(&ccm);
  int error = mbedtls_ccm_setkey(&ccm, MBEDTLS_CIPHER_ID_AES, key, AES_BITS);
  if (error == 0)
    error = mbedtls_ccm_auth_decrypt(&ccm, length, nonce, nonce_length, aad, aad_length, ciphertext,
                                     out, ciphertext + length, tag_length);
  cost_aes(hooks, 1, ccm_blocks(aad_length, length));
  mbedtls_ccm_free(&ccm);
  if (error == MBEDTLS_ERR_CCM_AUTH_FAILED) {
    crypto_wipe(out, length);
    return NODE_ERR_VERIFY;
  }
  return crypto_conclude(error, out, length);
}

int crypto_sha256(const struct node_hooks *hooks, const uint8_t *data, size_t length,
                  uint8_t hash[32]) {
  const int error = mbedtls_sha256_ret(data, length, hash, 0);
  node_cost(hooks, NODE_PRIMITIVE_SHA256_BLOCK,
            crypto_hash_blocks(crypto_hash_form_of(CRYPTO_HASH_SHA256), length));
  return crypto_conclude(error, hash, CRYPTO_SHA256_LENGTH);
}

int crypto_sha1(const struct node_hooks *hooks, const uint8_t *data, size_t length,
                uint8_t hash[20]) {
  const int error = mbedtls_md(mbedtls_md_info_from_type(MBEDTLS_MD_SHA1), data, length, hash);
  node_cost(hooks, NODE_PRIMITIVE_SHA256_BLOCK,
            crypto_hash_blocks(crypto_hash_form_of(CRYPTO_HASH_SHA256), length));
  return crypto_conclude(error, hash, CRYPTO_SHA1_LENGTH);
}

/* SHA-1 pads to as many blocks as SHA-256 does, and its hash fits into one, too. */
static int hmac(const struct node_hooks *hooks, mbedtls_md_type_t type, const uint8_t *key,
                size_t key_length, const uint8_t *data, size_t length, uint8_t *mac) {
  const int error =
      mbedtls_md_hmac(mbedtls_md_info_from_type(type), key, key_length, data, length, mac);
  node_cost(hooks, NODE_PRIMITIVE_SHA256_BLOCK,
            crypto_hmac_blocks(crypto_hash_form_of(CRYPTO_HASH_SHA256), key_length, length));
  return error;
}

int crypto_hmac_sha256(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                       const uint8_t *data, size_t length, uint8_t mac[32]) {
  return crypto_conclude(hmac(hooks, MBEDTLS_MD_SHA256, key, key_length, data, length, mac), mac,
                         CRYPTO_SHA256_LENGTH);
}

int crypto_hmac_sha1(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                     const uint8_t *data, size_t length, uint8_t mac[20]) {
  return crypto_conclude(hmac(hooks, MBEDTLS_MD_SHA1, key, key_length, data, length, mac), mac,
                         CRYPTO_SHA1_LENGTH);
}

static const mbedtls_md_info_t *md5(void) {
  return mbedtls_md_info_from_type(MBEDTLS_MD_MD5);
}

int crypto_md5(const struct crypto_slice *slices, size_t count, uint8_t digest[16]) {
  mbedtls_md_context_t context;
  mbedtls_md_init(&context);
  int error = mbedtls_md_setup(&context, md5(), 0);
  if (error == 0)
    error = mbedtls_md_starts(&context);
  for (size_t i = 0; error == 0 && i < count; i++)
    error = mbedtls_md_update(&context, slices[i].data, slices[i].length);
  if (error == 0)
    error = mbedtls_md_finish(&context, digest);
  mbedtls_md_free(&context);
  return crypto_conclude(error, digest, CRYPTO_MD5_LENGTH);
}

int crypto_hmac_md5(const uint8_t *key, size_t key_length, const struct crypto_slice *slices,
                    size_t count, uint8_t mac[16]) {
  mbedtls_md_context_t context;
  mbedtls_md_init(&context);
  int error = mbedtls_md_setup(&context, md5(), 1);
  if (error == 0)
    error = mbedtls_md_hmac_starts(&context, key, key_length);
  for (size_t i = 0; error == 0 && i < count; i++)
    error = mbedtls_md_hmac_update(&context, slices[i].data, slices[i].length);
  if (error == 0)
    error = mbedtls_md_hmac_finish(&context, mac);
  mbedtls_md_free(&context);
  return crypto_conclude(error, mac, CRYPTO_MD5_LENGTH);
}

const char *crypto_library_version(void) {
  static char version[16];
  mbedtls_version_get_string(version);
  return version;
}
