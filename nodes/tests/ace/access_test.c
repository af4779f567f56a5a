/* Client and resource server against each other, by each way of a token: the story goes on whatever
 * the network does, and whichever end loses or ends what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"

static void begin_with_nodes(enum way way) {
  configure(way);
  world.has_nodes = true;
  client_world_start(&world);
}

static enum way begin_nodes_by(void **state) {
  const enum way way = *(enum way *)*state;
  begin_with_nodes(way);
  return way;
}

static void begin_nodes_again(enum way way) {
  client_world_end(&world);
  begin_with_nodes(way);
}

static void assert_value(const uint8_t *value, size_t length) {
  assert_int_equal(world.told_code, COAP_CODE_CONTENT);
  assert_int_equal(world.told_length, length);
  assert_memory_equal(world.told_payload, value, length);
}

static void test_story(void **state) {
  static const uint8_t first[] = {0x0a, 0x0b, 0x0c, 0x0d}, then[] = {1, 2, 3, 4, 5};
  begin_nodes_by(state);
  client_world_assert_answered(&world, 0);
  assert_value(first, sizeof first);
  assert_int_equal(client_world_ask(&world, 0, 3), 0);
  post_run_ms(&world.post, 1000);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), "2.04 Changed");
  client_world_assert_answered(&world, 0);
  assert_value(then, sizeof then);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.servers[0].contexts, 1);
  assert_int_equal(world.servers[0].served, 3);
}

static void test_three_servers(void **state) {
  begin_nodes_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  post_run_ms(&world.post, 10000);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_count(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, CLIENT_WORLD_SERVERS);
}

/* Outside the scope: an answer as any, and the association stays. */
static void test_scope(void **state) {
  static const struct {
    const char *path;
    uint8_t code;
    const char *label;
  } asked[] = {{"light", 2, "4.05 Method Not Allowed"}, {"lock", 1, "4.03 Forbidden"}};
  begin_nodes_by(state);
  for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
    const struct ace_access access = {.code = asked[i].code, .path = asked[i].path};
    assert_int_equal(ace_client_request(world.client, 0, &access, world.post.now_ns), 0);
    post_run_ms(&world.post, 10000);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), asked[i].label);
  }
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
}

/* Every single message lost, doubled, or late. */
static void test_access_faults(void **state) {
  const enum way way = begin_nodes_by(state);
  client_world_assert_answered(&world, 0);
  const size_t messages = world.post.flight_count;
  for (size_t fault = 0; fault < POST_FAULTS; fault++)
    for (size_t at = 0; at < messages; at++)
      for (uint64_t delay_ms = 1; delay_ms < 100000; delay_ms *= 7) {
        begin_nodes_again(way);
        world.post.fault = (enum post_fault)fault;
        world.post.fault_at = at;
        world.post.delay_ms = delay_ms;
        assert_int_equal(client_world_ask(&world, 0, 3), 0);
        post_run_ms(&world.post, 60000);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 0);
        client_world_assert_answered(&world, 0);
        assert_int_equal(world.calls, 1);
        assert_int_equal(world.servers[0].served, 2);
        if (fault == POST_LOSE)
          break;
      }
}

/* The token ends at the server alone, which says so: there is another. */
static void test_end_at_server(void **state) {
  begin_nodes_by(state);
  world.as.exp_s = 100;
  client_world_assert_answered(&world, 0); /* takes 200 s */
  world.as.exp_s = 0;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "refused");
  assert_int_equal(world.servers[0].served, 2);
}

/* At the client alone: the server has another association of the same client. */
static void test_end_at_client(void **state) {
  begin_nodes_by(state);
  world.as.expires_in_s = 100;
  for (unsigned i = 1; i <= 5; i++) {
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_ms(&world.post, 200000);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), i);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
    assert_int_equal(world.calls, i);
  }
}

/* At both, and while a request is under way. */
static void test_end_at_both(void **state) {
  const enum way way = begin_nodes_by(state);
  for (uint64_t ms = 99900; ms <= 100100; ms += 5) {
    begin_nodes_again(way);
    world.as.exp_s = world.as.expires_in_s = 100;
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_until(&world.post, ms * NODE_MS);
    world.as.exp_s = 1000;
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_ms(&world.post, 60000);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 2);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 0);
  }
}

/* A token that has ended when it comes. */
static void test_dead_token(void **state) {
  const enum way way = begin_nodes_by(state);
  post_run_ms(&world.post, 10000);
  world.as.exp_s = 5;
  client_world_assert_unanswered(
      &world, 0, way == DTLS_IN_HANDSHAKE ? "dtls-unknown-identity" : "token-refused");
  assert_int_equal(world.calls, 2);
  world.as.exp_s = 0;
  client_world_assert_answered(&world, 0);
}

/* The server begins anew at each moment of a request, and has another key: the request may end
 * without an answer, as a server that does not know a session says nothing; the next does not. */
static void test_server_restarts(void **state) {
  const enum way way = begin_nodes_by(state);
  for (uint64_t ms = 0; ms <= 300; ms += 5) {
    begin_nodes_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_ms(&world.post, ms);
    client_world_restart(&world, 0);
    post_run_ms(&world.post, 200000);
    if (way == OSCORE)
      assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
    if (client_world_ask(&world, 0, COAP_CODE_GET) == 0)
      post_run_ms(&world.post, 200000);
    client_world_assert_answered(&world, 0);
  }
}

/* It has no key yet: the token stays, and is taken, or replaced, later. */
static void test_server_without_key(void **state) {
  const enum way way = begin_nodes_by(state);
  client_world_node_restart(&world.servers[0], false);
  client_world_assert_unanswered(
      &world, 0, way == DTLS_IN_HANDSHAKE ? "dtls-unknown-identity" : "token-refused");
  client_world_node_learn(&world.servers[0]);
  client_world_assert_answered(&world, 0);
}

/* It authenticates once more: what it has is as good as before. */
static void test_server_authenticates(void **state) {
  begin_nodes_by(state);
  client_world_assert_answered(&world, 0);
  client_world_node_learn(&world.servers[0]);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
  ace_client_forget(world.client, 0, world.post.now_ns);
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 2);
}

/* The client forgets, and comes again by another token; and again. */
static void test_client_forgets(void **state) {
  begin_nodes_by(state);
  for (unsigned i = 1; i <= 10; i++) {
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, i);
    ace_client_forget(world.client, 0, world.post.now_ns);
  }
  assert_int_equal(world.servers[0].served, 10);
}

/* The association is lost by silence, and made once more of the same token. */
static void test_silence_between(void **state) {
  begin_nodes_by(state);
  for (unsigned i = 1; i <= 3; i++) {
    client_world_assert_answered(&world, 0);
    world.servers[0].conduct.mute = true;
    client_world_assert_unanswered(&world, 0, "access-timeout");
    world.servers[0].conduct.mute = false;
  }
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.servers[0].contexts, 4);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_story),
      TEST_BY_ALL(test_three_servers),
      TEST_BY_ALL(test_scope),
      TEST_BY_ALL(test_access_faults),
      TEST_BY_ALL(test_end_at_server),
      TEST_BY_ALL(test_end_at_client),
      TEST_BY_ALL(test_end_at_both),
      TEST_BY_ALL(test_dead_token),
      TEST_BY_ALL(test_server_restarts),
      TEST_BY_ALL(test_server_without_key),
      TEST_BY_ALL(test_server_authenticates),
      TEST_BY_ALL(test_client_forgets),
      TEST_BY_ALL(test_silence_between),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
