/* The UEs of the world of application servers: in the test's hands, or real. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

#include "eap/psk.h"
#include "eap/server.h"
#include "lower/application.h"

void aps_world_authenticate(struct aps_world *world, size_t number) {
  struct aps_world_ue *ue = &world->ues[number];
  const struct eap_name user = {.octets = {'u', 'e', (uint8_t)('0' + number)}, .length = 3};
  uint8_t name[EMSK_NAME_LENGTH];
  seeded_bytes(&ue->party.seeded, ue->keys.emsk, sizeof ue->keys.emsk);
  ue->session.length = 33;
  seeded_bytes(&ue->party.seeded, ue->session.octets, ue->session.length);
  assert_int_equal(erp_peer_establish(&ue->erp, &ue->keys, &ue->session, world->now_ns), 0);
  assert_int_equal(erp_server_add(&world->roots, ue->keys.emsk, &ue->session, &user, world->now_ns),
                   0);
  assert_int_equal(emsk_name(NULL, &ue->session, name), 0);
  bootstrap_channel_identity_write(world->channel, name, ue->identity);
}

/* A UE */

static void ue_take_response(struct aps_world_ue *ue, const struct coap_message *message) {
  struct span_writer none;
  span_writer_init(&none, NULL, 0, NULL);
  ue->responses++;
  ue->code = message->code;
  ue->payload_length = message->payload_length;
  ue->finish = ERP_PEER_DISCARD;
  if (message->payload_length > 0)
    ue->finish = erp_peer_process(&ue->erp, message->payload, message->payload_length,
                                  ue->world->now_ns, &none);
  coap_session_cancel(&ue->coap);
}

static int ue_message(void *context, struct association *association, const uint8_t *data,
                      size_t length, uint64_t now_ns) {
  struct aps_world_ue *ue = context;
  struct coap_message message;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
      COAP_RECEIVED_RESPONSE)
    return 0;
  ue->answers++;
  ue->answer_code = message.code;
  ue->answer_length = message.payload_length;
  coap_session_cancel(association_coap(association));
  return 0;
}

static void ue_discarded(void *context, const char *why) {
  (void)context;
  (void)why;
}

void aps_world_ue_read(struct aps_world_ue *ue, const struct node_datagram *datagram) {
  const struct association_reader reader = {
      .context = ue, .message = ue_message, .discarded = ue_discarded};
  struct coap_message message;
  if (datagram->destination.port != ue->address.port) {
    assert_int_equal(association_pair_read(&ue->channel, datagram, ue->world->now_ns, &reader), 0);
    return;
  }
  switch (coap_session_receive(&ue->coap, datagram->data, datagram->length, ue->world->now_ns,
                               &message)) {
  case COAP_RECEIVED_RESPONSE:
    ue_take_response(ue, &message);
    break;
  case COAP_RECEIVED_RESET:
    ue->resets++;
    break;
  default:
    break;
  }
}

int aps_world_ue_write(struct aps_world_ue *ue, struct node_datagram *datagram) {
  const struct node_address aps = aps_world_address(ue->aps);
  const char *failure = association_failure(&ue->channel.pending);
  datagram->source = ue->address;
  datagram->destination = aps;
  if (failure != NULL)
    ue->failure = failure;
  if (association_is_ready(&ue->channel.pending))
    association_pair_replace(&ue->channel);
  assert_int_equal(association_pair_seal(&ue->channel), 0);
  const int result = coap_session_write(&ue->coap, datagram, ue->world->now_ns);
  if (result != 0)
    return result;
  return association_pair_write(&ue->channel, &ue->address, &aps, datagram, ue->world->now_ns);
}

uint64_t aps_world_ue_expiry(const struct aps_world_ue *ue) {
  const uint64_t coap_ns = coap_session_expiry(&ue->coap);
  const uint64_t channel_ns = association_pair_expiry(&ue->channel);
  return coap_ns < channel_ns ? coap_ns : channel_ns;
}

void aps_world_ue_handle_expiry(struct aps_world_ue *ue) {
  struct association_given_up given_up;
  (void)coap_session_handle_expiry(&ue->coap, ue->world->now_ns);
  assert_int_equal(association_pair_handle_expiry(&ue->channel, ue->world->now_ns, &given_up), 0);
}

/* What a UE does */

void aps_world_pull(struct aps_world *world, size_t number, size_t aps, const char *name) {
  struct aps_world_ue *ue = &world->ues[number];
  uint8_t initiate[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer out;
  const struct erp_peer_request asking = {
      .nas = {(const uint8_t *)name, name == NULL ? 0 : strlen(name)}};
  struct coap_message request = {
      .phase = NODE_PHASE_PULL, .code = COAP_CODE_POST, .token_length = 1};
  span_writer_init(&out, initiate, sizeof initiate, &spans);
  assert_int_equal(erp_peer_begin(&ue->erp, &asking, world->now_ns, &out), 0);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, BOOTSTRAP_PULL_PATH,
                          strlen(BOOTSTRAP_PULL_PATH));
  seeded_bytes(&ue->party.seeded, request.token, 1);
  request.payload = initiate;
  request.payload_length = out.length;
  request.payload_spans = &spans;
  ue->aps = aps;
  ue->responses = 0;
  coap_session_cancel(&ue->coap);
  assert_int_equal(coap_session_request(&ue->coap, &request, "EAP-Initiate/Re-auth"), 0);
  aps_world_flush(world, number);
}

void aps_world_take_rmsk(struct aps_world *world, size_t number, const char *name) {
  struct aps_world_ue *ue = &world->ues[number];
  const struct bootstrap_name aps = {(const uint8_t *)name, strlen(name)};
  uint8_t rmsk[EAP_KEY_LENGTH];
  assert_int_equal(erp_peer_rmsk(&ue->erp, rmsk), 0);
  assert_int_equal(
      bootstrap_psk_from_rmsk(NULL, rmsk, &aps, bootstrap_channel_use(world->channel), ue->psk), 0);
}

void aps_world_take_root(struct aps_world *world, size_t number, const char *name) {
  struct aps_world_ue *ue = &world->ues[number];
  const struct bootstrap_name aps = {(const uint8_t *)name, strlen(name)};
  uint8_t root[EAP_KEY_LENGTH];
  assert_int_equal(bootstrap_aps_root(NULL, ue->keys.emsk, &aps, root), 0);
  assert_int_equal(
      bootstrap_psk_from_root(NULL, root, bootstrap_channel_use(world->channel), ue->psk), 0);
}

void aps_world_open(struct aps_world *world, size_t number, size_t aps) {
  struct aps_world_ue *ue = &world->ues[number];
  const struct association_config made = {
      .kind = bootstrap_channel_kind(world->channel),
      .options = &world->options,
      .coap = &world->coap,
      .client = true,
      .phase = NODE_PHASE_SECURE,
      .local = ue->address,
      .remote = aps_world_address(aps),
      .server_name = world->servers[aps].name.octets,
      .server_name_length = world->servers[aps].name.length,
      .key = ue->psk,
      .key_length = bootstrap_channel_psk_length(world->channel),
      .identity = ue->identity,
      .identity_length = bootstrap_channel_identity_length(world->channel)};
  association_pair_close(&ue->channel);
  ue->aps = aps;
  ue->failure = NULL;
  assert_int_equal(
      association_open(&ue->channel.pending, &made, NULL, &ue->party.hooks, world->now_ns), 0);
  aps_world_flush(world, number);
}

bool aps_world_is_open(const struct aps_world *world, size_t ue) {
  return association_is_ready(&world->ues[ue].channel.current);
}

bool aps_world_ask(struct aps_world *world, size_t number, enum lower_request kind) {
  static const uint8_t reading[] = {'2', '1'};
  struct aps_world_ue *ue = &world->ues[number];
  ue->answers = 0;
  if (!association_is_ready(&ue->channel.current) ||
      lower_application_send(&ue->channel.current, kind, reading,
                             kind == LOWER_POST ? sizeof reading : 0) < 0)
    return false;
  aps_world_flush(world, number);
  return true;
}

bool aps_world_serve(struct aps_world *world, size_t ue, size_t aps) {
  const char *name = aps == 0 ? "aps1" : "aps2";
  aps_world_pull(world, ue, aps, name);
  aps_world_run_ms(world, 60000);
  if (world->ues[ue].finish != ERP_PEER_SUCCESS)
    return false;
  aps_world_take_rmsk(world, ue, name);
  aps_world_open(world, ue, aps);
  aps_world_run_ms(world, 60000);
  if (!aps_world_ask(world, ue, LOWER_GET))
    return false;
  aps_world_run_ms(world, 60000);
  return world->ues[ue].answers == 1;
}

/* Real UEs */

struct bootstrap_ue_config aps_world_ue_config(struct aps_world *world, size_t ue,
                                               enum bootstrap_pull pull) {
  world->ues[ue].erp_config.bootstraps =
      bootstrap_pull_trigger(pull) == BOOTSTRAP_TRIGGER_HANDSHAKE;
  return (struct bootstrap_ue_config){.options = &world->options,
                                      .channel = world->channel,
                                      .pull = pull,
                                      .local = world->ues[ue].address,
                                      .servers = world->servers,
                                      .server_count = APS_WORLD_APS,
                                      .erp = world->ues[ue].erp_config,
                                      .names_server = true};
}

void aps_world_place(struct aps_world *world, size_t number,
                     const struct bootstrap_ue_config *config) {
  struct aps_world_ue *ue = &world->ues[number];
  node_destroy(ue->node);
  ue->node = bootstrap_ue_create(config, &ue->party.hooks);
  assert_non_null(ue->node);
}

static const struct eap_user *find_user(void *context, const uint8_t *identity, size_t length) {
  (void)identity;
  (void)length;
  return context;
}

/* Hands packets from one to the other until the peer has succeeded. */
static void converse(struct eap_peer *peer, struct eap_server *server) {
  uint8_t asked[EAP_PACKET_MAX], answered[EAP_PACKET_MAX];
  struct span_list spans;
  struct span_writer request, response;
  span_writer_init(&request, asked, sizeof asked, &spans);
  assert_int_equal(eap_server_identity_request(1, &request), 0);
  for (;;) {
    span_writer_init(&response, answered, sizeof answered, &spans);
    const enum eap_peer_result result = eap_peer_process(peer, asked, request.length, &response);
    if (result == EAP_PEER_SUCCESS)
      return;
    assert_int_equal(result, EAP_PEER_RESPOND);
    span_writer_init(&request, asked, sizeof asked, &spans);
    const enum eap_server_result served =
        eap_server_process(server, answered, response.length, &request);
    assert_true(served == EAP_SERVER_REQUEST || served == EAP_SERVER_SUCCESS);
  }
}

void aps_world_learn(struct aps_world *world, size_t number) {
  static struct eap_peer peer;
  static struct eap_server server;
  struct aps_world_ue *ue = &world->ues[number];
  const uint8_t id_p[] = {'u', 'e', (uint8_t)('0' + number)}, id_s[] = {'a', 's'}, psk[16] = {7};
  const struct eap_credential of_peer = {psk, id_p, sizeof id_p, id_s, sizeof id_s, NULL, 0};
  const struct eap_credential of_server = {psk, id_s, sizeof id_s, id_p, sizeof id_p, NULL, 0};
  const struct eap_peer_method method = {&EAP_PSK_PEER, of_peer};
  const struct eap_server_method offered = {&EAP_PSK_SERVER, of_server};
  const struct eap_peer_config peer_config = {id_p, sizeof id_p, &method, 1};
  struct eap_user user = {
      .identity = id_p, .identity_length = sizeof id_p, .methods = &offered, .method_count = 1};
  const struct eap_server_config server_config = {.lookup = find_user, .context = &user};
  struct eap_keys keys;
  struct eap_session_id session;
  struct eap_name name;
  eap_peer_init(&peer, &peer_config, &ue->party.hooks);
  eap_server_init(&server, &server_config, &world->as_party.hooks, 1);
  converse(&peer, &server);
  assert_int_equal(eap_server_keys(&server, &keys), 0);
  assert_int_equal(eap_server_session_id(&server, &session), 0);
  assert_true(eap_server_name(&server, &name));
  assert_int_equal(erp_server_add(&world->roots, keys.emsk, &session, &name, world->now_ns), 0);
  bootstrap_ue_learn(ue->node, &peer, world->now_ns);
  aps_world_flush(world, number);
  eap_peer_wipe(&peer);
  eap_server_wipe(&server);
}

int aps_world_begin(struct aps_world *world, size_t number, size_t server,
                    enum lower_request kind) {
  static const uint8_t reading[] = {'2', '1'};
  const int result = bootstrap_ue_request(world->ues[number].node, server, kind, reading,
                                          kind == LOWER_POST ? sizeof reading : 0, world->now_ns);
  aps_world_flush(world, number);
  return result;
}

bool aps_world_request(struct aps_world *world, size_t number, size_t server,
                       enum lower_request kind) {
  const struct aps_world_told *told = &world->ues[number].party.told;
  const unsigned before = told->count[NODE_PHASE_APPLICATION][NODE_EVENT_ANSWERED];
  if (aps_world_begin(world, number, server, kind) < 0)
    return false;
  aps_world_run_ms(world, 120000);
  return told->count[NODE_PHASE_APPLICATION][NODE_EVENT_ANSWERED] == before + 1;
}

const char *aps_world_ue_why(const struct aps_world *world, size_t ue) {
  const char *label =
      world->ues[ue].party.told.label[NODE_PHASE_APPLICATION][NODE_EVENT_UNANSWERED];
  return label == NULL ? "" : label;
}
