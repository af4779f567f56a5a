/* The IP header inside ESP in tunnel mode (RFC 4303 section 3.1.2): IPv6 (RFC 8200 section 3), or
 * IPv4 (RFC 791 section 3.1) between addresses ::ffff:a.b.c.d. Neither has extension headers,
 * options or fragments here; what comes with one is dropped. */
#ifndef NODES_ESP_INNER_H
#define NODES_ESP_INNER_H

#include "../node.h"

enum {
  ESP_INNER_IPV4_LENGTH = 20,
  ESP_INNER_IPV6_LENGTH = 40,
  ESP_NEXT_HEADER_IPV4 = 4,
  ESP_NEXT_HEADER_IPV6 = 41,
  ESP_INNER_HOPS = 64,
};

/* Writes the header in front of a payload of that next header, in `packet` (ESP_INNER_IPV6_LENGTH
 * octets more than `length` are enough). Returns the next header of the packet itself, or
 * NODE_ERR_TOO_LONG (`capacity`), NODE_ERR_BAD_CONFIG (the addresses are of two families). */
NODE_MUST_CHECK int esp_inner_compose(const struct node_address *source,
                                      const struct node_address *destination, uint8_t next_header,
                                      const uint8_t *payload, size_t length, uint8_t *packet,
                                      size_t capacity, size_t *packet_length);

/* Takes a packet of that next header apart; `*payload` points into it. Ports are 0.
 * NODE_ERR_MALFORMED (versions, lengths), NODE_ERR_VERIFY (the checksum of IPv4),
 * NODE_ERR_UNSUPPORTED (neither IPv4 nor IPv6; a fragment). */
NODE_MUST_CHECK int esp_inner_parse(uint8_t packet_next_header, const uint8_t *packet,
                                    size_t packet_length, struct node_address *source,
                                    struct node_address *destination, uint8_t *next_header,
                                    const uint8_t **payload, size_t *length);

#endif
