/* UDP (RFC 768) over IPv6 (RFC 8200 section 8.1) as it stands inside ESP: the header of 8 octets,
 * which nothing below ESP can compress, with the checksum, which a receiver in transport mode
 * verifies. Over IPv4 (addresses ::ffff:a.b.c.d) with its pseudo-header; a checksum of 0 is taken
 * there alone. */
#ifndef NODES_ESP_UDP_H
#define NODES_ESP_UDP_H

#include "../node.h"

enum { ESP_UDP_HEADER_LENGTH = 8, ESP_NEXT_HEADER_UDP = 17 };

/* Writes a segment to `segment` (ESP_UDP_HEADER_LENGTH octets more than `length`), and its rows
 * (ROW_ESP_UDP and `spans`). NODE_ERR_TOO_LONG: `capacity` or the span list. */
NODE_MUST_CHECK int esp_udp_compose(const struct node_address *source,
                                    const struct node_address *destination, const uint8_t *data,
                                    size_t length, const struct span_list *spans, uint8_t *segment,
                                    size_t capacity, size_t *segment_length,
                                    struct span_list *segment_spans);

/* Takes it apart; `source->ip` and `destination->ip` are given, the ports are filled in. `*data`
 * points into `segment`; what is behind UDP's own length is padding for traffic flow
 * confidentiality (RFC 4303 section 2.7), whatever it is. NODE_ERR_MALFORMED (lengths),
 * NODE_ERR_VERIFY (checksum). */
NODE_MUST_CHECK int esp_udp_parse(const uint8_t *segment, size_t segment_length,
                                  struct node_address *source, struct node_address *destination,
                                  const uint8_t **data, size_t *length);

#endif
