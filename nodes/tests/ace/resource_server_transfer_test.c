/* Tokens that are brought to the resource server, once and again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

/* The same RS_WORLD_POST has the same answer, and the same in another message another. */
static void brought_twice(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  rs_world_start_by(&world, state);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  const struct rs_world_datagram sent = *rs_world_flown(&world, "authz-info");
  const struct rs_world_datagram answer = *rs_world_flown(&world, "authz-info response");
  const uint64_t before = rs_world_state(&world);
  assert_int_equal(
      rs_world_strange(&world, &sent.source, &sent.destination, sent.data, sent.length),
      answer.length);
  assert_memory_equal(world.cut_last, answer.data, answer.length);
  assert_true(rs_world_state(&world) == before);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 2);
  rs_world_end(&world);
}

/* The association that is in use stays so until the new one's first request. */
static void a_new_token_takes_the_old_ones_place(void **state) {
  struct rs_world_terms narrow = rs_world_terms(7);
  const struct rs_world_terms wide = rs_world_terms(8);
  narrow.methods = ACE_METHOD_GET;
  rs_world_start_by(&world, state);
  assert_true(rs_world_join(&world, 0, &narrow));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "x"),
                   COAP_CODE_METHOD_NOT_ALLOWED);
  assert_true(rs_world_join(&world, 0, &wide));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "replaced");
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 2);
  rs_world_end(&world);
}

/* The same token once more: other nonces, other keys, and the former are of no use any more. */
static void the_same_token_again(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  const struct ace_oscore_half before = world.clients[0].servers;
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  assert_memory_not_equal(world.clients[0].servers.nonce, before.nonce, ACE_NONCE_LENGTH);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_PUT, "light", "on"), COAP_CODE_CHANGED);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 2);
  rs_world_end(&world);
}

static void a_salt_and_a_context(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  terms.is_salted = true;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  rs_world_start(&world);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      RS_WORLD_BY_EITHER(brought_twice),
      RS_WORLD_BY_EITHER(a_new_token_takes_the_old_ones_place),
      cmocka_unit_test(the_same_token_again),
      cmocka_unit_test(a_salt_and_a_context),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
