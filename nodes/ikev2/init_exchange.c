/* IKE_SA_INIT (RFC 7296 section 1.2): proposal, Diffie-Hellman, nonces; cookies (2.6), NAT (2.23).
 *
 * A responder computes the shared secret and the keys as soon as the request comes. Who is to make
 * it do so must have shown, where cookies are on, that it hears what is sent to its address. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <string.h>

/* What either message must have. */
struct init_payloads {
  const struct ikev2_payload *sa;
  struct ikev2_ke ke;
  struct crypto_slice nonce;
};

static bool init_read(const struct ikev2_chain *chain, struct init_payloads *payloads) {
  const struct ikev2_payload *ke = ikev2_find(chain, IKEV2_PAYLOAD_KE);
  const struct ikev2_payload *nonce = ikev2_find(chain, IKEV2_PAYLOAD_NONCE);
  payloads->sa = ikev2_find(chain, IKEV2_PAYLOAD_SA);
  if (payloads->sa == NULL || ke == NULL || nonce == NULL)
    return false;
  ikev2_ke_read(ke, &payloads->ke);
  payloads->nonce = ikev2_nonce_read(nonce);
  return true;
}

static void init_draw_spi(struct ikev2 *ike, enum ikev2_side side) {
  static const uint8_t none[IKEV2_SPI_LENGTH];
  do
    node_random(ike->hooks, ike->spi[side], IKEV2_SPI_LENGTH);
  while (memcmp(ike->spi[side], none, sizeof none) == 0);
}

static int init_draw_nonce(struct ikev2 *ike, enum ikev2_side side) {
  uint8_t nonce[IKEV2_NONCE_MAX];
  node_random(ike->hooks, nonce, ike->setup->nonce_bytes);
  return ikev2_octets_keep(&ike->setup->nonce[side], nonce, ike->setup->nonce_bytes);
}

static void init_put_payloads(struct ikev2_draft *draft, enum ikev2_proposal proposal,
                              uint8_t number, const struct ec_public *public,
                              const struct kept *nonce) {
  ikev2_put_sa_ike(&draft->composer, proposal, number);
  ikev2_put_ke(&draft->composer, ikev2_proposal_group(proposal), public);
  ikev2_put_nonce(&draft->composer, nonce->data, nonce->length);
}

/* Keys, from a secret that is wiped here. */
static int init_derive(struct ikev2 *ike, uint8_t secret[EC_LENGTH]) {
  struct ikev2_setup *const setup = ike->setup;
  const struct ikev2_agreed agreed = {.prf = ikev2_proposal_prf(setup->proposal),
                                      .nonce_i = ikev2_octets_slice(&setup->nonce[IKEV2_I]),
                                      .nonce_r = ikev2_octets_slice(&setup->nonce[IKEV2_R]),
                                      .secret = {secret, EC_LENGTH},
                                      .spi_i = ike->spi[IKEV2_I],
                                      .spi_r = ike->spi[IKEV2_R]};
  const int error = ikev2_keys_derive(ike->hooks, &agreed, &setup->secret); /* 2.14 */
  crypto_wipe(secret, EC_LENGTH);
  return error;
}

/* The directions of the keys, and the event for who reads captures. */
static void init_take_keys(struct ikev2 *ike) {
  const struct ikev2_sa_keys *keys = &ike->setup->secret;
  uint8_t told[2 * IKEV2_SPI_LENGTH + 2 * sizeof keys->ei];
  struct span_writer out;
  ike->sealer = (struct ikev2_sealer){.key = ike->initiator ? keys->ei : keys->er};
  ike->opener = ike->initiator ? keys->er : keys->ei;
  span_writer_init(&out, told, sizeof told, NULL);
  span_writer_put(&out, 0, ike->spi, sizeof ike->spi);
  span_writer_put(&out, 0, &keys->ei, sizeof keys->ei);
  span_writer_put(&out, 0, &keys->er, sizeof keys->er);
  node_event_secret(ike->hooks, ike->phase, &ike->event_remote, "IKEv2", "ikev2_keys", told,
                    out.length);
  crypto_wipe(told, sizeof told);
}

/* Initiator, request */

static int init_request(struct ikev2 *ike, const struct ec_public *public) {
  struct ikev2_setup *const setup = ike->setup;
  struct ikev2_draft draft;
  ikev2_draft_message(&draft, ike, IKEV2_IKE_SA_INIT, false);
  if (setup->cookie.length > 0) /* 2.6 */
    ikev2_put_notify(&draft.composer, IKEV2_PROTOCOL_NONE, IKEV2_N_COOKIE, setup->cookie.data,
                     setup->cookie.length);
  init_put_payloads(&draft, setup->proposal, 1, public, &setup->nonce[IKEV2_I]);
  const int error = ikev2_nat_put(ike, &draft); /* 2.23 */
  return error != 0 ? error : ikev2_request_clear(ike, &draft, IKEV2_IKE_SA_INIT);
}

static enum ikev2_proposal init_lowest(unsigned proposals) {
  unsigned row = 0;
  while ((proposals & 1U << row) == 0)
    row++;
  return (enum ikev2_proposal)row;
}

int ikev2_init_compose(struct ikev2 *ike) {
  struct ikev2_setup *const setup = ike->setup;
  struct ec_public public;
  setup->proposal = init_lowest(setup->proposals);
  init_draw_spi(ike, IKEV2_I);
  int error = init_draw_nonce(ike, IKEV2_I);
  if (error == 0)
    error = ec_generate(&setup->ec, ikev2_group_curve(ikev2_proposal_group(setup->proposal)),
                        setup->private, &public);
  return error != 0 ? error : init_request(ike, &public);
}

/* Initiator, response */

/* The public key of the request under way, which is not kept anywhere else. */
static bool init_own_public(const struct ikev2 *ike, struct ec_public *public) {
  const struct kept *octets = &ike->request.octets;
  struct ikev2_message message;
  struct ikev2_fault fault;
  struct init_payloads payloads;
  return ikev2_message_parse(octets->data, octets->length, &message, &fault) &&
         init_read(&message.chain, &payloads) &&
         ikev2_ke_public(&payloads.ke, ikev2_proposal_group(ike->setup->proposal), public);
}

/* 2.6: the same request, with the cookie. */
static int init_follow_cookie(struct ikev2 *ike, const struct ikev2_notify *notify) {
  struct ikev2_setup *const setup = ike->setup;
  struct ec_public public;
  if (notify->length == 0 || notify->length > IKEV2_COOKIE_MAX) {
    ikev2_discard(ike, "IKEv2 cookie of a wrong length");
    return 0;
  }
  if (setup->cookie.length == notify->length &&
      memcmp(setup->cookie.data, notify->data, notify->length) == 0) {
    ikev2_discard(ike, "IKEv2 cookie that was brought back already");
    return 0;
  }
  if (setup->cookies == IKEV2_COOKIES_FOLLOWED || !init_own_public(ike, &public)) {
    ikev2_discard(ike, "IKEv2 cookie after too many others");
    return 0;
  }
  int error = ikev2_octets_keep(&setup->cookie, notify->data, notify->length);
  if (error != 0)
    return error;
  setup->cookies++;
  setup->hint = NULL;
  ike->next_request = 0;
  error = init_request(ike, &public);
  ike->next_request = 1;
  return error;
}

/* 2.21.1: somebody says that it is in vain. */
static void init_take_hint(struct ikev2 *ike, const struct ikev2_notify *notify) {
  ike->setup->hint =
      notify->type == IKEV2_N_NO_PROPOSAL_CHOSEN || notify->type == IKEV2_N_INVALID_KE_PAYLOAD
          ? "ikev2-no-proposal"
          : "ikev2-rejected";
  ikev2_discard(ike, "IKEv2 error without protection: a hint");
}

/* A response that offers no keys: a cookie, an error, or nothing of use. */
static int init_consume_other(struct ikev2 *ike, const struct ikev2_chain *chain) {
  struct ikev2_notify notify;
  if (ikev2_find_notify(chain, IKEV2_N_COOKIE, &notify))
    return init_follow_cookie(ike, &notify);
  if (ikev2_find_error(chain, &notify))
    init_take_hint(ike, &notify);
  else
    ikev2_discard(ike, "IKE_SA_INIT response without SA, KE or Nonce");
  return 0;
}

/* NULL, or why the answer is not one to the offer. */
static const char *init_check_answer(struct ikev2 *ike, const struct ikev2_arrival *arrival,
                                     const struct init_payloads *payloads,
                                     struct ec_public *public) {
  static const uint8_t none[IKEV2_SPI_LENGTH];
  struct ikev2_setup *const setup = ike->setup;
  struct ikev2_choice choice;
  struct ikev2_notify notify;
  if (memcmp(arrival->message.header.spi_r, none, sizeof none) == 0)
    return "IKE_SA_INIT response without the responder's SPI";
  if (!ikev2_sa_answer_ike(payloads->sa, 1U << setup->proposal, &choice))
    return "IKE_SA_INIT response with what was not offered";
  if (!ikev2_ke_public(&payloads->ke, ikev2_proposal_group(setup->proposal), public))
    return "IKE_SA_INIT response with a key of another group";
  if (setup->child == IKEV2_CHILD_NONE && /* RFC 6023, 3 */
      !ikev2_find_notify(&arrival->message.chain, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED, &notify)) {
    setup->hint = "ikev2-rejected";
    return "IKE_SA_INIT response of who takes no IKE SA without a child";
  }
  return NULL;
}

/* IKE goes on where a NAT keeps ports apart from those of IPsec itself (2.23). */
static void init_move_ports(struct ikev2 *ike) {
  if (!ike->nat_found || ike->marker)
    return;
  ike->marker = true;
  ike->local.port = ike->remote.port = IKEV2_PORT_ENCAPSULATED;
}

static int init_keep_answer(struct ikev2 *ike, const struct ikev2_message *message,
                            struct crypto_slice nonce) {
  struct ikev2_setup *const setup = ike->setup;
  const int error = ikev2_octets_keep(&setup->nonce[IKEV2_R], nonce.data, nonce.length);
  return error != 0 ? error
                    : ikev2_octets_keep(&setup->message[IKEV2_R], message->data, message->length);
}

static int init_commit_answer(struct ikev2 *ike, const struct ikev2_arrival *arrival, bool nat,
                              uint8_t secret[EC_LENGTH]) {
  struct ikev2_setup *const setup = ike->setup;
  memcpy(ike->spi[IKEV2_R], arrival->message.header.spi_r, IKEV2_SPI_LENGTH);
  const int error = init_derive(ike, secret);
  if (error != 0)
    return error;
  crypto_wipe(setup->private, sizeof setup->private);
  setup->message[IKEV2_I] = ike->request.octets; /* 2.15: as it was sent last */
  ike->request.octets = (struct kept){.spans = NULL};
  ikev2_request_end(ike);
  setup->hint = NULL;
  ike->nat_found = nat;
  init_move_ports(ike);
  init_take_keys(ike);
  ikev2_count_bytes(ike);
  return ikev2_auth_compose(ike);
}

int ikev2_init_consume(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  struct ikev2_setup *const setup = ike->setup;
  struct init_payloads payloads;
  struct ec_public public;
  uint8_t secret[EC_LENGTH];
  bool nat;
  if (!init_read(&arrival->message.chain, &payloads))
    return init_consume_other(ike, &arrival->message.chain);
  const char *why = init_check_answer(ike, arrival, &payloads, &public);
  if (why != NULL) {
    ikev2_discard(ike, why);
    return 0;
  }
  int error = ec_agree(&setup->ec, setup->private, &public, secret);
  if (error == NODE_ERR_MALFORMED) {
    ikev2_discard(ike, "IKE_SA_INIT response with a key that is no point");
    return 0;
  }
  if (error == 0)
    error = ikev2_nat_look(ike, arrival, &nat);
  if (error == 0)
    error = init_keep_answer(ike, &arrival->message, payloads.nonce);
  if (error == 0)
    error = init_commit_answer(ike, arrival, nat, secret);
  crypto_wipe(secret, sizeof secret);
  return error;
}

/* Responder */

/* A response after which this end knows nothing of the request. */
static int init_respond_notify(struct ikev2 *ike, enum ikev2_notify_type type, const void *data,
                               size_t length) {
  struct ikev2_draft draft;
  memset(ike->spi[IKEV2_R], 0, IKEV2_SPI_LENGTH);
  ikev2_draft_message(&draft, ike, IKEV2_IKE_SA_INIT, true);
  ikev2_put_notify(&draft.composer, IKEV2_PROTOCOL_NONE, type, data, length);
  return ikev2_response_clear(ike, &draft);
}

/* 2.6: the request has the cookie that this end would give. */
static int init_check_cookie(struct ikev2 *ike, const struct ikev2_arrival *arrival,
                             struct crypto_slice nonce, bool *right) {
  struct ikev2_notify notify;
  uint8_t cookie[IKEV2_COOKIE_LENGTH];
  const int error = ikev2_cookie_make(ike, arrival, nonce, cookie);
  if (error != 0)
    return error;
  const bool present = ikev2_find_notify(&arrival->message.chain, IKEV2_N_COOKIE, &notify);
  *right =
      present && notify.length == sizeof cookie && crypto_equal(notify.data, cookie, sizeof cookie);
  if (*right)
    return 0;
  if (present)
    ikev2_discard(ike, "IKE_SA_INIT request with a wrong cookie");
  return init_respond_notify(ike, IKEV2_N_COOKIE, cookie, sizeof cookie);
}

/* Those of a set whose group this is. */
static unsigned init_of_group(unsigned proposals, unsigned group) {
  unsigned set = 0;
  for (unsigned row = 0; row < IKEV2_PROPOSAL_COUNT; row++)
    if (ikev2_proposal_group((enum ikev2_proposal)row) == group)
      set |= proposals & 1U << row;
  return set;
}

/* A proposal of the group that the KE payload has, or another, for which the initiator has to send
 * another KE payload (1.3). False: it is answered. */
static bool init_choose(struct ikev2 *ike, const struct init_payloads *payloads,
                        struct ikev2_choice *choice, struct ec_public *public, int *error) {
  const unsigned proposals = ike->setup->proposals;
  if (ikev2_sa_choose_ike(payloads->sa, init_of_group(proposals, payloads->ke.group), choice)) {
    const enum ikev2_group group = ikev2_proposal_group((enum ikev2_proposal)choice->row);
    if (ikev2_ke_public(&payloads->ke, group, public))
      return true;
    ikev2_discard(ike, "IKE_SA_INIT request with a key of a wrong length");
  } else if (ikev2_sa_choose_ike(payloads->sa, proposals, choice)) {
    const enum ikev2_group group = ikev2_proposal_group((enum ikev2_proposal)choice->row);
    const uint8_t wanted[2] = {(uint8_t)(group >> 8), (uint8_t)group};
    ikev2_discard(ike, "IKE_SA_INIT request with a key of another group");
    *error = init_respond_notify(ike, IKEV2_N_INVALID_KE_PAYLOAD, wanted, sizeof wanted);
  } else {
    ikev2_discard(ike, "IKE_SA_INIT request without a proposal that is taken");
    *error = init_respond_notify(ike, IKEV2_N_NO_PROPOSAL_CHOSEN, NULL, 0);
  }
  return false;
}

static int init_agree(struct ikev2 *ike, const struct ec_public *theirs, struct ec_public *ours,
                      uint8_t secret[EC_LENGTH]) {
  const struct ec *ec = &ike->setup->ec;
  uint8_t private[EC_LENGTH];
  int error = ec_generate(ec, theirs->curve, private, ours);
  if (error == 0)
    error = ec_agree(ec, private, theirs, secret);
  crypto_wipe(private, sizeof private);
  return error;
}

static int init_compose_response(struct ikev2 *ike, uint8_t number,
                                 const struct ec_public *public) {
  struct ikev2_setup *const setup = ike->setup;
  struct ikev2_draft draft;
  ikev2_draft_message(&draft, ike, IKEV2_IKE_SA_INIT, true);
  init_put_payloads(&draft, setup->proposal, number, public, &setup->nonce[IKEV2_R]);
  const int error = ikev2_nat_put(ike, &draft);
  if (setup->childless) /* RFC 6023, 4 */
    ikev2_put_notify(&draft.composer, IKEV2_PROTOCOL_IKE, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED, NULL,
                     0);
  return error != 0 ? error : ikev2_response_clear(ike, &draft);
}

static void init_commit_request(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  memcpy(ike->opening, ike->setup->nonce[IKEV2_I].data, sizeof ike->opening);
  ike->next_expected = 1;
  ike->due_ns = arrival->now_ns + ike->half_open_s * NODE_SECOND;
  ike->state = IKEV2_NEGOTIATING;
  init_take_keys(ike);
}

/* The request is one that an SA can be made of. */
static int init_begin(struct ikev2 *ike, const struct ikev2_arrival *arrival,
                      const struct init_payloads *payloads, const struct ikev2_choice *choice,
                      const struct ec_public *theirs) {
  struct ikev2_setup *const setup = ike->setup;
  const struct ikev2_message *message = &arrival->message;
  struct ec_public ours;
  uint8_t secret[EC_LENGTH];
  int error = init_agree(ike, theirs, &ours, secret);
  if (error == NODE_ERR_MALFORMED) {
    ikev2_discard(ike, "IKE_SA_INIT request with a key that is no point");
    return 0;
  }
  setup->proposal = (enum ikev2_proposal)choice->row;
  init_draw_spi(ike, IKEV2_R);
  if (error == 0)
    error = init_draw_nonce(ike, IKEV2_R);
  if (error == 0)
    error = ikev2_octets_keep(&setup->nonce[IKEV2_I], payloads->nonce.data, payloads->nonce.length);
  if (error == 0)
    error = ikev2_octets_keep(&setup->message[IKEV2_I], message->data, message->length);
  bool nat = false;
  if (error == 0)
    error = ikev2_nat_look(ike, arrival, &nat);
  if (error == 0)
    error = init_derive(ike, secret);
  if (error == 0)
    error = init_compose_response(ike, choice->number, &ours);
  ike->nat_found = nat;
  if (error == 0)
    init_commit_request(ike, arrival);
  crypto_wipe(secret, sizeof secret);
  return error;
}

int ikev2_init_respond(struct ikev2 *ike, const struct ikev2_arrival *arrival) {
  struct init_payloads payloads;
  struct ikev2_choice choice;
  struct ec_public theirs;
  int error = 0;
  memcpy(ike->spi[IKEV2_I], arrival->message.header.spi_i, IKEV2_SPI_LENGTH);
  if (!init_read(&arrival->message.chain, &payloads)) {
    ikev2_discard(ike, "IKE_SA_INIT request without SA, KE or Nonce");
    return 0;
  }
  if (ike->setup->cookie_wanted) {
    bool right = false;
    error = init_check_cookie(ike, arrival, payloads.nonce, &right);
    if (error != 0 || !right)
      return error;
  }
  if (!init_choose(ike, &payloads, &choice, &theirs, &error))
    return error;
  return init_begin(ike, arrival, &payloads, &choice, &theirs);
}
