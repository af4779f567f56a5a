/* Any one datagram between UE, application server and AS is lost, doubled, or late. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

enum { LATE_MS = 3000, DATAGRAMS_MAX = 40 };

static struct aps_world world;

static void lose(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[0] = NODE_NEVER;
}

static void double_it(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[1] = datagram->arrival_ns[0];
}

static void double_late(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[1] = datagram->arrival_ns[0] + LATE_MS * NODE_MS;
}

static void delay(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number == in->fate_at)
    datagram->arrival_ns[0] += LATE_MS * NODE_MS;
}

/* All from this one on: the link is cut for ten seconds. */
static void cut(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  static uint64_t begun_ns;
  if (number == in->fate_at)
    begun_ns = datagram->sent_ns;
  if (number >= in->fate_at && datagram->sent_ns < begun_ns + 5 * NODE_SECOND)
    datagram->arrival_ns[0] = NODE_NEVER;
}

static void flip(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  if (number != in->fate_at)
    return;
  const uint32_t bit = seeded_below(&in->ues[2].party.seeded, (uint32_t)datagram->length * 8);
  datagram->data[bit / 8] ^= (uint8_t)(1 << bit % 8);
}

typedef void fate(struct aps_world *in, size_t number, struct aps_world_datagram *datagram);

static void start(fate *what, size_t at) {
  aps_world_configure(&world);
  world.fate = what;
  world.fate_at = at;
  aps_world_start(&world);
}

static bool story_erp(void) {
  return aps_world_serve(&world, 0, 0);
}

static bool story_identity(void) {
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 60000);
  if (!aps_world_ask(&world, 0, LOWER_POST))
    return false;
  aps_world_run_ms(&world, 60000);
  return world.ues[0].answers == 1;
}

static bool (*const STORIES[])(void) = {story_erp, story_identity};

static void assert_once(void) {
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_STARTED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_KEY), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_PULL, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(aps_world_told(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 1);
}

static void any_one(void **state) {
  static fate *const fates[] = {lose, double_it, double_late, delay, cut};
  (void)state;
  for (size_t story = 0; story < 2; story++)
    for (size_t i = 0; i < sizeof fates / sizeof fates[0]; i++)
      for (size_t at = 0, count = 1; at < count; at++) {
        start(fates[i], at);
        const bool good = STORIES[story]();
        if (!good)
          print_error("story %zu, fate %zu of datagram %zu\n", story, i, at);
        assert_true(good);
        assert_once();
        count = world.count;
        assert_true(count < DATAGRAMS_MAX);
        aps_world_end(&world);
      }
}

/* What comes of that is open; the node serves others all the same. */
static void any_flip(void **state) {
  (void)state;
  for (size_t story = 0; story < 2; story++)
    for (unsigned seed = 1; seed <= 40; seed++)
      for (size_t at = 0; at < 12; at++) {
        start(flip, at);
        world.ues[2].party.seeded.state += UINT64_C(1000003) * seed;
        (void)STORIES[story]();
        world.fate = NULL;
        assert_true(aps_world_serve(&world, 1, 0));
        aps_world_end(&world);
      }
}

/* Messages of both pulls, all that a network can do at once. */
static void rough(struct aps_world *in, size_t number, struct aps_world_datagram *datagram) {
  struct seeded *seeded = &in->ues[2].party.seeded;
  (void)number;
  datagram->arrival_ns[0] += seeded_below(seeded, 1500) * NODE_MS;
  if (seeded_below(seeded, 5) == 0)
    datagram->arrival_ns[0] = NODE_NEVER;
  if (seeded_below(seeded, 5) == 0)
    datagram->arrival_ns[1] = datagram->sent_ns + seeded_below(seeded, 4000) * NODE_MS;
}

static void rough_network(void **state) {
  unsigned good = 0;
  (void)state;
  for (unsigned seed = 1; seed <= 100; seed++) {
    start(rough, 0);
    world.ues[2].party.seeded.state += UINT64_C(1000003) * seed;
    good += STORIES[seed % 2]();
    assert_true(aps_world_told(&world, 0, NODE_PHASE_SECURE, NODE_EVENT_CONFIRMED) <= 1);
    aps_world_end(&world);
  }
  assert_true(good >= 80);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(any_one),
      cmocka_unit_test(any_flip),
      cmocka_unit_test(rough_network),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
