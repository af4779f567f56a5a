/* A UE that is authenticated, and the application servers that it asks. */
#include "association/association.h"
#include "bootstrap/ue.h"
#include "cast.h"
#include "eap/emsk.h"
#include "eap/erp_server.h"
#include "site.h"

#include <assert.h>

static struct node *create_ue(struct check_party *party) {
  const struct model *model = party->model;
  const struct bootstrap_server servers[MODEL_SERVERS_MAX] = {
      {{(const uint8_t *)"aps1", 4}, site_address(model, 0)},
      {{(const uint8_t *)"aps2", 4}, site_address(model, 1)}};
  static struct bootstrap_server kept[MODEL_SERVERS_MAX]; /* outlive the node, and are the same */
  for (size_t i = 0; i < MODEL_SERVERS_MAX; i++)
    kept[i] = servers[i];
  const struct bootstrap_ue_config config = {.options = &model->options,
                                             .channel = model_channel(model),
                                             .pull = model_pull(model),
                                             .local = party->address,
                                             .servers = kept,
                                             .server_count = model->servers,
                                             .erp = {.realm = (const uint8_t *)CHECK_REALM,
                                                     .realm_length = sizeof CHECK_REALM - 1,
                                                     .rrk_lifetime_s = UINT32_MAX},
                                             .names_server = model->names_server,
                                             .key_lifetime_s = model->key_lifetime_s};
  return bootstrap_ue_create(&config, &party->hooks);
}

static struct node *pull_renew(struct check_party *party, uint64_t now_ns) {
  (void)now_ns;
  if (party->side == CHECK_AUTHENTICATOR && party->node != NULL) {
    site_restart(party->node);
    return party->node;
  }
  node_destroy(party->node);
  return party->side == CHECK_AUTHENTICATOR ? site_create(party) : create_ue(party);
}

/* Authentication of the UE, which no network disturbs */

/* How the UE calls itself in the handshake, as an application server tells it (aps.h). */
static void tell_name(struct check_party *ue, const struct eap_server *server) {
  uint8_t name[EMSK_NAME_LENGTH], identity[BOOTSTRAP_IDENTITY_LENGTH];
  struct eap_session_id session;
  int error = eap_server_session_id(server, &session);
  if (error == 0)
    error = emsk_name(NULL, &session, name);
  assert(error == 0);
  (void)error;
  bootstrap_identity_write(name, identity);
  const struct node_event event = {.type = NODE_EVENT_STARTED,
                                   .phase = NODE_PHASE_AUTHENTICATION,
                                   .label = "authenticated",
                                   .name = identity,
                                   .name_length = sizeof identity};
  ue->event(ue->world, CHECK_PEER, &event);
}

static void tell_as(struct check_party *site, const struct eap_server *server, uint64_t now_ns) {
  struct eap_keys keys;
  struct eap_session_id session;
  struct eap_name name;
  int error = eap_server_keys(server, &keys);
  if (error == 0)
    error = eap_server_session_id(server, &session);
  if (error == 0 && eap_server_name(server, &name))
    error = erp_server_add(site_roots(site->node), keys.emsk, &session, &name, now_ns);
  assert(error == 0);
  (void)error;
}

static void authenticate(struct check_party parties[CHECK_SIDES], uint64_t now_ns) {
  static const struct eap_server_config config = {.lookup = check_eap_lookup};
  struct check_party *ue = &parties[CHECK_PEER], *site = &parties[CHECK_AUTHENTICATOR];
  struct check_stream stream = check_party_stream(ue);
  const struct node_hooks hooks = {.context = &stream, .random = check_stream_random};
  struct eap_peer peer;
  struct eap_server server;
  uint8_t request[EAP_PACKET_MAX], response[EAP_PACKET_MAX];
  struct span_writer asked, answered;
  eap_peer_init(&peer, check_eap_peer(false), &hooks);
  eap_server_init(&server, &config, &hooks, 0);
  span_writer_init(&asked, request, sizeof request, NULL);
  int error = eap_server_identity_request(0, &asked);
  enum eap_peer_result result = EAP_PEER_DISCARD;
  while (error == 0) {
    span_writer_init(&answered, response, sizeof response, NULL);
    result = eap_peer_process(&peer, request, asked.length, &answered);
    if (result != EAP_PEER_RESPOND)
      break;
    span_writer_init(&asked, request, sizeof request, NULL);
    (void)eap_server_process(&server, response, answered.length, &asked);
  }
  assert(result == EAP_PEER_SUCCESS);
  if (!ue->model->wrong_key)
    tell_as(site, &server, now_ns);
  tell_name(ue, &server);
  bootstrap_ue_learn(ue->node, &peer, now_ns);
  eap_peer_wipe(&peer);
  eap_server_wipe(&server);
}

/* Requests */

static bool pull_peer_asks(const struct model *model) {
  (void)model;
  return true;
}

static bool pull_begin(struct check_party parties[CHECK_SIDES], enum check_occasion occasion,
                       uint64_t now_ns, enum check_side *side, int *result) {
  struct check_party *ue = &parties[CHECK_PEER];
  *side = CHECK_PEER;
  *result = 0;
  if (occasion == CHECK_RESTARTED_AUTHENTICATOR)
    return false;
  if (occasion != CHECK_AGAIN)
    authenticate(parties, now_ns);
  check_party_begins(ue);
  for (size_t i = 0; i < ue->model->servers && *result == 0; i++)
    *result = bootstrap_ue_request(ue->node, i, LOWER_GET, NULL, 0, now_ns);
  return true;
}

const struct check_cast CHECK_CAST_PULL = {
    .names = {[CHECK_AUTHENTICATOR] = "ApS", [CHECK_PEER] = "UE"},
    .outcomes = {[MONITOR_IDLE] = "idle",
                 [MONITOR_TRIGGERING] = "idle",
                 [MONITOR_RUNNING] = "busy",
                 [MONITOR_ESTABLISHED] = "content",
                 [MONITOR_FAILED] = "failed"},
    .begun = "request",
    .peer_asks = pull_peer_asks,
    .renew = pull_renew,
    .begin = pull_begin,
    .watch = &MONITOR_PULL,
};
