/* Link-local addresses: neighbours reach each other by them, nobody else. */
#include "world_lab.h"

enum { NODES = 4 }; /* a chain */

static struct node_datagram seen;
static size_t seen_at;

static void note(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  (void)lab;
  seen = *datagram;
  seen_at = node;
}

static int send_link_local(struct lab *lab, size_t from, size_t to) {
  uint8_t data[] = "through the link, or not at all";
  struct node_datagram datagram = {.data = data, .length = sizeof data};
  datagram.spans.item[0] = (struct span){ROW_EAP_HEADER, 5};
  datagram.spans.item[1] = (struct span){ROW_COAP_HEADER, sizeof data - 5};
  datagram.spans.count = 2;
  datagram.source.port = LAB_PORT;
  datagram.destination.port = LAB_PORT;
  world_link_local(lab->world, to, datagram.destination.ip);
  return world_send(lab->world, from, &datagram, 7);
}

static int send_global(struct lab *lab, size_t from, size_t to) {
  uint8_t data[] = "through the link, or not at all";
  const struct span_list spans = {.item = {{ROW_COAP_HEADER, sizeof data}}, .count = 1};
  return lab_send_spans(lab, from, to, data, &spans, 7);
}

static void addresses_are_those_that_are_documented(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_chain(&lab, NODES - 1, 1);
  for (size_t i = 0; i < NODES; i++) {
    const uint8_t expected[16] = {0xfe, 0x80, [11] = 0xff, 0xfe, [15] = (uint8_t)(i + 1)};
    uint8_t ip[16];
    world_link_local(lab.world, i, ip);
    assert_memory_equal(ip, expected, sizeof ip);
    assert_int_equal(world_node(lab.world, ip), i);
  }
  lab_destroy(&lab);
}

static void they_lead_to_parent_and_children(void **state) {
  (void)state;
  for (size_t from = 0; from < NODES; from++) {
    for (size_t to = 0; to < NODES; to++) {
      struct lab lab = {.on_datagram = note};
      uint8_t source[16], destination[16];
      lab_build_chain(&lab, NODES - 1, 1);
      const bool near = from + 1 == to || to + 1 == from;
      assert_int_equal(send_link_local(&lab, from, to), near ? 0 : -1);
      world_run(lab.world, NODE_SECOND);
      assert_int_equal(lab.delivered, near);
      if (near) {
        world_link_local(lab.world, from, source);
        world_link_local(lab.world, to, destination);
        assert_int_equal(seen_at, to);
        assert_memory_equal(seen.source.ip, source, sizeof source);
        assert_memory_equal(seen.destination.ip, destination, sizeof destination);
        assert_int_equal(lab.data_frames, 1);
      }
      lab_destroy(&lab);
    }
  }
}

/* What the addresses of a packet cost on a hop is what relay.h says. */
static void frames_are_as_long_as_is_documented(void **state) {
  (void)state;
  static const struct {
    size_t to;
    bool on_link;
    size_t longer; /* than between neighbours, by link-local addresses */
  } rows[] = {{1, true, 0}, {1, false, 0}, {2, false, 2 + 2 + 1}};
  size_t shortest = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lab lab = {0};
    lab_build_chain(&lab, NODES - 1, 1);
    assert_int_equal((rows[i].on_link ? send_link_local : send_global)(&lab, 0, rows[i].to), 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.delivered, 1);
    const size_t frame = lab.psdu_octets - lab.data_frames * WORLD_ACK_LENGTH;
    if (i == 0)
      shortest = frame;
    assert_int_equal(frame, rows[i].to * shortest + rows[i].longer);
    lab_destroy(&lab);
  }
}

static void what_arrives_has_its_spans(void **state) {
  (void)state;
  struct lab lab = {.on_datagram = note};
  lab_build_chain(&lab, NODES - 1, 1);
  assert_int_equal(send_link_local(&lab, 0, 1), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(seen.spans.count, 2);
  assert_int_equal(seen.spans.item[0].row, ROW_EAP_HEADER);
  assert_int_equal(seen.spans.item[0].length, 5);
  assert_int_equal(seen.spans.item[1].row, ROW_COAP_HEADER);
  assert_int_equal(seen.spans.item[1].length, seen.length - 5);
  lab_destroy(&lab);
}

/* In fragments, over several hops: as many as there can be. */
static void spans_survive_fragments(void **state) {
  (void)state;
  enum { SPAN = 15 };
  static uint8_t data[SPAN_LIST_MAX * SPAN];
  struct lab lab = {.on_datagram = note};
  struct span_list spans = {.count = 0};
  for (size_t i = 0; i < SPAN_LIST_MAX; i++)
    assert_true(span_list_add(&spans, i % 2 == 0 ? ROW_EAP_HEADER : ROW_COAP_HEADER, SPAN));
  lab_build_chain(&lab, NODES - 1, 1);
  assert_int_equal(lab_send_spans(&lab, 0, NODES - 1, data, &spans, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(seen.spans.count, spans.count);
  assert_memory_equal(seen.spans.item, spans.item, sizeof spans.item);
  lab_destroy(&lab);
}

static void wired_nodes_have_none(void **state) {
  (void)state;
  struct lab lab = {0};
  static const size_t parents[2];
  static const struct world_wire wires[1];
  struct world_config config = lab_config(2, parents, 1);
  config.wired_count = 1;
  config.wires = wires;
  lab_build(&lab, &config);
  assert_int_equal(send_link_local(&lab, 2, 0), -1);
  assert_int_equal(send_link_local(&lab, 2, 1), -1);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(addresses_are_those_that_are_documented, lab_teardown),
      cmocka_unit_test_teardown(they_lead_to_parent_and_children, lab_teardown),
      cmocka_unit_test_teardown(frames_are_as_long_as_is_documented, lab_teardown),
      cmocka_unit_test_teardown(what_arrives_has_its_spans, lab_teardown),
      cmocka_unit_test_teardown(spans_survive_fragments, lab_teardown),
      cmocka_unit_test_teardown(wired_nodes_have_none, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
