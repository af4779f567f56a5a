/* What peer and authenticator of EDHOC over CoAP (RFC 9528 appendix A.2) must agree on, and what
 * the RFCs leave open. */
#ifndef NODES_EDHOC_COAP_OPTIONS_H
#define NODES_EDHOC_COAP_OPTIONS_H

#include "../association/association.h"
#include "../lower/join.h"

enum { EDHOC_COAP_PORT = 5683 };

struct edhoc_coap_options {
  struct coap_parameters coap;
  bool combined;      /* peer: message_3 goes with the first protected request (RFC 9668) */
  bool message_4;     /* message_3 that comes by itself is answered with message_4 */
  size_t token_bytes; /* of EDHOC's requests */
  struct lower_join join;
  const struct association_kind *association;
  const struct option_values *associations; /* what is chosen of it; the caller's */
};

extern const struct option_table EDHOC_COAP_OPTIONS;

/* What the options say. */
void edhoc_coap_options_read(const struct option_values *values,
                             struct edhoc_coap_options *options);

/* Static text: why these options do not go together; NULL: they do. */
const char *edhoc_coap_options_unsupported(const struct option_values *values);

#endif
