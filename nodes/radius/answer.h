/* EAP in the answers of an AAA server, as who passes it through takes it. The decision is that of
 * the RADIUS code alone (RFC 3579 section 2.6.3). */
#ifndef NODES_RADIUS_ANSWER_H
#define NODES_RADIUS_ANSWER_H

#include "../eap/packet.h"
#include "packet.h"

/* Reads the one EAP packet of an answer into `octets`, where `packet` points. False: there is none,
 * it is malformed, or has another code. */
bool radius_answer_eap(const struct radius_packet *answer, enum eap_code code,
                       uint8_t octets[EAP_PACKET_MAX], struct eap_packet *packet);

/* Likewise an EAP-Finish that answers the Initiate of this Identifier, and says no or does not. */
bool radius_answer_finish(const struct radius_packet *answer, uint8_t identifier, bool says_no,
                          uint8_t octets[EAP_PACKET_MAX], struct eap_packet *packet);

#endif
