/* An AAA server on the host of an authenticator that has the EAP server inside: what
 * authentications there leave is there for who asks the AAA server for keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "coap-eap/pipe.h"
#include "key_world.h"

enum { PEERS = 2 };

static const char *const LOWER_LAYERS[] = {"coap-eap", "pana"};
static struct key_world world;
static struct pipe pipe_;

/* The world's server has no root but those of the pipe's authenticator. */
static struct pipe_config shared_start(const char *lower_layer) {
  struct pipe_config config = PIPE_DEFAULT;
  key_world_configure(&world);
  key_world_start(&world);
  erp_store_remove(&world.erp.server.store, world.erp.server.store.oldest);
  pipe_set(&config, "lower_layer", lower_layer);
  config.erp = PIPE_ERP_BY_PEER;
  config.peers = PEERS;
  config.numbered = true;
  config.limits.roots = &world.erp.server;
  return config;
}

static void shared_end(void) {
  pipe_deinit(&pipe_);
  key_world_end(&world);
}

/* Who has such a root has it under the name that the UE gives. */
static void assert_pulls(const struct erp_entry *entry) {
  const struct bootstrap_name name = KEY_WORLD_NAME("aps1");
  uint8_t nai[ERP_NAI_MAX + 1], key[EAP_KEY_LENGTH], expected[EAP_KEY_LENGTH];
  const struct key_world_request request = {.user = (char *)nai, .nas = "aps1", .service = true};
  nai[erp_nai_write(entry->root.name, ERP_WORLD_REALM, ERP_WORLD_REALM_LENGTH, nai)] = 0;
  assert_int_equal(key_world_ask(&world, KEY_WORLD_APS1, &request), RADIUS_ACCESS_ACCEPT);
  key_world_key(&world, key);
  assert_int_equal(bootstrap_aps_root(NULL, entry->emsk, &name, expected), 0);
  assert_memory_equal(key, expected, sizeof key);
  assert_int_equal(world.confirmed.length, entry->user.length);
  assert_memory_equal(world.confirmed.octets, entry->user.octets, entry->user.length);
}

static void keys_of_all_peers(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof LOWER_LAYERS / sizeof LOWER_LAYERS[0]; i++) {
    const struct pipe_config config = shared_start(LOWER_LAYERS[i]);
    const struct erp_store *store = &world.erp.server.store;
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(store->count, PEERS);
    for (size_t j = 0; j < PEERS; j++)
      assert_true(pipe_established(&pipe_, j));
    assert_pulls(store->oldest);
    assert_pulls(store->latest);
    assert_memory_not_equal(store->oldest->emsk, store->latest->emsk, EAP_KEY_LENGTH);
    shared_end();
  }
}

/* Another authentication of a peer, another root in the place of the former. */
static void authentication_anew(void **state) {
  (void)state;
  struct pipe_config config = shared_start("pana");
  const struct erp_store *store = &world.erp.server.store;
  config.peers = 1;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  uint8_t former[EMSK_NAME_LENGTH];
  memcpy(former, store->latest->root.name, sizeof former);
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_int_equal(store->count, 1);
  assert_memory_not_equal(former, store->latest->root.name, sizeof former);
  assert_pulls(store->latest);
  shared_end();
}

static void nothing_of_who_fails(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof LOWER_LAYERS / sizeof LOWER_LAYERS[0]; i++) {
    struct pipe_config config = shared_start(LOWER_LAYERS[i]);
    config.peer_psk = "a very wrong key";
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 0);
    assert_int_equal(world.erp.server.store.count, 0);
    shared_end();
  }
}

/* Sequence numbers are those of the root, wherever the peer re-authenticates. */
static void one_sequence(void **state) {
  (void)state;
  struct pipe_config config = shared_start("coap-eap");
  config.peers = 1;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  pipe_.now_ns += 20 * NODE_SECOND;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_int_equal(world.erp.server.store.count, 1);
  assert_int_equal(world.erp.server.store.latest->expected, 1);
  shared_end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(keys_of_all_peers),
      cmocka_unit_test(authentication_anew),
      cmocka_unit_test(nothing_of_who_fails),
      cmocka_unit_test(one_sequence),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
