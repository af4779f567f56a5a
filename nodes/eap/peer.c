/* The EAP peer: Identity, Notification, Nak, one method, Success and Failure (RFC 3748 sections 4
 * and 5, RFC 4137 section 4). Left out: Expanded Types (section 5.7), which are answered with a
 * legacy Nak. */
#include "peer.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <string.h>

void eap_peer_init(struct eap_peer *peer, const struct eap_peer_config *config,
                   const struct node_hooks *hooks) {
  assert(config->identity_length <= NODE_IDENTITY_MAX);
  *peer = (struct eap_peer){.config = config, .hooks = hooks};
}

static enum eap_peer_result eap_peer_discard(struct eap_peer *peer, const char *why) {
  peer->reason = why;
  return EAP_PEER_DISCARD;
}

/* Answers `request`, which is remembered as answered. */
static enum eap_peer_result eap_peer_respond(struct eap_peer *peer,
                                             const struct eap_packet *request, uint8_t type,
                                             const struct span_writer *data,
                                             struct span_writer *out) {
  const struct eap_packet response = {
      .code = EAP_RESPONSE,
      .identifier = request->identifier,
      .type = type,
      .data = data->data,
      .data_length = data->length,
  };
  const int error = eap_packet_compose(&response, data->spans, out);
  assert(error == 0 && !data->overflow);
  (void)error;
  peer->any_request = true;
  peer->last_identifier = request->identifier;
  return EAP_PEER_RESPOND;
}

static enum eap_peer_result eap_peer_on_identity(struct eap_peer *peer,
                                                 const struct eap_packet *request,
                                                 struct span_writer *data,
                                                 struct span_writer *out) {
  if (peer->selected != NULL)
    return eap_peer_discard(peer, "Identity request after the method began");
  span_writer_put(data, ROW_EAP_IDENTITY, peer->config->identity, peer->config->identity_length);
  return eap_peer_respond(peer, request, EAP_TYPE_IDENTITY, data, out);
}

/* Section 5.3.1: the types that would do, or zero. */
static enum eap_peer_result eap_peer_nak(struct eap_peer *peer, const struct eap_packet *request,
                                         struct span_writer *data, struct span_writer *out) {
  for (size_t i = 0; i < peer->config->method_count; i++)
    span_writer_put_u8(data, ROW_EAP_IDENTITY, peer->config->methods[i].method->type);
  if (peer->config->method_count == 0)
    span_writer_put_u8(data, ROW_EAP_IDENTITY, EAP_TYPE_NONE);
  return eap_peer_respond(peer, request, EAP_TYPE_NAK, data, out);
}

static const struct eap_peer_method *find_method(const struct eap_peer_config *config,
                                                 uint8_t type) {
  for (size_t i = 0; i < config->method_count; i++)
    if (config->methods[i].method->type == type)
      return &config->methods[i];
  return NULL;
}

static void deselect(struct eap_peer *peer) {
  if (peer->selected != NULL)
    peer->selected->method->wipe(peer->state);
  crypto_wipe(peer->state, sizeof peer->state);
  peer->selected = NULL;
}

static enum eap_peer_result eap_peer_run_method(struct eap_peer *peer,
                                                const struct eap_packet *request,
                                                struct span_writer *data, struct span_writer *out) {
  const struct eap_method *method = peer->selected->method;
  const char *why = "";
  switch (method->process(peer->state, request, request->identifier, data, &why)) {
  case EAP_METHOD_DISCARD:
    return eap_peer_discard(peer, why);
  case EAP_METHOD_CONTINUE:
    break;
  case EAP_METHOD_PROVED: /* is for servers */
    assert(false);
    break;
  case EAP_METHOD_SUCCESS:
    peer->method_done = true;
    break;
  case EAP_METHOD_FAILURE:
    peer->method_failed = true;
    peer->failure = why;
    peer->reason = why;
    peer->finished = data->length == 0;
    if (peer->finished)
      return EAP_PEER_FAILURE;
    break;
  }
  return eap_peer_respond(peer, request, method->type, data, out);
}

static enum eap_peer_result eap_peer_on_method(struct eap_peer *peer,
                                               const struct eap_packet *request,
                                               struct span_writer *data, struct span_writer *out) {
  if (peer->method_done || peer->method_failed)
    return eap_peer_discard(peer, "request after the method's end");
  if (peer->selected != NULL)
    return request->type == peer->selected->method->type
               ? eap_peer_run_method(peer, request, data, out)
               : eap_peer_discard(peer, "request of another method");
  const struct eap_peer_method *found = find_method(peer->config, request->type);
  if (found == NULL)
    return eap_peer_nak(peer, request, data, out);
  peer->selected = found;
  const int error = found->method->init(peer->state, &found->credential, peer->hooks);
  const enum eap_peer_result result = error == 0 ? eap_peer_run_method(peer, request, data, out)
                                                 : eap_peer_discard(peer, node_error_name(error));
  if (result == EAP_PEER_DISCARD)
    deselect(peer);
  return result;
}

/* The octets of a packet without what lies behind them. */
static size_t eap_packet_octets(const struct eap_packet *packet) {
  return EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + packet->data_length;
}

bool eap_peer_is_repeated(const struct eap_peer *peer, const uint8_t *packet, size_t length) {
  const struct eap_peer_exchange *last = &peer->last;
  struct eap_packet parsed;
  return !peer->finished && last->request_length > 0 &&
         eap_packet_parse(packet, length, &parsed) == 0 && parsed.code == EAP_REQUEST &&
         eap_packet_octets(&parsed) == last->request_length &&
         memcmp(packet, last->request, last->request_length) == 0;
}

/* Section 4.1: what repeats the last request has the same response, and is not processed. */
static enum eap_peer_result eap_peer_on_repeated(struct eap_peer *peer, struct span_writer *out) {
  const struct eap_peer_exchange *last = &peer->last;
  const uint8_t *next = last->response;
  for (size_t i = 0; i < last->response_spans.count; i++) {
    const struct span *span = &last->response_spans.item[i];
    span_writer_put(out, span->row, next, span->length);
    next += span->length;
  }
  assert(!out->overflow);
  return EAP_PEER_REPEAT;
}

/* A request that is longer than EAP allows is not remembered: its repetition is discarded. */
static void eap_peer_remember(struct eap_peer *peer, const uint8_t *packet, size_t length,
                              const struct span_writer *out) {
  struct eap_peer_exchange *last = &peer->last;
  last->request_length = length <= sizeof last->request ? length : 0;
  memcpy(last->request, packet, last->request_length);
  memcpy(last->response, out->data, out->length);
  last->response_length = out->length;
  last->response_spans = (struct span_list){.count = 0};
  if (out->spans != NULL)
    last->response_spans = *out->spans;
  else
    span_list_add(&last->response_spans, ROW_EAP_METHOD, out->length);
}

static enum eap_peer_result eap_peer_on_request(struct eap_peer *peer,
                                                const struct eap_packet *request,
                                                struct span_writer *out) {
  uint8_t octets[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer data;
  span_writer_init(&data, octets, sizeof octets, &spans);
  if (peer->any_request && request->identifier == peer->last_identifier)
    return eap_peer_discard(peer, "another request with the last identifier");
  switch (request->type) {
  case EAP_TYPE_NONE:
  case EAP_TYPE_NAK:
    return eap_peer_discard(peer, "request of a type that is none");
  case EAP_TYPE_IDENTITY:
    return eap_peer_on_identity(peer, request, &data, out);
  case EAP_TYPE_NOTIFICATION:
    return eap_peer_respond(peer, request, EAP_TYPE_NOTIFICATION, &data, out);
  default:
    return eap_peer_on_method(peer, request, &data, out);
  }
}

/* Section 4.2: the identifier is that of the last response; Success is believed only after the
 * method's, and Failure no more after it. */
static enum eap_peer_result eap_peer_on_end(struct eap_peer *peer,
                                            const struct eap_packet *packet) {
  const bool success = packet->code == EAP_SUCCESS;
  if (!peer->any_request || packet->identifier != peer->last_identifier)
    return eap_peer_discard(peer, success ? "EAP-Success with a wrong identifier"
                                          : "EAP-Failure with a wrong identifier");
  if (success && !peer->method_done)
    return eap_peer_discard(peer, "EAP-Success without the method's");
  if (!success && peer->method_done)
    return eap_peer_discard(peer, "EAP-Failure after the method's success");
  peer->finished = true;
  if (success)
    return EAP_PEER_SUCCESS;
  if (peer->failure == NULL)
    peer->failure = peer->selected == NULL ? "EAP-Failure before a method began"
                                           : "EAP-Failure while the method ran";
  peer->reason = peer->failure;
  return EAP_PEER_FAILURE;
}

enum eap_peer_result eap_peer_process(struct eap_peer *peer, const uint8_t *packet, size_t length,
                                      struct span_writer *out) {
  struct eap_packet parsed;
  enum eap_peer_result result;
  peer->reason = NULL;
  if (peer->finished)
    return eap_peer_discard(peer, "packet after the end of the conversation");
  if (eap_packet_parse(packet, length, &parsed) != 0)
    return eap_peer_discard(peer, "malformed EAP packet");
  switch (parsed.code) {
  case EAP_REQUEST:
    if (eap_peer_is_repeated(peer, packet, length))
      return eap_peer_on_repeated(peer, out);
    result = eap_peer_on_request(peer, &parsed, out);
    if (result == EAP_PEER_RESPOND)
      eap_peer_remember(peer, packet, eap_packet_octets(&parsed), out);
    return result;
  case EAP_RESPONSE:
    return eap_peer_discard(peer, "Response sent to a peer");
  case EAP_INITIATE:
  case EAP_FINISH:
    return eap_peer_discard(peer, "packet of re-authentication in a full authentication");
  default:
    return eap_peer_on_end(peer, &parsed);
  }
}

bool eap_peer_has_keys(const struct eap_peer *peer) {
  return peer->method_done;
}

int eap_peer_keys(const struct eap_peer *peer, struct eap_keys *keys) {
  if (!peer->method_done)
    return NODE_ERR_BAD_STATE;
  return peer->selected->method->keys(peer->state, keys);
}

int eap_peer_session_id(const struct eap_peer *peer, struct eap_session_id *session) {
  if (!peer->method_done)
    return NODE_ERR_BAD_STATE;
  return eap_method_session_id(peer->selected->method, peer->state, session);
}

bool eap_peer_server_name(const struct eap_peer *peer, struct eap_name *name) {
  if (!peer->method_done || peer->selected->method->naming == NULL)
    return false;
  return peer->selected->method->naming->name(peer->state, 0, name);
}

const char *eap_peer_reason(const struct eap_peer *peer) {
  return peer->reason == NULL ? "" : peer->reason;
}

void eap_peer_wipe(struct eap_peer *peer) {
  deselect(peer);
  crypto_wipe(peer, sizeof *peer);
}

void eap_peer_digest(const struct eap_peer *peer, struct digest *digest) {
  digest_u64(digest, peer->method_done);
  digest_u64(digest, peer->method_failed);
  digest_u64(digest, peer->finished);
  digest_u64(digest, peer->any_request);
  digest_u64(digest, peer->last_identifier);
  digest_octets(digest, peer->last.request, peer->last.request_length);
  digest_octets(digest, peer->last.response, peer->last.response_length);
  digest_u64(digest, peer->selected == NULL ? EAP_TYPE_NONE : peer->selected->method->type);
  if (peer->selected == NULL)
    return;
  assert(peer->selected->method->digest != NULL);
  peer->selected->method->digest(peer->state, digest);
}
