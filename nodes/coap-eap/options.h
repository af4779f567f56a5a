/* What peer and authenticator of CoAP-EAP (draft-marin-ace-wg-coap-eap, January 2021) must agree
 * on, and the choices where the draft is silent. */
#ifndef NODES_COAP_EAP_OPTIONS_H
#define NODES_COAP_EAP_OPTIONS_H

#include "../association/association.h"
#include "../lower/join.h"
#include "ordering.h"

enum {
  COAP_EAP_PORT = 5683,
  COAP_EAP_NO_RESPONSE_ALL = 26, /* RFC 7967 section 2.1: not interested in 2.xx, 4.xx, 5.xx */
};

#define COAP_EAP_PATH "b" /* the bootstrapping service: "/b" (Figure 2) */

struct coap_eap_options {
  struct coap_parameters coap;
  struct coap_eap_ordering_config ordering;
  size_t token_bytes; /* of the authentication's token, 0 to COAP_TOKEN_MAX */
  /* Names the new resource in step 2: COAP_NUMBER_URI_PATH as Figure 2 draws it, or
   * COAP_NUMBER_LOCATION_PATH as RFC 7252 section 5.10.7 would have it. */
  uint16_t location_number;
  /* Peer: an unanswered trigger is repeated after trigger_retry_ms to 1.5 times that, and so often;
   * each such wait is twice the one before, unless join.fixed. */
  uint32_t trigger_retry_ms;
  unsigned trigger_repetitions;
  struct lower_join join;
  /* Peer: answer as a slow one would, with an empty ACK first and a separate response (RFC 7252
   * section 5.2.2); else piggybacked, as Figure 2 draws it. */
  bool separate_response;
  const struct association_kind *association; /* section 4.1 and appendix A */
  const struct option_values *associations;   /* what is chosen of it; the caller's */
};

extern const struct option_table COAP_EAP_OPTIONS;

/* What the options say. */
void coap_eap_options_read(const struct option_values *values, struct coap_eap_options *options);

/* Static text: why these options do not go together; NULL: they do. */
const char *coap_eap_options_unsupported(const struct option_values *values);

#endif
