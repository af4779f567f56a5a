/* UDP inside ESP: RFC 768, with the pseudo-header of RFC 8200 section 8.1, or of RFC 768 over IPv4.
 */
#include "udp.h"

#include <string.h>

enum { IPV4_AT = 12 }; /* in ::ffff:a.b.c.d */

static bool is_ipv4(const struct node_address *address) {
  static const uint8_t prefix[IPV4_AT] = {[10] = 0xff, [11] = 0xff};
  return memcmp(address->ip, prefix, sizeof prefix) == 0;
}

static uint16_t udp_read_u16(const uint8_t *at) {
  return (uint16_t)(at[0] << 8 | at[1]);
}

/* RFC 1071 */
static uint32_t checksum_add(uint32_t sum, const uint8_t *data, size_t length) {
  for (size_t i = 0; i + 1 < length; i += 2)
    sum += udp_read_u16(data + i);
  if (length % 2 != 0)
    sum += (uint32_t)data[length - 1] << 8;
  return sum;
}

static uint16_t checksum_fold(uint32_t sum) {
  while (sum > UINT16_MAX)
    sum = (sum & UINT16_MAX) + (sum >> 16);
  return (uint16_t)~sum;
}

/* Of all octets of a segment, its checksum among them, which makes 0 of one that is right. */
static uint16_t udp_checksum(const struct node_address *source,
                             const struct node_address *destination, const uint8_t *segment,
                             size_t length) {
  const size_t at = is_ipv4(source) ? IPV4_AT : 0;
  uint32_t sum = (uint32_t)length + ESP_NEXT_HEADER_UDP;
  sum = checksum_add(sum, source->ip + at, sizeof source->ip - at);
  sum = checksum_add(sum, destination->ip + at, sizeof destination->ip - at);
  return checksum_fold(checksum_add(sum, segment, length));
}

enum { UDP_LENGTH_AT = 4, UDP_CHECKSUM_AT = 6 };

int esp_udp_compose(const struct node_address *source, const struct node_address *destination,
                    const uint8_t *data, size_t length, const struct span_list *spans,
                    uint8_t *segment, size_t capacity, size_t *segment_length,
                    struct span_list *segment_spans) {
  struct span_writer out;
  span_writer_init(&out, segment, capacity, segment_spans);
  if (length > NODE_DATAGRAM_MAX || span_list_length(spans) != length)
    return NODE_ERR_TOO_LONG;
  span_writer_put_u16(&out, ROW_ESP_UDP, source->port);
  span_writer_put_u16(&out, ROW_ESP_UDP, destination->port);
  span_writer_put_u16(&out, ROW_ESP_UDP, (uint16_t)(ESP_UDP_HEADER_LENGTH + length));
  span_writer_put_u16(&out, ROW_ESP_UDP, 0);
  for (size_t i = 0, at = 0; i < spans->count; at += spans->item[i++].length)
    span_writer_put(&out, spans->item[i].row, data + at, spans->item[i].length);
  if (out.overflow)
    return NODE_ERR_TOO_LONG;
  uint16_t checksum = udp_checksum(source, destination, segment, out.length);
  if (checksum == 0)
    checksum = UINT16_MAX;
  segment[UDP_CHECKSUM_AT] = (uint8_t)(checksum >> 8);
  segment[UDP_CHECKSUM_AT + 1] = (uint8_t)checksum;
  *segment_length = out.length;
  return 0;
}

int esp_udp_parse(const uint8_t *segment, size_t segment_length, struct node_address *source,
                  struct node_address *destination, const uint8_t **data, size_t *length) {
  if (segment_length < ESP_UDP_HEADER_LENGTH)
    return NODE_ERR_MALFORMED;
  const size_t own = udp_read_u16(segment + UDP_LENGTH_AT);
  if (own < ESP_UDP_HEADER_LENGTH || own > segment_length)
    return NODE_ERR_MALFORMED;
  const bool has_checksum = udp_read_u16(segment + UDP_CHECKSUM_AT) != 0;
  if (has_checksum ? udp_checksum(source, destination, segment, own) != 0 : !is_ipv4(source))
    return NODE_ERR_VERIFY;
  source->port = udp_read_u16(segment);
  destination->port = udp_read_u16(segment + 2);
  *data = segment + ESP_UDP_HEADER_LENGTH;
  *length = own - ESP_UDP_HEADER_LENGTH;
  return 0;
}
