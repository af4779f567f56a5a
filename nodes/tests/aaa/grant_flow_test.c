/* Authorization from the AAA server to the device's requests, in virtual time: what is permitted is
 * served, all else is forbidden; who may not join is told in the method, or, too late, after it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

/* What carries EAP, what protects the application, and the port that it is asked at. */
static const struct carrier {
  const char *lower_layer, *association;
  const char *port, *other_port;
} CARRIERS[] = {
    {"coap-eap", "oscore", "5683", "5684"},
    {"coap-eap", "dtls", "5684", "5683"},
    {"coap-eap-rfc9820", "oscore", "5683", "5684"},
    {"pana", "oscore", "717", "716"},
    {"pana", "dtls", "717", "716"},
    {"coap-eap", "ikev2", "5683", "500"},
    {"coap-eap", "ikev2-udp", "5683", "5684"},
    {"pana", "ikev2", "716", "500"},
};

enum { CARRIER_COUNT = sizeof CARRIERS / sizeof CARRIERS[0], RULE_MAX = 80 };

static struct pipe pipe_;
static char rule[RULE_MAX];
static const char *const RULES[] = {rule};
static const struct aaa_authorization BY_RULE = {.rules = RULES, .rule_count = 1};

static struct pipe_config grant_config(const struct carrier *carrier,
                                       const struct aaa_authorization *authorization) {
  struct pipe_config config = PIPE_DEFAULT;
  config.radius = true;
  config.fault_at = SIZE_MAX;
  config.authorization = authorization;
  pipe_set(&config, "lower_layer", carrier->lower_layer);
  pipe_set(&config, "association", carrier->association);
  pipe_set_number(&config, "session_lifetime_s", 0); /* of RFC 9820: runs have no end otherwise */
  return config;
}

static void set_rule(const char *action, const char *port) {
  strcpy(rule, action);
  strcat(rule, " in 17 from assigned to fd00::/16 ");
  strcat(rule, port);
}

static void grant_join(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  assert_true(pipe_established(&pipe_, 0));
}

/* The peer's requests are answered, whether they are served or not; the authenticator's own are
 * served. */
static void assert_served(bool permitted) {
  const struct pipe_party before = pipe_.authenticator[0], at_peer = pipe_.peer[0];
  for (int kind = LOWER_GET; kind <= LOWER_POST; kind++) {
    assert_int_equal(pipe_request(&pipe_, 0, true, (enum lower_request)kind, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_request(&pipe_, 0, false, (enum lower_request)kind, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
  }
  assert_int_equal(pipe_.authenticator[0].served - before.served, permitted ? 2 : 0);
  assert_int_equal(pipe_.peer[0].answered - at_peer.answered, 2);
  assert_int_equal(pipe_.peer[0].served - at_peer.served, 2);
  assert_int_equal(pipe_.authenticator[0].answered - before.answered, 2);
}

static void rules_are_enforced(void **state) {
  (void)state;
  for (size_t i = 0; i < CARRIER_COUNT; i++)
    for (int permit = 0; permit <= 1; permit++)
      for (int matches = 0; matches <= 1; matches++) {
        const struct pipe_config config = grant_config(&CARRIERS[i], &BY_RULE);
        set_rule(permit ? "permit" : "deny", matches ? CARRIERS[i].port : CARRIERS[i].other_port);
        grant_join(&config);
        assert_served(permit == matches);
        pipe_deinit(&pipe_);
      }
}

/* Where no association is made of the key, there is nothing to guard. */
static void rules_without_association(void **state) {
  static const struct carrier none = {"pana", "none", "717", "716"};
  (void)state;
  const struct pipe_config config = grant_config(&none, &BY_RULE);
  set_rule("permit", none.port);
  grant_join(&config);
  pipe_deinit(&pipe_);
}

/* The old rules stay until new keys are in use, with what was granted to them. */
static void rules_change_with_the_keys(void **state) {
  (void)state;
  for (size_t i = 0; i < CARRIER_COUNT; i++) {
    const struct pipe_config config = grant_config(&CARRIERS[i], &BY_RULE);
    set_rule("deny", CARRIERS[i].port);
    grant_join(&config);
    assert_served(false);
    set_rule("permit", CARRIERS[i].port);
    assert_served(false);
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_served(true);
    pipe_.config.authorization = NULL;
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_served(true);
    pipe_deinit(&pipe_);
  }
}

/* A session that is resumed asks no AAA server: what was granted goes on, however often. */
static void rules_outlast_resumption(void **state) {
  (void)state;
  for (int permit = 0; permit <= 1; permit++) {
    struct pipe_config config = grant_config(&CARRIERS[1], &BY_RULE);
    config.resumes = true;
    set_rule(permit ? "permit" : "deny", CARRIERS[1].port);
    grant_join(&config);
    assert_served(permit);
    set_rule(permit ? "deny" : "permit", CARRIERS[1].port);
    for (unsigned times = 2; times <= 3; times++) {
      pipe_.now_ns += 20 * NODE_SECOND;
      pipe_trigger(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.authenticator[0].confirmed, times);
      assert_int_equal(pipe_count(&pipe_, "Access-Accept"), 1);
      assert_served(permit);
    }
    pipe_deinit(&pipe_);
  }
}

/* An authentication that breaks off changes no rule; in PANA it ends the session. */
static void rules_stay_where_nothing_is_confirmed(void **state) {
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct pipe_config config = grant_config(&CARRIERS[i], &BY_RULE);
    set_rule("deny", CARRIERS[i].port);
    grant_join(&config);
    set_rule("permit", CARRIERS[i].port);
    pipe_trigger(&pipe_, 0);
    for (uint64_t until_ns = pipe_.now_ns; pipe_count(&pipe_, "Access-Accept") < 2;)
      assert_true(pipe_run_until(&pipe_, until_ns += NODE_MS));
    pipe_.config.fault = PIPE_LOSE_ALL_TO_PEERS;
    pipe_.config.fault_at = pipe_.flight_count;
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.authenticator[0].failed, 1);
    pipe_.config.fault = PIPE_NO_FAULT;
    assert_int_equal(pipe_.peer[0].confirmed, 1);
    assert_served(false);
    pipe_deinit(&pipe_);
  }
}

static void filters_are_known_by_name(void **state) {
  (void)state;
  const struct aaa_filter filters[] = {
      {.name = "everything"},
      {.name = "nothing",
       .rules = (const char *const[]){"deny in ip from any to any"},
       .rule_count = 1},
  };
  for (size_t i = 0; i < 2; i++) {
    const struct aaa_authorization authorization = {.filter_id = filters[i].name};
    struct pipe_config config = grant_config(&CARRIERS[0], &authorization);
    config.filters = filters;
    config.filter_count = 2;
    grant_join(&config);
    assert_served(i == 0);
    pipe_deinit(&pipe_);
  }
}

/* Class and SAML say nothing of what may be asked; 900 octets of an assertion are four attributes
 * of 4 octets more, and the Accept has no more than 1280. */
static void saml_is_carried(void **state) {
  (void)state;
  static const uint8_t assertion[900];
  const struct aaa_authorization authorization = {
      .class_octets = assertion, .class_length = 9, .saml = assertion, .saml_length = 900};
  struct pipe_config config = grant_config(&CARRIERS[0], NULL);
  grant_join(&config);
  const size_t without = pipe_.flight[pipe_find(&pipe_, "Access-Accept")].length;
  pipe_deinit(&pipe_);
  config.authorization = &authorization;
  grant_join(&config);
  assert_int_equal(pipe_.flight[pipe_find(&pipe_, "Access-Accept")].length,
                   without + (2 + 9) + 900 + 4 * 4);
  assert_served(true);
  pipe_deinit(&pipe_);
}

static void what_does_not_fit_rejects(void **state) {
  (void)state;
  static const uint8_t assertion[1200];
  const struct aaa_authorization authorization = {.saml = assertion, .saml_length = 1200};
  const struct pipe_config config = grant_config(&CARRIERS[0], &authorization);
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.aaa.reason, "no room for the authorization");
  assert_string_equal(pipe_.authenticator[0].reason, "Access-Reject");
  assert_false(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

/* EAP-PSK 3 says it (RFC 4764 section 5.4): the peer knows before the end, and keeps no key. */
static void refused_in_the_method(void **state) {
  (void)state;
  for (size_t i = 0; i < CARRIER_COUNT; i++)
    for (int radius = 0; radius <= 1; radius++) {
      struct pipe_config config = grant_config(&CARRIERS[i], NULL);
      config.radius = radius;
      config.refused = true;
      pipe_init(&pipe_, &config);
      assert_true(pipe_run(&pipe_));
      assert_string_equal(pipe_.peer[0].reason,
                          "the server indicates failure in the protected channel");
      assert_string_equal(pipe_.authenticator[0].reason,
                          radius ? "Access-Reject" : "not authorized");
      if (radius)
        assert_string_equal(pipe_.aaa.reason, "not authorized");
      assert_int_equal(pipe_count(&pipe_, "EAP-PSK 4"), 1);
      assert_int_equal(pipe_count(&pipe_, "EAP-Failure"), 1);
      assert_int_equal(pipe_.peer[0].keys + pipe_.authenticator[0].keys, 0);
      assert_true(pipe_.peer[0].failed_ns < NODE_SECOND);
      pipe_deinit(&pipe_);
    }
}

static void refused_in_edhoc(void **state) {
  (void)state;
  struct pipe_config config = grant_config(&CARRIERS[0], NULL);
  config.edhoc = true;
  config.edhoc_method = 3;
  config.refused = true;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run(&pipe_));
  assert_string_equal(pipe_.aaa.reason, "not authorized");
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_int_equal(pipe_.peer[0].confirmed, 0);
  assert_int_equal(pipe_.peer[0].keys + pipe_.authenticator[0].keys, 0);
  pipe_deinit(&pipe_);
}

/* RFC 3748 section 4.2: the peer's method has succeeded, so that it discards the EAP-Failure; its
 * timer alone ends what it waits for. */
static void refused_after_the_method(void **state) {
  (void)state;
  const struct aaa_authorization beyond_us = {
      .rules = (const char *const[]){"permit in ip from any to any frag"}, .rule_count = 1};
  for (size_t i = 0; i < CARRIER_COUNT; i++) {
    const struct pipe_config config = grant_config(&CARRIERS[i], &beyond_us);
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_string_equal(pipe_.authenticator[0].reason, "filter rule that cannot be applied");
    assert_string_equal(pipe_.peer[0].last_discard, "EAP-Failure after the method's success");
    assert_int_equal(pipe_.peer[0].failed, 1);
    assert_int_equal(pipe_.peer[0].confirmed + pipe_.authenticator[0].confirmed, 0);
    assert_int_equal(pipe_.authenticator[0].keys, 0);
    assert_int_equal(pipe_.aaa.confirmed, 1);
    assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
    print_message("%s, %s: the peer knows after %.1f s; %u discarded\n", CARRIERS[i].lower_layer,
                  CARRIERS[i].association, (double)pipe_.peer[0].failed_ns / 1e9,
                  pipe_.peer[0].discarded);
    assert_true(pipe_.peer[0].failed_ns > 60 * NODE_SECOND);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rules_are_enforced),
      cmocka_unit_test(rules_without_association),
      cmocka_unit_test(rules_change_with_the_keys),
      cmocka_unit_test(rules_outlast_resumption),
      cmocka_unit_test(rules_stay_where_nothing_is_confirmed),
      cmocka_unit_test(filters_are_known_by_name),
      cmocka_unit_test(saml_is_carried),
      cmocka_unit_test(what_does_not_fit_rejects),
      cmocka_unit_test(refused_in_the_method),
      cmocka_unit_test(refused_in_edhoc),
      cmocka_unit_test(refused_after_the_method),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
