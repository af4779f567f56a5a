/* Topology five: who is where for which hops, what is not possible, and how many peers the spec
 * has.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "cast/topology.h"
#include "spec/device.h"

static struct spec five(int64_t hops, int64_t server_hops, int64_t apart_hops) {
  struct spec spec;
  spec_init(&spec);
  spec.topology = SPEC_TOPOLOGY_FIVE;
  spec.hops = hops;
  spec.server_hops = server_hops;
  spec.apart_hops = apart_hops;
  return spec;
}

static void draw(struct topology *topology, const struct spec *spec) {
  char reason[TOPOLOGY_REASON_MAX] = "";
  if (!topology_init(topology, spec, reason))
    fail_msg("%s", reason);
}

static size_t parent_of(const struct topology *topology, size_t node) {
  return topology_has_radio(topology, node) ? topology->parents[node]
                                            : topology->wire_ends[node - topology->radio_count];
}

/* All nodes behind the authenticator with the nodes above them, as "relay-1<0 ". */
static void describe(const struct topology *topology, char text[1000]) {
  size_t length = 0;
  text[0] = '\0';
  for (size_t i = 1; i < topology_size(topology); i++) {
    char name[TOPOLOGY_NAME_MAX];
    topology_name(topology, i, name);
    length +=
        (size_t)snprintf(text + length, 1000 - length, "%s<%zu ", name, parent_of(topology, i));
  }
}

static void test_drawn(void **state) {
  (void)state;
  static const struct {
    int64_t hops, server_hops, apart_hops, phones;
    int phone_at;
    const char *nodes;
    bool forward;
  } cases[] = {
      {1, 1, 2, 1, SPEC_PHONE_AT_MESH, "resource-server-1<0 peer-1<0 phone-1<0 aaa<0 ", false},
      {1, 1, 2, 2, SPEC_PHONE_AT_BEHIND, "resource-server-1<0 peer-1<0 aaa<0 phone-1<0 phone-2<0 ",
       false},
      {1, 1, 2, 0, SPEC_PHONE_AT_BEHIND, "resource-server-1<0 peer-1<0 aaa<0 ", false},
      {3, 3, 6, 0, 0, "relay-1<0 relay-2<1 resource-server-1<2 relay-3<0 relay-4<4 peer-1<5 aaa<0 ",
       false},
      {3, 3, 4, 0, 0, "relay-1<0 relay-2<1 resource-server-1<2 relay-3<1 peer-1<4 aaa<0 ", false},
      {3, 3, 2, 2, SPEC_PHONE_AT_MESH,
       "relay-1<0 relay-2<1 resource-server-1<2 peer-1<2 phone-1<0 phone-2<0 aaa<0 ", false},
      {3, 1, 4, 0, 0, "resource-server-1<0 relay-1<0 relay-2<2 peer-1<3 aaa<0 ", false},
      {3, 1, 2, 1, SPEC_PHONE_AT_BEHIND, "resource-server-1<0 relay-1<1 peer-1<2 aaa<0 phone-1<0 ",
       true},
      {1, 3, 2, 0, 0, "peer-1<0 relay-1<1 resource-server-1<2 aaa<0 ", true},
      {1, 2, 1, 0, 0, "peer-1<0 resource-server-1<1 aaa<0 ", true},
      {2, 1, 1, 0, 0, "resource-server-1<0 peer-1<1 aaa<0 ", true},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec = five(cases[i].hops, cases[i].server_hops, cases[i].apart_hops);
    struct topology topology;
    char nodes[1000];
    spec.phones = cases[i].phones;
    spec.phone_at = cases[i].phone_at;
    draw(&topology, &spec);
    describe(&topology, nodes);
    assert_string_equal(nodes, cases[i].nodes);
    assert_int_equal(topology_peers_forward(&topology), cases[i].forward);
    topology_deinit(&topology);
  }
}

/* Peers in the order in which they are drawn, whatever their roles. */
static void test_peers(void **state) {
  (void)state;
  static const enum role roles[2][5] = {
      {ROLE_RESOURCE_SERVER, ROLE_PEER, ROLE_PHONE, ROLE_PHONE, ROLE_PHONE},
      {ROLE_PEER, ROLE_RESOURCE_SERVER, ROLE_PHONE, ROLE_PHONE, ROLE_PHONE}};
  for (int i = 0; i < 4; i++) {
    struct spec spec = five(1, 1 + i / 2, 2 - i / 2);
    struct topology topology;
    spec.phones = 3;
    spec.phone_at = i % 2 == 0 ? SPEC_PHONE_AT_MESH : SPEC_PHONE_AT_BEHIND;
    draw(&topology, &spec);
    assert_int_equal(topology.peer_count, 5);
    for (size_t peer = 0; peer < topology.peer_count; peer++) {
      const size_t node = topology.peers[peer];
      assert_int_equal(topology.nodes[node].role, roles[i / 2][peer]);
      assert_int_equal(topology.nodes[node].peer, peer);
      assert_int_equal(topology.members[topology.nodes[node].role][topology.nodes[node].number],
                       node);
      assert_int_equal(topology_has_radio(&topology, node), peer < 2 || i % 2 == 0);
    }
    assert_int_equal(topology.nodes[0].peer, TOPOLOGY_NO_PEER);
    assert_int_equal(topology_hops(&topology, topology.members[ROLE_PHONE][2]), i % 2 == 0);
    topology_deinit(&topology);
  }
}

/* Links between two nodes. */
static int64_t links_between(const struct topology *topology, size_t a, size_t b) {
  int64_t count = 0;
  for (; a != b; count++)
    if (a > b)
      a = topology->parents[a];
    else
      b = topology->parents[b];
  return count;
}

static void assert_distances(const struct spec *spec) {
  struct topology topology;
  draw(&topology, spec);
  const size_t server = topology.members[ROLE_RESOURCE_SERVER][0],
               peer = topology.members[ROLE_PEER][0];
  for (size_t i = 1; i < topology.radio_count; i++)
    assert_true(topology.parents[i] < i);
  assert_int_equal(topology_hops(&topology, server), spec->server_hops);
  assert_int_equal(topology_hops(&topology, peer), spec->hops);
  assert_int_equal(links_between(&topology, server, peer), spec->apart_hops);
  assert_int_equal(topology_peers_forward(&topology),
                   spec->apart_hops == llabs(spec->hops - spec->server_hops));
  topology_deinit(&topology);
}

static void assert_refused(const struct spec *spec, const char *expected) {
  struct topology topology;
  char reason[TOPOLOGY_REASON_MAX] = "";
  assert_false(topology_init(&topology, spec, reason));
  if (strncmp(reason, expected, strlen(expected)) != 0)
    fail_msg("%s", reason);
}

/* Every combination: as far apart as was asked for, or refused. */
static void test_distances(void **state) {
  (void)state;
  for (int64_t hops = 1; hops <= 16; hops++)
    for (int64_t server_hops = 1; server_hops <= 16; server_hops++)
      for (int64_t apart = 1; apart <= 32; apart++) {
        const struct spec spec = five(hops, server_hops, apart);
        const bool possible = apart >= llabs(hops - server_hops) && apart <= hops + server_hops &&
                              (hops + server_hops + apart) % 2 == 0;
        if (possible)
          assert_distances(&spec);
        else
          assert_refused(&spec, "apart_hops: with hops: ");
      }
}

static void test_refused(void **state) {
  (void)state;
  static const struct {
    int64_t hops, server_hops, apart_hops;
    int radio_policy;
    const char *reason;
  } cases[] = {
      {1, 1, 1, 0, "apart_hops: with hops: 1 and server_hops: 1 it takes 2"},
      {2, 1, 2, 0, "apart_hops: with hops: 2 and server_hops: 1 it takes 1 or 3"},
      {3, 3, 8, 0, "apart_hops: with hops: 3 and server_hops: 3 it takes 2, 4 or 6"},
      {16, 16, 31, 0,
       "apart_hops: with hops: 16 and server_hops: 16 it takes 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, "
       "22, 24, 26, 28, 30 or 32"},
      {3, 1, 2, SPEC_RADIO_POLICY_POLLING,
       "radio_policy: who forwards for others cannot sleep, and by apart_hops the resource server "
       "does"},
      {1, 3, 2, SPEC_RADIO_POLICY_OFF_WHILE_IDLE,
       "radio_policy: who forwards for others cannot sleep, and by apart_hops the peer does"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec = five(cases[i].hops, cases[i].server_hops, cases[i].apart_hops);
    spec.radio_policy = cases[i].radio_policy;
    assert_refused(&spec, cases[i].reason);
  }
  struct spec sleeper = five(3, 3, 2);
  struct topology topology;
  sleeper.radio_policy = SPEC_RADIO_POLICY_POLLING;
  draw(&topology, &sleeper);
  topology_deinit(&topology);
}

/* As many peers as there are; another number is no spec. */
static void test_resolved(void **state) {
  (void)state;
  static const struct {
    const char *text;
    int64_t peers; /* 0: refused */
  } cases[] = {
      {"{\"topology\": \"five\"}", 3},
      {"{\"topology\": \"five\", \"phones\": 0}", 2},
      {"{\"topology\": \"five\", \"phones\": 16, \"peers\": 18}", 18},
      {"{\"topology\": \"five\", \"peers\": 1}", 0},
      {"{\"topology\": \"five\", \"phones\": 0, \"peers\": 3}", 0},
      {"{\"topology\": \"star\", \"phones\": 5, \"peers\": 4}", 4},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    char error[SPEC_ERROR_MAX] = "";
    assert_int_equal(spec_parse(cases[i].text, &spec, error), cases[i].peers != 0);
    if (cases[i].peers != 0)
      assert_int_equal(spec.peers, cases[i].peers);
    else
      assert_non_null(strstr(error, "but topology: five has "));
  }
}

#define NO_RADIO                                                                                   \
  "\"phone_platform\": \"x\", \"phone_platform_figures\": \"processor=p clock_mhz=9\""

/* Resource servers are as peers; phones have keys of their own. */
static void test_devices(void **state) {
  (void)state;
  struct spec spec;
  char error[SPEC_ERROR_MAX];
  assert_true(spec_parse("{\"topology\": \"five\", \"platform\": \"cc2538\", \"phone_platform\": "
                         "\"nrf52840\", \"phone_crypto\": \"cortex-m4-asm\"}",
                         &spec, error));
  const struct device *peers = spec_device(&spec, PARTY_PEERS);
  assert_ptr_equal(spec_device(&spec, PARTY_RESOURCE_SERVERS), peers);
  assert_true(spec_device(&spec, PARTY_PHONES)->computes && !peers->computes);
  assert_true(spec_device(&spec, PARTY_PHONES)->platform.transmit_ma !=
              peers->platform.transmit_ma);
  assert_string_equal(spec_crypto(&spec, PARTY_PHONES), "cortex-m4-asm");
  assert_string_equal(spec_crypto(&spec, PARTY_RESOURCE_SERVERS), "none");
  /* relays of a way whose other end is one hop away */
  assert_true(spec_parse("{\"topology\": \"five\", \"platform\": \"cc2538\", \"server_hops\": 3}",
                         &spec, error));
  assert_true(spec_device(&spec, PARTY_RELAYS)->exists);
  assert_true(spec_device(&spec, PARTY_RELAYS)->platform.transmit_ma ==
              peers->platform.transmit_ma);
  assert_true(spec_device(&spec, PARTY_PHONES)->platform.transmit_ma ==
              peers->platform.transmit_ma);
  assert_true(
      spec_parse("{\"topology\": \"five\", \"phone_at\": \"behind\", " NO_RADIO "}", &spec, error));
  assert_false(spec_parse("{\"topology\": \"five\", " NO_RADIO "}", &spec, error));
  assert_non_null(strstr(error, "phone_platform_figures: this has no radio's figures"));
  assert_true(spec_parse("{\"topology\": \"five\", \"phones\": 0, " NO_RADIO "}", &spec, error));
  assert_string_equal(spec.phone_platform_figures, "");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_drawn),     cmocka_unit_test(test_peers),
      cmocka_unit_test(test_distances), cmocka_unit_test(test_refused),
      cmocka_unit_test(test_resolved),  cmocka_unit_test(test_devices),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
