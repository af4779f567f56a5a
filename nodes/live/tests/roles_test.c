/* Our three roles among themselves, as a user would run them. */
#define _GNU_SOURCE
#include "coap-eap/keys.h"
#include "port.h"
#include "scene.h"
#include "skip.h"
#include "udp.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const user[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, NULL};
static const char *const wrong[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_WRONG_PSK, NULL};

static void expect_equal_keys(const struct process *a, struct process *b) {
  char *key = scene_value(a, "key", "key", 0);
  assert_non_null(key);
  assert_int_equal(strlen(key), 80);
  scene_expect_value(b, "key", "key", key);
  free(key);
}

static void start_local(struct scene_server *authenticator, const char *bind) {
  const char *const arguments[] = {"--identity", SCENE_IDENTITY, "--psk",       SCENE_PSK,
                                   "--bind",     bind,           "--show-keys", NULL};
  scene_start_authenticator(authenticator, arguments);
}

static void established_over(const char *bind, const char *address) {
  struct scene_server authenticator;
  struct process peer;
  char where[64];
  start_local(&authenticator, bind);
  snprintf(where, sizeof where, "%s:%u", address, authenticator.port);
  const char *const arguments[] = {"--identity",      SCENE_IDENTITY, "--psk", SCENE_PSK,
                                   "--authenticator", where,          NULL};
  assert_int_equal(scene_run_peer(&peer, 1, arguments), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  expect_equal_keys(&peer, &authenticator.process);
  scene_expect_value(&peer, "confirmed", "remote", where);
  process_expect_written(&peer, "established after ");
  assert_int_equal(process_stop(&authenticator.process), 0);
  scene_expect_value(&authenticator.process, "ended", "label", "confirmed 1, failed 0");
}

/* The kernel may have no IPv6; that is no fault of ours. */
static void skip_without_ipv6(void) {
  struct udp_socket udp;
  struct udp_address loopback;
  assert_null(udp_address_parse("[::1]:0", 0, &loopback));
  if (udp_open(&udp, &loopback, NULL) < 0)
    skip_because("this kernel has no IPv6");
  udp_close(&udp);
}

static void over_ipv4(void **state) {
  (void)state;
  established_over("127.0.0.1:0", "127.0.0.1");
}

static void over_ipv6(void **state) {
  (void)state;
  skip_without_ipv6();
  established_over("[::1]:0", "[::1]");
}

/* A server on any address serves both families. */
static void over_both(void **state) {
  (void)state;
  skip_without_ipv6();
  established_over("[::]:0", "127.0.0.1");
  established_over("[::]:0", "[::1]");
}

/* Each association with each ordering policy, some peers at a time and one after the other. */
static void associations_and_orderings(void **state) {
  static const char *const associations[] = {"oscore", "dtls"};
  static const char *const orderings[] = {"seqnum", "seqnum-requests", "mid-random",
                                          "mid-monotonic"};
  (void)state;
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < 4; j++) {
      struct scene_server authenticator;
      struct process peer;
      const char *const first[] = {"--identity",    SCENE_IDENTITY,  "--psk",       SCENE_PSK,
                                   "--association", associations[i], "--ordering",  orderings[j],
                                   "--bind",        "127.0.0.1:0",   "--show-keys", NULL};
      const char *const second[] = {"--identity",    SCENE_IDENTITY,
                                    "--psk",         SCENE_PSK,
                                    "--association", associations[i],
                                    "--ordering",    orderings[j],
                                    "--count",       "8",
                                    "--parallel",    "4",
                                    "--show-keys",   NULL};
      scene_start_authenticator(&authenticator, first);
      assert_int_equal(scene_run_peer(&peer, authenticator.port, second), 0);
      char *key = scene_value(&authenticator.process, "key", "key", 0);
      assert_int_equal(strlen(key), i == 0 ? 80 : 34); /* DTLS_PSK: 16 octets and the token */
      free(key);
      assert_int_equal(process_stop(&authenticator.process), 0);
      assert_int_equal(scene_count(&authenticator.process, "confirmed"), 8);
    }
}

static void wrong_key(void **state) {
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  start_local(&authenticator, "127.0.0.1:0");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, wrong), 1);
  process_expect_written(&peer, "EAP-Failure while the method ran");
  process_expect(&authenticator.process, "wrong MAC_P", SCENE_LIMIT_MS);
}

/* The AAA server shows the MSK, from which the others' key comes. */
static void with_aaa(void **state) {
  static const char *const show[] = {"--identity", SCENE_IDENTITY, "--show-keys", NULL};
  struct scene_server aaa, authenticator;
  struct process peer;
  static const struct option_values defaults;
  struct coap_eap_key derived;
  uint8_t msk[EAP_KEY_LENGTH];
  char expected[2 * ASSOCIATION_KEY_MAX + 1];
  (void)state;
  scene_start_aaa(&aaa, show);
  scene_start_pass_through(&authenticator, aaa.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, user), 0);
  char *text = scene_value(&aaa.process, "key", "key", 0);
  assert_int_equal(strlen(text), 2 * sizeof msk);
  for (size_t i = 0; i < sizeof msk; i++) {
    const char digits[] = {text[2 * i], text[2 * i + 1], '\0'};
    msk[i] = (uint8_t)strtoul(digits, NULL, 16);
  }
  assert_int_equal(
      coap_eap_derive_key(msk, association_kind_of(&defaults), NULL, 0, NULL, &derived), 0);
  for (size_t i = 0; i < derived.length; i++)
    snprintf(expected + 2 * i, 3, "%02x", derived.octets[i]);
  scene_expect_value(&peer, "key", "key", expected);
  free(text);
}

static void keys_are_hidden(void **state) {
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY, "-v", NULL};
  struct scene_server aaa, authenticator;
  struct process peer;
  (void)state;
  scene_start_aaa(&aaa, arguments);
  scene_start_pass_through(&authenticator, aaa.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, user), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  char *key = scene_value(&peer, "key", "key", 0);
  const struct process *const others[] = {&aaa.process, &authenticator.process};
  for (size_t i = 0; i < 2; i++) {
    assert_int_equal(scene_count(others[i], "key"), 1);
    assert_false(process_wrote(others[i], "\"key\":\""));
    assert_false(process_wrote(others[i], key));
  }
  free(key);
}

/* One file for all; what the command line says goes before it. */
static void from_a_file(void **state) {
  struct scene_server aaa, authenticator;
  struct process peer;
  const char *config =
      process_file("node.yaml",
                   "lower_layer: {seqnum_bytes: 4, token_bytes: 3, ack_random_factor: 1.25}\n"
                   "peer:\n  identity: %s\n  psk: %s\n  peer_id: wrong\n  server_id: the server\n"
                   "authenticator: {secret: xyzzy, nas_identifier: nas, bind: \"127.0.0.1:0\"}\n"
                   "aaa: {bind: \"127.0.0.1:0\"}\n"
                   "users:\n"
                   "  - {identity: \"*\", psk: %s}\n"
                   "  - {identity: tfg-*, psk: %s, peer_id: client, server_id: the server}\n"
                   "radius_clients:\n  - {address: 127.0.0.1, secret: xyzzy}\n",
                   SCENE_IDENTITY, SCENE_PSK, SCENE_WRONG_PSK, SCENE_PSK);
  (void)state;
  const char *const first[] = {COAP_EAP_NODE, "aaa", "--json", "-c", config, NULL};
  scene_start_server(&aaa, "aaa", first);
  char server[32];
  snprintf(server, sizeof server, "127.0.0.1:%u", aaa.port);
  const char *const second[] = {COAP_EAP_NODE, "authenticator",   "--json", "-v", "-c",
                                config,        "--radius-server", server,   NULL};
  scene_start_server(&authenticator, "authenticator", second);
  const char *const third[] = {"--config", config, "--peer-id", "client", NULL};
  assert_int_equal(scene_run_peer(&peer, authenticator.port, third), 0);
  /* Two octets of SeqNum and two of token more than usual, in a step 1 of 17 octets. */
  char *octets = scene_value(&authenticator.process, "sent", "octets", 0);
  assert_string_equal(octets, "21");
  free(octets);
}

/* The authenticator begins: with a peer that waits, and again with one that stays. */
static void begun_by_the_authenticator(void **state) {
  struct scene_server authenticator;
  struct process peer;
  char where[32], bind[32];
  (void)state;
  const uint16_t ours = port_take(), theirs = port_take();
  snprintf(bind, sizeof bind, "127.0.0.1:%u", theirs);
  const char *const waits[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--trigger=off",
                               "--stay",     "--bind",       bind,    NULL};
  scene_start_peer(&peer, ours, waits);
  for (unsigned i = 1; i <= 2; i++) {
    snprintf(where, sizeof where, "127.0.0.1:%u", ours);
    const char *const begins[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--begin",
                                  bind,         "--bind",       where,   NULL};
    scene_start_authenticator(&authenticator, begins);
    process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
    assert_int_equal(process_stop(&authenticator.process), 0);
    assert_int_equal(scene_count(&peer, "confirmed"), i);
  }
  assert_int_equal(process_stop(&peer), 0);
  assert_int_equal(scene_count(&peer, "started"), 2);
}

/* A peer to whom nobody answers can be interrupted, and gives up by itself. */
static void nobody_there(void **state) {
  static const char *const quick[] = {"--identity",         SCENE_IDENTITY, "--psk", SCENE_PSK,
                                      "--trigger-retry-ms", "10",           NULL};
  struct process peer;
  (void)state;
  assert_int_equal(scene_run_peer(&peer, port_take(), quick), 1);
  process_expect_written(&peer, "no-authenticator");
  scene_start_peer(&peer, port_take(), user);
  process_expect(&peer, "\"event\":\"started\"", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&peer), 1);
  scene_expect_value(&peer, "interrupted", "label", "a signal came");
}

/* What the peer says last gets lost: its linger answers the repetition. */
static bool lose_step_8(void *context, struct relay *relay, bool from_client, const uint8_t *data,
                        size_t length) {
  (void)context;
  (void)data;
  (void)length;
  return !from_client || relay->from_client != 5;
}

static void lost_confirmation(void **state) {
  static const char *const arguments[] = {"--identity",  SCENE_IDENTITY, "--psk", SCENE_PSK,
                                          "--linger-ms", "2000",         NULL};
  static const char *const quick[] = {"--identity",       SCENE_IDENTITY, "--psk", SCENE_PSK,
                                      "--ack-timeout-ms", "200",          NULL};
  static struct relay relay;
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  scene_start_authenticator(&authenticator, quick);
  relay_open(&relay, authenticator.port, NULL, 0);
  relay.look = lose_step_8;
  assert_int_equal(scene_run_peer(&peer, relay.port, arguments), 0);
  assert_int_equal(relay.from_client, 6);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
}

/* Random octets of all lengths impress no server. */
static void rubbish_in_datagrams(void **state) {
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY, NULL};
  struct scene_server aaa, authenticator;
  struct process peer;
  struct udp_socket udp;
  struct udp_address any;
  uint8_t data[2000];
  (void)state;
  scene_start_aaa(&aaa, arguments);
  scene_start_pass_through(&authenticator, aaa.port, SCENE_SECRET);
  assert_null(udp_address_parse("127.0.0.1:0", 0, &any));
  assert_int_equal(udp_open(&udp, &any, NULL), 0);
  srand(1);
  for (size_t length = 0; length < sizeof data; length++) {
    struct node_datagram datagram = {.data = data, .length = length, .destination = any.address};
    for (size_t i = 0; i < length; i++)
      data[i] = (uint8_t)(rand() >> 8);
    if (length > 0) /* half of them look like a CON POST, half like an Access-Request */
      data[0] = length % 2 == 0 ? 0x41 : 1;
    datagram.destination.port = length % 2 == 0 ? authenticator.port : aaa.port;
    assert_int_equal(udp_send(&udp, &datagram), 0);
  }
  udp_close(&udp);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, user), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(process_stop(&aaa.process), 0);
}

/* One peer, four times: by EAP first, then the session is resumed. */
static void resumption(void **state) {
  static const char *const first[] = {
      "--identity", SCENE_IDENTITY, "--psk",    SCENE_PSK,     "--association",         "dtls",
      "--bind",     "127.0.0.1:0",  "--resume", "--show-keys", "--trigger-interval-ms", "0",
      NULL};
  static const char *const second[] = {"--identity",       SCENE_IDENTITY, "--psk",   SCENE_PSK,
                                       "--association",    "dtls",         "--count", "4",
                                       "--reauthenticate", "--resume",     NULL};
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  scene_start_authenticator(&authenticator, first);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, second), 0);
  process_expect_written(&peer, "established 4, failed 0");
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(scene_count(&authenticator.process, "confirmed"), 4);
  assert_true(process_wrote(&authenticator.process, "session resumed"));
}

static void reauthentications(const char *const *server, const char *const *peer_begins) {
  const char *const peer_arguments[] = {
      "--identity",   SCENE_IDENTITY,     "--psk",        SCENE_PSK, "--count", "4", "--realm",
      "example.test", "--reauthenticate", peer_begins[0], NULL};
  struct scene_server authenticator;
  struct process peer;
  scene_start_authenticator(&authenticator, server);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, peer_arguments), 0);
  process_expect_written(&peer, "established 4, failed 0");
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(scene_count(&authenticator.process, "confirmed"), 4);
  assert_int_equal(scene_count(&authenticator.process, "retrying"), 0);
  assert_true(process_wrote(&authenticator.process, "EAP-Initiate/Re-auth"));
}

/* One peer, four times: by EAP first, then by ERP, which either end begins. */
static void reauthentication(void **state) {
  static const char *const asked[] = {
      "--identity", SCENE_IDENTITY,          "--psk",   SCENE_PSK,
      "--bind",     "127.0.0.1:0",           "--realm", "example.test",
      "-v",         "--trigger-interval-ms", "0",       NULL};
  static const char *const asks[] = {
      "--identity", SCENE_IDENTITY,          "--psk",   SCENE_PSK,
      "--bind",     "127.0.0.1:0",           "--realm", "example.test",
      "-v",         "--trigger-interval-ms", "0",       "--erp-begins",
      NULL};
  (void)state;
  reauthentications(asked, (const char *const[]){"--erp-begins"});
  reauthentications(asks, (const char *const[]){NULL});
}

/* Many that fail are counted by their reasons. */
static void reasons(void **state) {
  static const char *const rejected[] = {
      "--identity", "x-{n}", "--psk", SCENE_WRONG_PSK, "--count", "10", "--parallel", "3", NULL};
  static const char *const silent[] = {
      "--identity", SCENE_IDENTITY,     "--psk",       SCENE_PSK, "--count", "4", "--parallel",
      "2",          "--reauthenticate", "--timeout-s", "1",       NULL};
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  start_local(&authenticator, "127.0.0.1:0");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, rejected), 1);
  process_expect_written(&peer, "\"reasons\":{\"EAP-Failure before a method began\":10}");
  assert_int_equal(scene_run_peer(&peer, port_take(), silent), 1);
  process_expect_written(&peer, "\"failed\":4,\"reasons\":{\"timeout\":4}");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(over_ipv4, scene_teardown),
      cmocka_unit_test_teardown(over_ipv6, scene_teardown),
      cmocka_unit_test_teardown(over_both, scene_teardown),
      cmocka_unit_test_teardown(associations_and_orderings, scene_teardown),
      cmocka_unit_test_teardown(wrong_key, scene_teardown),
      cmocka_unit_test_teardown(with_aaa, scene_teardown),
      cmocka_unit_test_teardown(keys_are_hidden, scene_teardown),
      cmocka_unit_test_teardown(from_a_file, scene_teardown),
      cmocka_unit_test_teardown(begun_by_the_authenticator, scene_teardown),
      cmocka_unit_test_teardown(nobody_there, scene_teardown),
      cmocka_unit_test_teardown(lost_confirmation, scene_teardown),
      cmocka_unit_test_teardown(rubbish_in_datagrams, scene_teardown),
      cmocka_unit_test_teardown(resumption, scene_teardown),
      cmocka_unit_test_teardown(reauthentication, scene_teardown),
      cmocka_unit_test_teardown(reasons, scene_teardown),
  };
  return SCENE_RUN("roles", tests);
}
