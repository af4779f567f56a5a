/* The authorization server by its service alone: to whom, for whom, and how long it gives tokens.
 */
#include "ace/authorization_server.h"
#include "association/association.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

enum { EPOCH_S = 1000, PORT_OF_LOWER = 5683, PORT_OF_ACE = 5685 };

static uint8_t drawn;

static void draw(void *context, uint8_t *bytes, size_t length) {
  (void)context;
  memset(bytes, ++drawn, length);
}

static const struct node_hooks HOOKS = {.random = draw};
static const struct ace_audience AUDIENCES[] = {
    {"rs1", (const uint8_t *)"b", 1, PORT_OF_ACE, "light"},
    {"rs2", (const uint8_t *)"c", 1, PORT_OF_ACE, "light"},
};

#define SCOPE(set)                                                                                 \
  { .entry = {{.path = "light", .methods = (set)}}, .count = 1 }

static const struct ace_rule RULES[] = {
    {"rs1", (const uint8_t *)"d", 1, SCOPE(ACE_METHOD_GET)},
    {"rs1", NULL, 0, SCOPE(ACE_METHOD_GET | ACE_METHOD_PUT)},
};

static struct ace_authorization_server *server;
static const struct lower_service *service;
static uint64_t now_ns;

/* A peer at an address of this host, which nothing guards. */
static const struct association UNGUARDED;

static struct lower_client peer(const char *identity, uint8_t host, uint64_t ends_ns) {
  return (struct lower_client){.remote = {.ip = {0xfd, [15] = host}, .port = PORT_OF_LOWER},
                               .identity = (const uint8_t *)identity,
                               .identity_length = strlen(identity),
                               .association = &UNGUARDED,
                               .ends_ns = ends_ns};
}

static void join(const char *identity, uint8_t host, uint64_t ends_ns, uint8_t seed) {
  const struct lower_client client = peer(identity, host, ends_ns);
  uint8_t msk[EAP_KEY_LENGTH];
  memset(msk, seed, sizeof msk);
  service->joined(service->context, &client, seed == 0 ? NULL : msk, now_ns);
}

static void leave(const char *identity, uint8_t host) {
  const struct lower_client client = peer(identity, host, NODE_NEVER);
  service->left(service->context, &client);
}

static void begin(enum ace_profile profile) {
  const struct ace_authorization_server_config config = {.audiences = AUDIENCES,
                                                         .audience_count = 2,
                                                         .rules = RULES,
                                                         .rule_count = 2,
                                                         .profile = profile,
                                                         .lifetime_s = 600,
                                                         .says_lifetime = true,
                                                         .epoch_s = EPOCH_S};
  now_ns = 0;
  server = ace_authorization_server_create(&config, &HOOKS);
  assert_non_null(server);
  service = ace_authorization_server_service(server);
}

static void end(void) {
  ace_authorization_server_destroy(server);
}

/* What was answered. */
static struct lower_answer answer;
static uint8_t octets[ACE_MESSAGE_MAX];
static struct ace_token_answer given;

/* Asks for methods of light; none: for whatever there is. Returns the code. */
static uint8_t ask(const char *identity, const char *audience, uint32_t methods, uint64_t ends_ns) {
  const struct lower_client client = peer(identity, 9, ends_ns);
  const struct ace_scope wanted = SCOPE(methods);
  uint8_t scope[ACE_SCOPE_OCTETS_MAX], payload[ACE_MESSAGE_MAX];
  struct ace_token_request asked = {
      .audience = (const uint8_t *)audience, .audience_length = strlen(audience), .scope = scope};
  struct span_writer out;
  if (methods != 0)
    asked.scope_length = ace_scope_write(&wanted, ACE_SCOPE_SHORT, "light", scope);
  span_writer_init(&out, payload, sizeof payload, NULL);
  ace_token_request_write(&asked, &out);
  const struct coap_message request = {
      .code = COAP_CODE_POST, .payload = payload, .payload_length = out.length};
  answer = (struct lower_answer){.label = ""};
  span_writer_init(&answer.payload, octets, sizeof octets, NULL);
  service->serve(service->context, &client, &request, &answer, now_ns);
  if (answer.code == COAP_CODE_CREATED)
    assert_int_equal(ace_token_answer_read(octets, answer.payload.length, &given), 0);
  return answer.code;
}

static void expect_refusal(const char *identity, const char *audience, enum ace_error error) {
  assert_int_equal(ask(identity, audience, ACE_METHOD_GET, NODE_NEVER), COAP_CODE_BAD_REQUEST);
  assert_int_equal(ace_error_read(octets, answer.payload.length), error);
}

static void expect_token(const char *identity, const char *audience) {
  assert_int_equal(ask(identity, audience, ACE_METHOD_GET, NODE_NEVER), COAP_CODE_CREATED);
}

/* What stands in the token that was given, by the key of a join. */
static struct ace_claims open_token(uint8_t seed) {
  struct ace_sealing_key key;
  struct ace_claims claims = {.audience_length = 0};
  uint8_t msk[EAP_KEY_LENGTH];
  memset(msk, seed, sizeof msk);
  assert_int_equal(ace_sealing_key_derive(msk, &HOOKS, &key), 0);
  assert_int_equal(ace_token_open(given.token, given.token_length, &key, &HOOKS, &claims), 0);
  return claims;
}

static void test_who_is_there(void **state) {
  (void)state;
  begin(ACE_PROFILE_OSCORE);
  expect_refusal("a", "rs1", ACE_INVALID_REQUEST); /* nobody has joined */
  join("x", 1, NODE_NEVER, 1);
  expect_refusal("a", "rs1", ACE_INVALID_REQUEST); /* somebody else has */
  join("b", 1, NODE_NEVER, 1);
  expect_token("a", "rs1");
  expect_refusal("a", "rs2", ACE_INVALID_REQUEST);
  expect_refusal("a", "none", ACE_INVALID_REQUEST);
  leave("c", 1);
  expect_token("a", "rs1");
  leave("b", 1);
  expect_refusal("a", "rs1", ACE_INVALID_REQUEST);
  end();
}

/* What it had elsewhere before ends later; it is where it has joined last. */
static void test_who_has_come_from_elsewhere(void **state) {
  (void)state;
  begin(ACE_PROFILE_OSCORE);
  join("b", 1, NODE_NEVER, 1);
  join("b", 2, NODE_NEVER, 2);
  leave("b", 1);
  expect_token("a", "rs1");
  (void)open_token(2);
  leave("b", 2);
  expect_refusal("a", "rs1", ACE_INVALID_REQUEST);
  end();
}

static void test_keys_of_joins(void **state) {
  (void)state;
  begin(ACE_PROFILE_OSCORE);
  join("b", 1, NODE_NEVER, 0); /* by no MSK, so by no key */
  expect_refusal("a", "rs1", ACE_INVALID_REQUEST);
  join("b", 1, NODE_NEVER, 1);
  expect_token("a", "rs1");
  assert_int_equal(open_token(1).confirmation.id[0], 0);
  join("b", 1, NODE_NEVER, 0); /* again, by ERP: the key is the same */
  expect_token("a", "rs1");
  assert_int_equal(open_token(1).confirmation.id[0], 1);
  join("b", 1, NODE_NEVER, 2);
  expect_token("a", "rs1");
  assert_int_equal(open_token(2).confirmation.id[0], 0);
  end();
}

/* No two tokens have one key or one nonce. */
static void test_tokens_differ(void **state) {
  (void)state;
  for (enum ace_profile profile = 0; profile < ACE_PROFILE_COUNT; profile++) {
    uint8_t first[ACE_TOKEN_MAX], secret[ACE_SECRET_LENGTH];
    begin(profile);
    join("b", 1, NODE_NEVER, 1);
    expect_token("a", "rs1");
    memcpy(first, given.token, given.token_length);
    memcpy(secret, given.confirmation.secret, sizeof secret);
    expect_token("a", "rs1");
    assert_memory_not_equal(first, given.token, given.token_length);
    assert_memory_not_equal(secret, given.confirmation.secret, sizeof secret);
    assert_int_equal(open_token(1).confirmation.has_secret, profile == ACE_PROFILE_OSCORE);
    end();
  }
}

static void test_scopes(void **state) {
  (void)state;
  static const struct {
    const char *client;
    uint32_t wanted, granted; /* 0: none */
    bool says_scope;
  } scopes[] = {
      {"a", ACE_METHOD_GET, ACE_METHOD_GET, false},
      {"a", ACE_METHOD_GET | ACE_METHOD_POST, ACE_METHOD_GET, true},
      {"a", ACE_METHOD_POST, 0, false},
      {"a", 0, ACE_METHOD_GET | ACE_METHOD_PUT, true},
      {"d", ACE_METHOD_GET | ACE_METHOD_PUT, ACE_METHOD_GET, true}, /* its own rule is the first */
      {"d", ACE_METHOD_PUT, 0, false},
  };
  for (size_t i = 0; i < sizeof scopes / sizeof scopes[0]; i++) {
    begin(ACE_PROFILE_OSCORE);
    join("b", 1, NODE_NEVER, 1);
    const uint8_t code = ask(scopes[i].client, "rs1", scopes[i].wanted, NODE_NEVER);
    if (scopes[i].granted == 0) {
      assert_int_equal(code, COAP_CODE_BAD_REQUEST);
      assert_int_equal(ace_error_read(octets, answer.payload.length), ACE_INVALID_SCOPE);
    } else {
      const struct ace_claims claims = open_token(1);
      struct ace_scope scope;
      assert_int_equal(code, COAP_CODE_CREATED);
      assert_int_equal(ace_scope_read(claims.scope, claims.scope_length, "light", &scope), 0);
      assert_int_equal(ace_scope_methods(&scope, "light", 5), scopes[i].granted);
      assert_int_equal(given.scope_length > 0, scopes[i].says_scope);
    }
    end();
  }
}

/* Of a rule there is none for rs2. */
static void test_no_rule(void **state) {
  (void)state;
  begin(ACE_PROFILE_OSCORE);
  join("c", 1, NODE_NEVER, 1);
  expect_refusal("a", "rs2", ACE_INVALID_SCOPE);
  end();
}

/* In whole seconds, and no longer than either association. */
static void test_lifetimes(void **state) {
  (void)state;
  static const struct {
    uint64_t now_ns, server_ends_ns, client_ends_ns;
    uint32_t lifetime_s; /* 0: no token */
    uint64_t expires_s;
  } lives[] = {
      {0, NODE_NEVER, NODE_NEVER, 600, EPOCH_S + 600},
      {1, NODE_NEVER, NODE_NEVER, 600, EPOCH_S + 601},
      {5 * NODE_SECOND, 100 * NODE_SECOND, NODE_NEVER, 95, EPOCH_S + 100},
      {5 * NODE_SECOND, NODE_NEVER, 100 * NODE_SECOND + 1, 95, EPOCH_S + 100},
      {5 * NODE_SECOND, 100 * NODE_SECOND, 50 * NODE_SECOND, 45, EPOCH_S + 50},
      {5 * NODE_SECOND, 6 * NODE_SECOND - 1, NODE_NEVER, 0, 0},
      {5 * NODE_SECOND, 5 * NODE_SECOND, NODE_NEVER, 0, 0},
      {5 * NODE_SECOND, 4 * NODE_SECOND, NODE_NEVER, 0, 0},
  };
  for (size_t i = 0; i < sizeof lives / sizeof lives[0]; i++) {
    begin(ACE_PROFILE_DTLS);
    join("b", 1, lives[i].server_ends_ns, 1);
    now_ns = lives[i].now_ns;
    const uint8_t code = ask("a", "rs1", ACE_METHOD_GET, lives[i].client_ends_ns);
    assert_int_equal(code, lives[i].lifetime_s == 0 ? COAP_CODE_BAD_REQUEST : COAP_CODE_CREATED);
    if (lives[i].lifetime_s > 0) {
      assert_int_equal(given.expires_in_s, lives[i].lifetime_s);
      assert_int_equal(open_token(1).expires_s, lives[i].expires_s);
    }
    end();
  }
}

static void test_requests_that_are_none(void **state) {
  (void)state;
  static const struct {
    uint8_t payload[16];
    size_t length;
    enum ace_error error;
  } requests[] = {
      {{0}, 0, ACE_INVALID_REQUEST},
      {{0xf6}, 1, ACE_INVALID_REQUEST},
      {{0xa1, 0x09, 0x41, 0x01}, 4, ACE_INVALID_REQUEST}, /* no audience */
      {{0xa2, 0x05, 0x63, 'r', 's', '1', 0x18, 0x21, 0x00}, 9, ACE_UNSUPPORTED_GRANT_TYPE},
      {{0xa2, 0x05, 0x63, 'r', 's', '1', 0x09, 0x41, 0xff}, 9, ACE_INVALID_SCOPE},
  };
  begin(ACE_PROFILE_OSCORE);
  join("b", 1, NODE_NEVER, 1);
  for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
    const struct lower_client client = peer("a", 9, NODE_NEVER);
    const struct coap_message request = {.code = COAP_CODE_POST,
                                         .payload = requests[i].payload,
                                         .payload_length = requests[i].length};
    answer = (struct lower_answer){.label = ""};
    span_writer_init(&answer.payload, octets, sizeof octets, NULL);
    service->serve(service->context, &client, &request, &answer, 0);
    assert_int_equal(answer.code, COAP_CODE_BAD_REQUEST);
    assert_int_equal(ace_error_read(octets, answer.payload.length), requests[i].error);
  }
  end();
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_who_is_there),  cmocka_unit_test(test_who_has_come_from_elsewhere),
      cmocka_unit_test(test_keys_of_joins), cmocka_unit_test(test_tokens_differ),
      cmocka_unit_test(test_scopes),        cmocka_unit_test(test_no_rule),
      cmocka_unit_test(test_lifetimes),     cmocka_unit_test(test_requests_that_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
