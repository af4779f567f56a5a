/* The authenticator's backend: an EAP server inside, or EAP pass-through over RADIUS. */
#include "backend.h"

#include "backend_begin.h"

#include "../crypto/crypto.h"
#include "../eap/copy.h"
#include "../radius/answer.h"
#include "../radius/mppe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(EAP_KEY_LENGTH == (int)RADIUS_MSK_LENGTH, "an MSK travels as two MPPE keys");

/* Of one EAP-Request whose responses the AAA server ignores, as often as a lower layer would
 * retransmit it (RFC 3748 section 4.3). */
enum { REPEATS_MAX = 4 };

static bool backend_roots_init(struct aaa_backend *backend, struct erp_server *roots) {
  if (backend->eap.erp == NULL)
    return roots == NULL;
  backend->erp = roots;
  if (roots == NULL && erp_server_init(&backend->own_erp, backend->eap.erp, backend->hooks))
    backend->erp = &backend->own_erp;
  return backend->erp != NULL;
}

bool aaa_backend_init(struct aaa_backend *backend, const struct eap_server_config *eap,
                      const struct radius_client_config *radius, struct erp_server *roots,
                      const struct node_hooks *hooks) {
  *backend = (struct aaa_backend){.hooks = hooks, .eap = *eap, .remote = radius != NULL};
  if (radius == NULL)
    return backend_roots_init(backend, roots);
  return radius_client_config_valid(radius) && radius_client_init(&backend->client, radius, hooks);
}

void aaa_backend_deinit(struct aaa_backend *backend) {
  if (backend->remote)
    radius_client_deinit(&backend->client);
  else if (backend->erp == &backend->own_erp)
    erp_server_deinit(backend->erp);
}

int aaa_pass_through_begin(struct aaa_backend_session *session, uint8_t identifier,
                           const struct node_address *peer) {
  session->pass_through = calloc(1, sizeof *session->pass_through);
  if (session->pass_through == NULL)
    return NODE_ERR_EXHAUSTED;
  session->pass_through->identifier = identifier;
  session->pass_through->exchange.owner = session;
  session->pass_through->exchange.serves = *peer;
  return 0;
}

void aaa_session_begin(struct aaa_backend_session *session, void *owner) {
  *session =
      (struct aaa_backend_session){.owner = owner, .lifetime_s = AAA_BACKEND_LIFETIME_DEFAULT_S};
}

int aaa_backend_begin(struct aaa_backend *backend, struct aaa_backend_session *session,
                      uint8_t identifier, const struct node_address *peer, void *owner) {
  aaa_session_begin(session, owner);
  if (!backend->remote) {
    session->eap = calloc(1, sizeof *session->eap);
    if (session->eap == NULL)
      return NODE_ERR_EXHAUSTED;
    eap_server_init(session->eap, &backend->eap, backend->hooks, identifier);
    return 0;
  }
  return aaa_pass_through_begin(session, identifier, peer);
}

void aaa_backend_end(struct aaa_backend *backend, struct aaa_backend_session *session) {
  if (backend->remote && session->pass_through != NULL) {
    radius_client_cancel(&backend->client, &session->pass_through->exchange);
    crypto_wipe(session->pass_through, sizeof *session->pass_through);
    free(session->pass_through);
  } else if (session->reauthenticates && session->grant != NULL) {
    crypto_wipe(session->grant, sizeof *session->grant);
    free(session->grant);
  } else if (session->eap != NULL) {
    eap_server_wipe(session->eap);
    free(session->eap);
  }
  session->eap = NULL;
  session->reauthenticates = false;
  aaa_grant_free(aaa_backend_take_grant(session));
}

/* Pass-through: responses */

static enum aaa_backend_result backend_discard(struct aaa_backend_pass_through *through,
                                               const char *why) {
  through->reason = why;
  return AAA_BACKEND_DISCARD;
}

/* NULL, or why this response is not forwarded (RFC 3579 section 2.2: the header fields are the
 * authenticator's to check; of the contents, only the identity concerns it). */
static const char *check_response(const struct aaa_backend_pass_through *through,
                                  const struct eap_packet *response) {
  if (response->code != EAP_RESPONSE)
    return "packet that is not a Response";
  if (response->identifier != through->identifier)
    return "Response with a wrong identifier";
  if (!through->identified && response->type != EAP_TYPE_IDENTITY)
    return "Response that is not the Identity";
  if (!through->identified && response->data_length > sizeof through->user_name)
    return "identity too long for RADIUS";
  return NULL;
}

static enum aaa_backend_result forward(struct aaa_backend *backend,
                                       struct aaa_backend_session *session, const uint8_t *packet,
                                       size_t length) {
  struct aaa_backend_pass_through *through = session->pass_through;
  struct eap_packet response;
  if (eap_packet_parse(packet, length, &response) < 0)
    return backend_discard(through, "malformed EAP packet");
  const char *why = check_response(through, &response);
  if (why != NULL)
    return backend_discard(through, why);
  const uint8_t *name = through->identified ? through->user_name : response.data;
  const size_t name_length = through->identified ? through->user_name_length : response.data_length;

  struct span_writer request;
  radius_client_compose(&backend->client, name, name_length, &request);
  if (through->state_length > 0)
    radius_add(&request, RADIUS_STATE, through->state, through->state_length);
  radius_add_eap(&request, packet, (size_t)(response.data + response.data_length - packet));
  const int error = radius_client_send(&backend->client, &through->exchange, &request);
  if (error < 0)
    return backend_discard(through, error == NODE_ERR_TOO_LONG ? "EAP packet too long for RADIUS"
                                                               : node_error_name(error));
  if (!through->identified) {
    memcpy(through->user_name, name, name_length);
    through->user_name_length = name_length;
    through->identified = true;
  }
  return AAA_BACKEND_WAIT;
}

enum aaa_backend_result aaa_backend_respond(struct aaa_backend *backend,
                                            struct aaa_backend_session *session,
                                            const uint8_t *packet, size_t length,
                                            struct span_writer *out) {
  assert(!session->reauthenticates);
  if (backend->remote)
    return forward(backend, session, packet, length);
  switch (eap_server_process(session->eap, packet, length, out)) {
  case EAP_SERVER_REQUEST:
    return AAA_BACKEND_REQUEST;
  case EAP_SERVER_SUCCESS:
    return AAA_BACKEND_SUCCESS;
  case EAP_SERVER_FAILURE:
    return AAA_BACKEND_FAILURE;
  default:
    return AAA_BACKEND_DISCARD;
  }
}

/* Pass-through: answers. Where a packet for the peer does not come with the decision, the
 * authenticator has an EAP-Failure only. */

/* Why radius_answer_eap found none. */
static const char *why_no_eap(const struct radius_packet *answer, const char *why) {
  uint8_t octets[EAP_PACKET_MAX];
  return radius_eap_join(answer, octets, sizeof octets) == NODE_ERR_TOO_LONG
             ? "EAP packet longer than its MTU"
             : why;
}

static enum aaa_backend_result backend_fail(struct aaa_backend_pass_through *through,
                                            const char *why, struct span_writer *out) {
  const struct eap_packet failure = {.code = EAP_FAILURE, .identifier = through->identifier};
  const int error = eap_packet_compose(&failure, NULL, out);
  assert(error == 0);
  (void)error;
  through->reason = why;
  return AAA_BACKEND_FAILURE;
}

static void read_state(struct aaa_backend_pass_through *through,
                       const struct radius_packet *answer) {
  struct radius_attribute state;
  through->state_length = 0;
  if (!radius_attribute_find(answer, RADIUS_STATE, &state))
    return;
  memcpy(through->state, state.value, state.length);
  through->state_length = state.length;
}

/* Session-Timeout is a timer here, and not the keys' lifetime (RFC 3579 section 3.3, note 4). */
static enum aaa_backend_result on_challenge(struct aaa_backend_pass_through *through,
                                            const struct radius_packet *answer,
                                            struct span_writer *out) {
  uint8_t octets[EAP_PACKET_MAX];
  struct eap_packet request;
  uint32_t cause;
  if (through->initiated)
    return backend_fail(through, "Access-Challenge to an EAP-Initiate", out);
  if (!radius_answer_eap(answer, EAP_REQUEST, octets, &request))
    return backend_fail(through, why_no_eap(answer, "Access-Challenge without EAP-Request"), out);
  const bool ignored = radius_attribute_number(answer, RADIUS_ERROR_CAUSE, &cause) &&
                       cause == RADIUS_ERROR_INVALID_EAP && through->challenged &&
                       request.identifier == through->identifier;
  if (ignored && through->repeats == REPEATS_MAX)
    return backend_fail(through, "responses ignored by the AAA server", out);
  through->repeats = ignored ? through->repeats + 1 : 0;
  through->challenged = true;
  through->identifier = request.identifier;
  read_state(through, answer);
  eap_packet_copy(&request, octets, out);
  return ignored ? AAA_BACKEND_REPEAT : AAA_BACKEND_REQUEST;
}

static void read_lifetime(struct aaa_backend_session *session, const struct radius_packet *answer) {
  uint32_t seconds, action;
  if (!radius_attribute_number(answer, RADIUS_SESSION_TIMEOUT, &seconds) || seconds == 0)
    return;
  session->lifetime_s = seconds;
  session->lifetime_is_set = true;
  session->renews = radius_attribute_number(answer, RADIUS_TERMINATION_ACTION, &action) &&
                    action == RADIUS_TERMINATION_REQUEST;
}

/* What cannot be applied comes too late for EAP: the peer, whose method has succeeded, discards the
 * EAP-Failure (RFC 3748 section 4.2). */
static enum aaa_backend_result on_accept(const struct aaa_backend *backend,
                                         struct aaa_backend_session *session,
                                         const struct radius_packet *answer,
                                         struct span_writer *out) {
  struct aaa_backend_pass_through *through = session->pass_through;
  uint8_t octets[EAP_PACKET_MAX];
  struct eap_packet success;
  if (through->initiated &&
      !radius_answer_finish(answer, through->identifier, false, octets, &success))
    return backend_fail(through, why_no_eap(answer, "Access-Accept without EAP-Finish"), out);
  if (!through->initiated && !radius_answer_eap(answer, EAP_SUCCESS, octets, &success))
    return backend_fail(through, why_no_eap(answer, "Access-Accept without EAP-Success"), out);
  if (radius_mppe_find(answer, through->exchange.authenticator, &backend->client.config.secret,
                       through->msk) < 0)
    return backend_fail(through, "Access-Accept without keys", out);
  const struct radius_client_config *config = &backend->client.config;
  const char *fault = aaa_grant_read(answer, config->filters, config->filter_count, backend->suites,
                                     &session->granted);
  if (fault != NULL) {
    crypto_wipe(through->msk, sizeof through->msk);
    return backend_fail(through, fault, out);
  }
  struct radius_attribute name;
  if (radius_attribute_find(answer, RADIUS_USER_NAME, &name)) {
    through->user_name_length = name.length;
    memcpy(through->user_name, name.value, name.length);
  }
  read_lifetime(session, answer);
  through->accepted = true;
  eap_packet_copy(&success, octets, out);
  return AAA_BACKEND_SUCCESS;
}

/* An EAP-Failure that does not answer the peer's last response is as good as none: the peer would
 * discard it (RFC 3748 section 4.2; hostapd sends such a one for an unknown user). */
static enum aaa_backend_result on_reject(struct aaa_backend_pass_through *through,
                                         const struct radius_packet *answer,
                                         struct span_writer *out) {
  uint8_t octets[EAP_PACKET_MAX];
  struct eap_packet failure;
  const bool finish = through->initiated &&
                      radius_answer_finish(answer, through->identifier, true, octets, &failure);
  if (!finish && (!radius_answer_eap(answer, EAP_FAILURE, octets, &failure) ||
                  failure.identifier != through->identifier))
    return backend_fail(through, "Access-Reject", out);
  eap_packet_copy(&failure, octets, out);
  through->reason = "Access-Reject";
  return AAA_BACKEND_FAILURE;
}

void *aaa_backend_receive(struct aaa_backend *backend, const struct node_datagram *datagram,
                          enum aaa_backend_result *result, struct span_writer *out,
                          const char **why) {
  struct radius_packet answer;
  struct radius_exchange *exchange =
      radius_client_receive(&backend->client, datagram, &answer, why);
  if (exchange == NULL)
    return NULL;
  struct aaa_backend_session *session = exchange->owner;
  switch (answer.code) {
  case RADIUS_ACCESS_CHALLENGE:
    *result = on_challenge(session->pass_through, &answer, out);
    break;
  case RADIUS_ACCESS_ACCEPT:
    *result = on_accept(backend, session, &answer, out);
    break;
  default:
    *result = on_reject(session->pass_through, &answer, out);
    break;
  }
  return session->owner;
}

/* Results */

int aaa_backend_msk(const struct aaa_backend *backend, const struct aaa_backend_session *session,
                    uint8_t msk[EAP_KEY_LENGTH]) {
  if (backend->remote) {
    if (!session->pass_through->accepted)
      return NODE_ERR_BAD_STATE;
    memcpy(msk, session->pass_through->msk, EAP_KEY_LENGTH);
    return 0;
  }
  if (session->reauthenticates) {
    if (session->grant == NULL)
      return NODE_ERR_BAD_STATE;
    memcpy(msk, session->grant->rmsk, EAP_KEY_LENGTH);
    return 0;
  }
  struct eap_keys keys = {0};
  const int error = eap_server_keys(session->eap, &keys);
  if (error == 0)
    memcpy(msk, keys.msk, EAP_KEY_LENGTH);
  crypto_wipe(&keys, sizeof keys);
  return error;
}

struct aaa_grant *aaa_backend_take_grant(struct aaa_backend_session *session) {
  struct aaa_grant *grant = session->granted;
  session->granted = NULL;
  return grant;
}

struct aaa_cipher_suite aaa_backend_suite(const struct aaa_backend_session *session) {
  return session->granted == NULL ? (struct aaa_cipher_suite){.kind = AAA_SUITE_NONE}
                                  : session->granted->suite;
}

bool aaa_backend_name(const struct aaa_backend *backend, const struct aaa_backend_session *session,
                      struct eap_name *name) {
  if (!backend->remote && session->reauthenticates) {
    if (session->grant != NULL)
      *name = session->grant->user;
    return session->grant != NULL;
  }
  if (!backend->remote)
    return eap_server_name(session->eap, name);
  const struct aaa_backend_pass_through *through = session->pass_through;
  if (!through->accepted)
    return false;
  name->length = through->user_name_length;
  memcpy(name->octets, through->user_name, name->length);
  return true;
}

const char *aaa_backend_reason(const struct aaa_backend *backend,
                               const struct aaa_backend_session *session) {
  if (!backend->remote)
    return session->reauthenticates ? erp_server_reason(backend->erp)
                                    : eap_server_reason(session->eap);
  return session->pass_through->reason == NULL ? "" : session->pass_through->reason;
}

/* The AAA server's side of the node contract */

bool aaa_backend_is_for(const struct aaa_backend *backend, const struct node_address *destination) {
  return backend->remote && radius_client_is_for(&backend->client, destination);
}

int aaa_backend_write(struct aaa_backend *backend, struct node_datagram *datagram,
                      uint64_t now_ns) {
  return backend->remote ? radius_client_write(&backend->client, datagram, now_ns) : 0;
}

uint64_t aaa_backend_expiry(const struct aaa_backend *backend) {
  return backend->remote ? radius_client_expiry(&backend->client) : NODE_NEVER;
}

void *aaa_backend_handle_expiry(struct aaa_backend *backend, uint64_t now_ns) {
  if (!backend->remote)
    return NULL;
  const struct radius_exchange *exchange = radius_client_handle_expiry(&backend->client, now_ns);
  return exchange == NULL ? NULL : ((const struct aaa_backend_session *)exchange->owner)->owner;
}

struct radius_client_load aaa_backend_load(const struct aaa_backend *backend) {
  return backend->remote ? backend->client.load : (struct radius_client_load){.requests = 0};
}

void aaa_backend_session_digest(const struct aaa_backend *backend,
                                const struct aaa_backend_session *session, struct digest *digest) {
  assert(!backend->remote);
  digest_u64(digest, session->reauthenticates);
  if (session->eap == NULL) /* nothing has begun, or it says no */
    return;
  if (!session->reauthenticates)
    eap_server_digest(session->eap, digest);
  else
    digest_octets(digest, session->grant->rmsk, sizeof session->grant->rmsk);
}

void aaa_backend_digest(const struct aaa_backend *backend, struct digest *digest) {
  if (backend->erp != NULL)
    erp_server_digest(backend->erp, digest);
}
