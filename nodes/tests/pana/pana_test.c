/* PANA message by message: what goes to and fro without faults, in all variants; and the phases
 * after the first authentication. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "pana/authenticator.h"
#include "pana/peer.h"
#include "pana_world.h"

static struct pipe pipe_;

static void run(const struct pipe_config *config) {
  pipe_init(&pipe_, config);
  assert_true(pipe_run(&pipe_));
}

/* As published for EAP-PSK: 636 octets in 11 messages. */
static void published_message_by_message(void **state) {
  (void)state;
  static const struct {
    const char *label;
    size_t length;
    enum pana_kind kind;
  } expected[] = {{"PANA PCI", 16, PANA_PCI},
                  {"PANA PAR start", 40, PANA_PAR_START},
                  {"PANA PAN start", 40, PANA_PAN_START},
                  {"EAP-Request/Identity", 48, PANA_PAR},
                  {"EAP-Response/Identity", 60, PANA_PAN},
                  {"EAP-PSK 1", 56, PANA_PAR},
                  {"EAP-PSK 2", 84, PANA_PAN},
                  {"EAP-PSK 3", 84, PANA_PAR},
                  {"EAP-PSK 4", 68, PANA_PAN},
                  {"EAP-Success", 88, PANA_PAR_LAST},
                  {"PANA PAN last", 52, PANA_PAN_LAST}};
  const struct pipe_config config = pana_published();
  run(&config);
  assert_true(pipe_established(&pipe_, 0));
  assert_int_equal(pipe_.flight_count, 11);
  for (size_t i = 0; i < pipe_.flight_count; i++) {
    assert_string_equal(pipe_.labels[i], expected[i].label);
    assert_int_equal(pipe_.flight[i].length, expected[i].length);
    assert_int_equal(pana_flown(&pipe_, i).kind, expected[i].kind);
  }
  assert_int_equal(pana_octets(&pipe_), 636);
  pipe_deinit(&pipe_);
}

static void variants(void **state) {
  (void)state;
  static const struct {
    const char *prf, *integrity, *nonce, *piggyback, *optimized, *stateless;
    size_t messages, octets;
  } all[] = {
      {"5", "12", "16", "on", "off", "off", 11, 652},
      {"5", "12", "32", "on", "off", "off", 11, 684},
      {"8", "8", "8", "on", "off", "off", 11, 628},
      {"2", "7", "10", "on", "off", "off", 11, 652},
      {"2", "7", "20", "on", "off", "off", 11, 668},
      {"8", "12", "8", "off", "off", "off", 17, 732},
      {"8", "12", "8", "on", "on", "off", 9, 604},
      {"8", "12", "8", "on", "off", "on", 11, 636},
      {"8", "12", "8", "off", "on", "off", 15, 700},
      {"8+2+5", "8+7+12", "16", "on", "off", "off", 11, 652 + 48 - 8},
  };
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    struct pipe_config config = pana_published();
    pipe_set(&config, "pana_prf", all[i].prf);
    pipe_set(&config, "pana_integrity", all[i].integrity);
    pipe_set(&config, "pana_nonce_bytes", all[i].nonce);
    pipe_set(&config, "pana_piggyback", all[i].piggyback);
    pipe_set(&config, "pana_optimized_init", all[i].optimized);
    pipe_set(&config, "pana_stateless", all[i].stateless);
    run(&config);
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.flight_count, all[i].messages);
    assert_int_equal(pana_octets(&pipe_), all[i].octets);
    assert_int_equal(pipe_.authenticator[0].discarded + pipe_.peer[0].discarded, 0);
    pipe_deinit(&pipe_);
  }
}

static void refuses_short_nonces(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  const struct lower_layer *lower = lower_of(&config.options);
  assert_null(lower->unsupported(&config.options));
  pipe_set(&config, "pana_prf", "5");
  assert_non_null(lower->unsupported(&config.options));
  pipe_set(&config, "pana_prf", "8+2+5"); /* any that is offered may be chosen */
  assert_non_null(lower->unsupported(&config.options));
  pipe_set(&config, "pana_nonce_bytes", "10");
  assert_non_null(lower->unsupported(&config.options));
  pipe_set(&config, "pana_prf", "2");
  assert_null(lower->unsupported(&config.options));
}

static void authenticator_begins(void **state) {
  (void)state;
  for (unsigned optimized = 0; optimized < 2; optimized++) {
    struct pipe_config config = pana_published();
    config.trigger_off = true;
    pipe_set(&config, "pana_optimized_init", optimized == 0 ? "off" : "on");
    run(&config);
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_.flight_count, optimized == 0 ? 10 : 8);
    pipe_deinit(&pipe_);
  }
}

static void every_association(void **state) {
  (void)state;
  static const char *const associations[] = {"oscore", "dtls", "ikev2", "ikev2-udp"};
  for (size_t i = 0; i < sizeof associations / sizeof associations[0]; i++) {
    struct pipe_config config = pana_published();
    pipe_set(&config, "association", associations[i]);
    run(&config);
    assert_true(pipe_established(&pipe_, 0));
    for (unsigned from_peer = 0; from_peer < 2; from_peer++)
      assert_int_equal(pipe_request(&pipe_, 0, from_peer, LOWER_POST, (const uint8_t *)"x", 1), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 1);
    assert_int_equal(pipe_.authenticator[0].answered, 1);
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_true(pipe_established(&pipe_, 0));
    assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].answered, 2);
    pipe_deinit(&pipe_);
  }
}

static void no_application_without_association(void **state) {
  (void)state;
  const struct pipe_config config = pana_published();
  run(&config);
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), NODE_ERR_BAD_STATE);
  assert_int_equal(pipe_request(&pipe_, 0, false, LOWER_GET, NULL, 0), NODE_ERR_BAD_STATE);
  pipe_deinit(&pipe_);
}

/* 764 octets in 10 messages where the PaC begins; without PNR and PNA where the PAA does. */
static void reauthentication(void **state) {
  (void)state;
  for (unsigned from_peer = 0; from_peer < 2; from_peer++) {
    const struct pipe_config config = pana_published();
    run(&config);
    uint8_t first[EAP_KEY_LENGTH];
    memcpy(first, pipe_.peer[0].secret, sizeof first);
    const size_t before = pipe_.flight_count, octets = pana_octets(&pipe_);
    if (from_peer)
      pipe_trigger(&pipe_, 0);
    else
      pipe_begin(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.flight_count - before, from_peer ? 10 : 8);
    assert_int_equal(pana_octets(&pipe_) - octets, from_peer ? 764 : 684);
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_int_equal(pipe_.authenticator[0].confirmed, 2);
    assert_true(pipe_established(&pipe_, 0));
    assert_memory_not_equal(first, pipe_.peer[0].secret, sizeof first);
    const struct pana_message last = pana_flown(&pipe_, pipe_.flight_count - 1);
    assert_int_equal(pana_find_u32(&last, PANA_AVP_KEY_ID, 0), 2);
    pipe_deinit(&pipe_);
  }
}

/* Both at once: one of the two authentications comes about. */
static void reauthentications_meet(void **state) {
  (void)state;
  const struct pipe_config config = pana_published();
  run(&config);
  pipe_trigger(&pipe_, 0);
  pipe_begin(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].confirmed, 2);
  assert_int_equal(pipe_.authenticator[0].confirmed, 2);
  assert_true(pipe_established(&pipe_, 0));
  pipe_deinit(&pipe_);
}

static void drain(unsigned host) { /* what a role's own function made it say */
  assert_int_equal(pipe_request(&pipe_, 0, host == 1, LOWER_GET, NULL, 0), NODE_ERR_BAD_STATE);
}

static void pings_and_ends(void **state) {
  (void)state;
  for (unsigned host = 0; host < 2; host++) {
    const struct pipe_config config = pana_published();
    run(&config);
    struct node *node = pipe_.hosts[host].node;
    const struct node_address *peer = &pipe_.hosts[1].address;
    assert_int_equal(host == 1 ? pana_peer_ping(node) : pana_authenticator_ping(node, peer), 0);
    drain(host);
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.flight[pipe_find(&pipe_, "PANA PNR ping")].length, 40);
    assert_int_equal(pipe_.flight[pipe_find(&pipe_, "PANA PNA ping")].length, 40);
    assert_int_equal(
        host == 1 ? pana_peer_terminate(node) : pana_authenticator_terminate(node, peer), 0);
    drain(host);
    assert_true(pipe_run(&pipe_));
    const struct pana_message ptr = pana_flown(&pipe_, pipe_find(&pipe_, "PANA PTR"));
    assert_int_equal(ptr.length, 52);
    assert_int_equal(pana_find_u32(&ptr, PANA_AVP_TERMINATION_CAUSE, 0),
                     host == 1 ? PANA_LOGOUT : PANA_ADMINISTRATIVE);
    assert_int_equal(pipe_.flight[pipe_find(&pipe_, "PANA PTA")].length, 40);
    assert_int_equal(pipe_.peer[0].closed, 1);
    assert_int_equal(pipe_.authenticator[0].closed, 1);
    assert_int_equal(host == 1 ? pana_peer_ping(node) : pana_authenticator_ping(node, peer),
                     NODE_ERR_BAD_STATE);
    pipe_trigger(&pipe_, 0); /* another session */
    assert_true(pipe_run(&pipe_));
    assert_int_equal(pipe_.peer[0].confirmed, 2);
    assert_true(pipe_established(&pipe_, 0));
    pipe_deinit(&pipe_);
  }
}

/* What the AAA server says of the session's end is in the last PAR, and both ends hold to it. */
static void lifetime_of_the_aaa_server(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  config.radius = true;
  config.aaa_session_timeout_s = 100;
  config.limits.lifetime_s = 1000;
  pipe_init(&pipe_, &config);
  assert_true(pipe_run_until(&pipe_, 99 * NODE_SECOND));
  assert_true(pipe_established(&pipe_, 0));
  const struct pana_message last = pana_flown(&pipe_, pipe_find(&pipe_, "EAP-Success"));
  assert_int_equal(pana_find_u32(&last, PANA_AVP_SESSION_LIFETIME, 0), 100);
  assert_int_equal(pipe_.peer[0].closed + pipe_.authenticator[0].closed, 0);
  assert_true(pipe_run_until(&pipe_, 101 * NODE_SECOND));
  assert_int_equal(pipe_.peer[0].closed, 1);
  assert_int_equal(pipe_.authenticator[0].closed, 1);
  pipe_deinit(&pipe_);
}

static void rejections(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  config.peer_psk = "another-password";
  run(&config);
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_int_equal(pipe_.authenticator[0].failed, 1);
  assert_string_equal(pipe_.authenticator[0].reason, "wrong MAC_P");
  assert_int_equal(pipe_.flight[pipe_.flight_count - 2].length, 40);
  assert_int_equal(pipe_.flight[pipe_.flight_count - 1].length, 16);
  pipe_deinit(&pipe_);

  config = pana_published();
  config.peer_identity = "nobody";
  pipe_set(&config, "pana_optimized_init", "on");
  run(&config);
  assert_int_equal(pipe_.peer[0].failed, 1);
  assert_string_equal(pipe_.authenticator[0].reason, "unknown identity");
  pipe_deinit(&pipe_);

  config = pana_published();
  config.wrong_msk = true; /* AUTH alone tells */
  run(&config);
  assert_string_equal(pipe_.peer[0].reason, "authenticator-silent");
  assert_string_equal(pipe_.peer[0].last_discard, "PANA AUTH does not verify");
  assert_string_equal(pipe_.authenticator[0].reason, "peer-silent");
  assert_int_equal(pipe_.peer[0].keys, 0);
  pipe_deinit(&pipe_);
}

/* A PaC that has forgotten its session has another, and the PAA keeps the former until then. */
static void restarted_peer(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  pipe_set(&config, "association", "oscore");
  run(&config);
  pipe_restart_peer(&pipe_, 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.authenticator[0].confirmed, 2);
  assert_int_equal(pipe_.authenticator[0].failed, 0);
  assert_true(pipe_established(&pipe_, 0));
  assert_int_equal(pipe_request(&pipe_, 0, true, LOWER_GET, NULL, 0), 0);
  assert_true(pipe_run(&pipe_));
  assert_int_equal(pipe_.peer[0].answered, 1);
  pipe_deinit(&pipe_);
}

static void many_peers(void **state) {
  (void)state;
  struct pipe_config config = pana_published();
  config.peers = 20;
  config.limits.half_open_max = 30;
  config.limits.address_max = 2;
  run(&config);
  for (size_t i = 0; i < config.peers; i++)
    assert_true(pipe_established(&pipe_, i));
  pipe_deinit(&pipe_);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(published_message_by_message),
      cmocka_unit_test(variants),
      cmocka_unit_test(refuses_short_nonces),
      cmocka_unit_test(authenticator_begins),
      cmocka_unit_test(every_association),
      cmocka_unit_test(no_application_without_association),
      cmocka_unit_test(reauthentication),
      cmocka_unit_test(reauthentications_meet),
      cmocka_unit_test(pings_and_ends),
      cmocka_unit_test(lifetime_of_the_aaa_server),
      cmocka_unit_test(rejections),
      cmocka_unit_test(restarted_peer),
      cmocka_unit_test(many_peers),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
