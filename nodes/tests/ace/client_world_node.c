/* Real resource servers of a client's world. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_world.h"

static const uint8_t VALUE[] = {0x0a, 0x0b, 0x0c, 0x0d};

static void node_told(void *context, const struct node_event *event) {
  struct client_world_server *server = context;
  const bool transfer = event->phase == NODE_PHASE_TOKEN_TRANSFER;
  if (event->type == NODE_EVENT_SERVED && transfer)
    server->tokens++;
  else if (event->type == NODE_EVENT_SERVED)
    server->served++;
  else if (event->type == NODE_EVENT_CONFIRMED)
    server->contexts++;
}

static int fixed_keys(const void *state, struct eap_keys *keys) {
  memset(keys->msk, *(const uint8_t *)state, sizeof keys->msk);
  memset(keys->emsk, 0, sizeof keys->emsk);
  return 0;
}

void client_world_node_learn(struct client_world_server *server) {
  static const struct eap_method method = {.keys = fixed_keys};
  static const struct eap_peer_method chosen = {.method = &method};
  struct eap_peer peer = {.selected = &chosen, .method_done = true};
  uint8_t msk[EAP_KEY_LENGTH];
  peer.state[0] = ++server->seed;
  memset(msk, server->seed, sizeof msk);
  assert_int_equal(ace_sealing_key_derive(msk, NULL, &server->key), 0);
  ace_resource_server_learn(server->node, &peer, server->world->post.now_ns);
}

static void node_make(struct client_world_server *server) {
  const struct client_world *world = server->world;
  static const struct ace_resource light = {
      .path = "light", .value = VALUE, .value_length = sizeof VALUE};
  const struct ace_resource_server_config config = {
      .options = &world->options,
      .profile = world->config.profile,
      .local = server->address,
      .audience = world->known[server - world->servers].audience,
      .resources = &light,
      .resource_count = 1,
      .clients_max = 4};
  server->node = ace_resource_server_create(&config, &server->hooks);
  assert_non_null(server->node);
}

void client_world_node_start(struct client_world_server *server) {
  server->hooks.event = node_told;
  node_make(server);
  client_world_node_learn(server);
}

void client_world_node_restart(struct client_world_server *server, bool authenticates) {
  node_destroy(server->node);
  node_make(server);
  if (authenticates)
    client_world_node_learn(server);
}
