/* EAP packets (RFC 3748 section 4), those of re-authentication among them. */
#ifndef NODES_EAP_PACKET_H
#define NODES_EAP_PACKET_H

#include "../node.h"

enum {
  EAP_HEADER_LENGTH = 4, /* Code, Identifier, Length */
  EAP_TYPE_LENGTH = 1,
  EAP_PACKET_MAX = 1020, /* EAP MTU of section 3.1 */
};

enum eap_code {
  EAP_REQUEST = 1,
  EAP_RESPONSE = 2,
  EAP_SUCCESS = 3,
  EAP_FAILURE = 4,
  EAP_INITIATE = 5, /* RFC 6696 section 5.3 (erp_packet.h) */
  EAP_FINISH = 6,
};

enum eap_type {
  EAP_TYPE_NONE = 0, /* in a Nak: no method is acceptable; in eap_packet: the code has no type */
  EAP_TYPE_IDENTITY = 1,
  EAP_TYPE_NOTIFICATION = 2,
  EAP_TYPE_NAK = 3,
  EAP_TYPE_PSK = 47,
};

/* `data` (Type-Data) points into the parsed octets. */
struct eap_packet {
  uint8_t code;
  uint8_t identifier;
  uint8_t type; /* EAP_TYPE_NONE for Success and Failure */
  const uint8_t *data;
  size_t data_length;
};

/* Parses a packet; octets behind the Length field are ignored as lower-layer padding (section
 * 4.1). NODE_ERR_MALFORMED: shorter than its Length, unknown code, a Success or Failure that is not
 * 4 octets long, another without type. */
NODE_MUST_CHECK int eap_packet_parse(const uint8_t *data, size_t length, struct eap_packet *packet);

/* Writes Code, Identifier, Length, and Type where the code has one (ROW_EAP_HEADER), then
 * Type-Data with the rows of `data_spans` (NULL where there is no Type-Data). NODE_ERR_TOO_LONG,
 * with nothing written, where the packet is longer than EAP_PACKET_MAX or than the room left. */
NODE_MUST_CHECK int eap_packet_compose(const struct eap_packet *packet,
                                       const struct span_list *data_spans, struct span_writer *out);

/* What a packet is, as far as its octets tell: "EAP-Request/Identity", "EAP-PSK 2", "EAP-EDHOC",
 * "EAP-Success"; static text. "EAP (malformed)" where it does not parse. Those who see a
 * conversation know more (label.h). */
const char *eap_packet_label(const uint8_t *data, size_t length);

#endif
