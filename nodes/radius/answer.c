/* EAP in answers. */
#include "answer.h"

#include "../eap/erp_packet.h"

bool radius_answer_eap(const struct radius_packet *answer, enum eap_code code,
                       uint8_t octets[EAP_PACKET_MAX], struct eap_packet *packet) {
  const int length = radius_eap_join(answer, octets, EAP_PACKET_MAX);
  return length >= 0 && eap_packet_parse(octets, (size_t)length, packet) == 0 &&
         packet->code == code;
}

bool radius_answer_finish(const struct radius_packet *answer, uint8_t identifier, bool says_no,
                          uint8_t octets[EAP_PACKET_MAX], struct eap_packet *packet) {
  return radius_answer_eap(answer, EAP_FINISH, octets, packet) &&
         packet->identifier == identifier && packet->type == ERP_REAUTH &&
         packet->data_length > 0 && ((packet->data[0] & ERP_FLAG_RESULT) != 0) == says_no;
}
