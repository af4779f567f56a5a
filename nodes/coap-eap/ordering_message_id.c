/* Ordering by Message IDs (draft section 6.4.2 (2)): random and remembered (A), or counted (B). The
 * authenticator's message layer draws them; here is what the peer makes of them. */
#include "ordering_policy.h"

#include <assert.h>

static uint16_t last_message_id(const struct coap_eap_ordering *ordering) {
  assert(ordering->message_id_count > 0);
  return ordering->message_ids[ordering->message_id_count - 1];
}

static size_t state_bytes(const struct coap_eap_ordering *ordering) {
  return ordering->message_id_count * sizeof ordering->message_ids[0];
}

/* (2A): "either this value matches the last value received [...] or the arrival of a new Message
 * ID, which therefore represents a new message". */
static enum coap_eap_verdict judge_random(const struct coap_eap_ordering *ordering,
                                          const struct coap_message *request) {
  if (!ordering->begun)
    return COAP_EAP_NEXT;
  if (request->message_id == last_message_id(ordering))
    return COAP_EAP_REPEAT;
  for (size_t i = 0; i < ordering->message_id_count; i++)
    if (request->message_id == ordering->message_ids[i])
      return COAP_EAP_STALE;
  return ordering->message_id_count < COAP_EAP_MESSAGE_IDS_MAX ? COAP_EAP_NEXT : COAP_EAP_STALE;
}

static void accept_random(struct coap_eap_ordering *ordering, const struct coap_message *request) {
  assert(ordering->message_id_count < COAP_EAP_MESSAGE_IDS_MAX);
  ordering->message_ids[ordering->message_id_count++] = request->message_id;
}

static void finish_random(struct coap_eap_ordering *ordering) {
  ordering->message_ids[0] = last_message_id(ordering);
  ordering->message_id_count = 1;
}

const struct coap_eap_policy COAP_EAP_POLICY_MID_RANDOM = {
    .random_message_ids = true,
    .judge = judge_random,
    .accept = accept_random,
    .finish = finish_random,
    .state_bytes = state_bytes,
};

/* (2B): "monotonically increasing by 1 the message ID value once the first is randomly picked". */
static enum coap_eap_verdict judge_monotonic(const struct coap_eap_ordering *ordering,
                                             const struct coap_message *request) {
  if (!ordering->begun || request->message_id == (uint16_t)(last_message_id(ordering) + 1))
    return COAP_EAP_NEXT;
  return request->message_id == last_message_id(ordering) ? COAP_EAP_REPEAT : COAP_EAP_STALE;
}

static void accept_monotonic(struct coap_eap_ordering *ordering,
                             const struct coap_message *request) {
  ordering->message_ids[0] = request->message_id;
  ordering->message_id_count = 1;
}

const struct coap_eap_policy COAP_EAP_POLICY_MID_MONOTONIC = {
    .judge = judge_monotonic,
    .accept = accept_monotonic,
    .state_bytes = state_bytes,
};
