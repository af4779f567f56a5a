/* Handshakes of coap_dtls with the resource server. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

static void token_in_the_handshake(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  rs_world_open(&world, 0, true);
  rs_world_run_ms(&world, 60000);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY), 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(world.party.told.name[0], 7);
  rs_world_end(&world);
}

/* The token waits for as many handshakes as come, of its IP address. */
static void handshakes_by_kid(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  assert_true(rs_world_join(&world, 0, &terms));
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 60000);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  world.clients[0].address.port = 6000;
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 60000);
  assert_null(world.clients[0].failure);
  world.clients[1].confirmation = world.clients[0].confirmation;
  rs_world_open(&world, 1, false);
  rs_world_run_ms(&world, 60000);
  assert_string_equal(world.clients[1].failure, "dtls-unknown-identity");
  assert_string_equal(rs_world_why(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED),
                      "dtls-unknown-identity");
  rs_world_end(&world);
}

/* It is no more when it has ended, nor is the token that is the identity itself. */
static void handshakes_after_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  terms.expires_s = 300;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  rs_world_run_ms(&world, 300000);
  assert_int_equal(ace_resource_server_bytes(world.node), 0);
  for (unsigned by_token = 0; by_token < 2; by_token++) {
    rs_world_open(&world, 0, by_token != 0);
    rs_world_run_ms(&world, 60000);
    assert_non_null(world.clients[0].failure);
    assert_int_equal(ace_resource_server_bytes(world.node), 0);
  }
  rs_world_end(&world);
}

/* The token was brought by another port, and ends as it is named, before the node was woken. */
static void name_at_the_end(struct rs_world *named, size_t number,
                            struct rs_world_datagram *datagram) {
  (void)number;
  if (strstr(datagram->label, "ClientKeyExchange") != NULL)
    datagram->arrival_ns[0] = 300 * NODE_SECOND - (named->fate_at == 0);
}

static void handshakes_at_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  terms.expires_s = 300;
  for (size_t at = 0; at < 2; at++) {
    rs_world_configure(&world, ACE_PROFILE_DTLS);
    world.fate = name_at_the_end;
    world.fate_at = at;
    rs_world_start(&world);
    rs_world_give_token(&world, 0, &terms);
    assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
    world.clients[0].address.port = 6000;
    world.now_ns = 299900 * NODE_MS;
    rs_world_open(&world, 0, false);
    rs_world_run_ms(&world, 600000);
    assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED),
                     at == 0);
    rs_world_end(&world);
  }
}

/* A client that begins once more is not held up by what it has begun. */
static void another_handshake(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  const size_t bytes = ace_resource_server_bytes(world.node);
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 3 * RS_WORLD_LATENCY_MS);
  assert_true(ace_resource_server_bytes(world.node) > bytes);
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 60000);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED), 1);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED),
                      "another handshake has begun");
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

/* Nobody goes on with one: it ends, and the token waits as before. */
static void a_handshake_that_is_left(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  const size_t bytes = ace_resource_server_bytes(world.node);
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 3 * RS_WORLD_LATENCY_MS);
  association_pair_close(&world.clients[0].pair);
  rs_world_run_ms(&world, 600000);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_FAILED),
                      "dtls-timeout");
  assert_int_equal(ace_resource_server_bytes(world.node), bytes);
  rs_world_open(&world, 0, false);
  rs_world_run_ms(&world, 60000);
  assert_int_equal(rs_world_access(&world, 0, RS_WORLD_GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(token_in_the_handshake),   cmocka_unit_test(handshakes_by_kid),
      cmocka_unit_test(handshakes_after_the_end), cmocka_unit_test(handshakes_at_the_end),
      cmocka_unit_test(another_handshake),        cmocka_unit_test(a_handshake_that_is_left),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
