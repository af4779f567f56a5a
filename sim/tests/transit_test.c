/* What the world tells of MACs, frames and wires, made by hand, and what the peers' timelines make
 * of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "account/transit.h"

enum { A, B, PEERS, NODES = 3, US = 1000 };

static struct timeline *timeline;
static struct transit *transit;

static int set_up(void **state) {
  (void)state;
  timeline = timeline_create(PEERS);
  transit = transit_create(timeline, NODES);
  transit_datagram(transit, 0, A, false);
  transit_datagram(transit, 1, B, true);
  transit_datagram(transit, 2, TIMELINE_NOBODY, false);
  return 0;
}

static int tear_down(void **state) {
  (void)state;
  transit_destroy(transit);
  timeline_destroy(timeline);
  return 0;
}

/* All that was booked to a peer is these, in nanoseconds. */
static void check(uint32_t peer, uint64_t now_ns, const struct timeline_reading *expected) {
  const struct timeline_reading reading = timeline_read(timeline, peer, now_ns);
  for (size_t i = 0; i < CAUSE_COUNT; i++)
    if (reading.ns[i] != expected->ns[i])
      fail_msg("%s: %llu ns, not %llu", time_cause_name((enum time_cause)i),
               (unsigned long long)reading.ns[i], (unsigned long long)expected->ns[i]);
}

static void transmit(size_t sender, size_t length, const uint32_t *datagram, uint64_t now_ns,
                     uint64_t flight_ns) {
  const uint8_t psdu[WORLD_PSDU_MAX] = {0};
  const struct world_tagged tagged = {.datagram = datagram == NULL ? 0 : *datagram, .length = 1};
  const struct world_frame frame = {now_ns, sender, psdu, length, &tagged, datagram != NULL};
  transit_frame(transit, &frame, flight_ns);
}

static void test_whose_a_datagram_is(void **state) {
  (void)state;
  assert_int_equal(transit_peer(transit, 0), A);
  assert_int_equal(transit_peer(transit, 1), B);
  assert_int_equal(transit_peer(transit, 2), TIMELINE_NOBODY);
  assert_int_equal(transit_peer(transit, 3), TIMELINE_NOBODY);
  assert_int_equal(transit_peer(transit, WORLD_DATAGRAM_UNKNOWN), TIMELINE_NOBODY);
}

/* Back-off, turnaround, a frame of 100 octets that flies for 33 ns, the acknowledgement, and the
 * space before the next frame of another peer, which has waited all the time. */
static void test_a_frame_and_its_acknowledgement(void **state) {
  (void)state;
  const uint32_t id = 0;
  transit_queued(transit, 1, 0, 0);
  transit_queued(transit, 1, 1, 0);
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 0);
  transit_mac(transit, 1, WORLD_MAC_SENDING, WORLD_DATAGRAM_UNKNOWN, 1000 * US);
  transmit(1, 100, &id, 1192 * US, 33); /* 106 octets of 32 us */
  transit_mac(transit, 1, WORLD_MAC_AWAITING, WORLD_DATAGRAM_UNKNOWN, 4584 * US);
  transit_mac(transit, 0, WORLD_MAC_ACKNOWLEDGING, 0, 4584 * US + 33);
  transmit(0, WORLD_ACK_LENGTH, NULL, 4776 * US + 33, 33);
  transit_mac(transit, 0, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN, 5128 * US + 33);
  transit_unqueued(transit, 1, 5128 * US + 66);
  transit_mac(transit, 1, WORLD_MAC_SPACING, WORLD_DATAGRAM_UNKNOWN, 5128 * US + 66);
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 5768 * US + 66);
  check(A, 6000 * US,
        &(struct timeline_reading){{[CAUSE_BACKOFF] = 1000 * US,
                                    [CAUSE_TURNAROUND] = 2 * 192 * US,
                                    [CAUSE_AIR] = (106 + 11) * 32 * US + 2 * 33}});
  check(B, 6000 * US,
        &(struct timeline_reading){{[CAUSE_QUEUE] = 5128 * US + 66,
                                    [CAUSE_SPACING] = 640 * US,
                                    [CAUSE_BACKOFF] = 232 * US - 66}});
}

/* None comes: 54 symbols less the flight. */
static void test_a_frame_that_is_not_acknowledged(void **state) {
  (void)state;
  const uint32_t id = 0;
  transit_queued(transit, 1, 0, 0);
  transit_mac(transit, 1, WORLD_MAC_SENDING, WORLD_DATAGRAM_UNKNOWN, 0);
  transmit(1, 100, &id, 192 * US, 33);
  transit_mac(transit, 1, WORLD_MAC_AWAITING, WORLD_DATAGRAM_UNKNOWN, 3584 * US);
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 4448 * US);
  transit_unqueued(transit, 1, 5000 * US); /* no access */
  transit_mac(transit, 1, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN, 5000 * US);
  check(A, 6000 * US,
        &(struct timeline_reading){{[CAUSE_TURNAROUND] = 192 * US,
                                    [CAUSE_AIR] = 106 * 32 * US + 33,
                                    [CAUSE_ACK_WAIT] = 864 * US - 33,
                                    [CAUSE_BACKOFF] = 552 * US}});
}

/* A MAC that acknowledges another peer's frame leaves its own waiting, and turns round before. */
static void test_another_is_acknowledged(void **state) {
  (void)state;
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 0);
  transit_queued(transit, 1, 0, 0);
  transit_mac(transit, 1, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN, 100 * US);
  transit_mac(transit, 1, WORLD_MAC_ACKNOWLEDGING, 1, 100 * US);
  transmit(1, WORLD_ACK_LENGTH, NULL, 292 * US, 33);
  transit_mac(transit, 1, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN, 644 * US);
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 836 * US);
  check(A, 900 * US,
        &(struct timeline_reading){{[CAUSE_BACKOFF] = 100 * US + 64 * US,
                                    [CAUSE_QUEUE] = 544 * US,
                                    [CAUSE_TURNAROUND] = 192 * US}});
  check(B, 900 * US,
        &(struct timeline_reading){{[CAUSE_TURNAROUND] = 192 * US, [CAUSE_AIR] = 352 * US + 33}});
}

/* Frames leave a MAC in the order in which they came, also where it holds many, and where its ring
 * grows in the midst of a round. */
static void test_queues_are_long(void **state) {
  (void)state;
  enum { FEW = 5, MANY = 1000 };
  uint32_t next = 0;
  transit_mac(transit, 2, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 0);
  while (next < FEW)
    transit_queued(transit, 2, next++ % 2, 0);
  while (next < 3 * FEW) {
    transit_queued(transit, 2, next++ % 2, 0);
    transit_unqueued(transit, 2, 0);
  }
  while (next < 2 * FEW + MANY)
    transit_queued(transit, 2, next++ % 2, 0);
  for (uint64_t i = 1; i <= MANY; i++)
    transit_unqueued(transit, 2, i * US);
  /* By turns, the one is first, and the other waits behind it. */
  check(A, 2 * MANY * (uint64_t)US,
        &(struct timeline_reading){
            {[CAUSE_BACKOFF] = MANY / 2 * US, [CAUSE_QUEUE] = MANY / 2 * US - US}});
  check(
      B, 2 * MANY * (uint64_t)US,
      &(struct timeline_reading){{[CAUSE_BACKOFF] = MANY / 2 * US, [CAUSE_QUEUE] = MANY / 2 * US}});
}

/* Frames without octets of a peer keep their place. */
static void test_nobodys_frames(void **state) {
  (void)state;
  transit_mac(transit, 1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN, 0);
  transit_queued(transit, 1, 2, 0);
  transit_queued(transit, 1, WORLD_DATAGRAM_UNKNOWN, 0);
  transit_queued(transit, 1, 0, 0);
  transmit(1, 20, NULL, 10, 33);
  transit_unqueued(transit, 1, 20);
  transit_unqueued(transit, 1, 30);
  transit_unqueued(transit, 1, 50);
  check(A, 60, &(struct timeline_reading){{[CAUSE_QUEUE] = 30, [CAUSE_BACKOFF] = 20}});
}

/* Two of a peer's datagrams are held, the one longer than the other. */
static void test_what_is_held(void **state) {
  (void)state;
  transit_datagram(transit, 3, A, false);
  transit_held(transit, 0, true, 0);
  transit_held(transit, 2, true, 0);
  transit_held(transit, 3, true, 100);
  transit_held(transit, 0, false, 200);
  transit_held(transit, 3, false, 500);
  transit_held(transit, 2, false, 600);
  check(A, 1000, &(struct timeline_reading){{[CAUSE_POLL] = 500}});
}

/* What goes for the first time, and what is repeated; the rest is for nobody. */
static void test_wires(void **state) {
  (void)state;
  for (uint32_t id = 0; id < 4; id++) {
    const struct world_wire_packet packet = {.now_ns = 100, .datagram = id, .arrival_ns = 1100};
    transit_wire(transit, &packet);
  }
  check(A, 2000, &(struct timeline_reading){{[CAUSE_AAA_DELAY] = 1000}});
  check(B, 2000, &(struct timeline_reading){{[CAUSE_AAA_REPEATED] = 1000}});
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_setup_teardown(test_whose_a_datagram_is, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_a_frame_and_its_acknowledgement, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_a_frame_that_is_not_acknowledged, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_another_is_acknowledged, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_queues_are_long, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_nobodys_frames, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_what_is_held, set_up, tear_down),
      cmocka_unit_test_setup_teardown(test_wires, set_up, tear_down),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
