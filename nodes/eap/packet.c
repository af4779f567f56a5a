/* EAP packets: parsing, composing, naming (RFC 3748 section 4). */
#include "packet.h"

#include "edhoc.h"
#include "erp_packet.h"
#include "psk.h"

#include <assert.h>

static bool code_has_type(uint8_t code) {
  return code == EAP_REQUEST || code == EAP_RESPONSE || code == EAP_INITIATE || code == EAP_FINISH;
}

int eap_packet_parse(const uint8_t *data, size_t length, struct eap_packet *packet) {
  if (length < EAP_HEADER_LENGTH)
    return NODE_ERR_MALFORMED;
  const size_t stated = (size_t)data[2] << 8 | data[3];
  if (stated > length)
    return NODE_ERR_MALFORMED;
  struct eap_packet parsed = {.code = data[0], .identifier = data[1], .type = EAP_TYPE_NONE};
  if (code_has_type(parsed.code)) {
    if (stated < EAP_HEADER_LENGTH + EAP_TYPE_LENGTH)
      return NODE_ERR_MALFORMED;
    parsed.type = data[EAP_HEADER_LENGTH];
    parsed.data = data + EAP_HEADER_LENGTH + EAP_TYPE_LENGTH;
    parsed.data_length = stated - EAP_HEADER_LENGTH - EAP_TYPE_LENGTH;
  } else if ((parsed.code != EAP_SUCCESS && parsed.code != EAP_FAILURE) ||
             stated != EAP_HEADER_LENGTH) {
    return NODE_ERR_MALFORMED;
  }
  *packet = parsed;
  return 0;
}

int eap_packet_compose(const struct eap_packet *packet, const struct span_list *data_spans,
                       struct span_writer *out) {
  const bool typed = code_has_type(packet->code);
  assert(typed || packet->data_length == 0);
  assert((data_spans == NULL ? 0 : span_list_length(data_spans)) == packet->data_length);
  const size_t length = EAP_HEADER_LENGTH + (typed ? EAP_TYPE_LENGTH : 0U) + packet->data_length;
  if (length > EAP_PACKET_MAX || out->overflow || length > out->capacity - out->length)
    return NODE_ERR_TOO_LONG;
  span_writer_put_u8(out, ROW_EAP_HEADER, packet->code);
  span_writer_put_u8(out, ROW_EAP_HEADER, packet->identifier);
  span_writer_put_u16(out, ROW_EAP_HEADER, (uint16_t)length);
  if (typed)
    span_writer_put_u8(out, ROW_EAP_HEADER, packet->type);
  const uint8_t *next = packet->data;
  for (size_t i = 0; data_spans != NULL && i < data_spans->count; i++) {
    span_writer_put(out, data_spans->item[i].row, next, data_spans->item[i].length);
    next += data_spans->item[i].length;
  }
  return 0;
}

static const char *psk_label(const struct eap_packet *packet) {
  static const char *const labels[] = {"EAP-PSK (empty)", "EAP-PSK 1", "EAP-PSK 2", "EAP-PSK 3",
                                       "EAP-PSK 4"};
  return labels[eap_psk_message_number(packet->data, packet->data_length)];
}

const char *eap_packet_label(const uint8_t *data, size_t length) {
  struct eap_packet packet;
  if (eap_packet_parse(data, length, &packet) != 0)
    return "EAP (malformed)";
  if (packet.code == EAP_SUCCESS)
    return "EAP-Success";
  if (packet.code == EAP_FAILURE)
    return "EAP-Failure";
  if (packet.code == EAP_INITIATE || packet.code == EAP_FINISH)
    return erp_packet_label(&packet);
  const bool request = packet.code == EAP_REQUEST;
  switch (packet.type) {
  case EAP_TYPE_IDENTITY:
    return request ? "EAP-Request/Identity" : "EAP-Response/Identity";
  case EAP_TYPE_NOTIFICATION:
    return request ? "EAP-Request/Notification" : "EAP-Response/Notification";
  case EAP_TYPE_NAK:
    return request ? "EAP-Request/Nak" : "EAP-Response/Nak";
  case EAP_TYPE_PSK:
    return psk_label(&packet);
  case EAP_TYPE_EDHOC:
    return "EAP-EDHOC";
  default:
    return request ? "EAP-Request (other method)" : "EAP-Response (other method)";
  }
}
