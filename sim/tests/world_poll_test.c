/* A sleepy end device gets from its parent what it asks for: all of it, in order, no later than an
 * interval and an exchange; and what it does not fetch is lost. */
#include "world_lab.h"

enum { SHORT = 60, LONG = 500, REQUEST_LENGTH = 12, COMMAND = 3, DATA_REQUEST = 4 };

#define US UINT64_C(1000)
#define OCTET_NS (32 * US)
#define TURNAROUND_NS (192 * US)
#define PERSISTENCE_NS (500 * 960 * 16 * US)
#define PROPAGATION_NS UINT64_C(33)

/* What goes on between the root and node 1. */
struct talk {
  size_t requests; /* as they were on the air */
  size_t downward; /* data frames, likewise */
  size_t marked;   /* acknowledgements with the frame pending bit */
  size_t held;     /* datagrams that wait */
  size_t told;     /* how often that changed */
  uint64_t sent_ns, arrived_ns;
  uint32_t next; /* the datagram that is to arrive */
};

static void follow_frame(struct lab *lab, const struct world_frame *frame) {
  struct talk *talk = lab->context;
  const bool is_request = (frame->psdu[0] & 7) == COMMAND;
  if (is_request) {
    assert_int_equal(frame->length, REQUEST_LENGTH);
    assert_int_equal(frame->psdu[9], DATA_REQUEST);
    assert_int_equal(frame->tagged_count, 0);
    assert_true(frame->sender > 0);
  }
  talk->requests += is_request;
  talk->downward += frame->sender == 0 && frame->length > WORLD_ACK_LENGTH;
  talk->marked += frame->length == WORLD_ACK_LENGTH && (frame->psdu[0] >> 4 & 1);
}

static void follow_datagram(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct talk *talk = lab->context;
  if (node == 0)
    return;
  const uint32_t id = (uint32_t)datagram->data[0] << 8 | datagram->data[1];
  assert_true(id >= talk->next);
  talk->next = id + 1;
  talk->arrived_ns = world_now(lab->world);
}

static void follow_held(struct lab *lab, size_t node, uint32_t datagram, bool waits) {
  struct talk *talk = lab->context;
  (void)node;
  (void)datagram;
  talk->held += waits ? 1 : (size_t)-1;
  talk->told++;
}

static struct lab lab_of(struct talk *talk, double loss) {
  *talk = (struct talk){.next = 0};
  return (struct lab){.on_frame = follow_frame,
                      .on_datagram = follow_datagram,
                      .on_held = follow_held,
                      .context = talk,
                      .data_loss = loss,
                      .ack_loss = loss};
}

static void build_pair(struct lab *lab, unsigned min_be, unsigned queue_frames, uint64_t seed) {
  static const size_t parents[] = {0, 0};
  struct world_config config = lab_config(2, parents, seed);
  config.mac_min_be = min_be;
  config.mac_queue_frames = queue_frames;
  lab_build(lab, &config);
}

static void poll(struct lab *lab, uint64_t first_ns, uint64_t interval_ns) {
  world_sleep(lab->world, 1, true);
  world_poll(lab->world, 1, first_ns, interval_ns);
}

static void run_for(struct lab *lab, uint64_t ns) {
  world_run(lab->world, world_now(lab->world) + ns);
}

static void what_is_held_comes_when_it_is_asked_for(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 3, 0, 1);
  poll(&lab, 50 * NODE_MS, 100 * NODE_MS);
  lab_send(&lab, 0, 1, SHORT, 7);
  run_for(&lab, 50 * NODE_MS);
  assert_int_equal(talk.held, 1);
  assert_int_equal(lab.frames, 0);
  run_for(&lab, 20 * NODE_MS);
  assert_int_equal(lab.delivered, 1);
  assert_true(talk.arrived_ns > 50 * NODE_MS);
  assert_int_equal(talk.held, 0);
  assert_int_equal(talk.told, 2);
  assert_int_equal(talk.requests, 1);
  assert_int_equal(talk.marked, 1);
  assert_int_equal(lab.frames, 4);
  assert_int_equal(lab.radio[1], WORLD_RADIO_OFF);
  run_for(&lab, 930 * NODE_MS);
  assert_int_equal(talk.requests, 10); /* at 150, 250 ... 950 ms */
  assert_int_equal(talk.marked, 1);
  lab_destroy(&lab);
}

/* By hand: it starts up; looks at the channel, and turns round; asks; turns round; hears that there
 * is nothing. */
static void to_ask_in_vain_costs_what_it_takes(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 0, 0, 1);
  poll(&lab, 10 * NODE_MS, NODE_SECOND);
  run_for(&lab, 100 * NODE_MS);
  lab_settle_radios(&lab);
  const uint64_t *ns = lab.radio_ns[1];
  assert_int_equal(lab.frames, 2);
  assert_int_equal(ns[WORLD_RADIO_TRANSMIT], (REQUEST_LENGTH + WORLD_PHY_OVERHEAD) * OCTET_NS);
  assert_int_equal(ns[WORLD_RADIO_READY], 2 * TURNAROUND_NS);
  assert_int_equal(ns[WORLD_RADIO_LISTEN], 128 * US + TURNAROUND_NS + 2 * PROPAGATION_NS);
  assert_int_equal(ns[WORLD_RADIO_RECEIVE], (WORLD_ACK_LENGTH + WORLD_PHY_OVERHEAD) * OCTET_NS);
  lab_destroy(&lab);
}

/* One fragment for each request, which follow at once. */
static void fragments_follow_each_other(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 3, 0, 1);
  poll(&lab, 50 * NODE_MS, NODE_SECOND);
  lab_send(&lab, 0, 1, LONG, 0);
  assert_int_equal(talk.told, 1);
  run_for(&lab, 150 * NODE_MS);
  assert_int_equal(lab.delivered, 1);
  assert_true(talk.downward >= 5);
  assert_int_equal(talk.requests, talk.downward);
  assert_int_equal(talk.marked, talk.downward);
  assert_int_equal(talk.told, 2);
  assert_int_equal(talk.held, 0);
  lab_destroy(&lab);
}

/* The exchange: a request and a frame, each with back-offs of 7 units of 320 us at most, CCA,
 * turnaround and acknowledgement. */
static void all_comes_within_an_interval_and_an_exchange(void **state) {
  (void)state;
  enum { DATAGRAMS = 300, EXCHANGE_MS = 16 };
  for (uint64_t interval_ms = 20; interval_ms <= 500; interval_ms *= 5) {
    struct talk talk;
    struct lab lab = lab_of(&talk, 0);
    build_pair(&lab, 3, 0, interval_ms);
    poll(&lab, 3 * NODE_MS, interval_ms * NODE_MS);
    uint64_t longest_ns = 0;
    for (uint32_t i = 0; i < DATAGRAMS; i++) {
      run_for(&lab, lab_random_below(&lab, 100 * NODE_MS));
      const uint64_t sent_ns = world_now(lab.world);
      lab_send(&lab, 0, 1, SHORT, i);
      run_for(&lab, (interval_ms + EXCHANGE_MS) * NODE_MS);
      assert_int_equal(lab.delivered, i + 1);
      if (talk.arrived_ns - sent_ns > longest_ns)
        longest_ns = talk.arrived_ns - sent_ns;
    }
    assert_true(longest_ns > interval_ms * NODE_MS / 2);
    lab_destroy(&lab);
  }
}

/* What is lost is asked for again; nothing is doubled, and order is kept (follow_datagram). */
static void loss_costs_time_and_no_datagram(void **state) {
  (void)state;
  enum { DATAGRAMS = 200 };
  struct talk talk;
  struct lab lab = lab_of(&talk, 0.3);
  build_pair(&lab, 3, 0, 5);
  poll(&lab, 3 * NODE_MS, 50 * NODE_MS);
  for (uint32_t i = 0; i < DATAGRAMS; i++) {
    lab_send(&lab, 0, 1, 2 + lab_random_below(&lab, 200), i);
    run_for(&lab, 300 * NODE_MS);
  }
  run_for(&lab, 10 * NODE_SECOND);
  assert_int_equal(lab.delivered, DATAGRAMS);
  assert_int_equal(talk.held, 0);
  assert_int_equal(lab.dropped[WORLD_DROP_EXPIRED], 0);
  assert_true(talk.requests > talk.downward && talk.downward > DATAGRAMS);
  lab_destroy(&lab);
}

/* Data frames that the root sends are lost. */
static void lose_downward(struct lab *lab, const struct world_frame *frame) {
  follow_frame(lab, frame);
  lab->data_loss = frame->sender == 0;
}

/* A frame that is not acknowledged goes once for each request; who was told of it and does not get
 * it asks at once, five times in all. */
static void what_does_not_come_is_asked_for_again(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  lab.on_frame = lose_downward;
  build_pair(&lab, 3, 0, 1);
  poll(&lab, 50 * NODE_MS, 5 * NODE_SECOND);
  lab_send(&lab, 0, 1, SHORT, 0);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(talk.requests, 5);
  assert_int_equal(talk.downward, 5);
  assert_int_equal(lab.delivered, 0);
  assert_int_equal(talk.held, 1);
  assert_int_equal(talk.told, 1 + 2 * 5);
  assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 0);
  assert_int_equal(lab.radio[1], WORLD_RADIO_OFF);
  lab.on_frame = follow_frame;
  lab.data_loss = 0;
  run_for(&lab, 6 * NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(talk.held, 0);
  lab_destroy(&lab);
}

/* Two fragments, of a node that never asks. */
static void what_is_not_fetched_expires(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 3, 0, 1);
  poll(&lab, 3600 * NODE_SECOND, NODE_SECOND);
  lab_send(&lab, 0, 1, 150, 0);
  run_for(&lab, PERSISTENCE_NS - 1);
  assert_int_equal(talk.held, 1);
  assert_int_equal(lab.dropped[WORLD_DROP_EXPIRED], 0);
  run_for(&lab, 1);
  assert_int_equal(lab.dropped[WORLD_DROP_EXPIRED], 2);
  assert_int_equal(talk.held, 0);
  assert_int_equal(lab.frames, 0);
  lab_destroy(&lab);
}

/* It is on its way when its time is over: it still arrives, or is lost once that is known. */
static void what_is_on_its_way_may_arrive(void **state) {
  (void)state;
  for (int loss = 0; loss < 2; loss++) {
    struct talk talk;
    struct lab lab = lab_of(&talk, 0);
    build_pair(&lab, 0, 0, 1);
    poll(&lab, PERSISTENCE_NS - 3 * NODE_MS, NODE_SECOND);
    if (loss)
      lab.on_frame = lose_downward;
    lab_send(&lab, 0, 1, SHORT, 0);
    run_for(&lab, PERSISTENCE_NS + 500 * NODE_MS);
    assert_int_equal(talk.downward, 1);
    assert_int_equal(lab.delivered, 1 - loss);
    assert_int_equal(lab.dropped[WORLD_DROP_EXPIRED], loss);
    assert_int_equal(talk.held, 0);
    lab_destroy(&lab);
  }
}

static void what_finds_no_room_is_lost(void **state) {
  (void)state;
  enum { ROOM = 3 };
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 3, ROOM, 1);
  poll(&lab, NODE_SECOND, NODE_SECOND);
  for (uint32_t i = 0; i < ROOM + 2; i++)
    lab_send(&lab, 0, 1, SHORT, i);
  assert_int_equal(lab.dropped[WORLD_DROP_QUEUE], 2);
  run_for(&lab, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, ROOM);
  assert_int_equal(talk.held, 0);
  lab_destroy(&lab);
}

/* A request that nobody hears costs the node neither its PAN nor its parent. */
static void who_is_not_heard_asks_again(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 1);
  build_pair(&lab, 3, 0, 1);
  poll(&lab, 10 * NODE_MS, 100 * NODE_MS);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(talk.requests, 10 * 4);
  assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 0); /* they are no data frames */
  lab.data_loss = lab.ack_loss = 0;
  lab_send(&lab, 0, 1, SHORT, 0);
  lab_send(&lab, 1, 0, SHORT, 0);
  run_for(&lab, NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  lab_destroy(&lab);
}

static void who_polls_no_longer_is_sent_what_waits(void **state) {
  (void)state;
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  build_pair(&lab, 3, 0, 1);
  poll(&lab, NODE_SECOND, NODE_SECOND);
  lab_send(&lab, 0, 1, LONG, 0);
  run_for(&lab, 10 * NODE_MS);
  world_sleep(lab.world, 1, false);
  run_for(&lab, NODE_MS);
  world_poll(lab.world, 1, 0, 0);
  assert_int_equal(talk.held, 0);
  run_for(&lab, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(talk.requests, 0);
  lab_destroy(&lab);
}

/* A relay holds for the node behind it; many ask one parent. */
static void whoever_is_a_parent_holds(void **state) {
  (void)state;
  enum { CHILDREN = 10, NODES = 2 + CHILDREN };
  size_t parents[NODES] = {0, 0};
  for (size_t i = 2; i < NODES; i++)
    parents[i] = 1;
  const struct world_config config = lab_config(NODES, parents, 3);
  struct talk talk;
  struct lab lab = lab_of(&talk, 0);
  lab.on_datagram = NULL;
  lab_build(&lab, &config);
  for (size_t i = 2; i < NODES; i++) {
    world_sleep(lab.world, i, true);
    world_poll(lab.world, i, i * NODE_MS, 200 * NODE_MS);
  }
  for (size_t i = 2; i < NODES; i++) { /* one by one: the children do not hear the root */
    lab_send(&lab, 0, i, SHORT, (uint32_t)i);
    run_for(&lab, 100 * NODE_MS);
  }
  run_for(&lab, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, CHILDREN);
  assert_int_equal(talk.held, 0);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(what_is_held_comes_when_it_is_asked_for, lab_teardown),
      cmocka_unit_test_teardown(to_ask_in_vain_costs_what_it_takes, lab_teardown),
      cmocka_unit_test_teardown(fragments_follow_each_other, lab_teardown),
      cmocka_unit_test_teardown(all_comes_within_an_interval_and_an_exchange, lab_teardown),
      cmocka_unit_test_teardown(loss_costs_time_and_no_datagram, lab_teardown),
      cmocka_unit_test_teardown(what_does_not_come_is_asked_for_again, lab_teardown),
      cmocka_unit_test_teardown(what_is_not_fetched_expires, lab_teardown),
      cmocka_unit_test_teardown(what_is_on_its_way_may_arrive, lab_teardown),
      cmocka_unit_test_teardown(what_finds_no_room_is_lost, lab_teardown),
      cmocka_unit_test_teardown(who_is_not_heard_asks_again, lab_teardown),
      cmocka_unit_test_teardown(who_polls_no_longer_is_sent_what_waits, lab_teardown),
      cmocka_unit_test_teardown(whoever_is_a_parent_holds, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
