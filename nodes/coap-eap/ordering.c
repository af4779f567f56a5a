/* Ordering by the SeqNum option: requests count up by one, responses repeat the number. */
#include "ordering.h"

#include <assert.h>
#include <string.h>

void coap_eap_ordering_init(struct coap_eap_ordering *ordering,
                            const struct coap_eap_ordering_config *config) {
  assert(config->seqnum_bytes >= 1 && config->seqnum_bytes <= COAP_EAP_SEQNUM_MAX);
  *ordering = (struct coap_eap_ordering){.config = *config};
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

void coap_eap_ordering_begin(struct coap_eap_ordering *ordering, const struct node_hooks *hooks) {
  const size_t n = ordering->config.seqnum_bytes;
  uint8_t *start = ordering->value + COAP_EAP_SEQNUM_MAX - n;
  memset(ordering->value, 0, sizeof ordering->value);
  do
    node_random(hooks, start, n);
  while (!start_in_range(start, n));
  ordering->begun = true;
}

static void increment(uint8_t value[COAP_EAP_SEQNUM_MAX]) {
  for (size_t i = COAP_EAP_SEQNUM_MAX; i-- > 0;)
    if (++value[i] != 0)
      return;
}

int coap_eap_ordering_advance(struct coap_eap_ordering *ordering) {
  const uint8_t *first = ordering->value + COAP_EAP_SEQNUM_MAX - ordering->config.seqnum_bytes;
  bool last = true;
  for (size_t i = 0; i < ordering->config.seqnum_bytes; i++)
    last = last && first[i] == 255;
  if (last)
    return NODE_ERR_EXHAUSTED;
  increment(ordering->value);
  return 0;
}

void coap_eap_ordering_add(const struct coap_eap_ordering *ordering, struct coap_message *message) {
  size_t leading = 0; /* a uint has no leading zeros (RFC 7252 section 3.2) */
  while (leading < COAP_EAP_SEQNUM_MAX && ordering->value[leading] == 0)
    leading++;
  coap_message_add_option(message, ordering->config.seqnum_number, ROW_COAP_SEQNUM,
                          ordering->value + leading, COAP_EAP_SEQNUM_MAX - leading);
}

/* The message's SeqNum, right-aligned; false if there is none of a valid length. */
static bool read_seqnum(const struct coap_eap_ordering *ordering,
                        const struct coap_message *message, uint8_t value[COAP_EAP_SEQNUM_MAX]) {
  const struct coap_option *option = coap_message_find(message, ordering->config.seqnum_number);
  if (option == NULL || option->length > COAP_EAP_SEQNUM_MAX)
    return false;
  memset(value, 0, COAP_EAP_SEQNUM_MAX);
  if (option->length > 0)
    memcpy(value + COAP_EAP_SEQNUM_MAX - option->length, option->value, option->length);
  return true;
}

bool coap_eap_ordering_matches(const struct coap_eap_ordering *ordering,
                               const struct coap_message *response) {
  uint8_t value[COAP_EAP_SEQNUM_MAX];
  return read_seqnum(ordering, response, value) &&
         memcmp(value, ordering->value, sizeof value) == 0;
}

enum coap_eap_verdict coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                              const struct coap_message *request) {
  uint8_t value[COAP_EAP_SEQNUM_MAX];
  if (!read_seqnum(ordering, request, value))
    return COAP_EAP_STALE;
  if (!ordering->begun)
    return COAP_EAP_NEXT;
  if (memcmp(value, ordering->value, sizeof value) == 0)
    return COAP_EAP_REPEAT;
  uint8_t expected[COAP_EAP_SEQNUM_MAX];
  memcpy(expected, ordering->value, sizeof expected);
  increment(expected);
  return memcmp(value, expected, sizeof value) == 0 ? COAP_EAP_NEXT : COAP_EAP_STALE;
}

void coap_eap_ordering_accept(struct coap_eap_ordering *ordering,
                              const struct coap_message *request) {
  ordering->begun = read_seqnum(ordering, request, ordering->value);
}
