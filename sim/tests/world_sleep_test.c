/* A radio that sleeps hears nothing and costs nothing; it wakes for what its node sends, and never
 * falls asleep in the midst of something. */
#include "world_lab.h"

enum { SHORT = 60 };

#define US UINT64_C(1000)
#define OCTET_NS (32 * US) /* 2450 MHz O-QPSK */
#define TURNAROUND_NS (192 * US)
#define ACK_NS ((WORLD_ACK_LENGTH + WORLD_PHY_OVERHEAD) * OCTET_NS)
#define PROPAGATION_NS UINT64_C(33) /* over 10 m, as ns-3 rounds it */

/* A root and a child, whose back-offs are of no length. */
static void build_pair(struct lab *lab) {
  static const size_t parents[] = {0, 0};
  struct world_config config = lab_config(2, parents, 1);
  config.mac_min_be = 0;
  lab_build(lab, &config);
}

static void run_for(struct lab *lab, uint64_t ns) {
  world_run(lab->world, world_now(lab->world) + ns);
}

/* The time that a radio spent in a state, so far. */
static uint64_t spent_ns(struct lab *lab, size_t node, enum world_radio state) {
  lab_settle_radios(lab);
  return lab->radio_ns[node][state];
}

static void who_sleeps_hears_nothing(void **state) {
  (void)state;
  struct lab lab = {0};
  build_pair(&lab);
  run_for(&lab, 10 * NODE_MS);
  world_sleep(lab.world, 1, true);
  lab_send(&lab, 0, 1, SHORT, 0);
  run_for(&lab, 990 * NODE_MS);
  assert_int_equal(lab.frames, 4); /* of which none is an acknowledgement */
  assert_int_equal(lab.delivered, 0);
  assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 1);
  assert_int_equal(lab.fates[WORLD_FATE_ASLEEP], 4);
  assert_int_equal(lab.asked, 0);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_OFF), 990 * NODE_MS);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_LISTEN), 10 * NODE_MS);
  lab_destroy(&lab);
}

static void who_wakes_hears_again(void **state) {
  (void)state;
  struct lab lab = {0};
  build_pair(&lab);
  world_sleep(lab.world, 1, true);
  run_for(&lab, 10 * NODE_MS);
  world_sleep(lab.world, 1, false);
  run_for(&lab, TURNAROUND_NS - 1);
  assert_int_equal(lab.radio[1], WORLD_RADIO_READY);
  run_for(&lab, 1);
  assert_int_equal(lab.radio[1], WORLD_RADIO_LISTEN);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_OFF), 10 * NODE_MS);
  lab_send(&lab, 0, 1, SHORT, 0);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(lab.frames, 2);
  lab_destroy(&lab);
}

/* By hand: it starts up; looks at the channel, and turns round to send; sends; turns round to
 * listen; hears the acknowledgement, which begins a turnaround after the frame's end, and that two
 * ways later; and is off. */
static void what_is_sent_wakes_for_as_long_as_it_takes(void **state) {
  (void)state;
  struct lab lab = {0};
  build_pair(&lab);
  world_sleep(lab.world, 1, true);
  run_for(&lab, 10 * NODE_MS);
  lab_send(&lab, 1, 0, SHORT, 0);
  run_for(&lab, 90 * NODE_MS);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(lab.frames, 2);
  const uint64_t transmit_ns = (lab.psdu_octets - WORLD_ACK_LENGTH + WORLD_PHY_OVERHEAD) * OCTET_NS;
  const uint64_t ready_ns = TURNAROUND_NS + TURNAROUND_NS;
  const uint64_t listen_ns = 128 * US + TURNAROUND_NS + 2 * PROPAGATION_NS;
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_TRANSMIT), transmit_ns);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_READY), ready_ns);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_LISTEN), listen_ns);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_RECEIVE), ACK_NS);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_OFF),
                   100 * NODE_MS - transmit_ns - ready_ns - listen_ns - ACK_NS);
  lab_destroy(&lab);
}

/* Between its frames it stays on: it starts up once, and turns round behind each. */
static void fragments_wake_once(void **state) {
  (void)state;
  struct lab lab = {0};
  build_pair(&lab);
  world_sleep(lab.world, 1, true);
  run_for(&lab, NODE_MS);
  lab_send(&lab, 1, 0, 500, 0);
  run_for(&lab, 100 * NODE_MS);
  assert_int_equal(lab.delivered, 1);
  assert_true(lab.data_frames >= 5);
  assert_int_equal(spent_ns(&lab, 1, WORLD_RADIO_READY), (1 + lab.data_frames) * TURNAROUND_NS);
  assert_int_equal(lab.radio[1], WORLD_RADIO_OFF);
  lab_destroy(&lab);
}

/* It repeats what nobody acknowledges, and gives it up, as one that is awake. */
static void what_is_lost_is_repeated_asleep_or_not(void **state) {
  (void)state;
  for (int sleeps = 0; sleeps < 2; sleeps++) {
    struct lab lab = {.ack_loss = 1};
    build_pair(&lab);
    world_sleep(lab.world, 1, sleeps);
    lab_send(&lab, 1, 0, SHORT, 0);
    run_for(&lab, NODE_SECOND);
    assert_int_equal(lab.data_frames, 4);
    assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 1);
    assert_int_equal(lab.radio[1], sleeps ? WORLD_RADIO_OFF : WORLD_RADIO_LISTEN);
    lab_destroy(&lab);
  }
}

static void sleep_now(struct lab *lab, size_t node) {
  world_sleep(lab->world, node, true);
}

/* Whenever it is told to sleep, what has arrived has been acknowledged. */
static void nobody_falls_asleep_amid_something(void **state) {
  (void)state;
  size_t delivered = 0, missed = 0;
  for (uint64_t at_ns = 0; at_ns < 6 * NODE_MS; at_ns += 16 * US) {
    struct lab lab = {.on_timer = sleep_now};
    build_pair(&lab);
    world_timer(lab.world, 1, at_ns);
    lab_send(&lab, 0, 1, SHORT, 0);
    run_for(&lab, 100 * NODE_MS);
    assert_int_equal(lab.delivered + lab.dropped[WORLD_DROP_RETRIES], 1);
    assert_int_equal(lab.frames, lab.delivered == 1 ? 2 : 4);
    assert_int_equal(lab.radio[1], WORLD_RADIO_OFF);
    delivered += lab.delivered;
    missed += 1 - lab.delivered;
    lab_destroy(&lab);
  }
  assert_true(delivered > 0 && missed > 0);
}

/* It answers within what it is told of a datagram, when it has been told to sleep: the answer goes
 * behind the acknowledgement. */
static void answer_and_sleep(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  (void)datagram;
  if (node == 0)
    return;
  world_sleep(lab->world, node, true);
  lab_send(lab, node, 0, SHORT, 1);
}

static void what_waits_to_be_sent_goes_first(void **state) {
  (void)state;
  struct lab lab = {.on_datagram = answer_and_sleep};
  build_pair(&lab);
  lab_send(&lab, 0, 1, 300, 0);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 0);
  assert_int_equal(lab.radio[1], WORLD_RADIO_OFF);
  lab_destroy(&lab);
}

static void wires_do_not_sleep(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0};
  static const struct world_wire wire = {.delay_ns = NODE_MS};
  struct world_config config = lab_config(2, parents, 1);
  config.wired_count = 1;
  config.wires = &wire;
  struct lab lab = {0};
  lab_build(&lab, &config);
  world_sleep(lab.world, 2, true);
  world_poll(lab.world, 2, 0, NODE_MS);
  world_poll(lab.world, 0, 0, NODE_MS);
  lab_send(&lab, 1, 2, SHORT, 0);
  lab_send(&lab, 2, 1, SHORT, 0);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(who_sleeps_hears_nothing, lab_teardown),
      cmocka_unit_test_teardown(who_wakes_hears_again, lab_teardown),
      cmocka_unit_test_teardown(what_is_sent_wakes_for_as_long_as_it_takes, lab_teardown),
      cmocka_unit_test_teardown(fragments_wake_once, lab_teardown),
      cmocka_unit_test_teardown(what_is_lost_is_repeated_asleep_or_not, lab_teardown),
      cmocka_unit_test_teardown(nobody_falls_asleep_amid_something, lab_teardown),
      cmocka_unit_test_teardown(what_waits_to_be_sent_goes_first, lab_teardown),
      cmocka_unit_test_teardown(wires_do_not_sleep, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
