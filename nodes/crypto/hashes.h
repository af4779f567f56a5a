/* The hashes, and what they cost. Private to this folder. */
#ifndef NODES_CRYPTO_HASHES_H
#define NODES_CRYPTO_HASHES_H

#include "crypto.h"

#include <mbedtls/md.h>

struct crypto_hash_form {
  mbedtls_md_type_t type;
  enum node_primitive primitive; /* one compression */
  size_t length;                 /* octets of a hash */
  size_t block_length;           /* octets of a compression */
  size_t padding_min;            /* octets that follow the data, at least */
};

/* `hash` is none but CRYPTO_HASH_NONE. */
const struct crypto_hash_form *crypto_hash_form_of(enum crypto_hash hash);

/* Compressions of a hash, and of an HMAC: inner pad and data, then outer pad and inner hash; a long
 * key is hashed first. */
uint32_t crypto_hash_blocks(const struct crypto_hash_form *form, size_t length);
uint32_t crypto_hmac_blocks(const struct crypto_hash_form *form, size_t key_length, size_t length);

#endif
