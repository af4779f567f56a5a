/* A client whose memory is short in one call, each in turn: a request that was taken ends all the
 * same, and the next is as good as ever. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"
#include "crowd/heap.h"

static size_t calls, short_at;

static void lacking(bool begins) {
  heap_is_short(begins && calls++ == short_at);
}

static unsigned ended(void) {
  return count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) +
         count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED);
}

/* Two requests, the second by the association that is there. */
static void tell_story(void) {
  unsigned taken = 0;
  for (size_t i = 0; i < 2; i++) {
    const int result = client_world_ask(&world, 0, 3);
    assert_true(result == 0 || result == NODE_ERR_EXHAUSTED);
    taken += result == 0;
    post_run_ms(&world.post, 200000);
    assert_int_equal(ended(), taken);
  }
}

static void memory_is_short(void **state) {
  const enum way way = *(enum way *)*state;
  bool reached = true;
  for (short_at = 0; reached; short_at++) {
    calls = 0;
    if (short_at > 0)
      client_world_end(&world);
    configure(way);
    client_world_start(&world);
    world.servers[0].conduct.takes_ms = short_at % 2 == 0 ? 0 : 4000;
    world.around = lacking;
    tell_story();
    reached = calls > short_at;
    world.around = NULL;
    client_world_assert_answered(&world, 0);
  }
  assert_true(short_at > 10);
}

static void node_is_not_made(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  heap_is_short(true);
  struct node *node = ace_client_create(&world.config, &world.hooks);
  heap_is_short(false);
  assert_null(node);
}

int main(void) {
  const struct CMUnitTest tests[] = {TEST_BY_ALL(memory_is_short), TEST(node_is_not_made)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
