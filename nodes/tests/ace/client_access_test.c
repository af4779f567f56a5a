/* Requests of a client under its association: responses, refusals, silence. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"

static void test_put(void **state) {
  static const uint8_t payload[] = {1, 2, 3, 4, 5}, value[] = {0x0a, 0x0b, 0x0c, 0x0d};
  begin_by(state);
  assert_int_equal(client_world_ask(&world, 0, 3), 0);
  post_run_ms(&world.post, 1000);
  const struct client_world_server *server = &world.servers[0];
  assert_int_equal(server->code, 3);
  assert_string_equal((const char *)server->path, "light");
  assert_int_equal(server->payload_length, sizeof payload);
  assert_memory_equal(server->payload, payload, sizeof payload);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), "2.04 Changed");
  assert_int_equal(world.told, 1);
  assert_int_equal(world.told_code, COAP_CODE_CHANGED);
  assert_int_equal(world.told_length, 0);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.told, 2);
  assert_int_equal(world.told_server, 0);
  assert_int_equal(world.told_code, COAP_CODE_CONTENT);
  assert_int_equal(world.told_length, sizeof value);
  assert_memory_equal(world.told_payload, value, sizeof value);
  ace_client_listen(world.client, NULL);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.told, 2);
}

static const struct code_label {
  uint8_t code;
  const char *label;
} CODE_LABELS[] = {
    {COAP_CODE_CONTENT, "2.05 Content"},
    {COAP_CODE_CHANGED, "2.04 Changed"},
    {COAP_CODE_CREATED, "2.01 Created"},
    {COAP_CODE_DELETED, "2.02 Deleted"},
    {COAP_CODE(2, 3), "other success"},
    {COAP_CODE_FORBIDDEN, "4.03 Forbidden"},
    {COAP_CODE_NOT_FOUND, "4.04 Not Found"},
    {COAP_CODE_METHOD_NOT_ALLOWED, "4.05 Method Not Allowed"},
    {COAP_CODE_INTERNAL_ERROR, "refused"},
};

static void test_codes(void **state) {
  begin_by(state);
  for (size_t i = 0; i < sizeof CODE_LABELS / sizeof CODE_LABELS[0]; i++) {
    world.servers[0].conduct.access_code = CODE_LABELS[i].code;
    client_world_assert_answered(&world, 0);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED),
                        CODE_LABELS[i].label);
    assert_int_equal(world.told_code, CODE_LABELS[i].code);
  }
  assert_int_equal(world.calls, 1);
}

/* 4.01 inside the association, or in clear: one token more in a request. */
static void assert_access_refused(bool in_clear) {
  struct client_world_conduct *conduct = &world.servers[0].conduct;
  client_world_assert_answered(&world, 0);
  uint8_t *code = in_clear ? &conduct->clear_code : &conduct->access_code;
  *code = COAP_CODE_UNAUTHORIZED;
  client_world_assert_unanswered(&world, 0, "access-refused");
  assert_int_equal(world.calls, 2);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "refused");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
  assert_int_equal(world.told, 1);
  *code = 0;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 3);
}

static void test_access_refused(void **state) {
  begin_by(state);
  assert_access_refused(false);
}

static void test_access_refused_in_clear(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  assert_access_refused(true);
}

/* Other errors in clear, and successes, are not believed. */
static void test_codes_in_clear(void **state) {
  static const uint8_t codes[] = {COAP_CODE_CONTENT, COAP_CODE_BAD_REQUEST, COAP_CODE_FORBIDDEN,
                                  COAP_CODE_INTERNAL_ERROR};
  (void)state;
  for (size_t i = 0; i < sizeof codes; i++) {
    configure(OSCORE);
    client_world_start(&world);
    world.servers[0].conduct.clear_code = codes[i];
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_ms(&world.post, 1000);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                        "response without protection");
    world.servers[0].conduct.clear_code = 0; /* and the request comes once more */
    post_run_ms(&world.post, 10000);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
    assert_int_equal(world.calls, 1);
    if (i + 1 < sizeof codes)
      client_world_end(&world);
  }
}

/* A response that does not verify is as if it had not come. */
static void test_wrong_responses(void **state) {
  begin_by(state);
  world.servers[0].conduct.flips = 3;
  client_world_assert_answered(&world, 0);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED), 3);
  assert_int_equal(world.servers[0].served, 1);
}

/* Nor is one that has what is not understood inside (RFC 7252 section 5.4.1). */
static void test_critical_option(void **state) {
  begin_by(state);
  world.servers[0].conduct.access_option = 9; /* in a session the mark of another kind */
  if (world.config.profile == ACE_PROFILE_OSCORE)
    world.servers[0].conduct.access_option = 13;
  client_world_assert_unanswered(&world, 0, "access-timeout");
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                      "critical option not understood");
  assert_int_equal(world.told, 0);
}

/* The association is forgotten, and the token is not: it is brought anew. */
static void test_access_timeout(void **state) {
  begin_by(state);
  client_world_assert_answered(&world, 0);
  const uint64_t before_ns = world.post.now_ns;
  world.servers[0].conduct.mute_to_access = true;
  client_world_assert_unanswered(&world, 0, "access-timeout");
  const uint64_t after_ns =
      client_world_last(&world, 0, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->at_ns -
      before_ns;
  assert_true(after_ns >= 62 * NODE_SECOND && after_ns <= 93 * NODE_SECOND);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TOKEN);
  world.servers[0].conduct.mute_to_access = false;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.servers[0].contexts, 2);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CONFIRMED) +
                       count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED),
                   2);
}

/* Its tokens are good no more, nor are its associations. */
static void test_restart(void **state) {
  const enum way way = begin_by(state);
  client_world_assert_answered(&world, 0);
  client_world_restart(&world, 0);
  if (way != OSCORE) /* who does not know a session says nothing */
    client_world_assert_unanswered(&world, 0, "access-timeout");
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 2);
}

static void test_requests_refused(void **state) {
  begin_by(state);
  struct ace_access access = {.code = COAP_CODE_GET, .path = "seventeen-octets!"};
  assert_int_equal(ace_client_request(world.client, 0, &access, 0), NODE_ERR_TOO_LONG);
  access.path = "light";
  access.payload = world.told_payload;
  access.length = ASSOCIATION_PAYLOAD_MAX + 1;
  assert_int_equal(ace_client_request(world.client, 0, &access, 0), NODE_ERR_TOO_LONG);
  access.length = 1;
  access.code = COAP_CODE_CONTENT;
  assert_int_equal(ace_client_request(world.client, 0, &access, 0), NODE_ERR_UNSUPPORTED);
  assert_int_equal(world.calls, 0);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_put),
      TEST_BY_ALL(test_codes),
      TEST_BY_ALL(test_access_refused),
      TEST(test_access_refused_in_clear),
      TEST(test_codes_in_clear),
      TEST_BY_ALL(test_wrong_responses),
      TEST_BY_ALL(test_critical_option),
      TEST_BY_ALL(test_access_timeout),
      TEST_BY_ALL(test_restart),
      TEST_BY_ALL(test_requests_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
