/* PANA, the PaC's side: the messages of RFC 5191 section 4, as they are taken and answered. */
#include "peer_state.h"
#include "draft.h"

#include <stdlib.h>
#include <string.h>

static void put_eap(struct span_writer *out, const struct pana_packet *packet) {
  if (packet->out.length > 0)
    pana_write_eap(out, &packet->out);
}

/* What a message with this packet is called; without, by its kind. */
static const char *label_of(struct pana_peer *peer, enum pana_kind kind,
                            const struct pana_packet *packet) {
  return packet == NULL || packet->out.length == 0
             ? pana_label(kind)
             : eap_label(&peer->labels, packet->data, packet->out.length);
}

static void tell_delivered(struct pana_peer *peer, const struct pana_avp *payload) {
  pana_peer_tell(peer, NODE_EVENT_DELIVERED,
                 eap_label(&peer->labels, payload->value, payload->length));
}

/* Asking */

int pana_peer_solicit(struct pana_peer *peer) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_peer_end_eap(peer);
  pana_write_header(out, PANA_PCI, 0, 0);
  const int error = pana_write_end(out);
  if (error < 0)
    return error;
  const unsigned copies = peer->pci.message.copies;
  peer->stage = PEER_SOLICITING;
  pana_peer_tell(peer, NODE_EVENT_STARTED, "PCI");
  const int sent = pana_repeated_send(&peer->pci, out, false, pana_label(PANA_PCI));
  peer->pci.message.copies = copies; /* it is the same each time */
  return sent;
}

int pana_peer_ask(struct pana_peer *peer, enum pana_kind kind, uint32_t cause) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t sequence;
  pana_link_start_request(&peer->link, kind, &sequence, out);
  if (cause != 0)
    pana_write_u32(out, PANA_AVP_TERMINATION_CAUSE, cause);
  return pana_link_send_request(&peer->link, kind, sequence, out, pana_link_key(&peer->link),
                                pana_label(kind));
}

/* An EAP conversation of its own, and new nonces. */
static int begin_run(struct pana_peer *peer, struct pana_link *link, uint64_t now_ns) {
  pana_peer_end_eap(peer);
  peer->eap = calloc(1, sizeof *peer->eap);
  if (peer->eap == NULL)
    return NODE_ERR_EXHAUSTED;
  eap_peer_init(peer->eap, &peer->config.eap, peer->hooks);
  peer->labels = (struct eap_labels){0};
  peer->valid_ns = now_ns;
  pana_link_begin(link, peer->options.nonce_bytes);
  return 0;
}

int pana_peer_reauthenticate(struct pana_peer *peer, uint64_t now_ns) {
  pana_application_abandon(&peer->application, "an authentication begins");
  const int error = begin_run(peer, &peer->link, now_ns);
  if (error < 0)
    return error;
  peer->stage = PEER_WAIT_PNA;
  pana_peer_tell(peer, NODE_EVENT_STARTED, "PNR");
  return pana_peer_ask(peer, PANA_PNR_REAUTHENTICATION, 0);
}

/* PAR start */

/* The first algorithm of the authenticator's list that is one of ours; 0: none. */
static uint32_t choose(const struct pana_message *message, enum pana_code code,
                       const struct pana_algorithms *ours) {
  for (size_t i = 0; i < message->avp_count; i++)
    if (message->avps[i].code == code &&
        pana_algorithms_have(ours, pana_avp_u32(&message->avps[i])))
      return pana_avp_u32(&message->avps[i]);
  return 0;
}

static const char *judge_start(const struct pana_peer *peer, const struct pana_message *message) {
  if (peer->stage != PEER_INITIAL && peer->stage != PEER_SOLICITING &&
      peer->stage != PEER_STARTED && peer->stage != PEER_CLOSED)
    return "PANA PAR start within a session";
  if (message->session == 0)
    return "PANA session is none";
  if (peer->stage == PEER_CLOSED && message->session == peer->link.session)
    return "PANA session is over";
  return NULL;
}

/* Sends what EAP has to say in a request of our own. */
static int send_own_request(struct pana_peer *peer, const struct pana_packet *packet) {
  struct pana_link *link = &peer->link;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t sequence;
  pana_link_start_request(link, PANA_PAR, &sequence, out);
  pana_link_put_nonce(link, out);
  put_eap(out, packet);
  const int error = pana_link_send_request(link, PANA_PAR, sequence, out, pana_link_key(link),
                                           label_of(peer, PANA_PAR, packet));
  if (error == 0)
    pana_link_nonce_is_sent(link);
  return error;
}

/* PAN start in a session that is new: its message and the other are kept, for the key. */
static int answer_start(struct pana_peer *peer, struct pana_link *link,
                        const struct pana_message *message, const struct pana_packet *packet) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  pana_write_u32(out, PANA_AVP_PRF_ALGORITHM, link->prf);
  pana_write_u32(out, PANA_AVP_INTEGRITY_ALGORITHM, link->integrity);
  if (packet != NULL)
    put_eap(out, packet);
  int error =
      pana_link_send_answer(link, message, out, NULL, label_of(peer, PANA_PAN_START, packet));
  if (error == 0)
    error = kept_store(&link->i_par, message->data, message->length, NULL);
  return error == 0 ? kept_store(&link->i_pan, draft.data, out->length, NULL) : error;
}

/* Hands the EAP packet of PAR start, if there is one, to EAP. NULL, or why it is dropped. */
static const char *start_eap(struct eap_peer *eap, const struct pana_avp *payload,
                             struct pana_packet *packet) {
  if (payload == NULL)
    return NULL;
  return eap_peer_process(eap, payload->value, payload->length, &packet->out) == EAP_PEER_RESPOND
             ? NULL
             : eap_peer_reason(eap);
}

static int accept_start(struct pana_peer *peer, const struct pana_message *message,
                        struct pana_link *link, struct eap_peer *eap,
                        const struct pana_packet *packet, uint64_t now_ns) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  const bool unasked = peer->stage == PEER_INITIAL || peer->stage == PEER_CLOSED;
  peer->labels = (struct eap_labels){0};
  if (unasked) {
    if (peer->due_ns != NODE_NEVER) /* before the first PCI */
      pana_peer_count_attempt(peer);
    peer->due_ns = NODE_NEVER;
  }
  pana_peer_tell(peer, NODE_EVENT_STARTED, "PAR start");
  if (payload != NULL)
    tell_delivered(peer, payload);
  const bool inside = peer->options.piggyback && payload != NULL;
  const int error = answer_start(peer, link, message, inside ? packet : NULL);
  if (error < 0)
    return error;
  pana_peer_end_eap(peer);
  pana_link_wipe(&peer->link);
  peer->link = *link;
  peer->eap = eap;
  peer->stage = PEER_STARTED;
  peer->valid_ns = now_ns;
  return payload == NULL || inside ? 0 : send_own_request(peer, packet);
}

static int handle_start(struct pana_peer *peer, const struct pana_message *message,
                        uint64_t now_ns) {
  struct pana_link link;
  struct pana_packet packet;
  const char *why = judge_start(peer, message);
  pana_link_init(&link, peer->hooks);
  link.session = message->session;
  link.prf = choose(message, PANA_AVP_PRF_ALGORITHM, &peer->options.prf);
  link.integrity = choose(message, PANA_AVP_INTEGRITY_ALGORITHM, &peer->options.integrity);
  if (why == NULL && (link.prf == 0 || link.integrity == 0))
    why = "PANA algorithms that are not ours";
  if (why != NULL)
    return pana_peer_discard(peer, why);
  struct eap_peer *eap = calloc(1, sizeof *eap);
  if (eap == NULL)
    return NODE_ERR_EXHAUSTED;
  pana_packet_begin(&packet);
  eap_peer_init(eap, &peer->config.eap, peer->hooks);
  why = start_eap(eap, pana_find(message, PANA_AVP_EAP_PAYLOAD), &packet);
  int error = 0;
  if (why == NULL) {
    pana_link_begin(&link, peer->options.nonce_bytes);
    error = accept_start(peer, message, &link, eap, &packet, now_ns);
  }
  if (why == NULL && error == 0)
    return 0;
  eap_peer_wipe(eap);
  free(eap);
  pana_link_wipe(&link);
  return why == NULL ? error : pana_peer_discard(peer, why);
}

/* PAR */

static const char *judge_par(const struct pana_peer *peer, const struct pana_message *message) {
  if (peer->stage == PEER_WAIT_PNA)
    return "PANA PAR before PNA";
  if (peer->stage != PEER_STARTED && peer->stage != PEER_WAIT_PAR && peer->stage != PEER_RUNNING &&
      peer->stage != PEER_OPEN)
    return "PANA PAR outside of an authentication";
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  struct eap_packet packet;
  if (eap_packet_parse(payload->value, payload->length, &packet) < 0 || packet.code != EAP_REQUEST)
    return "PANA PAR without an EAP-Request";
  return pana_link_verify(&peer->link, message);
}

static int answer_par(struct pana_peer *peer, const struct pana_message *message,
                      const struct pana_packet *packet) {
  struct pana_link *link = &peer->link;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  pana_link_put_nonce(link, out);
  if (packet != NULL)
    put_eap(out, packet);
  const int error = pana_link_send_answer(link, message, out, pana_link_key(link),
                                          label_of(peer, PANA_PAN, packet));
  if (error == 0)
    pana_link_nonce_is_sent(link);
  return error;
}

/* What EAP has taken is answered; by the same message, or with a request behind it. */
static int accept_par(struct pana_peer *peer, const struct pana_message *message,
                      enum eap_peer_result result, const struct pana_packet *packet,
                      uint64_t now_ns) {
  pana_repeated_cancel(&peer->pci);
  pana_link_take_answer(&peer->link); /* the authenticator has gone on */
  pana_link_take_nonce(&peer->link, message);
  peer->stage = PEER_RUNNING;
  peer->valid_ns = now_ns;
  if (result != EAP_PEER_REPEAT)
    tell_delivered(peer, pana_find(message, PANA_AVP_EAP_PAYLOAD));
  int error = answer_par(peer, message, peer->options.piggyback ? packet : NULL);
  if (error == 0 && !peer->options.piggyback && packet->out.length > 0)
    error = send_own_request(peer, packet);
  return error == 0 && result == EAP_PEER_FAILURE ? pana_peer_fail(peer, eap_peer_reason(peer->eap))
                                                  : error;
}

/* The authenticator begins anew. The EAP of the session is another, unless its first packet is
 * none.
 */
static int begin_by_par(struct pana_peer *peer, uint64_t now_ns) {
  pana_application_abandon(&peer->application, "an authentication begins");
  if (peer->link.request.outstanding) /* a ping */
    pana_link_take_answer(&peer->link);
  if (peer->due_ns != NODE_NEVER)
    pana_peer_count_attempt(peer);
  peer->due_ns = NODE_NEVER;
  pana_peer_tell(peer, NODE_EVENT_STARTED, "PAR");
  return begin_run(peer, &peer->link, now_ns);
}

static int handle_par(struct pana_peer *peer, const struct pana_message *message, uint64_t now_ns) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  const bool begins = peer->stage == PEER_OPEN;
  const char *why = judge_par(peer, message);
  if (why == NULL && begins && pana_find(message, PANA_AVP_NONCE) == NULL)
    why = "PANA Nonce is missing";
  if (why == NULL && !begins)
    why = pana_link_judge_nonce(&peer->link, message);
  if (why != NULL)
    return pana_peer_discard(peer, why);
  if (begins) { /* it has verified */
    const int error = begin_by_par(peer, now_ns);
    if (error < 0)
      return error;
  }
  struct pana_packet packet;
  pana_packet_begin(&packet);
  const enum eap_peer_result result =
      eap_peer_process(peer->eap, payload->value, payload->length, &packet.out);
  if (result == EAP_PEER_DISCARD || result == EAP_PEER_SUCCESS)
    return pana_peer_discard(peer, eap_peer_reason(peer->eap));
  return accept_par(peer, message, result, &packet, now_ns);
}

/* The last PAR */

static uint8_t eap_code_of(const struct pana_avp *payload) {
  struct eap_packet packet;
  return payload == NULL || eap_packet_parse(payload->value, payload->length, &packet) < 0
             ? 0
             : packet.code;
}

static int answer_last(struct pana_peer *peer, const struct pana_message *message,
                       const struct pana_key *key, bool named) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  if (named)
    pana_write_u32(out, PANA_AVP_KEY_ID, key->id);
  return pana_link_send_answer(&peer->link, message, out, key, pana_label(PANA_PAN_LAST));
}

static int accept_rejection(struct pana_peer *peer, const struct pana_message *message,
                            const char *reason) {
  pana_link_take_answer(&peer->link);
  const int error = answer_last(peer, message, pana_link_key(&peer->link), false);
  return error < 0 ? error : pana_peer_fail(peer, reason);
}

/* Not by a key: anybody could have sent it, so that EAP has the last word where it has one. */
static int handle_rejection(struct pana_peer *peer, const struct pana_message *message) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  const char *why = pana_link_verify(&peer->link, message);
  if (why == NULL && payload != NULL && eap_code_of(payload) != EAP_FAILURE)
    why = "PANA Result-Code is not what EAP says";
  if (why == NULL && payload == NULL && eap_peer_has_keys(peer->eap))
    why = "PANA rejection after EAP's success";
  if (why != NULL)
    return pana_peer_discard(peer, why);
  if (payload == NULL)
    return accept_rejection(peer, message, "rejected without EAP");
  if (eap_peer_process(peer->eap, payload->value, payload->length, &none) != EAP_PEER_FAILURE)
    return pana_peer_discard(peer, eap_peer_reason(peer->eap));
  tell_delivered(peer, payload);
  return accept_rejection(peer, message, eap_peer_reason(peer->eap));
}

/* From the key on: it is in force, and so is the association. */
static int accept_success(struct pana_peer *peer, const struct pana_message *message,
                          const struct pana_key *key, const uint8_t msk[EAP_KEY_LENGTH],
                          uint64_t now_ns) {
  const uint32_t result = pana_find_u32(message, PANA_AVP_RESULT_CODE, PANA_SUCCESS);
  const uint32_t lifetime_s = pana_find_u32(message, PANA_AVP_SESSION_LIFETIME, UINT32_MAX);
  pana_link_take_answer(&peer->link);
  pana_repeated_cancel(&peer->pci);
  peer->link.key = *key;
  peer->named = eap_peer_server_name(peer->eap, &peer->name);
  int error = answer_last(peer, message, key, true);
  if (error < 0)
    return error;
  if (result != PANA_SUCCESS)
    return pana_peer_fail(peer, "authorization-rejected");
  const struct aaa_cipher_suite none = {.kind = AAA_SUITE_NONE};
  error =
      pana_application_open(&peer->application, &peer->local, msk, key, peer->config.eap.identity,
                            peer->config.eap.identity_length, &none, now_ns);
  if (error < 0)
    return error;
  tell_delivered(peer, pana_find(message, PANA_AVP_EAP_PAYLOAD));
  lower_listener_tell(peer->config.listener, peer->eap, now_ns);
  pana_peer_end_eap(peer);
  peer->ends_ns = lifetime_s == UINT32_MAX ? NODE_NEVER : now_ns + lifetime_s * NODE_SECOND;
  if (pana_application_is_ready(&peer->application))
    return pana_peer_confirm(peer, "last PAR verified");
  peer->stage = PEER_HANDSHAKE;
  peer->valid_ns = now_ns;
  return 0;
}

/* The keys that the message says it was made with, which EAP has; NULL, or why they are not. */
static const char *judge_success(const struct pana_peer *peer, const struct pana_message *message,
                                 struct eap_keys *keys, struct pana_key *key, int *error) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  const struct pana_avp *key_id = pana_find(message, PANA_AVP_KEY_ID);
  if (eap_code_of(payload) != EAP_SUCCESS || key_id == NULL ||
      pana_find(message, PANA_AVP_AUTH) == NULL)
    return "PANA success without EAP-Success and a key";
  if (!eap_peer_has_keys(peer->eap) || !peer->link.nonce_taken)
    return "PANA success before EAP's";
  *error = eap_peer_keys(peer->eap, keys);
  if (*error == 0)
    *error = pana_link_derive(&peer->link, false, keys->msk, pana_avp_u32(key_id), key);
  return *error < 0 ? NULL : pana_auth_verify(key, peer->hooks, message);
}

static int handle_success(struct pana_peer *peer, const struct pana_message *message,
                          uint64_t now_ns) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  struct eap_keys keys = {0};
  struct pana_key key = {0};
  struct span_writer none;
  int result = 0;
  span_writer_init(&none, NULL, 0, NULL);
  const char *why = judge_success(peer, message, &keys, &key, &result);
  if (why == NULL && result == 0 &&
      eap_peer_process(peer->eap, payload->value, payload->length, &none) != EAP_PEER_SUCCESS)
    why = eap_peer_reason(peer->eap);
  if (why != NULL)
    result = pana_peer_discard(peer, why);
  else if (result == 0)
    result = accept_success(peer, message, &key, keys.msk, now_ns);
  crypto_wipe(&keys, sizeof keys);
  crypto_wipe(&key, sizeof key);
  return result;
}

static int handle_last(struct pana_peer *peer, const struct pana_message *message,
                       uint64_t now_ns) {
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  if (peer->stage != PEER_STARTED && peer->stage != PEER_RUNNING)
    return pana_peer_discard(peer, "PANA PAR outside of an authentication");
  switch (pana_find_u32(message, PANA_AVP_RESULT_CODE, PANA_SUCCESS)) {
  case PANA_SUCCESS:
    return handle_success(peer, message, now_ns);
  case PANA_AUTHENTICATION_REJECTED:
    return handle_rejection(peer, message);
  case PANA_AUTHORIZATION_REJECTED:
    return eap_code_of(payload) == EAP_SUCCESS ? handle_success(peer, message, now_ns)
                                               : handle_rejection(peer, message);
  default:
    return pana_peer_discard(peer, "PANA Result-Code is not known");
  }
}

/* Other messages of a session that has a key */

static int answer_plain(struct pana_peer *peer, const struct pana_message *message) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  return pana_link_send_answer(&peer->link, message, out, pana_link_key(&peer->link),
                               pana_label((enum pana_kind)(message->kind + 1)));
}

static const char *judge_secured(const struct pana_peer *peer, const struct pana_message *message) {
  if (!pana_link_is_secured(&peer->link) || peer->stage == PEER_CLOSED)
    return "PANA message outside of a session";
  return pana_link_verify(&peer->link, message);
}

static int handle_termination(struct pana_peer *peer, const struct pana_message *message) {
  const int error = answer_plain(peer, message);
  if (error < 0)
    return error;
  if (pana_peer_in_progress(peer))
    return pana_peer_fail(peer, "terminated by the authenticator");
  return pana_peer_close(peer, "terminated by the authenticator");
}

static int handle_answer(struct pana_peer *peer, const struct pana_message *message,
                         uint64_t now_ns) {
  /* Of the requests that a PaC makes, PAR alone may have been made without a key. */
  const char *why = message->kind == PANA_PAN ? pana_link_verify(&peer->link, message)
                                              : judge_secured(peer, message);
  if (why == NULL && message->kind == PANA_PAN)
    why = pana_find(message, PANA_AVP_EAP_PAYLOAD) == NULL
              ? pana_link_judge_nonce(&peer->link, message)
              : "PANA PAN with EAP that nobody waits for";
  if (why != NULL)
    return pana_peer_discard(peer, why);
  pana_link_take_answer(&peer->link);
  peer->valid_ns = now_ns;
  if (message->kind == PANA_PAN)
    pana_link_take_nonce(&peer->link, message);
  if (message->kind == PANA_PNA_REAUTHENTICATION) {
    peer->stage = PEER_WAIT_PAR;
    pana_peer_tell(peer, NODE_EVENT_STARTED, "PNA");
  }
  return message->kind == PANA_PTA ? pana_peer_close(peer, "terminated") : 0;
}

static int handle_request(struct pana_peer *peer, const struct pana_message *message,
                          uint64_t now_ns) {
  const char *why;
  switch (message->kind) {
  case PANA_PAR:
    return handle_par(peer, message, now_ns);
  case PANA_PAR_LAST:
    return handle_last(peer, message, now_ns);
  case PANA_PTR:
  case PANA_PNR_PING:
    why = judge_secured(peer, message);
    if (why != NULL)
      return pana_peer_discard(peer, why);
    return message->kind == PANA_PTR ? handle_termination(peer, message)
                                     : answer_plain(peer, message);
  default:
    return pana_peer_discard(peer, "PANA request that is not for a PaC");
  }
}

int pana_peer_handle(struct pana_peer *peer, const struct pana_message *message, uint64_t now_ns) {
  bool repeated;
  const char *why = pana_link_judge(&peer->link, message, &repeated);
  if (message->kind == PANA_PCI || message->kind == PANA_PRY)
    return pana_peer_discard(peer, "PANA message that is not for a PaC");
  if (why == NULL && repeated) {
    why = pana_link_verify(&peer->link, message);
    if (why != NULL)
      return pana_peer_discard(peer, why);
    pana_link_repeat_answer(&peer->link);
    return pana_peer_discard(peer, "PANA request that was answered");
  }
  if (message->kind == PANA_PAR_START)
    return handle_start(peer, message, now_ns);
  if (why != NULL)
    return pana_peer_discard(peer, why);
  return pana_is_request(message->kind) ? handle_request(peer, message, now_ns)
                                        : handle_answer(peer, message, now_ns);
}
