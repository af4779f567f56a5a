/* The identity that a client names in ClientKeyExchange, and the key that its server has for it
 * (RFC 4279 section 2). */
#include "session.h"

#include <stdlib.h>
#include <string.h>

#include "../crypto/crypto.h"

size_t dtls_size(bool keyed) {
  return keyed ? sizeof(struct dtls_keyed) : sizeof(struct dtls);
}

struct dtls *dtls_allocate(const struct dtls_keys *keys) {
  const size_t size = dtls_size(keys != NULL);
  struct dtls *const dtls = calloc(1, size);
  if (dtls == NULL)
    return NULL;
  dtls->account.bytes = size;
  dtls->account.bytes_peak = (uint32_t)size;
  dtls->keyed = keys != NULL;
  if (dtls->keyed)
    ((struct dtls_keyed *)dtls)->keys = keys;
  return dtls;
}

static size_t find_key(const struct dtls_keys *keys, const uint8_t *identity, size_t length,
                       uint8_t psk[DTLS_PSK_MAX]) {
  struct mbedtls_host_account *const account = mbedtls_host_open(NULL);
  const size_t psk_length = keys->find(keys->context, identity, length, psk);
  mbedtls_host_open(account);
  return psk_length <= DTLS_PSK_MAX ? psk_length : 0;
}

/* Where memory is too short for the key, the identity is known all the same: the library finds no
 * key, and does not tell the client that it should have another. */
int dtls_identity_find(void *context, mbedtls_ssl_context *ssl, const unsigned char *identity,
                       size_t length) {
  struct dtls_keyed *const keyed = context;
  uint8_t psk[DTLS_PSK_MAX];
  if (length > sizeof keyed->identity)
    return -1;
  const size_t psk_length = find_key(keyed->keys, identity, length, psk);
  if (psk_length > 0 && mbedtls_ssl_set_hs_psk(ssl, psk, psk_length) == 0) {
    memcpy(keyed->identity, identity, length);
    keyed->identity_length = length;
  }
  crypto_wipe(psk, sizeof psk);
  return psk_length > 0 ? 0 : -1;
}

const uint8_t *dtls_identity(const struct dtls *dtls, size_t *length) {
  if (!dtls->keyed || dtls->state != DTLS_ESTABLISHED)
    return NULL;
  const struct dtls_keyed *const keyed = (const struct dtls_keyed *)dtls;
  *length = keyed->identity_length;
  return keyed->identity;
}
