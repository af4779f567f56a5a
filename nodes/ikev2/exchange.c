/* Exchanges of an endpoint (RFC 7296 sections 2.1 to 2.3): its one request under way, its response
 * to the other's last one, and the protection of both. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <string.h>

void ikev2_discard(const struct ikev2 *ike, const char *why) {
  node_event(ike->hooks, ike->phase, NODE_EVENT_DISCARDED, &ike->event_remote, why);
}

bool ikev2_is_asking(const struct ikev2 *ike) {
  return ike->state != IKEV2_FAILED && ike->request.octets.length > 0;
}

void ikev2_request_end(struct ikev2 *ike) {
  kept_wipe(&ike->request.octets);
  ike->request = (struct ikev2_sent){.waits = false};
  ike->due_ns = NODE_NEVER;
}

void ikev2_fail(struct ikev2 *ike, const char *reason) {
  ikev2_count_bytes(ike);
  ike->state = IKEV2_FAILED;
  ike->reason = reason;
  ikev2_request_end(ike);
  if (ike->response.exchange == IKEV2_IKE_SA_INIT) {
    kept_wipe(&ike->response.octets);
    ike->response = (struct ikev2_sent){.waits = false};
  }
  ikev2_setup_end(ike);
  ikev2_child_end(ike);
  kept_wipe(&ike->proved);
  crypto_wipe(&ike->sealer, sizeof ike->sealer);
  crypto_wipe(&ike->opener, sizeof ike->opener);
}

/* Composition */

static struct ikev2_header header_of(const struct ikev2 *ike, uint8_t exchange, bool response) {
  struct ikev2_header header = {.exchange = exchange};
  memcpy(header.spi_i, ike->spi[IKEV2_I], sizeof header.spi_i);
  memcpy(header.spi_r, ike->spi[IKEV2_R], sizeof header.spi_r);
  header.flags =
      (uint8_t)((ike->initiator ? IKEV2_FLAG_INITIATOR : 0) | (response ? IKEV2_FLAG_RESPONSE : 0));
  header.message_id = response ? ike->next_expected : ike->next_request;
  return header;
}

void ikev2_draft_message(struct ikev2_draft *draft, const struct ikev2 *ike, uint8_t exchange,
                         bool response) {
  const struct ikev2_header header = header_of(ike, exchange, response);
  span_writer_init(&draft->out, draft->data, sizeof draft->data, &draft->spans);
  ikev2_compose_message(&draft->composer, &draft->out, &header);
}

void ikev2_draft_inside(struct ikev2_draft *draft) {
  span_writer_init(&draft->out, draft->data, sizeof draft->data, &draft->spans);
  ikev2_compose_inner(&draft->composer, &draft->out);
}

static int sent_put(struct ikev2_sent *sent, const struct ikev2_draft *draft, uint8_t exchange) {
  const int error = kept_store(&sent->octets, draft->data, draft->out.length, &draft->spans);
  if (error != 0)
    return error;
  sent->exchange = exchange;
  sent->waits = true;
  sent->copies = 0;
  return 0;
}

static int request_put(struct ikev2 *ike, const struct ikev2_draft *draft, uint8_t exchange) {
  const int error = sent_put(&ike->request, draft, exchange);
  if (error != 0)
    return error;
  ike->next_request++;
  ike->interval_ns = ike->timeout_ms * NODE_MS;
  ike->due_ns = NODE_NEVER;
  return 0;
}

static int sealed_draft(struct ikev2 *ike, struct ikev2_draft *inside, uint8_t exchange,
                        bool response, struct ikev2_draft *draft) {
  const struct ikev2_header header = header_of(ike, exchange, response);
  span_writer_init(&draft->out, draft->data, sizeof draft->data, &draft->spans);
  const int error = ikev2_seal(ike->hooks, &ike->sealer, &header, &inside->composer, &draft->out);
  crypto_wipe(inside->data, sizeof inside->data);
  return error;
}

int ikev2_request_clear(struct ikev2 *ike, struct ikev2_draft *draft, uint8_t exchange) {
  const int error = ikev2_compose_end(&draft->composer);
  return error != 0 ? error : request_put(ike, draft, exchange);
}

int ikev2_request_sealed(struct ikev2 *ike, struct ikev2_draft *inside, uint8_t exchange) {
  struct ikev2_draft draft;
  const int error = sealed_draft(ike, inside, exchange, false, &draft);
  return error != 0 ? error : request_put(ike, &draft, exchange);
}

int ikev2_response_clear(struct ikev2 *ike, struct ikev2_draft *draft) {
  const int error = ikev2_compose_end(&draft->composer);
  return error != 0 ? error : sent_put(&ike->response, draft, IKEV2_IKE_SA_INIT);
}

int ikev2_response_sealed(struct ikev2 *ike, const struct ikev2_message *request,
                          struct ikev2_draft *inside) {
  struct ikev2_draft draft;
  int error = sealed_draft(ike, inside, request->header.exchange, true, &draft);
  if (error == 0)
    error = sent_put(&ike->response, &draft, request->header.exchange);
  if (error != 0)
    return error;
  memcpy(ike->answered, request->data + request->length - sizeof ike->answered,
         sizeof ike->answered);
  ike->next_expected++;
  return 0;
}

int ikev2_response_notify(struct ikev2 *ike, const struct ikev2_message *request,
                          enum ikev2_notify_type type, const uint8_t *data, size_t length) {
  struct ikev2_draft inside;
  ikev2_draft_inside(&inside);
  ikev2_put_notify(&inside.composer, IKEV2_PROTOCOL_NONE, type, data, length);
  return ikev2_response_sealed(ike, request, &inside);
}

int ikev2_fail_telling(struct ikev2 *ike, struct ikev2_draft *inside, const char *reason) {
  struct ikev2_sent last;
  const int error = ikev2_request_sealed(ike, inside, IKEV2_INFORMATIONAL);
  last = ike->request;
  if (error == 0)
    ike->request.octets = (struct kept){.spans = NULL};
  ikev2_fail(ike, reason);
  if (error == 0)
    ike->request = last;
  return error;
}

/* Reading */

static bool is_peeked(const struct ikev2 *ike, const struct ikev2_message *message) {
  const struct ikev2_peeked *peeked = ike->setup == NULL ? NULL : ike->setup->peeked;
  return peeked != NULL && peeked->length == message->length &&
         memcmp(peeked->octets, message->data, message->length) == 0;
}

bool ikev2_inside_open(struct ikev2 *ike, const struct ikev2_message *message, uint8_t *plain,
                       struct ikev2_inside *inside) {
  if (is_peeked(ike, message))
    *inside = ike->setup->peeked->inside;
  else
    inside->result = ikev2_open(ike->hooks, &ike->opener, message, plain, NODE_DATAGRAM_MAX,
                                &inside->chain, &inside->fault);
  if (inside->result == 0 || inside->result == NODE_ERR_MALFORMED)
    return true;
  ikev2_discard(ike, inside->result == NODE_ERR_VERIFY    ? "IKEv2 message whose tag is wrong"
                     : inside->result == NODE_ERR_UNKNOWN ? "IKEv2 message without protection"
                                                          : "IKEv2 message that cannot be opened");
  return false;
}
