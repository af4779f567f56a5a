/* Tokens at the resource server: which are good, and until when. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

/* A row: terms that are not good, and the answer. */
static void tokens_that_are_not_good(void **state) {
  struct rs_world_terms rows[5];
  static const uint8_t answers[] = {COAP_CODE_UNAUTHORIZED, COAP_CODE_FORBIDDEN,
                                    COAP_CODE_FORBIDDEN, COAP_CODE_BAD_REQUEST,
                                    COAP_CODE_BAD_REQUEST};
  for (size_t i = 0; i < 5; i++)
    rows[i] = rs_world_terms(7);
  rows[0].expires_s = 0;
  rows[1].audience = "lamp2";
  rows[2].audience = "lamp";
  rows[3].methods = 0;
  rows[4].path = "a/b";
  for (size_t i = 0; i < 5; i++) {
    rs_world_start_by(&world, state);
    rs_world_give_token(&world, 0, &rows[i]);
    const uint64_t before = rs_world_state(&world);
    assert_int_equal(rs_world_transfer(&world, 0), answers[i]);
    assert_true(rs_world_state(&world) == before);
    assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED), 1);
    assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 0);
    assert_int_equal(ace_resource_server_bytes_peak(world.node), 0);
    rs_world_end(&world);
  }
}

static void a_token_without_audience_is_for_whoever_can_open_it(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  terms.audience = NULL;
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

static void nothing_after_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  const bool session = rs_world_profile_of(state) == ACE_PROFILE_DTLS;
  terms.expires_s = 300;
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  const size_t held = ace_resource_server_bytes(world.node);
  rs_world_run(&world, 299 * NODE_SECOND);
  world.now_ns = 299 * NODE_SECOND;
  assert_true(rs_world_ask(&world, 0, RS_WORLD_GET, "light", NULL, 0));
  rs_world_run_ms(&world, 999);
  assert_int_equal(world.clients[0].code, COAP_CODE_CONTENT);
  rs_world_run_ms(&world, 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "x"), COAP_CODE_UNAUTHORIZED);
  assert_true(world.clients[0].is_protected == session);
  assert_true(rs_world_value_is(&world, "light", "off"));
  assert_true(ace_resource_server_bytes(world.node) < held);
  assert_true(session || ace_resource_server_bytes(world.node) == 0);
  /* Nor is it taken any more; a new one is. */
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAUTHORIZED);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED),
                      "4.01 Unauthorized");
  const struct rs_world_terms next = rs_world_terms(8);
  assert_true(rs_world_join(&world, 0, &next));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  rs_world_end(&world);
}

/* A request that comes at the moment of the end, before the node was woken. */
static void nothing_at_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  terms.expires_s = 300;
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  world.now_ns = 299999 * NODE_MS;
  const size_t at = world.count;
  assert_true(rs_world_ask(&world, 0, RS_WORLD_PUT, "light", (const uint8_t *)"x", 1));
  const struct rs_world_datagram *asked = &world.log[at];
  world.log[at].arrival_ns[0] = NODE_NEVER;
  world.now_ns = 300 * NODE_SECOND;
  rs_world_inject(&world, &asked->source, &asked->destination, asked->data, asked->length);
  assert_true(rs_world_value_is(&world, "light", "off"));
  rs_world_run_ms(&world, 60000);
  assert_int_equal(world.clients[0].code, COAP_CODE_UNAUTHORIZED);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(tokens_that_are_not_good),
      RS_WORLD_BY_EITHER(a_token_without_audience_is_for_whoever_can_open_it),
      RS_WORLD_BY_EITHER(nothing_after_the_end),
      RS_WORLD_BY_EITHER(nothing_at_the_end),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
