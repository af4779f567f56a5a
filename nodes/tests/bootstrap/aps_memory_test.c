/* What the application server has on the heap: under floods no more than its places take, and where
 * memory is short, it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "aps_world.h"

#include <string.h>

#include "crowd/heap.h"

enum {
  OTHERS,
  APS, /* as owners of memory */
  FLOOD = 500,
  PULL_MAX = 4 * 1024,       /* octets of a place */
  HANDSHAKE_MAX = 64 * 1024, /* the library's buffers */
  CHANNEL_MAX = 4 * 1024,
};

static struct aps_world world;
static unsigned calls, short_at;

static void owned(bool begins) {
  heap_owner(begins ? APS : OTHERS);
}

static void start(void) {
  aps_world_configure(&world);
  aps_world_start(&world);
  heap_reset();
  world.around = owned;
}

/* Sends it `count` times, each from another port of nobody. */
static void flood(const struct aps_world_datagram *datagram, unsigned count,
                  void (*change)(unsigned i, uint8_t *data)) {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct node_address from = {.ip = {0x77}, .port = 1000};
  const struct aps_world_datagram flown = *datagram;
  memcpy(data, flown.data, flown.length);
  world.is_cut = true;
  for (unsigned i = 0; i < count; i++) {
    from.port++;
    if (change != NULL)
      change(i, data);
    aps_world_inject(&world, &from, &flown.destination, data, flown.length);
  }
}

static void flood_of_pulls(void **state) {
  (void)state;
  start();
  world.as_is_dead = true;
  aps_world_pull(&world, 0, 0, "aps1");
  flood(aps_world_flown(&world, "EAP-Initiate/Re-auth"), FLOOD, NULL);
  assert_true(heap_octets_peak(APS) <= world.aps_config[0].keys_max * PULL_MAX);
  aps_world_run_ms(&world, 60000);
  flood(aps_world_flown(&world, "EAP-Initiate/Re-auth"), FLOOD, NULL);
  assert_true(heap_octets_peak(APS) <= world.aps_config[0].keys_max * PULL_MAX);
  print_message("a place of POST /k: %zu octets\n",
                heap_octets_peak(APS) / world.aps_config[0].keys_max);
  aps_world_end(&world);
}

static void another_random(unsigned i, uint8_t *data) {
  data[30] = (uint8_t)i;
  data[31] = (uint8_t)(i >> 8);
}

static void flood_of_hellos(void **state) {
  (void)state;
  start();
  aps_world_open(&world, 0, 0);
  flood(aps_world_flown(&world, "DTLS ClientHello"), FLOOD, another_random);
  assert_true(heap_octets_peak(APS) <= HANDSHAKE_MAX);
  assert_int_equal(heap_octets(APS), 0);
  print_message("a ClientHello: %zu octets, for its time\n", heap_octets_peak(APS));
  aps_world_end(&world);
}

/* Of each kind one more than there are places. */
static void crowd(void **state) {
  aps_world_configure_over(&world, aps_world_channel_of(state));
  world.aps_config[0].channels_max = 2;
  aps_world_start(&world);
  heap_reset();
  world.around = owned;
  for (unsigned round = 0; round < 3; round++)
    for (size_t ue = 0; ue < APS_WORLD_UES; ue++)
      assert_true(aps_world_serve(&world, ue, 0));
  print_message("at most %zu octets, at rest %zu\n", heap_octets_peak(APS), heap_octets(APS));
  assert_true(heap_octets_peak(APS) <= 2 * HANDSHAKE_MAX + 2 * CHANNEL_MAX + 3 * PULL_MAX);
  assert_true(heap_octets(APS) <= 2 * CHANNEL_MAX + 3 * PULL_MAX);
  aps_world_end(&world);
}

/* Shortage */

static void lacking(bool begins) {
  heap_is_short(begins && calls++ == short_at);
}

static bool story_identity(void) {
  aps_world_take_root(&world, 0, "aps1");
  aps_world_open(&world, 0, 0);
  aps_world_run_ms(&world, 120000);
  if (!aps_world_ask(&world, 0, LOWER_POST))
    return false;
  aps_world_run_ms(&world, 60000);
  return world.ues[0].answers == 1;
}

static bool story_erp(void) {
  return aps_world_serve(&world, 0, 0);
}

static void memory_is_short(void **state) {
  static bool (*const stories[])(void) = {story_erp, story_identity};
  for (size_t story = 0; story < 2; story++) {
    bool reached = true;
    for (short_at = 0; reached; short_at++) {
      calls = 0;
      aps_world_configure_over(&world, aps_world_channel_of(state));
      aps_world_start(&world);
      world.around = lacking;
      (void)stories[story]();
      reached = calls > short_at;
      world.around = NULL;
      assert_true(stories[story]());
      aps_world_end(&world);
    }
    assert_true(short_at > 5);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flood_of_pulls),
      cmocka_unit_test(flood_of_hellos),
      APS_WORLD_OVER_ALL(crowd),
      APS_WORLD_OVER_ALL(memory_is_short),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
