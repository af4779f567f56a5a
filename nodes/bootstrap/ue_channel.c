/* The UE's secure channels: a session of its own with each ApS, whose client it is. */
#include "ue_state.h"

int bootstrap_ue_secure(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const struct ue_key *key = &server->key;
  const struct bootstrap_name *name = &server->known->name;
  const struct association_config made = {.kind = ue->kind,
                                          .options = ue->config.options,
                                          .coap = &ue->coap,
                                          .client = true,
                                          .phase = NODE_PHASE_SECURE,
                                          .key_told = ue->config.pull != BOOTSTRAP_PULL_CONFIGURED,
                                          .local = ue->config.local,
                                          .remote = server->known->address,
                                          .key = key->psk,
                                          .key_length = ue->psk_length,
                                          .server_name = name->octets,
                                          .server_name_length = name->length,
                                          .identity = key->identity,
                                          .identity_length = ue->identity_length};
  const int error =
      association_open(&server->channel.pending, &made, &server->clear, ue->hooks, now_ns);
  if (error < 0)
    return error;
  server->stage = UE_SECURING;
  bootstrap_ue_tell(ue, server, NODE_PHASE_SECURE, NODE_EVENT_STARTED,
                    association_kind_label(ue->kind));
  return 0;
}

/* The ends of a handshake */

/* The ApS does not have this key: it says that it knows nobody of this identity; or it ends the
 * handshake in another way, and the key was pulled long ago, so that it may have lost it, and have
 * asked for another by the identity (pull.h: psk-identity). Anybody on the path can make it look
 * so: it costs a pull, once. */
static bool is_stale(const struct bootstrap_ue *ue, const struct ue_server *server, bool silent) {
  return bootstrap_ue_renews(ue) && (association_is_unknown(&server->channel.pending) ||
                                     (!silent && !server->request.has_pulled));
}

static void secure_failed(struct bootstrap_ue *ue, struct ue_server *server, const char *why,
                          bool silent, uint64_t now_ns) {
  const bool stale = is_stale(ue, server, silent);
  const bool again = stale && !server->request.has_renewed && bootstrap_ue_can_pull(ue, now_ns);
  bootstrap_ue_tell(ue, server, NODE_PHASE_SECURE, NODE_EVENT_UNANSWERED, why);
  association_pair_drop(&server->channel);
  if (stale)
    bootstrap_ue_forget_key(server);
  server->request.has_renewed = again;
  if (again)
    bootstrap_ue_go_on(ue, server, now_ns);
  else
    bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, why);
}

static void secured(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const struct bootstrap_name *name = &server->known->name;
  bootstrap_ue_note_bytes(ue);
  association_pair_replace(&server->channel);
  node_event_confirmed(ue->hooks, NODE_PHASE_SECURE, &server->known->address, "handshake verified",
                       name->octets, name->length);
  bootstrap_ue_go_on(ue, server, now_ns);
}

/* The ApS has closed it; the key may be as good as before. */
static void closed_by_server(struct bootstrap_ue *ue, struct ue_server *server, const char *why) {
  if (server->stage == UE_ASKING)
    bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, why);
  bootstrap_ue_tell(ue, server, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, why);
  association_close(&server->channel.current);
}

/* `silent`: it is a timer that has come. */
static void follow(struct bootstrap_ue *ue, struct ue_server *server, bool silent,
                   uint64_t now_ns) {
  const char *why = association_failure(&server->channel.current);
  if (why != NULL)
    closed_by_server(ue, server, why);
  if (server->stage != UE_SECURING)
    return;
  why = association_failure(&server->channel.pending);
  if (why != NULL)
    secure_failed(ue, server, why, silent, now_ns);
  else if (association_is_ready(&server->channel.pending))
    secured(ue, server, now_ns);
}

/* Messages */

/* What a datagram of the session is read for. */
struct ue_reading {
  struct bootstrap_ue *ue;
  struct ue_server *server;
};

static enum node_phase phase_of(const struct ue_server *server) {
  return server->stage == UE_SECURING ? NODE_PHASE_SECURE : NODE_PHASE_APPLICATION;
}

static void on_discarded(void *context, const char *why) {
  const struct ue_reading *reading = context;
  bootstrap_ue_tell(reading->ue, reading->server, phase_of(reading->server), NODE_EVENT_DISCARDED,
                    why);
}

static int on_message(void *context, struct association *association, const uint8_t *data,
                      size_t length, uint64_t now_ns) {
  const struct ue_reading *reading = context;
  struct coap_session *coap = association_coap(association);
  struct coap_message message;
  switch (coap_session_receive(coap, data, length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return bootstrap_ue_refuse(reading->ue, reading->server, coap, &message,
                               NODE_PHASE_APPLICATION);
  case COAP_RECEIVED_RESPONSE:
    bootstrap_ue_end_request(reading->ue, reading->server, NODE_EVENT_ANSWERED, "application");
    return 0;
  case COAP_RECEIVED_RESET:
    bootstrap_ue_end_request(reading->ue, reading->server, NODE_EVENT_UNANSWERED, "app-reset");
    return 0;
  default:
    return 0;
  }
}

int bootstrap_ue_read_channel(struct bootstrap_ue *ue, struct ue_server *server,
                              const struct node_datagram *datagram, uint64_t now_ns) {
  struct ue_reading reading = {.ue = ue, .server = server};
  const struct association_reader reader = {
      .context = &reading, .message = on_message, .discarded = on_discarded};
  const int result = association_pair_read(&server->channel, datagram, now_ns, &reader);
  follow(ue, server, false, now_ns);
  return result;
}

/* Time. An ApS that is silent may have lost the channel: the next request opens another. */
int bootstrap_ue_wake_channel(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  struct association_given_up given_up;
  const int result = association_pair_handle_expiry(&server->channel, now_ns, &given_up);
  if (given_up.current) {
    bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, "app-timeout");
    association_close(&server->channel.current);
  }
  follow(ue, server, true, now_ns);
  return result;
}
