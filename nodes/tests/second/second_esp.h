/* ESP with AES-CCM and tags of 8 octets (RFC 4303, 4309, 8750), and UDP over IPv6 inside, a second
 * time, on libcrypto, for those who prove what nodes/ does. It includes nothing of nodes/. */
#ifndef NODES_TESTS_SECOND_SECOND_ESP_H
#define NODES_TESTS_SECOND_SECOND_ESP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECOND_ESP_KEY = 19 }; /* octets: key 16, salt 3 */

struct second_esp {
  uint8_t key[SECOND_ESP_KEY];
  bool implicit_iv;
};

/* Opens a packet of SPI and sequence number on: what is inside goes to `inside` (as many octets as
 * the packet has), without padding; `*next_header` is what that is. Returns its length, or -1: it
 * does not verify, or the padding is not 1, 2, 3. */
int second_esp_open(const struct second_esp *sa, const uint8_t *packet, size_t length,
                    uint8_t *inside, uint8_t *next_header);

/* Makes a packet; `iv` has 8 octets, and is not looked at where it is implicit. Returns its length,
 * or -1. */
int second_esp_seal(const struct second_esp *sa, uint32_t spi, uint32_t sequence,
                    const uint8_t iv[8], const uint8_t *inside, size_t length, uint8_t next_header,
                    uint8_t *packet);

/* Whether a UDP segment between these IPv6 addresses is right: length and checksum. */
bool second_udp_is_right(const uint8_t source[16], const uint8_t destination[16],
                         const uint8_t *segment, size_t length);

#endif
