/* Dissection of IEEE 802.15.4 frames with 6LoWPAN. */
#include "frame.h"

enum {
  FCS_LENGTH = 2,
  TYPE_DATA = 1,
  TYPE_ACKNOWLEDGEMENT = 2,
  TYPE_COMMAND = 3,
  COMMAND_DATA_REQUEST = 4,
  ADDRESS_NONE = 0,
  ADDRESS_SHORT = 2,
  ADDRESS_EXTENDED = 3,
  NEXT_HEADER_UDP = 17,
  UDP_LENGTH = 8,
};

static size_t address_length(unsigned mode) {
  return mode == ADDRESS_SHORT ? 2 : mode == ADDRESS_EXTENDED ? 8 : 0;
}

/* IEEE 802.15.4-2006 section 7.2.1. Returns the header's length, or 0. */
static size_t dissect_mac(const uint8_t *psdu, size_t length, struct frame *frame) {
  if (length < 3 + FCS_LENGTH)
    return 0;
  const unsigned control = psdu[0] | (unsigned)psdu[1] << 8;
  const unsigned type = control & 7, to = control >> 10 & 3, from = control >> 14 & 3;
  const bool intra_pan = control >> 6 & 1;
  frame->acknowledgement = type == TYPE_ACKNOWLEDGEMENT;
  frame->sequence = psdu[2];
  frame->destination = FRAME_NO_ADDRESS;
  if (frame->acknowledgement)
    return 3;
  if ((type != TYPE_DATA && type != TYPE_COMMAND) || to == ADDRESS_NONE || from == ADDRESS_NONE)
    return 0;
  const size_t header = 3 + 2 + address_length(to) + (intra_pan ? 0 : 2) + address_length(from);
  if (length < header + FCS_LENGTH)
    return 0;
  if (to == ADDRESS_SHORT)
    frame->destination = (uint16_t)(psdu[5] | psdu[6] << 8);
  if (type == TYPE_DATA)
    return header;
  frame->data_request = length == header + 1 + FCS_LENGTH && psdu[header] == COMMAND_DATA_REQUEST;
  return frame->data_request ? header + 1 : 0;
}

/* RFC 6282 section 3.1: octets of the IPHC header with its in-line fields, and where among them the
 * next header is; 0: it is compressed. */
static size_t iphc_length(const uint8_t *data, size_t *next_header_at) {
  static const size_t traffic_class[4] = {4, 3, 1, 0};
  static const size_t unicast[4] = {16, 8, 2, 0};
  static const size_t multicast[4] = {16, 6, 4, 1};
  const unsigned first = data[0], second = data[1];
  size_t length = 2;
  length += second >> 7 & 1; /* CID */
  length += traffic_class[first >> 3 & 3];
  *next_header_at = (first >> 2 & 1) ? 0 : length;
  length += *next_header_at > 0 ? 1 : 0;
  length += (first & 3) == 0 ? 1 : 0; /* HLIM */
  const bool unspecified_source = (second >> 6 & 1) && (second >> 4 & 3) == 0;
  length += unspecified_source ? 0 : unicast[second >> 4 & 3];
  const bool is_multicast = second >> 3 & 1, stateful = second >> 2 & 1;
  if (is_multicast)
    length += stateful ? 6 : multicast[second & 3];
  else
    length += unicast[second & 3];
  return length;
}

/* RFC 6282 section 4.3: octets of a compressed UDP header; 0 if it is none. */
static size_t compressed_udp_length(uint8_t first) {
  static const size_t ports[4] = {4, 3, 3, 1};
  if (first >> 3 != 0x1e)
    return 0;
  return 1 + ports[first & 3] + ((first >> 2 & 1) ? 0 : 2);
}

/* RFC 4944 section 5.3: octets of a fragment header; 0 if there is none. */
static size_t fragment_length(uint8_t first) {
  return first >> 3 == 0x18 ? 4 : first >> 3 == 0x1c ? 5 : 0;
}

static void dissect_fragment(const uint8_t *data, struct frame *frame) {
  frame->packet_length = (size_t)(data[0] & 7) << 8 | data[1];
  if (frame->fragment_header == 5)
    frame->packet_offset = 8 * (size_t)data[4];
}

static bool dissect_lowpan(const uint8_t *data, size_t length, struct frame *frame) {
  if (length == 0)
    return false;
  frame->fragment_header = fragment_length(data[0]);
  if (length < frame->fragment_header)
    return false;
  if (frame->fragment_header > 0)
    dissect_fragment(data, frame);
  if (frame->fragment_header == 5)
    return true;
  data += frame->fragment_header;
  length -= frame->fragment_header;
  if (length < 2 || data[0] >> 5 != 3)
    return false;
  size_t next_header_at;
  frame->ipv6 = iphc_length(data, &next_header_at);
  if (length <= frame->ipv6)
    return false;
  if (next_header_at == 0)
    frame->udp = compressed_udp_length(data[frame->ipv6]);
  else if (data[next_header_at] == NEXT_HEADER_UDP)
    frame->udp = UDP_LENGTH;
  return length >= frame->ipv6 + frame->udp && (next_header_at > 0 || frame->udp > 0);
}

bool frame_dissect(const uint8_t *psdu, size_t length, struct frame *frame) {
  *frame = (struct frame){.destination = FRAME_NO_ADDRESS};
  frame->mac_header = dissect_mac(psdu, length, frame);
  frame->fcs = length < FCS_LENGTH ? 0 : FCS_LENGTH;
  const size_t inner = length - frame->mac_header - frame->fcs;
  bool known = frame->mac_header > 0;
  if (known && !frame->acknowledgement && !frame->data_request &&
      !dissect_lowpan(psdu + frame->mac_header, inner, frame)) {
    frame->fragment_header = frame->ipv6 = frame->udp = 0;
    known = false;
  }
  frame->payload = inner - frame->fragment_header - frame->ipv6 - frame->udp;
  return known;
}
