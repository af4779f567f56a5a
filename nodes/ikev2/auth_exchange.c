/* IKE_AUTH (RFC 7296 section 1.2): identities, AUTH with a shared key (2.15), the first child or
 * none (RFC 6023).
 *
 * What comes is under keys that whoever sent IKE_SA_INIT has: until AUTH verifies the other end is
 * anybody, but the same anybody. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <string.h>

static const char AUTHENTICATION[] = "ikev2-authentication";
static const char REJECTED[] = "ikev2-rejected";
static const char NO_CHILD[] = "ikev2-no-child";

static enum ikev2_side own_side(const struct ikev2 *ike) {
  return ike->initiator ? IKEV2_I : IKEV2_R;
}

static struct ikev2_id id_of(const struct kept *body) {
  return (struct ikev2_id){.type = (enum ikev2_id_type)body->data[0],
                           .octets = body->data + IKEV2_ID_HEADER,
                           .length = (size_t)body->length - IKEV2_ID_HEADER};
}

/* 2.15: what the AUTH of one side is computed over. */
static struct ikev2_signed auth_signed(const struct ikev2 *ike, enum ikev2_side side,
                                       struct crypto_slice id_body) {
  const struct ikev2_setup *setup = ike->setup;
  const struct kept *message =
      side == IKEV2_R && !ike->initiator ? &ike->response.octets : &setup->message[side];
  return (struct ikev2_signed){.initiator = side == IKEV2_I,
                               .message = ikev2_octets_slice(message),
                               .nonce = ikev2_octets_slice(&setup->nonce[!side]),
                               .id_body = id_body};
}

static int auth_put(struct ikev2 *ike, struct crypto_slice psk, struct ikev2_composer *composer) {
  const struct ikev2_setup *setup = ike->setup;
  const enum ikev2_side side = own_side(ike);
  const struct ikev2_signed over = auth_signed(ike, side, ikev2_octets_slice(&setup->id[side]));
  uint8_t auth[IKEV2_PRF_MAX];
  const int error = ikev2_auth_compute(ike->hooks, &setup->secret, psk, &over, auth);
  if (error == 0)
    ikev2_put_auth(composer, auth, ikev2_prf_length(setup->secret.prf));
  crypto_wipe(auth, sizeof auth);
  return error;
}

static void auth_put_id(const struct ikev2 *ike, enum ikev2_side side,
                        struct ikev2_composer *composer) {
  const struct ikev2_id id = id_of(&ike->setup->id[side]);
  ikev2_put_id(composer, side == IKEV2_I ? IKEV2_PAYLOAD_IDI : IKEV2_PAYLOAD_IDR, &id);
}

/* What either message must have. */
struct auth_payloads {
  struct crypto_slice id_body;
  struct ikev2_auth auth;
};

static bool auth_read(const struct ikev2_chain *chain, enum ikev2_side side,
                      struct auth_payloads *payloads) {
  const struct ikev2_payload *id =
      ikev2_find(chain, side == IKEV2_I ? IKEV2_PAYLOAD_IDI : IKEV2_PAYLOAD_IDR);
  const struct ikev2_payload *auth = ikev2_find(chain, IKEV2_PAYLOAD_AUTH);
  if (id == NULL || auth == NULL)
    return false;
  payloads->id_body = (struct crypto_slice){id->body, id->length};
  ikev2_auth_read(auth, &payloads->auth);
  return true;
}

/* Type and data are equal; the three octets between are reserved. */
static bool is_same_id(const struct kept *expected, struct crypto_slice body) {
  return expected->length == body.length && expected->data[0] == body.data[0] &&
         memcmp(expected->data + IKEV2_ID_HEADER, body.data + IKEV2_ID_HEADER,
                body.length - IKEV2_ID_HEADER) == 0;
}

/* None is expected, or this one. */
static bool is_expected_id(const struct ikev2 *ike, struct crypto_slice body) {
  const struct kept *expected = &ike->setup->id[!own_side(ike)];
  return body.length <= IKEV2_ID_BODY_MAX && (expected->length == 0 || is_same_id(expected, body));
}

static void auth_establish(struct ikev2 *ike, struct kept *proved) {
  ikev2_count_bytes(ike);
  ike->state = IKEV2_ESTABLISHED;
  ike->due_ns = NODE_NEVER;
  ike->proved = *proved;
  *proved = (struct kept){.spans = NULL};
  ikev2_setup_end(ike);
}

/* Initiator, request */

int ikev2_auth_compose(struct ikev2 *ike) {
  const struct ikev2_setup *setup = ike->setup;
  struct ikev2_draft inside;
  struct ikev2_composer *const composer = &inside.composer;
  ikev2_draft_inside(&inside);
  auth_put_id(ike, IKEV2_I, composer);
  if (setup->names_responder)
    auth_put_id(ike, IKEV2_R, composer);
  const int error = auth_put(ike, ikev2_octets_slice(&setup->psk), composer);
  if (setup->initial_contact) /* 2.4 */
    ikev2_put_notify(composer, IKEV2_PROTOCOL_NONE, IKEV2_N_INITIAL_CONTACT, NULL, 0);
  if (setup->child != IKEV2_CHILD_NONE)
    ikev2_child_offer(ike, composer);
  return error != 0 ? error : ikev2_request_sealed(ike, &inside, IKEV2_IKE_AUTH);
}

/* Initiator, response */

/* 2.21.2: the responder believes that there is an SA. */
static int auth_refuse_responder(struct ikev2 *ike) {
  struct ikev2_draft inside;
  ikev2_draft_inside(&inside);
  ikev2_put_notify(&inside.composer, IKEV2_PROTOCOL_NONE, IKEV2_N_AUTHENTICATION_FAILED, NULL, 0);
  return ikev2_fail_telling(ike, &inside, AUTHENTICATION);
}

static int auth_give_up_childless(struct ikev2 *ike) {
  struct ikev2_draft inside;
  ikev2_draft_inside(&inside);
  ikev2_put_delete_ike(&inside.composer);
  return ikev2_fail_telling(ike, &inside, NO_CHILD);
}

static void auth_fail_by(struct ikev2 *ike, const struct ikev2_chain *chain) {
  struct ikev2_notify notify;
  const bool told = ikev2_find_error(chain, &notify);
  ikev2_fail(ike, told && notify.type == IKEV2_N_AUTHENTICATION_FAILED ? AUTHENTICATION : REJECTED);
}

static int auth_verify_responder(struct ikev2 *ike, const struct auth_payloads *payloads) {
  const struct ikev2_signed over = auth_signed(ike, IKEV2_R, payloads->id_body);
  if (!is_expected_id(ike, payloads->id_body))
    return NODE_ERR_VERIFY;
  return ikev2_auth_verify(ike->hooks, &ike->setup->secret, ikev2_octets_slice(&ike->setup->psk),
                           &over, &payloads->auth);
}

static int auth_consume_inside(struct ikev2 *ike, const struct ikev2_chain *chain) {
  struct auth_payloads payloads;
  struct kept proved = {.spans = NULL};
  enum ikev2_child_answer answer = IKEV2_CHILD_ABSENT;
  if (!auth_read(chain, IKEV2_R, &payloads)) {
    auth_fail_by(ike, chain);
    return 0;
  }
  int error = auth_verify_responder(ike, &payloads);
  if (error == NODE_ERR_VERIFY)
    return auth_refuse_responder(ike);
  const bool needs_child = ike->setup->child != IKEV2_CHILD_NONE;
  if (error == 0)
    error = ikev2_octets_keep(&proved, payloads.id_body.data, payloads.id_body.length);
  if (error == 0 && needs_child)
    error = ikev2_child_consume(ike, chain, &answer);
  if (error == 0 && needs_child && answer != IKEV2_CHILD_MADE)
    error = auth_give_up_childless(ike);
  else if (error == 0)
    auth_establish(ike, &proved);
  kept_wipe(&proved);
  return error;
}

int ikev2_auth_consume(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  const struct ikev2_message *message = &arrival->message;
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct ikev2_inside inside;
  struct ikev2_notify notify;
  int error = 0;
  if (ikev2_find(&message->chain, IKEV2_PAYLOAD_SK) == NULL &&
      ikev2_find_error(&message->chain, &notify))
    ike->setup->hint =
        notify.type == IKEV2_N_AUTHENTICATION_FAILED ? AUTHENTICATION : REJECTED; /* 2.21.2 */
  if (!ikev2_inside_open(ike, message, plain, &inside))
    return 0;
  ikev2_request_end(ike);
  if (inside.result == 0)
    error = auth_consume_inside(ike, &inside.chain);
  else
    ikev2_fail(ike, REJECTED);
  crypto_wipe(plain, sizeof plain);
  return error;
}

/* Responder */

/* The last thing that it says. */
static int auth_refuse(struct ikev2 *ike, const struct ikev2_message *message,
                       enum ikev2_notify_type type, const char *reason) {
  const int error = ikev2_response_notify(ike, message, type, NULL, 0);
  ikev2_fail(ike, reason);
  return error;
}

static int auth_refuse_malformed(struct ikev2 *ike, const struct ikev2_message *message,
                                 const struct ikev2_fault *fault) {
  const bool critical = fault->notify == IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD; /* 2.5 */
  const int error = ikev2_response_notify(ike, message, (enum ikev2_notify_type)fault->notify,
                                          critical ? &fault->payload : NULL,
                                          critical ? sizeof fault->payload : 0);
  ikev2_fail(ike, REJECTED);
  return error;
}

/* The key of an identity; of one that is not known another in its place, so that it takes as long
 * to refuse as a wrong AUTH. */
static struct crypto_slice auth_find_key(const struct ikev2 *ike, struct crypto_slice body,
                                         uint8_t psk[IKEV2_PSK_MAX], bool *known) {
  const struct ikev2_setup *setup = ike->setup;
  const struct ikev2_id id = {.type = (enum ikev2_id_type)body.data[0],
                              .octets = body.data + IKEV2_ID_HEADER,
                              .length = body.length - IKEV2_ID_HEADER};
  *known = is_expected_id(ike, body);
  if (setup->keys == NULL)
    return ikev2_octets_slice(&setup->psk);
  size_t length = *known ? setup->keys->find(setup->keys->context, &id, psk) : 0;
  *known = length > 0 && length <= IKEV2_PSK_MAX;
  if (!*known) {
    length = IKEV2_PRF_MAX;
    memset(psk, 0, length);
  }
  return (struct crypto_slice){psk, length};
}

static int auth_verify_initiator(struct ikev2 *ike, struct crypto_slice psk, bool known,
                                 const struct auth_payloads *payloads) {
  const struct ikev2_signed over = auth_signed(ike, IKEV2_I, payloads->id_body);
  const int error = ikev2_auth_verify(ike->hooks, &ike->setup->secret, psk, &over, &payloads->auth);
  return error == 0 && !known ? NODE_ERR_VERIFY : error;
}

/* The initiator is who it says. */
static int auth_accept(struct ikev2 *ike, const struct ikev2_message *message,
                       const struct ikev2_chain *chain, const struct auth_payloads *payloads,
                       struct crypto_slice psk) {
  struct kept proved = {.spans = NULL};
  struct ikev2_draft inside;
  struct ikev2_notify notify;
  enum ikev2_child_answer answer;
  const bool stands_alone = ike->setup->childless;
  if (!stands_alone && ikev2_find(chain, IKEV2_PAYLOAD_SA) == NULL)
    return auth_refuse(ike, message, IKEV2_N_INVALID_SYNTAX, NO_CHILD);
  ike->is_only = ikev2_find_notify(chain, IKEV2_N_INITIAL_CONTACT, &notify); /* 2.4 */
  ikev2_draft_inside(&inside);
  auth_put_id(ike, IKEV2_R, &inside.composer);
  int error = auth_put(ike, psk, &inside.composer);
  if (error == 0)
    error = ikev2_child_respond(ike, chain, &inside.composer, &answer);
  if (error == 0)
    error = ikev2_octets_keep(&proved, payloads->id_body.data, payloads->id_body.length);
  if (error == 0)
    error = ikev2_response_sealed(ike, message, &inside);
  if (error == 0 && answer != IKEV2_CHILD_MADE && !stands_alone)
    ikev2_fail(ike, NO_CHILD);
  else if (error == 0)
    auth_establish(ike, &proved);
  kept_wipe(&proved);
  return error;
}

/* 2.23: an initiator moves to where a NAT lets it, and the responder follows. */
static void auth_follow(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  if (ike->nat == IKEV2_NAT_OFF)
    return;
  ike->local = arrival->destination;
  ike->remote = arrival->source;
  ike->marker = arrival->marker;
}

static int auth_respond_inside(struct ikev2 *ike, const struct ikev2_message *message,
                               const struct ikev2_chain *chain) {
  struct auth_payloads payloads;
  uint8_t found[IKEV2_PSK_MAX];
  bool known;
  if (!auth_read(chain, IKEV2_I, &payloads))
    return auth_refuse(ike, message, IKEV2_N_INVALID_SYNTAX, REJECTED);
  const struct crypto_slice psk = auth_find_key(ike, payloads.id_body, found, &known);
  int error = auth_verify_initiator(ike, psk, known, &payloads);
  if (error == NODE_ERR_VERIFY)
    error = auth_refuse(ike, message, IKEV2_N_AUTHENTICATION_FAILED, AUTHENTICATION);
  else if (error == 0)
    error = auth_accept(ike, message, chain, &payloads, psk);
  crypto_wipe(found, sizeof found);
  return error;
}

int ikev2_auth_respond(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  uint8_t plain[NODE_DATAGRAM_MAX];
  struct ikev2_inside inside;
  if (!ikev2_inside_open(ike, &arrival->message, plain, &inside))
    return 0;
  auth_follow(ike, arrival);
  const int error = inside.result == 0
                        ? auth_respond_inside(ike, &arrival->message, &inside.chain)
                        : auth_refuse_malformed(ike, &arrival->message, &inside.fault);
  crypto_wipe(plain, sizeof plain);
  return error;
}
