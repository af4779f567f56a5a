/* How a client brings its token: what resource servers say to it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_ways.h"

/* What captures are decrypted with: Master Secret and Master Salt (RFC 9203 section 4.3). */
static void test_key_of_context(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  client_world_assert_answered(&world, 0);
  const struct client_world_event *key =
      client_world_last(&world, 0, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY);
  assert_string_equal(key->secret_name, "master_secret_and_salt");
  assert_int_equal(key->secret_length, ACE_SECRET_LENGTH + 1 + 2 * (1 + ACE_NONCE_LENGTH));
  assert_memory_equal(key->secret, world.confirmation.secret, ACE_SECRET_LENGTH);
  assert_int_equal(key->secret[ACE_SECRET_LENGTH], 0x40);
  assert_int_equal(key->secret[ACE_SECRET_LENGTH + 1], 0x48);
  assert_int_equal(key->secret[ACE_SECRET_LENGTH + 1 + 1 + ACE_NONCE_LENGTH], 0x48);
}

static void test_context_id(void **state) {
  (void)state;
  configure(OSCORE);
  world.as.has_context_id = true;
  client_world_start(&world);
  client_world_assert_answered(&world, 0);
}

static void test_separate_response(void **state) {
  if (begin_by(state) == DTLS_IN_HANDSHAKE)
    return;
  world.servers[0].conduct.takes_ms = 10000;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.servers[0].tokens, 1);
}

/* Recipient IDs of one client are different (RFC 9203 section 4.1). */
static void test_recipient_ids(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    client_world_assert_answered(&world, i);
  size_t ids = 0;
  for (size_t i = 0; i < world.post.flight_count; i++) {
    struct coap_message message;
    struct ace_oscore_half half;
    const uint8_t *token;
    size_t length;
    if (strcmp(world.post.flight[i].label, "authz-info") != 0)
      continue;
    assert_int_equal(
        coap_message_parse(world.post.flight[i].data, world.post.flight[i].length, &message), 0);
    assert_int_equal(
        ace_oscore_request_read(message.payload, message.payload_length, &token, &length, &half),
        0);
    assert_int_equal(half.id[0], ids++);
  }
  assert_int_equal(ids, CLIENT_WORLD_SERVERS);
}

static const struct transfer_refusal {
  uint8_t code;
  unsigned calls;
  enum ace_client_state left;
  const char *why;
} TRANSFER_REFUSALS[] = {
    {COAP_CODE_UNAUTHORIZED, 2, ACE_CLIENT_NOTHING, "token-refused"},
    {COAP_CODE_BAD_REQUEST, 1, ACE_CLIENT_NOTHING, "token-refused"},
    {COAP_CODE_FORBIDDEN, 1, ACE_CLIENT_NOTHING, "token-refused"},
    {COAP_CODE_UNSUPPORTED_FORMAT, 1, ACE_CLIENT_NOTHING, "token-refused"},
    {COAP_CODE_UNAVAILABLE, 1, ACE_CLIENT_TOKEN, "token-refused"},
    {COAP_CODE_INTERNAL_ERROR, 1, ACE_CLIENT_TOKEN, "token-refused"},
    {COAP_CODE_CHANGED, 1, ACE_CLIENT_TOKEN, "token-rejected"},
};

static void test_transfer_refusals(void **state) {
  const enum way way = begin_by(state);
  for (size_t i = 0;
       way != DTLS_IN_HANDSHAKE && i < sizeof TRANSFER_REFUSALS / sizeof TRANSFER_REFUSALS[0];
       i++) {
    const struct transfer_refusal *refusal = &TRANSFER_REFUSALS[i];
    begin_again(way);
    world.servers[0].conduct.code = refusal->code;
    client_world_assert_unanswered(&world, 0, refusal->why);
    assert_string_equal(label_of(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED), refusal->why);
    assert_int_equal(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED), refusal->calls);
    assert_int_equal(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_STARTED), refusal->calls);
    assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
    assert_int_equal(world.calls, refusal->calls);
    assert_int_equal(ace_client_state(world.client, 0), refusal->left);
    world.servers[0].conduct.code = 0;
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, refusal->left == ACE_CLIENT_TOKEN ? 1 : refusal->calls + 1);
  }
}

/* 4.01 once: another token is taken. */
static void test_transfer_renewed(void **state) {
  if (begin_by(state) == DTLS_IN_HANDSHAKE)
    return;
  world.servers[0].conduct.code = COAP_CODE_UNAUTHORIZED;
  assert_int_equal(client_world_ask(&world, 0, 3), 0);
  post_run_ms(&world.post, CLIENT_WORLD_ANSWER_MS + 3 * POST_LATENCY_MS);
  world.servers[0].conduct.code = 0;
  post_run_ms(&world.post, 10000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, 2);
  assert_int_equal(world.servers[0].payload_length, 5);
}

static void test_transfer_rejected(void **state) {
  static const uint8_t no_id[] = {0xa1, 0x18, 42, 0x41, 1};
  static const struct client_world_conduct conducts[] = {
      {.same_id = true}, {.payload = no_id, .payload_length = sizeof no_id}, {.format = 60}};
  enum { CONDUCTS = sizeof conducts / sizeof conducts[0] };
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  for (size_t i = 0; i < CONDUCTS; i++) {
    begin_again(OSCORE);
    world.servers[0].conduct = conducts[i];
    client_world_assert_unanswered(&world, 0, "token-rejected");
    assert_int_equal(world.calls, 1);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TOKEN);
    world.servers[0].conduct = (struct client_world_conduct){.code = 0};
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, 1);
  }
}

/* What is not understood is as if it had not come (RFC 7252 section 5.4.1). */
static void test_transfer_option(void **state) {
  if (begin_by(state) == DTLS_IN_HANDSHAKE)
    return;
  world.servers[0].conduct.option = 9;
  client_world_assert_unanswered(&world, 0, "token-timeout");
  assert_true(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_DISCARDED) > 0);
}

static void test_silence(void **state) {
  const enum way way = begin_by(state);
  world.servers[0].conduct.mute = true;
  client_world_assert_unanswered(&world, 0,
                                 way == DTLS_IN_HANDSHAKE ? "dtls-timeout" : "token-timeout");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TOKEN);
  world.servers[0].conduct.mute = false;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.calls, 1);
}

/* The server has another key: it knows the token no more. */
static void test_stale_token_in_transfer(void **state) {
  begin_by(state);
  world.servers[0].conduct.mute = true;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  post_run_ms(&world.post, CLIENT_WORLD_ANSWER_MS + POST_LATENCY_MS);
  client_world_restart(&world, 0);
  world.servers[0].conduct.mute = false;
  post_run_ms(&world.post, 20000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, 2);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST(test_key_of_context),           TEST(test_context_id),
      TEST_BY_ALL(test_separate_response), TEST(test_recipient_ids),
      TEST_BY_ALL(test_transfer_refusals), TEST_BY_ALL(test_transfer_renewed),
      TEST(test_transfer_rejected),        TEST_BY_ALL(test_transfer_option),
      TEST_BY_ALL(test_silence),           TEST_BY_ALL(test_stale_token_in_transfer),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
