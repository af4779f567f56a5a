/* The resource server, by either profile, with clients that have what they need. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "resource_server_world.h"

#include <string.h>

static struct rs_world world;

enum { GET = 1, POST = 2, PUT = 3, DELETE = 4 };

static const enum ace_profile PROFILES[] = {ACE_PROFILE_OSCORE, ACE_PROFILE_DTLS};

static enum ace_profile profile_of(void *const *state) {
  return *(const enum ace_profile *)*state;
}

static void start(void *const *state) {
  rs_world_configure(&world, profile_of(state));
  rs_world_start(&world);
}

static void from_token_to_access(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  const struct rs_world_client *client = &world.clients[0];
  start(state);
  assert_int_equal(ace_resource_server_bytes(world.node), 0);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_KEY), 1);
  assert_true(ace_resource_server_bytes(world.node) > 0);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_true(client->is_protected && client->length == 3);
  assert_memory_equal(client->value, "off", 3);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 1);
  assert_int_equal(world.party.told.name_length, 1);
  assert_int_equal(world.party.told.name[0], 7);
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", "on"), COAP_CODE_CHANGED);
  assert_int_equal(client->length, 0);
  assert_true(rs_world_value_is(&world, "light", "on"));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_memory_equal(client->value, "on", 2);
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", NULL), COAP_CODE_CHANGED);
  assert_true(rs_world_value_is(&world, "light", ""));
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 4);
  assert_true(ace_resource_server_bytes_peak(world.node) >= ace_resource_server_bytes(world.node));
  rs_world_end(&world);
}

static void messages_say_what_they_are_for(void **state) {
  static const struct {
    const char *label;
    enum node_phase phase;
    unsigned count;
  } expected[] = {{"authz-info response", NODE_PHASE_TOKEN_TRANSFER, 2},
                  {"access response", NODE_PHASE_APPLICATION, 2},
                  {"4.01 Unauthorized", NODE_PHASE_TOKEN_TRANSFER, 1}};
  const struct rs_world_terms terms = rs_world_terms(7);
  start(state);
  assert_true(rs_world_join(&world, 0, &terms));
  (void)rs_world_access(&world, 0, GET, "light", NULL);
  assert_true(rs_world_join(&world, 0, &terms));
  (void)rs_world_access(&world, 0, GET, "light", NULL);
  rs_world_give_token(&world, 0, &terms);
  world.clients[0].token[world.clients[0].token_length - 1] ^= 1;
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAUTHORIZED);
  for (size_t i = 0; i < sizeof expected / sizeof expected[0]; i++) {
    unsigned count = 0;
    for (size_t j = 0; j < world.count; j++)
      if (strcmp(world.log[j].label, expected[i].label) == 0) {
        assert_int_equal(world.log[j].phase, expected[i].phase);
        count++;
      }
    assert_int_equal(count, expected[i].count);
  }
  for (size_t i = 0; i < world.count; i++)
    assert_true(world.log[i].phase == NODE_PHASE_TOKEN_TRANSFER ||
                world.log[i].phase == NODE_PHASE_APPLICATION);
  rs_world_end(&world);
}

/* The same POST has the same answer, and the same in another message another. */
static void brought_twice(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  start(state);
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

/* A row: what a token has, what is asked for, and the answer. */
static void nothing_beyond_the_scope(void **state) {
  static const struct {
    const char *path;
    uint32_t methods;
    uint8_t code;
    const char *asked;
    uint8_t answer;
  } rows[] = {
      {NULL, ACE_METHOD_GET, GET, "light", COAP_CODE_CONTENT},
      {NULL, ACE_METHOD_GET, PUT, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_GET, POST, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_POST, POST, "light", COAP_CODE_CHANGED},
      {NULL, ACE_METHOD_POST, PUT, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHOD_PUT, GET, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, GET, "lock", COAP_CODE_FORBIDDEN},
      {NULL, ACE_METHODS_ALL, GET, "door", COAP_CODE_FORBIDDEN},
      {NULL, ACE_METHODS_ALL, DELETE, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, 8, "light", COAP_CODE_METHOD_NOT_ALLOWED},
      {NULL, ACE_METHODS_ALL, POST, ACE_AUTHZ_INFO_PATH, COAP_CODE_FORBIDDEN},
      {"lock", ACE_METHOD_PUT, PUT, "lock", COAP_CODE_CHANGED},
      {"lock", ACE_METHOD_PUT, PUT, "light", COAP_CODE_FORBIDDEN},
      {"door", ACE_METHOD_GET, GET, "door", COAP_CODE_NOT_FOUND},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    struct rs_world_terms terms = rs_world_terms(7);
    terms.path = rows[i].path;
    terms.methods = rows[i].methods;
    start(state);
    assert_true(rs_world_join(&world, 0, &terms));
    const char *text = rows[i].code == GET ? NULL : "x";
    assert_int_equal(rs_world_access(&world, 0, rows[i].code, rows[i].asked, text), rows[i].answer);
    assert_true(world.clients[0].is_protected);
    const bool served = rows[i].answer >> 5 == 2;
    assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), served);
    assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_DISCARDED), !served);
    assert_int_equal(world.clients[0].length, rows[i].answer == COAP_CODE_CONTENT ? 3 : 0);
    if (!served) {
      assert_true(rs_world_value_is(&world, "light", "off"));
      assert_true(rs_world_value_is(&world, "lock", ""));
    }
    rs_world_end(&world);
  }
}

/* The longest value that a response has room for, and one octet more. */
static void values_at_their_limit(void **state) {
  static const uint8_t value[ASSOCIATION_PAYLOAD_MAX + 1] = {1, 2, 3};
  const struct rs_world_terms terms = rs_world_terms(7);
  const struct rs_world_client *client = &world.clients[0];
  start(state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_true(rs_world_ask(&world, 0, PUT, "light", value, ASSOCIATION_PAYLOAD_MAX));
  rs_world_run_ms(&world, 1000);
  assert_int_equal(client->code, COAP_CODE_CHANGED);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(client->length, ASSOCIATION_PAYLOAD_MAX);
  assert_memory_equal(client->value, value, ASSOCIATION_PAYLOAD_MAX);
  assert_true(rs_world_ask(&world, 0, PUT, "light", value, ASSOCIATION_PAYLOAD_MAX + 1));
  rs_world_run_ms(&world, 1000);
  assert_int_equal(client->code, COAP_CODE_BAD_REQUEST);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(client->length, ASSOCIATION_PAYLOAD_MAX);
  rs_world_end(&world);
}

static void nothing_after_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  const bool session = profile_of(state) == ACE_PROFILE_DTLS;
  terms.expires_s = 300;
  start(state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  const size_t held = ace_resource_server_bytes(world.node);
  rs_world_run(&world, 299 * NODE_SECOND);
  world.now_ns = 299 * NODE_SECOND;
  assert_true(rs_world_ask(&world, 0, GET, "light", NULL, 0));
  rs_world_run_ms(&world, 999);
  assert_int_equal(world.clients[0].code, COAP_CODE_CONTENT);
  rs_world_run_ms(&world, 1);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "lifetime");
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", "x"), COAP_CODE_UNAUTHORIZED);
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
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  rs_world_end(&world);
}

/* A request that comes at the moment of the end, before the node was woken. */
static void nothing_at_the_end(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  terms.expires_s = 300;
  start(state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  world.now_ns = 299999 * NODE_MS;
  const size_t at = world.count;
  assert_true(rs_world_ask(&world, 0, PUT, "light", (const uint8_t *)"x", 1));
  const struct rs_world_datagram *asked = &world.log[at];
  world.log[at].arrival_ns[0] = NODE_NEVER;
  world.now_ns = 300 * NODE_SECOND;
  rs_world_inject(&world, &asked->source, &asked->destination, asked->data, asked->length);
  assert_true(rs_world_value_is(&world, "light", "off"));
  rs_world_run_ms(&world, 60000);
  assert_int_equal(world.clients[0].code, COAP_CODE_UNAUTHORIZED);
  rs_world_end(&world);
}

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
    start(state);
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
  start(state);
  assert_true(rs_world_join(&world, 0, &terms));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

/* Those that it has are as good as before; those of the former key that come are not. */
static void another_join(void **state) {
  const struct rs_world_terms first = rs_world_terms(7), second = rs_world_terms(8);
  start(state);
  assert_true(rs_world_join(&world, 0, &first));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_give_token(&world, 1, &second);
  rs_world_learn(&world, 2);
  assert_int_equal(rs_world_transfer(&world, 1), COAP_CODE_UNAUTHORIZED);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_true(rs_world_join(&world, 1, &second));
  assert_int_equal(rs_world_access(&world, 1, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

static void before_the_first_join(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  start(state);
  node_destroy(world.node);
  world.node = ace_resource_server_create(&world.config, &world.party.hooks);
  assert_non_null(world.node);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_UNAVAILABLE);
  rs_world_learn(&world, 1);
  assert_true(rs_world_join(&world, 0, &terms));
  rs_world_end(&world);
}

/* The association that is in use stays so until the new one's first request. */
static void a_new_token_takes_the_old_ones_place(void **state) {
  struct rs_world_terms narrow = rs_world_terms(7);
  const struct rs_world_terms wide = rs_world_terms(8);
  narrow.methods = ACE_METHOD_GET;
  start(state);
  assert_true(rs_world_join(&world, 0, &narrow));
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", "x"), COAP_CODE_METHOD_NOT_ALLOWED);
  assert_true(rs_world_join(&world, 0, &wide));
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", "on"), COAP_CODE_CHANGED);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), "replaced");
  assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_CONFIRMED), 2);
  rs_world_end(&world);
}

static void clients_have_their_own(void **state) {
  start(state);
  for (uint8_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    struct rs_world_terms terms = rs_world_terms(i);
    terms.methods = i % 2 ? ACE_METHOD_GET : ACE_METHOD_PUT;
    assert_true(rs_world_join(&world, i, &terms));
  }
  for (uint8_t i = 0; i < RS_WORLD_CLIENTS; i++) {
    assert_int_equal(rs_world_access(&world, i, GET, "light", NULL),
                     i % 2 ? COAP_CODE_CONTENT : COAP_CODE_METHOD_NOT_ALLOWED);
    for (uint8_t j = 0; j < i; j++)
      assert_true(profile_of(state) == ACE_PROFILE_DTLS ||
                  world.clients[i].servers.id[0] != world.clients[j].servers.id[0]);
  }
  rs_world_end(&world);
}

/* With more clients than places the one that was of use last longest ago makes room. */
static void crowded(void **state) {
  rs_world_configure(&world, profile_of(state));
  world.config.clients_max = 2;
  rs_world_start(&world);
  for (uint8_t i = 0; i < 2; i++) {
    const struct rs_world_terms terms = rs_world_terms(i);
    assert_true(rs_world_join(&world, i, &terms));
    assert_int_equal(rs_world_access(&world, i, GET, "light", NULL), COAP_CODE_CONTENT);
  }
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  const size_t bytes = ace_resource_server_bytes(world.node);
  const struct rs_world_terms terms = rs_world_terms(2);
  assert_true(rs_world_join(&world, 2, &terms));
  assert_int_equal(rs_world_access(&world, 2, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_string_equal(rs_world_why(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED),
                      "made room for another");
  assert_int_equal(ace_resource_server_bytes(world.node), bytes);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_access(&world, 1, GET, "light", NULL),
                   profile_of(state) == ACE_PROFILE_OSCORE ? COAP_CODE_UNAUTHORIZED
                                                           : COAP_CODE_EMPTY);
  rs_world_end(&world);
}

/* A session whose token has ended gives way before one that has been of no use for longer. */
static void who_has_ended_gives_way(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  world.config.clients_max = 2;
  rs_world_start(&world);
  assert_true(rs_world_join(&world, 0, &terms)); /* of the key it has made use in the handshake */
  terms.expires_s = 300;
  assert_true(rs_world_join(&world, 1, &terms));
  assert_int_equal(rs_world_access(&world, 1, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_run_ms(&world, 300000);
  terms.expires_s = 3600;
  assert_true(rs_world_join(&world, 2, &terms));
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED), 1);
  assert_int_equal(rs_world_access(&world, 1, GET, "light", NULL), COAP_CODE_EMPTY);
  rs_world_end(&world);
}

/* Any single message is lost, doubled, or comes late: no more than time is lost. */

enum fate { LOST, DOUBLED, LATE, FATES };
static enum fate fate;

static void strike(struct rs_world *struck, size_t number, struct rs_world_datagram *datagram) {
  if (number != struck->fate_at)
    return;
  if (fate == LOST)
    datagram->arrival_ns[0] = NODE_NEVER;
  if (fate == DOUBLED)
    datagram->arrival_ns[1] = datagram->arrival_ns[0] + 25 * NODE_MS;
  if (fate == LATE)
    datagram->arrival_ns[0] += 4000 * NODE_MS;
}

static void any_message_struck(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  for (unsigned kind = 0; kind < FATES; kind++)
    for (size_t at = 0, end = 1; at < end; at++) {
      fate = (enum fate)kind;
      rs_world_configure(&world, profile_of(state));
      world.fate = strike;
      world.fate_at = at;
      rs_world_start(&world);
      assert_true(rs_world_join(&world, 0, &terms));
      assert_int_equal(rs_world_access(&world, 0, POST, "light", "x"),
                       COAP_CODE_METHOD_NOT_ALLOWED);
      assert_int_equal(rs_world_access(&world, 0, PUT, "light", "on"), COAP_CODE_CHANGED);
      assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
      assert_int_equal(world.clients[0].length, 2);
      assert_int_equal(rs_world_told(&world, NODE_PHASE_APPLICATION, NODE_EVENT_SERVED), 2);
      assert_int_equal(rs_world_told(&world, NODE_PHASE_TOKEN_TRANSFER, NODE_EVENT_SERVED), 1);
      end = world.count;
      rs_world_end(&world);
    }
}

/* coap_dtls alone */

static void token_in_the_handshake(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  rs_world_open(&world, 0, true);
  rs_world_run_ms(&world, 60000);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
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
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
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

/* Several endpoints of one address have brought tokens of one kid: each has its own, and another
 * the one that ends last. */
static void several_of_one_kid(void **state) {
  struct rs_world_terms terms = rs_world_terms(7);
  struct rs_world_client *client = &world.clients[0];
  uint8_t secrets[2][ACE_SECRET_LENGTH];
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_DTLS);
  rs_world_start(&world);
  for (size_t i = 0; i < 2; i++) {
    client->address.port = (uint16_t)(6000 + 10 * i);
    terms.expires_s = i == 0 ? 4000 : 3000;
    rs_world_give_token(&world, 0, &terms);
    assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
    memcpy(secrets[i], client->confirmation.secret, ACE_SECRET_LENGTH);
  }
  static const struct {
    uint16_t port;
    size_t secret;
  } rows[] = {{6000, 0}, {6010, 1}, {6020, 0}, {6000, 1}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    client->address.port = rows[i].port;
    memcpy(client->confirmation.secret, secrets[rows[i].secret], ACE_SECRET_LENGTH);
    rs_world_open(&world, 0, false);
    rs_world_run_ms(&world, 60000);
    assert_true(association_is_ready(&client->pair.current) == (i < 3));
  }
  rs_world_end(&world);
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
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
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
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

/* coap_oscore alone */

/* The same token once more: other nonces, other keys, and the former are of no use any more. */
static void the_same_token_again(void **state) {
  const struct rs_world_terms terms = rs_world_terms(7);
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  rs_world_start(&world);
  rs_world_give_token(&world, 0, &terms);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  const struct ace_oscore_half before = world.clients[0].servers;
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
  assert_memory_not_equal(world.clients[0].servers.nonce, before.nonce, ACE_NONCE_LENGTH);
  assert_int_equal(rs_world_access(&world, 0, PUT, "light", "on"), COAP_CODE_CHANGED);
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
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

/* More clients than IDs of one octet: some have two. */
static void more_clients_than_short_ids(void **state) {
  enum { MANY = 300 };
  static struct {
    uint8_t octets[ACE_RECIPIENT_ID_MAX];
    size_t length;
  } ids[MANY];
  struct rs_world_client *client = &world.clients[0];
  size_t longer = 0;
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  world.config.clients_max = MANY;
  rs_world_start(&world);
  struct rs_world_terms terms = rs_world_terms(7);
  terms.expires_s = 1000000;
  rs_world_give_token(&world, 0, &terms);
  for (size_t i = 0; i < MANY; i++) {
    client->address.port++;
    world.count = 0;
    assert_int_equal(rs_world_transfer(&world, 0), COAP_CODE_CREATED);
    ids[i].length = client->servers.id_length;
    memcpy(ids[i].octets, client->servers.id, ids[i].length);
    longer += ids[i].length == 2;
    assert_true(ids[i].length != client->half.id_length || ids[i].octets[0] != client->half.id[0]);
    for (size_t j = 0; j < i; j++)
      assert_true(ids[j].length != ids[i].length ||
                  memcmp(ids[j].octets, ids[i].octets, ids[i].length) != 0);
  }
  assert_in_range(longer, MANY - 256, MANY - 250);
  assert_int_equal(rs_world_access(&world, 0, GET, "light", NULL), COAP_CODE_CONTENT);
  rs_world_end(&world);
}

/* What is configured */

static void refused_configurations(void **state) {
  static const struct ace_resource bad[] = {
      {.path = ""}, {.path = "a/b"}, {.path = "12345678901234567"}, {.path = ACE_AUTHZ_INFO_PATH}};
  struct ace_resource_server_config config;
  (void)state;
  rs_world_configure(&world, ACE_PROFILE_OSCORE);
  for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
    config = world.config;
    config.resources = &bad[i];
    config.resource_count = 1;
    assert_null(ace_resource_server_create(&config, &world.party.hooks));
  }
  world.resources[1].path = "light";
  assert_null(ace_resource_server_create(&world.config, &world.party.hooks));
  config = world.config;
  config.resource_count = 0;
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.resource_count = 1;
  config.clients_max = 0;
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.clients_max = 1;
  config.audience = "";
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  config.audience = "123456789012345678901234567890123";
  assert_null(ace_resource_server_create(&config, &world.party.hooks));
  rs_world_end(&world);
}

#define BY(test, profile)                                                                          \
  { #test ", " #profile, test, NULL, NULL, (void *)&PROFILES[ACE_PROFILE_##profile] }
#define BY_EITHER(test) BY(test, OSCORE), BY(test, DTLS)

int main(void) {
  const struct CMUnitTest tests[] = {
      BY_EITHER(from_token_to_access),
      BY_EITHER(messages_say_what_they_are_for),
      BY_EITHER(brought_twice),
      BY_EITHER(nothing_beyond_the_scope),
      BY_EITHER(values_at_their_limit),
      BY_EITHER(nothing_after_the_end),
      BY_EITHER(nothing_at_the_end),
      BY_EITHER(tokens_that_are_not_good),
      BY_EITHER(a_token_without_audience_is_for_whoever_can_open_it),
      BY_EITHER(another_join),
      BY_EITHER(before_the_first_join),
      BY_EITHER(a_new_token_takes_the_old_ones_place),
      BY_EITHER(clients_have_their_own),
      BY_EITHER(crowded),
      cmocka_unit_test(who_has_ended_gives_way),
      BY_EITHER(any_message_struck),
      cmocka_unit_test(token_in_the_handshake),
      cmocka_unit_test(handshakes_by_kid),
      cmocka_unit_test(handshakes_after_the_end),
      cmocka_unit_test(handshakes_at_the_end),
      cmocka_unit_test(several_of_one_kid),
      cmocka_unit_test(another_handshake),
      cmocka_unit_test(a_handshake_that_is_left),
      cmocka_unit_test(the_same_token_again),
      cmocka_unit_test(a_salt_and_a_context),
      cmocka_unit_test(more_clients_than_short_ids),
      cmocka_unit_test(refused_configurations),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
