/* Associations behind PANA: keys as CoAP-EAP makes them of an MSK, and CoAP under them. */
#include "application.h"

#include "../coap-eap/keys.h"
#include "../coap/refuse.h"
#include "../lower/application.h"

/* Life */

void pana_application_init(struct pana_application *application, const struct pana_options *options,
                           bool authenticator, const struct node_address *remote,
                           size_t payload_bytes, const struct node_hooks *hooks) {
  *application = (struct pana_application){.hooks = hooks,
                                           .options = options,
                                           .authenticator = authenticator,
                                           .remote = *remote,
                                           .payload_bytes = payload_bytes};
  if (!association_kind_is_none(options->association))
    coap_session_init(&application->coap, &options->coap, hooks);
}

void pana_application_wipe(struct pana_application *application) {
  association_pair_close(&application->pair);
  coap_session_wipe(&application->coap);
}

static int tell(const struct pana_application *application, enum node_phase phase,
                enum node_event_type type, const char *label) {
  node_event(application->hooks, phase, type, &application->remote, label);
  return 0;
}

static int discard(const struct pana_application *application, const char *why) {
  return tell(application, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, why);
}

/* The association */

int pana_application_open(struct pana_application *application, const struct node_address *local,
                          const uint8_t msk[EAP_KEY_LENGTH], const struct pana_key *key,
                          const uint8_t *identity, size_t identity_length,
                          const struct aaa_cipher_suite *suite, uint64_t now_ns) {
  static const struct association_id ids[] = {{.bytes = {0x01}, .length = 1}, {.length = 0}};
  static const uint8_t no_token[1];
  const struct association_kind *kind = application->options->association;
  if (association_kind_is_none(kind)) {
    node_event_key(application->hooks, NODE_PHASE_AUTHENTICATION, &application->remote, "PANA",
                   "pana_auth_key", key->octets, pana_key_length(key));
    return 0;
  }
  struct coap_eap_key material;
  int result = coap_eap_derive_key(msk, kind, no_token, 0, application->hooks, &material);
  struct association_config made = {.kind = kind,
                                    .options = application->options->associations,
                                    .coap = &application->options->coap,
                                    .client = application->authenticator,
                                    .local = *local,
                                    .remote = application->remote,
                                    .key = material.octets,
                                    .key_length = material.length,
                                    .local_id = ids[application->authenticator],
                                    .remote_id = ids[!application->authenticator],
                                    .identity = identity,
                                    .identity_length = identity_length};
  lower_suite_set(suite, &made);
  if (result == 0)
    result = association_open(&application->pair.pending, &made, &application->coap,
                              application->hooks, now_ns);
  crypto_wipe(&material, sizeof material);
  association_pair_note(&application->pair);
  return result;
}

bool pana_application_is_ready(const struct pana_application *application) {
  return association_kind_is_none(application->options->association) ||
         association_is_ready(&application->pair.pending);
}

void pana_application_replace(struct pana_application *application) {
  association_pair_replace(&application->pair);
}

void pana_application_drop(struct pana_application *application) {
  association_pair_drop(&application->pair);
}

const char *pana_application_failure(const struct pana_application *application) {
  return association_failure(&application->pair.pending);
}

/* Requests of ours */

static void end_request(struct pana_application *application, enum node_event_type type,
                        const char *label) {
  application->requesting = false;
  if (association_is_open(&application->pair.current))
    coap_session_cancel(association_coap(&application->pair.current));
  tell(application, NODE_PHASE_APPLICATION, type, label);
}

void pana_application_abandon(struct pana_application *application, const char *why) {
  if (application->requesting)
    end_request(application, NODE_EVENT_UNANSWERED, why);
}

int pana_application_request(struct pana_application *application, enum lower_request kind,
                             const uint8_t *payload, size_t length) {
  struct association *current = &application->pair.current;
  if (!association_is_ready(current))
    return NODE_ERR_BAD_STATE;
  if (application->requesting)
    return NODE_ERR_BUSY;
  const int result = lower_application_send(current, kind, payload, length);
  application->requesting = result == 0;
  return result;
}

void pana_application_close(struct pana_application *application) {
  pana_application_abandon(application, "the association is closed");
  association_pair_close(&application->pair);
}

static int take_response(struct pana_application *application, const struct coap_message *message) {
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct coap_message plain;
  if (!application->requesting)
    return discard(application, "response that nobody waits for");
  if (association_verify_response(&application->pair.current, message, buffer, &plain) < 0)
    return discard(application, "response does not verify");
  application->used = true;
  end_request(application, NODE_EVENT_ANSWERED, "application");
  return 0;
}

/* Requests of the other end */

static int serve(struct pana_application *application, const struct association_request *request,
                 uint64_t now_ns) {
  if (request->association != &application->pair.current)
    return discard(application, "application request before the key is confirmed");
  application->used = true;
  const int result =
      lower_application_answer(request, application->payload_bytes, NODE_PHASE_APPLICATION, now_ns);
  if (result == 1)
    tell(application, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED, "application");
  return result < 0 ? result : 0;
}

/* The code that refuses a request in clear; COAP_CODE_EMPTY: it is marked as protected. */
static uint8_t refusal_in_clear(const struct coap_message *request) {
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const size_t count = association_known(known);
  const uint8_t code = coap_refuse_options(request, known, count);
  return code != COAP_CODE_EMPTY || association_is_marked(request)
             ? code
             : coap_refuse_method(request, false);
}

static int take_request(struct pana_application *application, const struct coap_message *message,
                        uint64_t now_ns) {
  const uint8_t refusal = refusal_in_clear(message);
  struct association_request request;
  if (refusal != COAP_CODE_EMPTY)
    return coap_refusal_is_sent(message, refusal)
               ? coap_session_reject(&application->coap, message, refusal,
                                     coap_refusal_label(refusal))
               : discard(application, coap_refusal_label(refusal));
  const int error = association_pair_verify_request(&application->pair, message, &request);
  if (error == 0)
    return serve(application, &request, now_ns);
  const char *why = association_refuse(&application->coap, message, error);
  return why == NULL ? 0 : discard(application, why);
}

/* Datagrams */

/* A message out of a record of a session. */
static int on_message(void *context, struct association *association, const uint8_t *data,
                      size_t length, uint64_t now_ns) {
  struct pana_application *application = context;
  struct association_request request;
  struct coap_message message;
  const enum coap_received received =
      coap_session_receive(association_coap(association), data, length, now_ns, &message);
  if (received == COAP_RECEIVED_RESPONSE)
    return take_response(application, &message);
  if (received == COAP_RECEIVED_RESET)
    pana_application_abandon(application, "reset");
  if (received != COAP_RECEIVED_REQUEST)
    return 0;
  const int error = association_verify_request(association, &message, &request);
  return error < 0 ? error : serve(application, &request, now_ns);
}

static void on_discarded(void *context, const char *why) {
  (void)discard(context, why);
}

static void look_for_failure(struct pana_application *application) {
  if (association_failure(&application->pair.current) == NULL)
    return;
  pana_application_abandon(application, "the association is closed");
  association_close(&application->pair.current);
}

static int read_session(struct pana_application *application, const struct node_datagram *datagram,
                        uint64_t now_ns) {
  const struct association_reader reader = {
      .context = application, .message = on_message, .discarded = on_discarded};
  const int result = association_pair_read(&application->pair, datagram, now_ns, &reader);
  look_for_failure(application);
  return result;
}

int pana_application_read(struct pana_application *application,
                          const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_message message;
  if (association_kind_is_none(application->options->association))
    return discard(application, "there is no association");
  if (association_kind_is_session(application->options->association))
    return read_session(application, datagram, now_ns);
  switch (coap_session_receive(&application->coap, datagram->data, datagram->length, now_ns,
                               &message)) {
  case COAP_RECEIVED_REQUEST:
    return take_request(application, &message, now_ns);
  case COAP_RECEIVED_RESPONSE:
    return take_response(application, &message);
  case COAP_RECEIVED_RESET: /* anybody can send one */
    return discard(application, "error without protection");
  default:
    return 0;
  }
}

int pana_application_settle(struct pana_application *application) {
  const int result = association_pair_seal(&application->pair);
  association_pair_note(&application->pair);
  return result;
}

int pana_application_write(struct pana_application *application, const struct node_address *local,
                           struct node_datagram *datagram, uint64_t now_ns) {
  if (association_kind_is_none(application->options->association))
    return 0;
  const struct association_kind *kind = application->options->association;
  datagram->source = association_address(kind, local);
  datagram->destination = association_address(kind, &application->remote);
  const int result = coap_session_write(&application->coap, datagram, now_ns);
  return result != 0 ? result
                     : association_pair_write(&application->pair, local, &application->remote,
                                              datagram, now_ns);
}

/* Time */

uint64_t pana_application_expiry(const struct pana_application *application) {
  if (association_kind_is_none(application->options->association))
    return NODE_NEVER;
  const uint64_t coap_ns = coap_session_expiry(&application->coap);
  const uint64_t pair_ns = association_pair_expiry(&application->pair);
  return coap_ns < pair_ns ? coap_ns : pair_ns;
}

int pana_application_handle_expiry(struct pana_application *application, uint64_t now_ns) {
  struct association_given_up given_up;
  if (association_kind_is_none(application->options->association))
    return 0;
  const bool silent = coap_session_handle_expiry(&application->coap, now_ns);
  const int result = association_pair_handle_expiry(&application->pair, now_ns, &given_up);
  if (silent || given_up.current)
    pana_application_abandon(application,
                             application->authenticator ? "peer-silent" : "authenticator-silent");
  look_for_failure(application);
  return result;
}

void pana_application_digest(const struct pana_application *application, struct digest *digest,
                             uint64_t now_ns) {
  if (association_kind_is_none(application->options->association))
    return;
  coap_session_digest(&application->coap, digest, now_ns);
  association_pair_digest(&application->pair, digest, now_ns);
  digest_u64(digest, application->requesting);
}
