/* Topologies: who is where, and what nodes are called. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "cast/topology.h"

static void assert_name(const struct topology *topology, size_t node, const char *expected) {
  char name[TOPOLOGY_NAME_MAX];
  topology_name(topology, node, name);
  assert_string_equal(name, expected);
}

static void test_line(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.hops = 3;
  spec.peers = 2;
  topology_init(&topology, &spec);
  assert_int_equal(topology.radio_count, 5);
  assert_int_equal(topology.wired_count, 1);
  assert_int_equal(topology.parents[1], 0);
  assert_int_equal(topology.parents[2], 1);
  assert_int_equal(topology.parents[3], 2);
  assert_int_equal(topology.parents[4], 2);
  assert_null(topology.positions);
  assert_name(&topology, 0, "authenticator");
  assert_name(&topology, 1, "relay-1");
  assert_name(&topology, 2, "relay-2");
  assert_name(&topology, 3, "peer-1");
  assert_name(&topology, 4, "peer-2");
  assert_name(&topology, 5, "aaa");
  assert_name(&topology, WORLD_NODE_NONE, "unknown");
  assert_int_equal(topology.member_count[ROLE_PEER], 2);
  assert_int_equal(topology.members[ROLE_PEER][1], 4);
  topology_deinit(&topology);
}

static void test_star_without_a_wire(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_STAR;
  spec.hops = 3;
  spec.peers = 500;
  spec.aaa = SPEC_AAA_LOCAL;
  topology_init(&topology, &spec);
  assert_int_equal(topology_size(&topology), 501);
  assert_int_equal(topology.wired_count, 0);
  assert_int_equal(topology.member_count[ROLE_AAA], 0);
  for (size_t i = 1; i <= 500; i++)
    assert_int_equal(topology.parents[i], 0);
  assert_name(&topology, 500, "peer-500");
  topology_deinit(&topology);
}

static void test_above(void **state) {
  (void)state;
  struct spec spec;
  struct topology topology;
  spec_init(&spec);
  spec.hops = 2;
  spec.peers = 2;
  topology_init(&topology, &spec);
  assert_true(topology_is_above(&topology, 0, 3));
  assert_true(topology_is_above(&topology, 1, 3));
  assert_false(topology_is_above(&topology, 2, 3)); /* peers side by side */
  assert_false(topology_is_above(&topology, 3, 0));
  assert_false(topology_is_above(&topology, 0, 4)); /* the AAA server has no radio */
  topology_deinit(&topology);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_line),
      cmocka_unit_test(test_star_without_a_wire),
      cmocka_unit_test(test_above),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
