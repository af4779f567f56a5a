/* Large networks: the ways of a random tree, and what a node takes. */
#define _GNU_SOURCE
#include "world_lab.h"

#include <malloc.h>
#include <time.h>

#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED true
#else
#define SANITIZED false
#endif

enum { TREE = 150, PAIRS = 150, STAR = 5000, NODE_BYTES_MAX = 24 * 1024 };

/* Each node under one of the last ten before it, so that the tree is both deep and bushy. */
static void draw_tree(struct lab *lab, size_t parents[TREE]) {
  parents[0] = 0;
  for (size_t i = 1; i < TREE; i++)
    parents[i] = i - 1 - lab_random_below(lab, i < 10 ? i : 10);
}

static size_t tree_hops(const size_t parents[TREE], size_t from, size_t to) {
  size_t hops = 0;
  for (; from != to; hops++) {
    size_t *below = from > to ? &from : &to;
    *below = parents[*below];
  }
  return hops;
}

static void note_place(struct lab *lab, size_t node, const struct node_datagram *datagram) {
  size_t *place = lab->context;
  place[0] = lab_find(lab, datagram->source.ip);
  place[1] = node;
}

/* One after another: each takes a frame and its acknowledgement on each hop of the shortest way,
 * and arrives from the address that it can be answered at. */
static void every_way_in_a_tree_is_the_shortest(void **state) {
  (void)state;
  size_t parents[TREE], place[2];
  struct lab lab = {.on_datagram = note_place, .context = place, .random = 5};
  draw_tree(&lab, parents);
  const struct world_config config = lab_config(TREE, parents, 3);
  lab_build(&lab, &config);
  for (size_t i = 0; i < PAIRS; i++) {
    const size_t from = lab_random_below(&lab, TREE);
    const size_t to = (from + 1 + lab_random_below(&lab, TREE - 1)) % TREE;
    const size_t frames = lab.frames, delivered = lab.delivered;
    lab_send(&lab, from, to, 40, (uint32_t)i);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
    assert_int_equal(lab.delivered - delivered, 1);
    assert_int_equal(place[0], from);
    assert_int_equal(place[1], to);
    assert_int_equal(lab.frames - frames, 2 * tree_hops(parents, from, to));
  }
  lab_destroy(&lab);
}

static void ignore_datagram(void *context, size_t node, const struct node_datagram *datagram,
                            uint32_t id) {
  (void)context, (void)node, (void)datagram, (void)id;
}

static void ignore_timer(void *context, size_t node) {
  (void)context, (void)node;
}

static void ignore_frame(void *context, const struct world_frame *frame) {
  (void)context, (void)frame;
}

static void ignore_radio(void *context, size_t node, enum world_radio radio, uint64_t now_ns) {
  (void)context, (void)node, (void)radio, (void)now_ns;
}

static bool lose_nothing(void *context, size_t sender, size_t receiver, size_t length) {
  (void)context, (void)sender, (void)receiver, (void)length;
  return false;
}

static const struct world_callbacks nobody = {.datagram = ignore_datagram,
                                              .timer = ignore_timer,
                                              .frame = ignore_frame,
                                              .radio = ignore_radio,
                                              .lose = lose_nothing};

/* Processor time and bytes that it takes to build so many nodes. */
static void measure(size_t nodes, size_t fan_out, double *time_s, size_t *bytes) {
  size_t *parents = calloc(nodes, sizeof *parents);
  assert_non_null(parents);
  for (size_t i = 1; i < nodes; i++)
    parents[i] = (i - 1) / fan_out;
  const struct world_config config = lab_config(nodes, parents, 1);
  const size_t before = mallinfo2().uordblks;
  const clock_t begin = clock();
  struct world *world = world_create(&config, &nobody, NULL);
  *time_s = (double)(clock() - begin) / CLOCKS_PER_SEC;
  assert_non_null(world);
  lab_left = world;
  for (size_t i = 0; i < nodes; i++)
    world_open(world, i, LAB_PORT);
  world_run(world, NODE_MS);
  *bytes = mallinfo2().uordblks - before;
  world_destroy(world);
  lab_left = NULL;
  free(parents);
}

/* (Of the time, a bound that says no more than that it does not grow with the square.) */
static void what_a_node_takes_does_not_grow_with_their_number(void **state) {
  (void)state;
  static const size_t fan_outs[] = {STAR, 3};
  double few_s, many_s;
  size_t few_bytes, many_bytes;
  for (size_t i = 0; i < sizeof fan_outs / sizeof *fan_outs; i++) {
    measure(STAR / 10, fan_outs[i], &few_s, &few_bytes);
    measure(STAR, fan_outs[i], &many_s, &many_bytes);
    print_message("%d nodes, %zu below each: %.0f us and %zu bytes a node\n", STAR, fan_outs[i],
                  many_s * 1e6 / STAR, many_bytes / STAR);
    assert_true(many_s < 4 * 10 * few_s);
    if (SANITIZED) /* which has an allocator of its own */
      continue;
    assert_true(many_bytes < (size_t)STAR * NODE_BYTES_MAX);
    assert_true(many_bytes < 11 * few_bytes);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(every_way_in_a_tree_is_the_shortest, lab_teardown),
      cmocka_unit_test_teardown(what_a_node_takes_does_not_grow_with_their_number, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
