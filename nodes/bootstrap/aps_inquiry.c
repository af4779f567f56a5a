/* Pulls that a handshake triggers (psk-identity, ikev2-idi). A UE has named itself in a handshake,
 * and the AS is asked for its key; others that name themselves so wait for the same answer. */
#include "aps_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>
#include <string.h>

/* A question, and the channels that wait for its answer. */
struct aps_inquiry {
  struct aps *aps;
  struct aps_question question;
  uint8_t name[EMSK_NAME_LENGTH];
  struct list waiting;
  struct list_link in_order;
};

/* As many as there are handshakes, at most. */
static struct aps_inquiry *inquiry_find(const struct aps *aps,
                                        const uint8_t name[EMSK_NAME_LENGTH]) {
  for (const struct list_link *at = aps->channels.inquiries.first; at != NULL; at = at->next) {
    struct aps_inquiry *inquiry = at->owner;
    if (memcmp(inquiry->name, name, EMSK_NAME_LENGTH) == 0)
      return inquiry;
  }
  return NULL;
}

static void inquiry_end(struct aps_inquiry *inquiry) {
  radius_client_cancel(&inquiry->aps->client, &inquiry->question.exchange);
  list_remove(&inquiry->in_order);
  free(inquiry);
}

bool aps_inquiry_is_due(struct aps *aps, const uint8_t *identity, size_t length) {
  uint8_t name[EMSK_NAME_LENGTH];
  return aps->asks != NULL &&
         bootstrap_channel_identity_read(aps->config.channel, identity, length, name) &&
         !aps_keys_know(aps, identity, length);
}

/* Answers */

static const char *inquiry_take(struct aps_inquiry *inquiry, const struct node_address *remote,
                                const struct radius_packet *answer) {
  struct aps *aps = inquiry->aps;
  uint8_t root[EAP_KEY_LENGTH], psk[BOOTSTRAP_PSK_MAX];
  const char *why = aps_question_key(aps, &inquiry->question, answer, root);
  if (why != NULL)
    return why;
  int error = bootstrap_psk_from_root(aps->hooks, root, aps->use, psk);
  if (error == 0)
    error = aps_keys_put(aps, remote, inquiry->name, psk, aps_answer_lifetime_s(aps, answer));
  crypto_wipe(root, sizeof root);
  crypto_wipe(psk, sizeof psk);
  return error == 0 ? NULL : node_error_name(error);
}

/* With the answer or without it, the handshakes go on: who has no key finds out there. */
static int inquiry_answered(struct aps_question *question, const struct radius_packet *answer) {
  struct aps_inquiry *inquiry = question->owner;
  const struct aps_channel *first = list_first(&inquiry->waiting);
  const char *why = inquiry_take(inquiry, &first->remote, answer);
  int result = 0;
  for (struct aps_channel *at; result == 0 && (at = list_first(&inquiry->waiting)) != NULL;) {
    aps_channel_tell(at, NODE_PHASE_PULL, why == NULL ? NODE_EVENT_ANSWERED : NODE_EVENT_UNANSWERED,
                     why == NULL ? "pull" : why);
    const bool last = inquiry->waiting.count == 1; /* the inquiry ends with it */
    aps_inquiry_leave(at);
    result = aps_channel_go_on(at);
    if (last)
      break;
  }
  return result;
}

/* Questions */

static int inquiry_send(struct aps_inquiry *inquiry, const struct node_address *remote) {
  struct aps *aps = inquiry->aps;
  uint8_t nai[ERP_NAI_MAX];
  struct span_writer request;
  const size_t length =
      erp_nai_write(inquiry->name, aps->config.realm, aps->config.realm_length, nai);
  radius_client_compose(&aps->client, nai, length, &request);
  radius_add_number(&request, RADIUS_SERVICE_TYPE, RADIUS_SERVICE_AUTHORIZE_ONLY);
  return aps_question_send(aps, &inquiry->question, remote, &request);
}

static struct aps_inquiry *inquiry_new(struct aps *aps, const struct node_address *remote,
                                       const uint8_t name[EMSK_NAME_LENGTH], int *error) {
  struct aps_inquiry *inquiry = calloc(1, sizeof *inquiry);
  *error = NODE_ERR_EXHAUSTED;
  if (inquiry == NULL)
    return NULL;
  *inquiry = (struct aps_inquiry){.aps = aps};
  inquiry->question = (struct aps_question){.owner = inquiry, .answered = inquiry_answered};
  memcpy(inquiry->name, name, EMSK_NAME_LENGTH);
  *error = inquiry_send(inquiry, remote);
  if (*error < 0) {
    free(inquiry);
    return NULL;
  }
  list_append(&aps->channels.inquiries, &inquiry->in_order, inquiry);
  return inquiry;
}

int aps_inquiry_begin(struct aps_channel *channel, const uint8_t *identity, size_t length) {
  struct aps *aps = channel->aps;
  uint8_t name[EMSK_NAME_LENGTH];
  int error = 0;
  if (!bootstrap_channel_identity_read(aps->config.channel, identity, length, name))
    return NODE_ERR_MALFORMED;
  struct aps_inquiry *inquiry = inquiry_find(aps, name);
  if (inquiry == NULL)
    inquiry = inquiry_new(aps, &channel->remote, name, &error);
  if (inquiry == NULL)
    return error;
  channel->inquiry = inquiry;
  list_append(&inquiry->waiting, &channel->waits, channel);
  aps_channel_tell(channel, NODE_PHASE_PULL, NODE_EVENT_STARTED, aps->asks);
  return 0;
}

void aps_inquiry_leave(struct aps_channel *channel) {
  struct aps_inquiry *inquiry = channel->inquiry;
  if (inquiry == NULL)
    return;
  channel->inquiry = NULL;
  list_remove(&channel->waits);
  if (inquiry->waiting.count == 0)
    inquiry_end(inquiry);
}

void aps_inquiries_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, aps->channels.inquiries.count);
  for (const struct list_link *at = aps->channels.inquiries.first; at != NULL; at = at->next) {
    const struct aps_inquiry *inquiry = at->owner;
    digest_octets(digest, inquiry->name, sizeof inquiry->name);
    digest_u64(digest, inquiry->waiting.count);
    radius_exchange_digest(&inquiry->question.exchange, digest, now_ns);
  }
}
