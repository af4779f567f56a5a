/* The whole authentication with EAP-EDHOC in virtual time, with the EAP server inside and behind
 * RADIUS: every credential, whole and in fragments, under every single fault; and ways to fail. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

static struct pipe pipe_;

static const struct flow_variant {
  unsigned method;
  enum parties_credential credential;
  size_t mtu;
  size_t messages[2]; /* CoAP and RADIUS: EAP server inside, behind RADIUS */
} VARIANTS[] = {
    {3, PARTIES_KID, 0, {11, 19}},       {3, PARTIES_X5T, 0, {11, 19}},
    {0, PARTIES_X5T, 0, {11, 19}},       {0, PARTIES_X5CHAIN, 0, {11, 19}},
    {0, PARTIES_KID, 64, {15, 27}},      {0, PARTIES_X5CHAIN, 128, {23, 43}},
    {3, PARTIES_X5CHAIN, 200, {15, 27}},
};
enum { VARIANT_COUNT = sizeof VARIANTS / sizeof VARIANTS[0] };

static struct pipe_config edhoc_flow_config(const struct flow_variant *variant, bool radius) {
  struct pipe_config config = PIPE_DEFAULT;
  config.edhoc = true;
  config.edhoc_method = variant->method;
  config.edhoc_credential = variant->credential;
  config.eap_mtu = variant->mtu;
  config.radius = radius;
  return config;
}

/* Runs a configuration to its end and checks what must hold in every one. */
static struct pipe *edhoc_flow_run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
  for (size_t i = 0; i < config->peers; i++) {
    assert_false(pipe_.peer[i].delivered_twice);
    assert_false(pipe_.authenticator[i].delivered_twice);
  }
  assert_false(config->peers == 1 && pipe_.aaa.delivered_twice);
  return &pipe_;
}

static void test_edhoc_flow(void **state) {
  (void)state;
  static const char *const flow[] = {
      "trigger",           "EAP-Request/Identity", "EAP-Response/Identity", "EAP-EDHOC Start",
      "EAP-EDHOC 1",       "EAP-EDHOC 2",          "EAP-EDHOC 3",           "EAP-EDHOC 4",
      "EAP-EDHOC (empty)", "EAP-Success",          "confirmation"};
  const struct pipe_config config = edhoc_flow_config(&VARIANTS[0], false);
  const struct pipe *pipe = edhoc_flow_run(&config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->flight_count, sizeof flow / sizeof flow[0]);
  for (size_t i = 0; i < pipe->flight_count; i++)
    assert_string_equal(pipe->labels[i], flow[i]);
  pipe_deinit(&pipe_);
}

/* A pass-through authenticator labels as one with the EAP server inside. */
static void test_edhoc_the_same_towards_the_peer(void **state) {
  (void)state;
  static struct pipe local;
  for (size_t i = 0; i < VARIANT_COUNT; i++) {
    const struct pipe_config inside = edhoc_flow_config(&VARIANTS[i], false);
    const struct pipe_config radius = edhoc_flow_config(&VARIANTS[i], true);
    size_t at = 0;
    pipe_init(&local, &inside);
    assert_true(pipe_run(&local));
    const struct pipe *pipe = edhoc_flow_run(&radius);
    assert_true(pipe_established(&local, 0) && pipe_established(pipe, 0));
    for (size_t j = 0; j < pipe->flight_count; j++) {
      if (strncmp(pipe->labels[j], "Access-", 7) == 0)
        continue;
      assert_string_equal(pipe->labels[j], local.labels[at]);
      assert_int_equal(pipe->flight[j].length, local.flight[at++].length);
    }
    assert_int_equal(at, local.flight_count);
    pipe_deinit(&pipe_);
    pipe_deinit(&local);
  }
}

static void assert_survives(struct pipe_config config, size_t at, const char *label) {
  const bool forgotten = strcmp(label, "Access-Request") == 0 && config.argument == 60000;
  config.fault_at = at;
  const struct pipe *pipe = edhoc_flow_run(&config);
  assert_true(pipe_established(pipe, 0));
  assert_int_equal(pipe->peer[0].failed + pipe->authenticator[0].failed, 0);
  assert_int_equal(pipe->aaa.failed, forgotten); /* the late copy, of a conversation that is over */
  assert_int_equal(pipe->aaa.confirmed, config.radius);
  pipe_deinit(&pipe_);
}

static void test_edhoc_each_message_lost_doubled_delayed(void **state) {
  (void)state;
  static const struct {
    enum pipe_fault fault;
    size_t argument;
  } faults[] = {{PIPE_LOSE, 0},     {PIPE_DOUBLE, 0},    {PIPE_DELAY, 15},
                {PIPE_DELAY, 2500}, {PIPE_DELAY, 10000}, {PIPE_DELAY, 60000}};
  static char labels[64][32];
  for (size_t i = 0; i < 2 * VARIANT_COUNT; i++) {
    struct pipe_config config = edhoc_flow_config(&VARIANTS[i / 2], i % 2 == 1);
    const size_t count = edhoc_flow_run(&config)->flight_count;
    assert_int_equal(count, VARIANTS[i / 2].messages[i % 2]);
    memcpy(labels, pipe_.labels, count * sizeof labels[0]);
    pipe_deinit(&pipe_);
    for (size_t j = 0; j < sizeof faults / sizeof faults[0]; j++)
      for (size_t at = 0; at < count; at++) {
        config.fault = faults[j].fault;
        config.argument = faults[j].argument;
        assert_survives(config, at, labels[at]);
      }
  }
}

/* Damage to any message ends, at each end, with a key or with a reason; and keys are the same. */
static void test_each_octet_damaged(void **state) {
  (void)state;
  for (unsigned radius = 0; radius < 2; radius++) {
    struct pipe_config config = edhoc_flow_config(&VARIANTS[0], radius);
    const size_t count = edhoc_flow_run(&config)->flight_count;
    size_t lengths[64];
    for (size_t at = 0; at < count; at++)
      lengths[at] = pipe_.flight[at].length;
    pipe_deinit(&pipe_);
    config.fault = PIPE_FLIP;
    for (config.fault_at = 0; config.fault_at < count; config.fault_at++)
      for (size_t octet = 0; octet < lengths[config.fault_at]; octet++) {
        config.argument = 8 * octet + octet % 8;
        pipe_init(&pipe_, &config);
        assert_true(pipe_run(&pipe_));
        const struct pipe_party *a = &pipe_.authenticator[0], *p = &pipe_.peer[0];
        assert_true(p->confirmed > 0 || p->failed > 0);
        assert_true(a->confirmed > 0 || a->failed > 0);
        if (p->confirmed > 0 && a->confirmed > 0)
          assert_memory_equal(p->secret, a->secret, sizeof p->secret);
        assert_true(a->failed == 0 || strlen(a->reason) > 0);
        assert_true(p->failed == 0 || strlen(p->reason) > 0);
        pipe_deinit(&pipe_);
      }
  }
}

static void test_edhoc_failures_have_reasons(void **state) {
  (void)state;
  static const struct {
    unsigned method;
    bool wrong_key;
    const char *identity;
    const char *peer, *server; /* the AAA server, or the authenticator */
  } cases[] = {
      {3, true, NULL, "peer sent an error message", "Signature_or_MAC_3 is wrong"},
      {0, true, NULL, "peer sent an error message", "Signature_or_MAC_3 is wrong"},
      {3, false, "stranger", "EAP-Failure before a method began", "unknown identity"},
  };
  for (size_t i = 0; i < 2 * sizeof cases / sizeof cases[0]; i++) {
    const bool radius = i % 2 == 1;
    struct pipe_config config = edhoc_flow_config(&VARIANTS[0], radius);
    config.edhoc_method = cases[i / 2].method;
    config.edhoc_wrong_key = cases[i / 2].wrong_key;
    if (cases[i / 2].identity != NULL)
      config.peer_identity = cases[i / 2].identity;
    const struct pipe *pipe = edhoc_flow_run(&config);
    assert_false(pipe_established(pipe, 0));
    assert_int_equal(pipe->peer[0].failed, 1);
    assert_int_equal(pipe->authenticator[0].failed, 1);
    assert_int_equal(pipe->peer[0].keys + pipe->authenticator[0].keys + pipe->aaa.keys, 0);
    assert_string_equal(pipe->peer[0].reason, cases[i / 2].peer);
    assert_string_equal(radius ? pipe->aaa.reason : pipe->authenticator[0].reason,
                        cases[i / 2].server);
    if (radius)
      assert_string_equal(pipe->authenticator[0].reason, "Access-Reject");
    pipe_deinit(&pipe_);
  }
}

static void test_edhoc_many_peers(void **state) {
  (void)state;
  for (unsigned radius = 0; radius < 2; radius++) {
    struct pipe_config config = edhoc_flow_config(&VARIANTS[0], radius);
    config.peers = PIPE_PEERS_MAX;
    const struct pipe *pipe = edhoc_flow_run(&config);
    for (size_t i = 0; i < config.peers; i++) {
      assert_true(pipe_established(pipe, i));
      for (size_t j = 0; j < i; j++)
        assert_memory_not_equal(pipe->peer[i].secret, pipe->peer[j].secret, 40);
    }
    pipe_deinit(&pipe_);
  }
}

/* Again and again with the same peer. */
static void test_edhoc_again(void **state) {
  (void)state;
  for (unsigned radius = 0; radius < 2; radius++) {
    const struct pipe_config config = edhoc_flow_config(&VARIANTS[4], radius);
    (void)edhoc_flow_run(&config);
    for (unsigned i = 2; i < 20; i++) {
      pipe_begin(&pipe_, 0);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(pipe_.peer[0].confirmed, i);
      assert_int_equal(pipe_.authenticator[0].confirmed, i);
    }
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_edhoc_flow),
      cmocka_unit_test(test_edhoc_the_same_towards_the_peer),
      cmocka_unit_test(test_edhoc_each_message_lost_doubled_delayed),
      cmocka_unit_test(test_each_octet_damaged),
      cmocka_unit_test(test_edhoc_failures_have_reasons),
      cmocka_unit_test(test_edhoc_many_peers),
      cmocka_unit_test(test_edhoc_again),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
