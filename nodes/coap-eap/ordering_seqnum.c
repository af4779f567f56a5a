/* Ordering by the SeqNum option (draft section 3.2): requests count up by one, and responses repeat
 * the number or, by section 6.4.2 (1), do not. */
#include "ordering_policy.h"

#include <string.h>

/* The octets of the number, in the length that it has in this authentication. */
static const uint8_t *seqnum_digits(const struct coap_eap_ordering *ordering) {
  return ordering->seqnum + COAP_EAP_SEQNUM_MAX - ordering->config.seqnum_bytes;
}

/* True if the n-octet number at `start` lies in the range that leaves room to count. */
static bool start_in_range(const uint8_t *start, size_t n) {
  if (n == 1)
    return start[0] >= 1 && start[0] <= 127;
  bool top = true; /* 2^(8n)-256 and above: all octets but the last are 255 */
  for (size_t i = 0; i + 1 < n; i++)
    top = top && start[i] == 255;
  return start[0] != 0 && !top;
}

static void seqnum_begin(struct coap_eap_ordering *ordering, const struct node_hooks *hooks) {
  const size_t n = ordering->config.seqnum_bytes;
  uint8_t *start = ordering->seqnum + COAP_EAP_SEQNUM_MAX - n;
  memset(ordering->seqnum, 0, sizeof ordering->seqnum);
  do
    node_random(hooks, start, n);
  while (!start_in_range(start, n));
}

static void seqnum_increment(uint8_t seqnum[COAP_EAP_SEQNUM_MAX]) {
  for (size_t i = COAP_EAP_SEQNUM_MAX; i-- > 0;)
    if (++seqnum[i] != 0)
      return;
}

static int seqnum_advance(struct coap_eap_ordering *ordering) {
  const uint8_t *first = seqnum_digits(ordering);
  bool last = true;
  for (size_t i = 0; i < ordering->config.seqnum_bytes; i++)
    last = last && first[i] == 255;
  if (last)
    return NODE_ERR_EXHAUSTED;
  seqnum_increment(ordering->seqnum);
  return 0;
}

/* Its octets without leading zeros (a uint, RFC 7252 section 3.2). */
static size_t seqnum_length(const struct coap_eap_ordering *ordering) {
  size_t leading = 0;
  while (leading < COAP_EAP_SEQNUM_MAX && ordering->seqnum[leading] == 0)
    leading++;
  return COAP_EAP_SEQNUM_MAX - leading;
}

static void seqnum_add(const struct coap_eap_ordering *ordering, struct coap_message *message) {
  const size_t length = seqnum_length(ordering);
  coap_message_add_option(message, ordering->config.seqnum_number, ROW_COAP_SEQNUM,
                          ordering->seqnum + COAP_EAP_SEQNUM_MAX - length, length);
}

/* The message's SeqNum, right-aligned; false if there is none of a valid length. */
static bool seqnum_read(const struct coap_eap_ordering *ordering,
                        const struct coap_message *message, uint8_t seqnum[COAP_EAP_SEQNUM_MAX]) {
  const struct coap_option *option = coap_message_find(message, ordering->config.seqnum_number);
  if (option == NULL || option->length > COAP_EAP_SEQNUM_MAX)
    return false;
  memset(seqnum, 0, COAP_EAP_SEQNUM_MAX);
  if (option->length > 0)
    memcpy(seqnum + COAP_EAP_SEQNUM_MAX - option->length, option->value, option->length);
  return true;
}

static bool seqnum_matches(const struct coap_eap_ordering *ordering,
                           const struct coap_message *response) {
  uint8_t seqnum[COAP_EAP_SEQNUM_MAX];
  return seqnum_read(ordering, response, seqnum) &&
         memcmp(seqnum, ordering->seqnum, sizeof seqnum) == 0;
}

static enum coap_eap_verdict seqnum_judge(const struct coap_eap_ordering *ordering,
                                          const struct coap_message *request) {
  uint8_t seqnum[COAP_EAP_SEQNUM_MAX];
  if (!seqnum_read(ordering, request, seqnum))
    return COAP_EAP_STALE;
  if (!ordering->begun)
    return COAP_EAP_NEXT;
  if (memcmp(seqnum, ordering->seqnum, sizeof seqnum) == 0)
    return COAP_EAP_REPEAT;
  uint8_t expected[COAP_EAP_SEQNUM_MAX];
  memcpy(expected, ordering->seqnum, sizeof expected);
  seqnum_increment(expected);
  return memcmp(seqnum, expected, sizeof seqnum) == 0 ? COAP_EAP_NEXT : COAP_EAP_STALE;
}

static void seqnum_accept(struct coap_eap_ordering *ordering, const struct coap_message *request) {
  (void)seqnum_read(ordering, request, ordering->seqnum);
}

const struct coap_eap_policy COAP_EAP_POLICY_SEQNUM = {
    .option_in_requests = true,
    .option_in_responses = true,
    .begin = seqnum_begin,
    .advance = seqnum_advance,
    .add_to_request = seqnum_add,
    .matches = seqnum_matches,
    .judge = seqnum_judge,
    .accept = seqnum_accept,
    .add_to_response = seqnum_add,
    .state_bytes = seqnum_length,
};

const struct coap_eap_policy COAP_EAP_POLICY_SEQNUM_REQUESTS = {
    .option_in_requests = true,
    .begin = seqnum_begin,
    .advance = seqnum_advance,
    .add_to_request = seqnum_add,
    .judge = seqnum_judge,
    .accept = seqnum_accept,
    .state_bytes = seqnum_length,
};
