/* The wire behind node 0: its delay, its packets, its capture; and that the air does not know of
 * it. */
#define _GNU_SOURCE
#include "world_lab.h"
#include "shell.h"

#include <inttypes.h>

enum {
  IPV6_UDP_HEADERS = 48,
  RADIUS_PORT = 1812,
  FILE_MAX_OCTETS = 1 << 20,
};

/* A root, `peers` nodes around it, and the node behind the backhaul. */
static size_t build(struct lab *lab, size_t peers, uint64_t delay_ns, const char *folder) {
  static const size_t parents[LAB_NODES_MAX];
  struct world_config config = lab_config(peers + 1, parents, 1);
  config.backhaul = true;
  config.backhaul_delay_ns = delay_ns;
  config.pcap_directory = folder;
  lab_build(lab, &config);
  return peers + 1;
}

/* What arrived, and what was put on the wire. */
struct journal {
  struct arrival {
    uint64_t now_ns;
    size_t node;
    size_t source;
    size_t length;
    uint32_t id;
  } arrival[1000];
  size_t arrivals;
  struct world_backhaul_packet packet[1000];
  size_t packets;
};

static void note_datagram(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct journal *journal = lab->context;
  assert_int_equal(lab_find(lab, datagram->destination.ip), node);
  assert_int_equal(datagram->destination.port, LAB_PORT);
  assert_int_equal(datagram->source.port, LAB_PORT);
  journal->arrival[journal->arrivals++] =
      (struct arrival){world_now(lab->world), node, lab_find(lab, datagram->source.ip),
                       datagram->length, (uint32_t)(datagram->data[0] << 8 | datagram->data[1])};
}

static void note_packet(struct lab *lab, const struct world_backhaul_packet *packet) {
  struct journal *journal = lab->context;
  journal->packet[journal->packets++] = *packet;
}

static void datagrams_take_the_delay_each_way(void **state) {
  (void)state;
  static const uint64_t delays_ns[] = {0, 1, 5 * NODE_MS, WORLD_BACKHAUL_DELAY_MAX_NS};
  static const size_t lengths[] = {2, 60, 1232, NODE_DATAGRAM_MAX};
  for (size_t i = 0; i < sizeof delays_ns / sizeof *delays_ns; i++) {
    for (size_t j = 0; j < sizeof lengths / sizeof *lengths; j++) {
      struct journal journal = {.arrivals = 0};
      struct lab lab = {
          .on_datagram = note_datagram, .on_backhaul = note_packet, .context = &journal};
      const size_t behind = build(&lab, 1, delays_ns[i], NULL);
      const size_t ends[] = {0, behind};
      for (size_t k = 0; k < 2; k++) {
        const uint64_t begun_ns = world_now(lab.world);
        const uint32_t id = (uint32_t)(100 * i + 10 * j + k);
        lab_send(&lab, ends[k], ends[1 - k], lengths[j], id);
        world_run(lab.world, begun_ns + 2 * WORLD_BACKHAUL_DELAY_MAX_NS);
        const struct arrival *arrival = &journal.arrival[k];
        assert_int_equal(journal.arrivals, k + 1);
        assert_int_equal(arrival->now_ns, begun_ns + delays_ns[i]);
        assert_int_equal(arrival->node, ends[1 - k]);
        assert_int_equal(arrival->source, ends[k]);
        assert_int_equal(arrival->length, lengths[j]);
        assert_int_equal(arrival->id, id);
        const struct world_backhaul_packet *packet = &journal.packet[k];
        assert_int_equal(journal.packets, k + 1);
        assert_int_equal(packet->now_ns, begun_ns);
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
    struct lab lab = {
        .on_datagram = note_datagram, .on_backhaul = note_packet, .context = &journal};
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

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(datagrams_take_the_delay_each_way, lab_teardown),
      cmocka_unit_test_teardown(a_crowd_on_the_wire_keeps_its_order, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
