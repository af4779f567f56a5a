/* One wired node: the delay of its wire, its packets, its capture; and that the air does not know
 * of it. */
#define _GNU_SOURCE
#include "shell.h"
#include "world_journal.h"

enum { RADIUS_PORT = 1812 };

/* A root, `peers` nodes around it, and a wired node, whose index is returned. */
static size_t build(struct lab *lab, size_t peers, uint64_t delay_ns, const char *folder) {
  static const size_t parents[LAB_NODES_MAX];
  struct world_config config = lab_config(peers + 1, parents, 1);
  const struct world_wire wire = {.delay_ns = delay_ns};
  config.wired_count = 1;
  config.wires = &wire;
  config.pcap_directory = folder;
  lab_build(lab, &config);
  return peers + 1;
}

static void datagrams_take_the_delay_each_way(void **state) {
  (void)state;
  static const uint64_t delays_ns[] = {0, 1, 5 * NODE_MS, WORLD_WIRE_DELAY_MAX_NS};
  static const size_t lengths[] = {2, 60, 1232, NODE_DATAGRAM_MAX};
  for (size_t i = 0; i < sizeof delays_ns / sizeof *delays_ns; i++) {
    for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
      struct journal journal = {.arrivals = 0};
      struct lab lab = {.on_datagram = note_datagram, .on_wire = note_packet, .context = &journal};
      const size_t behind = build(&lab, 1, delays_ns[i], NULL);
      const size_t ends[] = {0, behind};
      for (size_t k = 0; k < 2; k++) {
        const uint64_t begun_ns = world_now(lab.world);
        const uint32_t id = (uint32_t)(100 * i + 10 * j + k);
        lab_send(&lab, ends[k], ends[1 - k], lengths[j], id);
        world_run(lab.world, begun_ns + 2 * WORLD_WIRE_DELAY_MAX_NS);
        const struct arrival *arrival = &journal.arrival[k];
        assert_int_equal(journal.arrivals, k + 1);
        assert_int_equal(arrival->now_ns, begun_ns + delays_ns[i]);
        assert_int_equal(arrival->node, ends[1 - k]);
        assert_int_equal(arrival->source, ends[k]);
        assert_int_equal(arrival->length, lengths[j]);
        assert_int_equal(arrival->id, id);
        const struct world_wire_packet *packet = &journal.packet[k];
        assert_int_equal(journal.packets, k + 1);
        assert_int_equal(packet->now_ns, begun_ns);
        assert_int_equal(packet->wired, behind);
        assert_int_equal(packet->sender, ends[k]);
        assert_int_equal(packet->datagram, id);
        assert_int_equal(packet->length, lengths[j] + IPV6_UDP_HEADERS);
      }
      assert_int_equal(lab.frames, 0);
      lab_destroy(&lab);
    }
  }
}

static void a_crowd_on_the_wire_keeps_its_order(void **state) {
  (void)state;
  static const uint64_t delays_ns[] = {0, 5 * NODE_MS};
  enum { EACH_WAY = 500 };
  for (size_t i = 0; i < 2; i++) {
    static struct journal journal;
    journal = (struct journal){.arrivals = 0};
    struct lab lab = {.on_datagram = note_datagram, .on_wire = note_packet, .context = &journal};
    const size_t behind = build(&lab, 1, delays_ns[i], NULL);
    world_run(lab.world, NODE_SECOND);
    for (uint32_t id = 0; id < EACH_WAY; id++) {
      lab_send(&lab, 0, behind, NODE_DATAGRAM_MAX - id, id);
      lab_send(&lab, behind, 0, 2 + id, id);
    }
    world_run(lab.world, 2 * NODE_SECOND);
    assert_int_equal(journal.arrivals, 2 * EACH_WAY);
    assert_int_equal(journal.packets, 2 * EACH_WAY);
    uint32_t next[LAB_NODES_MAX] = {0};
    for (size_t j = 0; j < journal.arrivals; j++) {
      const struct arrival *arrival = &journal.arrival[j];
      assert_int_equal(arrival->now_ns, NODE_SECOND + delays_ns[i]);
      assert_int_equal(arrival->id, next[arrival->node]++);
    }
    assert_int_equal(lab.frames, 0);
    assert_int_equal(lab.asked, 0);
    lab_destroy(&lab);
  }
}

/* Without an octet there is none that could carry a tag. */
static void an_empty_datagram_is_of_unknown_origin(void **state) {
  (void)state;
  struct journal journal = {.arrivals = 0};
  struct lab lab = {.on_wire = note_packet, .context = &journal};
  const size_t behind = build(&lab, 1, 0, NULL);
  uint8_t nothing = 0;
  const struct span_list none = {.count = 0};
  assert_int_equal(lab_send_spans(&lab, behind, 0, &nothing, &none, 7), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(lab.id, WORLD_DATAGRAM_UNKNOWN);
  assert_int_equal(journal.packets, 1);
  assert_int_equal(journal.packet[0].datagram, WORLD_DATAGRAM_UNKNOWN);
  assert_int_equal(journal.packet[0].length, IPV6_UDP_HEADERS);
  lab_destroy(&lab);
}

/* The refusal quotes the datagram, tags included, and stays on the wire. */
static void a_closed_port_answers_over_the_wire(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct journal journal = {.arrivals = 0};
    struct lab lab = {.on_wire = note_packet, .context = &journal};
    const size_t behind = build(&lab, 1, NODE_MS, NULL);
    const size_t ends[] = {0, behind};
    uint8_t data[60] = {0};
    const struct node_datagram datagram = compose(&lab, data, sizeof data, ends[1 - i], 4321);
    assert_int_equal(world_send(lab.world, ends[i], &datagram, 7), 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.delivered, 0);
    assert_int_equal(lab.frames, 0);
    assert_int_equal(journal.packets, 2);
    assert_int_equal(journal.packet[1].sender, ends[1 - i]);
    assert_int_equal(journal.packet[1].datagram, 7);
    assert_int_equal(journal.packet[1].now_ns, NODE_MS);
    lab_destroy(&lab);
  }
}

static void what_goes_by_radio_is_shorter(void **state) {
  (void)state;
  struct lab lab = {0};
  const size_t behind = build(&lab, 2, 0, NULL);
  static const struct {
    size_t from, to; /* behind is 3 */
    size_t length;
    int result;
  } rows[] = {
      {0, 3, NODE_DATAGRAM_MAX, 0},
      {3, 0, NODE_DATAGRAM_MAX, 0},
      {0, 3, NODE_DATAGRAM_MAX + 1, -1},
      {3, 0, NODE_DATAGRAM_MAX + 1, -1},
      {0, 1, WORLD_DATAGRAM_MAX, 0},
      {0, 1, WORLD_DATAGRAM_MAX + 1, -1},
      {1, 3, WORLD_DATAGRAM_MAX, 0},
      {1, 3, WORLD_DATAGRAM_MAX + 1, -1},
      {3, 2, WORLD_DATAGRAM_MAX, 0},
      {3, 2, WORLD_DATAGRAM_MAX + 1, -1},
      {3, 3, 60, -1},
      {4, 3, 60, -1},
  };
  assert_int_equal(behind, 3);
  uint8_t data[NODE_DATAGRAM_MAX + 1] = {0};
  int sent = 0;
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    const struct node_datagram datagram = compose(&lab, data, rows[i].length, rows[i].to, LAB_PORT);
    assert_int_equal(world_send(lab.world, rows[i].from, &datagram, 0), rows[i].result);
    sent += rows[i].result == 0;
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  struct node_datagram datagram = compose(&lab, data, 60, behind, LAB_PORT);
  datagram.destination.ip[15]++;
  assert_int_equal(world_send(lab.world, 0, &datagram, 0), -1);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, sent);
  assert_int_equal(lab.wire_packets, 4);
  lab_destroy(&lab);
}

static void without_a_wire_nobody_is_behind(void **state) {
  (void)state;
  struct lab lab = {0};
  const size_t behind = build(&lab, 1, 0, NULL);
  uint8_t data[60] = {0};
  const struct node_datagram datagram = compose(&lab, data, sizeof data, behind, LAB_PORT);
  lab_destroy(&lab);
  lab_build_star(&lab, 1, 1);
  assert_int_equal(world_send(lab.world, 0, &datagram, 0), -1);
  lab_destroy(&lab);
}

static void refuses_what_cannot_be_built(void **state) {
  (void)state;
  struct lab lab = {.count = LAB_NODES_MAX};
  struct world_config config = lab_config(1, NULL, 1);
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.wire = NULL;
  lab.world = lab_left = world_create(&config, &callbacks, &lab);
  assert_non_null(lab.world);
  lab_destroy(&lab);
  struct world_wire wire = {0};
  config.wired_count = 1;
  config.wires = &wire;
  assert_null(world_create(&config, &callbacks, &lab));
  config.wires = NULL;
  assert_null(world_create(&config, &lab_callbacks, &lab));
  config.wires = &wire;
  wire.delay_ns = WORLD_WIRE_DELAY_MAX_NS + 1;
  assert_null(world_create(&config, &lab_callbacks, &lab));
  wire.delay_ns = 0;
  for (wire.to = 1; wire.to <= 2; wire.to++) /* itself, and what is not there */
    assert_null(world_create(&config, &lab_callbacks, &lab));
  wire.to = 0;
  config.wired_count = WORLD_WIRED_MAX + 1;
  assert_null(world_create(&config, &lab_callbacks, &lab));
}

struct ticks {
  size_t node;
  size_t count;
  uint64_t last_ns;
};

static void tick(struct lab *lab, size_t node) {
  struct ticks *ticks = lab->context;
  ticks->node = node;
  ticks->count++;
  ticks->last_ns = world_now(lab->world);
}

static void the_node_behind_has_a_timer_and_no_radio(void **state) {
  (void)state;
  struct ticks ticks = {0};
  struct lab lab = {.on_timer = tick, .context = &ticks};
  const size_t behind = build(&lab, 1, 0, NULL);
  world_timer(lab.world, behind, 3 * NODE_SECOND);
  world_run(lab.world, 10 * NODE_SECOND);
  assert_int_equal(ticks.count, 1);
  assert_int_equal(ticks.node, behind);
  assert_int_equal(ticks.last_ns, 3 * NODE_SECOND);
  assert_true(lab.radio_told[0] > 0);
  assert_true(lab.radio_told[1] > 0);
  assert_int_equal(lab.radio_told[behind], 0);
  lab_destroy(&lab);
}

/* What tshark says of the capture on the wire, one line a packet. */
static char *read_capture(const char *folder, const char *filter, const char *fields) {
  int status;
  char *text = shell_output(&status,
                            "tshark -n -o udp.check_checksum:TRUE "
                            "-r %s/backhaul.pcap -Y '%s' -T fields -E separator=' ' %s 2>/dev/null",
                            folder, filter, fields);
  assert_int_equal(status, 0);
  return text;
}

static void send_radius(struct lab *lab, size_t from, size_t to, uint8_t code, uint16_t length) {
  uint8_t data[NODE_DATAGRAM_MAX] = {code, 1, (uint8_t)(length >> 8), (uint8_t)length};
  for (size_t at = 20; at < length; at += data[at + 1]) {
    data[at] = 79; /* EAP-Message */
    data[at + 1] = (uint8_t)(length - at > 253 ? 250 : length - at);
  }
  struct node_datagram datagram = compose(lab, data, length, to, RADIUS_PORT);
  if (code != 1) {
    datagram.source.port = RADIUS_PORT;
    datagram.destination.port = LAB_PORT;
  }
  assert_int_equal(world_send(lab->world, from, &datagram, 0), 0);
}

static void the_capture_holds_each_packet_once(void **state) {
  (void)state;
  char *folder = shell_make_folder();
  struct lab lab = {0};
  const size_t behind = build(&lab, 1, 5 * NODE_MS, folder);
  world_open(lab.world, behind, RADIUS_PORT);
  send_radius(&lab, 0, behind, 1, 100);
  world_run(lab.world, NODE_SECOND + 7);
  send_radius(&lab, behind, 0, 11, NODE_DATAGRAM_MAX);
  lab_send(&lab, 1, 0, 60, 0); /* on air, not on the wire */
  world_run(lab.world, 2 * NODE_SECOND);
  lab_destroy(&lab);
  char *text = read_capture(folder, "frame",
                            "-e frame.time_epoch -e frame.len -e ipv6.src -e ipv6.dst -e ipv6.flow "
                            "-e udp.length -e udp.checksum.status -e radius.code -e radius.length");
  assert_string_equal(text, "0.000000000 148 fd00::ff:fe00:1 fd01::2 0x000000 108 1 1 100\n"
                            "1.000000007 1328 fd01::2 fd00::ff:fe00:1 0x000000 1288 1 11 1280\n");
  free(text);
  text = read_capture(folder, "_ws.malformed || !radius", "-e frame.number");
  assert_string_equal(text, "");
  free(text);
  shell_remove(folder);
}

/* What the nodes of the tree do, and what goes on behind them. */
enum traffic {
  WITHOUT, /* no wire */
  IDLE,
  BUSY,     /* the ends of the wire talk between themselves */
  CONSULTED /* the root asks behind the wire before each answer */
};

struct scene {
  enum traffic traffic;
  size_t behind;
};

static void ask(struct lab *lab, size_t node) {
  const struct scene *scene = lab->context;
  if (node == scene->behind) {
    lab_send(lab, node, 0, 1000, 0);
    lab_send(lab, 0, node, 1000, 0);
    world_timer(lab->world, node, world_now(lab->world) + 997001);
    return;
  }
  lab_send(lab, node, 0, 2 + 37 * node % 200, (uint32_t)node);
  world_timer(lab->world, node, world_now(lab->world) + NODE_SECOND / 2);
}

/* The first octets of a datagram name the node that asked. */
static void answer(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  const struct scene *scene = lab->context;
  const uint32_t asker = (uint32_t)(datagram->data[0] << 8 | datagram->data[1]);
  const size_t from = lab_find(lab, datagram->source.ip);
  if (asker == 0 || (node != 0 && node != scene->behind))
    return;
  if (node == scene->behind)
    lab_send(lab, node, 0, datagram->length, asker);
  else if (scene->traffic == CONSULTED && from == asker)
    lab_send(lab, 0, scene->behind, datagram->length, asker);
  else
    lab_send(lab, 0, asker, datagram->length, asker);
}

/* A tree of which several ask at once, with losses. Returns the folder of its captures. */
static char *play(enum traffic traffic, uint64_t seed) {
  static const size_t parents[] = {0, 0, 0, 1, 2, 2, 4, 0, 0, 0};
  enum { COUNT = sizeof parents / sizeof *parents };
  char *folder = shell_make_folder();
  struct scene scene = {.traffic = traffic, .behind = COUNT};
  struct lab lab = {
      .on_datagram = answer, .on_timer = ask, .context = &scene, .data_loss = 0.1, .ack_loss = 0.1};
  struct world_config config = lab_config(COUNT, parents, seed);
  const struct world_wire wire = {0};
  config.wired_count = traffic != WITHOUT;
  config.wires = &wire;
  config.pcap_directory = folder;
  lab_build(&lab, &config);
  for (size_t node = 1; node < COUNT; node++)
    world_timer(lab.world, node, 0);
  if (traffic == BUSY)
    world_timer(lab.world, COUNT, 0);
  world_run(lab.world, 20 * NODE_SECOND);
  assert_true(lab.frames > 1000);
  if (traffic == WITHOUT || traffic == IDLE)
    assert_int_equal(lab.wire_packets, 0);
  else
    assert_true(lab.wire_packets > 200);
  lab_destroy(&lab);
  return folder;
}

static void the_air_does_not_know_of_the_wire(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= 3; seed++) {
    char *reference = play(WITHOUT, seed);
    for (enum traffic traffic = IDLE; traffic <= CONSULTED; traffic++) {
      char *folder = play(traffic, seed);
      int status;
      /* Whatever is in the one folder and not the same in the other. */
      char *text = shell_output(&status, "diff -rq %s %s", reference, folder);
      char expected[200];
      snprintf(expected, sizeof expected, "Only in %s: backhaul.pcap\n", folder);
      assert_string_equal(text, expected);
      free(text);
      shell_remove(folder);
    }
    shell_remove(reference);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(datagrams_take_the_delay_each_way, lab_teardown),
      cmocka_unit_test_teardown(a_crowd_on_the_wire_keeps_its_order, lab_teardown),
      cmocka_unit_test_teardown(an_empty_datagram_is_of_unknown_origin, lab_teardown),
      cmocka_unit_test_teardown(a_closed_port_answers_over_the_wire, lab_teardown),
      cmocka_unit_test_teardown(what_goes_by_radio_is_shorter, lab_teardown),
      cmocka_unit_test_teardown(without_a_wire_nobody_is_behind, lab_teardown),
      cmocka_unit_test_teardown(refuses_what_cannot_be_built, lab_teardown),
      cmocka_unit_test_teardown(the_node_behind_has_a_timer_and_no_radio, lab_teardown),
      cmocka_unit_test_teardown(the_capture_holds_each_packet_once, lab_teardown),
      cmocka_unit_test_teardown(the_air_does_not_know_of_the_wire, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
