/* What MACs give up, and why: no room, no acknowledgement, no free channel. */
#include "world_lab.h"

enum { FRAGMENTS = 10, LONG = 1024, SHORT = 60 };

static void build_chain(struct lab *lab, unsigned queue_frames) {
  static const size_t parents[] = {0, 0};
  struct world_config config = lab_config(2, parents, 1);
  config.mac_queue_frames = queue_frames;
  lab_build(lab, &config);
}

/* A datagram of ten fragments, which all wait at once. */
static void what_has_no_room_is_lost(void **state) {
  (void)state;
  static const unsigned rooms[] = {0, 1, 4, FRAGMENTS - 1, FRAGMENTS, FRAGMENTS + 1};
  for (size_t i = 0; i < sizeof rooms / sizeof *rooms; i++) {
    const size_t sent = rooms[i] == 0 || rooms[i] > FRAGMENTS ? FRAGMENTS : rooms[i];
    struct lab lab = {0};
    build_chain(&lab, rooms[i]);
    lab_send(&lab, 1, 0, LONG, 0);
    world_run(lab.world, NODE_SECOND);
    assert_int_equal(lab.data_frames, sent);
    assert_int_equal(lab.delivered, sent == FRAGMENTS);
    assert_int_equal(lab.dropped[WORLD_DROP_QUEUE], FRAGMENTS - sent);
    assert_int_equal(lab.dropped[WORLD_DROP_RETRIES] + lab.dropped[WORLD_DROP_ACCESS], 0);
    lab_destroy(&lab);
  }
}

/* One frame at a time finds room where one may wait. */
static void room_comes_back(void **state) {
  (void)state;
  struct lab lab = {0};
  build_chain(&lab, 1);
  for (size_t i = 1; i <= 5; i++) {
    lab_send(&lab, 1, 0, SHORT, 0);
    world_run(lab.world, i * NODE_SECOND);
    assert_int_equal(lab.delivered, i);
  }
  assert_int_equal(lab.dropped[WORLD_DROP_QUEUE], 0);
  lab_destroy(&lab);
}

/* It has arrived, as its sender does not know. */
static void what_nobody_acknowledges_is_given_up(void **state) {
  (void)state;
  struct lab lab = {.ack_loss = 1};
  build_chain(&lab, 0);
  lab_send(&lab, 1, 0, SHORT, 0);
  world_run(lab.world, NODE_SECOND);
  assert_int_equal(lab.delivered, 1);
  assert_int_equal(lab.data_frames, 4);
  assert_int_equal(lab.dropped[WORLD_DROP_RETRIES], 1);
  assert_int_equal(lab.dropped[WORLD_DROP_ACCESS] + lab.dropped[WORLD_DROP_QUEUE], 0);
  lab_destroy(&lab);
}

static void who_finds_the_channel_busy_gives_up(void **state) {
  (void)state;
  enum { PEERS = 20 };
  static const size_t parents[PEERS + 1];
  struct world_config config = lab_config(PEERS + 1, parents, 1);
  config.mac_max_backoffs = 0;
  struct lab lab = {0};
  lab_build(&lab, &config);
  for (size_t i = 1; i <= PEERS; i++)
    lab_send(&lab, i, 0, SHORT, 0);
  world_run(lab.world, NODE_SECOND);
  assert_true(lab.dropped[WORLD_DROP_ACCESS] > 0);
  assert_int_equal(lab.dropped[WORLD_DROP_QUEUE], 0);
  assert_true(lab.delivered < PEERS);
  assert_true(lab.delivered + lab.dropped[WORLD_DROP_ACCESS] + lab.dropped[WORLD_DROP_RETRIES] >=
              PEERS);
  lab_destroy(&lab);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(what_has_no_room_is_lost, lab_teardown),
      cmocka_unit_test_teardown(room_comes_back, lab_teardown),
      cmocka_unit_test_teardown(what_nobody_acknowledges_is_given_up, lab_teardown),
      cmocka_unit_test_teardown(who_finds_the_channel_busy_gives_up, lab_teardown),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
