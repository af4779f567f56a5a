/* Pull: erp. The ApS is the ER authenticator of UEs (RFC 6696), over CoAP towards them: POST /k. Of
 * each endpoint that has sent an EAP-Initiate there is a place, while the AS is asked, and then for
 * repetitions of the request until another needs it. */
#include "aps_state.h"

#include "../crypto/crypto.h"
#include "../eap/copy.h"
#include "../radius/answer.h"

#include <stdlib.h>
#include <string.h>

/* How long a UE is not told that its request has come. */
enum { PATIENCE_MS = 1000 };

/* What tells one EAP-Initiate from another: a sequence number is used once with a key. */
struct aps_initiate {
  uint8_t name[EMSK_NAME_LENGTH];
  uint16_t sequence;
  uint8_t identifier;
};

struct aps_pull {
  struct aps *aps;
  struct node_address local, remote;
  struct coap_session coap;
  struct aps_question question;
  struct aps_initiate initiate;
  struct coap_message request; /* its header, which is answered */
  bool granted;                /* the last was answered by a key */
  uint64_t patience_ns;        /* acknowledged then; NODE_NEVER: it is, or need not be */
  struct list_link in_order, to_write;
  struct table_item by_remote;
  struct deadline deadline;
};

/* Places: as many as keys */

bool aps_pulls_init(struct aps *aps) {
  return table_init(&aps->pulls.by_remote, aps->config.keys_max, &aps->hash_key) &&
         deadline_heap_init(&aps->pulls.deadlines, aps->config.keys_max);
}

static bool pull_waits(const struct aps_pull *pull) {
  return pull->in_order.in == &pull->aps->pulls.waiting;
}

static void pull_release(struct aps_pull *pull) {
  struct aps *aps = pull->aps;
  radius_client_cancel(&aps->client, &pull->question.exchange);
  coap_session_wipe(&pull->coap);
  table_remove(&aps->pulls.by_remote, &pull->by_remote);
  list_remove(&pull->in_order);
  list_remove(&pull->to_write);
  deadline_set(&aps->pulls.deadlines, &pull->deadline, NODE_NEVER);
  free(pull);
}

void aps_pulls_deinit(struct aps *aps) {
  struct aps_pull *pull;
  while ((pull = list_first(&aps->pulls.waiting)) != NULL ||
         (pull = list_first(&aps->pulls.answered)) != NULL)
    pull_release(pull);
  table_deinit(&aps->pulls.by_remote);
  deadline_heap_deinit(&aps->pulls.deadlines);
}

static struct aps_pull *pull_find(const struct aps *aps, const struct node_address *remote) {
  const struct aps_remote key = aps_remote_of(remote);
  struct aps_pull *pull = table_first(&aps->pulls.by_remote, key.octets, sizeof key.octets);
  while (pull != NULL && !node_address_equal(&pull->remote, remote))
    pull = table_next(&pull->by_remote);
  return pull;
}

/* NULL: all wait for the AS, or memory is short. */
static struct aps_pull *pull_acquire(struct aps *aps, const struct node_datagram *datagram) {
  const struct aps_remote key = aps_remote_of(&datagram->source);
  if (aps->pulls.waiting.count == aps->config.keys_max)
    return NULL;
  if (aps->pulls.waiting.count + aps->pulls.answered.count == aps->config.keys_max)
    pull_release(list_first(&aps->pulls.answered));
  struct aps_pull *pull = calloc(1, sizeof *pull);
  if (pull == NULL)
    return NULL;
  pull->aps = aps;
  pull->local = datagram->destination;
  pull->remote = datagram->source;
  pull->patience_ns = NODE_NEVER;
  pull->deadline.owner = pull;
  coap_session_init(&pull->coap, &aps->coap, aps->hooks);
  table_add(&aps->pulls.by_remote, &pull->by_remote, pull, key.octets, sizeof key.octets);
  list_append(&aps->pulls.answered, &pull->in_order, pull);
  return pull;
}

static void pull_tell(const struct aps_pull *pull, enum node_event_type type, const char *label) {
  aps_tell(pull->aps, NODE_PHASE_PULL, type, &pull->remote, label);
}

/* What was done changes what there is to write, and when it wants to be woken. */
static int pull_settle(struct aps_pull *pull, int result) {
  const uint64_t coap_ns = coap_session_expiry(&pull->coap);
  const uint64_t due_ns = coap_ns < pull->patience_ns ? coap_ns : pull->patience_ns;
  list_append(&pull->aps->pulls.writers, &pull->to_write, pull);
  deadline_set(&pull->aps->pulls.deadlines, &pull->deadline, due_ns);
  return aps_forgive(pull->aps, NODE_PHASE_PULL, &pull->remote, result);
}

/* Responses */

static int pull_respond(struct aps_pull *pull, uint8_t code, const uint8_t *octets,
                        const struct eap_packet *packet) {
  struct aps *aps = pull->aps;
  struct coap_message response = {.phase = NODE_PHASE_PULL, .code = code};
  const char *label =
      packet == NULL
          ? coap_refusal_label(code)
          : eap_packet_label(octets, (size_t)(packet->data - octets) + packet->data_length);
  uint8_t payload[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer writer;
  span_writer_init(&writer, payload, sizeof payload, &spans);
  if (packet != NULL) {
    eap_packet_copy(packet, octets, &writer);
    response.payload = payload;
    response.payload_length = writer.length;
    response.payload_spans = &spans;
  }
  pull->patience_ns = NODE_NEVER;
  list_append(&aps->pulls.answered, &pull->in_order, pull);
  return coap_session_respond(&pull->coap, &pull->request, &response, label, aps->now_ns);
}

static int pull_fail(struct aps_pull *pull, uint8_t code, const char *why) {
  pull_tell(pull, NODE_EVENT_UNANSWERED, why);
  return pull_respond(pull, code, NULL, NULL);
}

/* The lifetime of the rMSK, where the Finish says it (RFC 6696 section 5.3.3). */
static uint32_t finish_lifetime_s(const uint8_t *octets, const struct eap_packet *finish) {
  struct erp_packet readings[ERP_SUITES];
  const size_t length = (size_t)(finish->data - octets) + finish->data_length;
  const size_t count = erp_packet_readings(octets, length, readings);
  uint32_t seconds = 0;
  for (size_t i = 0; i < count && seconds == 0; i++)
    if (readings[i].flags & ERP_FLAG_LIFETIMES)
      seconds = erp_packet_number(&readings[i], ERP_RMSK_LIFETIME);
  return seconds;
}

static int pull_keep_key(struct aps_pull *pull, const struct radius_packet *answer,
                         uint32_t finish_s, const uint8_t rmsk[EAP_KEY_LENGTH]) {
  struct aps *aps = pull->aps;
  const uint32_t lifetime_s = finish_s > 0 ? finish_s : aps_answer_lifetime_s(aps, answer);
  uint8_t psk[BOOTSTRAP_PSK_MAX];
  int error = bootstrap_psk_from_rmsk(aps->hooks, rmsk, &aps->config.name, aps->use, psk);
  if (error == 0)
    error = aps_keys_put(aps, &pull->remote, pull->initiate.name, psk, lifetime_s);
  crypto_wipe(psk, sizeof psk);
  return error;
}

static int pull_accepted(struct aps_pull *pull, const struct radius_packet *answer) {
  uint8_t octets[EAP_PACKET_MAX], rmsk[EAP_KEY_LENGTH];
  struct eap_packet finish;
  if (!radius_answer_finish(answer, pull->initiate.identifier, false, octets, &finish))
    return pull_fail(pull, COAP_CODE_BAD_GATEWAY, "Access-Accept without EAP-Finish");
  const char *why = aps_question_key(pull->aps, &pull->question, answer, rmsk);
  if (why != NULL)
    return pull_fail(pull, COAP_CODE_BAD_GATEWAY, why);
  const int error = pull_keep_key(pull, answer, finish_lifetime_s(octets, &finish), rmsk);
  crypto_wipe(rmsk, sizeof rmsk);
  if (error < 0)
    return pull_fail(pull, COAP_CODE_UNAVAILABLE, node_error_name(error));
  pull->granted = true;
  pull_tell(pull, NODE_EVENT_ANSWERED, "pull");
  return pull_respond(pull, COAP_CODE_CHANGED, octets, &finish);
}

static int pull_refused(struct aps_pull *pull, const struct radius_packet *answer) {
  const uint8_t identifier = pull->initiate.identifier;
  uint8_t octets[EAP_PACKET_MAX];
  struct eap_packet packet;
  const bool has_packet =
      radius_answer_finish(answer, identifier, true, octets, &packet) ||
      (radius_answer_eap(answer, EAP_FAILURE, octets, &packet) && packet.identifier == identifier);
  pull_tell(pull, NODE_EVENT_UNANSWERED, "refused by the AS");
  return pull_respond(pull, COAP_CODE_FORBIDDEN, octets, has_packet ? &packet : NULL);
}

static int pull_answered(struct aps_question *question, const struct radius_packet *answer) {
  struct aps_pull *pull = question->owner;
  if (answer == NULL)
    return pull_settle(pull, pull_fail(pull, COAP_CODE_GATEWAY_TIMEOUT, "the AS does not answer"));
  return pull_settle(pull, answer->code == RADIUS_ACCESS_ACCEPT ? pull_accepted(pull, answer)
                                                                : pull_refused(pull, answer));
}

/* Requests */

/* The code that refuses a request; COAP_CODE_EMPTY: it brings an EAP-Initiate. */
static uint8_t judge(const struct aps *aps, const struct coap_message *request,
                     struct erp_packet *head, struct aps_initiate *initiate) {
  static const char *const path[] = {BOOTSTRAP_PULL_PATH};
  const bool is_resource =
      aps->config.pulls[BOOTSTRAP_PULL_ERP] && coap_message_path_is(request, path, 1);
  const uint8_t *realm;
  size_t realm_length;
  uint8_t code = coap_refuse_options(request, NULL, 0);
  if (code == COAP_CODE_EMPTY)
    code = coap_refuse_method(request, is_resource);
  if (code != COAP_CODE_EMPTY)
    return code;
  if (erp_packet_parse_head(request->payload, request->payload_length, head) < 0)
    return COAP_CODE_BAD_REQUEST;
  const struct erp_value *nai = &head->attributes[ERP_KEY_NAME_NAI];
  *initiate = (struct aps_initiate){.sequence = head->sequence, .identifier = head->identifier};
  return erp_nai_read(nai->octets, nai->length, initiate->name, &realm, &realm_length)
             ? COAP_CODE_EMPTY
             : COAP_CODE_BAD_REQUEST;
}

/* Whose response is wanted from now on. */
static void pull_note_request(struct aps_pull *pull, const struct coap_message *request) {
  pull->request = (struct coap_message){.type = request->type,
                                        .code = request->code,
                                        .message_id = request->message_id,
                                        .token_length = request->token_length};
  memcpy(pull->request.token, request->token, sizeof pull->request.token);
  pull->patience_ns =
      request->type == COAP_CON ? pull->aps->now_ns + PATIENCE_MS * NODE_MS : NODE_NEVER;
}

/* RFC 6696 section 5.2: User-Name is the keyName-NAI. COAP_CODE_EMPTY, or why the AS is not asked.
 */
static uint8_t pull_ask(struct aps_pull *pull, const struct coap_message *request,
                        const struct erp_packet *head, const struct aps_initiate *initiate) {
  struct aps *aps = pull->aps;
  const struct erp_value *nai = &head->attributes[ERP_KEY_NAME_NAI];
  struct span_writer composed;
  radius_client_compose(&aps->client, nai->octets, nai->length, &composed);
  radius_add_eap(&composed, head->octets, head->length);
  pull->question.owner = pull;
  pull->question.answered = pull_answered;
  const int error = aps_question_send(aps, &pull->question, &pull->remote, &composed);
  if (error < 0)
    return error == NODE_ERR_TOO_LONG ? COAP_CODE_BAD_REQUEST : COAP_CODE_UNAVAILABLE;
  pull->initiate = *initiate;
  pull->granted = false;
  pull_note_request(pull, request);
  list_append(&aps->pulls.waiting, &pull->in_order, pull);
  pull_tell(pull, NODE_EVENT_STARTED, "erp");
  return COAP_CODE_EMPTY;
}

static bool is_same(const struct aps_initiate *a, const struct aps_initiate *b) {
  return a->sequence == b->sequence && a->identifier == b->identifier &&
         memcmp(a->name, b->name, sizeof a->name) == 0;
}

/* While the AS is asked: the request has come again, or the UE asks once more for the same. An
 * endpoint has one question at a time, so that what somebody sends in its name does not end it. */
static uint8_t pull_wait_on(struct aps_pull *pull, const struct coap_message *request,
                            const struct aps_initiate *initiate) {
  if (!is_same(&pull->initiate, initiate))
    return COAP_CODE_UNAVAILABLE;
  if (request->message_id != pull->request.message_id || request->type != pull->request.type)
    pull_note_request(pull, request);
  return COAP_CODE_EMPTY;
}

/* What was answered by a key is answered so again: to the AS its sequence number is an old one. */
static bool pull_repeat(struct aps_pull *pull, const struct coap_message *request,
                        const struct aps_initiate *initiate) {
  return pull->granted && !pull_waits(pull) && is_same(&pull->initiate, initiate) &&
         coap_session_repeat_response(&pull->coap, request, pull->aps->now_ns) == 0;
}

static int pull_take(struct aps_pull *pull, const struct coap_message *request) {
  struct erp_packet head;
  struct aps_initiate initiate;
  uint8_t code = judge(pull->aps, request, &head, &initiate);
  if (code == COAP_CODE_EMPTY && pull_repeat(pull, request, &initiate))
    return 0;
  if (code == COAP_CODE_EMPTY)
    code = pull_waits(pull) ? pull_wait_on(pull, request, &initiate)
                            : pull_ask(pull, request, &head, &initiate);
  if (code == COAP_CODE_EMPTY)
    return 0;
  pull_tell(pull, NODE_EVENT_DISCARDED, coap_refusal_label(code));
  return coap_refusal_is_sent(request, code)
             ? coap_session_reject(&pull->coap, request, code, coap_refusal_label(code))
             : 0;
}

/* Of an endpoint that there is nothing of; only an EAP-Initiate is worth memory. */
static int read_stranger(struct aps *aps, const struct node_datagram *datagram) {
  struct coap_message request;
  struct erp_packet head;
  struct aps_initiate initiate;
  if (!coap_stranger_receive(&aps->stranger, datagram, &request)) {
    aps_tell(aps, NODE_PHASE_PULL, NODE_EVENT_DISCARDED, &datagram->source, "no request");
    return 0;
  }
  uint8_t code = judge(aps, &request, &head, &initiate);
  struct aps_pull *pull = code == COAP_CODE_EMPTY ? pull_acquire(aps, datagram) : NULL;
  if (code == COAP_CODE_EMPTY)
    code =
        pull == NULL ? (uint8_t)COAP_CODE_UNAVAILABLE : pull_ask(pull, &request, &head, &initiate);
  if (code == COAP_CODE_EMPTY)
    return pull_settle(pull, 0);
  if (pull != NULL)
    pull_release(pull);
  coap_stranger_refuse(&aps->stranger, datagram, &request, code, aps->hooks);
  aps_tell(aps, NODE_PHASE_PULL, NODE_EVENT_DISCARDED, &datagram->source, coap_refusal_label(code));
  return 0;
}

/* The node's */

int aps_pulls_read(struct aps *aps, const struct node_datagram *datagram) {
  struct aps_pull *pull = pull_find(aps, &datagram->source);
  struct coap_message message;
  if (pull == NULL)
    return read_stranger(aps, datagram);
  const enum coap_received received =
      coap_session_receive(&pull->coap, datagram->data, datagram->length, aps->now_ns, &message);
  return pull_settle(pull, received == COAP_RECEIVED_REQUEST ? pull_take(pull, &message) : 0);
}

int aps_pulls_write(struct aps *aps, struct node_datagram *datagram) {
  struct aps_pull *pull;
  int result = coap_stranger_write(&aps->stranger, datagram);
  while (result == 0 && (pull = list_first(&aps->pulls.writers)) != NULL) {
    datagram->source = pull->local;
    datagram->destination = pull->remote;
    result = coap_session_write(&pull->coap, datagram, aps->now_ns);
    (void)pull_settle(pull, 0);
    if (result == 0)
      list_remove(&pull->to_write);
  }
  datagram->phase = NODE_PHASE_PULL;
  return result;
}

static void pull_expire(struct aps_pull *pull) {
  struct aps *aps = pull->aps;
  if (pull->patience_ns <= aps->now_ns) {
    pull->patience_ns = NODE_NEVER;
    coap_session_acknowledge(&pull->coap, &pull->request, aps->now_ns);
  }
  (void)coap_session_handle_expiry(&pull->coap, aps->now_ns); /* a response's end is no news */
  (void)pull_settle(pull, 0);
}

void aps_pulls_expire(struct aps *aps) {
  while (deadline_next_ns(&aps->pulls.deadlines) <= aps->now_ns)
    pull_expire(deadline_next(&aps->pulls.deadlines)->owner);
}

static void pulls_digest(const struct list *list, struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, list->count);
  for (const struct list_link *at = list->first; at != NULL; at = at->next) {
    const struct aps_pull *pull = at->owner;
    digest_octets(digest, pull->remote.ip, sizeof pull->remote.ip);
    digest_u64(digest, pull->remote.port);
    digest_octets(digest, pull->initiate.name, sizeof pull->initiate.name);
    digest_u64(digest, pull->initiate.sequence);
    digest_u64(digest, pull->granted);
    digest_u64(digest, pull->request.message_id);
    radius_exchange_digest(&pull->question.exchange, digest, now_ns);
    digest_deadline(digest, pull->patience_ns, now_ns);
    coap_session_digest(&pull->coap, digest, now_ns);
  }
}

void aps_pulls_digest(const struct aps *aps, struct digest *digest, uint64_t now_ns) {
  pulls_digest(&aps->pulls.waiting, digest, now_ns);
  pulls_digest(&aps->pulls.answered, digest, now_ns);
}
