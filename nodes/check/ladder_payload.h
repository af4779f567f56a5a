/* What a payload carries beside EAP, as text. */
#ifndef NODES_CHECK_LADDER_PAYLOAD_H
#define NODES_CHECK_LADDER_PAYLOAD_H

#include "world.h"

#include <stdio.h>

/* Of a payload in clear: the CBOR map behind an EAP packet, as "{1: [0], 2: h'07'}"; or, without
 * EAP, a message of ACE, as "{access_token: 68 octets, nonce1: h'07'}" or "a token: 54 octets", or
 * text. Nothing where there is none of these. */
void ladder_write_payload(FILE *out, const struct check_datagram *datagram,
                          const struct coap_message *message);

#endif
