/* SA payloads (RFC 7296 section 3.3): which of the other end's proposals is one of ours, and
 * whether an answer is what was offered. AES-CCM has a key of 128 bits, and stands without INTEG
 * (RFC 5282 section 8); a transform type that ours have not may be there with NONE among its
 * transforms. */
#ifndef NODES_IKEV2_SA_H
#define NODES_IKEV2_SA_H

#include "payload.h"

/* What proposals.def says of a proposal. */
enum ikev2_prf ikev2_proposal_prf(enum ikev2_proposal proposal);
enum ikev2_group ikev2_proposal_group(enum ikev2_proposal proposal);

/* The transform of a suite of ESP. */
enum ikev2_encryption ikev2_esp_encryption(enum ikev2_esp_suite suite);

/* NULL, or static text: what is malformed in the body of an SA payload. */
NODE_MUST_CHECK const char *ikev2_sa_check(const uint8_t *body, size_t length);

/* What was chosen of an offer; the answer has its number. */
struct ikev2_choice {
  unsigned row;   /* enum ikev2_proposal, or of ESP enum ikev2_esp_suite */
  uint8_t number; /* of the proposal */
  uint32_t spi;   /* of ESP: the sender's, for what is sent to it */
};

/* Chooses from an offer: the first proposal of the other end that has one of the set (of 1 << row);
 * where it has several, the lowest row. False: none. The payload has passed ikev2_payload_check.
 * SPIs of ESP below 256 are nobody's (RFC 4303 section 2.1). */
NODE_MUST_CHECK bool ikev2_sa_choose_ike(const struct ikev2_payload *payload, unsigned proposals,
                                         struct ikev2_choice *choice);
NODE_MUST_CHECK bool ikev2_sa_choose_esp(const struct ikev2_payload *payload, unsigned suites,
                                         struct ikev2_choice *choice);

/* The same of an answer to an offer: it must be one proposal, with one transform of each type. */
NODE_MUST_CHECK bool ikev2_sa_answer_ike(const struct ikev2_payload *payload, unsigned proposals,
                                         struct ikev2_choice *choice);
NODE_MUST_CHECK bool ikev2_sa_answer_esp(const struct ikev2_payload *payload, unsigned suites,
                                         struct ikev2_choice *choice);

#endif
