/* The cipher suite that an AAA server names in an Access-Accept, for the association that the
 * authenticator is to make (section 7.2 of draft-marin-ace-wg-coap-eap of 2021, which names no
 * attribute, and no registry has one). Ours is Vendor-Specific (RFC 2865 section 5.26) with the
 * enterprise number that is reserved for documentation (RFC 5612), and a number of 4 octets:
 * vendor type 1 has one of the registry "CoAP-EAP Cipher Suites" (oscore/suites.def), vendor type
 * 2 one of TLS (dtls/suites.def). 12 octets. Other vendor types of that number are nobody's. */
#ifndef NODES_AAA_CIPHER_SUITE_H
#define NODES_AAA_CIPHER_SUITE_H

#include "../radius/packet.h"

/* Whose numbers; values are vendor types. */
enum aaa_suite_kind { AAA_SUITE_NONE, AAA_SUITE_OSCORE, AAA_SUITE_DTLS };

struct aaa_cipher_suite {
  enum aaa_suite_kind kind; /* AAA_SUITE_NONE: none is named */
  uint32_t number;
};

/* What an Access-Accept names, to an authenticator whose associations have suites of the kind
 * `taken`. NULL; or static text, and no suite: why the Accept counts as a Reject. */
NODE_MUST_CHECK const char *aaa_cipher_suite_read(const struct radius_packet *accept,
                                                  enum aaa_suite_kind taken,
                                                  struct aaa_cipher_suite *suite);

/* The one that a text names: a number of OSCORE's, or a name of dtls/suites.def. False: there is
 * none, or it is not built. */
NODE_MUST_CHECK bool aaa_cipher_suite_parse(const char *text, struct aaa_cipher_suite *suite);

/* Adds it to an Access-Accept, where one is named. */
void aaa_cipher_suite_add(const struct aaa_cipher_suite *suite, struct span_writer *out);

#endif
