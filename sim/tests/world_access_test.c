/* What MACs are said to do: to the nanosecond, in its order, and nothing else. */
#include "world_lab.h"

enum { LENGTH = 60, PSDU = 80, US = 1000, FLIGHT_NS = 33, EVENTS_MAX = 400 };

/* What is told of one datagram on one hop. */
static struct told {
  enum { QUEUED, UNQUEUED, MAC, FRAME } what;
  uint64_t now_ns;
  size_t node;
  enum world_mac state;
  uint32_t id;
} told[EVENTS_MAX];
static size_t told_count;

static struct told *note(struct lab *lab, size_t node) {
  assert_true(told_count < EVENTS_MAX);
  told[told_count] = (struct told){.now_ns = world_now(lab->world), .node = node};
  return &told[told_count++];
}

static void note_queued(void *context, size_t node, uint32_t id) {
  struct told *event = note(context, node);
  event->what = QUEUED;
  event->id = id;
}

static void note_unqueued(void *context, size_t node) {
  note(context, node)->what = UNQUEUED;
}

static void note_mac(void *context, size_t node, enum world_mac state, uint32_t id) {
  struct told *event = note(context, node);
  event->what = MAC;
  event->state = state;
  event->id = id;
}

static void note_frame(struct lab *lab, const struct world_frame *frame) {
  note(lab, frame->sender)->what = FRAME;
}

/* Two nodes, 10 m apart. */
static void build_pair(struct lab *lab) {
  static const size_t parents[] = {0, 0};
  struct world_config config = lab_config(2, parents, 1);
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.queued = note_queued;
  callbacks.unqueued = note_unqueued;
  callbacks.mac = note_mac;
  lab->on_frame = note_frame;
  lab->count = 2;
  lab->world = world_create(&config, &callbacks, lab);
  assert_non_null(lab->world);
  lab_left = lab->world;
  told_count = 0;
  for (size_t i = 0; i < 2; i++)
    world_open(lab->world, i, LAB_PORT);
}

/* The next that was told, which was this, so long after the one before. */
static void expect(size_t *at, uint64_t after_ns, struct told expected) {
  assert_true(*at < told_count);
  const struct told *event = &told[*at];
  assert_int_equal(event->what, expected.what);
  assert_int_equal(event->node, expected.node);
  assert_int_equal(event->state, expected.state);
  assert_int_equal(event->id, expected.id);
  assert_int_equal(event->now_ns - (*at == 0 ? 0 : told[*at - 1].now_ns), after_ns);
  ++*at;
}

#define MAC_IS(number, doing, of)                                                                  \
  (struct told) {                                                                                  \
    .what = MAC, .node = number, .state = doing, .id = of                                          \
  }

/* Back-offs of 320 us each, and an assessment of 128 us. */
static void expect_access(size_t *at) {
  const uint64_t spent_ns = told[*at].now_ns - told[*at - 1].now_ns;
  assert_true(spent_ns >= 128 * US && (spent_ns - 128 * US) % (320 * US) == 0);
  expect(at, spent_ns, MAC_IS(1, WORLD_MAC_SENDING, WORLD_DATAGRAM_UNKNOWN));
}

static void frame_and_acknowledgement(void **state) {
  (void)state;
  struct lab lab = {0};
  size_t at = 0;
  build_pair(&lab);
  lab_send(&lab, 1, 0, LENGTH, 7);
  world_run(lab.world, NODE_SECOND);
  expect(&at, 0, (struct told){.what = QUEUED, .node = 1, .id = 7});
  expect(&at, 0, MAC_IS(1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN));
  expect_access(&at);
  expect(&at, 192 * US, (struct told){.what = FRAME, .node = 1});
  expect(&at, (PSDU + WORLD_PHY_OVERHEAD) * 32 * US,
         MAC_IS(1, WORLD_MAC_AWAITING, WORLD_DATAGRAM_UNKNOWN));
  expect(&at, FLIGHT_NS, MAC_IS(0, WORLD_MAC_ACKNOWLEDGING, 7));
  expect(&at, 192 * US, (struct told){.what = FRAME, .node = 0});
  expect(&at, 352 * US, MAC_IS(0, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN));
  expect(&at, FLIGHT_NS, (struct told){.what = UNQUEUED, .node = 1});
  expect(&at, 0, MAC_IS(1, WORLD_MAC_SPACING, WORLD_DATAGRAM_UNKNOWN));
  assert_int_equal(at, told_count);
  assert_int_equal(world_flight_ns(lab.world, 0, 1), FLIGHT_NS);
  assert_int_equal(world_flight_ns(lab.world, 1, 1), 0);
  lab_destroy(&lab);
}

/* It is tried four times, 54 symbols apart, and leaves the MAC all the same. */
static void frame_without_acknowledgement(void **state) {
  (void)state;
  struct lab lab = {.data_loss = 1};
  size_t at = 0;
  build_pair(&lab);
  lab_send(&lab, 1, 0, LENGTH, 7);
  world_run(lab.world, NODE_SECOND);
  expect(&at, 0, (struct told){.what = QUEUED, .node = 1, .id = 7});
  for (size_t i = 0; i < 4; i++) {
    expect(&at, i == 0 ? 0 : 864 * US, MAC_IS(1, WORLD_MAC_ACCESS, WORLD_DATAGRAM_UNKNOWN));
    expect_access(&at);
    expect(&at, 192 * US, (struct told){.what = FRAME, .node = 1});
    expect(&at, (PSDU + WORLD_PHY_OVERHEAD) * 32 * US,
           MAC_IS(1, WORLD_MAC_AWAITING, WORLD_DATAGRAM_UNKNOWN));
  }
  expect(&at, 864 * US, (struct told){.what = UNQUEUED, .node = 1});
  expect(&at, 0, MAC_IS(1, WORLD_MAC_IDLE, WORLD_DATAGRAM_UNKNOWN));
  assert_int_equal(at, told_count);
  lab_destroy(&lab);
}

/* Of each frame that is taken, one leaves; the fragments of a datagram are all its. */
static void fragments(void **state) {
  (void)state;
  struct lab lab = {.data_loss = 0.3, .ack_loss = 0.3};
  build_pair(&lab);
  lab_send(&lab, 1, 0, 500, 3);
  lab_send(&lab, 0, 1, 500, 3);
  world_run(lab.world, NODE_SECOND);
  size_t held[2] = {0, 0}, taken = 0;
  for (size_t i = 0; i < told_count; i++) {
    if (told[i].what == QUEUED)
      taken++, held[told[i].node]++;
    else if (told[i].what == UNQUEUED)
      assert_true(held[told[i].node]-- > 0);
    if (told[i].what == QUEUED || told[i].state == WORLD_MAC_ACKNOWLEDGING)
      assert_int_equal(told[i].id, 3);
  }
  assert_int_equal(taken, 10);
  assert_int_equal(held[0] + held[1], 0);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(frame_and_acknowledgement, lab_teardown),
      cmocka_unit_test_teardown(frame_without_acknowledgement, lab_teardown),
      cmocka_unit_test_teardown(fragments, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
