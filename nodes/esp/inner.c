/* The IP header inside ESP in tunnel mode. */
#include "inner.h"

#include <string.h>

enum {
  IPV4_AT = 12, /* in ::ffff:a.b.c.d */
  IPV4_VERSION_LENGTH = 0x45,
  IPV4_TOTAL_AT = 2,
  IPV4_FRAGMENT_AT = 6,
  IPV4_DONT_FRAGMENT = 0x4000,
  IPV4_HOPS_AT = 8,
  IPV4_PROTOCOL_AT = 9,
  IPV4_CHECKSUM_AT = 10,
  IPV4_SOURCE_AT = 12,
  IPV4_DESTINATION_AT = 16,
  IPV4_ADDRESS_LENGTH = 4,
  IPV6_VERSION = 0x60,
  IPV6_LENGTH_AT = 4,
  IPV6_NEXT_AT = 6,
  IPV6_HOPS_AT = 7,
  IPV6_SOURCE_AT = 8,
  IPV6_DESTINATION_AT = 24,
};

static const uint8_t INNER_IPV4_PREFIX[IPV4_AT] = {[10] = 0xff, [11] = 0xff};

static bool inner_is_ipv4(const struct node_address *address) {
  return memcmp(address->ip, INNER_IPV4_PREFIX, sizeof INNER_IPV4_PREFIX) == 0;
}

static uint16_t inner_read_u16(const uint8_t *at) {
  return (uint16_t)(at[0] << 8 | at[1]);
}

static void inner_put_u16(uint8_t *at, size_t value) {
  at[0] = (uint8_t)(value >> 8);
  at[1] = (uint8_t)value;
}

/* RFC 1071, over the header with its checksum: 0 where that is right. */
static uint16_t ipv4_checksum(const uint8_t header[ESP_INNER_IPV4_LENGTH]) {
  uint32_t sum = 0;
  for (size_t i = 0; i < ESP_INNER_IPV4_LENGTH; i += 2)
    sum += inner_read_u16(header + i);
  while (sum > UINT16_MAX)
    sum = (sum & UINT16_MAX) + (sum >> 16);
  return (uint16_t)~sum;
}

static void compose_ipv4(const struct node_address *source, const struct node_address *destination,
                         uint8_t next_header, size_t total, uint8_t header[ESP_INNER_IPV4_LENGTH]) {
  memset(header, 0, ESP_INNER_IPV4_LENGTH);
  header[0] = IPV4_VERSION_LENGTH;
  inner_put_u16(header + IPV4_TOTAL_AT, total);
  inner_put_u16(header + IPV4_FRAGMENT_AT, IPV4_DONT_FRAGMENT);
  header[IPV4_HOPS_AT] = ESP_INNER_HOPS;
  header[IPV4_PROTOCOL_AT] = next_header;
  memcpy(header + IPV4_SOURCE_AT, source->ip + IPV4_AT, IPV4_ADDRESS_LENGTH);
  memcpy(header + IPV4_DESTINATION_AT, destination->ip + IPV4_AT, IPV4_ADDRESS_LENGTH);
  inner_put_u16(header + IPV4_CHECKSUM_AT, ipv4_checksum(header));
}

static void compose_ipv6(const struct node_address *source, const struct node_address *destination,
                         uint8_t next_header, size_t length,
                         uint8_t header[ESP_INNER_IPV6_LENGTH]) {
  memset(header, 0, ESP_INNER_IPV6_LENGTH);
  header[0] = IPV6_VERSION;
  inner_put_u16(header + IPV6_LENGTH_AT, length);
  header[IPV6_NEXT_AT] = next_header;
  header[IPV6_HOPS_AT] = ESP_INNER_HOPS;
  memcpy(header + IPV6_SOURCE_AT, source->ip, sizeof source->ip);
  memcpy(header + IPV6_DESTINATION_AT, destination->ip, sizeof destination->ip);
}

int esp_inner_compose(const struct node_address *source, const struct node_address *destination,
                      uint8_t next_header, const uint8_t *payload, size_t length, uint8_t *packet,
                      size_t capacity, size_t *packet_length) {
  const bool ipv4 = inner_is_ipv4(source);
  const size_t header = ipv4 ? ESP_INNER_IPV4_LENGTH : ESP_INNER_IPV6_LENGTH;
  if (inner_is_ipv4(destination) != ipv4)
    return NODE_ERR_BAD_CONFIG;
  if (length > NODE_DATAGRAM_MAX || capacity < header + length)
    return NODE_ERR_TOO_LONG;
  memmove(packet + header, payload, length);
  if (ipv4)
    compose_ipv4(source, destination, next_header, header + length, packet);
  else
    compose_ipv6(source, destination, next_header, length, packet);
  *packet_length = header + length;
  return ipv4 ? ESP_NEXT_HEADER_IPV4 : ESP_NEXT_HEADER_IPV6;
}

static struct node_address inner_read_ipv4(const uint8_t *at) {
  struct node_address address = {.port = 0};
  memcpy(address.ip, INNER_IPV4_PREFIX, sizeof INNER_IPV4_PREFIX);
  memcpy(address.ip + IPV4_AT, at, IPV4_ADDRESS_LENGTH);
  return address;
}

/* The lengths have been looked at as far as the header goes. What is behind the packet's own length
 * is padding for traffic flow confidentiality (RFC 4303 section 2.7). */
static int parse_ipv4(const uint8_t *packet, size_t packet_length, struct node_address *source,
                      struct node_address *destination, uint8_t *next_header, size_t *length) {
  const size_t total = inner_read_u16(packet + IPV4_TOTAL_AT);
  if (packet[0] != IPV4_VERSION_LENGTH || total < ESP_INNER_IPV4_LENGTH || total > packet_length)
    return NODE_ERR_MALFORMED;
  if (ipv4_checksum(packet) != 0)
    return NODE_ERR_VERIFY;
  if ((inner_read_u16(packet + IPV4_FRAGMENT_AT) & ~IPV4_DONT_FRAGMENT) != 0)
    return NODE_ERR_UNSUPPORTED;
  *source = inner_read_ipv4(packet + IPV4_SOURCE_AT);
  *destination = inner_read_ipv4(packet + IPV4_DESTINATION_AT);
  *next_header = packet[IPV4_PROTOCOL_AT];
  *length = total - ESP_INNER_IPV4_LENGTH;
  return 0;
}

static int parse_ipv6(const uint8_t *packet, size_t packet_length, struct node_address *source,
                      struct node_address *destination, uint8_t *next_header, size_t *length) {
  *length = inner_read_u16(packet + IPV6_LENGTH_AT);
  if ((packet[0] & 0xf0) != IPV6_VERSION || *length > packet_length - ESP_INNER_IPV6_LENGTH)
    return NODE_ERR_MALFORMED;
  *source = *destination = (struct node_address){.port = 0};
  memcpy(source->ip, packet + IPV6_SOURCE_AT, sizeof source->ip);
  memcpy(destination->ip, packet + IPV6_DESTINATION_AT, sizeof destination->ip);
  *next_header = packet[IPV6_NEXT_AT];
  return 0;
}

int esp_inner_parse(uint8_t packet_next_header, const uint8_t *packet, size_t packet_length,
                    struct node_address *source, struct node_address *destination,
                    uint8_t *next_header, const uint8_t **payload, size_t *length) {
  const bool ipv4 = packet_next_header == ESP_NEXT_HEADER_IPV4;
  const size_t header = ipv4 ? ESP_INNER_IPV4_LENGTH : ESP_INNER_IPV6_LENGTH;
  if (!ipv4 && packet_next_header != ESP_NEXT_HEADER_IPV6)
    return NODE_ERR_UNSUPPORTED;
  if (packet_length < header)
    return NODE_ERR_MALFORMED;
  *payload = packet + header;
  return (ipv4 ? parse_ipv4 : parse_ipv6)(packet, packet_length, source, destination, next_header,
                                          length);
}
