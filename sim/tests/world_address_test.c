/* The addresses of the nodes, and the way back from them. */
#include "world_lab.h"

enum { RADIOS = 300, WIRED = 270 }; /* more than the last octet of an address can tell */

static void ignore_radio(void *context, size_t node, enum world_radio radio, uint64_t now_ns) {
  (void)context, (void)node, (void)radio, (void)now_ns;
}

/* More nodes than a lab has room for. */
static struct world *build_crowd(size_t wired) {
  static const size_t parents[RADIOS];
  static const struct world_wire wires[WIRED];
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.radio = ignore_radio;
  struct world_config config = lab_config(RADIOS, parents, 1);
  config.wired_count = wired;
  config.wires = wires;
  lab_left = world_create(&config, &callbacks, NULL);
  assert_non_null(lab_left);
  return lab_left;
}

static void every_address_leads_back_to_its_node(void **state) {
  (void)state;
  const struct world *world = build_crowd(WIRED);
  for (size_t i = 0; i < RADIOS + WIRED; i++) {
    uint8_t ip[16];
    world_address(world, i, ip);
    assert_int_equal(world_node(world, ip), i);
  }
}

static void addresses_are_those_that_are_documented(void **state) {
  (void)state;
  static const struct {
    size_t node;
    uint8_t ip[16];
  } rows[] = {
      {0, {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 0, 1}},
      {299, {0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xfe, 0, 1, 44}},
      {RADIOS, {0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2}},
      {RADIOS + 1, {0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}},
      {RADIOS + 269, {0xfd, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 15}},
  };
  const struct world *world = build_crowd(WIRED);
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    uint8_t ip[16];
    world_address(world, rows[i].node, ip);
    assert_memory_equal(ip, rows[i].ip, sizeof ip);
  }
}

/* An address with one bit changed is that of another node, or of none; with the bit before the last
 * 16, always of none. */
static void other_addresses_are_of_nobody(void **state) {
  (void)state;
  const struct world *world = build_crowd(WIRED);
  static const size_t nodes[] = {0, 1, 254, 255, 299, RADIOS, RADIOS + 253, RADIOS + 269};
  size_t unknown = 0;
  for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
    for (size_t bit = 0; bit < 128; bit++) {
      uint8_t ip[16], own[16];
      world_address(world, nodes[i], ip);
      ip[bit / 8] ^= (uint8_t)(0x80 >> bit % 8);
      const size_t found = world_node(world, ip);
      assert_int_not_equal(found, nodes[i]);
      if (bit < 112)
        assert_int_equal(found, WORLD_NODE_NONE);
      unknown += found == WORLD_NODE_NONE;
      if (found != WORLD_NODE_NONE) {
        world_address(world, found, own);
        assert_memory_equal(ip, own, sizeof ip);
      }
    }
  }
  assert_true(unknown > 8 * 112 && unknown < 8 * 128);
}

/* The first beyond each end of each range. */
static void nobody_is_beyond_the_last(void **state) {
  (void)state;
  static const struct {
    uint16_t net, middle, last;
  } rows[] = {
      {0xfd00, 0x00ff, 0}, {0xfd00, 0x00ff, RADIOS + 1}, {0xfd00, 0x00ff, 0xffff}, {0xfd01, 0, 0},
      {0xfd01, 0, 1},      {0xfd01, 0, WIRED + 2},       {0xfd01, 0, 0xffff},      {0, 0, 0}};
  for (size_t wired = 0; wired <= WIRED; wired += WIRED) {
    const struct world *world = build_crowd(wired);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
      uint8_t ip[16] = {(uint8_t)(rows[i].net >> 8), (uint8_t)rows[i].net};
      ip[11] = (uint8_t)rows[i].middle;
      ip[12] = rows[i].middle > 0 ? 0xfe : 0;
      ip[14] = (uint8_t)(rows[i].last >> 8);
      ip[15] = (uint8_t)rows[i].last;
      assert_int_equal(world_node(world, ip), WORLD_NODE_NONE);
    }
    const uint8_t first_wired[16] = {0xfd, 1, [15] = 2};
    assert_int_equal(world_node(world, first_wired), wired > 0 ? RADIOS : WORLD_NODE_NONE);
    lab_teardown(NULL);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(every_address_leads_back_to_its_node, lab_teardown),
      cmocka_unit_test_teardown(addresses_are_those_that_are_documented, lab_teardown),
      cmocka_unit_test_teardown(other_addresses_are_of_nobody, lab_teardown),
      cmocka_unit_test_teardown(nobody_is_beyond_the_last, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
