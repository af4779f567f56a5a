/* Our peer and authenticator against hostapd as RADIUS and EAP server. */
#define _GNU_SOURCE
#include "coap-eap/keys.h"
#include "port.h"
#include "scene.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OUR_SIDE "peer, authenticator"
#define REALM "example.test"

static const char *const user[] = {"--identity",  SCENE_IDENTITY, "--peer-id",
                                   SCENE_PEER_ID, "--server-id",  SCENE_SERVER_ID,
                                   "--psk",       SCENE_PSK,      NULL};

/* What peer and authenticator must derive from this MSK, in hexadecimal digits. */
static void derive_text(const uint8_t msk[EAP_KEY_LENGTH], char text[2 * 40 + 1]) {
  static const struct option_values defaults;
  struct coap_eap_key key;
  assert_int_equal(coap_eap_derive_key(msk, association_kind_of(&defaults), NULL, 0, NULL, &key),
                   0);
  assert_int_equal(key.length, 40);
  for (size_t i = 0; i < key.length; i++)
    snprintf(text + 2 * i, 3, "%02x", key.octets[i]);
}

static void hostapd_right_key(void **state) {
  struct scene_server hostapd, authenticator;
  struct process peer;
  uint8_t msk[EAP_KEY_LENGTH];
  char expected[2 * 40 + 1];
  (void)state;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), OUR_SIDE,
               "right key; keys compared with the MSK that it prints");
  scene_start_hostapd(&hostapd, port_take(), true);
  scene_start_pass_through(&authenticator, hostapd.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, user), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  process_expect(&hostapd.process, "EAP-PSK: EMSK", SCENE_LIMIT_MS);
  scene_read_hexdump(&hostapd.process, "EAP-PSK: MSK", msk, sizeof msk);
  derive_text(msk, expected);
  scene_expect_value(&peer, "key", "key", expected);
  assert_int_equal(process_stop(&authenticator.process), 0);
  matrix_passed("established, keys equal");
}

/* The first by EAP, the others by ERP: its rMSK is what the last key comes of. */
static void hostapd_reauthentication(bool peer_begins) {
  const char *const peer_arguments[] = {"--identity",
                                        SCENE_IDENTITY,
                                        "--peer-id",
                                        SCENE_PEER_ID,
                                        "--psk",
                                        SCENE_PSK,
                                        "--count",
                                        "3",
                                        "--reauthenticate",
                                        "--show-keys",
                                        "--realm",
                                        REALM,
                                        peer_begins ? "--erp-begins" : NULL,
                                        NULL};
  struct scene_server hostapd, authenticator;
  struct process peer;
  uint8_t rmsk[EAP_KEY_LENGTH];
  char expected[2 * 40 + 1], server[32];
  matrix_begin("hostapd (RADIUS, ERP server)", scene_version_hostapd(), OUR_SIDE,
               peer_begins ? "ERP begun by the peer; keys compared with the rMSK that it prints"
                           : "ERP begun by the authenticator, likewise");
  scene_start_hostapd_with(&hostapd, port_take(), true, "eap_server_erp=1\nerp_domain=" REALM "\n");
  snprintf(server, sizeof server, "127.0.0.1:%u", hostapd.port);
  const char *const arguments[] = {"--radius-server",
                                   server,
                                   "--secret",
                                   SCENE_SECRET,
                                   "--bind",
                                   "127.0.0.1:0",
                                   "--trigger-interval-ms",
                                   "0",
                                   "--realm",
                                   REALM,
                                   "--show-keys",
                                   "-v",
                                   peer_begins ? NULL : "--erp-begins",
                                   NULL};
  scene_start_authenticator(&authenticator, arguments);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, peer_arguments), 0);
  process_expect_written(&peer, "established 3, failed 0");
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(scene_count(&authenticator.process, "confirmed"), 3);
  assert_int_equal(scene_count(&authenticator.process, "retrying"), 0);
  process_expect(&hostapd.process, "ERP rMSK", SCENE_LIMIT_MS);
  scene_read_hexdump(&hostapd.process, "ERP rMSK", rmsk, sizeof rmsk);
  derive_text(rmsk, expected);
  char *key = scene_value(&authenticator.process, "key", "key", 2);
  assert_non_null(key);
  assert_string_equal(key, expected);
  free(key);
  matrix_passed("established, keys equal");
}

static void hostapd_asked(void **state) {
  (void)state;
  hostapd_reauthentication(true);
}

static void hostapd_asked_by_authenticator(void **state) {
  (void)state;
  hostapd_reauthentication(false);
}

static void rejected(const char *exercised, const char *const *arguments, const char *reason) {
  struct scene_server hostapd, authenticator;
  struct process peer;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), OUR_SIDE, exercised);
  scene_start_hostapd(&hostapd, port_take(), false);
  scene_start_pass_through(&authenticator, hostapd.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), 1);
  scene_expect_value(&peer, "failed", "label", reason);
  process_expect(&authenticator.process, "\"event\":\"failed\"", SCENE_LIMIT_MS);
  scene_expect_value(&authenticator.process, "failed", "label", "Access-Reject");
  assert_int_equal(scene_count(&peer, "key"), 0);
  matrix_passed("rejected: Access-Reject, EAP-Failure at the peer");
}

static void hostapd_wrong_key(void **state) {
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY,  "--peer-id", SCENE_PEER_ID,
                                          "--psk",      SCENE_WRONG_PSK, NULL};
  (void)state;
  rejected("wrong key", arguments, "EAP-Failure while the method ran");
}

static void unknown_user(void **state) {
  static const char *const arguments[] = {"--identity", "nobody", "--psk", SCENE_PSK, NULL};
  (void)state;
  rejected("unknown user", arguments, "EAP-Failure before a method began");
}

static void hostapd_wrong_secret(void **state) {
  static const char *const arguments[] = {
      "--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--timeout-s", "4", NULL};
  struct scene_server hostapd, authenticator;
  struct process peer;
  (void)state;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), OUR_SIDE,
               "wrong RADIUS secret");
  scene_start_hostapd(&hostapd, port_take(), true);
  scene_start_pass_through(&authenticator, hostapd.port, "not the secret");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), 1);
  assert_true(process_wrote(&peer, "\"reasons\":{\"timeout\":1}"));
  process_expect(&hostapd.process, "nvalid Message-Authenticator", SCENE_LIMIT_MS);
  assert_true(scene_count(&authenticator.process, "sent again") >= 1);
  assert_int_equal(scene_count(&authenticator.process, "key"), 0);
  matrix_passed("silent discard; request repeated; no key");
}

/* Kills the server when the second Access-Request comes, before it sees that. */
struct assassin {
  struct scene_server *hostapd;
  bool done;
};

static bool kill_before_second(void *context, struct relay *relay, bool from_client,
                               const uint8_t *data, size_t length) {
  struct assassin *assassin = context;
  (void)data;
  (void)length;
  if (!from_client || relay->from_client != 2)
    return true;
  kill(assassin->hostapd->process.pid, SIGKILL);
  assassin->done = true;
  return false;
}

static void killed_and_restarted(void **state) {
  static struct relay relay;
  struct scene_server hostapd, authenticator;
  struct process peer, again;
  struct assassin assassin = {.hostapd = &hostapd};
  (void)state;
  matrix_begin("hostapd (RADIUS, EAP-PSK server)", scene_version_hostapd(), OUR_SIDE,
               "server killed in mid-flow and restarted");
  scene_start_hostapd(&hostapd, port_take(), true);
  relay_open(&relay, hostapd.port, NULL, 1812);
  relay.look = kill_before_second;
  relay.context = &assassin;
  scene_start_pass_through(&authenticator, relay.port, SCENE_SECRET);
  scene_start_peer(&peer, authenticator.port, user);
  assert_int_equal(process_wait(&hostapd.process, SCENE_LIMIT_MS), 1000 + SIGKILL);
  assert_true(assassin.done);
  scene_start_hostapd(&hostapd, hostapd.port, true);
  /* It knows nothing of the conversation: State is unknown to it. */
  assert_int_equal(process_wait(&peer, SCENE_LIMIT_MS), 1);
  process_expect(&authenticator.process, "\"event\":\"failed\"", SCENE_LIMIT_MS);
  scene_expect_value(&authenticator.process, "failed", "label", "Access-Reject");
  assert_int_equal(scene_count(&peer, "key"), 0);
  assert_int_equal(scene_run_peer(&again, authenticator.port, user), 0);
  matrix_passed("the authentication fails, the next is established");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(hostapd_right_key, scene_teardown),
      cmocka_unit_test_teardown(hostapd_asked, scene_teardown),
      cmocka_unit_test_teardown(hostapd_asked_by_authenticator, scene_teardown),
      cmocka_unit_test_teardown(hostapd_wrong_key, scene_teardown),
      cmocka_unit_test_teardown(unknown_user, scene_teardown),
      cmocka_unit_test_teardown(hostapd_wrong_secret, scene_teardown),
      cmocka_unit_test_teardown(killed_and_restarted, scene_teardown),
  };
  return SCENE_RUN("hostapd", tests);
}
