/* INFORMATIONAL (RFC 7296 section 1.4): liveness, Delete, and errors of who was established with;
 * CREATE_CHILD_SA, which is refused (RFC 7815 section 2.3). */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

static const char DELETED[] = "ikev2-deleted";

/* Responses */

static int informational_empty(struct ikev2 *ike, const struct ikev2_message *message) {
  struct ikev2_draft inside;
  ikev2_draft_inside(&inside);
  return ikev2_response_sealed(ike, message, &inside);
}

/* 1.4.1: the other direction goes with the one that is named. */
static int informational_delete_child(struct ikev2 *ike, const struct ikev2_message *message) {
  struct ikev2_draft inside;
  ikev2_draft_inside(&inside);
  ikev2_put_delete_esp(&inside.composer, ike->child->in.spi);
  return ikev2_response_sealed(ike, message, &inside);
}

/* A Delete of the child, which the sender names by the SPI of what it receives. */
static bool deletes_child(const struct ikev2 *ike, const struct ikev2_chain *chain) {
  for (size_t i = 0; ike->child != NULL && i < chain->count; i++) {
    struct ikev2_delete gone;
    if (chain->items[i].type != IKEV2_PAYLOAD_DELETE)
      continue;
    ikev2_delete_read(&chain->items[i], &gone);
    if (gone.protocol == IKEV2_PROTOCOL_ESP && ikev2_delete_names(&gone, ike->child->out.spi))
      return true;
  }
  return false;
}

static bool deletes_ike(const struct ikev2_chain *chain) {
  for (size_t i = 0; i < chain->count; i++) {
    struct ikev2_delete gone;
    if (chain->items[i].type != IKEV2_PAYLOAD_DELETE)
      continue;
    ikev2_delete_read(&chain->items[i], &gone);
    if (gone.protocol == IKEV2_PROTOCOL_IKE)
      return true;
  }
  return false;
}

static bool tells_failure(const struct ikev2_chain *chain) {
  struct ikev2_notify notify;
  return ikev2_find_notify(chain, IKEV2_N_AUTHENTICATION_FAILED, &notify); /* 2.21.2 */
}

static int informational_answer(struct ikev2 *ike, const struct ikev2_message *message,
                                const struct ikev2_chain *chain) {
  const char *ends = deletes_ike(chain)     ? DELETED
                     : tells_failure(chain) ? "ikev2-authentication"
                                            : NULL;
  const bool child_ends = ends == NULL && deletes_child(ike, chain);
  const int error =
      child_ends ? informational_delete_child(ike, message) : informational_empty(ike, message);
  if (error == 0 && (ends != NULL || child_ends))
    ikev2_fail(ike, ends != NULL ? ends : DELETED);
  return error;
}

/* 2.5: what is critical and not known is refused; 2.21.3: who sends what is malformed is no peer.
 */
static int informational_fault(struct ikev2 *ike, const struct ikev2_message *message,
                               const struct ikev2_fault *fault) {
  const bool critical = fault->notify == IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD;
  const int error = ikev2_response_notify(ike, message, (enum ikev2_notify_type)fault->notify,
                                          critical ? &fault->payload : NULL,
                                          critical ? sizeof fault->payload : 0);
  if (error == 0 && !critical)
    ikev2_fail(ike, "ikev2-rejected");
  return error;
}

int ikev2_informational_respond(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct ikev2_inside inside;
  if (!ikev2_inside_open(ike, &arrival->message, plain, &inside))
    return 0;
  const int error = inside.result == 0 ? informational_answer(ike, &arrival->message, &inside.chain)
                                       : informational_fault(ike, &arrival->message, &inside.fault);
  crypto_wipe(plain, sizeof plain);
  return error;
}

int ikev2_child_refuse(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct ikev2_inside inside;
  if (!ikev2_inside_open(ike, &arrival->message, plain, &inside))
    return 0;
  const int error = inside.result == 0 ? ikev2_response_notify(ike, &arrival->message,
                                                               IKEV2_N_NO_ADDITIONAL_SAS, NULL, 0)
                                       : informational_fault(ike, &arrival->message, &inside.fault);
  crypto_wipe(plain, sizeof plain);
  return error;
}

/* Requests */

static int informational_ask(struct ikev2 *ike, bool deletes) {
  struct ikev2_draft inside;
  if (ike->state != IKEV2_ESTABLISHED)
    return NODE_ERR_BAD_STATE;
  if (ikev2_is_asking(ike))
    return NODE_ERR_BUSY;
  ikev2_draft_inside(&inside);
  if (deletes)
    ikev2_put_delete_ike(&inside.composer);
  const int error = ikev2_request_sealed(ike, &inside, IKEV2_INFORMATIONAL);
  if (error == 0)
    ike->deleting = deletes;
  ikev2_count_bytes(ike);
  return error;
}

int ikev2_check_liveness(struct ikev2 *ike, uint64_t now_ns) {
  (void)now_ns;
  return informational_ask(ike, false);
}

int ikev2_delete(struct ikev2 *ike, uint64_t now_ns) {
  (void)now_ns;
  return informational_ask(ike, true);
}

/* Whatever the response says, it is one. */
int ikev2_informational_consume(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct ikev2_inside inside;
  if (!ikev2_inside_open(ike, &arrival->message, plain, &inside))
    return 0;
  crypto_wipe(plain, sizeof plain);
  ikev2_request_end(ike);
  if (ike->deleting)
    ikev2_fail(ike, DELETED);
  return 0;
}
