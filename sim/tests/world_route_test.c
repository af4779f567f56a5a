/* Ways over several wires, from wire to wire, between radio and wires, and across the tree. */
#define _GNU_SOURCE
#include "shell.h"
#include "world_journal.h"

enum { RADIOS = 3, WIRED = 3 };

static const uint64_t delays_ns[WIRED] = {0, 5 * NODE_MS, 7 * NODE_MS};

/* A chain of two hops, and wired nodes, of which the first has index RADIOS. */
static void build(struct lab *lab, size_t wired, const char *folder) {
  static const size_t parents[RADIOS] = {0, 0, 1};
  static const struct world_wire wires[WIRED] = {
      {.delay_ns = 0}, {.delay_ns = 5 * NODE_MS}, {.delay_ns = 7 * NODE_MS}};
  struct world_config config = lab_config(RADIOS, parents, 1);
  config.wired_count = wired;
  config.wires = wires;
  config.pcap_directory = folder;
  lab_build(lab, &config);
}

static void check_packet(const struct world_wire_packet *packet, uint64_t now_ns, size_t wired,
                         size_t sender, uint32_t id, size_t length) {
  assert_int_equal(packet->now_ns, now_ns);
  assert_int_equal(packet->wired, wired);
  assert_int_equal(packet->sender, sender);
  assert_int_equal(packet->datagram, id);
  assert_int_equal(packet->length, length + IPV6_UDP_HEADERS);
}

static void each_wire_has_its_own_delay(void **state) {
  (void)state;
  for (size_t i = 0; i < WIRED; i++) {
    for (size_t down = 0; down < 2; down++) {
      struct journal journal = {.arrivals = 0};
      struct lab lab = {.on_datagram = note_datagram, .on_wire = note_packet, .context = &journal};
      build(&lab, WIRED, NULL);
      const size_t ends[] = {RADIOS + i, 0};
      lab_send(&lab, ends[down], ends[1 - down], NODE_DATAGRAM_MAX, 7);
      world_run(lab.world, NODE_SECOND);
      assert_int_equal(journal.arrivals, 1);
      assert_int_equal(journal.arrival[0].now_ns, delays_ns[i]);
      assert_int_equal(journal.arrival[0].node, ends[1 - down]);
      assert_int_equal(journal.arrival[0].source, ends[down]);
      assert_int_equal(journal.packets, 1);
      check_packet(&journal.packet[0], 0, RADIOS + i, ends[down], 7, NODE_DATAGRAM_MAX);
      assert_int_equal(lab.frames, 0);
      lab_destroy(&lab);
    }
  }
}

/* Through the root, which puts the packet on the second wire. */
static void wired_nodes_reach_each_other(void **state) {
  (void)state;
  for (size_t from = 0; from < WIRED; from++) {
    for (size_t to = 0; to < WIRED; to++) {
      if (from == to)
        continue;
      struct journal journal = {.arrivals = 0};
      struct lab lab = {.on_datagram = note_datagram, .on_wire = note_packet, .context = &journal};
      build(&lab, WIRED, NULL);
      lab_send(&lab, RADIOS + from, RADIOS + to, NODE_DATAGRAM_MAX, 9);
      world_run(lab.world, NODE_SECOND);
      assert_int_equal(journal.arrivals, 1);
      assert_int_equal(journal.arrival[0].now_ns, delays_ns[from] + delays_ns[to]);
      assert_int_equal(journal.arrival[0].node, RADIOS + to);
      assert_int_equal(journal.arrival[0].source, RADIOS + from);
      assert_int_equal(journal.packets, 2);
      check_packet(&journal.packet[0], 0, RADIOS + from, RADIOS + from, 9, NODE_DATAGRAM_MAX);
      check_packet(&journal.packet[1], delays_ns[from], RADIOS + to, 0, 9, NODE_DATAGRAM_MAX);
      assert_int_equal(lab.frames, 0);
      lab_destroy(&lab);
    }
  }
}

/* A wire behind another: each node on the way puts the packet on the next, both ways; and what is
 * on the way may be the destination. */
static void wires_in_a_chain(void **state) {
  (void)state;
  static const size_t parents[RADIOS] = {0, 0, 1};
  static const struct world_wire wires[WIRED] = {{.delay_ns = NODE_MS},
                                                 {.delay_ns = 5 * NODE_MS, .to = RADIOS},
                                                 {.delay_ns = 7 * NODE_MS, .to = RADIOS + 1}};
  static const uint64_t sums_ns[WIRED + 1] = {0, NODE_MS, 6 * NODE_MS, 13 * NODE_MS};
  for (size_t from = 0; from <= WIRED; from++) {
    for (size_t to = 0; to <= WIRED; to++) {
      if (from == to)
        continue;
      struct journal journal = {.arrivals = 0};
      struct lab lab = {.on_datagram = note_datagram, .on_wire = note_packet, .context = &journal};
      struct world_config config = lab_config(RADIOS, parents, 1);
      config.wired_count = WIRED;
      config.wires = wires;
      lab_build(&lab, &config);
      lab_send(&lab, from == 0 ? 0 : RADIOS + from - 1, to == 0 ? 0 : RADIOS + to - 1, 100, 9);
      world_run(lab.world, NODE_SECOND);
      assert_int_equal(journal.arrivals, 1);
      assert_int_equal(journal.arrival[0].now_ns,
                       from < to ? sums_ns[to] - sums_ns[from] : sums_ns[from] - sums_ns[to]);
      assert_int_equal(journal.arrival[0].node, to == 0 ? 0 : RADIOS + to - 1);
      assert_int_equal(journal.packets, from < to ? to - from : from - to);
      for (size_t i = 0; i < journal.packets; i++) {
        const size_t at = from < to ? from + i : from - i; /* the sender, from the root on */
        check_packet(&journal.packet[i],
                     from < to ? sums_ns[at] - sums_ns[from] : sums_ns[from] - sums_ns[at],
                     RADIOS + (from < to ? at : at - 1), at == 0 ? 0 : RADIOS + at - 1, 9, 100);
      }
      assert_int_equal(lab.frames, 0);
      lab_destroy(&lab);
    }
  }
}

/* The octets of each row that each node transmitted. */
struct tally {
  struct journal journal;
  size_t octets[RADIOS][3];
};

static void tally_frame(struct lab *lab, const struct world_frame *frame) {
  struct tally *tally = lab->context;
  for (size_t i = 0; i < frame->tagged_count; i++) {
    assert_int_equal(frame->tagged[i].datagram, 0x1234);
    tally->octets[frame->sender][frame->tagged[i].row] += frame->tagged[i].length;
  }
}

/* Rows 1 and 2 in a datagram of `length` octets, which begins with its id. */
static void send_rows(struct lab *lab, size_t from, size_t to, size_t length) {
  uint8_t data[WORLD_DATAGRAM_MAX] = {0x12, 0x34};
  struct span_list spans = {.count = 0};
  span_list_add(&spans, 1, 5);
  span_list_add(&spans, 2, length - 5);
  assert_int_equal(lab_send_spans(lab, from, to, data, &spans, 0x1234), 0);
}

static void radio_and_wired_nodes_reach_each_other_over_hops(void **state) {
  (void)state;
  static const size_t lengths[] = {5, 60, 300, WORLD_DATAGRAM_MAX};
  enum { LEAF = 2, WIRE = RADIOS + 1 };
  for (size_t i = 0; i < 2 * sizeof lengths / sizeof *lengths; i++) {
    const size_t length = lengths[i / 2];
    const size_t ends[] = {LEAF, WIRE};
    const size_t from = ends[i % 2], to = ends[1 - i % 2];
    struct tally tally = {.journal = {.arrivals = 0}};
    struct lab lab = {.on_datagram = note_datagram,
                      .on_frame = tally_frame,
                      .on_wire = note_packet,
                      .context = &tally};
    build(&lab, WIRED, NULL);
    send_rows(&lab, from, to, length);
    world_run(lab.world, NODE_SECOND);
    const struct journal *journal = &tally.journal;
    assert_int_equal(journal->arrivals, 1);
    assert_int_equal(journal->arrival[0].node, to);
    assert_int_equal(journal->arrival[0].source, from);
    assert_int_equal(journal->arrival[0].length, length);
    assert_int_equal(journal->arrival[0].id, 0x1234);
    assert_int_equal(journal->packets, 1);
    const uint64_t on_wire_ns = from == WIRE ? 0 : journal->arrival[0].now_ns - 5 * NODE_MS;
    check_packet(&journal->packet[0], on_wire_ns, WIRE, from == WIRE ? WIRE : 0, 0x1234, length);
    for (size_t node = 0; node < RADIOS; node++) {
      const bool sends = node == 1 || node == (from == WIRE ? 0 : LEAF);
      assert_int_equal(tally.octets[node][1], sends ? 5 : 0);
      assert_int_equal(tally.octets[node][2], sends ? length - 5 : 0);
    }
    assert_true(lab.data_frames >= 2);
    lab_destroy(&lab);
  }
}

/* The refusal comes back all the way. */
static void a_closed_port_answers_over_radio_and_wire(void **state) {
  (void)state;
  enum { LEAF = 2, WIRE = RADIOS };
  for (size_t i = 0; i < 2; i++) {
    struct journal journal = {.arrivals = 0};
    struct lab lab = {.on_wire = note_packet, .context = &journal};
    build(&lab, 1, NULL);
    const size_t ends[] = {LEAF, WIRE};
    uint8_t data[WORLD_DATAGRAM_MAX] = {0};
    const struct node_datagram datagram = compose(&lab, data, sizeof data, ends[1 - i], 4321);
    assert_int_equal(world_send(lab.world, ends[i], &datagram, 7), 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.delivered, 0);
    assert_int_equal(journal.packets, 2);
    for (size_t j = 0; j < 2; j++) {
      assert_int_equal(journal.packet[j].sender, i == j ? 0 : WIRE);
      assert_int_equal(journal.packet[j].datagram, 7);
      assert_true(journal.packet[j].length <= WORLD_DATAGRAM_MAX + IPV6_UDP_HEADERS);
    }
    lab_destroy(&lab);
  }
}

static void count_of_root(struct lab *lab, const struct world_frame *frame) {
  if (frame->sender == 0)
    ++*(size_t *)lab->context;
}

/* Not through the root, where a node below it is an ancestor of both. */
static void radio_nodes_reach_each_other_by_the_shortest_way(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0, 1, 1, 3, 0};
  static const struct {
    size_t from, to, hops;
    bool root;
  } rows[] = {{2, 3, 2, false}, {4, 2, 3, false}, {2, 4, 3, false}, {4, 1, 2, false},
              {1, 4, 2, false}, {4, 5, 4, true},  {5, 2, 3, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t of_root = 0;
    struct lab lab = {.on_frame = count_of_root, .context = &of_root};
    const struct world_config config = lab_config(6, parents, 1);
    lab_build(&lab, &config);
    lab_send(&lab, rows[i].from, rows[i].to, 60, 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.delivered, 1);
    assert_int_equal(lab.data_frames, rows[i].hops);
    assert_int_equal(of_root > 0, rows[i].root);
    lab_destroy(&lab);
  }
}

/* A chain of the greatest depth, a short one, and a wired node. */
static void what_is_too_far_is_refused(void **state) {
  (void)state;
  enum { DEEP = WORLD_DEPTH_MAX, BRANCH = 5, COUNT = DEEP + BRANCH + 1, WIRE = COUNT };
  size_t parents[COUNT] = {0};
  for (size_t i = 2; i < COUNT; i++)
    parents[i] = i == DEEP + 1 ? 0 : i - 1;
  static const struct world_wire wire = {0};
  struct world_config config = lab_config(COUNT, parents, 1);
  config.wired_count = 1;
  config.wires = &wire;
  static const struct {
    size_t from, to;
    int result;
  } rows[] = {{DEEP, 0, 0},
              {0, DEEP, 0},
              {DEEP, WIRE, -1},
              {WIRE, DEEP, -1},
              {DEEP - 1, WIRE, 0},
              {WIRE, DEEP - 1, 0},
              {DEEP - 1, DEEP + 1, 0},
              {DEEP + 1, DEEP - 1, 0},
              {DEEP - 1, DEEP + 2, -1},
              {DEEP - BRANCH, DEEP + BRANCH, 0},
              {DEEP + BRANCH, DEEP - BRANCH + 1, -1},
              {DEEP, DEEP - 1, 0}};
  struct lab lab = {0};
  lab_build(&lab, &config);
  uint8_t data[60] = {0};
  size_t sent = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct node_datagram datagram = compose(&lab, data, sizeof data, rows[i].to, LAB_PORT);
    assert_int_equal(world_send(lab.world, rows[i].from, &datagram, 0), rows[i].result);
    sent += rows[i].result == 0;
    world_run(lab.world, world_now(lab.world) + 5 * NODE_SECOND);
    assert_int_equal(lab.delivered, sent);
  }
  lab_destroy(&lab);
}

/* What tshark says of a capture, one line a packet. */
static char *read_capture(const char *folder, const char *name, const char *filter,
                          const char *fields) {
  int status;
  char *text = shell_output(&status,
                            "tshark -n -o udp.check_checksum:TRUE -o 6lowpan.context0:fd00::/64 "
                            "-r %s/%s -Y '%s' -T fields -E separator=' ' %s 2>/dev/null",
                            folder, name, filter, fields);
  assert_int_equal(status, 0);
  return text;
}

static void expect_capture(const char *folder, const char *name, const char *filter,
                           const char *fields, const char *expected) {
  char *text = read_capture(folder, name, filter, fields);
  assert_string_equal(text, expected);
  free(text);
}

static void the_captures_hold_each_packet_once_a_wire(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  struct lab lab = {0};
  build(&lab, WIRED, folder);
  lab_send(&lab, RADIOS + 1, RADIOS + 2, 100, 0);
  world_run(lab.world, NODE_SECOND);
  lab_send(&lab, 0, RADIOS, 20, 0);
  lab_send(&lab, RADIOS, 2, 30, 0);
  world_run(lab.world, 2 * NODE_SECOND);
  lab_send(&lab, 1, RADIOS + 2, 40, 0);
  world_run(lab.world, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, 4);
  lab_destroy(&lab);
  expect_capture(folder, "backhaul.pcap", "udp",
                 "-e ipv6.src -e ipv6.dst -e ipv6.hlim -e ipv6.flow -e udp.length "
                 "-e udp.checksum.status",
                 "fd01::3 fd01::4 64 0x000000 108 1\n"
                 "fd01::3 fd01::4 63 0x000000 108 1\n"
                 "fd00::ff:fe00:1 fd01::2 64 0x000000 28 1\n"
                 "fd01::2 fd00::ff:fe00:3 64 0x000000 38 1\n"
                 "fd00::ff:fe00:2 fd01::4 63 0x000000 48 1\n");
  expect_capture(folder, "backhaul.pcap", "!udp", "-e frame.number", "");
  /* The addresses of the wired nodes go in line: 16 octets. */
  expect_capture(folder, "air.pcap", "6lowpan",
                 "-e ipv6.src -e ipv6.dst -e 6lowpan.iphc.sam -e 6lowpan.iphc.dam -e udp.length "
                 "-e udp.checksum.status",
                 "fd01::2 fd00::ff:fe00:3 0x0000 0x0002 38 1\n"
                 "fd01::2 fd00::ff:fe00:3 0x0000 0x0003 38 1\n"
                 "fd00::ff:fe00:2 fd01::4 0x0003 0x0000 48 1\n");
  shell_remove(folder);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(each_wire_has_its_own_delay, lab_teardown),
      cmocka_unit_test_teardown(wired_nodes_reach_each_other, lab_teardown),
      cmocka_unit_test_teardown(wires_in_a_chain, lab_teardown),
      cmocka_unit_test_teardown(radio_and_wired_nodes_reach_each_other_over_hops, lab_teardown),
      cmocka_unit_test_teardown(a_closed_port_answers_over_radio_and_wire, lab_teardown),
      cmocka_unit_test_teardown(radio_nodes_reach_each_other_by_the_shortest_way, lab_teardown),
      cmocka_unit_test_teardown(what_is_too_far_is_refused, lab_teardown),
      cmocka_unit_test_teardown(the_captures_hold_each_packet_once_a_wire, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
