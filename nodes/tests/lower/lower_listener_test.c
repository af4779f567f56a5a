/* Who is told of authentications by EAP, over every lower layer that carries EAP: once for each,
 * with keys that are the server's, and of nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/pipe.h"

enum { PAUSE_S = 20 };

static const struct {
  const char *lower_layer, *association, *roles; /* NULL: there is no choice */
} WAYS[] = {
    {"coap-eap", "oscore", "authenticator-client"},
    {"coap-eap", "dtls", "authenticator-client"},
    {"coap-eap", "ikev2", "authenticator-client"},
    {"coap-eap", "ikev2-udp", "authenticator-client"},
    {"coap-eap", "oscore", "peer-client"},
    {"coap-eap", "dtls", "peer-client"},
    {"coap-eap-rfc9820", "oscore", "authenticator-client"},
    {"coap-eap-rfc9820", "oscore", "peer-client"},
    {"pana", "none", NULL},
    {"pana", "oscore", NULL},
    {"pana", "dtls", NULL},
    {"pana", "ikev2", NULL},
};

static struct told {
  unsigned times;
  uint8_t emsk[EAP_KEY_LENGTH];
  struct eap_session_id session;
} told_;

static uint8_t server_emsk_[EAP_KEY_LENGTH];
static struct eap_method server_method_;
static struct pipe pipe_;

static void on_established(void *context, const struct eap_peer *peer, uint64_t now_ns) {
  struct told *told = context;
  struct eap_keys keys;
  assert_true(eap_peer_has_keys(peer));
  assert_int_equal(eap_peer_keys(peer, &keys), 0);
  assert_int_equal(eap_peer_session_id(peer, &told->session), 0);
  assert_int_equal(now_ns, pipe_.now_ns);
  memcpy(told->emsk, keys.emsk, sizeof told->emsk);
  told->times++;
}

static const struct lower_listener LISTENER = {.established = on_established, .context = &told_};

static int server_keys(const void *state, struct eap_keys *keys) {
  const int result = EAP_PSK_SERVER.keys(state, keys);
  memcpy(server_emsk_, keys->emsk, sizeof server_emsk_);
  return result;
}

static struct pipe_config by_way(size_t way) {
  struct pipe_config config = PIPE_DEFAULT;
  pipe_set(&config, "lower_layer", WAYS[way].lower_layer);
  pipe_set(&config, "association", WAYS[way].association);
  if (WAYS[way].roles != NULL)
    pipe_set(&config, "coap_roles", WAYS[way].roles);
  config.listener = &LISTENER;
  return config;
}

static void begin(const struct pipe_config *config) {
  told_ = (struct told){.times = 0};
  pipe_init(&pipe_, config);
  server_method_ = EAP_PSK_SERVER;
  server_method_.keys = server_keys;
  pipe_.server_method.method = &server_method_;
}

static void again(void) {
  pipe_.now_ns += PAUSE_S * NODE_SECOND;
  pipe_trigger(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
}

static void test_each_authentication(void **state) {
  (void)state;
  for (size_t way = 0; way < sizeof WAYS / sizeof WAYS[0]; way++) {
    const struct pipe_config config = by_way(way);
    uint8_t first[EAP_KEY_LENGTH];
    begin(&config);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(told_.times, 1);
    assert_memory_equal(told_.emsk, server_emsk_, sizeof server_emsk_);
    assert_true(told_.session.length > 0);
    memcpy(first, told_.emsk, sizeof first);
    again();
    assert_int_equal(told_.times, 2);
    assert_memory_equal(told_.emsk, server_emsk_, sizeof server_emsk_);
    assert_memory_not_equal(told_.emsk, first, sizeof first);
    pipe_deinit(&pipe_);
  }
}

static void test_no_authentication(void **state) {
  (void)state;
  for (size_t way = 0; way < sizeof WAYS / sizeof WAYS[0]; way++) {
    struct pipe_config config = by_way(way);
    config.peer_psk = "another key of16";
    begin(&config);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 0);
    assert_int_equal(told_.times, 0);
    pipe_deinit(&pipe_);
  }
}

/* What takes the place of EAP later. */
static void test_other_ways(void **state) {
  (void)state;
  struct pipe_config by_erp = by_way(0), resumed = by_way(1);
  by_erp.erp = PIPE_ERP_BY_PEER;
  resumed.resumes = true;
  const struct pipe_config *const configs[] = {&by_erp, &resumed};
  for (size_t i = 0; i < 2; i++) {
    begin(configs[i]);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(told_.times, 1);
    again();
    assert_int_equal(told_.times, 1);
    pipe_deinit(&pipe_);
  }
}

/* Whatever is lost, it is told of once for each time that the key was confirmed. */
static void test_loss(void **state) {
  (void)state;
  for (size_t way = 0; way < sizeof WAYS / sizeof WAYS[0]; way++) {
    struct pipe_config config = by_way(way);
    for (config.fault_at = 0; config.fault_at < 16; config.fault_at++) {
      config.fault = PIPE_LOSE;
      begin(&config);
      assert_true(pipe_run(&pipe_));
      assert_int_equal(told_.times, pipe_.peer[0].confirmed);
      pipe_deinit(&pipe_);
    }
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_each_authentication),
      cmocka_unit_test(test_no_authentication),
      cmocka_unit_test(test_other_ways),
      cmocka_unit_test(test_loss),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
