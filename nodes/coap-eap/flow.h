/* What the CoAP-EAP of the draft of January 2021 and that of RFC 9820 do differently: a row each.
 * All else of this folder is the same for both. */
#ifndef NODES_COAP_EAP_FLOW_H
#define NODES_COAP_EAP_FLOW_H

#include "keys.h"
#include "resource.h"

struct coap_eap_flow {
  struct coap_eap_resource service; /* of the authenticator: where step 0 goes */

  /* The server names a new resource in the response to each step, and the former ceases to exist,
   * which is what keeps order; the first is named by the payload of step 0. Else the first request
   * goes to the service, its response names one resource for the others, and an ordering policy
   * keeps order. */
  bool names_each_step;

  uint8_t step_code;     /* answers steps 3 and 5; step 1 has 2.01 in both */
  uint8_t failure_code;  /* answers EAP-Failure */
  uint8_t no_suite_code; /* answers step 1 where no cipher suite is shared */

  bool negotiates;     /* by CoAP-EAP_Info: cipher suite, identifiers, lifetime (agreement.h) */
  bool has_id_context; /* that of OSCORE is the peer's identity, unless the options say none */

  /* How long an end waits that the other should act, in ms. */
  uint64_t (*patience_ms)(const struct coap_parameters *parameters);

  void (*read)(const struct option_values *values, struct coap_eap_options *options);
  const char *(*unsupported)(const struct option_values *values); /* options.h */

  /* From the MSK to the key material of the association. NODE_ERR_CRYPTO. */
  int (*derive_key)(const struct coap_eap_key_config *config, const struct node_hooks *hooks,
                    struct coap_eap_key *key);
};

extern const struct coap_eap_flow COAP_EAP_FLOW_DRAFT;

/* RFC 9820 as far as known (flow_rfc9820.c). */
extern const struct coap_eap_flow COAP_EAP_FLOW_RFC9820;

/* The resource that the `number`-th name stands for: names of one character, which come again after
 * COAP_EAP_NAMES. */
enum { COAP_EAP_NAMES = 36 };
void coap_eap_name_resource(const struct coap_eap_options *options, unsigned number,
                            struct coap_eap_resource *resource);

/* Whether a resource that a server named may be one of its. */
bool coap_eap_may_be_named(const struct coap_eap_flow *flow,
                           const struct coap_eap_resource *resource);

#endif
