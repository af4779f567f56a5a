/* EAP-PSK (RFC 4764): both sides of the four-message exchange with its protected channel. No
 * extensions (its section 5.4); an EXT field is answered as the RFC says. */
#ifndef NODES_EAP_PSK_H
#define NODES_EAP_PSK_H

#include "method.h"

extern const struct eap_method EAP_PSK_PEER;
extern const struct eap_method EAP_PSK_SERVER;

/* Which of the four messages this Type-Data is (flags' T field), 1 to 4; 0 if it is empty. */
unsigned eap_psk_message_number(const uint8_t *data, size_t length);

#endif
