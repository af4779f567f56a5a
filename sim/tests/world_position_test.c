/* Where the radios are, and who hears whom. */
#include "world_lab.h"

#include <math.h>

enum { MAX = 6 };

/* Who was heard by whom, as the losses that were asked tell; acknowledgements apart. */
static bool heard[MAX][MAX];

static bool hear(void *context, size_t sender, size_t receiver, size_t length) {
  (void)context;
  if (length > WORLD_ACK_LENGTH)
    heard[sender][receiver] = true;
  return false;
}

static void build(struct lab *lab, size_t count, const size_t *parents,
                  const struct world_position *positions) {
  struct world_callbacks callbacks = lab_callbacks;
  callbacks.lose = hear;
  memset(heard, 0, sizeof heard);
  struct world_config config = lab_config(count, parents, 1);
  config.positions = positions;
  lab->count = count;
  lab->world = lab_left = world_create(&config, &callbacks, lab);
  assert_non_null(lab->world);
  for (size_t i = 0; i < count; i++)
    world_open(lab->world, i, LAB_PORT);
}

/* Two branches on both sides of the root, and across; the third is near the first. */
static void branches_that_are_apart_do_not_hear_each_other(void **state) {
  (void)state;
  static const size_t parents[MAX] = {0, 0, 0, 1, 2, 0};
  static const struct world_position positions[MAX] = {{0, 0},   {-10, 0}, {10, 0},
                                                       {-20, 0}, {20, 0},  {-9, 11}};
  static const char *const hears[MAX] = {".11..1", "1..1.1", "1...1.",
                                         ".1....", "..1...", "11...."};
  struct lab lab = {0};
  build(&lab, MAX, parents, positions);
  for (size_t from = 0; from < MAX; from++) {
    lab_send(&lab, from, from == 0 ? 1 : 0, 60, 0);
    world_run(lab.world, world_now(lab.world) + NODE_SECOND);
  }
  assert_int_equal(lab.delivered, MAX);
  for (size_t i = 0; i < MAX; i++)
    for (size_t j = 0; j < MAX; j++)
      assert_int_equal(heard[i][j], hears[i][j] == '1');
  lab_destroy(&lab);
}

/* At WORLD_RANGE_M one still hears. */
static void the_range_ends_where_it_is_said(void **state) {
  (void)state;
  static const size_t parents[2];
  static const struct {
    struct world_position position;
    bool hears;
  } rows[] = {{{WORLD_RANGE_M, 0}, true},
              {{0, -WORLD_RANGE_M}, true},
              {{9, 12}, true},
              {{WORLD_RANGE_M + 0.001, 0}, false},
              {{0, -WORLD_RANGE_M - 0.001}, false},
              {{9.001, 12}, false},
              {{0, 0}, true}};
  for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
    struct lab lab = {0};
    const struct world_position positions[2] = {{0, 0}, rows[i].position};
    build(&lab, 2, parents, positions);
    lab_send(&lab, 1, 0, 60, 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(heard[1][0], rows[i].hears);
    assert_int_equal(lab.delivered, rows[i].hears);
    assert_int_equal(lab.data_frames, rows[i].hears ? 1 : 4); /* three retries */
    assert_int_equal(lab.frames, rows[i].hears ? 2 : 4);
    lab_settle_radios(&lab);
    assert_int_equal(lab.radio_ns[0][WORLD_RADIO_RECEIVE] > 0, rows[i].hears);
    lab_destroy(&lab);
  }
}

/* A digest of all frames, with their times. */
static void digest_frame(struct lab *lab, const struct world_frame *frame) {
  uint64_t *digest = lab->context;
  *digest = *digest * 31 + frame->now_ns;
  for (size_t i = 0; i < frame->length; i++)
    *digest = *digest * 31 + frame->psdu[i];
}

static uint64_t play(const struct world_position *positions) {
  static const size_t parents[MAX] = {0, 0, 0, 1, 2, 3};
  uint64_t digest = 0;
  struct lab lab = {.on_frame = digest_frame, .context = &digest};
  build(&lab, MAX, parents, positions);
  for (size_t from = 1; from < MAX; from++)
    lab_send(&lab, from, 0, 150, 0);
  world_run(lab.world, 5 * NODE_SECOND);
  assert_true(lab.data_frames > MAX);
  lab_destroy(&lab);
  return digest;
}

static void without_positions_all_are_on_one_line(void **state) {
  (void)state;
  static const struct world_position line[MAX] = {
      {0, 0},
      {WORLD_SPACING_M, 0},
      {WORLD_SPACING_M, 0},
      {2 * WORLD_SPACING_M, 0},
      {2 * WORLD_SPACING_M, 0},
      {3 * WORLD_SPACING_M, 0},
  };
  static const struct world_position other[MAX] = {{0, 0},  {10, 0},  {-10, 0},
                                                   {20, 0}, {-20, 0}, {30, 0}};
  assert_true(play(NULL) == play(line));
  assert_true(play(NULL) != play(other));
}

static void refuses_positions_that_are_none(void **state) {
  (void)state;
  static const size_t parents[2];
  struct world_position positions[2] = {{0, 0}, {0, 0}};
  struct world_config config = lab_config(2, parents, 1);
  config.positions = positions;
  struct lab lab = {.count = 2};
  for (size_t i = 0; i < 4; i++) {
    double *coordinate = i % 2 == 0 ? &positions[1].x_m : &positions[1].y_m;
    *coordinate = i < 2 ? (double)NAN : (double)INFINITY;
    assert_null(world_create(&config, &lab_callbacks, &lab));
    *coordinate = 0;
  }
  lab_build(&lab, &config);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(branches_that_are_apart_do_not_hear_each_other, lab_teardown),
      cmocka_unit_test_teardown(the_range_ends_where_it_is_said, lab_teardown),
      cmocka_unit_test_teardown(without_positions_all_are_on_one_line, lab_teardown),
      cmocka_unit_test_teardown(refuses_positions_that_are_none, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
