/* What messages of CoAP-EAP carry: an EAP packet, and by RFC 9820 CoAP-EAP_Info behind it. */
#ifndef NODES_COAP_EAP_PAYLOAD_H
#define NODES_COAP_EAP_PAYLOAD_H

#include "../eap/packet.h"
#include "info.h"
#include "options.h"

enum { COAP_EAP_PAYLOAD_MAX = EAP_PACKET_MAX + COAP_EAP_INFO_MAX };

/* Makes a packet the payload of a message, with `info` behind it (NULL: nothing is), which is
 * written where the packet is, and says by Content-Format what it is, unless it is empty. The
 * message points into it. NODE_ERR_TOO_LONG: the map does not fit. */
NODE_MUST_CHECK int coap_eap_payload_put(const struct coap_eap_options *options,
                                         struct coap_message *message, struct span_writer *packet,
                                         const struct coap_eap_info *info);

/* A message without the map: `eap` has the packet alone as its payload, and points where `message`
 * does. Where there are no maps, it is all of the payload. Errors of coap_eap_info_split. */
NODE_MUST_CHECK int coap_eap_payload_take(const struct coap_eap_options *options,
                                          const struct coap_message *message,
                                          struct coap_message *eap, struct coap_eap_info *info);

/* Whether a Content-Format says that the payload is something else (RFC 7252 section 5.10.3). */
bool coap_eap_payload_is_other(const struct coap_eap_options *options,
                               const struct coap_message *message);

#endif
