/* The UE's pulls (draft step 2): a row for each design. ERP goes over CoAP to the ApS in POST /k:
 * what is lost is CoAP's to repeat, and a response that may be anybody's ends nothing but the pull
 * of this request. */
#include "../crypto/crypto.h"
#include "ue_state.h"

#include <string.h>

enum { TOKEN_BYTES = 1 };

/* A key is there. */
static int pulled(struct bootstrap_ue *ue, struct ue_server *server,
                  const uint8_t psk[BOOTSTRAP_PSK_MAX], uint32_t granted_s, uint64_t now_ns) {
  bootstrap_ue_take_key(ue, server, psk, granted_s, now_ns);
  bootstrap_ue_tell(ue, server, NODE_PHASE_PULL, NODE_EVENT_ANSWERED,
                    bootstrap_pull_name(ue->config.pull));
  return bootstrap_ue_proceed(ue, server, now_ns);
}

static void tell_started(const struct bootstrap_ue *ue, const struct ue_server *server) {
  bootstrap_ue_tell(ue, server, NODE_PHASE_PULL, NODE_EVENT_STARTED,
                    bootstrap_pull_name(ue->config.pull));
}

/* pull: erp */

static bool erp_is_ready(const struct bootstrap_ue *ue, uint64_t now_ns) {
  return erp_peer_is_ready(&ue->erp, now_ns);
}

static int erp_send(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const struct bootstrap_name *name = &server->known->name;
  const struct erp_peer_request asked = {.nas = {name->octets, name->length},
                                         .nas_unsaid = !ue->config.names_server};
  uint8_t data[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer packet;
  struct eap_packet initiate;
  struct coap_message request = {.phase = NODE_PHASE_PULL,
                                 .type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .token_length = TOKEN_BYTES,
                                 .payload = data,
                                 .payload_spans = &spans};
  span_writer_init(&packet, data, sizeof data, &spans);
  int error = erp_peer_begin(&ue->erp, &asked, now_ns, &packet);
  if (error == 0)
    error = eap_packet_parse(data, packet.length, &initiate);
  if (error < 0)
    return error;
  request.payload_length = packet.length;
  node_random(ue->hooks, request.token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, BOOTSTRAP_PULL_PATH,
                          strlen(BOOTSTRAP_PULL_PATH));
  return coap_session_request(&server->clear, &request, erp_packet_label(&initiate));
}

static int erp_begin(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const int error = erp_send(ue, server, now_ns);
  if (error < 0) {
    erp_peer_abandon(&ue->erp);
    return error;
  }
  ue->pulling = server;
  server->stage = UE_PULLING;
  server->was_answered = false;
  tell_started(ue, server);
  return 0;
}

/* pull: psk-identity, ikev2-idi. The key is derived, and the identity is what the ApS asks for. */
static int identity_begin(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  struct erp_peer_emsk emsk;
  uint8_t root[EAP_KEY_LENGTH], psk[BOOTSTRAP_PSK_MAX];
  int error = erp_peer_emsk(&ue->erp, &emsk);
  if (error < 0)
    return error;
  error = bootstrap_aps_root(ue->hooks, emsk.octets, &server->known->name, root);
  if (error == 0)
    error = bootstrap_psk_from_root(ue->hooks, root, ue->use, psk);
  if (error == 0) {
    tell_started(ue, server);
    error = pulled(ue, server, psk, 0, now_ns);
  }
  crypto_wipe(&emsk, sizeof emsk);
  crypto_wipe(root, sizeof root);
  crypto_wipe(psk, sizeof psk);
  return error;
}

static bool has_emsk(const struct bootstrap_ue *ue, uint64_t now_ns) {
  return erp_peer_emsk_until_ns(&ue->erp) != NODE_NEVER &&
         now_ns < erp_peer_emsk_until_ns(&ue->erp);
}

/* The table */

static const struct ue_pull {
  bool renews; /* another pull brings another key */
  bool (*is_ready)(const struct bootstrap_ue *ue, uint64_t now_ns); /* NULL: there is no pull */
  int (*begin)(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns);
} PULLS[BOOTSTRAP_PULL_COUNT] = {
    [BOOTSTRAP_PULL_ERP] = {.renews = true, .is_ready = erp_is_ready, .begin = erp_begin},
    [BOOTSTRAP_PULL_PSK_IDENTITY] = {.is_ready = has_emsk, .begin = identity_begin},
    [BOOTSTRAP_PULL_IKEV2_IDI] = {.is_ready = has_emsk, .begin = identity_begin},
};

static const struct ue_pull *pull_of(const struct bootstrap_ue *ue) {
  return &PULLS[ue->config.pull];
}

bool bootstrap_ue_can_pull(const struct bootstrap_ue *ue, uint64_t now_ns) {
  return pull_of(ue)->is_ready != NULL && pull_of(ue)->is_ready(ue, now_ns);
}

bool bootstrap_ue_renews(const struct bootstrap_ue *ue) {
  return pull_of(ue)->renews;
}

/* Turns: ERP's are one after the other, since its root has one exchange at a time. */

int bootstrap_ue_pull(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  if (ue->pulling == NULL)
    return pull_of(ue)->begin(ue, server, now_ns);
  server->stage = UE_WAITING;
  list_append(&ue->waiting, &server->turn, server);
  return 0;
}

void bootstrap_ue_pull_next(struct bootstrap_ue *ue, uint64_t now_ns) {
  while (ue->pulling == NULL && ue->waiting.count > 0) {
    struct ue_server *server = list_first(&ue->waiting);
    if (!bootstrap_ue_can_pull(ue, now_ns)) {
      bootstrap_ue_fail_pull(ue, server, "no-authentication");
      continue;
    }
    list_remove(&server->turn);
    const int error = pull_of(ue)->begin(ue, server, now_ns);
    if (error < 0)
      bootstrap_ue_fail_pull(ue, server, node_error_name(error));
  }
}

void bootstrap_ue_stop_pull(struct bootstrap_ue *ue, struct ue_server *server) {
  coap_session_cancel(&server->clear);
  erp_peer_abandon(&ue->erp);
  ue->pulling = NULL;
}

void bootstrap_ue_fail_pull(struct bootstrap_ue *ue, struct ue_server *server, const char *why) {
  bootstrap_ue_tell(ue, server, NODE_PHASE_PULL, NODE_EVENT_UNANSWERED, why);
  bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, why);
}

/* Responses */

/* Of no use; what has come may yet be followed by what the AS says. */
static int pull_discard(const struct bootstrap_ue *ue, struct ue_server *server, const char *why) {
  server->was_answered = true;
  bootstrap_ue_tell(ue, server, NODE_PHASE_PULL, NODE_EVENT_DISCARDED, why);
  return 0;
}

/* Errors are without protection, and anybody's who is on the path: they end the pull all the same,
 * since an ApS that has one has nothing better to come. The number is used up, the root is not. */
static const char *error_reason(uint8_t code) {
  switch (code) {
  case COAP_CODE_FORBIDDEN:
    return "pull-refused";
  case COAP_CODE_GATEWAY_TIMEOUT:
    return "pull-unavailable";
  default:
    return "pull-rejected";
  }
}

/* A Finish that says no is no success. It is not shown to ERP, which would give up its root: an ApS
 * that calls itself otherwise than the UE does can have one, and the root is of others, too. */
static bool says_no(const struct coap_message *response) {
  struct erp_packet readings[ERP_SUITES];
  return erp_packet_readings(response->payload, response->payload_length, readings) > 0 &&
         (readings[0].flags & ERP_FLAG_RESULT) != 0;
}

static int take_rmsk(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  const uint32_t granted_s = erp_peer_rmsk_lifetime_s(&ue->erp);
  uint8_t rmsk[EAP_KEY_LENGTH], psk[BOOTSTRAP_PSK_MAX];
  int error = erp_peer_rmsk(&ue->erp, rmsk);
  if (error == 0)
    error = bootstrap_psk_from_rmsk(ue->hooks, rmsk, &server->known->name, ue->use, psk);
  bootstrap_ue_stop_pull(ue, server);
  if (error == 0)
    error = pulled(ue, server, psk, granted_s, now_ns);
  crypto_wipe(rmsk, sizeof rmsk);
  crypto_wipe(psk, sizeof psk);
  return error;
}

static int take_finish(struct bootstrap_ue *ue, struct ue_server *server,
                       const struct coap_message *response, uint64_t now_ns) {
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  if (says_no(response))
    return pull_discard(ue, server, "EAP-Finish says no in a response of success");
  if (erp_peer_process(&ue->erp, response->payload, response->payload_length, now_ns, &none) ==
      ERP_PEER_SUCCESS) {
    const int error = take_rmsk(ue, server, now_ns);
    if (error < 0)
      bootstrap_ue_end_request(ue, server, NODE_EVENT_UNANSWERED, node_error_name(error));
    return 0;
  }
  if (!erp_peer_is_of_another(&ue->erp))
    return pull_discard(ue, server, erp_peer_reason(&ue->erp));
  bootstrap_ue_fail_pull(ue, server, "pull-wrong-server");
  return 0;
}

static int take_response(struct bootstrap_ue *ue, struct ue_server *server,
                         const struct coap_message *response, uint64_t now_ns) {
  if (server->stage != UE_PULLING)
    return 0;
  if (coap_message_unknown_critical(response, NULL, 0) != NULL)
    return pull_discard(ue, server, "critical option not understood");
  if (response->code == COAP_CODE_CHANGED)
    return take_finish(ue, server, response, now_ns);
  if (response->code >> 5 == 2)
    return pull_discard(ue, server, "unexpected response code");
  bootstrap_ue_fail_pull(ue, server, error_reason(response->code));
  return 0;
}

int bootstrap_ue_read_clear(struct bootstrap_ue *ue, struct ue_server *server,
                            const struct node_datagram *datagram, uint64_t now_ns) {
  struct coap_message message;
  switch (
      coap_session_receive(&server->clear, datagram->data, datagram->length, now_ns, &message)) {
  case COAP_RECEIVED_REQUEST:
    return bootstrap_ue_refuse(ue, server, &server->clear, &message, NODE_PHASE_PULL);
  case COAP_RECEIVED_RESPONSE:
    return take_response(ue, server, &message, now_ns);
  case COAP_RECEIVED_RESET: /* anybody can send one */
    return pull_discard(ue, server, "reset without protection");
  default:
    return 0;
  }
}

void bootstrap_ue_wake_pull(struct bootstrap_ue *ue, struct ue_server *server, uint64_t now_ns) {
  if (coap_session_handle_expiry(&server->clear, now_ns) && server->stage == UE_PULLING)
    bootstrap_ue_fail_pull(ue, server, server->was_answered ? "pull-rejected" : "pull-timeout");
}
