/* What the two ends agree on by CoAP-EAP_Info in steps 1 and 2 (RFC 9820): the cipher suite of
 * their OSCORE security context, and who is called what in it. Where nothing is negotiated, these
 * functions say nothing and accept everything. */
#ifndef NODES_COAP_EAP_AGREEMENT_H
#define NODES_COAP_EAP_AGREEMENT_H

#include "info.h"

#include "../oscore/suite.h"

struct coap_eap_options;

/* Why an end fails that shares no cipher suite with the other. */
#define COAP_EAP_NO_CIPHER_SUITE "no-cipher-suite"

/* Why an authenticator fails whose AAA server names another suite than the one agreed on. */
#define COAP_EAP_AAA_CIPHER_SUITE "aaa-cipher-suite"

/* Flat; zeroed: nothing is agreed on yet. */
struct coap_eap_agreement {
  struct coap_eap_suites offered, chosen; /* as sent: a part of the derivation of keys */
  const struct oscore_suite *suite;
  struct association_id rid_c; /* Recipient ID of the authenticator: the peer's Sender ID */
  struct association_id rid_i;
};

/* The authenticator's offer, for step 1: with a new RID-C. */
void coap_eap_agreement_offer(struct coap_eap_agreement *agreement,
                              const struct coap_eap_options *options,
                              const struct node_hooks *hooks, struct coap_eap_info *offer);

/* NULL, or static text: why no peer could take this offer, whatever suites it has. */
const char *coap_eap_agreement_fault(const struct coap_eap_options *options,
                                     const struct coap_eap_info *offer);

/* The peer takes an offer: chooses the first suite that it supports, and a RID-I that is not RID-C.
 * NULL, or static text: why it cannot. */
const char *coap_eap_agreement_accept(struct coap_eap_agreement *agreement,
                                      const struct coap_eap_options *options,
                                      const struct node_hooks *hooks,
                                      const struct coap_eap_info *offer);

/* Its answer, for step 2. */
void coap_eap_agreement_answer(const struct coap_eap_agreement *agreement,
                               const struct coap_eap_options *options,
                               struct coap_eap_info *answer);

/* The authenticator takes the answer. NULL, or static text: why it cannot, and nothing is changed.
 */
const char *coap_eap_agreement_conclude(struct coap_eap_agreement *agreement,
                                        const struct coap_eap_options *options,
                                        const struct coap_eap_info *answer);

/* Whether an OSCORE security context may have the suite of this number: it is the one agreed on, or
 * there is no agreement. */
bool coap_eap_agreement_permits(const struct coap_eap_agreement *agreement, uint32_t number);

void coap_eap_agreement_digest(const struct coap_eap_agreement *agreement, struct digest *digest);

#endif
