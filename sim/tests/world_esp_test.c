/* ESP beside UDP: what arrives, what is on air and wire, who is refused. */
#define _GNU_SOURCE
#include "account/frame.h"
#include "shell.h"
#include "world_lab.h"

enum { RADIOS = 3, LEAF = 2, WIRE = 3, IPV6_HEADER = 40, ESP_HEADER = 8 };

/* A chain of two hops, and a wired node. */
static void build(struct lab *lab, const char *folder) {
  static const size_t parents[RADIOS] = {0, 0, 1};
  static const struct world_wire wire = {.delay_ns = NODE_MS};
  struct world_config config = lab_config(RADIOS, parents, 1);
  config.wired_count = 1;
  config.wires = &wire;
  config.pcap_directory = folder;
  lab_build(lab, &config);
}

/* SPI, sequence number and rubbish; rows 1 and 2. */
static struct node_datagram compose(const struct lab *lab, uint8_t *data, size_t length,
                                    size_t to) {
  static const uint8_t header[ESP_HEADER] = {0xc0, 0xff, 0xee, 0x01, 0, 0, 0, 7};
  for (size_t i = 0; i < length; i++)
    data[i] = i < sizeof header ? header[i] : (uint8_t)(i * 7);
  struct node_datagram datagram = {.protocol = NODE_ESP, .data = data, .length = length};
  span_list_add(&datagram.spans, 1, ESP_HEADER);
  span_list_add(&datagram.spans, 2, length - ESP_HEADER);
  world_address(lab->world, to, datagram.destination.ip);
  return datagram;
}

/* The last arrival, and what was transmitted for it. */
struct notes {
  enum node_protocol protocol;
  size_t node, source, length;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t octets[RADIOS][3]; /* tagged, by sender and row */
  struct world_wire_packet packet;
};

static void note_datagram(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct notes *notes = lab->context;
  if (datagram->protocol == NODE_ESP) {
    assert_int_equal(datagram->source.port, 0);
    assert_int_equal(datagram->destination.port, 0);
  }
  notes->protocol = datagram->protocol;
  notes->node = node;
  notes->source = lab_find(lab, datagram->source.ip);
  assert_int_equal(lab_find(lab, datagram->destination.ip), node);
  notes->length = datagram->length;
  memcpy(notes->data, datagram->data, datagram->length);
}

/* What is tagged is the payload that the ledger sees. */
static void note_frame(struct lab *lab, const struct world_frame *frame) {
  struct notes *notes = lab->context;
  struct frame parts;
  assert_true(frame_dissect(frame->psdu, frame->length, &parts));
  assert_int_equal(parts.udp, 0);
  for (size_t i = 0; i < frame->tagged_count; i++) {
    assert_int_equal(frame->tagged[i].datagram, 42);
    notes->octets[frame->sender][frame->tagged[i].row] += frame->tagged[i].length;
    parts.payload -= frame->tagged[i].length;
  }
  assert_int_equal(parts.payload, 0);
}

static void note_packet(struct lab *lab, const struct world_wire_packet *packet) {
  ((struct notes *)lab->context)->packet = *packet;
}

static void arrives_over_hops_and_wires(void **state) {
  (void)state;
  static const struct {
    size_t from, to;
    bool sends[RADIOS];
    bool wire;
  } ways[] = {{LEAF, 0, {false, true, true}, false},
              {0, LEAF, {true, true, false}, false},
              {LEAF, WIRE, {false, true, true}, true},
              {WIRE, LEAF, {true, true, false}, true},
              {0, WIRE, {false}, true}};
  static const size_t lengths[] = {ESP_HEADER, 60, 400, WORLD_DATAGRAM_MAX};
  for (size_t i = 0; i < sizeof ways / sizeof *ways; i++) {
    for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
      struct notes notes = {.length = 0};
      struct lab lab = {.on_datagram = note_datagram,
                        .on_frame = note_frame,
                        .on_wire = note_packet,
                        .context = &notes};
      build(&lab, NULL);
      world_open_protocol(lab.world, ways[i].to, NODE_ESP);
      uint8_t data[WORLD_DATAGRAM_MAX];
      const struct node_datagram datagram = compose(&lab, data, lengths[j], ways[i].to);
      assert_int_equal(world_send(lab.world, ways[i].from, &datagram, 42), 0);
      world_run(lab.world, NODE_SECOND);
      assert_int_equal(lab.delivered, 1);
      assert_int_equal(lab.id, 42);
      assert_int_equal(notes.protocol, NODE_ESP);
      assert_int_equal(notes.node, ways[i].to);
      assert_int_equal(notes.source, ways[i].from);
      assert_int_equal(notes.length, lengths[j]);
      assert_memory_equal(notes.data, data, lengths[j]);
      for (size_t node = 0; node < RADIOS; node++) {
        const size_t octets = ways[i].sends[node] ? lengths[j] : 0;
        assert_int_equal(notes.octets[node][1], octets > 0 ? ESP_HEADER : 0);
        assert_int_equal(notes.octets[node][2], octets > 0 ? octets - ESP_HEADER : 0);
      }
      assert_int_equal(lab.wire_packets, ways[i].wire);
      if (ways[i].wire) {
        assert_int_equal(notes.packet.datagram, 42);
        assert_int_equal(notes.packet.length, lengths[j] + IPV6_HEADER);
      }
      lab_destroy(&lab);
    }
  }
}

/* Who has sent ESP receives it; UDP goes on beside it. */
static void sending_opens_and_udp_goes_on(void **state) {
  (void)state;
  struct notes notes = {.length = 0};
  struct lab lab = {.on_datagram = note_datagram, .context = &notes};
  build(&lab, NULL);
  uint8_t data[60];
  struct node_datagram up = compose(&lab, data, sizeof data, 0);
  struct node_datagram down = compose(&lab, data, sizeof data, LEAF);
  world_open_protocol(lab.world, 0, NODE_ESP);
  world_open_protocol(lab.world, 0, NODE_UDP); /* nothing: its ports are opened */
  assert_int_equal(world_send(lab.world, LEAF, &up, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(notes.protocol, NODE_ESP);
  lab_send(&lab, 0, LEAF, 60, 1);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  assert_int_equal(notes.protocol, NODE_UDP);
  assert_int_equal(world_send(lab.world, 0, &down, 2), 0);
  world_run(lab.world, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, 3);
  assert_int_equal(notes.protocol, NODE_ESP);
  assert_int_equal(notes.node, LEAF);
  lab_destroy(&lab);
}

static void refuses_what_is_not_esp(void **state) {
  (void)state;
  struct lab lab = {0};
  build(&lab, NULL);
  world_open_protocol(lab.world, 0, NODE_ESP);
  uint8_t data[WORLD_DATAGRAM_MAX + 1];
  const struct node_datagram good = compose(&lab, data, 60, 0);
  struct node_datagram bad[5];
  for (size_t i = 0; i < 5; i++)
    bad[i] = good;
  bad[0].source.port = 1;
  bad[1].destination.port = 1;
  bad[2].protocol = NODE_PROTOCOL_COUNT;
  bad[3].protocol = NODE_UDP; /* without a port */
  bad[4] = compose(&lab, data, sizeof data, 0);
  for (size_t i = 0; i < 5; i++)
    assert_int_equal(world_send(lab.world, LEAF, &bad[i], 0), -1);
  assert_int_equal(world_send(lab.world, LEAF, &good, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  lab_destroy(&lab);
}

/* What tshark says of a capture, one line a packet. */
static void expect_capture(const char *folder, const char *name, const char *filter,
                           const char *fields, const char *expected) {
  int status;
  char *text = shell_output(&status,
                            "tshark -n -o 6lowpan.context0:fd00::/64 -r %s/%s -Y '%s' -T fields "
                            "-E separator=' ' -E occurrence=f %s 2>/dev/null",
                            folder, name, filter, fields);
  assert_int_equal(status, 0);
  assert_string_equal(text, expected);
  free(text);
}

/* The next header goes in line, behind the two octets of IPHC: one octet more for IPv6, and no UDP
 * header. */
static void the_captures_are_of_esp(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  struct lab lab = {0};
  build(&lab, folder);
  world_open_protocol(lab.world, 0, NODE_ESP);
  world_open_protocol(lab.world, WIRE, NODE_ESP);
  uint8_t data[400];
  struct node_datagram datagram = compose(&lab, data, 60, 0);
  assert_int_equal(world_send(lab.world, 1, &datagram, 0), 0);
  world_run(lab.world, NODE_SECOND);
  datagram = compose(&lab, data, sizeof data, WIRE);
  assert_int_equal(world_send(lab.world, LEAF, &datagram, 0), 0);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  lab_destroy(&lab);
  expect_capture(folder, "air.pcap", "esp",
                 "-e ipv6.src -e ipv6.dst -e ipv6.nxt -e ipv6.plen -e esp.spi -e esp.sequence",
                 "fd00::ff:fe00:2 fd00::ff:fe00:1 50 60 0xc0ffee01 7\n"
                 "fd00::ff:fe00:3 fd01::2 50 400 0xc0ffee01 7\n"
                 "fd00::ff:fe00:3 fd01::2 50 400 0xc0ffee01 7\n");
  expect_capture(folder, "air.pcap", "frame.number == 1", "-e 6lowpan.iphc.nh -e frame.len",
                 "0 74\n");
  expect_capture(folder, "backhaul.pcap", "frame", "-e ipv6.nxt -e esp.spi -e frame.len",
                 "50 0xc0ffee01 440\n");
  shell_remove(folder);
}

static void who_has_not_opened_it_answers_port_unreachable(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  struct lab lab = {0};
  build(&lab, folder);
  uint8_t data[60];
  const struct node_datagram datagram = compose(&lab, data, sizeof data, WIRE);
  assert_int_equal(world_send(lab.world, LEAF, &datagram, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 0);
  lab_destroy(&lab);
  expect_capture(folder, "backhaul.pcap", "frame",
                 "-e ipv6.src -e ipv6.dst -e ipv6.nxt -e icmpv6.type -e icmpv6.code",
                 "fd00::ff:fe00:3 fd01::2 50  \n"
                 "fd01::2 fd00::ff:fe00:3 58 1 4\n");
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(arrives_over_hops_and_wires, lab_teardown),
      cmocka_unit_test_teardown(sending_opens_and_udp_goes_on, lab_teardown),
      cmocka_unit_test_teardown(refuses_what_is_not_esp, lab_teardown),
      cmocka_unit_test_teardown(the_captures_are_of_esp, lab_teardown),
      cmocka_unit_test_teardown(who_has_not_opened_it_answers_port_unreachable, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
