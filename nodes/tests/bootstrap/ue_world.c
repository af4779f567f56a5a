/* The world of a UE. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "eap/psk.h"
#include "eap/server.h"
#include "ue_world.h"

enum { TRIES_MAX = 20 };

static const char *const NAMES[UE_WORLD_APS] = {"aps1", "aps2", "aps3"};
static const struct node_address LOCAL = {.ip = {0xfd, [15] = 0x99}, .port = 5683};

/* Hooks */

static void ue_random(void *context, uint8_t *bytes, size_t length) {
  seeded_bytes(&((struct ue_world *)context)->seeded, bytes, length);
}

static size_t aps_at(const struct ue_world *world, const struct node_address *address) {
  for (size_t i = 0; i < UE_WORLD_APS; i++)
    if (memcmp(world->aps[i].address.ip, address->ip, sizeof address->ip) == 0)
      return i;
  return UE_WORLD_APS;
}

static void ue_event(void *context, const struct node_event *event) {
  struct ue_world *world = context;
  assert_true(world->event_count < UE_WORLD_EVENTS_MAX);
  assert_non_null(event->label);
  struct ue_world_event *told = &world->events[world->event_count++];
  *told = (struct ue_world_event){.type = event->type,
                                  .phase = event->phase,
                                  .aps = aps_at(world, &event->remote),
                                  .label = event->label,
                                  .at_ns = world->post.now_ns};
  if (event->secret != NULL)
    memcpy(told->secret, event->secret, event->secret_length);
}

static void ue_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  struct ue_world *world = context;
  (void)primitive;
  assert_false(world->writes);
  world->computed += blocks;
}

/* The network */

static void call_begins(const struct ue_world *world) {
  if (world->around != NULL)
    world->around(true);
}

static int call_ended(const struct ue_world *world, int result) {
  if (world->around != NULL)
    world->around(false);
  return world->around != NULL && result == NODE_ERR_EXHAUSTED ? 0 : result;
}

static int ue_write(struct ue_world *world, struct node_datagram *datagram) {
  world->writes = true;
  call_begins(world);
  const int result = call_ended(world, node_write(world->ue, datagram, world->post.now_ns));
  world->writes = false;
  return result;
}

/* All that anybody has to say. */
static void flush(void *context) {
  struct ue_world *world = context;
  uint8_t data[NODE_DATAGRAM_MAX];
  struct digest digest;
  for (size_t i = 0; i <= UE_WORLD_APS;) {
    struct node_datagram datagram = {.data = data, .capacity = sizeof data};
    if (i < UE_WORLD_APS)
      assert_int_equal(association_pair_seal(&world->aps[i].channel), 0);
    const int result = i < UE_WORLD_APS ? ue_world_aps_write(&world->aps[i], &datagram)
                                        : ue_write(world, &datagram);
    assert_true(result >= 0);
    if (result == 1)
      post_depart(&world->post, &datagram);
    else
      i++;
  }
  digest_init(&digest);
  assert_true(node_digest(world->ue, &digest, world->post.now_ns));
  assert_true(bootstrap_ue_bytes(world->ue) <= bootstrap_ue_bytes_peak(world->ue));
}

static void read_any(void *context, const struct node_datagram *datagram) {
  struct ue_world *world = context;
  const size_t to = aps_at(world, &datagram->destination);
  if (to < UE_WORLD_APS)
    ue_world_aps_read(&world->aps[to], datagram);
  else {
    call_begins(world);
    assert_int_equal(call_ended(world, node_read(world->ue, datagram, world->post.now_ns)), 0);
  }
}

static uint64_t expiry(const void *context) {
  const struct ue_world *world = context;
  uint64_t next_ns = node_expiry(world->ue);
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    const uint64_t due_ns = ue_world_aps_expiry(&world->aps[i]);
    next_ns = due_ns < next_ns ? due_ns : next_ns;
  }
  return next_ns;
}

static void wake(void *context) {
  struct ue_world *world = context;
  for (size_t i = 0; i < UE_WORLD_APS; i++)
    ue_world_aps_wake(&world->aps[i]);
  call_begins(world);
  assert_int_equal(call_ended(world, node_handle_expiry(world->ue, world->post.now_ns)), 0);
}

static const struct post_world POST_WORLD = {
    .read = read_any, .expiry = expiry, .wake = wake, .flush = flush};

void ue_world_run(struct ue_world *world) {
  post_run_ms(&world->post, 1000000);
}

/* Life */

void ue_world_configure(struct ue_world *world, enum bootstrap_pull pull) {
  unsigned channel = 0;
  while (!bootstrap_pull_goes_with(pull, channel))
    channel++;
  ue_world_configure_over(world, channel, pull);
}

void ue_world_configure_over(struct ue_world *world, enum bootstrap_channel channel,
                             enum bootstrap_pull pull) {
  memset(world, 0, sizeof *world);
  lower_options_init(&world->options);
  coap_parameters_read(&world->options, &world->coap);
  post_init(&world->post, &POST_WORLD, world);
  world->seeded.state = 4711;
  world->roots_config = (struct erp_server_config){.realm = (const uint8_t *)UE_WORLD_REALM,
                                                   .realm_length = strlen(UE_WORLD_REALM),
                                                   .keys_max = 4};
  world->hooks = (struct node_hooks){
      .context = world, .random = ue_random, .event = ue_event, .cost = ue_cost};
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    world->known[i] =
        (struct bootstrap_server){.name = {(const uint8_t *)NAMES[i], strlen(NAMES[i])},
                                  .address = {.ip = {0xfd, [15] = (uint8_t)(1 + i)}, .port = 5683}};
    memcpy(world->configured[i].identity, "configured by us", sizeof world->configured[i].identity);
    memset(world->configured[i].psk, (int)(0xa0 + i), sizeof world->configured[i].psk);
  }
  world->config = (struct bootstrap_ue_config){
      .options = &world->options,
      .channel = channel,
      .pull = pull,
      .local = LOCAL,
      .servers = world->known,
      .server_count = UE_WORLD_APS,
      .erp = {.realm = (const uint8_t *)UE_WORLD_REALM, .realm_length = strlen(UE_WORLD_REALM)},
      .names_server = true,
      .configured = pull == BOOTSTRAP_PULL_CONFIGURED ? world->configured : NULL};
}

void ue_world_start(struct ue_world *world) {
  for (size_t i = 0; i < UE_WORLD_APS; i++)
    ue_world_aps_start(world, i);
  assert_true(erp_server_init(&world->roots, &world->roots_config, &world->aps[0].hooks));
  world->ue = bootstrap_ue_create(&world->config, &world->hooks);
  assert_non_null(world->ue);
}

void ue_world_end(struct ue_world *world) {
  node_destroy(world->ue);
  for (size_t i = 0; i < UE_WORLD_APS; i++) {
    association_pair_close(&world->aps[i].channel);
    coap_session_wipe(&world->aps[i].clear);
  }
  erp_server_deinit(&world->roots);
}

static void ue_world_go(struct ue_world *world) {
  ue_world_start(world);
  ue_world_authenticate(world);
}

void ue_world_begin(struct ue_world *world, enum bootstrap_pull pull) {
  ue_world_configure(world, pull);
  ue_world_go(world);
}

void ue_world_begin_over(struct ue_world *world, enum bootstrap_channel channel,
                         enum bootstrap_pull pull) {
  ue_world_configure_over(world, channel, pull);
  ue_world_go(world);
}

/* EAP-PSK, packet by packet. */

struct conversation {
  struct eap_peer_method peer_method;
  struct eap_peer_config peer_config;
  struct eap_server_method server_method;
  struct eap_user user;
  struct eap_server_config server_config;
  struct eap_peer peer;
  struct eap_server server;
};

static const struct eap_user *converse_with(void *context, const uint8_t *identity, size_t length) {
  (void)identity;
  (void)length;
  return &((struct conversation *)context)->user;
}

static void converse(struct conversation *both, const struct node_hooks *hooks) {
  static const struct eap_credential credential = {.psk = (const uint8_t *)"0123456789abcdef",
                                                   .local_id = (const uint8_t *)"both",
                                                   .local_id_length = 4};
  uint8_t packets[2][EAP_PACKET_MAX];
  struct span_writer out[2];
  *both = (struct conversation){.peer_method = {&EAP_PSK_PEER, credential},
                                .peer_config = {(const uint8_t *)"user", 4, &both->peer_method, 1},
                                .server_method = {&EAP_PSK_SERVER, credential},
                                .user = {.identity = (const uint8_t *)"user",
                                         .identity_length = 4,
                                         .methods = &both->server_method,
                                         .method_count = 1},
                                .server_config = {.lookup = converse_with, .context = both}};
  eap_peer_init(&both->peer, &both->peer_config, hooks);
  eap_server_init(&both->server, &both->server_config, hooks, 1);
  span_writer_init(&out[0], packets[0], sizeof packets[0], NULL);
  assert_int_equal(eap_server_identity_request(1, &out[0]), 0);
  for (size_t i = 0; i < TRIES_MAX; i++) {
    span_writer_init(&out[1], packets[1], sizeof packets[1], NULL);
    if (eap_peer_process(&both->peer, packets[0], out[0].length, &out[1]) == EAP_PEER_SUCCESS)
      return;
    span_writer_init(&out[0], packets[0], sizeof packets[0], NULL);
    (void)eap_server_process(&both->server, packets[1], out[1].length, &out[0]);
  }
  fail_msg("EAP does not end");
}

void ue_world_authenticate(struct ue_world *world) {
  static struct conversation both;
  const struct node_hooks hooks = {.context = world, .random = ue_random};
  const struct eap_name user = {.octets = {'u'}, .length = 1};
  struct eap_session_id session;
  converse(&both, &hooks);
  assert_int_equal(eap_server_keys(&both.server, &world->keys), 0);
  assert_int_equal(eap_server_session_id(&both.server, &session), 0);
  assert_int_equal(emsk_name(NULL, &session, world->name), 0);
  assert_int_equal(
      erp_server_add(&world->roots, world->keys.emsk, &session, &user, world->post.now_ns), 0);
  bootstrap_ue_learn(world->ue, &both.peer, world->post.now_ns);
  eap_peer_wipe(&both.peer);
  eap_server_wipe(&both.server);
}

/* What the UE does, and what it has told */

int ue_world_ask(struct ue_world *world, size_t aps, enum lower_request kind) {
  static const uint8_t payload[] = {1, 2, 3, 4, 5};
  call_begins(world);
  const int result =
      bootstrap_ue_request(world->ue, aps, kind, kind == LOWER_POST ? payload : NULL,
                           kind == LOWER_POST ? sizeof payload : 0, world->post.now_ns);
  (void)call_ended(world, result);
  flush(world);
  return result;
}

unsigned ue_world_count(const struct ue_world *world, size_t aps, enum node_phase phase,
                        enum node_event_type type) {
  unsigned count = 0;
  for (size_t i = 0; i < world->event_count; i++)
    count += world->events[i].aps == aps && world->events[i].phase == phase &&
             world->events[i].type == type;
  return count;
}

const struct ue_world_event *ue_world_last(const struct ue_world *world, size_t aps,
                                           enum node_phase phase, enum node_event_type type) {
  for (size_t i = world->event_count; i-- > 0;)
    if (world->events[i].aps == aps && world->events[i].phase == phase &&
        world->events[i].type == type)
      return &world->events[i];
  fail_msg("no such event");
  return NULL;
}

void ue_world_assert_answered(struct ue_world *world, size_t aps) {
  const unsigned before = ue_world_count(world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED);
  assert_int_equal(ue_world_ask(world, aps, LOWER_GET), 0);
  ue_world_run(world);
  assert_int_equal(ue_world_count(world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED),
                   before + 1);
  assert_int_equal(bootstrap_ue_state(world->ue, aps), BOOTSTRAP_UE_SECURED);
}

void ue_world_assert_unanswered(struct ue_world *world, size_t aps, const char *why) {
  const unsigned before = ue_world_count(world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
  assert_int_equal(ue_world_ask(world, aps, LOWER_GET), 0);
  ue_world_run(world);
  assert_int_equal(ue_world_count(world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED),
                   before + 1);
  assert_string_equal(
      ue_world_last(world, aps, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label, why);
}
