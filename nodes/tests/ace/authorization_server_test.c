/* The authorization server as a service: who joins and leaves, who asks, and for what. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "ace/authorization_server_fixture.h"
#include "association/kind.h"
#include "lower/guard.h"
#include "oscore/suite.h"

static struct association open_;

/* Who is no resource server, and one that is not there. */
static void unknown_audiences(void **state) {
  (void)state;
  server_begin(&CONFIG);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  join(HALL, 1);
  ask("a", "cellar", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  ask("a", "hal", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  ask("a", "halls", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  ask("a", "", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  ask("owner", "attic", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  join(ATTIC, 2);
  ask("owner", "attic", ACE_METHOD_GET, 0);
  open_token(2);
  server_end();
}

/* Peers whose names begin alike are others. */
static void strangers_do_not_join(void **state) {
  (void)state;
  static const char *const names[] = {"rs-", "rs-11", "rs-3", "RS-1"};
  const uint8_t msk[EAP_KEY_LENGTH] = {1};
  server_begin(&CONFIG);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const struct lower_client peer = peer_named(names[i], 10);
    service->joined(service->context, &peer, msk, 0);
    ask("a", "hall", ACE_METHOD_GET, 0);
    assert_refused(ACE_INVALID_REQUEST);
  }
  join(HALL, 1);
  for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
    const struct lower_client peer = peer_named(names[i], 10);
    service->left(service->context, &peer);
    ask("a", "hall", ACE_METHOD_GET, 0);
    open_token(1);
  }
  server_end();
}

static void who_has_left(void **state) {
  (void)state;
  const struct lower_client peer = peer_named("rs-1", 10);
  server_begin(&CONFIG);
  join(HALL, 1);
  service->left(service->context, &peer);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  join(HALL, 2);
  ask("a", "hall", ACE_METHOD_GET, 0);
  open_token(2);
  server_end();
}

/* By ERP, say: without another MSK, the key is the one before. */
static void who_comes_back_without_a_key(void **state) {
  (void)state;
  const struct lower_client peer = peer_named("rs-1", 10);
  server_begin(&CONFIG);
  service->joined(service->context, &peer, NULL, 0);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  join(HALL, 1);
  service->joined(service->context, &peer, NULL, 0);
  ask("a", "hall", ACE_METHOD_GET, 0);
  open_token(1);
  service->left(service->context, &peer);
  service->joined(service->context, &peer, NULL, 0);
  ask("a", "hall", ACE_METHOD_GET, 0);
  open_token(1);
  server_end();
}

/* The association at the old address ends after that at the new one has begun. */
static void who_has_moved(void **state) {
  (void)state;
  const struct lower_client old = peer_named("rs-1", 10), new = peer_named("rs-1", 99);
  const uint8_t msk[EAP_KEY_LENGTH] = {7};
  server_begin(&CONFIG);
  join(HALL, 1);
  service->joined(service->context, &new, msk, 0);
  service->left(service->context, &old);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_granted();
  service->left(service->context, &new);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_REQUEST);
  server_end();
}

static void associations_end(void **state) {
  (void)state;
  server_begin(&CONFIG);
  join_until(HALL, 1, 100 * NODE_SECOND, 0);
  ask("a", "hall", ACE_METHOD_GET, 99 * NODE_SECOND);
  assert_int_equal(open_token(1).expires_s, EPOCH_S + 100);
  ask("a", "hall", ACE_METHOD_GET, 99 * NODE_SECOND + 1); /* there is no whole second left */
  assert_refused(ACE_INVALID_REQUEST);
  ask("a", "hall", ACE_METHOD_GET, 100 * NODE_SECOND);
  assert_refused(ACE_INVALID_REQUEST);
  server_end();
}

/* The last moment that exp can say is the end of every token; then there are none. */
static void end_of_time(void **state) {
  (void)state;
  struct ace_authorization_server_config config = CONFIG;
  config.epoch_s = UINT32_MAX - config.lifetime_s + 1;
  server_begin(&config);
  join(HALL, 1);
  for (uint64_t now_s = 0; now_s < config.lifetime_s - 1; now_s += 7) {
    ask("a", "hall", ACE_METHOD_GET, now_s * NODE_SECOND);
    assert_int_equal(open_token(1).expires_s, UINT32_MAX);
  }
  ask("a", "hall", ACE_METHOD_GET, (config.lifetime_s - 1) * NODE_SECOND);
  assert_refused(ACE_INVALID_REQUEST);
  server_end();
}

static void payloads_that_are_none(void **state) {
  (void)state;
  const uint8_t scope = ACE_METHOD_GET;
  uint8_t payload[128];
  server_begin(&CONFIG);
  join(HALL, 1);
  const struct lower_client client = peer_named("a", 20);
  const size_t length = write_request("hall", &scope, 1, payload);
  for (size_t cut = 0; cut < length; cut++) {
    ask_octets(&client, payload, cut, 0);
    assert_refused(ACE_INVALID_REQUEST);
  }
  payload[length] = 0;
  ask_octets(&client, payload, length + 1, 0);
  assert_refused(ACE_INVALID_REQUEST);
  for (size_t i = 0; i < 2000; i++) {
    seeded_bytes(&chance, payload, sizeof payload);
    ask_octets(&client, payload, seeded_below(&chance, sizeof payload), 0);
    assert_int_equal(reply.code, COAP_CODE_BAD_REQUEST);
  }
  payload[0] = 0xa2;
  ask_octets(&client, payload, write_request("hall", &scope, 1, payload), 0);
  open_token(1);
  server_end();
}

static void grant_types(void **state) {
  (void)state;
  static const struct {
    const char *payload; /* audience, and grant_type */
    enum ace_error error;
  } cases[] = {
      {"a2 05 64 68616c6c 1821 02", ACE_ERROR_NONE}, /* client_credentials */
      {"a2 05 64 68616c6c 1821 00", ACE_UNSUPPORTED_GRANT_TYPE},
      {"a2 05 64 68616c6c 1821 03", ACE_UNSUPPORTED_GRANT_TYPE},
      {"a2 05 66 63656c6c6172 1821 03", ACE_UNSUPPORTED_GRANT_TYPE},
      {"a2 05 64 68616c6c 1821 6161", ACE_INVALID_REQUEST},
      {"a2 05 64 68616c6c 05 64 68616c6c", ACE_INVALID_REQUEST},
      {"a2 05 64 68616c6c 1863 6161", ACE_ERROR_NONE}, /* that nobody knows */
  };
  server_begin(&CONFIG);
  join(HALL, 1);
  const struct lower_client client = peer_named("a", 20);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex payload = hex(cases[i].payload);
    ask_octets(&client, payload.octets, payload.length, 0);
    if (cases[i].error == ACE_ERROR_NONE)
      open_token(1);
    else
      assert_refused(cases[i].error);
  }
  server_end();
}

/* What is told of the scope, and what the token has: where less is granted than was asked for, or
 * nothing was. */
static void scopes(void **state) {
  (void)state;
  static const struct {
    const char *client, *wanted; /* the scope's octets; "": none */
    const char *granted, *told;  /* NULL: nothing */
  } cases[] = {
      {"a", "01", "01", ""},
      {"a", "03", "03", ""},
      {"a", "07", "03", "03"}, /* a part */
      {"a", "04", NULL, NULL},
      {"a", "81 82 65 2f646f6f72 04", "81 82 65 2f646f6f72 04", ""},
      {"a", "82 82 66 2f6c69676874 01 82 65 2f646f6f72 07",
       "82 82 66 2f6c69676874 01 82 65 2f646f6f72 04",
       "82 82 66 2f6c69676874 01 82 65 2f646f6f72 04"},
      {"a", "81 82 65 2f68656174 01", NULL, NULL},
      {"a", "", "82 82 66 2f6c69676874 03 82 65 2f646f6f72 04",
       "82 82 66 2f6c69676874 03 82 65 2f646f6f72 04"},
      {"a", "00", NULL, NULL},
      {"a", "81 82 60 01", NULL, NULL},
      {"guest", "01", "01", ""},
      {"guest", "03", "01", "01"},
      {"guest", "02", NULL, NULL},
      {"guest", "", "01", "01"},
      {"gues", "03", "03", ""},
      {"guests", "03", "03", ""},
      {"nobody", "01", NULL, NULL},
      {"nobody", "", NULL, NULL},
  };
  server_begin(&CONFIG);
  join(HALL, 1);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex wanted = hex(cases[i].wanted);
    const struct lower_client client = peer_named(cases[i].client, 20);
    uint8_t payload[128];
    const size_t length = write_request("hall", wanted.octets, wanted.length, payload);
    ask_octets(&client, payload, length, 0);
    if (cases[i].granted == NULL) {
      assert_refused(ACE_INVALID_SCOPE);
      continue;
    }
    const struct ace_token_answer answer = assert_granted();
    const struct ace_claims claims = open_token(1);
    assert_hex_equal(claims.scope, claims.scope_length, cases[i].granted);
    assert_hex_equal(answer.scope, answer.scope_length, cases[i].told);
  }
  server_end();
}

/* Another resource server's rules are not this one's. */
static void rules_by_client(void **state) {
  (void)state;
  server_begin(&CONFIG);
  join(HALL, 1);
  join(ATTIC, 2);
  ask("a", "attic", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_SCOPE);
  ask("guest", "attic", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_SCOPE);
  ask("owner", "attic", ACE_METHOD_GET | ACE_METHOD_POST, 0);
  assert_int_equal(open_token(2).scope[0], ACE_METHOD_GET);
  server_end();
}

static void no_rules(void **state) {
  (void)state;
  struct ace_authorization_server_config config = CONFIG;
  config.rule_count = 0;
  server_begin(&config);
  join(HALL, 1);
  ask("a", "hall", ACE_METHOD_GET, 0);
  assert_refused(ACE_INVALID_SCOPE);
  ask("a", "hall", 0, 0);
  assert_refused(ACE_INVALID_SCOPE);
  server_end();
}

/* An association under what the AAA server has granted by one rule. */
static void guard_begin(const char *text) {
  static const struct option_values options;
  static struct coap_session coap;
  static const uint8_t key[16 + 8] = {1};
  const struct node_address device = peer_named("a", 20).remote, local = {.ip = {0xfd, [15] = 1}};
  const struct association_config config = {.kind = &ASSOCIATION_OSCORE,
                                            .options = &options,
                                            .coap = &COAP_PARAMETERS_DEFAULT,
                                            .key = key,
                                            .key_length = sizeof key,
                                            .local_id = {.bytes = {1}, .length = 1},
                                            .remote_id = {.bytes = {2}, .length = 1},
                                            .suite = oscore_suite_default()};
  struct aaa_grant *grant = calloc(1, sizeof *grant);
  assert_non_null(grant);
  assert_int_equal(association_open(&open_, &config, &coap, &HOOKS, 0), 0);
  assert_int_equal(aaa_rule_parse(text, strlen(text), &grant->rules[0]), 0);
  grant->rule_count = 1;
  assert_int_equal(lower_guard_set(&open_, grant, &device, &local, false), 0);
}

/* Rules are held against where the resource server is, from where it has joined, and its port. */
static void guards(void **state) {
  (void)state;
  static const struct {
    const char *rule;
    bool hall, attic;
  } cases[] = {
      {"permit in 17 from assigned to any", true, true},
      {"permit in 17 from assigned to any 5685", true, true},
      {"permit in 17 from assigned to any 5683", false, false},
      {"permit in 17 from assigned to fd00::a", true, false},
      {"permit in 17 from assigned to fd00::b 5685", false, true},
      {"deny in 17 from assigned to fd00::a", false, true},
      {"deny in ip from any to any", false, false},
      {"permit in 6 from assigned to any", false, false},
      {"permit out 17 from any to assigned", false, false},
  };
  server_begin(&CONFIG);
  join(HALL, 1);
  join(ATTIC, 2);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const uint8_t scope = ACE_METHOD_GET;
    uint8_t payload[128];
    struct lower_client client = peer_named("owner", 20);
    guard_begin(cases[i].rule);
    client.association = &open_;
    ask_octets(&client, payload, write_request("hall", &scope, 1, payload), 0);
    assert_int_equal(reply.code, cases[i].hall ? COAP_CODE_CREATED : COAP_CODE_BAD_REQUEST);
    if (!cases[i].hall)
      assert_refused(ACE_INVALID_SCOPE);
    ask_octets(&client, payload, write_request("attic", &scope, 1, payload), 0);
    assert_int_equal(reply.code, cases[i].attic ? COAP_CODE_CREATED : COAP_CODE_BAD_REQUEST);
    association_close(&open_);
  }
  server_end();
}

static void configurations(void **state) {
  (void)state;
  struct ace_audience audience = audiences[0];
  struct ace_authorization_server_config config = CONFIG;
  config.key_id_length = 2;
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  config = CONFIG;
  config.profile = ACE_PROFILE_COUNT;
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  config = CONFIG;
  config.audiences = &audience;
  config.audience_count = 1;
  audience.name = "";
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  audience.name = "a name that has thirty-three octet";
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  audience = audiences[0];
  audience.holder_length = 0;
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  audience = audiences[0];
  audience.resource = "";
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  audience.resource = "seventeen-letters";
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  config = CONFIG;
  config.epoch_s = UINT64_C(1) << 32;
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  ace_authorization_server_destroy(NULL);
}

/* Two of one holder would have one key, and the first token of each one nonce. */
static void audiences_that_are_alike(void **state) {
  (void)state;
  struct ace_audience alike[AUDIENCES] = {audiences[HALL], audiences[ATTIC]};
  struct ace_authorization_server_config config = CONFIG;
  config.audiences = alike;
  alike[ATTIC].holder = alike[HALL].holder;
  assert_null(ace_authorization_server_create(&config, &HOOKS));
  alike[ATTIC].holder_length = alike[HALL].holder_length - 1;
  server_begin(&config);
  server_end();
  alike[ATTIC] = audiences[ATTIC];
  alike[ATTIC].name = "hall";
  assert_null(ace_authorization_server_create(&config, &HOOKS));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(unknown_audiences),
      cmocka_unit_test(strangers_do_not_join),
      cmocka_unit_test(who_has_left),
      cmocka_unit_test(who_comes_back_without_a_key),
      cmocka_unit_test(who_has_moved),
      cmocka_unit_test(associations_end),
      cmocka_unit_test(end_of_time),
      cmocka_unit_test(payloads_that_are_none),
      cmocka_unit_test(grant_types),
      cmocka_unit_test(scopes),
      cmocka_unit_test(rules_by_client),
      cmocka_unit_test(no_rules),
      cmocka_unit_test(guards),
      cmocka_unit_test(configurations),
      cmocka_unit_test(audiences_that_are_alike),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
