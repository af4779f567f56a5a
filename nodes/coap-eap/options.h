/* What peer and authenticator of CoAP-EAP (draft-marin-ace-wg-coap-eap, January 2021, or RFC 9820)
 * must agree on, and the choices where these are silent. */
#ifndef NODES_COAP_EAP_OPTIONS_H
#define NODES_COAP_EAP_OPTIONS_H

#include "../association/association.h"
#include "../lower/join.h"
#include "ordering.h"

enum {
  COAP_EAP_PORT = 5683,
  COAP_EAP_CONTENT_FORMAT = 269, /* application/coap-eap */
  COAP_EAP_NO_RESPONSE_ALL = 26, /* RFC 7967 section 2.1: not interested in 2.xx, 4.xx, 5.xx */
};

/* Cipher suites, the preferred first. */
struct coap_eap_suite_list {
  int32_t numbers[5];
  size_t count;
};

enum coap_eap_kdf { COAP_EAP_KDF_EXPAND, COAP_EAP_KDF_HKDF };

struct coap_eap_flow;

/* Who is CoAP client: the authenticator, as draft and RFC have it, or the EAP peer, a model that
 * the draft's section 2 leaves to be analyzed. */
enum coap_eap_roles { COAP_EAP_AUTHENTICATOR_CLIENT, COAP_EAP_PEER_CLIENT };

struct coap_eap_options {
  const struct coap_eap_flow *flow; /* of the lower layer that was chosen */
  enum coap_eap_roles roles;
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
  /* Authenticator as server: what the AAA server has not answered by then has an empty ACK. */
  uint32_t ack_delay_ms;
  const char *resources; /* the path that the server's resources are below */
  bool content_format;   /* what carries EAP says so */

  /* Of RFC 9820 */
  bool negotiates; /* suites and identifiers of OSCORE, by CoAP-EAP_Info */
  enum coap_eap_kdf kdf;
  struct coap_eap_suite_list suites_offered, suites_supported;
  size_t rid_c_bytes, rid_i_bytes;
  uint32_t session_lifetime_s; /* where the AAA server says none; 0: none is said */

  const struct association_kind *association; /* section 4.1 and appendix A */
  const struct option_values *associations;   /* what is chosen of it; the caller's */
};

/* Of both, and of one alone. */
extern const struct option_table COAP_EAP_OPTIONS, COAP_EAP_DRAFT_OPTIONS, COAP_EAP_RFC9820_OPTIONS;

/* What the options say, of which "lower_layer" chooses the flow. */
void coap_eap_options_read(const struct option_values *values, struct coap_eap_options *options);

/* Static text: why these options do not go together; NULL: they do. */
const char *coap_eap_options_unsupported(const struct option_values *values);

/* The same of those of one flow alone. */
void coap_eap_draft_options_read(const struct option_values *values,
                                 struct coap_eap_options *options);
void coap_eap_rfc9820_options_read(const struct option_values *values,
                                   struct coap_eap_options *options);
const char *coap_eap_draft_unsupported(const struct option_values *values);
const char *coap_eap_rfc9820_unsupported(const struct option_values *values);

#endif
