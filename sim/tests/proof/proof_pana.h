/* PANA messages, parsed apart from nodes/ (RFC 5191 sections 6.2 and 6.3). */
#ifndef SIM_TESTS_PROOF_PROOF_PANA_H
#define SIM_TESTS_PROOF_PROOF_PANA_H

#include "proof_coap.h"

enum {
  PROOF_PANA_HEADER = 16,
  PROOF_AVP_HEADER = 8,
  PROOF_AVPS_MAX = 32,
  PROOF_AVP_EAP = 2,
  PROOF_AVP_RELAYED = 11
};

/* Where the AVP begins in the message, and the octets of its value. */
struct proof_avp {
  unsigned code;
  size_t position, length;
};

struct proof_avps {
  size_t count;
  struct proof_avp item[PROOF_AVPS_MAX];
};

/* Neither CoAP nor DTLS begins with two octets of zero. */
bool proof_pana_is(const uint8_t *data, size_t length);

/* False where the octets are no PANA message. What a relay has put into it is parsed, too: its AVPs
 * follow that which they are in. */
bool proof_pana_parse(const uint8_t *data, size_t length, struct proof_avps *avps);

/* Rows of a message. False where the purpose of its octets cannot be told. */
bool proof_pana_rows(const uint8_t *data, size_t length, struct proof_spans *spans);

#endif
