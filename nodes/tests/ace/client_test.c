/* A client that goes about its business: what it sends and tells, by each profile; its tokens; what
 * servers say to it; one, two and three resource servers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "client_world.h"

static struct client_world world;

static int tear_down(void **state) {
  (void)state;
  client_world_end(&world);
  return 0;
}

/* Ways of a token, as the tests' states. */
static enum way {
  OSCORE,
  DTLS,
  DTLS_IN_HANDSHAKE,
  WAYS
} ways[] = {OSCORE, DTLS, DTLS_IN_HANDSHAKE};

static void configure(enum way way) {
  client_world_configure(&world, way == OSCORE ? ACE_PROFILE_OSCORE : ACE_PROFILE_DTLS);
  world.config.token_in_handshake = way == DTLS_IN_HANDSHAKE;
}

static enum way begin_by(void **state) {
  const enum way way = *(enum way *)*state;
  configure(way);
  client_world_start(&world);
  return way;
}

static void begin_again(enum way way) {
  client_world_end(&world);
  configure(way);
  client_world_start(&world);
}

static unsigned count(enum node_phase phase, enum node_event_type type) {
  return client_world_count(&world, 0, phase, type);
}

static const char *label_of(enum node_phase phase, enum node_event_type type) {
  return client_world_last(&world, 0, phase, type)->label;
}

/* Messages and events */

struct sent {
  const char *label;
  enum node_phase phase;
  enum node_part part;
  bool is_protected;
  size_t length; /* 0: any */
};

static void assert_flight(const struct sent *table, size_t entries) {
  assert_int_equal(world.flight_count, entries);
  for (size_t i = 0; i < entries; i++) {
    assert_string_equal(world.flight[i].label, table[i].label);
    assert_int_equal(world.flight[i].phase, table[i].phase);
    assert_int_equal(world.flight[i].part, table[i].part);
    assert_int_equal(world.flight[i].is_protected, table[i].is_protected);
    assert_int_equal(world.flight[i].copy, 0);
    if (table[i].length > 0)
      assert_int_equal(world.flight[i].length, table[i].length);
  }
}

#define BRING(length)                                                                              \
  { "authz-info", NODE_PHASE_TOKEN_TRANSFER, NODE_PART_REQUEST, false, length }
#define BROUGHT(length)                                                                            \
  { "authz-info response", NODE_PHASE_TOKEN_TRANSFER, NODE_PART_RESPONSE, false, length }
#define SHAKE(label)                                                                               \
  { label, NODE_PHASE_TOKEN_TRANSFER, NODE_PART_OTHER, true, 0 }
#define HANDSHAKE                                                                                  \
  SHAKE("DTLS ClientHello"), SHAKE("DTLS HelloVerifyRequest"), SHAKE("DTLS ClientHello, cookie"),  \
      SHAKE("DTLS ServerHello"), SHAKE("DTLS ClientKeyExchange"), SHAKE("DTLS Finished")
#define ACCESS(length)                                                                             \
  { "access request", NODE_PHASE_APPLICATION, NODE_PART_REQUEST, true, length }
#define ACCESSED(length)                                                                           \
  { "access response", NODE_PHASE_APPLICATION, NODE_PART_RESPONSE, true, length }

/* A token has 70 octets with osc, 54 with a kid: tag, array, {alg}, {kid, IV}, and the ciphertext
 * of exp, scope and cnf with its tag of 8. */
static const struct sent BY_OSCORE[] = {BRING(108), BROUGHT(24), ACCESS(25), ACCESSED(21)};
static const struct sent BY_DTLS[] = {BRING(73), BROUGHT(5), HANDSHAKE, ACCESS(0), ACCESSED(0)};
static const struct sent IN_HANDSHAKE[] = {HANDSHAKE, ACCESS(0), ACCESSED(0)};

static const struct flight {
  const struct sent *first;
  size_t count;
} FLIGHTS[WAYS] = {
    [OSCORE] = {BY_OSCORE, sizeof BY_OSCORE / sizeof BY_OSCORE[0]},
    [DTLS] = {BY_DTLS, sizeof BY_DTLS / sizeof BY_DTLS[0]},
    [DTLS_IN_HANDSHAKE] = {IN_HANDSHAKE, sizeof IN_HANDSHAKE / sizeof IN_HANDSHAKE[0]},
};

static void test_messages(void **state) {
  const struct flight *flight = &FLIGHTS[begin_by(state)];
  client_world_assert_answered(&world, 0);
  assert_flight(flight->first, flight->count);
  const size_t access = flight->count - 2;
  assert_int_equal(world.flight[access].source.port,
                   world.config.profile == ACE_PROFILE_OSCORE ? 5683 : 5684);
  client_world_assert_answered(&world, 0); /* the association is there */
  assert_int_equal(world.flight_count, flight->count + 2);
  assert_int_equal(world.calls, 1);
  assert_int_equal(world.servers[0].contexts, 1);
}

struct told {
  enum node_phase phase;
  enum node_event_type type;
  const char *label;
};

#define AUTHORIZED(profile, kind)                                                                  \
  {NODE_PHASE_AUTHORIZATION, NODE_EVENT_STARTED, profile},                                         \
      {NODE_PHASE_AUTHORIZATION, NODE_EVENT_KEY, kind},                                            \
      {NODE_PHASE_AUTHORIZATION, NODE_EVENT_ANSWERED, profile}, {                                  \
    NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_STARTED, profile                                         \
  }
#define ANSWERED                                                                                   \
  { NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED, "2.05 Content" }

static const struct told TOLD_OF_OSCORE[] = {
    AUTHORIZED("coap_oscore", "OSCORE"),
    {NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY, "OSCORE"},
    {NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_ANSWERED, "coap_oscore"},
    {NODE_PHASE_APPLICATION, NODE_EVENT_CONFIRMED, "response verified"},
    ANSWERED,
    ANSWERED};
static const struct told TOLD_OF_DTLS[] = {
    AUTHORIZED("coap_dtls", "DTLS"),
    {NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED, "handshake verified"},
    {NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_ANSWERED, "coap_dtls"},
    ANSWERED,
    ANSWERED};

static void assert_told(const struct told *table, size_t entries) {
  size_t next = 0;
  for (size_t i = 0; i < world.event_count; i++) {
    const struct client_world_event *event = &world.events[i];
    if (event->type == NODE_EVENT_SECRET)
      continue;
    assert_true(next < entries);
    assert_int_equal(event->phase, table[next].phase);
    assert_int_equal(event->type, table[next].type);
    assert_string_equal(event->label, table[next].label);
    assert_int_equal(event->server, 0);
    next++;
  }
  assert_int_equal(next, entries);
}

static void test_events(void **state) {
  const bool oscore = begin_by(state) == OSCORE;
  client_world_assert_answered(&world, 0);
  client_world_assert_answered(&world, 0);
  if (oscore)
    assert_told(TOLD_OF_OSCORE, sizeof TOLD_OF_OSCORE / sizeof TOLD_OF_OSCORE[0]);
  else
    assert_told(TOLD_OF_DTLS, sizeof TOLD_OF_DTLS / sizeof TOLD_OF_DTLS[0]);
  const struct client_world_event *key =
      client_world_last(&world, 0, NODE_PHASE_AUTHORIZATION, NODE_EVENT_KEY);
  assert_string_equal(key->secret_name, oscore ? "ace_ms" : "ace_psk");
  assert_int_equal(key->secret_length, ACE_SECRET_LENGTH);
  assert_memory_equal(key->secret, world.confirmation.secret, ACE_SECRET_LENGTH);
  assert_string_equal(client_world_last(&world, 0,
                                        oscore ? NODE_PHASE_APPLICATION : NODE_PHASE_TOKEN_TRANSFER,
                                        NODE_EVENT_CONFIRMED)
                          ->name,
                      "rs1");
}

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

static void test_put(void **state) {
  static const uint8_t payload[] = {1, 2, 3, 4, 5}, value[] = {0x0a, 0x0b, 0x0c, 0x0d};
  begin_by(state);
  assert_int_equal(client_world_ask(&world, 0, 3), 0);
  client_world_run_ms(&world, 1000);
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

static void test_separate_response(void **state) {
  if (begin_by(state) == DTLS_IN_HANDSHAKE)
    return;
  world.servers[0].conduct.takes_ms = 10000;
  client_world_assert_answered(&world, 0);
  assert_int_equal(world.servers[0].tokens, 1);
}

/* The authorization server */

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
    assert_int_equal(world.flight_count, 0);
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
  client_world_run_ms(&world, CLIENT_WORLD_ANSWER_MS);
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

/* Several servers */

static void test_one_call_at_a_time(void **state) {
  begin_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  assert_int_equal(client_world_ask(&world, 1, COAP_CODE_GET), NODE_ERR_BUSY);
  assert_int_equal(world.calls, 1);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(ace_client_state(world.client, i), ACE_CLIENT_ASKING);
  client_world_run_ms(&world, CLIENT_WORLD_ANSWER_MS);
  assert_int_equal(world.calls, 2);
  assert_int_equal(world.called_for, 1);
  client_world_run_ms(&world, 10000);
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
  client_world_run_ms(&world, 10000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  for (size_t i = 1; i < CLIENT_WORLD_SERVERS; i++)
    assert_string_equal(
        client_world_last(&world, i, NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED)->label,
        "authorization-busy");
  world.as.error = 0;
  client_world_assert_answered(&world, 2);
}

/* Recipient IDs of one client are different (RFC 9203 section 4.1). */
static void test_recipient_ids(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    client_world_assert_answered(&world, i);
  size_t ids = 0;
  for (size_t i = 0; i < world.flight_count; i++) {
    struct coap_message message;
    struct ace_oscore_half half;
    const uint8_t *token;
    size_t length;
    if (strcmp(world.flight[i].label, "authz-info") != 0)
      continue;
    assert_int_equal(coap_message_parse(world.flight[i].data, world.flight[i].length, &message), 0);
    assert_int_equal(
        ace_oscore_request_read(message.payload, message.payload_length, &token, &length, &half),
        0);
    assert_int_equal(half.id[0], ids++);
  }
  assert_int_equal(ids, CLIENT_WORLD_SERVERS);
}

/* Resource servers that do not take the token */

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
  client_world_run_ms(&world, CLIENT_WORLD_ANSWER_MS + 3 * CLIENT_WORLD_LATENCY_MS);
  world.servers[0].conduct.code = 0;
  client_world_run_ms(&world, 10000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, 2);
  assert_int_equal(world.servers[0].payload_length, 5);
}

static void test_transfer_rejected(void **state) {
  static const uint8_t no_id[] = {0xa1, 0x18, 42, 0x41, 1};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    configure(OSCORE);
    client_world_start(&world);
    world.servers[0].conduct.same_id = i == 0;
    world.servers[0].conduct.payload = i == 0 ? NULL : no_id;
    world.servers[0].conduct.payload_length = sizeof no_id;
    client_world_assert_unanswered(&world, 0, "token-rejected");
    assert_int_equal(world.calls, 1);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_TOKEN);
    world.servers[0].conduct = (struct client_world_conduct){.code = 0};
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, 1);
    if (i == 0)
      client_world_end(&world);
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
  client_world_run_ms(&world, CLIENT_WORLD_ANSWER_MS + CLIENT_WORLD_LATENCY_MS);
  client_world_restart(&world, 0);
  world.servers[0].conduct.mute = false;
  client_world_run_ms(&world, 20000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(world.calls, 2);
}

/* Access */

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
    client_world_run_ms(&world, 1000);
    assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED),
                        "response without protection");
    world.servers[0].conduct.clear_code = 0; /* and the request comes once more */
    client_world_run_ms(&world, 10000);
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

/* The association is forgotten, and the token is not: it is brought anew. */
static void test_access_timeout(void **state) {
  begin_by(state);
  client_world_assert_answered(&world, 0);
  const uint64_t before_ns = world.now_ns;
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

/* Ends */

static void test_lifetime(void **state) {
  begin_by(state);
  world.as.expires_in_s = 500;
  client_world_assert_answered(&world, 0); /* takes 200 s */
  assert_true(node_expiry(world.client) <= 501 * NODE_SECOND);
  client_world_run_until(&world, 501 * NODE_SECOND);
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
  client_world_run_ms(&world, 20000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 0);
  world.servers[0].conduct.mute_to_access = false;
  client_world_run_ms(&world, 60000);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
  assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
}

/* A timer that is late: the token is not used. */
static void test_late_timer(void **state) {
  begin_by(state);
  world.as.expires_in_s = 300;
  client_world_assert_answered(&world, 0);
  world.now_ns += 200 * NODE_SECOND;
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  assert_int_equal(world.calls, 2);
  assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
}

/* Forgotten at each moment of a request, and before and after it. */
static void test_forget(void **state) {
  const enum way way = begin_by(state);
  for (uint64_t ms = 0; ms <= 300; ms += 5) {
    begin_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    client_world_run_ms(&world, ms);
    const bool answered = count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) == 1;
    ace_client_forget(world.client, 0, world.now_ns);
    if (!answered)
      assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), "forgotten");
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
    assert_int_equal(ace_client_bytes(world.client), 0);
    ace_client_forget(world.client, 0, world.now_ns);
    assert_true(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED) <= 1);
    client_world_run_ms(&world, 1000);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, 2);
  }
}

/* The call goes on, for nobody; who waits has its turn. */
static void test_forget_while_asking(void **state) {
  begin_by(state);
  for (size_t i = 0; i < CLIENT_WORLD_SERVERS; i++)
    assert_int_equal(client_world_ask(&world, i, COAP_CODE_GET), 0);
  ace_client_forget(world.client, 0, world.now_ns);
  ace_client_forget(world.client, 1, world.now_ns);
  assert_string_equal(label_of(NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED), "forgotten");
  assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
  assert_int_equal(world.calls, 1);
  client_world_run_ms(&world, 10000);
  assert_int_equal(world.calls, 3);
  assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
  assert_int_equal(client_world_count(&world, 1, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 0);
  assert_int_equal(client_world_count(&world, 2, NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
}

/* Octets */

static void test_bytes(void **state) {
  const bool oscore = begin_by(state) == OSCORE;
  assert_int_equal(ace_client_bytes(world.client), 0);
  assert_int_equal(ace_client_bytes_peak(world.client), 0);
  world.servers[0].conduct.mute = true;
  client_world_assert_unanswered(
      &world, 0, world.config.token_in_handshake ? "dtls-timeout" : "token-timeout");
  const size_t token = ace_client_bytes(world.client);
  assert_int_equal(token, world.token_length + 1 + ACE_SECRET_LENGTH);
  world.servers[0].conduct.mute = false;
  client_world_assert_answered(&world, 0);
  const size_t ready = ace_client_bytes(world.client);
  assert_true(ready > token + 50);
  if (oscore)
    assert_int_equal(ace_client_bytes_peak(world.client), ready);
  else
    assert_true(ace_client_bytes_peak(world.client) > ready + 1000); /* of the handshake */
  const size_t peak = ace_client_bytes_peak(world.client);
  ace_client_forget(world.client, 0, world.now_ns);
  assert_int_equal(ace_client_bytes_peak(world.client), peak);
}

/* What is refused */

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

static int no_call(void *context, const struct lower_call *call) {
  (void)context;
  (void)call;
  return NODE_ERR_BAD_STATE;
}

static void test_configurations_refused(void **state) {
  (void)state;
  configure(OSCORE);
  client_world_start(&world);
  const struct ace_client_config good = world.config;
  struct ace_client_config config = good;
  struct ace_server servers[2] = {good.servers[0], good.servers[1]};
  config.servers = servers;
  config.server_count = 2;
  config.ask = no_call;
  node_destroy(ace_client_create(&config, &world.hooks));
  config.server_count = 0;
  assert_null(ace_client_create(&config, &world.hooks));
  config.server_count = ACE_SERVERS_MAX + 1;
  assert_null(ace_client_create(&config, &world.hooks));
  config.server_count = 2;
  config.ask = NULL;
  assert_null(ace_client_create(&config, &world.hooks));
  config.ask = no_call;
  config.profile = ACE_PROFILE_COUNT;
  assert_null(ace_client_create(&config, &world.hooks));
  config.profile = ACE_PROFILE_OSCORE;
  servers[1].audience = "";
  assert_null(ace_client_create(&config, &world.hooks));
  servers[1].audience = "this-is-an-audience-of-33-octets!";
  assert_null(ace_client_create(&config, &world.hooks));
  servers[1].audience = "rs2";
  servers[1].address = servers[0].address;
  assert_null(ace_client_create(&config, &world.hooks));
  servers[1].address.port++; /* where the sessions of the first would be */
  struct node *node = ace_client_create(&config, &world.hooks);
  assert_non_null(node);
  node_destroy(node);
  config.profile = ACE_PROFILE_DTLS;
  assert_null(ace_client_create(&config, &world.hooks));
}

/* Every single message lost, doubled, or late: the story goes on. */
static void test_faults(void **state) {
  const enum way way = begin_by(state);
  const size_t messages = FLIGHTS[way].count;
  for (size_t fault = 0; fault < CLIENT_WORLD_FAULTS; fault++)
    for (size_t at = 0; at < messages; at++)
      for (uint64_t delay_ms = 1; delay_ms < 100000; delay_ms *= 7) {
        begin_again(way);
        world.fault = (enum client_world_fault)fault;
        world.fault_at = at;
        world.delay_ms = delay_ms;
        assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
        client_world_run_ms(&world, 60000);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 0);
        assert_int_equal(world.told, 1);
        client_world_assert_answered(&world, 0);
        assert_int_equal(world.calls, 1);
        assert_int_equal(world.servers[0].served, 2);
        if (fault == CLIENT_WORLD_LOSE)
          break;
      }
}

#define TEST(name) cmocka_unit_test_teardown(name, tear_down)
#define TEST_BY(name, way)                                                                         \
  cmocka_unit_test_prestate_setup_teardown(name, NULL, tear_down, &ways[way])
#define TEST_BY_ALL(name)                                                                          \
  TEST_BY(name, OSCORE), TEST_BY(name, DTLS), TEST_BY(name, DTLS_IN_HANDSHAKE)

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_messages),
      TEST_BY_ALL(test_events),
      TEST(test_key_of_context),
      TEST(test_context_id),
      TEST_BY_ALL(test_put),
      TEST_BY_ALL(test_separate_response),
      TEST_BY_ALL(test_refusals),
      TEST_BY_ALL(test_answers_that_say_more),
      TEST_BY_ALL(test_longest_token),
      TEST_BY_ALL(test_calls_not_taken),
      TEST_BY_ALL(test_renewal_not_taken),
      TEST_BY_ALL(test_one_call_at_a_time),
      TEST_BY_ALL(test_turn_not_taken),
      TEST(test_recipient_ids),
      TEST_BY_ALL(test_transfer_refusals),
      TEST_BY_ALL(test_transfer_renewed),
      TEST(test_transfer_rejected),
      TEST_BY_ALL(test_transfer_option),
      TEST_BY_ALL(test_silence),
      TEST_BY_ALL(test_stale_token_in_transfer),
      TEST_BY_ALL(test_codes),
      TEST_BY_ALL(test_access_refused),
      TEST(test_access_refused_in_clear),
      TEST(test_codes_in_clear),
      TEST_BY_ALL(test_wrong_responses),
      TEST_BY_ALL(test_access_timeout),
      TEST_BY_ALL(test_restart),
      TEST_BY_ALL(test_lifetime),
      TEST_BY_ALL(test_lifetime_under_way),
      TEST_BY_ALL(test_late_timer),
      TEST_BY_ALL(test_forget),
      TEST_BY_ALL(test_forget_while_asking),
      TEST_BY_ALL(test_bytes),
      TEST_BY_ALL(test_requests_refused),
      TEST(test_configurations_refused),
      TEST_BY_ALL(test_faults),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
