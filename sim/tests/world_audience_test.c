/* Who hears whom by a list, and nodes that do not forward. */
#include "world_lab.h"

enum { NODES = 6 };

static const size_t PARENTS[NODES] = {0, 0, 0, 1, 2, 3};
static const size_t DEPTHS[NODES] = {0, 1, 1, 2, 2, 3};

static bool heard[NODES][NODES];

static bool hear(void *context, size_t sender, size_t receiver, size_t length) {
  (void)context;
  if (length > WORLD_ACK_LENGTH)
    heard[sender][receiver] = true;
  return false;
}

static void build(struct lab *lab, const struct world_link *links, size_t count) {
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.lose = hear;
  memset(heard, 0, sizeof heard);
  struct world_config config = lab_config(NODES, PARENTS, 1);
  config.links = links;
  config.link_count = count;
  lab->count = NODES;
  lab->world = lab_left = world_create(&config, &callbacks, lab);
  assert_non_null(lab->world);
  for (size_t i = 0; i < NODES; i++)
    world_open(lab->world, i, LAB_PORT);
}

/* All pairs whose depths differ by one at most: as the world has it without a list. */
static size_t list_all_near(struct world_link links[NODES * NODES]) {
  size_t count = 0;
  for (uint32_t from = 0; from < NODES; from++)
    for (uint32_t to = 0; to < NODES; to++)
      if (from != to && DEPTHS[from] <= DEPTHS[to] + 1 && DEPTHS[to] <= DEPTHS[from] + 1)
        links[count++] = (struct world_link){from, to};
  return count;
}

/* A digest of all frames, with their times. */
static void digest_frame(struct lab *lab, const struct world_frame *frame) {
  uint64_t *digest = lab->context;
  *digest = *digest * 31 + frame->now_ns;
  for (size_t i = 0; i < frame->length; i++)
    *digest = *digest * 31 + frame->psdu[i];
}

static uint64_t play(const struct world_link *links, size_t count) {
  uint64_t digest = 0;
  struct lab lab = {.on_frame = digest_frame, .context = &digest};
  build(&lab, links, count);
  for (size_t from = 1; from < NODES; from++)
    lab_send(&lab, from, 0, 150, 0);
  world_run(lab.world, 5 * NODE_SECOND);
  assert_true(lab.data_frames > NODES);
  lab_destroy(&lab);
  return digest;
}

static void a_list_is_as_good_as_positions(void **state) {
  (void)state;
  struct world_link links[NODES * NODES];
  const size_t count = list_all_near(links);
  assert_true(play(NULL, 0) == play(links, count));
  assert_true(play(NULL, 0) != play(links, count - 1) ||
              play(NULL, 0) != play(links + 1, count - 1));
}

/* The tree, both ways, and what is more: node 4 hears node 0, which does not hear it. */
static const struct world_link LINKS[] = {{0, 1}, {1, 0}, {0, 2}, {2, 0}, {1, 3}, {3, 1},
                                          {2, 4}, {4, 2}, {3, 5}, {5, 3}, {0, 4}};
enum { LINK_COUNT = sizeof LINKS / sizeof LINKS[0] };

static void only_what_is_listed_is_heard(void **state) {
  (void)state;
  bool expected[NODES][NODES] = {{false}};
  struct lab lab = {0};
  build(&lab, LINKS, LINK_COUNT);
  for (size_t from = 0; from < NODES; from++) {
    lab_send(&lab, from, from == 0 ? 5 : 0, 60, 0);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  assert_int_equal(lab.delivered, NODES);
  for (size_t i = 0; i < LINK_COUNT; i++)
    expected[LINKS[i].from][LINKS[i].to] = true;
  assert_memory_equal(heard, expected, sizeof heard);
  lab_destroy(&lab);
}

static void refuses_links_that_are_none(void **state) {
  (void)state;
  static const struct world_link bad[] = {{0, NODES}, {NODES, 0}, {3, 3}};
  struct world_link links[LINK_COUNT];
  struct world_config config = lab_config(NODES, PARENTS, 1);
  struct lab lab = {.count = NODES};
  config.links = links;
  config.link_count = LINK_COUNT;
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    memcpy(links, LINKS, sizeof links);
    links[LINK_COUNT - 1] = bad[i];
    assert_null(world_create(&config, &lab_callbacks, &lab));
  }
  for (size_t i = 0; i + 1 < LINK_COUNT; i++) { /* a link of the tree is missing */
    memcpy(links, LINKS, sizeof links);
    links[i] = links[LINK_COUNT - 1];
    assert_null(world_create(&config, &lab_callbacks, &lab));
  }
  memcpy(links, LINKS, sizeof links);
  lab_build(&lab, &config);
  lab_destroy(&lab);
}

/* Node 1 is between node 0 and nodes 3 and 5. */
static void a_node_that_does_not_forward_drops_what_is_for_others(void **state) {
  (void)state;
  struct lab lab = {0};
  build(&lab, LINKS, LINK_COUNT);
  world_forward(lab.world, 1, false);
  lab_send(&lab, 5, 0, 60, 0);
  world_run(lab.world, NODE_SECOND / 2);
  lab_send(&lab, 0, 3, 60, 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 0);
  assert_int_equal(lab.data_frames, 3); /* two hops up, one down; and nobody says why */
  lab_send(&lab, 0, 1, 60, 0);
  lab_send(&lab, 1, 0, 60, 0);
  lab_send(&lab, 1, 5, 60, 0);
  lab_send(&lab, 4, 0, 300, 0);
  world_run(lab.world, 2 * NODE_SECOND);
  assert_int_equal(lab.delivered, 4); /* its own, and what goes another way */
  world_forward(lab.world, 1, true);
  lab_send(&lab, 5, 0, 300, 0);
  world_run(lab.world, 3 * NODE_SECOND);
  assert_int_equal(lab.delivered, 5);
  world_forward(lab.world, 1, false);
  lab_destroy(&lab);
  struct lab next = {0};
  build(&next, LINKS, LINK_COUNT);
  lab_send(&next, 5, 0, 60, 0);
  world_run(next.world, NODE_SECOND);
  assert_int_equal(next.delivered, 1); /* in the next world it does */
  lab_destroy(&next);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(a_list_is_as_good_as_positions, lab_teardown),
      cmocka_unit_test_teardown(only_what_is_listed_is_heard, lab_teardown),
      cmocka_unit_test_teardown(refuses_links_that_are_none, lab_teardown),
      cmocka_unit_test_teardown(a_node_that_does_not_forward_drops_what_is_for_others,
                                lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
