/* Our proxy between others: eapol_test, which compares the MPPE keys with its own, before it;
 * hostapd, FreeRADIUS's radclient, our own roles behind and before it. */
#include "port.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOME_SECRET SCENE_SECRET /* hostapd's */
#define NAS_SECRET "another secret"
#define PEER_KEYS "MPPE keys OK: 1  mismatch: 0"

enum { TEXT_MAX = 64 };

static const char *const user[] = {"--identity", SCENE_IDENTITY, "-v", NULL};

/* The identities of the scene have no realm: `realm` is "-" then. */
static void start_proxy(struct scene_server *proxy, const char *name, const char *secret,
                        const char *realm, uint16_t port, const char *server_secret) {
  char server[TEXT_MAX];
  snprintf(server, sizeof server, "127.0.0.1:%u", port);
  const char *const argv[] = {COAP_EAP_NODE,
                              "proxy",
                              "--json",
                              "-v",
                              "--bind",
                              "127.0.0.1:0",
                              "--client",
                              "127.0.0.1",
                              "--secret",
                              secret,
                              "--realm",
                              realm,
                              "--radius-bind",
                              "127.0.0.1:0",
                              "--radius-server",
                              server,
                              "--server-secret",
                              server_secret,
                              NULL};
  scene_start_server(proxy, name, argv);
}

static void expect_keys(struct process *process) {
  assert_int_equal(process_wait(process, SCENE_LIMIT_MS), 0);
  assert_true(process_wrote(process, PEER_KEYS));
}

/* Both of its neighbours are other people's programs. */
static void eapol_and_hostapd(void **state) {
  struct scene_server hostapd, proxy;
  struct process process;
  (void)state;
  matrix_begin("eapol_test, hostapd (home server)", scene_version_hostapd(), "proxy",
               "right key; eapol_test compares the MPPE keys");
  scene_start_hostapd(&hostapd, port_take(), false);
  start_proxy(&proxy, "proxy", NAS_SECRET, "-", hostapd.port, HOME_SECRET);
  scene_start_eapol_test(&process, "eapol_test", proxy.port, SCENE_PSK, NAS_SECRET);
  expect_keys(&process);
  assert_int_equal(scene_count(&proxy.process, "discarded"), 0);
  assert_int_equal(process_stop(&proxy.process), 0);
  matrix_passed("SUCCESS, MPPE keys OK");
}

static void eapol_wrong_key(void **state) {
  struct scene_server hostapd, proxy;
  struct process process;
  (void)state;
  matrix_begin("eapol_test, hostapd (home server)", scene_version_hostapd(), "proxy", "wrong key");
  scene_start_hostapd(&hostapd, port_take(), false);
  start_proxy(&proxy, "proxy", NAS_SECRET, "-", hostapd.port, HOME_SECRET);
  scene_start_eapol_test(&process, "eapol_test", proxy.port, SCENE_WRONG_PSK, NAS_SECRET);
  assert_int_not_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
  assert_true(process_wrote(&process, "Access-Reject"));
  assert_int_equal(scene_count(&proxy.process, "discarded"), 0);
  matrix_passed("FAILURE by Access-Reject");
}

/* All that we have, in a row, with a secret for each hop. */
static void two_in_a_row(void **state) {
  struct scene_server aaa, home, visited;
  struct process process;
  (void)state;
  matrix_begin("eapol_test", scene_version_eapol_test(), "proxy, proxy, aaa",
               "right key; it compares the MPPE keys");
  scene_start_aaa(&aaa, user);
  start_proxy(&home, "home", "between", "-", aaa.port, SCENE_SECRET);
  start_proxy(&visited, "visited", NAS_SECRET, "-", home.port, "between");
  scene_start_eapol_test(&process, "eapol_test", visited.port, SCENE_PSK, NAS_SECRET);
  expect_keys(&process);
  assert_int_equal(scene_count(&home.process, "discarded"), 0);
  assert_int_equal(scene_count(&visited.process, "discarded"), 0);
  matrix_passed("SUCCESS, MPPE keys OK");
}

/* What radclient says when it asks as this user. */
static char *radclient(uint16_t port, const char *name) {
  char server[TEXT_MAX];
  struct process process;
  snprintf(server, sizeof server, "127.0.0.1:%u", port);
  const char *file = process_file("request",
                                  "User-Name = \"%s\", EAP-Message = "
                                  "0x02050012017466672d757365722d74657374, "
                                  "Message-Authenticator = 0x00, Proxy-State = 0x6f6e65, "
                                  "NAS-Identifier = \"n\", Proxy-State = 0x74776f\n",
                                  name);
  const char *const argv[] = {"radclient", "-x", "-r",   "1",    "-t",       "5",
                              "-f",        file, server, "auth", NAS_SECRET, NULL};
  process_start(&process, "radclient", argv);
  (void)process_wait(&process, SCENE_LIMIT_MS);
  return process_out(&process);
}

/* It checks both authenticators, and finds its own Proxy-State, and no other. */
static void radclient_by_realm(void **state) {
  static const struct {
    const char *name, *answer, *why;
  } table[] = {
      {"user@example.test", "Received Access-Challenge", NULL},
      {"user@Example.TEST", "Received Access-Challenge", NULL},
      {"user@elsewhere.example", "Received Access-Reject", "unknown realm"},
      {"user", "Received Access-Reject", "User-Name without realm"},
      {"user@x@example.test", "Received Access-Reject", "malformed realm"},
  };
  struct scene_server aaa, proxy;
  size_t failed = 0;
  (void)state;
  matrix_begin("radclient (RADIUS client)", scene_version_radsniff(), "proxy, aaa",
               "realms; Proxy-State of its own");
  scene_start_aaa(&aaa, user);
  start_proxy(&proxy, "proxy", NAS_SECRET, "example.test", aaa.port, SCENE_SECRET);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    char *said = radclient(proxy.port, table[i].name);
    const char *at = strstr(said, table[i].answer);
    assert_non_null(at);
    assert_non_null(at = strstr(at, "\tProxy-State = 0x6f6e65\n\tProxy-State = 0x74776f\n"));
    assert_null(strstr(at + 2 * strlen("\tProxy-State = 0x6f6e65\n"), "Proxy-State"));
    if (table[i].why != NULL) {
      char *why = scene_value(&proxy.process, "failed", "label", failed++);
      assert_non_null(why);
      assert_string_equal(why, table[i].why);
      free(why);
    }
    free(said);
  }
  matrix_passed("Challenge, or Reject with an EAP-Failure; Proxy-State in order");
}

/* A whole authentication of ours, with a realm, from files. */
static void our_roles(void **state) {
  static const char *const peer_user[] = {"--identity", "dev@example.test", "--psk", SCENE_PSK,
                                          NULL};
  static const char *const home_user[] = {"--identity", "dev@example.test", NULL};
  struct scene_server aaa, proxy, authenticator;
  struct process peer;
  (void)state;
  matrix_begin("coap-eap-node", "-", "peer, authenticator, proxy, aaa", "a file of realms");
  scene_start_aaa(&aaa, home_user);
  const char *file = process_file(
      "proxy.yaml",
      "proxy: {bind: \"127.0.0.1:0\", radius_bind: \"127.0.0.1:0\"}\n"
      "radius_clients: [{address: 127.0.0.1, secret: " SCENE_SECRET "}]\n"
      "realms:\n"
      "  - {realm: elsewhere.test, server: \"127.0.0.1:9\", secret: x}\n"
      "  - {realm: example.test, server: \"127.0.0.1:%u\", secret: " SCENE_SECRET "}\n",
      aaa.port);
  const char *const argv[] = {COAP_EAP_NODE, "proxy", "--json", "--config", file, NULL};
  scene_start_server(&proxy, "proxy", argv);
  scene_start_pass_through(&authenticator, proxy.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, peer_user), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  matrix_passed("established");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(eapol_and_hostapd, scene_teardown),
      cmocka_unit_test_teardown(eapol_wrong_key, scene_teardown),
      cmocka_unit_test_teardown(two_in_a_row, scene_teardown),
      cmocka_unit_test_teardown(radclient_by_realm, scene_teardown),
      cmocka_unit_test_teardown(our_roles, scene_teardown),
  };
  return SCENE_RUN("proxy_roles_test", tests);
}
