/* What a peer of ERP does for other uses than access: an authenticator that it knows by a name that
 * goes into no Initiate, and the EMSK. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "erp_world.h"

static struct erp_world world;

static int set_up(void **state) {
  (void)state;
  erp_world_init(&world);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  erp_world_end(&world);
  return 0;
}

/* A Finish to this Initiate, with a right tag; `nas` NULL: names nobody. */
static struct erp_octets finish_to(const struct erp_octets *initiate, const char *nas) {
  struct erp_packet readings[ERP_SUITES];
  struct erp_octets octets;
  struct span_writer out;
  assert_int_equal(erp_packet_readings(initiate->octets, initiate->length, readings), 1);
  struct erp_packet finish = readings[0];
  finish.code = EAP_FINISH;
  finish.attributes[ERP_NAS_IDENTIFIER] =
      (struct erp_value){(const uint8_t *)nas, nas == NULL ? 0 : strlen(nas)};
  span_writer_init(&out, octets.octets, sizeof octets.octets, NULL);
  assert_int_equal(erp_packet_compose(&world.hooks, &finish, world.peer.rik, &out), 0);
  octets.length = out.length;
  return octets;
}

/* Said or not, the name is what a Finish that names one must name. */
static void name_of_the_authenticator(void **state) {
  static const char *const others[] = {"aps2", "aps", "aps11"};
  static const char *const good[] = {NULL, "aps1"};
  (void)state;
  erp_world_start(&world);
  for (size_t unsaid = 0; unsaid < 2; unsaid++)
    for (size_t i = 0; i < 2; i++) {
      const struct erp_peer_request request = {.nas = {(const uint8_t *)"aps1", 4},
                                               .nas_unsaid = unsaid == 1};
      struct erp_octets initiate, none;
      assert_int_equal(erp_world_begin(&world, &request, &initiate), 0);
      assert_int_equal(initiate.length, unsaid == 1 ? 56 : 56 + 2 + 4);
      for (size_t j = 0; j < sizeof others / sizeof others[0]; j++) {
        struct erp_octets wrong = finish_to(&initiate, others[j]);
        assert_int_equal(erp_world_give(&world, &wrong, &none), ERP_PEER_DISCARD);
        assert_true(erp_peer_is_of_another(&world.peer));
        wrong.octets[wrong.length - 1] ^= 1; /* anybody's */
        assert_int_equal(erp_world_give(&world, &wrong, &none), ERP_PEER_DISCARD);
        assert_false(erp_peer_is_of_another(&world.peer));
      }
      const struct erp_octets finish = finish_to(&initiate, good[i]);
      assert_int_equal(erp_world_give(&world, &finish, &none), ERP_PEER_SUCCESS);
      assert_false(erp_peer_is_of_another(&world.peer));
    }
}

static void emsk_is_kept(void **state) {
  struct erp_peer_emsk emsk;
  (void)state;
  world.peer_config.bootstraps = true;
  world.peer_config.rrk_lifetime_s = 100;
  world.now_ns = 7 * NODE_SECOND;
  erp_world_start(&world);
  assert_int_equal(erp_peer_emsk(&world.peer, &emsk), 0);
  assert_memory_equal(emsk.octets, world.keys.emsk, sizeof emsk.octets);
  assert_memory_equal(emsk.name, world.peer.root.name, sizeof emsk.name);
  assert_true(erp_peer_emsk_until_ns(&world.peer) == 107 * NODE_SECOND);
  world.peer.next_sequence = ERP_SEQUENCE_MAX + 1;
  assert_true(erp_peer_until_ns(&world.peer) == NODE_NEVER);
  assert_true(erp_peer_emsk_until_ns(&world.peer) == 107 * NODE_SECOND);
  assert_int_equal(erp_peer_key_bytes(&world.peer), EMSK_NAME_LENGTH + 2 * EAP_KEY_LENGTH);
  erp_peer_forget(&world.peer);
  assert_int_equal(erp_peer_emsk(&world.peer, &emsk), NODE_ERR_BAD_STATE);
  assert_true(erp_peer_emsk_until_ns(&world.peer) == NODE_NEVER);
  assert_int_equal(erp_peer_key_bytes(&world.peer), 0);
}

static void emsk_is_not_kept(void **state) {
  struct erp_peer_emsk emsk;
  struct erp_octets initiate;
  (void)state;
  erp_world_start(&world);
  assert_int_equal(erp_peer_emsk(&world.peer, &emsk), NODE_ERR_BAD_STATE);
  assert_int_equal(erp_peer_key_bytes(&world.peer), EMSK_NAME_LENGTH + EAP_KEY_LENGTH);
  assert_int_equal(erp_world_begin(&world, NULL, &initiate), 0);
  assert_int_equal(erp_peer_key_bytes(&world.peer), EMSK_NAME_LENGTH + 2 * EAP_KEY_LENGTH);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(name_of_the_authenticator, set_up, tear_down),
      cmocka_unit_test_setup_teardown(emsk_is_kept, set_up, tear_down),
      cmocka_unit_test_setup_teardown(emsk_is_not_kept, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
