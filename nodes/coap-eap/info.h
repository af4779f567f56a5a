/* CoAP-EAP_Info of RFC 9820: a CBOR map behind an EAP packet, by which the two ends agree on what
 * their OSCORE security context is made of. Where the EAP packet ends its Length says. */
#ifndef NODES_COAP_EAP_INFO_H
#define NODES_COAP_EAP_INFO_H

#include "../association/association.h"

enum {
  COAP_EAP_SUITES_MAX = 32, /* octets of an array of cipher suites */
  COAP_EAP_INFO_MAX = 80,   /* octets of a map that we write */
};

/* An array of cipher suites as it is encoded, which the key derivation takes. length 0: none. */
struct coap_eap_suites {
  uint8_t octets[COAP_EAP_SUITES_MAX];
  size_t length;
};

/* The array of these numbers; none where `count` is 0. It fits (asserted). */
void coap_eap_suites_set(struct coap_eap_suites *suites, const int32_t *numbers, size_t count);

/* The number in place `place`. False: there are not so many. */
bool coap_eap_suites_get(const struct coap_eap_suites *suites, size_t place, int32_t *number);

/* What a map says. Flat; zeroed: nothing. */
struct coap_eap_info {
  struct coap_eap_suites suites; /* offered or chosen */
  bool has_rid_c, has_rid_i, has_lifetime;
  struct association_id rid_c; /* Recipient ID of the EAP authenticator */
  struct association_id rid_i; /* ... of the EAP peer */
  uint32_t lifetime_s;         /* of the session; more than it holds is as much as it holds */
};

/* Appends the map, of ROW_COAP_EAP_INFO; nothing where it would be empty. */
void coap_eap_info_compose(const struct coap_eap_info *info, struct span_writer *out);

/* Reads a map; no octets at all: nothing. Elements that are not known are passed over.
 * NODE_ERR_MALFORMED: not one map of definite length and deterministic encoding, whose keys are
 * unsigned integers, each once; an element of another type; an empty array, or one with other than
 * integers; an ID of more than ASSOCIATION_ID_MAX octets. NODE_ERR_TOO_LONG: an array of more than
 * COAP_EAP_SUITES_MAX octets. */
NODE_MUST_CHECK int coap_eap_info_parse(const uint8_t *data, size_t length,
                                        struct coap_eap_info *info);

/* The EAP packet that a payload begins with, if any, and the map behind it. NODE_ERR_MALFORMED also
 * where the payload is shorter than the Length of the packet, or that than its header. */
NODE_MUST_CHECK int coap_eap_info_split(const uint8_t *payload, size_t length, size_t *eap_length,
                                        struct coap_eap_info *info);

void coap_eap_info_digest(const struct coap_eap_info *info, struct digest *digest);

#endif
