/* A UE whose memory is short in one call, each in turn: a request that was taken ends all the same,
 * and the next is as good as ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "crowd/heap.h"
#include "ue_world.h"

static struct ue_world world;
static size_t calls, short_at;

static void lacking(bool begins) {
  heap_is_short(begins && calls++ == short_at);
}

static unsigned ended(void) {
  return ue_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
         ue_world_count(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
}

/* Two requests, the second by the channel that is there. */
static void tell_story(void) {
  unsigned taken = 0;
  for (size_t i = 0; i < 2; i++) {
    const int result = ue_world_ask(&world, 0, LOWER_POST);
    assert_true(result == 0 || result == NODE_ERR_EXHAUSTED);
    taken += result == 0;
    ue_world_run(&world);
    assert_int_equal(ended(), taken);
  }
}

static void be_short(enum bootstrap_channel channel, enum bootstrap_pull pull) {
  bool reached = true;
  for (short_at = 0; reached; short_at++) {
    calls = 0;
    ue_world_begin_over(&world, channel, pull);
    world.aps[0].conduct.takes_ms = short_at % 2 == 0 ? 0 : 4000;
    world.around = lacking;
    tell_story();
    reached = calls > short_at;
    world.around = NULL;
    ue_world_assert_answered(&world, 0);
    ue_world_end(&world);
  }
  assert_true(short_at > 10);
}

static void memory_is_short(void **state) {
  (void)state;
  for (unsigned channel = 0; channel < BOOTSTRAP_CHANNEL_COUNT; channel++)
    for (unsigned pull = 0; pull < BOOTSTRAP_PULL_COUNT; pull++)
      if (bootstrap_pull_goes_with(pull, channel))
        be_short(channel, pull);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(memory_is_short)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
