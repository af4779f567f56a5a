/* The ordering policies by name. */
#include "ordering_policy.h"

#include <assert.h>

static const struct coap_eap_policy *const POLICIES[] = {
    [COAP_EAP_ORDERING_SEQNUM] = &COAP_EAP_POLICY_SEQNUM,
    [COAP_EAP_ORDERING_SEQNUM_REQUESTS] = &COAP_EAP_POLICY_SEQNUM_REQUESTS,
    [COAP_EAP_ORDERING_MID_RANDOM] = &COAP_EAP_POLICY_MID_RANDOM,
    [COAP_EAP_ORDERING_MID_MONOTONIC] = &COAP_EAP_POLICY_MID_MONOTONIC,
    [COAP_EAP_ORDERING_RESOURCE] = &COAP_EAP_POLICY_RESOURCE,
};

const struct coap_eap_policy COAP_EAP_POLICY_RESOURCE = {.judge = NULL};

const char *const COAP_EAP_ORDERING_NAMES[] = {
    [COAP_EAP_ORDERING_SEQNUM] = "seqnum",
    [COAP_EAP_ORDERING_SEQNUM_REQUESTS] = "seqnum-requests",
    [COAP_EAP_ORDERING_MID_RANDOM] = "mid-random",
    [COAP_EAP_ORDERING_MID_MONOTONIC] = "mid-monotonic",
    NULL,
};

static const struct coap_eap_policy *policy_of(const struct coap_eap_ordering_config *config) {
  assert(config->policy < sizeof POLICIES / sizeof POLICIES[0]);
  return POLICIES[config->policy];
}

void coap_eap_ordering_init(struct coap_eap_ordering *ordering,
                            const struct coap_eap_ordering_config *config) {
  assert(config->seqnum_bytes >= 1 && config->seqnum_bytes <= COAP_EAP_SEQNUM_MAX);
  *ordering = (struct coap_eap_ordering){.config = *config};
}

bool coap_eap_ordering_random_message_ids(const struct coap_eap_ordering_config *config) {
  return policy_of(config)->random_message_ids;
}

uint16_t coap_eap_ordering_request_option(const struct coap_eap_ordering_config *config) {
  return policy_of(config)->option_in_requests ? config->seqnum_number : 0;
}

uint16_t coap_eap_ordering_response_option(const struct coap_eap_ordering_config *config) {
  return policy_of(config)->option_in_responses ? config->seqnum_number : 0;
}

void coap_eap_ordering_begin(struct coap_eap_ordering *ordering, const struct node_hooks *hooks) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  if (policy->begin != NULL)
    policy->begin(ordering, hooks);
  ordering->begun = true;
}

int coap_eap_ordering_advance(struct coap_eap_ordering *ordering) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  return policy->advance == NULL ? 0 : policy->advance(ordering);
}

void coap_eap_ordering_add_to_request(const struct coap_eap_ordering *ordering,
                                      struct coap_message *request) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  if (policy->add_to_request != NULL)
    policy->add_to_request(ordering, request);
}

bool coap_eap_ordering_matches(const struct coap_eap_ordering *ordering,
                               const struct coap_message *response) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  return policy->matches == NULL || policy->matches(ordering, response);
}

enum coap_eap_verdict coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                              const struct coap_message *request) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  return policy->judge == NULL ? COAP_EAP_NEXT : policy->judge(ordering, request);
}

void coap_eap_ordering_accept(struct coap_eap_ordering *ordering,
                              const struct coap_message *request) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  if (policy->accept != NULL)
    policy->accept(ordering, request);
  ordering->begun = true;
}

void coap_eap_ordering_add_to_response(const struct coap_eap_ordering *ordering,
                                       struct coap_message *response) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  if (policy->add_to_response != NULL)
    policy->add_to_response(ordering, response);
}

void coap_eap_ordering_finish(struct coap_eap_ordering *ordering) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  if (policy->finish != NULL && ordering->begun)
    policy->finish(ordering);
}

size_t coap_eap_ordering_state_bytes(const struct coap_eap_ordering *ordering) {
  const struct coap_eap_policy *policy = policy_of(&ordering->config);
  return policy->state_bytes == NULL ? 0 : policy->state_bytes(ordering);
}

void coap_eap_ordering_digest(const struct coap_eap_ordering *ordering, struct digest *digest) {
  digest_u64(digest, ordering->begun);
  digest_octets(digest, ordering->seqnum, sizeof ordering->seqnum);
  digest_u64(digest, ordering->message_id_count);
  for (size_t i = 0; i < ordering->message_id_count; i++)
    digest_u64(digest, ordering->message_ids[i]);
}
