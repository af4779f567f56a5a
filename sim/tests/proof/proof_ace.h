/* Payloads of ACE (RFC 9200 section 8.10, RFC 9203 section 9), parsed apart from nodes/: maps of
 * CBOR, of which each parameter has its row. */
#ifndef SIM_TESTS_PROOF_PROOF_ACE_H
#define SIM_TESTS_PROOF_PROOF_ACE_H

#include "proof_coap.h"
#include "second.h"

/* In one octet of Content-Format. */
enum { PROOF_FORMAT_ACE = 19, PROOF_FORMAT_CWT = 61 };

/* What one end brings to the OSCORE context of a token: its nonce, and its Recipient ID. */
struct proof_ace_half {
  const uint8_t *nonce; /* in the payload */
  size_t nonce_length;
  struct second_id id;
};

/* Rows of a payload of this Content-Format, which is a map, or a token as it stands. False where it
 * is neither. */
bool proof_ace_rows(unsigned format, const uint8_t *data, size_t length, struct proof_spans *spans);

/* False where the payload is no map, or has no nonce or no identifier of this end. */
bool proof_ace_half_of(const uint8_t *data, size_t length, bool client,
                       struct proof_ace_half *half);

#endif
