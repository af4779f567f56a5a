/* What an ordering policy is made of; the functions are those of ordering.h. Private to
 * ordering*.c. */
#ifndef NODES_COAP_EAP_ORDERING_POLICY_H
#define NODES_COAP_EAP_ORDERING_POLICY_H

#include "ordering.h"

/* A function that is NULL has nothing to do; `matches` that is NULL: the message layer's matching
 * is all there is; `judge` that is NULL: every request is the next. */
struct coap_eap_policy {
  bool option_in_requests, option_in_responses;
  bool random_message_ids;

  /* Client */
  void (*begin)(struct coap_eap_ordering *ordering, const struct node_hooks *hooks);
  int (*advance)(struct coap_eap_ordering *ordering);
  void (*add_to_request)(const struct coap_eap_ordering *ordering, struct coap_message *request);
  bool (*matches)(const struct coap_eap_ordering *ordering, const struct coap_message *response);

  /* Server */
  enum coap_eap_verdict (*judge)(const struct coap_eap_ordering *ordering,
                                 const struct coap_message *request);
  void (*accept)(struct coap_eap_ordering *ordering, const struct coap_message *request);
  void (*add_to_response)(const struct coap_eap_ordering *ordering, struct coap_message *response);
  void (*finish)(struct coap_eap_ordering *ordering);
  size_t (*state_bytes)(const struct coap_eap_ordering *ordering);
};

extern const struct coap_eap_policy COAP_EAP_POLICY_SEQNUM, COAP_EAP_POLICY_SEQNUM_REQUESTS,
    COAP_EAP_POLICY_MID_RANDOM, COAP_EAP_POLICY_MID_MONOTONIC, COAP_EAP_POLICY_RESOURCE;

#endif
