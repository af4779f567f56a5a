/* OSCORE or DTLS beneath the messages of an association. */
#include "association.h"

#include "../crypto/crypto.h"
#include "application.h"

#include <stdlib.h>
#include <string.h>

struct coap_eap_secure {
  struct dtls *dtls;
  struct coap_session coap;
};

/* Opening */

static int open_oscore(struct coap_eap_association *association,
                       const struct coap_eap_association_config *config,
                       struct coap_session *coap) {
  struct coap_eap_master master = {0};
  const bool with_identity = config->options->id_context_is_identity;
  int result = coap_eap_derive_master(config->msk, association->hooks, &master);
  if (result == 0)
    result = coap_eap_derive_context(&master, config->side, with_identity ? config->identity : NULL,
                                     with_identity ? config->identity_length : 0,
                                     association->hooks, &association->context);
  if (result == 0) {
    association->coap = coap;
    node_event_key(association->hooks, &config->remote, "OSCORE", (const uint8_t *)&master,
                   sizeof master);
  }
  crypto_wipe(&master, sizeof master);
  return result;
}

/* Appendix A.1: the derived octets, followed by the token's. */
static int open_dtls(struct coap_eap_association *association,
                     const struct coap_eap_association_config *config, uint64_t now_ns) {
  uint8_t psk[COAP_EAP_DTLS_PSK_LENGTH + COAP_TOKEN_MAX];
  const size_t psk_length = COAP_EAP_DTLS_PSK_LENGTH + config->token_length;
  struct coap_eap_secure *secure = calloc(1, sizeof *secure);
  if (secure == NULL)
    return NODE_ERR_EXHAUSTED;
  int result = coap_eap_derive_dtls_psk(config->msk, association->hooks, psk);
  memcpy(psk + COAP_EAP_DTLS_PSK_LENGTH, config->token, config->token_length);
  if (result == 0) {
    const struct coap_eap_dtls_options *options = &config->options->dtls;
    const struct dtls_config dtls = {.client = config->side == COAP_EAP_SIDE_AUTHENTICATOR,
                                     .remote = coap_eap_secure_address(&config->remote),
                                     .psk = psk,
                                     .psk_length = psk_length,
                                     .identity = config->identity,
                                     .identity_length = config->identity_length,
                                     .cookie = options->cookie,
                                     .timeout_ms = options->timeout_ms,
                                     .timeout_max_ms = options->timeout_max_ms,
                                     .mtu = options->mtu};
    secure->dtls = dtls_create(&dtls, association->hooks, now_ns);
    result = secure->dtls == NULL ? NODE_ERR_EXHAUSTED : 0;
  }
  if (result == 0) {
    coap_session_init(&secure->coap, &config->options->coap, association->hooks);
    association->coap = &secure->coap;
    association->secure = secure;
    node_event_key(association->hooks, &config->remote, "DTLS", psk, psk_length);
  } else {
    free(secure);
  }
  crypto_wipe(psk, sizeof psk);
  return result;
}

int coap_eap_association_open(struct coap_eap_association *association,
                              const struct coap_eap_association_config *config,
                              struct coap_session *coap, const struct node_hooks *hooks,
                              uint64_t now_ns) {
  coap_eap_association_close(association);
  association->hooks = hooks;
  const int result = config->options->association == COAP_EAP_ASSOCIATION_OSCORE
                         ? open_oscore(association, config, coap)
                         : open_dtls(association, config, now_ns);
  association->open = result == 0;
  return result;
}

void coap_eap_association_close(struct coap_eap_association *association) {
  if (association->secure != NULL) {
    dtls_destroy(association->secure->dtls);
    crypto_wipe(association->secure, sizeof *association->secure);
    free(association->secure);
  }
  crypto_wipe(association, sizeof *association);
}

bool coap_eap_association_ready(const struct coap_eap_association *association) {
  return association->open &&
         (association->secure == NULL || dtls_state(association->secure->dtls) == DTLS_ESTABLISHED);
}

const char *coap_eap_association_failure(const struct coap_eap_association *association) {
  const bool failed =
      association->secure != NULL && dtls_state(association->secure->dtls) == DTLS_FAILED;
  return failed ? dtls_reason(association->secure->dtls) : NULL;
}

/* As client */

int coap_eap_association_request(struct coap_eap_association *association,
                                 struct coap_message *request, const char *label) {
  if (association->secure != NULL)
    return coap_session_request(association->coap, request, label);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result =
      oscore_protect_request(&association->context, association->hooks, request, buffer,
                             sizeof buffer, &spans, &outer, &association->binding);
  return result < 0 ? result : coap_session_request(association->coap, &outer, label);
}

int coap_eap_association_verify_response(struct coap_eap_association *association,
                                         const struct coap_message *message, uint8_t *buffer,
                                         struct coap_message *plain) {
  if (association->secure == NULL)
    return oscore_unprotect_response(&association->context, association->hooks, message,
                                     &association->binding, buffer, NODE_DATAGRAM_MAX, plain);
  *plain = *message;
  return 0;
}

/* As server */

int coap_eap_association_verify_request(struct coap_eap_association *association,
                                        const struct coap_message *message,
                                        struct coap_eap_protected_request *request) {
  request->outer = message;
  if (association->secure == NULL)
    return oscore_unprotect_request(&association->context, association->hooks, message,
                                    request->buffer, sizeof request->buffer, &request->plain,
                                    &request->binding);
  request->plain = *message;
  return 0;
}

const char *coap_eap_association_refuse(struct coap_session *coap,
                                        const struct coap_message *message, int error) {
  static const struct {
    int error;
    uint8_t code;
    const char *label;
  } refusals[] = {
      {NODE_ERR_MALFORMED, COAP_CODE_BAD_OPTION, "4.02 Bad Option"},
      {NODE_ERR_UNKNOWN, COAP_CODE_UNAUTHORIZED, "4.01 Unauthorized"},
      {NODE_ERR_VERIFY, COAP_CODE_BAD_REQUEST, "4.00 Bad Request"},
  };
  for (size_t i = 0; i < sizeof refusals / sizeof refusals[0]; i++)
    if (refusals[i].error == error &&
        coap_session_reject(coap, message, refusals[i].code, refusals[i].label) == 0)
      return NULL;
  return error == NODE_ERR_REPLAY ? "OSCORE: replayed" : "OSCORE: request cannot be verified";
}

int coap_eap_association_respond(struct coap_eap_association *association,
                                 const struct coap_eap_protected_request *request,
                                 struct coap_message *response, const char *label,
                                 uint64_t now_ns) {
  if (association->secure != NULL)
    return coap_session_respond(association->coap, request->outer, response, label, now_ns);
  uint8_t buffer[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct coap_message outer;
  const int result =
      oscore_protect_response(&association->context, association->hooks, response, false,
                              &request->binding, buffer, sizeof buffer, &spans, &outer);
  return result < 0
             ? result
             : coap_session_respond(association->coap, request->outer, &outer, label, now_ns);
}

/* DTLS datagrams */

size_t coap_eap_record_length(const uint8_t *data, size_t length) {
  enum { HEADER_LENGTH = 13 }; /* RFC 6347 section 4.1: the last two octets are a length */
  if (length < HEADER_LENGTH)
    return length;
  const size_t record = HEADER_LENGTH + ((size_t)data[11] << 8 | data[12]);
  return record < length ? record : length;
}

struct delivery {
  uint8_t *plain;
  size_t length;
};

static void deliver(void *context, const uint8_t *plain, size_t length) {
  struct delivery *delivery = context;
  memcpy(delivery->plain, plain, length);
  delivery->length = length;
}

struct coap_eap_association *
coap_eap_association_receive(struct coap_eap_association *const *associations, size_t count,
                             const uint8_t *record, size_t length, uint64_t now_ns, uint8_t *plain,
                             size_t *plain_length, const char **why) {
  const bool application = dtls_is_application_data(record, length);
  *why = application ? "DTLS record does not verify" : "DTLS without a key";
  for (size_t i = 0; i < count; i++) {
    struct coap_eap_association *association = associations[i];
    if (association->secure == NULL || (application && !coap_eap_association_ready(association)))
      continue;
    struct delivery delivery = {.plain = plain};
    const int taken =
        dtls_receive(association->secure->dtls, record, length, now_ns, deliver, &delivery);
    *plain_length = delivery.length;
    if (!application)
      *why = NULL;
    if (taken > 0 || !application)
      return taken > 0 ? association : NULL;
  }
  return NULL;
}

int coap_eap_association_write(struct coap_eap_association *association,
                               struct node_datagram *datagram, uint64_t now_ns) {
  if (association->secure == NULL)
    return 0;
  int result = dtls_write(association->secure->dtls, datagram, now_ns);
  if (result != 0 || !coap_eap_association_ready(association))
    return result;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_datagram plain = {.data = data, .capacity = sizeof data};
  result = coap_session_write(association->coap, &plain, now_ns);
  if (result != 1)
    return result;
  datagram->label = plain.label;
  datagram->copy = plain.copy;
  datagram->application = coap_eap_application_is(coap_session_subject(association->coap));
  result = dtls_protect(association->secure->dtls, data, plain.length, &plain.spans, datagram);
  return result < 0 ? result : 1;
}

/* Where the session has failed, what is outstanding under it waits for nothing. */
uint64_t coap_eap_association_expiry(const struct coap_eap_association *association) {
  if (association->secure == NULL)
    return NODE_NEVER;
  return coap_eap_association_ready(association) ? coap_session_expiry(association->coap)
                                                 : dtls_expiry(association->secure->dtls);
}

int coap_eap_association_handle_expiry(struct coap_eap_association *association, uint64_t now_ns,
                                       bool *given_up) {
  *given_up = false;
  if (association->secure == NULL)
    return 0;
  *given_up = coap_session_handle_expiry(association->coap, now_ns);
  return dtls_handle_expiry(association->secure->dtls, now_ns);
}

/* State */

size_t coap_eap_association_bytes(const struct coap_eap_association *association) {
  if (!association->open)
    return 0;
  return association->secure == NULL ? sizeof association->context
                                     : dtls_state_bytes(association->secure->dtls);
}

size_t coap_eap_association_bytes_peak(const struct coap_eap_association *association) {
  if (!association->open)
    return 0;
  return association->secure == NULL ? sizeof association->context
                                     : dtls_state_bytes_peak(association->secure->dtls);
}

void coap_eap_association_digest(const struct coap_eap_association *association,
                                 struct digest *digest, uint64_t now_ns) {
  digest_u64(digest, association->open);
  if (!association->open)
    return;
  if (association->secure == NULL) {
    oscore_context_digest(&association->context, digest);
    digest_octets(digest, association->binding.piv, association->binding.piv_length);
    return;
  }
  coap_session_digest(association->coap, digest, now_ns);
  dtls_digest(association->secure->dtls, digest, now_ns);
}
