/* Tokens of a client: what the authorization server says, whose turn it is to ask, and how tokens
 * end. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"

static const struct refusal {
  struct client_world_as as;
  const char *why;
} REFUSALS[] = {
    {{.mute = true}, "authorization-timeout"},
    {{.code = COAP_CODE_BAD_REQUEST, .error_parameter = ACE_INVALID_REQUEST},
     "authorization-refused"},
    {{.code = COAP_CODE_BAD_REQUEST, .error_parameter = ACE_INVALID_SCOPE}, "authorization-scope"},
    {{.code = COAP_CODE_BAD_REQUEST}, "authorization-refused"},
    {{.code = COAP_CODE_UNAUTHORIZED, .error_parameter = ACE_INVALID_SCOPE},
     "authorization-refused"},
    {{.code = COAP_CODE_FORBIDDEN}, "authorization-forbidden"},
    {{.code = COAP_CODE_NOT_FOUND}, "authorization-refused"},
    {{.code = COAP_CODE_INTERNAL_ERROR}, "authorization-refused"},
    {{.code = COAP_CODE_CHANGED}, "authorization-rejected"},
    {{.code = COAP_CODE_CONTENT}, "authorization-rejected"},
    {{.cut = 1}, "authorization-rejected"},
    {{.format = 60}, "authorization-rejected"},
    {{.option = 9}, "authorization-rejected"},
    {{.other_cnf = true}, "authorization-rejected"},
    {{.profile = 3}, "authorization-rejected"},
    {{.token_length = ACE_TOKEN_MAX + 1}, "authorization-rejected"},
};

static void test_refusals(void **state) {
  const enum way way = begin_by(state);
  for (size_t i = 0; i < sizeof REFUSALS / sizeof REFUSALS[0]; i++) {
    begin_again(way);
    world.as = REFUSALS[i].as;
    client_world_assert_unanswered(&world, 0, REFUSALS[i].why);
    assert_string_equal(label_of(NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED), REFUSALS[i].why);
    assert_int_equal(count(NODE_PHASE_AUTHORIZATION, NODE_EVENT_STARTED), 1);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
    assert_int_equal(ace_client_bytes(world.client), 0);
    assert_int_equal(world.post.flight_count, 0);
    world.as = (struct client_world_as){.code = 0};
    client_world_assert_answered(&world, 0);
  }
}

static void test_answers_that_say_more(void **state) {
  const enum way way = begin_by(state);
  for (size_t i = 0; i < 3; i++) {
    begin_again(way);
    world.as.profile = i == 0 ? ace_profile_number(world.config.profile) : 0;
    world.as.format = i == 1 ? UINT16_MAX : 0;
    world.as.option = i == 2 ? 2048 : 0; /* elective */
    client_world_assert_answered(&world, 0);
  }
}

/* A token in the handshake is no longer than an identity. */
static void test_longest_token(void **state) {
  const enum way way = begin_by(state);
  const size_t longest = way == DTLS_IN_HANDSHAKE ? (size_t)NODE_IDENTITY_MAX : ACE_TOKEN_MAX;
  world.as.token_length = longest + 1;
  client_world_assert_unanswered(&world, 0, "authorization-rejected");
  world.as.token_length = longest;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, CLIENT_WORLD_ANSWER_MS);
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TRANSFERRING);
}

static void test_calls_not_taken(void **state) {
  static const int errors[] = {NODE_ERR_BUSY, NODE_ERR_BAD_STATE, NODE_ERR_EXHAUSTED,
                               NODE_ERR_CRYPTO};
  begin_by(state);
  for (size_t i = 0; i < sizeof errors / sizeof errors[0]; i++) {
    world.as.error = errors[i];
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), errors[i]);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
  }
  assert_int_equal(world.event_count, 0);
  world.as.error = 0;
  client_world_assert_answered(&world, 0);
}

/* The token is not taken any more, and the authorization server is not to be asked. */
static void test_renewal_not_taken(void **state) {
  const enum way way = begin_by(state);
  for (size_t i = 0; i < 2; i++) {
    const char *why = i == 0 ? "authorization-busy" : "no-association";
    begin_again(way);
    client_world_assert_answered(&world, 0);
    world.servers[0].conduct.access_code = COAP_CODE_UNAUTHORIZED;
    world.as.error = i == 0 ? NODE_ERR_BUSY : NODE_ERR_BAD_STATE;
    client_world_assert_unanswered(&world, 0, why);
    assert_string_equal(label_of(NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED), why);
    assert_int_equal(count(NODE_PHASE_AUTHORIZATION, NODE_EVENT_STARTED), 1);
  }
}

static void test_one_call_at_a_time(void **state) {
  begin_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  assert_int_equal(client_world_ask(&world, 1, COAP_CODE_GET), NODE_ERR_BUSY);
  assert_int_equal(world.calls, 1);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(ace_client_state(world.client, i), ACE_CLIENT_ASKING);
  post_run_ms(&world.post, CLIENT_WORLD_ANSWER_MS);
  assert_int_equal(world.calls, 2);
  assert_int_equal(world.called_for, 1);
  post_run_ms(&world.post, 10000);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++) {
    assert_int_equal(client_world_count(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
    assert_int_equal(world.servers[i].served, 1);
  }
}

static void test_turn_not_taken(void **state) {
  begin_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  world.as.error = NODE_ERR_BUSY;
  post_run_ms(&world.post, 10000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  for (size_t i = 1; i < CLIENT_WORLD_SERVERS; i++)
    assert_string_equal(
        client_world_last(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
        "authorization-busy");
  world.as.error = 0;
  client_world_assert_answered(&world, 2);
}

static void test_lifetime(void **state) {
  begin_by(state);
  world.as.expires_in_s = 500;
  client_world_assert_answered(&world, 0); /* takes 200 s */
  assert_true(node_expiry(world.client) <= 501 * NODE_SECOND);
  post_run_until(&world.post, 501 * NODE_SECOND);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
  assert_int_equal(ace_client_bytes(world.client), 0);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 2);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
}

/* A request that is under way goes on to its end. */
static void test_lifetime_under_way(void **state) {
  begin_by(state);
  world.as.expires_in_s = 210;
  client_world_assert_answered(&world, 0);
  world.servers[0].conduct.mute_to_access = true;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, 20000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  world.servers[0].conduct.mute_to_access = false;
  post_run_ms(&world.post, 60000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
}

/* A timer that is late: the token is not used. */
static void test_late_timer(void **state) {
  begin_by(state);
  world.as.expires_in_s = 300;
  client_world_assert_answered(&world, 0);
  world.post.now_ns += 200 * NODE_SECOND;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  assert_int_equal(world.calls, 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
}

/* The call goes on, for nobody; who waits has its turn. */
static void test_forget_while_asking(void **state) {
  begin_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  ace_client_forget(world.client, 0, world.post.now_ns);
  ace_client_forget(world.client, 1, world.post.now_ns);
  assert_string_equal(label_of(NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED), "forgotten");
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  assert_int_equal(world.calls, 1);
  post_run_ms(&world.post, 10000);
  assert_int_equal(world.calls, 3);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(client_world_count(&world, 1, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 0);
  assert_int_equal(client_world_count(&world, 2, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_refusals),
      TEST_BY_ALL(test_answers_that_say_more),
      TEST_BY_ALL(test_longest_token),
      TEST_BY_ALL(test_calls_not_taken),
      TEST_BY_ALL(test_renewal_not_taken),
      TEST_BY_ALL(test_one_call_at_a_time),
      TEST_BY_ALL(test_turn_not_taken),
      TEST_BY_ALL(test_lifetime),
      TEST_BY_ALL(test_lifetime_under_way),
      TEST_BY_ALL(test_late_timer),
      TEST_BY_ALL(test_forget_while_asking),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
