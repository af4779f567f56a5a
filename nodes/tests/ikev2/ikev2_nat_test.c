/* Detection of a NAT, and what follows from it: port 4500, the marker, ESP in UDP (RFC 7296 section
 * 2.23). */
#include "ikev2/ikev2.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#include "ikev2_world.h"

static struct ikev2_world world;

enum { NOTIFIES = 2 * (8 + 20) };

static void begin(enum ikev2_nat initiator, enum ikev2_nat responder, bool translates) {
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++)
    config.end[side].child = IKEV2_CHILD_TUNNEL;
  config.end[IKEV2_INITIATOR].nat = initiator;
  config.end[IKEV2_RESPONDER].nat = responder;
  if (translates)
    config.end[IKEV2_RESPONDER].remote = ikev2_world_translated(IKEV2_PORT);
  ikev2_world_init(&world, &config);
  world.translates = translates;
}

/* From which message on the ports are those of ESP in UDP, and the marker is there. */
static void check_ports(size_t moved_at) {
  static const uint8_t marker[IKEV2_MARKER_LENGTH];
  const size_t base = world.translates ? 20000 : 0;
  for (size_t i = 0; i < world.count; i++) {
    const struct ikev2_world_datagram *datagram = &world.log[i];
    const uint16_t port = i >= moved_at ? IKEV2_PORT_ENCAPSULATED : IKEV2_PORT;
    const bool from_initiator = datagram->from == IKEV2_INITIATOR;
    assert_int_equal(datagram->source.port, from_initiator ? base + port : port);
    assert_int_equal(datagram->destination.port, port);
    assert_int_equal(memcmp(datagram->data, marker, sizeof marker) == 0, i >= moved_at);
    assert_int_equal(datagram->spans.item[0].row == ROW_IKEV2_MARKER, i >= moved_at);
  }
}

static void every_pair(void **state) {
  (void)state;
  for (enum ikev2_nat i = IKEV2_NAT_OFF; i <= IKEV2_NAT_FORCE; i++)
    for (enum ikev2_nat r = IKEV2_NAT_OFF; r <= IKEV2_NAT_FORCE; r++) {
      const bool both = i != IKEV2_NAT_OFF && r != IKEV2_NAT_OFF;
      const bool found = both && (i == IKEV2_NAT_FORCE || r == IKEV2_NAT_FORCE);
      begin(i, r, false);
      ikev2_world_run(&world);
      assert_true(ikev2_world_established(&world));
      assert_int_equal(world.log[0].length, 128 + (i == IKEV2_NAT_OFF ? 0 : NOTIFIES));
      assert_int_equal(world.log[1].length, 128 + (r == IKEV2_NAT_OFF ? 0 : NOTIFIES));
      check_ports(found ? 2 : 4);
      for (int side = 0; side < 2; side++) {
        struct ikev2_child child;
        assert_true(ikev2_child(world.end[side].ike, &child));
        assert_int_equal(child.in_udp, found);
      }
      assert_int_equal(ikev2_check_liveness(world.end[IKEV2_RESPONDER].ike, world.now_ns), 0);
      ikev2_world_run(&world);
      assert_int_equal(world.count, 6);
      assert_false(ikev2_is_asking(world.end[IKEV2_RESPONDER].ike));
      ikev2_world_deinit(&world);
    }
}

/* A real one: it is found, and the responder's own requests find their way back. */
static void translated(void **state) {
  (void)state;
  begin(IKEV2_NAT_DETECT, IKEV2_NAT_DETECT, true);
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
  check_ports(2);
  assert_int_equal(ikev2_delete(world.end[IKEV2_RESPONDER].ike, world.now_ns), 0);
  ikev2_world_run(&world);
  for (int side = 0; side < 2; side++)
    assert_string_equal(ikev2_reason(world.end[side].ike), "ikev2-deleted");
  ikev2_world_deinit(&world);
}

/* With the marker from the first message on, whatever the ports are. */
static void marker_from_the_first(void **state) {
  (void)state;
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++)
    config.end[side].marker = true;
  ikev2_world_init(&world, &config);
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
  assert_int_equal(ikev2_world_bytes(&world), 486 + 4 * 4);
  const unsigned discarded = world.end[IKEV2_RESPONDER].discarded;
  ikev2_world_receive_octets(&world, IKEV2_RESPONDER, world.log[2].data + 4,
                             world.log[2].length - 4);
  assert_int_equal(world.end[IKEV2_RESPONDER].discarded, discarded + 1);
  ikev2_world_deinit(&world);
}

/* Who does not know its own address learns it from the first datagram. */
static void unbound(void **state) {
  (void)state;
  struct ikev2_world_config config = ikev2_world_default();
  for (int side = 0; side < 2; side++) {
    memset(&config.end[side].local, 0, sizeof config.end[side].local);
    config.end[side].child = IKEV2_CHILD_TRANSPORT;
  }
  ikev2_world_init(&world, &config);
  world.fault = IKEV2_LOSE;
  ikev2_world_run_to(&world, 1);
  world.log[0].source = config.end[IKEV2_RESPONDER].remote;
  world.now_ns += NODE_MS;
  ikev2_world_receive(&world, &world.log[0]);
  ikev2_world_run(&world);
  assert_true(ikev2_world_established(&world));
  for (int side = 0; side < 2; side++) {
    struct ikev2_child child;
    assert_true(ikev2_child(world.end[side].ike, &child));
    assert_int_equal(child.local.ip[15], side + 1);
    assert_int_equal(child.remote.ip[15], !side + 1);
  }
  ikev2_world_deinit(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_pair),
      cmocka_unit_test(translated),
      cmocka_unit_test(marker_from_the_first),
      cmocka_unit_test(unbound),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
