/* The EAP server: Identity, choice of the method, Nak, Success and Failure (RFC 3748 sections 4
 * and 5, RFC 4137 section 5). Left out: Notification requests, sequences of methods, Expanded
 * Types. */
#include "server.h"

#include "identify.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

int eap_server_identity_request(uint8_t identifier, struct span_writer *out) {
  const struct eap_packet request = {
      .code = EAP_REQUEST, .identifier = identifier, .type = EAP_TYPE_IDENTITY};
  return eap_packet_compose(&request, NULL, out);
}

void eap_server_init(struct eap_server *server, const struct eap_server_config *config,
                     const struct node_hooks *hooks, uint8_t identifier) {
  *server = (struct eap_server){.config = config, .hooks = hooks, .identifier = identifier};
}

static enum eap_server_result eap_server_discard(struct eap_server *server, const char *why) {
  server->reason = why;
  return EAP_SERVER_DISCARD;
}

/* Success or Failure, with the identifier of the response that it answers (section 4.2). */
static enum eap_server_result eap_server_finish(struct eap_server *server, bool success,
                                                const char *why, struct span_writer *out) {
  const struct eap_packet end = {.code = success ? EAP_SUCCESS : EAP_FAILURE,
                                 .identifier = server->identifier};
  const int error = eap_packet_compose(&end, NULL, out);
  assert(error == 0);
  (void)error;
  server->finished = true;
  server->succeeded = success;
  server->reason = why;
  return success ? EAP_SERVER_SUCCESS : EAP_SERVER_FAILURE;
}

static enum eap_server_result eap_server_request(struct eap_server *server,
                                                 const struct span_writer *data,
                                                 struct span_writer *out) {
  server->identifier++;
  const struct eap_packet packet = {
      .code = EAP_REQUEST,
      .identifier = server->identifier,
      .type = server->running->type,
      .data = data->data,
      .data_length = data->length,
  };
  const int error = eap_packet_compose(&packet, data->spans, out);
  assert(error == 0 && !data->overflow);
  (void)error;
  return EAP_SERVER_REQUEST;
}

static void eap_server_end_method(struct eap_server *server) {
  if (server->running != NULL)
    server->running->wipe(server->state);
  crypto_wipe(server->state, sizeof server->state);
  server->running = NULL;
}

static enum eap_server_result eap_server_begin_method(struct eap_server *server, size_t index,
                                                      struct span_writer *data,
                                                      struct span_writer *out) {
  const struct eap_server_method *chosen = &server->user->methods[index];
  eap_server_end_method(server);
  server->method = index;
  server->running = chosen->method;
  int error = server->running->init(server->state, &chosen->credential, server->hooks);
  if (error == 0 && server->user->refused && server->running->refuse != NULL)
    server->running->refuse(server->state);
  if (error == 0)
    error = server->running->begin(server->state, data);
  if (error != 0)
    return eap_server_finish(server, false, node_error_name(error), out);
  return eap_server_request(server, data, out);
}

static enum eap_server_result eap_server_on_identity(struct eap_server *server,
                                                     const struct eap_packet *response,
                                                     struct span_writer *data,
                                                     struct span_writer *out) {
  if (response->type != EAP_TYPE_IDENTITY)
    return eap_server_discard(server, "Response that is not the Identity");
  if (response->data_length > NODE_IDENTITY_MAX)
    return eap_server_finish(server, false, "unknown identity", out);
  server->user =
      server->config->lookup(server->config->context, response->data, response->data_length);
  if (server->user == NULL)
    return eap_server_finish(server, false, "unknown identity", out);
  server->identified = true;
  server->name.length = response->data_length;
  memcpy(server->name.octets, response->data, response->data_length);
  if (server->user->method_count == 0)
    return eap_server_finish(server, false, "no method for this identity", out);
  return eap_server_begin_method(server, 0, data, out);
}

/* Section 5.3.1: goes on with the next of the user's methods that the peer names. */
static enum eap_server_result eap_server_on_nak(struct eap_server *server,
                                                const struct eap_packet *response,
                                                struct span_writer *data, struct span_writer *out) {
  if (server->method_started)
    return eap_server_discard(server, "Nak after the method began");
  if (response->data_length == 0)
    return eap_server_discard(server, "Nak without a type");
  for (size_t i = server->method + 1; i < server->user->method_count; i++)
    if (memchr(response->data, server->user->methods[i].method->type, response->data_length))
      return eap_server_begin_method(server, i, data, out);
  return eap_server_finish(server, false, "no method acceptable to the peer", out);
}

/* NULL: who has proved itself is a user that may join. */
static const char *eap_server_refusal(struct eap_server *server) {
  const char *refusal = eap_server_identify(server);
  return refusal == NULL && server->user->refused ? EAP_NOT_AUTHORIZED : refusal;
}

static enum eap_server_result eap_server_run_method(struct eap_server *server,
                                                    const struct eap_packet *response,
                                                    struct span_writer *data,
                                                    struct span_writer *out) {
  const struct eap_method *method = server->running;
  const char *why = "";
  enum eap_method_result result =
      method->process(server->state, response, (uint8_t)(server->identifier + 1), data, &why);
  if (result == EAP_METHOD_PROVED)
    result = method->naming->decide(server->state, eap_server_refusal(server), data, &why);
  if (result == EAP_METHOD_DISCARD)
    return eap_server_discard(server, why);
  server->method_started = true;
  if (result == EAP_METHOD_CONTINUE)
    return eap_server_request(server, data, out);
  if (result == EAP_METHOD_SUCCESS)
    why = server->user->refused ? EAP_NOT_AUTHORIZED : NULL;
  return eap_server_finish(server, why == NULL, why, out);
}

enum eap_server_result eap_server_process(struct eap_server *server, const uint8_t *packet,
                                          size_t length, struct span_writer *out) {
  struct eap_packet response;
  server->reason = NULL;
  if (server->finished)
    return eap_server_discard(server, "packet after the end of the conversation");
  if (eap_packet_parse(packet, length, &response) != 0)
    return eap_server_discard(server, "malformed EAP packet");
  if (response.code != EAP_RESPONSE)
    return eap_server_discard(server, "packet that is not a Response");
  if (response.identifier != server->identifier)
    return eap_server_discard(server, "Response with a wrong identifier");

  uint8_t octets[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer data;
  span_writer_init(&data, octets, sizeof octets, &spans);
  if (!server->identified)
    return eap_server_on_identity(server, &response, &data, out);
  if (response.type == EAP_TYPE_NAK)
    return eap_server_on_nak(server, &response, &data, out);
  if (response.type != server->running->type)
    return eap_server_discard(server, "Response of another type than the request");
  return eap_server_run_method(server, &response, &data, out);
}

int eap_server_keys(const struct eap_server *server, struct eap_keys *keys) {
  if (!server->succeeded)
    return NODE_ERR_BAD_STATE;
  return server->running->keys(server->state, keys);
}

int eap_server_session_id(const struct eap_server *server, struct eap_session_id *session) {
  if (!server->succeeded)
    return NODE_ERR_BAD_STATE;
  return eap_method_session_id(server->running, server->state, session);
}

bool eap_server_name(const struct eap_server *server, struct eap_name *name) {
  if (!server->succeeded)
    return false;
  *name = server->name;
  if (server->user->many || server->user->identity_length > NODE_IDENTITY_MAX)
    return true;
  name->length = server->user->identity_length;
  if (name->length > 0)
    memcpy(name->octets, server->user->identity, name->length);
  return true;
}

const struct eap_user *eap_server_user(const struct eap_server *server) {
  return server->user;
}

const char *eap_server_reason(const struct eap_server *server) {
  return server->reason == NULL ? "" : server->reason;
}

void eap_server_wipe(struct eap_server *server) {
  eap_server_end_method(server);
  crypto_wipe(server, sizeof *server);
}

void eap_server_digest(const struct eap_server *server, struct digest *digest) {
  digest_u64(digest, server->identifier);
  digest_u64(digest, server->method_started);
  digest_u64(digest, server->identified);
  digest_u64(digest, server->finished);
  digest_u64(digest, server->succeeded);
  digest_u64(digest, server->method);
  digest_u64(digest, server->running == NULL ? EAP_TYPE_NONE : server->running->type);
  if (server->running == NULL)
    return;
  assert(server->running->digest != NULL);
  server->running->digest(server->state, digest);
}
