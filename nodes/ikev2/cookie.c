/* Cookies of a responder (RFC 7296 section 2.6): what it gives to who asks, and knows again,
 * without having kept anything: a version of the secret, and a MAC over Ni, the address and SPIi.
 */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <string.h>

enum { COOKIE_VERSION = 1 };

int ikev2_cookie_make(const struct ikev2 *ike, const struct ikev2_arrival *arrival,
                      struct crypto_slice nonce, uint8_t cookie[IKEV2_COOKIE_LENGTH]) {
  const struct ikev2_setup *setup = ike->setup;
  const uint8_t *secret = setup->cookie_secret == NULL ? setup->own_secret : setup->cookie_secret;
  uint8_t octets[IKEV2_NONCE_MAX + sizeof arrival->source.ip + IKEV2_SPI_LENGTH];
  uint8_t mac[CRYPTO_SHA256_LENGTH];
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, NULL);
  span_writer_put(&out, 0, nonce.data, nonce.length);
  span_writer_put(&out, 0, arrival->source.ip, sizeof arrival->source.ip);
  span_writer_put(&out, 0, arrival->message.header.spi_i, IKEV2_SPI_LENGTH);
  const int error =
      crypto_hmac_sha256(ike->hooks, secret, IKEV2_COOKIE_SECRET, octets, out.length, mac);
  cookie[0] = COOKIE_VERSION;
  memcpy(cookie + 1, mac, IKEV2_COOKIE_LENGTH - 1);
  crypto_wipe(mac, sizeof mac);
  return error;
}
