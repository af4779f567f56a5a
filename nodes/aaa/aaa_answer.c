/* The AAA server's answers. */
#include "aaa_role.h"

#include "../radius/mppe.h"

#include <assert.h>

int aaa_discard(const struct aaa *aaa, enum node_phase phase, const struct node_address *remote,
                const char *why) {
  node_event(aaa->hooks, phase, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

static int aaa_send(struct aaa *aaa, const struct aaa_request *request, struct span_writer *out) {
  return radius_server_send(&aaa->radius, request->conversation, out, request->now_ns);
}

/* It fits beside what Proxy-State a request has room for, if not always with the EAP packet. */
int aaa_reject(struct aaa *aaa, const struct aaa_request *request, const uint8_t *failure,
               size_t length, const char *why) {
  struct radius_conversation *conversation = request->conversation;
  node_event(aaa->hooks, conversation->purpose, NODE_EVENT_FAILED, &conversation->source, why);
  struct span_writer out = {.overflow = true};
  for (size_t octets = length; out.overflow; octets = 0) {
    radius_server_compose(&aaa->radius, conversation, &request->packet, RADIUS_ACCESS_REJECT, &out);
    if (octets > 0)
      radius_add_eap(&out, failure, octets);
    assert(octets > 0 || !out.overflow);
  }
  return aaa_send(aaa, request, &out);
}

int aaa_refuse(struct aaa *aaa, const struct aaa_request *request, const char *why) {
  const uint8_t failure[EAP_HEADER_LENGTH] = {EAP_FAILURE, request->eap[1], 0, EAP_HEADER_LENGTH};
  const bool has_identifier = request->eap_length >= 2 || request->eap_length == NODE_ERR_TOO_LONG;
  return aaa_reject(aaa, request, failure, has_identifier ? sizeof failure : 0, why);
}

/* Why an answer does not fit: all others have an EAP packet, a name, a State, two keys and two
 * numbers. */
static const char TOO_MUCH_PROXY_STATE[] = "no room for the answer beside Proxy-State";

int aaa_challenge(struct aaa *aaa, const struct aaa_request *request, const uint8_t *eap,
                  size_t length, bool ignored) {
  struct span_writer out;
  radius_server_compose(&aaa->radius, request->conversation, &request->packet,
                        RADIUS_ACCESS_CHALLENGE, &out);
  radius_add_eap(&out, eap, length);
  if (ignored)
    radius_add_number(&out, RADIUS_ERROR_CAUSE, RADIUS_ERROR_INVALID_EAP);
  return out.overflow ? aaa_refuse(aaa, request, TOO_MUCH_PROXY_STATE)
                      : aaa_send(aaa, request, &out);
}

/* The Access-Accept, but for its seal. */
static int aaa_compose_accept(struct aaa *aaa, const struct aaa_request *request,
                              const struct aaa_decision *decision, struct span_writer *out) {
  const struct radius_conversation *conversation = request->conversation;
  radius_server_compose(&aaa->radius, request->conversation, &request->packet, RADIUS_ACCESS_ACCEPT,
                        out);
  if (decision->name->length > 0 && !decision->to_key_client)
    radius_add(out, RADIUS_USER_NAME, decision->name->octets, decision->name->length);
  if (decision->eap != NULL)
    radius_add_eap(out, decision->eap->data, decision->eap->length);
  const int error = radius_mppe_add(out, decision->msk, conversation->request_authenticator,
                                    conversation->secret, aaa->hooks);
  if (decision->session_timeout_s > 0)
    radius_add_number(out, RADIUS_SESSION_TIMEOUT, decision->session_timeout_s);
  if (decision->session_timeout_s > 0 && aaa->config.reauthenticates && !decision->to_key_client)
    radius_add_number(out, RADIUS_TERMINATION_ACTION, RADIUS_TERMINATION_REQUEST);
  return error;
}

/* Adds what is granted to this name. False: it does not fit. */
static bool aaa_add_authorization(const struct aaa *aaa, const struct eap_name *name,
                                  struct span_writer *out) {
  const struct aaa_config *config = &aaa->config;
  const struct aaa_authorization *authorization =
      config->authorize == NULL ? NULL : config->authorize(config->authorize_context, name);
  if (authorization == NULL)
    return true;
  aaa_authorization_add(authorization, out);
  return !out->overflow && (config->answer_max == 0 || out->length <= config->answer_max);
}

int aaa_accept(struct aaa *aaa, const struct aaa_request *request,
               const struct aaa_decision *decision) {
  const struct node_address *client = &request->conversation->source;
  const enum node_phase phase = request->conversation->purpose;
  struct span_writer out;
  const int error = aaa_compose_accept(aaa, request, decision, &out);
  if (error < 0)
    return error;
  if (out.overflow)
    return aaa_refuse(aaa, request, TOO_MUCH_PROXY_STATE);
  if (!decision->to_key_client && !aaa_add_authorization(aaa, decision->name, &out))
    return aaa_refuse(aaa, request, "no room for the authorization");
  node_event_key(aaa->hooks, phase, client, decision->key_label, decision->key_name, decision->msk,
                 EAP_KEY_LENGTH);
  node_event_confirmed(aaa->hooks, phase, client, "Access-Accept", decision->name->octets,
                       decision->name->length);
  return aaa_send(aaa, request, &out);
}
