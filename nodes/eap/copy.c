/* Packets that are passed on, with their rows. */
#include "copy.h"

#include "erp_packet.h"

void eap_packet_copy(const struct eap_packet *packet, const uint8_t *octets,
                     struct span_writer *out) {
  const bool typed = packet->type != EAP_TYPE_NONE;
  if (packet->code == EAP_FINISH) {
    erp_packet_copy(packet, octets, out);
    return;
  }
  span_writer_put(out, ROW_EAP_HEADER, octets,
                  EAP_HEADER_LENGTH + (typed ? (size_t)EAP_TYPE_LENGTH : 0));
  if (typed)
    span_writer_put(out,
                    packet->code == EAP_REQUEST && packet->type <= EAP_TYPE_NAK ? ROW_EAP_IDENTITY
                                                                                : ROW_EAP_METHOD,
                    packet->data, packet->data_length);
}
