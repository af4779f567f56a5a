/* What peer and authenticator of CoAP-EAP (draft-marin-ace-wg-coap-eap, January 2021) must agree
 * on, and the choices where the draft is silent. */
#ifndef NODES_COAP_EAP_OPTIONS_H
#define NODES_COAP_EAP_OPTIONS_H

#include "../coap/session.h"
#include "../dtls/dtls.h"
#include "ordering.h"

enum {
  COAP_EAP_PORT = 5683,
  COAP_EAP_NO_RESPONSE_ALL = 26, /* RFC 7967 section 2.1: not interested in 2.xx, 4.xx, 5.xx */
};

#define COAP_EAP_PATH "b" /* the bootstrapping service: "/b" (Figure 2) */

/* The resource of either end for protected application requests (POST, GET) after establishment. */
#define COAP_EAP_APPLICATION_PATH "a"

enum coap_eap_association_kind {
  COAP_EAP_ASSOCIATION_OSCORE, /* section 4.1 */
  COAP_EAP_ASSOCIATION_DTLS,   /* appendix A; the authenticator is the DTLS client */
};

/* Of COAP_EAP_ASSOCIATION_DTLS; what each means is said in dtls.h. */
struct coap_eap_dtls_options {
  bool cookie;
  uint32_t timeout_ms, timeout_max_ms;
  size_t mtu;
};

struct coap_eap_options {
  struct coap_parameters coap;
  struct coap_eap_ordering_config ordering;
  size_t token_bytes; /* of the authentication's token, 0 to COAP_TOKEN_MAX */
  /* Names the new resource in step 2: COAP_NUMBER_URI_PATH as Figure 2 draws it, or
   * COAP_NUMBER_LOCATION_PATH as RFC 7252 section 5.10.7 would have it. */
  uint16_t location_number;
  /* Section 4.1: "The ID Context can be set to the Identity of the EAP peer"; here the octets of
   * its EAP-Response/Identity. False: no ID Context. */
  bool id_context_is_identity;
  enum coap_eap_association_kind association;
  struct coap_eap_dtls_options dtls;
  /* Peer: answer as a slow one would, with an empty ACK first and a separate response (RFC 7252
   * section 5.2.2); else piggybacked, as Figure 2 draws it. */
  bool separate_response;
  size_t application_bytes; /* of what a GET of the application resource is answered with */
};

/* Where the association with the endpoint at `address` lives under DTLS: the port after its CoAP
 * port, as 5684 is after 5683. */
struct node_address coap_eap_secure_address(const struct node_address *address);

/* What a peer holds, in octets. */
struct coap_eap_state {
  size_t association_bytes; /* now: OSCORE contexts, or DTLS sessions with what mbedtls holds */
  size_t association_bytes_peak; /* since its start */
  size_t ordering_bytes;         /* at most: what the ordering policy makes it remember */
};

/* The defaults of this project. */
extern const struct coap_eap_options COAP_EAP_OPTIONS_DEFAULT;

/* False for the options that a message of the lower layer has otherwise, and those that OSCORE does
 * not encrypt or takes no account of (RFC 8613 section 4.1): they cannot carry SeqNum. */
bool coap_eap_seqnum_number_valid(uint16_t number);

/* False where a length or number is out of its range. */
bool coap_eap_options_valid(const struct coap_eap_options *options);

#endif
