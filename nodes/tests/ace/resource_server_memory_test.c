/* What the resource server has on the heap: under floods no more than its places take, and where
 * memory is short, it goes on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

#include "crowd/heap.h"

enum {
  OTHERS,
  SERVER, /* as owners of memory */
  FLOOD = 500,
  CLIENTS_MAX = 8,
  CLIENT_MAX = 4 * 1024,     /* octets of a place, with an association */
  HANDSHAKE_MAX = 64 * 1024, /* the library's buffers */
};

static struct rs_world world;
static unsigned calls, short_at;

static void owned(bool begins) {
  heap_owner(begins ? SERVER : OTHERS);
}

static void start(enum ace_profile profile) {
  rs_world_configure(&world, profile);
  world.config.clients_max = CLIENTS_MAX;
  rs_world_start(&world);
  heap_reset();
  world.around = owned;
}

/* Sends it, each time from another port of nobody. */
static void flood(const char *label) {
  struct rs_world_datagram flown = *rs_world_flown(&world, label);
  struct node_address from = {.ip = {0x77}, .port = 1000};
  for (unsigned i = 0; i < FLOOD; i++) {
    from.port++;
    (void)rs_world_strange(&world, &from, &flown.destination, flown.data, flown.length);
  }
}

static void flood_of_tokens(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  start(rs_world_profile_of(state));
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  flood("authz-info");
  print_message("a place: %zu octets\n", heap_octets_peak(SERVER) / CLIENTS_MAX);
  assert_true(heap_octets_peak(SERVER) <= CLIENTS_MAX * CLIENT_MAX);
  rs_world_end(&world);
}

static void flood_of_hellos(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  start(ACE_PROFILE_DTLS);
  rs_world_give_token(&world, 0, &terms);
  rs_world_open(&world, 0, false);
  flood("DTLS ClientHello");
  assert_true(heap_octets_peak(SERVER) <= HANDSHAKE_MAX);
  assert_int_equal(heap_octets(SERVER), 0);
  rs_world_end(&world);
}

/* Shortage */

static void lacking(bool begins) {
  heap_is_short(begins && calls++ == short_at);
}

static bool story(void) {
  const struct rs_world_terms terms = rs_world_terms(7);
  world.count = 0;
  if (!rs_world_join(&world, 0, &terms))
    return false;
  (void)rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on");
  return rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL) == COAP_CODE_CONTENT;
}

static void memory_is_short(void **state) {
  bool reached = true;
  for (short_at = 0; reached; short_at++) {
    calls = 0;
    rs_world_configure(&world, rs_world_profile_of(state));
    rs_world_start(&world);
    world.around = lacking;
    (void)story();
    reached = calls > short_at;
    world.around = NULL;
    assert_true(story());
    assert_true(rs_world_value_is(&world, "light", "on"));
    rs_world_end(&world);
  }
  assert_true(short_at > 5);
}

static void none_to_begin_with(void **state) {
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  heap_is_short(true);
  world.node = ace_resource_server_create(&world.config, &world.party.hooks);
  heap_is_short(false);
  assert_null(world.node);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(flood_of_tokens),
      cmocka_unit_test(flood_of_hellos),
      RS_WORLD_BY_EITHER(memory_is_short),
      cmocka_unit_test(none_to_begin_with),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
