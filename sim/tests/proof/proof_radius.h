/* RADIUS packets (RFC 2865 section 3): rows of header and attributes. */
#ifndef SIM_TESTS_PROOF_PROOF_RADIUS_H
#define SIM_TESTS_PROOF_PROOF_RADIUS_H

#include "proof_coap.h"

/* By the first octet, which is none of CoAP's, of PANA's or of DTLS's. */
bool proof_radius_is(const uint8_t *data, size_t length);

/* False where attributes do not fill it. */
bool proof_radius_rows(const uint8_t *data, size_t length, struct proof_spans *spans);

/* Octets of a row. */
size_t proof_radius_sum(const struct proof_spans *spans, const char *row);

#endif
