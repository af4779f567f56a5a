/* Detection of a NAT (RFC 7296 section 2.23): either end hashes the addresses that it sends from
 * and to; a hash that does not fit the addresses of the datagram means that somebody changed them.
 */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <string.h>

enum { IPV4_OFFSET = 12 }; /* of an IPv4 address in ::ffff:a.b.c.d */

static bool is_ipv4(const struct node_address *address) {
  static const uint8_t mapped[IPV4_OFFSET] = {[10] = 0xff, [11] = 0xff};
  return memcmp(address->ip, mapped, sizeof mapped) == 0;
}

/* SPIi, SPIr, the address of 4 or 16 octets, the port. */
static int nat_hash(const struct ikev2 *ike, const uint8_t *spi_i, const uint8_t *spi_r,
                    const struct node_address *address, uint8_t hash[CRYPTO_SHA1_LENGTH]) {
  const size_t skipped = is_ipv4(address) ? IPV4_OFFSET : 0;
  uint8_t octets[2 * IKEV2_SPI_LENGTH + sizeof address->ip + 2];
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, NULL);
  span_writer_put(&out, 0, spi_i, IKEV2_SPI_LENGTH);
  span_writer_put(&out, 0, spi_r, IKEV2_SPI_LENGTH);
  span_writer_put(&out, 0, address->ip + skipped, sizeof address->ip - skipped);
  span_writer_put_u16(&out, 0, address->port);
  return crypto_sha1(ike->hooks, octets, out.length, hash);
}

int ikev2_nat_put(const struct ikev2 *ike, struct ikev2_draft *draft) {
  static const struct node_address nowhere; /* no datagram comes from there */
  const struct node_address *source = ike->nat == IKEV2_NAT_FORCE ? &nowhere : &ike->local;
  uint8_t hash[2][CRYPTO_SHA1_LENGTH];
  if (ike->nat == IKEV2_NAT_OFF)
    return 0;
  int error = nat_hash(ike, ike->spi[IKEV2_I], ike->spi[IKEV2_R], source, hash[0]);
  if (error == 0)
    error = nat_hash(ike, ike->spi[IKEV2_I], ike->spi[IKEV2_R], &ike->remote, hash[1]);
  if (error != 0)
    return error;
  ikev2_put_notify(&draft->composer, IKEV2_PROTOCOL_NONE, IKEV2_N_NAT_DETECTION_SOURCE_IP, hash[0],
                   sizeof hash[0]);
  ikev2_put_notify(&draft->composer, IKEV2_PROTOCOL_NONE, IKEV2_N_NAT_DETECTION_DESTINATION_IP,
                   hash[1], sizeof hash[1]);
  return 0;
}

/* Whether there are notifies of this type, and one of them fits: a host may send several. */
static void nat_search(const struct ikev2_chain *chain, enum ikev2_notify_type type,
                       const uint8_t hash[CRYPTO_SHA1_LENGTH], bool *present, bool *fits) {
  *present = *fits = false;
  for (size_t i = 0; i < chain->count; i++) {
    struct ikev2_notify notify;
    if (chain->items[i].type != IKEV2_PAYLOAD_NOTIFY)
      continue;
    ikev2_notify_read(&chain->items[i], &notify);
    if (notify.type != type)
      continue;
    *present = true;
    *fits = *fits || (notify.length == CRYPTO_SHA1_LENGTH &&
                      memcmp(notify.data, hash, CRYPTO_SHA1_LENGTH) == 0);
  }
}

int ikev2_nat_look(const struct ikev2 *ike, const struct ikev2_arrival *arrival, bool *found) {
  static const enum ikev2_notify_type types[2] = {IKEV2_N_NAT_DETECTION_SOURCE_IP,
                                                  IKEV2_N_NAT_DETECTION_DESTINATION_IP};
  const struct node_address *const ends[2] = {&arrival->source, &arrival->destination};
  const struct ikev2_header *header = &arrival->message.header;
  bool present[2], fits[2];
  *found = false;
  if (ike->nat == IKEV2_NAT_OFF)
    return 0;
  for (size_t i = 0; i < 2; i++) {
    uint8_t hash[CRYPTO_SHA1_LENGTH];
    const int error = nat_hash(ike, header->spi_i, header->spi_r, ends[i], hash);
    if (error != 0)
      return error;
    nat_search(&arrival->message.chain, types[i], hash, &present[i], &fits[i]);
  }
  *found = present[0] && present[1] && (ike->nat == IKEV2_NAT_FORCE || !fits[0] || !fits[1]);
  return 0;
}
