/* CoAP-EAP, the authenticator's side: re-authentication by ERP. */
#include "authenticator_erp.h"

#include "flow.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* An EAP-Finish, kept from the ER server's answer to step 7, through a handshake. */
struct coap_eap_finish {
  uint8_t octets[EAP_PACKET_MAX];
  size_t length;
  struct span_list spans;
};

static bool session_has_server(const struct coap_eap_session *session) {
  return session->authenticator->config.erp_domain.octets != NULL;
}

/* EAP in its place */

/* In the same exchange, in which all is agreed on already. */
static int session_ask_identity(struct coap_eap_session *session) {
  struct coap_eap_agreement again = {.suite = NULL};
  struct coap_eap_info offer;
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer packet;
  span_writer_init(&packet, data, sizeof data, &spans);
  const int error = coap_eap_session_ask_identity(session, &again, &packet, &offer);
  return error < 0 ? error : coap_eap_session_send_eap(session, &packet, NULL);
}

static int session_fall_back(struct coap_eap_session *session, const char *reason) {
  coap_eap_session_tell(session, NODE_EVENT_RETRYING, reason);
  session->keeps_root = false;
  if (session->backend != NULL)
    aaa_backend_end(&session->authenticator->backend, session->backend);
  if (session->unasked)
    return coap_eap_session_begin(session);
  return coap_eap_ordering_advance(&session->client.ordering) < 0
             ? coap_eap_session_fail(session, "SeqNum exhausted")
             : session_ask_identity(session);
}

int coap_eap_session_left_alone(struct coap_eap_session *session) {
  return session->backend != NULL && session->backend->reauthenticates
             ? session_fall_back(session, "aaa-silent")
             : coap_eap_session_fail(session, "aaa-silent");
}

/* The Initiate */

static enum aaa_backend_result session_initiate(struct coap_eap_session *session,
                                                const struct coap_message *message, uint64_t now_ns,
                                                struct span_writer *packet, const char **why) {
  struct erp_packet head;
  if (session->backend == NULL)
    session->backend = calloc(1, sizeof *session->backend);
  *why = node_error_name(NODE_ERR_EXHAUSTED);
  if (session->backend == NULL)
    return AAA_BACKEND_DISCARD;
  if (erp_packet_parse_head(message->payload, message->payload_length, &head) == 0)
    coap_eap_session_identify(session, head.attributes[ERP_KEY_NAME_NAI].octets,
                              head.attributes[ERP_KEY_NAME_NAI].length);
  const enum aaa_backend_result result = aaa_backend_begin_initiate(
      &session->authenticator->backend, session->backend, &session->remote, session,
      message->payload, message->payload_length, now_ns, packet, why);
  if (result == AAA_BACKEND_DISCARD) /* as if it had not come */
    coap_eap_session_end_backend(session);
  return result;
}

/* The peer begins */

bool coap_eap_session_is_initiate(const struct coap_eap_session *session,
                                  const struct coap_message *trigger) {
  struct erp_packet head;
  return session_has_server(session) && !session->authenticator->options.flow->names_each_step &&
         erp_packet_parse_head(trigger->payload, trigger->payload_length, &head) == 0;
}

static void session_take_token(struct coap_eap_session *session,
                               const struct coap_message *trigger) {
  session->client.token_length = trigger->token_length;
  memcpy(session->client.token, trigger->token, sizeof session->client.token);
}

int coap_eap_session_begin_by_initiate(struct coap_eap_session *session,
                                       const struct coap_message *trigger, uint64_t now_ns) {
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  const char *why;
  coap_eap_session_asked(session, "trigger", now_ns);
  coap_eap_session_prepare(session);
  session_take_token(session, trigger);
  span_writer_init(&packet, data, sizeof data, &spans);
  const enum aaa_backend_result result = session_initiate(session, trigger, now_ns, &packet, &why);
  if (result == AAA_BACKEND_DISCARD)
    return session_fall_back(session, why);
  coap_eap_session_tell(session, NODE_EVENT_DELIVERED,
                        eap_packet_label(trigger->payload, trigger->payload_length));
  session->stage = SESSION_BACKEND;
  return result == AAA_BACKEND_WAIT
             ? 0
             : coap_eap_session_continue_erp(session, result, &packet, now_ns);
}

/* The authenticator begins */

bool coap_eap_session_may_start(const struct coap_eap_session *session) {
  return session->authenticator->config.erp_begins && session_has_server(session) &&
         session->keeps_root;
}

int coap_eap_session_start(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  const uint8_t identifier = (uint8_t)node_random_below(authenticator->hooks, 256);
  uint8_t data[COAP_EAP_PAYLOAD_MAX];
  struct span_list spans;
  struct span_writer packet;
  struct coap_eap_info offer;
  span_writer_init(&packet, data, sizeof data, &spans);
  coap_eap_session_prepare(session);
  session->identity_length = 0;
  const int error = erp_start_compose(identifier, &authenticator->config.erp_domain, NULL, &packet);
  if (error < 0)
    return error;
  coap_eap_agreement_offer(&session->client.agreement, session->client.options,
                           authenticator->hooks, &offer);
  session->stage = SESSION_START;
  return coap_eap_session_send_eap(session, &packet, &offer);
}

enum aaa_backend_result coap_eap_session_take_initiate(struct coap_eap_session *session,
                                                       const struct coap_message *response,
                                                       uint64_t now_ns, struct span_writer *packet,
                                                       const char **why) {
  if (response->payload_length > 0)
    return session_initiate(session, response, now_ns, packet, why);
  session->backend = calloc(1, sizeof *session->backend);
  *why = node_error_name(NODE_ERR_EXHAUSTED);
  if (session->backend == NULL)
    return AAA_BACKEND_DISCARD;
  *session->backend = (struct aaa_backend_session){.reauthenticates = true};
  return AAA_BACKEND_FAILURE;
}

/* The end */

static int session_finish(struct coap_eap_session *session, const struct span_writer *packet,
                          uint64_t now_ns) {
  if (!coap_eap_session_answered(session)) /* the ER server knows the peer */
    return coap_eap_session_fail(session, "made-room");
  if (!session->unasked && coap_eap_ordering_advance(&session->client.ordering) < 0)
    return coap_eap_session_fail(session, "SeqNum exhausted");
  session->finish = calloc(1, sizeof *session->finish);
  if (session->finish == NULL)
    return NODE_ERR_EXHAUSTED;
  memcpy(session->finish->octets, packet->data, packet->length);
  session->finish->length = packet->length;
  session->finish->spans = *packet->spans;
  return coap_eap_session_secure(session, now_ns);
}

int coap_eap_session_continue_erp(struct coap_eap_session *session, enum aaa_backend_result result,
                                  const struct span_writer *packet, uint64_t now_ns) {
  const struct aaa_backend *backend = &session->authenticator->backend;
  if (result == AAA_BACKEND_SUCCESS)
    return session_finish(session, packet, now_ns);
  const bool was_asked = session->backend->owner != NULL;
  return session_fall_back(session, was_asked ? aaa_backend_reason(backend, session->backend)
                                              : "the peer has no root");
}

void coap_eap_session_put_finish(const struct coap_eap_session *session,
                                 struct span_writer *packet) {
  const struct coap_eap_finish *finish = session->finish;
  const uint8_t *at = finish->octets;
  for (size_t i = 0; i < finish->spans.count; at += finish->spans.item[i++].length)
    span_writer_put(packet, finish->spans.item[i].row, at, finish->spans.item[i].length);
}

void coap_eap_session_keep_root(struct coap_eap_session *session) {
  struct coap_eap_authenticator *authenticator = session->authenticator;
  if (session_has_server(session) && !session->backend->reauthenticates)
    session->keeps_root =
        aaa_backend_keep_root(&authenticator->backend, session->backend, authenticator->now_ns);
}
