/* The addressed channel does what ns-3's does, frame by frame and radio by radio, however crowded
 * the air; and collisions end as the rule for them says. */
#include "world_lab.h"

enum { NODES = 24, STEPS = 400, WORLDS = 30 };

struct trial {
  uint64_t digest; /* of frames, arrivals and radio times */
  uint64_t events;
  uint64_t overheard_ns;
  size_t sent[NODES]; /* frames, by node */
};

static void digest(struct trial *trial, uint64_t value) {
  trial->digest = (trial->digest ^ value) * UINT64_C(0x100000001b3);
  trial->digest ^= trial->digest >> 29;
}

static void digest_frame(struct lab *lab, const struct world_frame *frame) {
  struct trial *trial = lab->context;
  digest(trial, frame->now_ns);
  digest(trial, frame->sender);
  for (size_t i = 0; i < frame->length; i++)
    digest(trial, frame->psdu[i]);
  trial->sent[frame->sender]++;
}

static void digest_held(struct lab *lab, size_t node, uint32_t datagram, bool waits) {
  struct trial *trial = lab->context;
  digest(trial, world_now(lab->world));
  digest(trial, node << 32 | datagram << 1 | waits);
}

static void digest_datagram(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  struct trial *trial = lab->context;
  digest(trial, world_now(lab->world));
  digest(trial, node << 32 | datagram->length);
}

/* Loss by sender, receiver and frame, whoever else is asked. */
static bool lose(void *context, size_t sender, size_t receiver, size_t length) {
  struct lab *lab = context;
  const struct trial *trial = lab->context;
  struct lab dice = {.random = (sender * 100 + receiver) * 100000 + trial->sent[sender]};
  assert_true(length <= WORLD_PSDU_MAX);
  return lab_random_below(&dice, 100) < (uint64_t)(100 * lab->data_loss);
}

/* Radio times to this moment, in the midst of whatever is under way. */
static void digest_radios(struct lab *lab) {
  struct trial *trial = lab->context;
  for (size_t i = 0; i < lab->count; i++) {
    const uint64_t overheard_ns = world_overheard_ns(lab->world, i);
    trial->overheard_ns += overheard_ns;
    for (size_t state = 0; state < WORLD_RADIO_COUNT; state++) {
      uint64_t ns = lab->radio_ns[i][state];
      if (state == lab->radio[i])
        ns += world_now(lab->world) - lab->radio_since_ns[i];
      if (state == WORLD_RADIO_RECEIVE)
        ns += overheard_ns;
      if (state == WORLD_RADIO_LISTEN) {
        assert_true(ns >= overheard_ns);
        ns -= overheard_ns;
      }
      digest(trial, ns);
    }
  }
}

struct layout {
  size_t parents[NODES];
  struct world_position positions[NODES];
  struct world_link links[NODES * NODES];
  size_t link_count;
};

/* Of those between two nodes, both are in the tree, and each other with probability 0.3, however
 * far apart they are. */
static void draw_links(struct lab *dice, struct layout *layout) {
  for (uint32_t from = 0; from < NODES; from++)
    for (uint32_t to = 0; to < NODES; to++) {
      const bool in_tree = layout->parents[from] == to || layout->parents[to] == from;
      if (from != to && (in_tree || lab_random_below(dice, 10) < 3))
        layout->links[layout->link_count++] = (struct world_link){from, to};
    }
}

/* In a square of this width; one in four where another is. Each has a parent in range. */
static void draw_layout(struct lab *dice, struct layout *layout, double width_m) {
  *layout = (struct layout){.parents = {0}};
  for (size_t i = 1; i < NODES; i++) {
    struct world_position *at = &layout->positions[i];
    for (bool found = false; !found;) {
      *at = (struct world_position){width_m * (double)lab_random_below(dice, 1000) / 1000,
                                    width_m * (double)lab_random_below(dice, 1000) / 1000};
      if (lab_random_below(dice, 4) == 0)
        *at = layout->positions[lab_random_below(dice, i)];
      for (size_t parent = 0; parent < i && !found; parent++) {
        const double x = layout->positions[parent].x_m - at->x_m;
        const double y = layout->positions[parent].y_m - at->y_m;
        found = x * x + y * y < 14.0 * 14.0;
        layout->parents[i] = parent;
      }
    }
  }
}

/* Bursts of datagrams between all, whose frames overlap. */
static void send_some(struct lab *lab, struct lab *dice) {
  for (size_t count = lab_random_below(dice, 3); count > 0; count--) {
    const size_t from = lab_random_below(dice, NODES), to = lab_random_below(dice, NODES);
    if (from != to)
      lab_send(lab, from, to, 2 + lab_random_below(dice, 200), 0);
  }
}

static bool is_parent(const struct layout *layout, size_t node) {
  for (size_t i = 1; i < NODES; i++)
    if (layout->parents[i] == node)
      return true;
  return node == 0;
}

/* Some of those that nobody is behind poll. */
static void start_polls(struct lab *lab, const struct layout *layout, struct lab *dice) {
  for (size_t i = 0; i < NODES; i++)
    if (!is_parent(layout, i) && lab_random_below(dice, 2) == 0) {
      world_sleep(lab->world, i, true);
      world_poll(lab->world, i, lab_random_below(dice, 40 * NODE_MS),
                 NODE_MS + lab_random_below(dice, 40 * NODE_MS));
    }
}

/* At any moment, whatever it does. */
static void put_some_to_sleep(struct lab *lab, struct lab *dice) {
  for (size_t count = lab_random_below(dice, 4); count > 0; count--)
    world_sleep(lab->world, lab_random_below(dice, NODES), lab_random_below(dice, 2) == 0);
  if (lab_random_below(dice, 100) == 0)
    world_poll(lab->world, lab_random_below(dice, NODES), 0,
               lab_random_below(dice, 3) * 10 * NODE_MS);
}

/* In the world of a trial before, unless `kept` is NULL, which is the trial's world then. */
static struct trial play(enum world_channel channel, uint64_t seed, uint64_t layout_seed,
                         struct world **kept) {
  static const double widths[] = {0, 12, 25, 40};
  struct trial trial = {.digest = seed};
  struct lab dice = {.random = layout_seed};
  struct lab lab = {.on_frame = digest_frame,
                    .on_datagram = digest_datagram,
                    .on_held = digest_held,
                    .context = &trial};
  struct layout layout;
  draw_layout(&dice, &layout, widths[layout_seed % 4]);
  draw_links(&dice, &layout);
  dice.random = seed;
  struct world_config config = lab_config(NODES, layout.parents, seed);
  config.positions = layout.positions;
  if (layout_seed % 3 == 0) {
    config.links = layout.links;
    config.link_count = layout.link_count;
  }
  config.channel = channel;
  config.capture = (enum world_capture)(seed % 5 < 3 ? WORLD_CAPTURE_NS3 : seed % 5 - 2);
  config.capture_db = -4;
  config.mac_max_retries = (unsigned)(seed % 4);
  config.mac_min_be = (unsigned)(seed % 3);
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.lose = lose;
  lab.count = NODES;
  lab.data_loss = seed % 2 == 0 ? 0 : 0.1;
  lab.world = lab_left = world_renew(kept == NULL ? NULL : *kept, &config, &callbacks, &lab);
  assert_non_null(lab.world);
  for (size_t i = 0; i < NODES; i++)
    world_open(lab.world, i, LAB_PORT);
  const bool sleeping = seed % 4 >= 2;
  if (sleeping)
    start_polls(&lab, &layout, &dice);
  for (size_t step = 0; step < STEPS; step++) {
    world_run(lab.world, world_now(lab.world) + lab_random_below(&dice, 4 * NODE_MS));
    send_some(&lab, &dice);
    if (sleeping)
      put_some_to_sleep(&lab, &dice);
    digest_radios(&lab);
  }
  if (kept == NULL || seed % 2 == 0)
    world_run(lab.world, sleeping ? 3 * NODE_SECOND : NODE_NEVER); /* who polls does so for ever */
  digest_radios(&lab);
  trial.events = world_events(lab.world);
  assert_true(lab.delivered > 0);
  if (kept == NULL) {
    lab_destroy(&lab);
  } else {
    world_close(lab.world);
    *kept = lab.world;
  }
  return trial;
}

static void channels_differ_in_events_alone(void **state) {
  (void)state;
  for (uint64_t seed = 1; seed <= WORLDS; seed++) {
    const struct trial ns3 = play(WORLD_CHANNEL_NS3, seed, seed, NULL);
    const struct trial addressed = play(WORLD_CHANNEL_ADDRESSED, seed, seed, NULL);
    if (ns3.digest != addressed.digest)
      fail_msg("world %u differs", (unsigned)seed);
    assert_true(addressed.events < ns3.events);
    assert_int_equal(ns3.overheard_ns, 0);
    assert_true(addressed.overheard_ns > 0);
  }
}

/* One world after another of the same network, some of them left in the midst of it. */
static void a_kept_channel_begins_anew(void **state) {
  (void)state;
  enum { LAYOUT = 2, TRIALS = 8 };
  struct trial anew[TRIALS], again[TRIALS];
  for (unsigned i = 0; i < TRIALS; i++) {
    struct world *fresh = NULL;
    anew[i] = play(WORLD_CHANNEL_ADDRESSED, i, LAYOUT, &fresh);
    world_destroy(fresh);
  }
  struct world *kept = NULL;
  for (unsigned i = 0; i < TRIALS; i++)
    again[i] = play(WORLD_CHANNEL_ADDRESSED, i, LAYOUT, &kept);
  lab_left = NULL;
  world_destroy(kept);
  for (unsigned i = 0; i < TRIALS; i++) {
    assert_true(anew[i].digest == again[i].digest);
    assert_int_equal(anew[i].events, again[i].events);
  }
}

/* Two on both sides of the root, who do not hear each other, send one frame each, at their first
 * chance and once; the second `later_ns` after the first. Returns how many arrive. */
static size_t collide(enum world_channel channel, enum world_capture capture, double capture_db,
                      uint64_t later_ns, size_t length, uint64_t seed) {
  static const size_t parents[3];
  static const struct world_position positions[3] = {{0, 0}, {-10, 0}, {10, 0}};
  struct world_config config = lab_config(3, parents, seed);
  config.positions = positions;
  config.channel = channel;
  config.capture = capture;
  config.capture_db = capture_db;
  config.mac_max_retries = 0;
  config.mac_min_be = 0;
  config.mac_max_be = 3;
  struct lab lab = {0};
  lab_build(&lab, &config);
  world_run(lab.world, NODE_SECOND);
  lab_send(&lab, 1, 0, 100, 0);
  world_run(lab.world, NODE_SECOND + later_ns);
  lab_send(&lab, 2, 0, length, 0);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(lab.data_frames, 2);
  const size_t delivered = lab.delivered;
  lab_destroy(&lab);
  return delivered;
}

static void collisions_end_as_the_rule_says(void **state) {
  (void)state;
  static const struct {
    enum world_capture capture;
    double capture_db;
    uint64_t later_ns;
    size_t length;
    size_t least, most; /* delivered of 2, in 20 worlds */
  } rows[] = {
      /* Apart: a frame of 100 octets and its acknowledgement take less than 10 ms. */
      {WORLD_CAPTURE_NS3, 0, 10 * NODE_MS, 100, 40, 40},
      {WORLD_CAPTURE_NONE, 0, 10 * NODE_MS, 100, 40, 40},
      {WORLD_CAPTURE_SINR, 3, 10 * NODE_MS, 100, 40, 40},
      /* At once. The root is locked on to the first. */
      {WORLD_CAPTURE_NS3, 0, 0, 100, 5, 20},
      {WORLD_CAPTURE_NONE, 0, 0, 100, 0, 0},
      {WORLD_CAPTURE_SINR, 3, 0, 100, 0, 0},
      {WORLD_CAPTURE_SINR, 0, 0, 100, 0, 0}, /* noise */
      {WORLD_CAPTURE_SINR, -0.1, 0, 100, 20, 20},
      /* The second begins within the first and ends after it. */
      {WORLD_CAPTURE_NONE, 0, NODE_MS, 100, 0, 0},
      {WORLD_CAPTURE_SINR, 3, NODE_MS, 100, 0, 0},
      {WORLD_CAPTURE_SINR, -0.1, NODE_MS, 100, 20, 20},
      /* It ends within it: ns-3 does not know of it then. */
      {WORLD_CAPTURE_NS3, 0, NODE_MS, 10, 20, 20},
      {WORLD_CAPTURE_NONE, 0, NODE_MS, 10, 0, 0},
      {WORLD_CAPTURE_SINR, 3, NODE_MS, 10, 0, 0},
      {WORLD_CAPTURE_SINR, -0.1, NODE_MS, 10, 20, 20},
  };
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    size_t sums[WORLD_CHANNEL_COUNT] = {0};
    for (unsigned channel = 0; channel < WORLD_CHANNEL_COUNT; channel++)
      for (uint64_t seed = 0; seed < 20; seed++)
        sums[channel] += collide((enum world_channel)channel, rows[i].capture, rows[i].capture_db,
                                 rows[i].later_ns, rows[i].length, seed);
    if (sums[0] < rows[i].least || sums[0] > rows[i].most || sums[0] != sums[1])
      fail_msg("row %zu: %zu and %zu delivered", i, sums[0], sums[1]);
  }
}

static void refuses_what_there_is_not(void **state) {
  (void)state;
  static const size_t parents[2];
  struct lab lab = {.count = 2};
  struct world_config config = lab_config(2, parents, 1);
  config.channel = WORLD_CHANNEL_COUNT;
  assert_null(world_create(&config, &lab_callbacks, &lab));
  config.channel = WORLD_CHANNEL_ADDRESSED;
  config.capture = WORLD_CAPTURE_COUNT;
  assert_null(world_create(&config, &lab_callbacks, &lab));
  config.capture = WORLD_CAPTURE_SINR;
  config.capture_db = strtod("inf", NULL);
  assert_null(world_create(&config, &lab_callbacks, &lab));
  config.capture_db = 3;
  lab_build(&lab, &config);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(channels_differ_in_events_alone, lab_teardown),
      cmocka_unit_test_teardown(a_kept_channel_begins_anew, lab_teardown),
      cmocka_unit_test_teardown(collisions_end_as_the_rule_says, lab_teardown),
      cmocka_unit_test_teardown(refuses_what_there_is_not, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
