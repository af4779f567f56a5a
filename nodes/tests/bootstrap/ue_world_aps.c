/* The application servers of a UE's world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "lower/application.h"
#include "ue_world.h"

enum { PAYLOAD_BYTES = 16 };

/* Keys of an ApS */

/* Whether this is who the key is of. */
static bool aps_knows(const struct ue_world_aps *aps, const uint8_t *identity, size_t length) {
  const struct ue_world *world = aps->world;
  uint8_t name[EMSK_NAME_LENGTH];
  if (!aps->has_key)
    return false;
  if (world->config.pull == BOOTSTRAP_PULL_CONFIGURED)
    return length == bootstrap_channel_identity_length(world->config.channel) &&
           memcmp(identity, world->configured[0].identity, length) == 0;
  return bootstrap_channel_identity_read(world->config.channel, identity, length, name) &&
         memcmp(name, world->name, sizeof name) == 0;
}

static size_t aps_find(void *context, const uint8_t *identity, size_t length,
                       uint8_t psk[DTLS_PSK_MAX]) {
  struct ue_world_aps *aps = context;
  struct ue_world *world = aps->world;
  const struct bootstrap_name *name = &world->known[aps - world->aps].name;
  uint8_t root[EAP_KEY_LENGTH];
  if (!aps_knows(aps, identity, length))
    return 0;
  if (bootstrap_pull_trigger(world->config.pull) == BOOTSTRAP_TRIGGER_HANDSHAKE) {
    assert_int_equal(bootstrap_aps_root(NULL, world->keys.emsk, name, root), 0);
    assert_int_equal(
        bootstrap_psk_from_root(NULL, root, bootstrap_channel_use(world->config.channel), aps->psk),
        0);
  }
  const size_t psk_length = bootstrap_channel_psk_length(world->config.channel);
  memcpy(psk, aps->psk, psk_length);
  return psk_length;
}

/* Life */

void ue_world_aps_start(struct ue_world *world, size_t index) {
  struct ue_world_aps *aps = &world->aps[index];
  aps->world = world;
  aps->seeded.state = 100 + index;
  aps->hooks = (struct node_hooks){.context = &aps->seeded, .random = seeded_bytes};
  aps->address = world->known[index].address;
  aps->separate_ns = NODE_NEVER;
  coap_session_init(&aps->clear, &world->coap, &aps->hooks);
  aps->keys = (struct association_keys){.find = aps_find, .context = aps};
  aps->has_key = world->config.pull != BOOTSTRAP_PULL_ERP;
  memcpy(aps->psk, world->configured[index].psk, sizeof aps->psk);
}

void ue_world_restart(struct ue_world *world, size_t index) {
  struct ue_world_aps *aps = &world->aps[index];
  association_pair_close(&aps->channel);
  aps->has_key = false;
}

/* POST /k at an ApS */

static void set_finish(struct ue_world_aps *aps, uint8_t code) {
  aps->finish_code = code;
  span_writer_init(&aps->finish, aps->finish_octets, sizeof aps->finish_octets, &aps->finish_spans);
}

/* The AS, or somebody with its keys, says what the conduct wants. */
static void forge_finish(struct ue_world_aps *aps, const struct coap_message *request) {
  struct erp_packet readings[ERP_SUITES];
  struct erp_root root;
  uint8_t rik[EAP_KEY_LENGTH];
  assert_true(erp_packet_readings(request->payload, request->payload_length, readings) > 0);
  assert_int_equal(erp_root_derive_in_domain(NULL, aps->world->keys.emsk, aps->world->name, &root),
                   0);
  struct erp_packet finish = readings[0];
  finish.code = EAP_FINISH;
  finish.flags = aps->conduct.says_no ? ERP_FLAG_RESULT : 0;
  if (aps->conduct.renamed != NULL)
    finish.attributes[ERP_NAS_IDENTIFIER] =
        (struct erp_value){(const uint8_t *)aps->conduct.renamed, strlen(aps->conduct.renamed)};
  assert_int_equal(erp_rik(NULL, &root, finish.suite, rik), 0);
  set_finish(aps, COAP_CODE_CHANGED);
  assert_int_equal(erp_packet_compose(NULL, &finish, rik, &aps->finish), 0);
}

static void ask_server(struct ue_world_aps *aps, const struct coap_message *request) {
  struct ue_world *world = aps->world;
  const size_t index = (size_t)(aps - world->aps);
  const char *called = aps->conduct.called;
  const struct erp_value nas = {(const uint8_t *)called, called == NULL ? 0 : strlen(called)};
  struct erp_grant grant;
  set_finish(aps, COAP_CODE_CHANGED);
  if (erp_server_process(&world->roots, request->payload, request->payload_length,
                         called == NULL ? NULL : &nas, world->post.now_ns, &grant,
                         &aps->finish) != ERP_SERVER_SUCCESS) {
    aps->finish_code = COAP_CODE_FORBIDDEN;
    return;
  }
  aps->has_key = true;
  assert_int_equal(bootstrap_psk_from_rmsk(NULL, grant.rmsk, &world->known[index].name,
                                           bootstrap_channel_use(world->config.channel), aps->psk),
                   0);
}

static void respond_to_pull(struct ue_world_aps *aps, const struct coap_message *request) {
  const struct ue_world_conduct *conduct = &aps->conduct;
  struct coap_message response = {.phase = NODE_PHASE_PULL,
                                  .code = aps->finish_code,
                                  .payload = aps->finish_octets,
                                  .payload_length = aps->finish.length,
                                  .payload_spans = &aps->finish_spans};
  if (response.payload_length == 0)
    response.payload = NULL;
  if (conduct->flip > 0)
    aps->finish_octets[(conduct->flip - 1) / 8] ^= (uint8_t)(1 << (conduct->flip - 1) % 8);
  if (conduct->option != 0)
    coap_message_add_option(&response, conduct->option, ROW_COAP_URI_PATH, "", 0);
  aps->pulls++;
  assert_int_equal(coap_session_respond(&aps->clear, request, &response, "EAP-Finish/Re-auth",
                                        aps->world->post.now_ns),
                   0);
}

static void aps_take_pull(struct ue_world_aps *aps, const struct coap_message *request) {
  static const char *const path[] = {BOOTSTRAP_PULL_PATH};
  struct ue_world *world = aps->world;
  if (request->type != COAP_CON || request->code != COAP_CODE_POST || request->option_count != 1 ||
      !coap_message_path_is(request, path, 1))
    return;
  if (aps->conduct.code != 0)
    set_finish(aps, aps->conduct.code);
  else if (aps->conduct.renamed != NULL || aps->conduct.says_no)
    forge_finish(aps, request);
  else
    ask_server(aps, request);
  if (aps->conduct.takes_ms == 0) {
    respond_to_pull(aps, request);
    return;
  }
  coap_session_acknowledge(&aps->clear, request, world->post.now_ns);
  aps->separate = (struct coap_message){.type = request->type,
                                        .code = request->code,
                                        .message_id = request->message_id,
                                        .token_length = request->token_length};
  memcpy(aps->separate.token, request->token, sizeof request->token);
  aps->separate_ns = world->post.now_ns + aps->conduct.takes_ms * NODE_MS;
}

/* The channel of an ApS */

static int aps_message(void *context, struct association *association, const uint8_t *data,
                       size_t length, uint64_t now_ns) {
  struct ue_world_aps *aps = context;
  struct coap_message message;
  struct association_request request;
  if (coap_session_receive(association_coap(association), data, length, now_ns, &message) !=
      COAP_RECEIVED_REQUEST)
    return 0;
  if (aps->conduct.mute_inside)
    return 0;
  assert_int_equal(association_verify_request(association, &message, &request), 0);
  assert_int_equal(
      lower_application_answer(&request, PAYLOAD_BYTES, NODE_PHASE_APPLICATION, now_ns), 1);
  aps->served++;
  return 0;
}

static void aps_discarded(void *context, const char *why) {
  (void)context;
  (void)why;
}

static void aps_open(struct ue_world_aps *aps) {
  struct ue_world *world = aps->world;
  const struct bootstrap_name *called = aps->conduct.called_in_ikev2;
  const struct bootstrap_name *name =
      called != NULL ? called : &world->known[aps - world->aps].name;
  const struct association_config made = {.kind = bootstrap_channel_kind(world->config.channel),
                                          .options = &world->options,
                                          .coap = &world->coap,
                                          .phase = NODE_PHASE_SECURE,
                                          .local = aps->address,
                                          .remote = world->config.local,
                                          .keys = &aps->keys,
                                          .server_name = name->octets,
                                          .server_name_length = name->length};
  assert_int_equal(
      association_open(&aps->channel.pending, &made, &aps->clear, &aps->hooks, world->post.now_ns),
      0);
}

static void aps_read_channel(struct ue_world_aps *aps, const struct node_datagram *datagram) {
  struct ue_world *world = aps->world;
  const struct association_reader reader = {
      .context = aps, .message = aps_message, .discarded = aps_discarded};
  struct association_pair *channel = &aps->channel;
  if (association_kind_opens(bootstrap_channel_kind(world->config.channel), datagram) &&
      !association_has_opened(&channel->pending, datagram) &&
      !association_has_opened(&channel->current, datagram))
    aps_open(aps);
  assert_int_equal(association_pair_read(channel, datagram, world->post.now_ns, &reader), 0);
  if (association_is_ready(&channel->pending)) {
    association_pair_replace(channel);
    aps->handshakes++;
  }
}

/* As nodes are asked */

int ue_world_aps_write(struct ue_world_aps *aps, struct node_datagram *datagram) {
  const uint64_t now_ns = aps->world->post.now_ns;
  datagram->source = aps->address;
  datagram->destination = aps->world->config.local;
  const int result = coap_session_write(&aps->clear, datagram, now_ns);
  if (result != 0)
    return result;
  return association_pair_write(&aps->channel, &aps->address, &aps->world->config.local, datagram,
                                now_ns);
}

void ue_world_aps_read(struct ue_world_aps *aps, const struct node_datagram *datagram) {
  struct coap_message message;
  if (aps->conduct.mute)
    return;
  if (datagram->destination.port != aps->address.port) {
    aps_read_channel(aps, datagram);
    return;
  }
  if (coap_session_receive(&aps->clear, datagram->data, datagram->length, aps->world->post.now_ns,
                           &message) == COAP_RECEIVED_REQUEST)
    aps_take_pull(aps, &message);
}

uint64_t ue_world_aps_expiry(const struct ue_world_aps *aps) {
  const uint64_t times_ns[] = {coap_session_expiry(&aps->clear),
                               association_pair_expiry(&aps->channel), aps->separate_ns};
  uint64_t next_ns = NODE_NEVER;
  for (size_t i = 0; i < sizeof times_ns / sizeof times_ns[0]; i++)
    next_ns = times_ns[i] < next_ns ? times_ns[i] : next_ns;
  return next_ns;
}

void ue_world_aps_wake(struct ue_world_aps *aps) {
  struct association_given_up given_up;
  const uint64_t now_ns = aps->world->post.now_ns;
  (void)coap_session_handle_expiry(&aps->clear, now_ns);
  assert_int_equal(association_pair_handle_expiry(&aps->channel, now_ns, &given_up), 0);
  if (now_ns < aps->separate_ns)
    return;
  aps->separate_ns = NODE_NEVER;
  respond_to_pull(aps, &aps->separate);
}
