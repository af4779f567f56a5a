/* EAP-PSK (RFC 4764): both sides of the four-message exchange with its protected channel.
 *
 * Left out: extensions. The peer refuses one by returning its EXT_Type without payload, and goes on
 * as long as the server continues the conversation; the server offers none, and rejects a peer that
 * wants to continue. Identities are at most NODE_IDENTITY_MAX octets.
 *
 * Departure from the RFC, which discards silently whatever does not verify: a wrong MAC_P or ID_P
 * in message 2 ends with a rejection, so that a wrong key has a visible reason. */
#ifndef NODES_EAP_PSK_H
#define NODES_EAP_PSK_H

#include "method.h"

extern const struct eap_method EAP_PSK_PEER;
extern const struct eap_method EAP_PSK_SERVER;

/* Which of the four messages this Type-Data is (flags' T field), 1 to 4; 0 if it is empty. */
unsigned eap_psk_message_number(const uint8_t *data, size_t length);

#endif
