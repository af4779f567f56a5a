/* The simulated world: silence, frame sizes, hops, losses, duplicates, radio states, timers. */
#include "world_lab.h"

#include <math.h>

#define US UINT64_C(1000)

static void says_nothing_unasked(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_chain(&lab, 6, 1);
  world_run(lab.world, 100 * NODE_SECOND);
  assert_int_equal(lab.frames, 0);
  assert_int_equal(lab.asked, 0);
  assert_int_equal(world_now(lab.world), 100 * NODE_SECOND);
  lab_destroy(&lab);
}

static void frames_have_the_sizes_of_the_specifications(void **state) {
  (void)state;
  static const struct {
    size_t payload, frames, octets;
  } rows[] = {{16, 1, 36},   {60, 1, 80},   {95, 1, 115},  {100, 1, 120},
              {105, 1, 125}, {127, 2, 167}, {192, 2, 232}, {256, 3, 312},
              {384, 4, 456}, {512, 5, 600}, {768, 8, 904}, {1024, 10, 1192}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lab lab = {0};
    lab_build_chain(&lab, 1, i);
    lab_send(&lab, 1, 0, rows[i].payload, 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.delivered, 1);
    assert_int_equal(lab.data_frames, rows[i].frames);
    assert_int_equal(lab.frames, 2 * rows[i].frames); /* one acknowledgement each */
    assert_int_equal(lab.psdu_octets, rows[i].octets + WORLD_ACK_LENGTH * rows[i].frames);
    lab_destroy(&lab);
  }
}

/* Who was heard by whom, as the losses that were asked tell. */
static bool heard[6][6];

static bool hear(void *context, size_t sender, size_t receiver, size_t length) {
  (void)context;
  if (length > WORLD_ACK_LENGTH)
    heard[sender][receiver] = true;
  return false;
}

static void nodes_hear_their_own_depth_and_its_neighbours(void **state) {
  (void)state;
  static const size_t parents[6] = {0, 0, 0, 1, 2, 3};
  static const int depths[6] = {0, 1, 1, 2, 2, 3};
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.lose = hear;
  memset(heard, 0, sizeof heard);
  struct lab lab = {.count = 6};
  const struct world_config config = lab_config(6, parents, 1);
  lab.world = lab_left = world_create(&config, &callbacks, &lab);
  assert_non_null(lab.world);
  world_open(lab.world, 0, LAB_PORT);
  lab_send(&lab, 0, 1, 60, 0);
  for (size_t i = 1; i < 6; i++)
    lab_send(&lab, i, 0, 60, 0);
  world_run(lab.world, NODE_SECOND);
  for (int i = 0; i < 6; i++) {
    for (int j = 0; j < 6; j++)
      assert_int_equal(heard[i][j], i != j && abs(depths[i] - depths[j]) <= 1);
  }
  lab_destroy(&lab);
}

/* One exchange a second between the root and the deepest node, which begins. */
struct exchanges {
  size_t octets;
  size_t wanted; /* of each node */
  size_t done[LAB_NODES_MAX];
  uint64_t begun_ns;
  uint64_t sum_ns;
};

static void begin_exchange(struct lab *lab, size_t node) {
  struct exchanges *exchanges = lab->context;
  exchanges->begun_ns = world_now(lab->world);
  lab_send(lab, node, 0, exchanges->octets, 0);
}

static void continue_exchange(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct exchanges *exchanges = lab->context;
  assert_int_equal(datagram->length, exchanges->octets);
  assert_int_equal(datagram->destination.port, LAB_PORT);
  assert_int_equal(lab_find(lab, datagram->destination.ip), node);
  if (node == 0) {
    lab_send(lab, 0, lab_find(lab, datagram->source.ip), exchanges->octets, 0);
    return;
  }
  exchanges->sum_ns += world_now(lab->world) - exchanges->begun_ns;
  if (++exchanges->done[node] < exchanges->wanted)
    world_timer(lab->world, node, world_now(lab->world) + NODE_SECOND);
}

static void every_exchange_succeeds_over_hops(void **state) {
  (void)state;
  static const struct {
    size_t hops, octets, frames;
    double round_trip_ms;
  } rows[] = {{1, 60, 1, 9.2}, {2, 60, 1, 19.4}, {3, 60, 1, 29.5}, {6, 60, 1, 60.1},
              {1, 512, 5, 65}, {2, 512, 5, 131}, {3, 512, 5, 196}, {6, 512, 5, 394}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct exchanges exchanges = {.octets = rows[i].octets, .wanted = 100};
    struct lab lab = {
        .on_datagram = continue_exchange, .on_timer = begin_exchange, .context = &exchanges};
    lab_build_chain(&lab, rows[i].hops, 10 + i);
    world_timer(lab.world, rows[i].hops, NODE_SECOND);
    world_run(lab.world, 1000 * NODE_SECOND);
    const double mean_ms = (double)exchanges.sum_ns / 1e6 / 100;
    assert_int_equal(exchanges.done[rows[i].hops], 100);
    assert_true(fabs(mean_ms / rows[i].round_trip_ms - 1) < 0.03);
    if (rows[i].frames == 1)
      assert_int_equal(lab.data_frames, 2 * rows[i].hops * 100);
    lab_destroy(&lab);
  }
}

/* Sends one datagram after another from node 1, at most one in flight. */
static void send_next(struct lab *lab, size_t node) {
  size_t *left = lab->context;
  if (*left == 0)
    return;
  lab_send(lab, node, 0, 60, (uint32_t)-- * left);
  world_timer(lab->world, node, world_now(lab->world) + NODE_SECOND);
}

static void losses_cost_the_attempts_that_theory_says(void **state) {
  (void)state;
  const size_t sent = 5000;
  size_t left = sent;
  struct lab lab = {.on_timer = send_next, .context = &left, .data_loss = 0.3, .ack_loss = 0.3};
  lab_build_star(&lab, 1, 3);
  world_timer(lab.world, 1, 0);
  world_run(lab.world, NODE_NEVER);
  /* An attempt succeeds with 0.7 * 0.7; there are four. A datagram arrives unless four are lost. */
  const double attempts = (double)lab.data_frames / (double)sent;
  const double arrived = (double)lab.delivered / (double)sent;
  assert_true(fabs(attempts - (1 - pow(0.51, 4)) / 0.49) < 0.04);
  assert_true(fabs(arrived - (1 - pow(0.3, 4))) < 0.004);
  lab_destroy(&lab);
}

/* Counts how often each datagram arrived. */
static void count_copies(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  (void)node;
  uint8_t *copies = lab->context;
  copies[datagram->data[0] << 8 | datagram->data[1]]++;
}

static void lost_acknowledgements_deliver_nothing_twice(void **state) {
  (void)state;
  static uint8_t copies[2000];
  memset(copies, 0, sizeof copies);
  struct lab lab = {.on_datagram = count_copies, .context = copies, .ack_loss = 0.5};
  lab_build_chain(&lab, 2, 4);
  for (uint32_t i = 0; i < 2000; i++) {
    lab_send(&lab, 2, 0, i % 2 == 0 ? 60 : 300, i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  assert_true(lab.data_frames > 2000 * 2 * 3);
  for (size_t i = 0; i < 2000; i++)
    assert_int_equal(copies[i], 1); /* no data frame was lost */
  lab_destroy(&lab);
}

/* 256 frames later a sender's sequence number is the same; the frame is not. */
static void sequence_numbers_that_come_round_are_no_duplicates(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_star(&lab, 2, 5);
  for (size_t i = 0; i <= 256; i++) {
    lab_send(&lab, 0, i % 256 == 0 ? 1 : 2, 60, (uint32_t)i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  assert_int_equal(lab.data_frames, 257);
  assert_int_equal(lab.delivered, 257);
  lab_destroy(&lab);
}

static void radios_spend_the_time_that_a_frame_takes(void **state) {
  (void)state;
  static const uint64_t expected_us[2][WORLD_RADIO_COUNT] = {
      [0] = {[WORLD_RADIO_RECEIVE] = 86 * 32, /* 80 octets of PSDU, 6 before it */
             [WORLD_RADIO_READY] = 192,
             [WORLD_RADIO_TRANSMIT] = 11 * 32},
      [1] = {[WORLD_RADIO_RECEIVE] = 11 * 32,
             [WORLD_RADIO_READY] = 192,
             [WORLD_RADIO_TRANSMIT] = 86 * 32},
  };
  struct lab lab = {0};
  lab_build_star(&lab, 1, 6);
  assert_int_equal(lab.radio_told[0], 1);
  assert_int_equal(lab.radio_told[1], 1);
  assert_int_equal(lab.radio[0], WORLD_RADIO_LISTEN);
  assert_int_equal(lab.radio[1], WORLD_RADIO_LISTEN);
  lab_send(&lab, 1, 0, 60, 0);
  world_run(lab.world, NODE_SECOND);
  lab_settle_radios(&lab);
  for (size_t node = 0; node < 2; node++) {
    uint64_t sum_ns = 0;
    for (size_t i = 0; i < WORLD_RADIO_COUNT; i++) {
      sum_ns += lab.radio_ns[node][i];
      if (i != WORLD_RADIO_LISTEN)
        assert_int_equal(lab.radio_ns[node][i], expected_us[node][i] * US);
    }
    assert_int_equal(sum_ns, NODE_SECOND);
  }
  lab_destroy(&lab);
}

/* All at once, with losses: an exchange that is not done in two seconds begins again. */
static void begin_or_repeat(struct lab *lab, size_t node) {
  struct exchanges *exchanges = lab->context;
  if (exchanges->done[node] == exchanges->wanted)
    return;
  lab_send(lab, node, 0, exchanges->octets, 0);
  world_timer(lab->world, node, world_now(lab->world) + 2 * NODE_SECOND);
}

static void answer_or_begin(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct exchanges *exchanges = lab->context;
  if (node == 0) {
    lab_send(lab, 0, lab_find(lab, datagram->source.ip), exchanges->octets, 0);
    return;
  }
  if (exchanges->done[node] < exchanges->wanted)
    exchanges->done[node]++;
  begin_or_repeat(lab, node);
}

static void a_crowd_gets_through(void **state) {
  (void)state;
  static const struct {
    size_t peers, octets;
    double loss;
  } rows[] = {{10, 60, 0}, {10, 300, 0.1}, {30, 60, 0.2}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct exchanges exchanges = {.octets = rows[i].octets, .wanted = 20};
    struct lab lab = {.on_datagram = answer_or_begin,
                      .on_timer = begin_or_repeat,
                      .context = &exchanges,
                      .data_loss = rows[i].loss,
                      .ack_loss = rows[i].loss};
    lab_build_star(&lab, rows[i].peers, 7);
    for (size_t node = 1; node <= rows[i].peers; node++)
      world_timer(lab.world, node, 0);
    world_run(lab.world, 10000 * NODE_SECOND);
    lab_settle_radios(&lab);
    for (size_t node = 1; node <= rows[i].peers; node++)
      assert_int_equal(exchanges.done[node], 20);
    for (size_t node = 0; node <= rows[i].peers; node++) {
      uint64_t sum_ns = 0;
      for (size_t state_index = 0; state_index < WORLD_RADIO_COUNT; state_index++)
        sum_ns += lab.radio_ns[node][state_index];
      assert_int_equal(sum_ns, world_now(lab.world));
    }
    lab_destroy(&lab);
  }
}

static void send_at_random(struct lab *lab, size_t node) {
  const uint64_t slot_ns = 320 * US; /* of back-offs: ends and beginnings of frames coincide */
  lab_send(lab, node, 0, 1 + lab_random_below(lab, 90), 0);
  world_timer(lab->world, node,
              (world_now(lab->world) / slot_ns + 1 + lab_random_below(lab, 600)) * slot_ns);
}

/* Those who do not hear each other collide at those between, who give up frames to acknowledge
 * others. No radio gets stuck, and all hear again when it is over. */
static void hidden_nodes_confuse_no_radio(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 6, 7, 8};
  enum { COUNT = sizeof parents / sizeof *parents };
  static const uint64_t seeds[] = {15, 44, 47}; /* the stock PHY crashes in these */
  for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
    struct world_config config = lab_config(COUNT, parents, seeds[i]);
    config.mac_min_be = 0;
    struct lab lab = {.on_timer = send_at_random};
    lab_build(&lab, &config);
    for (size_t node = 1; node < COUNT; node++)
      world_timer(lab.world, node, 0);
    world_run(lab.world, 20 * NODE_SECOND);
    for (size_t node = 1; node < COUNT; node++)
      world_timer(lab.world, node, NODE_NEVER);
    world_run(lab.world, 60 * NODE_SECOND);
    lab.delivered = 0;
    for (size_t node = 1; node < COUNT; node++) {
      lab_send(&lab, node, 0, 60, 0);
      world_run(lab.world, world_now(lab.world) + NODE_SECOND);
    }
    assert_int_equal(lab.delivered, COUNT - 1);
    lab_destroy(&lab);
  }
}

struct ticks {
  size_t count;
  uint64_t last_ns;
  bool stop;
};

static void tick(struct lab *lab, size_t node) {
  struct ticks *ticks = lab->context;
  assert_int_equal(node, 1);
  ticks->count++;
  ticks->last_ns = world_now(lab->world);
  if (ticks->stop)
    world_stop(lab->world);
}

static void one_timer_a_node(void **state) {
  (void)state;
  struct ticks ticks = {0};
  struct lab lab = {.on_timer = tick, .context = &ticks};
  lab_build_star(&lab, 1, 8);

  world_timer(lab.world, 1, 5 * NODE_SECOND);
  world_timer(lab.world, 1, 3 * NODE_SECOND); /* replaces */
  world_run(lab.world, 10 * NODE_SECOND);
  assert_int_equal(ticks.count, 1);
  assert_int_equal(ticks.last_ns, 3 * NODE_SECOND);

  world_timer(lab.world, 1, 20 * NODE_SECOND);
  world_timer(lab.world, 1, NODE_NEVER); /* stops */
  world_run(lab.world, 30 * NODE_SECOND);
  assert_int_equal(ticks.count, 1);

  world_timer(lab.world, 1, 1); /* the past */
  world_run(lab.world, 40 * NODE_SECOND);
  assert_int_equal(ticks.count, 2);
  assert_int_equal(ticks.last_ns, 30 * NODE_SECOND);

  world_timer(lab.world, 1, 50 * NODE_SECOND);
  world_run(lab.world, 45 * NODE_SECOND); /* not yet */
  assert_int_equal(ticks.count, 2);
  ticks.stop = true;
  world_run(lab.world, 60 * NODE_SECOND);
  assert_int_equal(ticks.count, 3);
  assert_int_equal(world_now(lab.world), 50 * NODE_SECOND);

  const uint64_t events = world_events(lab.world);
  assert_true(events > 0);
  world_run(lab.world, NODE_NEVER); /* nothing is left, not even the end of the last run */
  assert_int_equal(world_now(lab.world), 50 * NODE_SECOND);
  assert_int_equal(world_events(lab.world), events);
  world_run(lab.world, NODE_SECOND); /* time does not go back */
  assert_int_equal(world_now(lab.world), 50 * NODE_SECOND);
  lab_destroy(&lab);
}

static void refuses_what_cannot_be_built(void **state) {
  (void)state;
  static const size_t parents[] = {0, 0, 1, 2};
  static const size_t bad_parents[] = {0, 0, 2, 1};
  static size_t line[WORLD_DEPTH_MAX + 2];
  for (size_t i = 1; i < sizeof line / sizeof *line; i++)
    line[i] = i - 1;
  const struct world_config good = lab_config(4, parents, 1);
  struct world_config bad[12];
  for (size_t i = 0; i < 12; i++)
    bad[i] = good;
  bad[0].parents = NULL;
  bad[1].parents = bad_parents;
  bad[2].node_count = 0;
  bad[3].node_count = WORLD_NODES_MAX + 1;
  bad[4].seed = UINT64_C(1) << 53;
  bad[5].mac_max_retries = 8;
  bad[6].mac_min_be = 6;
  bad[7].mac_max_be = 9;
  bad[8].mac_max_be = 2;
  bad[9].mac_max_backoffs = 6;
  bad[10].pcap_directory = "/nonexistent/folder";
  bad[11].parents = line;
  bad[11].node_count = sizeof line / sizeof *line;
  struct lab lab = {.count = LAB_NODES_MAX};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
    assert_null(world_create(&bad[i], &lab_callbacks, &lab));

  struct world_callbacks callbacks = lab_callbacks;
  callbacks.lose = NULL;
  assert_null(world_create(&good, &callbacks, &lab));

  lab_build(&lab, &good);
  assert_null(world_create(&good, &lab_callbacks, &lab)); /* one at a time */
  lab_destroy(&lab);
  world_destroy(NULL);
}

static void refuses_what_cannot_be_sent(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_star(&lab, 2, 9);
  uint8_t data[WORLD_DATAGRAM_MAX + 1] = {0};
  struct node_datagram good = {.data = data, .length = 60};
  span_list_add(&good.spans, 1, 60);
  good.source.port = LAB_PORT;
  good.destination.port = LAB_PORT;
  world_address(lab.world, 0, good.destination.ip);

  struct node_datagram bad[6];
  for (size_t i = 0; i < 6; i++)
    bad[i] = good;
  bad[0].source.port = 0;
  bad[1].length = 61; /* not what the spans say */
  bad[2].length = sizeof data;
  span_list_add(&bad[2].spans, 1, sizeof data - 60);
  bad[3].destination.ip[15] = 77; /* nobody */
  memset(bad[4].destination.ip, 0, 16);
  bad[4].destination.ip[0] = 0xff;                    /* multicast */
  world_address(lab.world, 1, bad[5].destination.ip); /* itself */
  for (size_t i = 0; i < 6; i++)
    assert_int_equal(world_send(lab.world, 1, &bad[i], 0), -1);
  assert_int_equal(world_send(lab.world, 3, &good, 0), -1);
  assert_int_equal(world_send(lab.world, 1, &good, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.data_frames, 1);
  assert_int_equal(lab.delivered, 1);
  lab_destroy(&lab);
}

/* A closed port answers with an ICMPv6 error, as a real stack does. */
static void a_closed_port_is_no_disaster(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_chain(&lab, 2, 10);
  uint8_t data[60] = {0};
  struct node_datagram datagram = {.data = data, .length = 60};
  span_list_add(&datagram.spans, 1, 60);
  datagram.source.port = 1234;
  datagram.destination.port = 4321;
  world_address(lab.world, 0, datagram.destination.ip);
  assert_int_equal(world_send(lab.world, 2, &datagram, 0), 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 0);
  assert_true(lab.data_frames > 2);
  lab_destroy(&lab);
}

static void a_datagram_may_be_empty_or_as_long_as_the_mtu(void **state) {
  (void)state;
  struct lab lab = {0};
  lab_build_chain(&lab, 3, 11);
  uint8_t nothing = 0;
  const struct span_list none = {.count = 0};
  assert_int_equal(lab_send_spans(&lab, 3, 0, &nothing, &none, 0), 0);
  lab_send(&lab, 0, 3, WORLD_DATAGRAM_MAX, 0);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(lab.delivered, 2);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(says_nothing_unasked, lab_teardown),
      cmocka_unit_test_teardown(frames_have_the_sizes_of_the_specifications, lab_teardown),
      cmocka_unit_test_teardown(nodes_hear_their_own_depth_and_its_neighbours, lab_teardown),
      cmocka_unit_test_teardown(every_exchange_succeeds_over_hops, lab_teardown),
      cmocka_unit_test_teardown(losses_cost_the_attempts_that_theory_says, lab_teardown),
      cmocka_unit_test_teardown(lost_acknowledgements_deliver_nothing_twice, lab_teardown),
      cmocka_unit_test_teardown(sequence_numbers_that_come_round_are_no_duplicates, lab_teardown),
      cmocka_unit_test_teardown(radios_spend_the_time_that_a_frame_takes, lab_teardown),
      cmocka_unit_test_teardown(a_crowd_gets_through, lab_teardown),
      cmocka_unit_test_teardown(hidden_nodes_confuse_no_radio, lab_teardown),
      cmocka_unit_test_teardown(one_timer_a_node, lab_teardown),
      cmocka_unit_test_teardown(refuses_what_cannot_be_built, lab_teardown),
      cmocka_unit_test_teardown(refuses_what_cannot_be_sent, lab_teardown),
      cmocka_unit_test_teardown(a_closed_port_is_no_disaster, lab_teardown),
      cmocka_unit_test_teardown(a_datagram_may_be_empty_or_as_long_as_the_mtu, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
