/* Memory: what an endpoint says that it holds is what it holds; and where memory is short. */
#include "ikev2/ikev2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "crowd/heap.h"
#include "ikev2_world.h"

static struct ikev2_world world;

enum { BLOCKS_MAX = 16, ROUNDED_UP = 24 }; /* of one end; octets that the allocator adds to each */

static struct ikev2_world_config config_of(bool child) {
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++)
    config.end[side].child = child ? IKEV2_CHILD_TRANSPORT : IKEV2_CHILD_NONE;
  return config;
}

static void honest(void **state) {
  (void)state;
  for (int child = 0; child < 2; child++) {
    const struct ikev2_world_config config = config_of(child);
    heap_owner(1);
    heap_reset();
    ikev2_world_init(&world, &config);
    for (unsigned steps = 0; steps == 0 || ikev2_world_step(&world); steps++) {
      const size_t held = heap_octets(1),
                   said = ikev2_state_bytes(world.end[0].ike) + ikev2_state_bytes(world.end[1].ike);
      assert_in_range(held, said, said + 2 * BLOCKS_MAX * ROUNDED_UP);
    }
    assert_true(ikev2_world_established(&world));
    ikev2_world_deinit(&world);
    assert_int_equal(heap_octets(1), 0);
  }
}

static int receive_when_short(const struct ikev2_world_datagram *sent) {
  struct node_datagram datagram = {.source = sent->source,
                                   .destination = sent->destination,
                                   .data = world.log[sent - world.log].data,
                                   .length = sent->length};
  heap_is_short(true);
  const int result = ikev2_receive(world.end[!sent->from].ike, &datagram, world.now_ns);
  heap_is_short(false);
  return result;
}

/* A responder that has not begun begins later; what cannot be decrypted is dropped, and comes
 * again; else it has failed. */
static void is_short(void **state) {
  (void)state;
  unsigned failed = 0;
  for (size_t at = 0; at < 4; at++) {
    const struct ikev2_world_config config = config_of(true);
    ikev2_world_init(&world, &config);
    ikev2_world_run_to(&world, at + 1);
    world.log[at].under_way = false;
    const int result = receive_when_short(&world.log[at]);
    const struct ikev2 *ike = world.end[!world.log[at].from].ike;
    const bool has_failed = ikev2_state(ike) == IKEV2_FAILED;
    assert_true(result <= 0 && (result < 0 || !has_failed));
    if (has_failed)
      assert_string_equal(ikev2_reason(ike), "ikev2-rejected");
    failed += has_failed;
    ikev2_world_run(&world);
    assert_int_equal(ikev2_world_established(&world), !has_failed);
    ikev2_world_deinit(&world);
  }
  assert_int_equal(failed, 1);
}

static void is_short_later(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(false);
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  struct ikev2 *const ike = world.end[IKEV2_INITIATOR].ike;
  heap_is_short(true);
  assert_true(ikev2_check_liveness(ike, world.now_ns) < 0);
  heap_is_short(false);
  assert_int_equal(ikev2_check_liveness(ike, world.now_ns), 0);
  ikev2_world_run_to(&world, 5);
  world.log[4].under_way = false;
  assert_true(receive_when_short(&world.log[4]) <= 0);
  ikev2_world_run(&world);
  assert_false(ikev2_is_asking(ike));
  assert_true(ikev2_world_established(&world));
  ikev2_world_deinit(&world);
}

static void none_is_made(void **state) {
  (void)state;
  const struct ikev2_world_config config = config_of(false);
  struct seeded seeded = {1};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  heap_is_short(true);
  for (int side = 0; side < 2; side++)
    assert_null(ikev2_create(&config.end[side], &hooks, 0));
  heap_is_short(false);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(honest),
      cmocka_unit_test(is_short),
      cmocka_unit_test(is_short_later),
      cmocka_unit_test(none_is_made),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
