/* The AAA server's role: what the EAP server says becomes the answer to an Access-Request. */
#include "aaa.h"

#include "../crypto/crypto.h"
#include "../eap/erp_server.h"
#include "../radius/mppe.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct aaa {
  struct node node;
  struct aaa_config config;
  const struct node_hooks *hooks;
  struct radius_server radius;
  struct erp_server erp; /* with config.eap.erp */
};

/* A verified request and the EAP packet in it. */
struct aaa_request {
  struct radius_conversation *conversation;
  struct radius_packet packet;
  uint64_t now_ns;
  uint8_t eap[EAP_PACKET_MAX];
  int eap_length; /* or a negative node_error */
};

static int aaa_discard(const struct aaa *aaa, const struct node_address *remote, const char *why) {
  node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DISCARDED, remote, why);
  return 0;
}

/* Answers */

static int aaa_send(struct aaa *aaa, const struct aaa_request *request, struct span_writer *out) {
  return radius_server_send(&aaa->radius, request->conversation, out, request->now_ns);
}

/* Rejects with this EAP-Failure, or without one where there is no EAP packet that it could answer.
 * It fits beside what Proxy-State a request has room for, if not always with the EAP-Failure. */
static int aaa_reject(struct aaa *aaa, const struct aaa_request *request, const uint8_t *failure,
                      size_t length, const char *why) {
  struct radius_conversation *conversation = request->conversation;
  node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_FAILED, &conversation->source, why);
  struct span_writer out = {.overflow = true};
  for (size_t octets = length; out.overflow; octets = 0) {
    radius_server_compose(&aaa->radius, conversation, &request->packet, RADIUS_ACCESS_REJECT, &out);
    if (octets > 0)
      radius_add_eap(&out, failure, octets);
    assert(octets > 0 || !out.overflow);
  }
  return aaa_send(aaa, request, &out);
}

/* Rejects with an EAP-Failure of the request's own identifier: what never reached an EAP server,
 * and that whose answer would be too long. */
static int aaa_refuse(struct aaa *aaa, const struct aaa_request *request, const char *why) {
  const uint8_t failure[EAP_HEADER_LENGTH] = {EAP_FAILURE, request->eap[1], 0, EAP_HEADER_LENGTH};
  const bool has_identifier = request->eap_length >= 2 || request->eap_length == NODE_ERR_TOO_LONG;
  return aaa_reject(aaa, request, failure, has_identifier ? sizeof failure : 0, why);
}

/* Why an answer does not fit: all others have an EAP packet, a name, a State, two keys and two
 * numbers. */
static const char TOO_MUCH_PROXY_STATE[] = "no room for the answer beside Proxy-State";

static int aaa_challenge(struct aaa *aaa, const struct aaa_request *request, const uint8_t *eap,
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

/* What an Access-Accept says; pointers are the caller's. */
struct aaa_decision {
  const struct span_writer *eap; /* EAP-Success, EAP-Finish */
  const uint8_t *msk;            /* or rMSK */
  const char *key_name;          /* "msk" */
  const struct eap_name *name;   /* who the peer has proved to be, whatever the request called it */
  uint32_t session_timeout_s;    /* 0: none */
};

/* The Access-Accept, but for its seal. */
static int aaa_compose_accept(struct aaa *aaa, const struct aaa_request *request,
                              const struct aaa_decision *decision, struct span_writer *out) {
  const struct radius_conversation *conversation = request->conversation;
  radius_server_compose(&aaa->radius, request->conversation, &request->packet, RADIUS_ACCESS_ACCEPT,
                        out);
  if (decision->name->length > 0)
    radius_add(out, RADIUS_USER_NAME, decision->name->octets, decision->name->length);
  radius_add_eap(out, decision->eap->data, decision->eap->length);
  const int error = radius_mppe_add(out, decision->msk, conversation->request_authenticator,
                                    conversation->secret, aaa->hooks);
  if (decision->session_timeout_s > 0)
    radius_add_number(out, RADIUS_SESSION_TIMEOUT, decision->session_timeout_s);
  if (decision->session_timeout_s > 0 && aaa->config.reauthenticates)
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

static int aaa_accept(struct aaa *aaa, const struct aaa_request *request,
                      const struct aaa_decision *decision) {
  const struct node_address *client = &request->conversation->source;
  struct span_writer out;
  const int error = aaa_compose_accept(aaa, request, decision, &out);
  if (error < 0)
    return error;
  if (out.overflow)
    return aaa_refuse(aaa, request, TOO_MUCH_PROXY_STATE);
  if (!aaa_add_authorization(aaa, decision->name, &out))
    return aaa_refuse(aaa, request, "no room for the authorization");
  node_event_key(aaa->hooks, NODE_PHASE_AUTHENTICATION, client, "MSK", decision->key_name,
                 decision->msk, EAP_KEY_LENGTH);
  node_event_confirmed(aaa->hooks, NODE_PHASE_AUTHENTICATION, client, "Access-Accept",
                       decision->name->octets, decision->name->length);
  return aaa_send(aaa, request, &out);
}

/* RFC 6696 section 5.1: what a full authentication leaves. Without it the peer is as authenticated
 * as with it, and has another full one next time. */
static void aaa_keep_root(struct aaa *aaa, const struct aaa_request *request,
                          const struct eap_keys *keys, const struct eap_name *name) {
  struct eap_session_id session;
  if (aaa->config.eap.erp == NULL ||
      eap_server_session_id(request->conversation->eap, &session) < 0)
    return;
  if (erp_server_add(&aaa->erp, keys->emsk, &session, name, request->now_ns) < 0)
    (void)aaa_discard(aaa, &request->conversation->source, "no key kept for re-authentication");
}

static int aaa_accept_success(struct aaa *aaa, const struct aaa_request *request,
                              const struct span_writer *success) {
  struct eap_keys keys;
  struct eap_name name = {.length = 0};
  int error = eap_server_keys(request->conversation->eap, &keys);
  if (error < 0)
    return error;
  if (!eap_server_name(request->conversation->eap, &name))
    name.length = 0;
  const struct aaa_decision decision = {.eap = success,
                                        .msk = keys.msk,
                                        .key_name = "msk",
                                        .name = &name,
                                        .session_timeout_s = aaa->config.session_timeout_s};
  aaa_keep_root(aaa, request, &keys, &name);
  error = aaa_accept(aaa, request, &decision);
  crypto_wipe(&keys, sizeof keys);
  return error;
}

/* Requests */

/* Hands the EAP packet to the conversation's EAP server. What that discards is answered with the
 * last EAP-Request once more (RFC 3579 section 2.2); where there is none, the peer is rejected. */
static int run_eap(struct aaa *aaa, const struct aaa_request *request) {
  struct radius_conversation *conversation = request->conversation;
  uint8_t data[EAP_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  const size_t length = (size_t)request->eap_length;
  const enum eap_server_result result =
      eap_server_process(conversation->eap, request->eap, length, &out);
  if (result == EAP_SERVER_DISCARD) {
    const char *why = eap_server_reason(conversation->eap);
    const size_t last = radius_server_last_request(conversation, data, sizeof data);
    if (last == 0)
      return aaa_refuse(aaa, request, why);
    (void)aaa_discard(aaa, &conversation->source, why);
    return aaa_challenge(aaa, request, data, last, true);
  }
  node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DELIVERED, &conversation->source,
             eap_label(&conversation->labels, request->eap, length));
  (void)eap_label(&conversation->labels, out.data, out.length);
  switch (result) {
  case EAP_SERVER_SUCCESS:
    return aaa_accept_success(aaa, request, &out);
  case EAP_SERVER_FAILURE:
    return aaa_reject(aaa, request, out.data, out.length, eap_server_reason(conversation->eap));
  default:
    return aaa_challenge(aaa, request, out.data, out.length, false);
  }
}

/* Re-authentication */

/* Whether User-Name, where there is one, is the keyName-NAI (RFC 6696 section 5.2). */
static bool is_named_after_key(const struct aaa_request *request) {
  struct radius_attribute user;
  struct erp_packet head;
  return erp_packet_parse_head(request->eap, (size_t)request->eap_length, &head) < 0 ||
         !radius_attribute_find(&request->packet, RADIUS_USER_NAME, &user) ||
         (user.length == head.attributes[ERP_KEY_NAME_NAI].length &&
          memcmp(user.value, head.attributes[ERP_KEY_NAME_NAI].octets, user.length) == 0);
}

/* Session-Timeout, where the authenticator would not come to it by itself. */
static uint32_t aaa_rmsk_timeout_s(const struct aaa *aaa, const struct erp_grant *grant) {
  const uint32_t configured_s = aaa->config.session_timeout_s;
  if (configured_s == 0)
    return grant->lifetime_s < ERP_LIFETIME_DEFAULT_S ? grant->lifetime_s : 0;
  return grant->lifetime_s < configured_s ? grant->lifetime_s : configured_s;
}

static int aaa_accept_finish(struct aaa *aaa, const struct aaa_request *request,
                             const struct span_writer *finish, const struct erp_grant *grant) {
  const struct aaa_decision decision = {.eap = finish,
                                        .msk = grant->rmsk,
                                        .key_name = "rmsk",
                                        .name = &grant->user,
                                        .session_timeout_s = aaa_rmsk_timeout_s(aaa, grant)};
  return aaa_accept(aaa, request, &decision);
}

static int run_erp(struct aaa *aaa, const struct aaa_request *request) {
  const struct radius_conversation *conversation = request->conversation;
  const size_t length = (size_t)request->eap_length;
  uint8_t data[EAP_PACKET_MAX];
  struct radius_attribute nas = {0};
  struct span_writer out;
  struct erp_grant grant;
  if (aaa->config.eap.erp == NULL)
    return aaa_refuse(aaa, request, "re-authentication, of which there is none here");
  if (!is_named_after_key(request))
    return aaa_refuse(aaa, request, "User-Name that is not the keyName-NAI");
  (void)radius_attribute_find(&request->packet, RADIUS_NAS_IDENTIFIER, &nas);
  const struct erp_value name = {nas.value, nas.length};
  span_writer_init(&out, data, sizeof data, NULL);
  const enum erp_server_result result =
      erp_server_process(&aaa->erp, request->eap, length, name.octets == NULL ? NULL : &name,
                         request->now_ns, &grant, &out);
  if (result == ERP_SERVER_DISCARD)
    return aaa_refuse(aaa, request, erp_server_reason(&aaa->erp));
  node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_DELIVERED, &conversation->source,
             eap_packet_label(request->eap, length));
  if (result == ERP_SERVER_FAILURE)
    return aaa_reject(aaa, request, out.data, out.length, erp_server_reason(&aaa->erp));
  const int error = aaa_accept_finish(aaa, request, &out, &grant);
  crypto_wipe(&grant, sizeof grant);
  return error;
}

/* RFC 3579 section 2.1: an EAP-Start is answered with the Identity request, for an authenticator
 * that does not make it itself. */
static int aaa_begin(struct aaa *aaa, struct aaa_request *request) {
  struct radius_conversation *conversation = request->conversation;
  node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_STARTED, &conversation->source,
             "Access-Request");
  const bool start = request->eap_length == 0;
  struct eap_packet first;
  if (start)
    request->eap[1] = (uint8_t)node_random_below(aaa->hooks, 256);
  else if (eap_packet_parse(request->eap, (size_t)request->eap_length, &first) < 0)
    return aaa_refuse(aaa, request, "malformed EAP packet");
  else if (first.code == EAP_INITIATE)
    return run_erp(aaa, request);
  eap_server_init(conversation->eap, &aaa->config.eap, aaa->hooks, request->eap[1]);
  if (!start)
    return run_eap(aaa, request);
  uint8_t data[EAP_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  const int error = eap_server_identity_request(request->eap[1], &out);
  return error < 0 ? error : aaa_challenge(aaa, request, out.data, out.length, false);
}

static int handle(struct aaa *aaa, enum radius_server_result result, struct aaa_request *request) {
  request->eap_length = radius_eap_join(&request->packet, request->eap, sizeof request->eap);
  if (result == RADIUS_SERVER_UNKNOWN)
    return aaa_refuse(aaa, request, "unknown State");
  if (request->eap_length == NODE_ERR_UNKNOWN)
    return aaa_refuse(aaa, request, "Access-Request without EAP-Message");
  if (request->eap_length == NODE_ERR_TOO_LONG)
    return aaa_refuse(aaa, request, "EAP packet longer than its MTU");
  if (request->eap_length < 0)
    return aaa_refuse(aaa, request, "malformed EAP packet");
  return result == RADIUS_SERVER_NEW ? aaa_begin(aaa, request) : run_eap(aaa, request);
}

/* The node contract */

static const struct node_ops AAA_OPS;

/* The node that a function of the contract was given. */
static struct aaa *aaa_of(struct node *node) {
  assert(node->ops == &AAA_OPS);
  return (struct aaa *)node;
}

static int aaa_read(struct node *node, const struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  struct aaa_request request = {.now_ns = now_ns};
  const char *why;
  const enum radius_server_result result = radius_server_receive(
      &aaa->radius, datagram, now_ns, &request.packet, &request.conversation, &why);
  switch (result) {
  case RADIUS_SERVER_DISCARD:
    return aaa_discard(aaa, &datagram->source, why);
  case RADIUS_SERVER_REPEAT:
    return 0;
  default:
    return handle(aaa, result, &request);
  }
}

static int aaa_write(struct node *node, struct node_datagram *datagram, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  (void)now_ns;
  datagram->source = aaa->config.local;
  return radius_server_write(&aaa->radius, datagram);
}

static uint64_t aaa_expiry(const struct node *node) {
  assert(node->ops == &AAA_OPS);
  return radius_server_expiry(&((const struct aaa *)node)->radius);
}

static int aaa_handle_expiry(struct node *node, uint64_t now_ns) {
  struct aaa *aaa = aaa_of(node);
  struct node_address source;
  while (radius_server_handle_expiry(&aaa->radius, now_ns, &source))
    node_event(aaa->hooks, NODE_PHASE_AUTHENTICATION, NODE_EVENT_FAILED, &source,
               "conversation abandoned");
  return 0;
}

static void aaa_destroy(struct node *node) {
  struct aaa *aaa = aaa_of(node);
  radius_server_deinit(&aaa->radius);
  if (aaa->config.eap.erp != NULL)
    erp_server_deinit(&aaa->erp);
  free(aaa);
}

static const struct node_ops AAA_OPS = {.read = aaa_read,
                                        .write = aaa_write,
                                        .expiry = aaa_expiry,
                                        .handle_expiry = aaa_handle_expiry,
                                        .destroy = aaa_destroy};

struct node *aaa_create(const struct aaa_config *config, const struct node_hooks *hooks) {
  struct aaa *aaa = calloc(1, sizeof *aaa);
  if (aaa == NULL)
    return NULL;
  aaa->node.ops = &AAA_OPS;
  aaa->config = *config;
  aaa->hooks = hooks;
  if (!radius_server_init(&aaa->radius, &config->radius, hooks)) {
    free(aaa);
    return NULL;
  }
  if (config->eap.erp != NULL && !erp_server_init(&aaa->erp, config->eap.erp, hooks)) {
    radius_server_deinit(&aaa->radius);
    free(aaa);
    return NULL;
  }
  return &aaa->node;
}
