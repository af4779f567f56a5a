/* Associations of clients: from the token to its end. */
#include "resource_server_state.h"

void rs_client_tell(const struct rs_client *client, enum node_phase phase,
                    enum node_event_type type, const char *label) {
  rs_tell(client->server, phase, type, &client->remote, label);
}

bool rs_client_is_over(const struct rs_client *client) {
  return !association_is_open(&client->pair.pending) &&
         !association_is_open(&client->pair.current) && !rs_grant_is_there(&client->brought);
}

void rs_client_forget_pending(struct rs_client *client) {
  association_close(&client->pair.pending);
  rs_grant_wipe(&client->pending);
  rs_recipient_leave(client->server, &client->pending_recipient);
  client->told = false;
}

void rs_client_drop_pending(struct rs_client *client, const char *why) {
  if (association_is_open(&client->pair.pending) && !client->told)
    rs_client_tell(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED, why);
  rs_client_forget_pending(client);
}

/* Of the current association its grant, which the owner is told of, and, unless it is a session
 * that says so inside, itself. */
static void end_current(struct rs_client *client, const char *why, bool closes) {
  if (rs_grant_is_there(&client->current))
    rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  rs_grant_wipe(&client->current);
  if (!closes)
    return;
  association_close(&client->pair.current);
  rs_recipient_leave(client->server, &client->current_recipient);
}

void rs_client_lapse(struct rs_client *client) {
  static const char why[] = "lifetime";
  const uint64_t now_ns = client->server->now_ns;
  if (rs_grant_expiry(&client->brought) <= now_ns)
    rs_client_forget_brought(client);
  if (rs_grant_expiry(&client->pending) <= now_ns)
    rs_client_drop_pending(client, why);
  if (rs_grant_expiry(&client->current) <= now_ns)
    end_current(client, why, !association_kind_is_session(client->server->kind));
}

/* The client has shown that it has the key of the pending association. */
static void confirm(struct rs_client *client) {
  struct resource_server *server = client->server;
  end_current(client, "replaced", true);
  association_pair_replace(&client->pair);
  rs_grant_move(&client->current, &client->pending);
  rs_recipient_move(server, &client->current_recipient, &client->pending_recipient);
  client->told = false;
  node_event_confirmed(server->hooks, NODE_PHASE_TOKEN_TRANSFER, &client->remote,
                       association_kind_label(server->kind), client->current.id,
                       client->current.id_length);
}

void rs_client_confirm_by(struct rs_client *client, struct association_request *request) {
  if (request->association != &client->pair.pending)
    return;
  confirm(client);
  request->association = &client->pair.current;
}

/* What the handshake of a session, and the session, have come to. */
static void follow(struct rs_client *client) {
  const char *failure = association_failure(&client->pair.pending);
  if (failure != NULL && !client->told) {
    rs_client_tell(client, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED, failure);
    client->told = true;
    rs_grant_wipe(&client->pending);
  }
  if (association_kind_is_session(client->server->kind) &&
      association_is_ready(&client->pair.pending))
    confirm(client);
  failure = association_failure(&client->pair.current);
  if (failure != NULL)
    end_current(client, failure, true);
}

/* Time and datagrams */

static uint64_t earlier(uint64_t a, uint64_t b) {
  return a < b ? a : b;
}

static void schedule(struct rs_client *client) {
  const uint64_t ends_ns =
      earlier(rs_grant_expiry(&client->brought),
              earlier(rs_grant_expiry(&client->pending), rs_grant_expiry(&client->current)));
  const uint64_t due_ns =
      earlier(coap_session_expiry(&client->coap), association_pair_expiry(&client->pair));
  deadline_set(&client->server->clients.deadlines, &client->deadline, earlier(ends_ns, due_ns));
}

int rs_client_settle(struct rs_client *client, int result) {
  result = rs_forgive(client->server, &client->remote, result);
  if (result < 0)
    return result;
  follow(client);
  if (rs_client_is_over(client)) {
    rs_client_release(client);
    return 0;
  }
  rs_client_stand(client);
  list_append(&client->server->clients.writers, &client->to_write, client);
  result = association_pair_seal(&client->pair);
  rs_client_count(client);
  schedule(client);
  return rs_forgive(client->server, &client->remote, result);
}

/* What the message layer or the session says of itself is for what it last refused, or for the
 * application. */
static int client_write(struct rs_client *client, struct node_datagram *datagram) {
  const uint64_t now_ns = client->server->now_ns;
  enum node_phase own = client->refused;
  datagram->source = client->local;
  datagram->destination = client->remote;
  int result = coap_session_write(&client->coap, datagram, now_ns);
  if (result == 0) {
    own = NODE_PHASE_APPLICATION;
    datagram->part = NODE_PART_OTHER;
    result =
        association_pair_write(&client->pair, &client->local, &client->remote, datagram, now_ns);
  }
  if (datagram->phase != NODE_PHASE_TOKEN_TRANSFER && datagram->phase != NODE_PHASE_APPLICATION)
    datagram->phase = own;
  return result;
}

int rs_clients_write(struct resource_server *server, struct node_datagram *datagram) {
  struct rs_client *client;
  int result = 0;
  while (result == 0 && (client = list_first(&server->clients.writers)) != NULL) {
    result = client_write(client, datagram);
    if (result == 0 && rs_client_is_over(client)) {
      rs_client_release(client);
      continue;
    }
    rs_client_count(client);
    schedule(client);
    if (result == 0)
      list_remove(&client->to_write);
    else
      list_append(&server->clients.writers, &client->to_write, client);
  }
  return result;
}

static int client_expire(struct rs_client *client) {
  struct resource_server *server = client->server;
  struct association_given_up given_up;
  rs_client_lapse(client);
  (void)coap_session_handle_expiry(&client->coap, server->now_ns);
  server->handshake = client;
  const int result = association_pair_handle_expiry(&client->pair, server->now_ns, &given_up);
  server->handshake = NULL;
  return rs_client_settle(client, result);
}

int rs_clients_expire(struct resource_server *server) {
  int result = 0;
  while (result == 0 && deadline_next_ns(&server->clients.deadlines) <= server->now_ns)
    result = client_expire(deadline_next(&server->clients.deadlines)->owner);
  return result;
}
