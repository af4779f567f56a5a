/* PANA, the PAA's side: the messages of RFC 5191 section 4, as they are made and taken. */
#include "authenticator_session.h"
#include "draft.h"

#include "../lower/guard.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* PAR start */

static void put_start(const struct pana_options *options, uint32_t session, uint32_t sequence,
                      struct span_writer *out) {
  pana_write_header(out, PANA_PAR_START, session, sequence);
  for (size_t i = 0; i < options->prf.count; i++)
    pana_write_u32(out, PANA_AVP_PRF_ALGORITHM, options->prf.number[i]);
  for (size_t i = 0; i < options->integrity.count; i++)
    pana_write_u32(out, PANA_AVP_INTEGRITY_ALGORITHM, options->integrity.number[i]);
}

static bool is_taken(const struct pana_authenticator *authenticator, uint32_t session) {
  for (size_t i = 0; i < authenticator->session_count; i++)
    if (authenticator->sessions[i]->open.session == session ||
        authenticator->sessions[i]->opening.session == session)
      return true;
  return session == 0;
}

/* The PaC's numbers where nothing is kept of it: they come of its address, and of how many sessions
 * it has had, so that no two have the same. */
static int reproduce(const struct pana_authenticator *authenticator,
                     const struct pana_session *session, const struct node_address *remote,
                     uint32_t *id, uint32_t *sequence) {
  uint8_t data[sizeof remote->ip + 6], mac[CRYPTO_SHA256_LENGTH];
  const uint32_t opened = session == NULL ? 0 : session->opened;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  span_writer_put(&out, ROW_COUNT, remote->ip, sizeof remote->ip);
  span_writer_put_u16(&out, ROW_COUNT, remote->port);
  span_writer_put_u16(&out, ROW_COUNT, (uint16_t)(opened >> 16));
  span_writer_put_u16(&out, ROW_COUNT, (uint16_t)opened);
  const int error = crypto_hmac_sha256(authenticator->hooks, authenticator->secret,
                                       sizeof authenticator->secret, data, out.length, mac);
  memcpy(id, mac, sizeof *id);
  memcpy(sequence, mac + sizeof *id, sizeof *sequence);
  *id += *id == 0;
  return error;
}

/* Answers PCI without keeping anything. */
static int answer_stranger(struct pana_authenticator *authenticator,
                           const struct pana_session *session, const struct pana_route *route) {
  struct pana_stranger *stranger = &authenticator->stranger;
  struct span_writer out;
  uint32_t id, sequence;
  int error = reproduce(authenticator, session, &route->remote, &id, &sequence);
  if (error < 0)
    return error;
  span_writer_init(&out, stranger->data, sizeof stranger->data, &stranger->spans);
  put_start(&authenticator->options, id, sequence, &out);
  error = pana_write_end(&out);
  if (error < 0)
    return error;
  stranger->length = out.length;
  stranger->local = route->local;
  stranger->remote = route->remote;
  stranger->relay = route->relay;
  stranger->pending = true;
  return 0;
}

/* Requests */

/* A conversation of its own; `packet` is EAP-Request/Identity. */
static int begin_eap(struct pana_session *session, struct span_writer *packet) {
  struct pana_authenticator *authenticator = session->authenticator;
  const uint8_t identifier = (uint8_t)node_random_below(authenticator->hooks, 256);
  session->identity_length = 0;
  session->labels = (struct eap_labels){0};
  session->backend = calloc(1, sizeof *session->backend);
  if (session->backend == NULL)
    return NODE_ERR_EXHAUSTED;
  const int error = aaa_backend_begin(&authenticator->backend, session->backend, identifier,
                                      &session->remote, session);
  return error < 0 ? error : eap_server_identity_request(identifier, packet);
}

static int send_start(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  struct pana_link *link = &session->opening;
  const bool with_eap = authenticator->options.optimized_init;
  struct pana_draft draft;
  struct pana_packet packet;
  uint32_t id, sequence;
  int error = with_eap ? begin_eap(session, pana_packet_begin(&packet)) : 0;
  if (error < 0)
    return error;
  do
    node_random(authenticator->hooks, (uint8_t *)&id, sizeof id);
  while (is_taken(authenticator, id));
  link->session = id;
  node_random(authenticator->hooks, (uint8_t *)&sequence, sizeof sequence);
  struct span_writer *out = pana_draft_begin(&draft);
  put_start(&authenticator->options, link->session, sequence, out);
  if (with_eap)
    pana_write_eap(out, &packet.out);
  session->stage = SESSION_START;
  return pana_link_send_request(link, PANA_PAR_START, sequence, out, NULL,
                                with_eap
                                    ? eap_label(&session->labels, packet.data, packet.out.length)
                                    : pana_label(PANA_PAR_START));
}

static int send_par(struct pana_session *session, const struct span_writer *packet) {
  struct pana_link *link = session->run;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t sequence;
  pana_link_start_request(link, PANA_PAR, &sequence, out);
  pana_link_put_nonce(link, out);
  pana_write_eap(out, packet);
  session->stage = SESSION_METHOD;
  session->patience_ns = NODE_NEVER;
  const int error =
      pana_link_send_request(link, PANA_PAR, sequence, out, pana_link_key(link),
                             eap_label(&session->labels, packet->data, packet->length));
  if (error == 0)
    pana_link_nonce_is_sent(link);
  return error;
}

/* The first PAR of an authentication that has had no EAP yet. */
static int send_identity_request(struct pana_session *session) {
  struct pana_packet packet;
  const int error = begin_eap(session, pana_packet_begin(&packet));
  return error < 0 ? error : send_par(session, &packet.out);
}

int pana_session_begin(struct pana_session *session) {
  pana_session_end_run(session);
  if (!pana_session_is_open(session)) {
    pana_link_wipe(&session->opening);
    session->run = &session->opening;
    return send_start(session);
  }
  session->run = &session->open;
  pana_application_abandon(&session->application, "an authentication begins");
  pana_link_begin(&session->open, session->authenticator->options.nonce_bytes);
  return send_identity_request(session);
}

int pana_session_ask(struct pana_session *session, enum pana_kind kind, uint32_t cause) {
  struct pana_link *link = &session->open;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t sequence;
  pana_link_start_request(link, kind, &sequence, out);
  if (cause != 0)
    pana_write_u32(out, PANA_AVP_TERMINATION_CAUSE, cause);
  return pana_link_send_request(link, kind, sequence, out, pana_link_key(link), pana_label(kind));
}

/* The last PAR */

/* What the AAA server says comes first; where none ends, it says so. */
static uint32_t lifetime_of(const struct pana_session *session) {
  const uint32_t ours_s = session->authenticator->config.lifetime_s;
  if (ours_s == 0)
    return UINT32_MAX;
  return session->backend->lifetime_is_set ? session->backend->lifetime_s : ours_s;
}

static int open_association(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  uint8_t msk[EAP_KEY_LENGTH] = {0};
  const struct aaa_cipher_suite suite = aaa_backend_suite(session->backend);
  int error = aaa_backend_msk(&authenticator->backend, session->backend, msk);
  if (error == 0)
    error = pana_application_open(&session->application, &session->local, msk, &session->fresh,
                                  session->identity, session->identity_length, &suite,
                                  authenticator->now_ns);
  if (error == 0)
    error = lower_guard_set(&session->application.pair.pending,
                            aaa_backend_take_grant(session->backend), &session->remote,
                            &session->local, true);
  crypto_wipe(msk, sizeof msk);
  return error;
}

/* An association with a handshake waits for the last PAN: the PaC has no key before. */
static int make_key(struct pana_session *session) {
  struct pana_authenticator *authenticator = session->authenticator;
  uint8_t msk[EAP_KEY_LENGTH] = {0};
  int error = aaa_backend_msk(&authenticator->backend, session->backend, msk);
  if (error == 0)
    error = pana_link_derive(session->run, true, msk, session->run->key.id + 1, &session->fresh);
  crypto_wipe(msk, sizeof msk);
  if (error == 0 && !association_kind_is_session(authenticator->options.association))
    error = open_association(session);
  return error;
}

static int send_last(struct pana_session *session, bool success, const struct span_writer *packet) {
  struct pana_link *link = session->run;
  const struct pana_key *key = success ? &session->fresh : pana_link_key(link);
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t sequence;
  pana_link_start_request(link, PANA_PAR_LAST, &sequence, out);
  pana_write_u32(out, PANA_AVP_RESULT_CODE, success ? PANA_SUCCESS : PANA_AUTHENTICATION_REJECTED);
  pana_write_eap(out, packet);
  if (success) {
    session->lifetime_s = lifetime_of(session);
    pana_write_u32(out, PANA_AVP_KEY_ID, key->id);
    pana_write_u32(out, PANA_AVP_SESSION_LIFETIME, session->lifetime_s);
  }
  session->stage = success ? SESSION_SUCCESS : SESSION_REJECTION;
  session->patience_ns = NODE_NEVER;
  return pana_link_send_request(link, PANA_PAR_LAST, sequence, out, key,
                                eap_label(&session->labels, packet->data, packet->length));
}

int pana_session_continue(struct pana_session *session, enum aaa_backend_result result,
                          const struct span_writer *packet) {
  assert(result != AAA_BACKEND_DISCARD && result != AAA_BACKEND_WAIT);
  if (result == AAA_BACKEND_REQUEST || result == AAA_BACKEND_REPEAT)
    return send_par(session, packet);
  if (result == AAA_BACKEND_FAILURE)
    return send_last(session, false, packet);
  if (!session->run->nonce_taken) /* there is nothing to make a key of */
    return pana_session_fail(session, "EAP-Success without a nonce");
  if (!pana_session_has_room(session))
    return pana_session_fail(session, "made-room");
  const int error = make_key(session);
  if (error < 0)
    return error;
  (void)aaa_backend_keep_root(&session->authenticator->backend, session->backend,
                              session->authenticator->now_ns);
  return send_last(session, true, packet);
}

/* Responses of EAP */

static void note_identity(struct pana_session *session, const struct pana_avp *payload) {
  struct eap_packet packet;
  if (eap_packet_parse(payload->value, payload->length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY || packet.data_length > sizeof session->identity)
    return;
  memcpy(session->identity, packet.data, packet.data_length);
  session->identity_length = packet.data_length;
}

/* No identity is shorter than the association asks for, or longer than RADIUS could carry it. */
static bool has_usable_identity(const struct pana_session *session,
                                const struct pana_avp *payload) {
  const struct pana_options *options = &session->authenticator->options;
  struct eap_packet packet;
  if (eap_packet_parse(payload->value, payload->length, &packet) < 0 ||
      packet.type != EAP_TYPE_IDENTITY)
    return true; /* EAP says what it is */
  return packet.data_length >= association_kind_identity_least(options->association) &&
         packet.data_length <= NODE_IDENTITY_MAX;
}

/* An empty PAN to the PaC's own request. */
static int answer_par(struct pana_session *session, const struct pana_message *message) {
  struct pana_link *link = session->run;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  pana_link_put_nonce(link, out);
  const int error =
      pana_link_send_answer(link, message, out, pana_link_key(link), pana_label(PANA_PAN));
  if (error == 0)
    pana_link_nonce_is_sent(link);
  return error;
}

/* Hands a response to EAP. What EAP discards leaves all as it is. */
static int deliver(struct pana_session *session, const struct pana_message *message) {
  struct aaa_backend *backend = &session->authenticator->backend;
  const struct pana_avp *payload = pana_find(message, PANA_AVP_EAP_PAYLOAD);
  struct pana_packet packet;
  if (!has_usable_identity(session, payload))
    return pana_session_discard(session, "identity of no use");
  const enum aaa_backend_result result = aaa_backend_respond(
      backend, session->backend, payload->value, payload->length, pana_packet_begin(&packet));
  if (result == AAA_BACKEND_DISCARD)
    return pana_session_discard(session, aaa_backend_reason(backend, session->backend));
  pana_session_tell(session, NODE_EVENT_DELIVERED,
                    eap_label(&session->labels, payload->value, payload->length));
  note_identity(session, payload);
  pana_link_take_answer(session->run);
  pana_link_take_nonce(session->run, message);
  session->patience_ns = NODE_NEVER;
  session->stage = SESSION_BACKEND;
  session->used_ns = session->authenticator->now_ns;
  const int error = message->kind == PANA_PAR ? answer_par(session, message) : 0;
  return error < 0 || result == AAA_BACKEND_WAIT
             ? error
             : pana_session_continue(session, result, &packet.out);
}

/* PAN start */

static const char *judge_start(const struct pana_authenticator *authenticator,
                               const struct pana_message *message, bool with_eap) {
  const uint32_t prf = pana_find_u32(message, PANA_AVP_PRF_ALGORITHM, 0);
  const uint32_t integrity = pana_find_u32(message, PANA_AVP_INTEGRITY_ALGORITHM, 0);
  if (!pana_algorithms_have(&authenticator->options.prf, prf) ||
      !pana_algorithms_have(&authenticator->options.integrity, integrity))
    return "PANA algorithms that were not offered";
  return !with_eap && pana_find(message, PANA_AVP_EAP_PAYLOAD) != NULL
             ? "PANA PAN start with EAP that nobody waits for"
             : NULL;
}

/* The S exchange is complete: PAR start (`i_par`) and PAN start are kept, for the key. */
static int accept_start(struct pana_session *session, const uint8_t *i_par, size_t length,
                        const struct pana_message *message) {
  struct pana_link *link = &session->opening;
  int error = kept_store(&link->i_par, i_par, length, NULL);
  if (error == 0)
    error = kept_store(&link->i_pan, message->data, message->length, NULL);
  link->prf = pana_find_u32(message, PANA_AVP_PRF_ALGORITHM, 0);
  link->integrity = pana_find_u32(message, PANA_AVP_INTEGRITY_ALGORITHM, 0);
  pana_link_begin(link, session->authenticator->options.nonce_bytes);
  return error;
}

static int handle_start(struct pana_session *session, const struct pana_message *message) {
  struct pana_link *link = &session->opening;
  const bool with_eap = session->backend != NULL;
  const bool has_eap = pana_find(message, PANA_AVP_EAP_PAYLOAD) != NULL;
  const char *why = judge_start(session->authenticator, message, with_eap);
  if (session->stage != SESSION_START)
    why = "PANA PAN start that nobody waits for";
  if (why != NULL)
    return pana_session_discard(session, why);
  const struct kept *sent = &link->request.message.kept;
  const int error = accept_start(session, sent->data, sent->length, message);
  if (error < 0)
    return error;
  if (has_eap) {
    const int result = deliver(session, message);
    if (session->stage == SESSION_START) /* EAP has dropped it */
      pana_link_forget_start(link);
    return result;
  }
  pana_link_take_answer(link);
  if (!with_eap)
    return send_identity_request(session);
  session->stage = SESSION_METHOD;
  session->patience_ns = session->authenticator->now_ns + pana_patience_ns();
  return 0;
}

/* PAN start to a PAR start of which nothing was kept. */
static int handle_stateless_start(struct pana_authenticator *authenticator,
                                  struct pana_session *session, const struct pana_route *route,
                                  const struct pana_message *message) {
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  uint32_t id, sequence;
  int error = reproduce(authenticator, session, &route->remote, &id, &sequence);
  if (error < 0)
    return error;
  const char *why = judge_start(authenticator, message, false);
  if (message->session != id || message->sequence != sequence)
    why = "PANA session is another";
  if (why == NULL && session != NULL && pana_session_in_progress(session))
    why = "PANA PAN start while an authentication runs";
  if (why == NULL && session == NULL)
    session = pana_sessions_acquire(authenticator, route);
  if (why == NULL && session == NULL)
    why = "no room for another peer";
  if (why != NULL) {
    node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED,
               &route->remote, why);
    return 0;
  }
  pana_session_end_run(session);
  pana_link_wipe(&session->opening);
  session->run = &session->opening;
  session->opening.session = id;
  session->opening.sequence = sequence;
  session->opening.any_sent = true;
  if (pana_session_is_open(session))
    session->next_trigger_ns =
        authenticator->now_ns + authenticator->config.trigger_interval_ms * NODE_MS;
  put_start(&authenticator->options, id, sequence, out);
  error = pana_write_end(out);
  if (error == 0)
    error = accept_start(session, draft.data, out->length, message);
  if (error < 0)
    return error;
  pana_session_tell(session, NODE_EVENT_STARTED, "PAN start");
  return send_identity_request(session);
}

/* PCI */

static int handle_solicitation(struct pana_authenticator *authenticator,
                               struct pana_session *session, const struct pana_route *route,
                               const struct pana_message *message) {
  const char *why = NULL;
  if (message->session != 0 || message->sequence != 0)
    why = "PANA PCI with numbers";
  else if (session != NULL && pana_session_in_progress(session))
    why = "PANA PCI while an authentication runs";
  else if (session != NULL && pana_session_is_open(session) &&
           authenticator->now_ns < session->next_trigger_ns)
    why = "PANA PCI too soon after the last";
  const bool stateless =
      authenticator->options.stateless || (session != NULL && pana_session_is_open(session));
  if (why == NULL && stateless)
    return answer_stranger(authenticator, session, route);
  if (why == NULL && session == NULL)
    session = pana_sessions_acquire(authenticator, route);
  if (why == NULL && session == NULL)
    why = "no room for another peer";
  if (why != NULL) {
    node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED,
               &route->remote, why);
    return 0;
  }
  session->local = route->local;
  session->relay = route->relay;
  session->used_ns = authenticator->now_ns;
  pana_session_tell(session, NODE_EVENT_STARTED, "PCI");
  return pana_session_begin(session);
}

/* Answers within a session */

/* By which the PaC acknowledges PAR, and perhaps responds. */
static int handle_pan(struct pana_session *session, const struct pana_message *message) {
  const char *why = pana_link_verify(session->run, message);
  if (why == NULL)
    why = pana_link_judge_nonce(session->run, message);
  if (why != NULL)
    return pana_session_discard(session, why);
  if (pana_find(message, PANA_AVP_EAP_PAYLOAD) != NULL)
    return deliver(session, message);
  pana_link_take_answer(session->run);
  pana_link_take_nonce(session->run, message);
  session->patience_ns = session->authenticator->now_ns + pana_patience_ns();
  return 0;
}

static const char *judge_last(const struct pana_session *session,
                              const struct pana_message *message) {
  const struct pana_avp *key_id = pana_find(message, PANA_AVP_KEY_ID);
  if (session->stage == SESSION_REJECTION)
    return key_id == NULL ? pana_link_verify(session->run, message) : "PANA Key-Id of no key";
  if (key_id == NULL || pana_avp_u32(key_id) != session->fresh.id)
    return "PANA Key-Id is another";
  return pana_auth_verify(&session->fresh, session->authenticator->hooks, message);
}

static int handle_last(struct pana_session *session, const struct pana_message *message) {
  const char *why = judge_last(session, message);
  if (why != NULL)
    return pana_session_discard(session, why);
  pana_link_take_answer(session->run);
  if (session->stage == SESSION_REJECTION)
    return pana_session_fail(
        session, aaa_backend_reason(&session->authenticator->backend, session->backend));
  session->run->key = session->fresh;
  if (pana_application_is_ready(&session->application))
    return pana_session_confirm(session, "last PAN verified");
  session->stage = SESSION_HANDSHAKE;
  return open_association(session);
}

static int handle_answer(struct pana_session *session, struct pana_link *link,
                         const struct pana_message *message) {
  const char *why;
  switch (message->kind) {
  case PANA_PAN_START:
    return handle_start(session, message);
  case PANA_PAN:
    return handle_pan(session, message);
  case PANA_PAN_LAST:
    return handle_last(session, message);
  default: /* PTA, PNA of a ping */
    why = pana_link_verify(link, message);
    if (why != NULL)
      return pana_session_discard(session, why);
    pana_link_take_answer(link);
    session->used_ns = session->authenticator->now_ns;
    if (message->kind == PANA_PTA)
      pana_session_close(session, "terminated");
    return 0;
  }
}

/* Requests within a session */

/* The PaC's PAR, with its response. */
static int handle_par(struct pana_session *session, struct pana_link *link,
                      const struct pana_message *message) {
  const char *why = pana_link_verify(link, message);
  if (session->run != link || session->stage != SESSION_METHOD)
    why = "PANA PAR that nobody waits for";
  if (why == NULL)
    why = pana_link_judge_nonce(link, message);
  return why == NULL ? deliver(session, message) : pana_session_discard(session, why);
}

static int answer_plain(struct pana_session *session, const struct pana_message *message) {
  struct pana_link *link = &session->open;
  struct pana_draft draft;
  struct span_writer *out = pana_draft_begin(&draft);
  pana_link_start_answer(message, out);
  session->used_ns = session->authenticator->now_ns;
  return pana_link_send_answer(link, message, out, pana_link_key(link),
                               pana_label((enum pana_kind)(message->kind + 1)));
}

/* PNR for re-authentication: unless one runs, which its PaC will find. What runs beside, in a
 * session without a key, is nothing to a PaC that has one. */
static int handle_reauthentication(struct pana_session *session,
                                   const struct pana_message *message) {
  const int error = answer_plain(session, message);
  if (error < 0 || session->run == &session->open)
    return error;
  pana_link_take_answer(&session->open); /* a ping */
  pana_link_wipe(&session->opening);
  pana_session_tell(session, NODE_EVENT_STARTED, "PNR");
  return pana_session_begin(session);
}

static int handle_termination(struct pana_session *session, const struct pana_message *message) {
  const int error = answer_plain(session, message);
  if (error < 0)
    return error;
  if (session->run == &session->open)
    return pana_session_fail(session, "terminated by the peer");
  pana_session_close(session, "terminated by the peer");
  return 0;
}

static int handle_request(struct pana_session *session, struct pana_link *link,
                          const struct pana_message *message) {
  if (message->kind == PANA_PAR)
    return handle_par(session, link, message);
  const char *why = pana_link_verify(link, message);
  if (!pana_link_is_secured(link) || session->ended)
    why = "PANA message outside of a session";
  if (why != NULL)
    return pana_session_discard(session, why);
  switch (message->kind) {
  case PANA_PNR_PING:
    return answer_plain(session, message);
  case PANA_PNR_REAUTHENTICATION:
    return handle_reauthentication(session, message);
  case PANA_PTR:
    return handle_termination(session, message);
  default:
    return pana_session_discard(session, "PANA request that is not for a PAA");
  }
}

/* The session that a message says it is of. */
static struct pana_link *link_of(struct pana_session *session, const struct pana_message *message) {
  return session->open.session != 0 && session->open.session == message->session
             ? &session->open
             : &session->opening;
}

static int handle_known(struct pana_session *session, const struct pana_message *message) {
  struct pana_link *link = link_of(session, message);
  bool repeated;
  const char *why = pana_link_judge(link, message, &repeated);
  if (why == NULL && repeated)
    why = pana_link_verify(link, message);
  if (why != NULL)
    return pana_session_discard(session, why);
  if (repeated) {
    pana_link_repeat_answer(link);
    return pana_session_discard(session, "PANA request that was answered");
  }
  return pana_is_request(message->kind) ? handle_request(session, link, message)
                                        : handle_answer(session, link, message);
}

int pana_authenticator_handle(struct pana_authenticator *authenticator,
                              struct pana_session *session, const struct pana_route *route,
                              const struct pana_message *message) {
  if (message->kind == PANA_PCI)
    return handle_solicitation(authenticator, session, route, message);
  const bool known = session != NULL && (message->session == session->open.session ||
                                         message->session == session->opening.session);
  const bool stateless =
      authenticator->options.stateless || (session != NULL && pana_session_is_open(session));
  if (message->kind == PANA_PAN_START && !known && stateless)
    return handle_stateless_start(authenticator, session, route, message);
  if (session != NULL)
    return handle_known(session, message);
  node_event(authenticator->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, &route->remote,
             "PANA message of an unknown peer");
  return 0;
}
