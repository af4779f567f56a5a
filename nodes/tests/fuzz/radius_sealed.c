/* Authenticators of RFC 2865 section 3 and RFC 3579 section 3.2, put in place. */
#include "radius_sealed.h"

#include <string.h>

#include "crypto/crypto.h"
#include "fuzz.h"

enum { AUTHENTICATOR_AT = 4 };

static void seal_message(uint8_t *octets, const struct radius_packet *packet,
                         const uint8_t *authenticator, const struct radius_secret *secret) {
  struct radius_attribute attribute;
  uint8_t mac[CRYPTO_MD5_LENGTH], given[RADIUS_AUTHENTICATOR_LENGTH];
  if (!radius_attribute_find(packet, RADIUS_MESSAGE_AUTHENTICATOR, &attribute) ||
      attribute.length != sizeof mac)
    return;
  uint8_t *at = octets + (attribute.value - octets);
  memcpy(given, octets + AUTHENTICATOR_AT, sizeof given);
  memcpy(octets + AUTHENTICATOR_AT, authenticator, RADIUS_AUTHENTICATOR_LENGTH);
  memset(at, 0, sizeof mac);
  const struct crypto_slice slice = {octets, packet->length};
  fuzz_claim(crypto_hmac_md5(secret->octets, secret->length, &slice, 1, mac) == 0, "a MAC is made");
  memcpy(at, mac, sizeof mac);
  memcpy(octets + AUTHENTICATOR_AT, given, sizeof given);
}

void radius_sealed(uint8_t *octets, size_t length, const uint8_t *request_authenticator,
                   const struct radius_secret *secret) {
  struct radius_packet packet;
  if (radius_packet_parse(octets, length, &packet) != 0)
    return;
  if (request_authenticator == NULL) {
    uint8_t own[RADIUS_AUTHENTICATOR_LENGTH];
    memcpy(own, packet.authenticator, sizeof own);
    seal_message(octets, &packet, own, secret);
    return;
  }
  seal_message(octets, &packet, request_authenticator, secret);
  memcpy(octets + AUTHENTICATOR_AT, request_authenticator, RADIUS_AUTHENTICATOR_LENGTH);
  const struct crypto_slice slices[] = {{octets, packet.length}, {secret->octets, secret->length}};
  uint8_t digest[CRYPTO_MD5_LENGTH];
  fuzz_claim(crypto_md5(slices, 2, digest) == 0, "a digest is made");
  memcpy(octets + AUTHENTICATOR_AT, digest, sizeof digest);
}
