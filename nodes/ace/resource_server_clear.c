/* CoAP without a session: requests in clear, which bring a token or are refused, and those that a
 * client has protected by OSCORE. */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

/* Requests in clear */

static bool names_resource(const struct resource_server *server,
                           const struct coap_message *request) {
  const struct coap_option *path = rs_path_of(request);
  return path != NULL && rs_resource_find(server, path->value, path->length) != NULL;
}

/* COAP_CODE_EMPTY: it is a POST to /authz-info. */
static uint8_t refuse_in_clear(const struct resource_server *server,
                               const struct coap_message *request) {
  uint16_t known[ASSOCIATION_KNOWN_MAX];
  const uint8_t code = coap_refuse_options(request, known, association_known(known));
  if (code != COAP_CODE_EMPTY)
    return code;
  if (names_resource(server, request)) /* RFC 9200 section 5.10.2 */
    return COAP_CODE_UNAUTHORIZED;
  return coap_refuse_method(request, rs_is_transfer(request));
}

/* What a request is for. */
static enum node_phase phase_of(const struct coap_message *request) {
  return rs_is_transfer(request) && !association_is_marked(request) ? NODE_PHASE_TOKEN_TRANSFER
                                                                    : NODE_PHASE_APPLICATION;
}

/* Judges a request that is not protected, as rs_transfer_judge does; an attempt to bring a token
 * has failed, where it is refused. */
static uint8_t judge(const struct resource_server *server, const struct coap_message *request,
                     const struct node_address *remote, struct rs_delivery *delivery) {
  uint8_t code = refuse_in_clear(server, request);
  const bool transfers = code == COAP_CODE_EMPTY;
  if (transfers)
    code = rs_transfer_judge(server, request, delivery);
  if (code != COAP_CODE_CREATED)
    rs_tell(server, phase_of(request), transfers ? NODE_EVENT_FAILED : NODE_EVENT_DISCARDED, remote,
            coap_refusal_label(code));
  return code;
}

/* Of clients */

static int client_refuse(struct rs_client *client, const struct coap_message *request,
                         uint8_t code) {
  client->refused = phase_of(request);
  return coap_refusal_is_sent(request, code)
             ? coap_session_reject(&client->coap, request, code, coap_refusal_label(code))
             : 0;
}

/* COAP_CODE_CREATED, or the code by which it is refused after all. */
static uint8_t client_take(struct rs_client *client, const struct coap_message *request,
                           struct rs_delivery *delivery) {
  const int error = rs_transfer_take(client, request, delivery);
  if (error == 0)
    return COAP_CODE_CREATED;
  rs_client_tell(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED, node_error_name(error));
  return COAP_CODE_UNAVAILABLE;
}

static int client_transfer(struct rs_client *client, const struct coap_message *request) {
  struct rs_delivery delivery;
  uint8_t code = judge(client->server, request, &client->remote, &delivery);
  if (code == COAP_CODE_CREATED) {
    code = client_take(client, request, &delivery);
    crypto_wipe(&delivery, sizeof delivery);
  }
  return code == COAP_CODE_CREATED ? 0 : client_refuse(client, request, code);
}

static int client_access(struct rs_client *client, const struct coap_message *message) {
  struct association_request request;
  const int error = association_pair_verify_request(&client->pair, message, &request);
  client->refused = NODE_PHASE_APPLICATION;
  if (error < 0) {
    const char *why = association_refuse(&client->coap, message, error);
    rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED,
                   why != NULL ? why : coap_refusal_label(association_refusal(error)));
    return 0;
  }
  rs_client_confirm_by(client, &request);
  return rs_access_answer(client, &request);
}

static int client_read(struct rs_client *client, const struct node_datagram *datagram) {
  struct coap_message message;
  int result = 0;
  if (coap_session_receive(&client->coap, datagram->data, datagram->length, client->server->now_ns,
                           &message) == COAP_RECEIVED_REQUEST)
    result = association_is_marked(&message) ? client_access(client, &message)
                                             : client_transfer(client, &message);
  return rs_client_settle(client, result);
}

/* Of strangers */

static void stranger_refuse(struct resource_server *server, const struct node_datagram *datagram,
                            const struct coap_message *request, uint8_t code) {
  server->refused = phase_of(request);
  coap_stranger_refuse(&server->stranger, datagram, request, code, server->hooks);
}

/* Only a token that is good is worth memory. */
static int stranger_transfer(struct resource_server *server, const struct node_datagram *datagram,
                             const struct coap_message *request) {
  struct rs_delivery delivery;
  struct rs_client *client = NULL;
  uint8_t code = judge(server, request, &datagram->source, &delivery);
  if (code == COAP_CODE_CREATED) {
    client = rs_clients_acquire(server, &datagram->destination, &datagram->source);
    code =
        client == NULL ? (uint8_t)COAP_CODE_UNAVAILABLE : client_take(client, request, &delivery);
    crypto_wipe(&delivery, sizeof delivery);
  }
  if (code == COAP_CODE_CREATED)
    return rs_client_settle(client, 0);
  if (client != NULL)
    rs_client_release(client);
  stranger_refuse(server, datagram, request, code);
  return 0;
}

static int read_stranger(struct resource_server *server, const struct node_datagram *datagram) {
  struct coap_message request;
  if (!coap_stranger_receive(&server->stranger, datagram, &request)) {
    server->refused = NODE_PHASE_TOKEN_TRANSFER;
    rs_tell(server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED, &datagram->source,
            "no request");
    return 0;
  }
  if (!association_is_marked(&request))
    return stranger_transfer(server, datagram, &request);
  const uint8_t code = association_refusal(association_check(&request));
  rs_tell(server, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED, &datagram->source,
          coap_refusal_label(code));
  stranger_refuse(server, datagram, &request, code);
  return 0;
}

/* The node's */

int rs_clear_read(struct resource_server *server, const struct node_datagram *datagram) {
  struct rs_client *client = rs_clients_find_living(server, &datagram->source);
  return client == NULL ? read_stranger(server, datagram) : client_read(client, datagram);
}

int rs_strangers_write(struct resource_server *server, struct node_datagram *datagram) {
  const int result = coap_stranger_write(&server->stranger, datagram);
  datagram->phase = server->refused;
  return result;
}
