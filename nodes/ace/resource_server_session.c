/* Sessions of coap_dtls (RFC 9202 section 3.3): handshakes, by a key that a token names, and what
 * comes inside. */
#include "resource_server_state.h"

#include "../crypto/crypto.h"

#include <string.h>

/* Keys */

/* Of one that has come before, by its kid; or of the identity itself, which is a token. */
static bool find_grant(struct rs_client *visitor, const uint8_t *identity, size_t length) {
  struct resource_server *server = visitor->server;
  struct ace_confirmation confirmation = {.has_secret = false};
  const uint8_t *kid;
  size_t kid_length;
  if (ace_psk_identity_read(identity, length, &kid, &kid_length)) {
    const struct rs_client *client = rs_clients_find_kid(server, &visitor->remote, kid, kid_length);
    if (client == NULL || rs_grant_expiry(&client->brought) <= server->now_ns)
      return false;
    visitor->pending = client->brought;
    return true;
  }
  const uint8_t code = rs_token_judge(server, identity, length, &visitor->pending, &confirmation);
  crypto_wipe(&confirmation, sizeof confirmation);
  if (code != COAP_CODE_CREATED)
    return false;
  rs_grant_tell_key(visitor, &visitor->pending);
  rs_client_tell(visitor, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED, "psk_identity");
  return true;
}

size_t rs_session_key(void *context, const uint8_t *identity, size_t length,
                      uint8_t psk[ASSOCIATION_PSK_MAX]) {
  struct rs_client *visitor = ((struct resource_server *)context)->handshake;
  if (!find_grant(visitor, identity, length))
    return 0;
  memcpy(psk, visitor->pending.psk, sizeof visitor->pending.psk);
  return sizeof visitor->pending.psk;
}

/* Datagrams */

static int session_message(void *context, struct association *association, const uint8_t *data,
                           size_t length, uint64_t now_ns) {
  struct rs_client *client = context;
  struct association_request request;
  struct coap_message message;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
      COAP_RECEIVED_REQUEST)
    return 0;
  const int error = association_verify_request(association, &message, &request);
  if (error < 0)
    return error;
  rs_client_confirm_by(client, &request);
  return rs_access_answer(client, &request);
}

static void session_discarded(void *context, const char *why) {
  rs_client_tell(context, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED, why);
}

static struct association_reader session_reader(struct rs_client *client) {
  return (struct association_reader){
      .context = client, .message = session_message, .discarded = session_discarded};
}

static int session_read(struct rs_client *client, const struct node_datagram *datagram) {
  struct resource_server *server = client->server;
  const struct association_reader reader = session_reader(client);
  server->handshake = client;
  const int result = association_pair_read(&client->pair, datagram, server->now_ns, &reader);
  server->handshake = NULL;
  return rs_client_settle(client, result);
}

/* Newcomers */

/* The handshake has a place from now on: a new one, or beside the session that there is. */
static int enter(struct rs_client *visitor, struct association *entered) {
  struct resource_server *server = visitor->server;
  struct rs_client *client = rs_clients_find(server, &visitor->remote);
  if (client == NULL)
    client = rs_clients_acquire(server, &visitor->local, &visitor->remote);
  if (client == NULL) {
    association_close(entered);
    return NODE_ERR_EXHAUSTED;
  }
  rs_client_drop_pending(client, "another handshake has begun");
  client->pair.pending = *entered;
  rs_grant_move(&client->pending, &visitor->pending);
  return rs_client_settle(client, 0);
}

static int receive_newcomer(struct rs_client *visitor, const struct node_datagram *datagram,
                            struct association *entered) {
  struct resource_server *server = visitor->server;
  const struct association_config made = {.kind = server->kind,
                                          .options = server->config.options,
                                          .coap = &server->coap,
                                          .phase = NODE_PHASE_TOKEN_TRANSFER,
                                          .local = visitor->local,
                                          .remote = visitor->remote,
                                          .keys = &server->give,
                                          .cookie_secret = server->cookie_secret};
  const struct association_reader reader = session_reader(visitor);
  server->handshake = visitor;
  const int result = association_reception_read(&server->reception, &made, datagram, &reader,
                                                server->hooks, server->now_ns, entered);
  server->handshake = NULL;
  return result;
}

static int read_newcomer(struct resource_server *server, const struct node_datagram *datagram,
                         const struct node_address *remote) {
  struct rs_client visitor = {.server = server, .local = server->config.local, .remote = *remote};
  struct association entered;
  memcpy(visitor.local.ip, datagram->destination.ip, sizeof visitor.local.ip);
  int result = receive_newcomer(&visitor, datagram, &entered);
  if (result == 1)
    result = enter(&visitor, &entered);
  rs_grant_wipe(&visitor.pending);
  return rs_forgive(server, remote, result);
}

int rs_sessions_read(struct resource_server *server, const struct node_datagram *datagram) {
  const struct node_address remote =
      association_origin(server->kind, &server->config.local, datagram);
  struct rs_client *client = rs_clients_find_living(server, &remote);
  if (association_reception_is_for(server->kind, client == NULL ? NULL : &client->pair, datagram))
    return read_newcomer(server, datagram, &remote);
  if (client != NULL)
    return session_read(client, datagram);
  rs_tell(server, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED, &remote, "of no session");
  return 0;
}
