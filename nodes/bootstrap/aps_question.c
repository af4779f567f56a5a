/* What an ApS asks its AS, by RADIUS, and what it makes of the answers. */
#include "aps_state.h"

#include "../crypto/crypto.h"
#include "../radius/mppe.h"

_Static_assert(EAP_KEY_LENGTH == (int)RADIUS_MSK_LENGTH, "a key travels as two MPPE keys");

int aps_question_send(struct aps *aps, struct aps_question *question,
                      const struct node_address *remote, struct span_writer *composed) {
  question->exchange.owner = question;
  question->exchange.purpose = NODE_PHASE_PULL;
  question->exchange.serves = *remote;
  return radius_client_send(&aps->client, &question->exchange, composed);
}

const char *aps_question_key(const struct aps *aps, const struct aps_question *question,
                             const struct radius_packet *answer, uint8_t key[EAP_KEY_LENGTH]) {
  if (answer == NULL)
    return "the AS does not answer";
  if (answer->code != RADIUS_ACCESS_ACCEPT)
    return "refused by the AS";
  return radius_mppe_find(answer, question->exchange.authenticator, &aps->client.config.secret,
                          key) < 0
             ? "Access-Accept without keys"
             : NULL;
}

uint32_t aps_answer_lifetime_s(const struct aps *aps, const struct radius_packet *answer) {
  uint32_t seconds;
  if (radius_attribute_number(answer, RADIUS_SESSION_TIMEOUT, &seconds) && seconds > 0)
    return seconds;
  return aps->config.key_lifetime_s > 0 ? aps->config.key_lifetime_s
                                        : (uint32_t)ERP_LIFETIME_DEFAULT_S;
}
