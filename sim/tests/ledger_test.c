/* The ledger, by frames and packets made by hand: to whom octets are booked, and that it grows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "account/ledger.h"

enum {
  HEADER = 9 + 2 + 7, /* MAC, IPv6 and UDP, of FRAME */
  PAYLOAD = 10,
  PSDU = HEADER + PAYLOAD + 2,
  AIR = PSDU + WORLD_PHY_OVERHEAD,
  ACK_AIR = WORLD_ACK_LENGTH + WORLD_PHY_OVERHEAD,
};

static const struct cause FIRST = {NODE_PHASE_AUTHENTICATION, TURN_FIRST};
static const struct cause AGAIN = {NODE_PHASE_AUTHENTICATION, TURN_AGAIN};

/* A chain: node 2 below 1 below 0, with the addresses 1, 2, 3. The link of one node is marked. */
static struct ledger *chain_marked(size_t node) {
  static const bool marked[][3] = {{true}, {false, true}, {false, false, true}};
  static const size_t parents[] = {0, 0, 1};
  static const uint16_t addresses[] = {1, 2, 3};
  struct ledger *ledger = ledger_create(3, parents, addresses, marked[node]);
  assert_non_null(ledger);
  return ledger;
}

static struct ledger *chain(void) {
  return chain_marked(2);
}

static struct node_datagram datagram_of(const char *label, unsigned copy) {
  struct node_datagram datagram = {.label = label, .copy = copy, .length = PAYLOAD};
  span_list_add(&datagram.spans, ROW_COAP_HEADER, 4);
  span_list_add(&datagram.spans, ROW_EAP_HEADER, 6);
  return datagram;
}

/* An ns-3 node's data frame to the node with 16-bit address `to`, all of a datagram in it. */
static void send_frame(struct ledger *ledger, size_t sender, uint8_t to, uint8_t sequence,
                       uint64_t now_ns, uint32_t id) {
  uint8_t psdu[PSDU] = "\x61\x98\x00\xcd\xab\x00\x00\x01\x00\x7e\x77\xf0\x16\x33\x16\x33\xaa\xbb";
  const struct world_tagged tagged[] = {{id, ROW_COAP_HEADER, HEADER, 4},
                                        {id, ROW_EAP_HEADER, HEADER + 4, 6}};
  psdu[2] = sequence;
  psdu[5] = to;
  const struct world_frame frame = {now_ns, sender, psdu, sizeof psdu, tagged, 2};
  ledger_frame(ledger, &frame, FIRST);
}

static void send_ack(struct ledger *ledger, size_t sender, uint8_t sequence, uint64_t now_ns) {
  const uint8_t psdu[] = {2, 0, sequence, 0, 0};
  const struct world_frame frame = {now_ns, sender, psdu, sizeof psdu, NULL, 0};
  ledger_frame(ledger, &frame, FIRST);
}

static uint64_t air_of(const struct ledger *ledger, struct cause cause) {
  return ledger_bytes_total(&ledger_total(ledger, cause)->air);
}

/* More messages than any run of one story has, each found again. */
static void test_grows(void **state) {
  (void)state;
  enum { COUNT = 1000 };
  static char labels[COUNT][8];
  struct ledger *ledger = chain();
  for (size_t round = 0; round < 2; round++) {
    for (size_t i = 0; i < COUNT; i++) {
      snprintf(labels[i], sizeof labels[i], "m%zu", i);
      const struct node_datagram datagram = datagram_of(labels[i], 0);
      assert_int_equal(ledger_datagram(ledger, &datagram, LEDGER_UP, TURN_FIRST, false),
                       round * COUNT + i);
    }
  }
  assert_int_equal(ledger_message_count(ledger), COUNT);
  for (size_t i = 0; i < COUNT; i++) {
    assert_string_equal(ledger_message(ledger, i)->label, labels[i]);
    assert_int_equal(ledger_message(ledger, i)->datagrams, 2);
  }
  ledger_destroy(ledger);
}

/* Each hop is booked to its link; a repetition of the MAC and its acknowledgement as sent again. */
static void check_links_and_retries(size_t marked, uint64_t link, uint64_t link_again) {
  struct ledger *ledger = chain_marked(marked);
  const struct node_datagram datagram = datagram_of("m", 0);
  const uint32_t id = ledger_datagram(ledger, &datagram, LEDGER_UP, TURN_FIRST, false);
  send_frame(ledger, 2, 2, 7, 0, id);
  send_frame(ledger, 2, 2, 7, 10 * NODE_MS, id);
  send_ack(ledger, 1, 7, 13 * NODE_MS);
  send_frame(ledger, 1, 1, 9, 20 * NODE_MS, id);
  send_ack(ledger, 0, 9, 23 * NODE_MS);
  assert_int_equal(ledger_bytes_total(ledger_links(ledger, FIRST)), link);
  assert_int_equal(ledger_bytes_again(ledger_links(ledger, FIRST)), link_again);
  const struct ledger_total *total = ledger_total(ledger, FIRST);
  assert_int_equal(total->frames, 3);
  assert_int_equal(total->frames_ack, 2);
  assert_int_equal(total->mac_retries, 1);
  assert_int_equal(total->air.first[ROW_EAP_HEADER], 12);
  assert_int_equal(total->air.again[ROW_EAP_HEADER], 6);
  assert_int_equal(air_of(ledger, FIRST), 3 * AIR + 2 * ACK_AIR);
  ledger_destroy(ledger);
}

static void test_links_and_retries(void **state) {
  (void)state;
  check_links_and_retries(0, 0, 0);
  check_links_and_retries(1, AIR + ACK_AIR, 0);
  check_links_and_retries(2, 2 * AIR + ACK_AIR, AIR + ACK_AIR);
}

/* By whom and for what: on the air with acknowledgements, and on wires; either way round. */
static void test_pairs(void **state) {
  (void)state;
  struct ledger *ledger = chain();
  const struct node_datagram datagram = datagram_of("m", 0);
  struct node_datagram pull = datagram;
  pull.phase = NODE_PHASE_PULL;
  const uint32_t up = ledger_datagram(ledger, &datagram, LEDGER_UP, TURN_FIRST, true);
  const uint32_t down = ledger_datagram(ledger, &datagram, LEDGER_DOWN, TURN_AGAIN, true);
  const uint32_t other = ledger_datagram(ledger, &pull, LEDGER_UP, TURN_FIRST, false);
  ledger_link(ledger, up, 5, 3);
  ledger_link(ledger, down, 3, 5);
  ledger_link(ledger, other, 3, 5);
  send_frame(ledger, 2, 2, 1, 0, up);
  send_ack(ledger, 1, 1, 3 * NODE_MS);
  send_frame(ledger, 2, 2, 2, 10 * NODE_MS, other);
  const struct world_wire_packet packet = {.datagram = down, .length = datagram.length + 48};
  ledger_wire(ledger, &packet);
  assert_int_equal(ledger_pair_count(ledger), 2);
  const struct ledger_pair *first = ledger_pair(ledger, 0), *second = ledger_pair(ledger, 1);
  assert_int_equal(first->ends[0], 3);
  assert_int_equal(first->ends[1], 5);
  assert_int_equal(first->datagrams, 2);
  assert_int_equal(first->bytes_udp, 2 * datagram.length);
  assert_int_equal(first->bytes_air, AIR + ACK_AIR);
  assert_int_equal(first->bytes_wire, packet.length);
  assert_int_equal(second->phase, NODE_PHASE_PULL);
  assert_int_equal(second->bytes_air, AIR);
  assert_int_equal(second->bytes_wire, 0);
  ledger_destroy(ledger);
}

/* The first authentication and those that come again, with their frames; the message is one. */
static void test_turns(void **state) {
  (void)state;
  struct ledger *ledger = chain();
  const struct node_datagram datagram = datagram_of("m", 0), copy = datagram_of("m", 1);
  const uint32_t first = ledger_datagram(ledger, &datagram, LEDGER_UP, TURN_FIRST, false);
  const uint32_t again = ledger_datagram(ledger, &copy, LEDGER_UP, TURN_AGAIN, false);
  send_frame(ledger, 2, 2, 1, 0, first);
  send_frame(ledger, 2, 2, 2, 10 * NODE_MS, again);
  send_frame(ledger, 2, 2, 3, 20 * NODE_MS, again);
  assert_int_equal(air_of(ledger, FIRST), AIR);
  assert_int_equal(air_of(ledger, AGAIN), 2 * AIR);
  assert_int_equal(ledger_bytes_again(&ledger_total(ledger, AGAIN)->air), 2 * AIR);
  assert_int_equal(ledger_total(ledger, AGAIN)->datagrams_repeated, 1);
  assert_int_equal(ledger_cause(ledger, again).turn, TURN_AGAIN);
  assert_int_equal(ledger_message_count(ledger), 1);
  assert_int_equal(ledger_message(ledger, 0)->frames, 3);
  ledger_destroy(ledger);
}

/* By radio and by wire: each in its own account, and the datagram counts once in each. */
static void test_wires(void **state) {
  (void)state;
  struct ledger *ledger = chain();
  const struct node_datagram datagram = datagram_of("m", 0);
  const uint32_t mixed = ledger_datagram(ledger, &datagram, LEDGER_UP, TURN_FIRST, true);
  const uint32_t wired = ledger_datagram(ledger, &datagram, LEDGER_WIRE, TURN_FIRST, true);
  send_frame(ledger, 1, 1, 1, 0, mixed);
  const struct world_wire_packet packets[] = {{.datagram = mixed, .length = 48 + PAYLOAD},
                                              {.datagram = wired, .length = 48 + PAYLOAD},
                                              {.datagram = WORLD_DATAGRAM_UNKNOWN, .length = 60}};
  for (size_t i = 0; i < 3; i++)
    ledger_wire(ledger, &packets[i]);
  const struct ledger_total *total = ledger_total(ledger, FIRST);
  assert_int_equal(ledger_bytes_total(&total->air), AIR);
  assert_int_equal(ledger_bytes_total(&total->wire), 2 * (48 + PAYLOAD) + 60);
  assert_int_equal(total->wire.first[ROW_EAP_HEADER], 2 * 6);
  assert_int_equal(total->datagrams, 1);
  assert_int_equal(total->wire_datagrams, 2);
  assert_int_equal(ledger_message_count(ledger), 2);
  ledger_destroy(ledger);
}

/* A frame of nobody's, to an address that nobody has, and an acknowledgement that nobody waits for:
 * booked, too. */
static void test_unattributed(void **state) {
  (void)state;
  struct ledger *ledger = chain();
  const uint8_t psdu[] = "\x61\x98\x07\xcd\xab\xee\xee\x01\x00junk";
  const struct world_frame frame = {0, 2, psdu, sizeof psdu - 1, NULL, 0};
  ledger_frame(ledger, &frame, FIRST);
  send_ack(ledger, 1, 99, NODE_SECOND);
  assert_int_equal(air_of(ledger, FIRST), frame.length + WORLD_PHY_OVERHEAD + ACK_AIR);
  assert_int_equal(ledger_total(ledger, FIRST)->datagrams, 0);
  ledger_destroy(ledger);
}

/* A frame that was held goes again when others have gone to others. */
static void test_held_frames(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0, 0};
  static const uint16_t addresses[] = {1, 2, 3};
  static const bool marked[3] = {false};
  struct ledger *ledger = ledger_create(3, parents, addresses, marked);
  const struct node_datagram datagram = datagram_of("m", 0);
  const uint32_t one = ledger_datagram(ledger, &datagram, LEDGER_DOWN, TURN_FIRST, false);
  const uint32_t other = ledger_datagram(ledger, &datagram, LEDGER_DOWN, TURN_FIRST, false);
  static const struct {
    uint8_t to, sequence;
    bool is_other, again;
  } frames[] = {{2, 5, false, false}, {3, 6, true, false}, {2, 5, false, true},
                {2, 5, false, true},  {3, 7, true, false}, {2, 5, true, false}};
  uint64_t retries = 0;
  for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++) {
    send_frame(ledger, 0, frames[i].to, frames[i].sequence, i * NODE_SECOND,
               frames[i].is_other ? other : one);
    retries += frames[i].again;
    assert_int_equal(ledger_total(ledger, FIRST)->mac_retries, retries);
  }
  ledger_destroy(ledger);
}

/* What a data request is for, its acknowledgement and its repetition are, too; of one for nothing
 * no phase has anything. */
static void test_data_requests(void **state) {
  (void)state;
  enum { LENGTH = 12, REQUEST_AIR = LENGTH + WORLD_PHY_OVERHEAD, AGAIN_NS = 4000000 };
  static const struct cause causes[] = {FIRST, AGAIN, LEDGER_IDLE};
  const uint8_t psdu[] = "\x63\x88\x07\xcd\xab\x02\x00\x03\x00\x04\x00\x00";
  for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++) {
    struct ledger *ledger = chain();
    for (size_t copy = 0; copy < 2; copy++) {
      const struct world_frame frame = {copy * AGAIN_NS, 2, psdu, LENGTH, NULL, 0};
      ledger_frame(ledger, &frame, causes[i]);
    }
    send_ack(ledger, 1, 7, 2 * AGAIN_NS);
    const struct ledger_total *total = ledger_total(ledger, causes[i]);
    assert_int_equal(total->data_requests, 2);
    assert_int_equal(total->frames, 2);
    assert_int_equal(total->frames_ack, 1);
    assert_int_equal(total->mac_retries, 1);
    assert_int_equal(total->air.first[ROW_MAC_REQUEST], REQUEST_AIR);
    assert_int_equal(total->air.again[ROW_MAC_REQUEST], REQUEST_AIR);
    assert_int_equal(air_of(ledger, causes[i]), 2 * REQUEST_AIR + ACK_AIR);
    assert_int_equal(ledger_bytes_total(ledger_links(ledger, causes[i])),
                     2 * REQUEST_AIR + ACK_AIR);
    uint64_t phases = 0;
    for (size_t phase = 0; phase < NODE_PHASE_COUNT; phase++)
      for (size_t turn = 0; turn < TURN_COUNT; turn++)
        phases += air_of(ledger, (struct cause){(enum node_phase)phase, (enum turn)turn});
    assert_int_equal(phases, i == 2 ? 0 : 2 * REQUEST_AIR + ACK_AIR);
    ledger_destroy(ledger);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_grows),         cmocka_unit_test(test_links_and_retries),
      cmocka_unit_test(test_pairs),         cmocka_unit_test(test_turns),
      cmocka_unit_test(test_wires),         cmocka_unit_test(test_unattributed),
      cmocka_unit_test(test_data_requests), cmocka_unit_test(test_held_frames),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
