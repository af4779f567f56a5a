/* A client that goes about its business: what it sends and tells, by each profile; that it can be
 * made to forget; octets; faults of the network. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ace/client_state.h"
#include "client_ways.h"

/* Messages and events */

struct sent {
  const char *label;
  enum node_phase phase;
  enum node_part part;
  bool is_protected;
  size_t length; /* 0: any */
};

static void assert_flight(const struct sent *table, size_t entries) {
  assert_int_equal(world.post.flight_count, entries);
  for (size_t i = 0; i < entries; i++) {
    assert_string_equal(world.post.flight[i].label, table[i].label);
    assert_int_equal(world.post.flight[i].phase, table[i].phase);
    assert_int_equal(world.post.flight[i].part, table[i].part);
    assert_int_equal(world.post.flight[i].is_protected, table[i].is_protected);
    assert_int_equal(world.post.flight[i].copy, 0);
    if (table[i].length > 0)
      assert_int_equal(world.post.flight[i].length, table[i].length);
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
  assert_int_equal(world.post.flight[access].source.port,
                   world.config.profile == ACE_PROFILE_OSCORE ? 5683 : 5684);
  client_world_assert_answered(&world, 0); /* the association is there */
  assert_int_equal(world.post.flight_count, flight->count + 2);
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

/* Forgotten at each moment of a request, and before and after it. */
static void test_forget(void **state) {
  const enum way way = begin_by(state);
  for (uint64_t ms = 0; ms <= 300; ms += 5) {
    begin_again(way);
    assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
    post_run_ms(&world.post, ms);
    const enum ace_client_state before = ace_client_state(world.client, 0);
    const bool answered = count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED) == 1;
    ace_client_forget(world.client, 0, world.post.now_ns);
    if (!answered)
      assert_string_equal(label_of(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), "forgotten");
    assert_int_equal(count(NODE_PHASE_AUTHORIZATION, NODE_EVENT_UNANSWERED),
                     before == ACE_CLIENT_ASKING);
    assert_int_equal(count(NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_UNANSWERED),
                     before == ACE_CLIENT_TRANSFERRING);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
    assert_int_equal(ace_client_bytes(world.client), 0);
    ace_client_forget(world.client, 0, world.post.now_ns);
    assert_true(count(NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED) <= 1);
    post_run_ms(&world.post, 1000);
    assert_int_equal(ace_client_state(world.client, 0), ACE_CLIENT_NOTHING);
    client_world_assert_answered(&world, 0);
    assert_int_equal(world.calls, 2);
  }
}

/* What is of sessions means nothing to OSCORE. */
static void test_token_in_handshake_of_oscore(void **state) {
  (void)state;
  configure(OSCORE);
  world.config.token_in_handshake = true;
  client_world_start(&world);
  client_world_assert_answered(&world, 0);
  assert_flight(BY_OSCORE, sizeof BY_OSCORE / sizeof BY_OSCORE[0]);
}

/* Octets */

static void test_bytes(void **way) {
  const bool oscore = begin_by(way) == OSCORE;
  const struct ace_client *state = ace_client_of(world.client);
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
    assert_true(ace_client_bytes_peak(world.client) >=
                token + state->servers[0].association.bytes_peak); /* inside a call */
  const size_t peak = ace_client_bytes_peak(world.client);
  ace_client_forget(world.client, 0, world.post.now_ns);
  assert_int_equal(ace_client_bytes_peak(world.client), peak);
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
  for (size_t fault = 0; fault < POST_FAULTS; fault++)
    for (size_t at = 0; at < messages; at++)
      for (uint64_t delay_ms = 1; delay_ms < 100000; delay_ms *= 7) {
        begin_again(way);
        world.post.fault = (enum post_fault)fault;
        world.post.fault_at = at;
        world.post.delay_ms = delay_ms;
        assert_int_equal(client_world_ask(&world, 0, COAP_CODE_GET), 0);
        post_run_ms(&world.post, 60000);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_ANSWERED), 1);
        assert_int_equal(count(NODE_PHASE_APPLICATION, NODE_EVENT_UNANSWERED), 0);
        assert_int_equal(world.told, 1);
        client_world_assert_answered(&world, 0);
        assert_int_equal(world.calls, 1);
        assert_int_equal(world.servers[0].served, 2);
        if (fault == POST_LOSE)
          break;
      }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      TEST_BY_ALL(test_messages),        TEST_BY_ALL(test_events),
      TEST_BY_ALL(test_forget),          TEST_BY_ALL(test_bytes),
      TEST(test_configurations_refused), TEST(test_token_in_handshake_of_oscore),
      TEST_BY_ALL(test_faults),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
