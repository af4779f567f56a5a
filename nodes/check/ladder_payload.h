/* What a payload carries beside EAP, as text. */
#ifndef NODES_CHECK_LADDER_PAYLOAD_H
#define NODES_CHECK_LADDER_PAYLOAD_H

#include "world.h"

#include <stdio.h>

/* Of a payload in clear: the CBOR map behind an EAP packet, as "{1: [0], 2: h'07'}"; or, without
 * EAP, text. Nothing where there is neither. */
void ladder_write_payload(FILE *out, const struct check_datagram *datagram,
                          const struct coap_message *message);

#endif
