/* PANA by a relay between programs on sockets: the octets of both legs, one key, and who may not
 * speak through it. */
#define _GNU_SOURCE
#include "scene.h"
#include "skip.h"
#include "udp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define USER                                                                                       \
  "--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--lower-layer", "pana", "--association",      \
      "none", "--pana-prf", "8", "--pana-nonce-bytes", "8"

/* Starts both; the relay's address as text. */
static void start(const char *host, struct scene_server *authenticator, struct scene_server *relay,
                  char where[64]) {
  char any[64], above[64];
  snprintf(any, sizeof any, "%s:0", host);
  const char *const arguments[] = {USER,          "--bind", any, "--server-id", SCENE_SERVER_ID,
                                   "--show-keys", NULL};
  scene_start_authenticator(authenticator, arguments);
  snprintf(above, sizeof above, "%s:%u", host, authenticator->port);
  const char *const argv[] = {
      COAP_EAP_NODE, "pre", "--json",        "-v", "--lower-layer",   "pana",
      "--bind",      any,   "--uplink-bind", any,  "--authenticator", above,
      NULL};
  scene_start_server(relay, "pre", argv);
  snprintf(where, 64, "%s:%u", host, relay->port);
}

/* Octets of the datagrams that the relay has sent, to its authenticator or to others. */
static long sum_sent(const struct process *relay, const char *to, bool is_to) {
  long sum = 0;
  char *remote;
  for (size_t i = 0; (remote = scene_value(relay, "sent", "remote", i)) != NULL; i++) {
    char *length = scene_value(relay, "sent", "octets", i);
    sum += (strcmp(remote, to) == 0) == is_to ? strtol(length, NULL, 10) : 0;
    free(length);
    free(remote);
  }
  return sum;
}

/* EAP-PSK with the identities of the published measurement: 276 octets of the 636 go up. */
static void relayed(const char *host, long overhead) {
  struct scene_server authenticator, relay;
  struct process peer;
  char where[64], above[64];
  start(host, &authenticator, &relay, where);
  snprintf(above, sizeof above, "%s:%u", host, authenticator.port);
  const char *const arguments[] = {USER,        "--authenticator", where,
                                   "--peer-id", SCENE_PEER_ID,     NULL};
  assert_int_equal(scene_run_peer(&peer, 0, arguments), 0);
  process_expect(&authenticator.process, "last PAN verified", SCENE_LIMIT_MS);
  char *key = scene_value(&peer, "key", "key", 0);
  assert_non_null(key);
  scene_expect_value(&authenticator.process, "key", "key", key);
  scene_expect_value(&peer, "confirmed", "remote", where);
  free(key);
  assert_int_equal(process_stop(&relay.process), 0);
  const long up = 16 + 40 + 60 + 84 + 68 + 52;
  assert_int_equal(sum_sent(&relay.process, above, true), up + 6 * overhead);
  assert_int_equal(sum_sent(&relay.process, above, false), 636 - up);
  assert_int_equal(process_stop(&authenticator.process), 0);
}

static void over_ipv4(void **state) {
  (void)state;
  relayed("127.0.0.1", 40);
}

static void over_ipv6(void **state) {
  struct udp_socket udp;
  struct udp_address loopback;
  (void)state;
  assert_null(udp_address_parse("[::1]:0", 0, &loopback));
  if (udp_open(&udp, &loopback, NULL) < 0)
    skip_because("this kernel has no IPv6");
  udp_close(&udp);
  relayed("[::1]", 52);
}

/* Many at a time: the relay keeps them apart without knowing them. They stay until their last
 * message has gone all its way. */
static void many(void **state) {
  struct scene_server authenticator, relay;
  struct process peer;
  char where[64];
  (void)state;
  start("127.0.0.1", &authenticator, &relay, where);
  const char *const arguments[] = {USER, "--authenticator", where, "--count", "40", "--parallel",
                                   "20", "--linger-ms",     "500", NULL};
  assert_int_equal(scene_run_peer(&peer, 0, arguments), 0);
  assert_int_equal(process_stop(&authenticator.process), 0);
  scene_expect_value(&authenticator.process, "ended", "label", "confirmed 40, failed 0");
  assert_int_equal(process_stop(&relay.process), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(over_ipv4, scene_teardown),
      cmocka_unit_test_teardown(over_ipv6, scene_teardown),
      cmocka_unit_test_teardown(many, scene_teardown),
  };
  return SCENE_RUN("pana_relay_roles", tests);
}
