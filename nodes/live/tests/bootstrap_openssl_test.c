/* The channel with OpenSSL at the other end: s_client as UE of our ApS, s_server as ApS of our UE.
 * Messages of CoAP are its application data. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"
#include "dialogue.h"
#include "port.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SUITE "PSK-AES128-CCM8:@SECLEVEL=0"
#define IDENTITY "7c2cda67750fe534"
#define PSK "000102030405060708090a0b0c0d0e0f"
#define KEY IDENTITY "," PSK

enum {
  TEXT_MAX = 64,
  MESSAGE_MAX = 256,
  TOKEN_MAX = 8,
  PAYLOAD = 16,
  CODE_GET = 0x01,
  CODE_CONTENT = 0x45,
  FIRST_OCTET_ACK = 0x60, /* version 1, no token */
};

/* A confirmable GET /a with a token of one octet; no octet of it is zero. */
static const uint8_t GET[] = {0x41, CODE_GET, 0x11, 0x22, 0x33, 0xb1, 'a'};

/* OpenSSL */

static void start_client(struct dialogue *client, uint16_t aps, const char *identity,
                         const char *psk) {
  char address[TEXT_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", aps + 1);
  const char *const argv[] = {"openssl",       "s_client", "-dtls1_2", "-quiet",  "-connect",
                              address,         "-psk",     psk,        "-cipher", SUITE,
                              "-psk_identity", identity,   NULL};
  dialogue_start(client, argv);
}

static void start_server(struct dialogue *server, uint16_t aps, const char *identity,
                         const char *psk) {
  char address[TEXT_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", aps + 1);
  const char *const argv[] = {"openssl", "s_server",      "-dtls1_2", "-quiet", "-nocert",
                              "-accept", address,         "-psk",     psk,      "-cipher",
                              SUITE,     "-psk_identity", identity,   NULL};
  dialogue_start(server, argv);
  port_await_idle((uint16_t)(aps + 1));
}

static void stop(struct dialogue *dialogue) {
  kill(dialogue->pid, SIGTERM);
  (void)dialogue_end(dialogue);
}

static void say(const struct dialogue *dialogue, const uint8_t *octets, size_t length) {
  assert_int_equal(write(dialogue->in, octets, length), (ssize_t)length);
}

/* What comes next out of it: a record's octets. */
static size_t hear(const struct dialogue *dialogue, uint8_t octets[MESSAGE_MAX]) {
  struct pollfd ready = {.fd = dialogue->out, .events = POLLIN};
  if (poll(&ready, 1, SCENE_LIMIT_MS) <= 0)
    fail_msg("nothing is heard for %d ms", SCENE_LIMIT_MS);
  const ssize_t length = read(dialogue->out, octets, MESSAGE_MAX);
  if (length <= 0)
    fail_msg("it has ended");
  return (size_t)length;
}

/* As a UE */

/* A piggybacked 2.05 with the payload that our application has. */
static void ask_and_expect_content(const struct dialogue *client) {
  uint8_t octets[MESSAGE_MAX];
  say(client, GET, sizeof GET);
  const size_t length = hear(client, octets);
  assert_true(length >= 5 + 1 + PAYLOAD);
  assert_int_equal(octets[0], FIRST_OCTET_ACK + 1);
  assert_int_equal(octets[1], CODE_CONTENT);
  assert_memory_equal(&octets[2], &GET[2], 3); /* Message ID and token */
  assert_int_equal(octets[length - PAYLOAD - 1], 0xff);
}

static void expect_confirmed(struct scene_server *aps, const char *identity) {
  bootstrap_scene_expect(&aps->process, "secure", "confirmed", 1, NULL);
  char *name = bootstrap_scene_value(&aps->process, "secure", "confirmed", "name", 0);
  assert_string_equal(name, identity);
  free(name);
  bootstrap_scene_expect(&aps->process, "application", "served", 1, NULL);
}

/* The key is that of a UE of ours, which has ended; a fresh ApS pulls it by the identity. */
static void openssl_client_of_a_pulled_key(void **state) {
  static const char *const by_identity[] = {"--pull", "psk-identity", NULL};
  struct scene_server as, aa, aps;
  struct process ue;
  struct dialogue client;
  (void)state;
  matrix_begin("openssl s_client (DTLS 1.2), as UE", scene_version_openssl(), "as, aps",
               "pull: psk-identity, by the identity that it names");
  bootstrap_scene_as(&as, NULL);
  bootstrap_scene_aa(&aa, as.port, NULL);
  bootstrap_scene_aps(&aps, "aps1", as.port, by_identity);
  assert_int_equal(bootstrap_scene_run_ue(&ue, aa.port, aps.port, by_identity), 0);
  char *key = bootstrap_scene_value(&ue, "pull", "key", "key", 0);
  bootstrap_scene_expect(&aps.process, "secure", "confirmed", 1, NULL);
  char *identity = bootstrap_scene_value(&aps.process, "secure", "confirmed", "name", 0);
  assert_non_null(key);
  assert_non_null(identity);
  assert_int_equal(process_stop(&aps.process), 0);
  bootstrap_scene_aps(&aps, "aps1", as.port, by_identity);
  start_client(&client, aps.port, identity, key);
  ask_and_expect_content(&client);
  expect_confirmed(&aps, identity);
  bootstrap_scene_expect(&aps.process, "pull", "answered", 1, NULL);
  stop(&client);
  free(key);
  free(identity);
  assert_int_equal(process_stop(&aps.process), 0);
  matrix_passed("established; CoAP GET answered by 2.05");
}

static void openssl_client_nobody_knows(void **state) {
  static const char *const by_identity[] = {"--pull", "psk-identity", NULL};
  struct scene_server as, aps;
  struct dialogue client;
  char line[DIALOGUE_LINE_MAX];
  (void)state;
  matrix_begin("openssl s_client (DTLS 1.2), as UE", scene_version_openssl(), "as, aps",
               "pull: psk-identity, by an identity that the AS does not know");
  bootstrap_scene_as(&as, NULL);
  bootstrap_scene_aps(&aps, "aps1", as.port, by_identity);
  start_client(&client, aps.port, IDENTITY, PSK);
  assert_false(dialogue_hear(&client, line)); /* it ends */
  assert_int_equal(dialogue_end(&client), 1);
  bootstrap_scene_expect(&aps.process, "pull", "unanswered", 1, "refused by the AS");
  bootstrap_scene_expect(&aps.process, "secure", "failed", 1, NULL);
  assert_int_equal(process_stop(&aps.process), 0);
  matrix_passed("refused: unknown_psk_identity");
}

static void openssl_client_of_a_configured_key(void **state) {
  static const char *const configured[] = {"--pull", "configured", "--key", KEY, NULL};
  struct scene_server aps;
  struct dialogue client;
  (void)state;
  matrix_begin("openssl s_client (DTLS 1.2), as UE", scene_version_openssl(), "aps",
               "pull: configured");
  bootstrap_scene_aps(&aps, "aps1", 0, configured);
  start_client(&client, aps.port, IDENTITY, PSK);
  ask_and_expect_content(&client);
  expect_confirmed(&aps, IDENTITY);
  stop(&client);
  assert_int_equal(process_stop(&aps.process), 0);
  matrix_passed("established; CoAP GET answered by 2.05");
}

/* As an ApS */

/* Takes a GET, and answers it. */
static void answer(const struct dialogue *server) {
  uint8_t octets[MESSAGE_MAX];
  uint8_t content[4 + TOKEN_MAX + 2] = {FIRST_OCTET_ACK, CODE_CONTENT};
  const size_t length = hear(server, octets);
  const size_t token = octets[0] & 0x0f;
  assert_true(length >= 4 + token + 2 && token <= TOKEN_MAX);
  assert_int_equal(octets[0] & 0xf0, 0x40); /* version 1, confirmable */
  assert_int_equal(octets[1], CODE_GET);
  assert_int_equal(octets[length - 1], 'a');
  content[0] = (uint8_t)(FIRST_OCTET_ACK + token);
  memcpy(&content[2], &octets[2], 2 + token);
  content[4 + token] = 0xff;
  content[5 + token] = '1';
  say(server, content, 6 + token);
}

static void openssl_server_of_a_configured_key(void **state) {
  static const char *const configured[] = {"--pull", "configured", "--key", KEY, NULL};
  const uint16_t port = port_take_row(2);
  struct process ue;
  struct dialogue server;
  (void)state;
  matrix_begin("openssl s_server (DTLS 1.2), as ApS", scene_version_openssl(), "ue",
               "pull: configured");
  start_server(&server, port, IDENTITY, PSK);
  bootstrap_scene_ue(&ue, 0, port, configured);
  answer(&server);
  assert_int_equal(process_wait(&ue, SCENE_LIMIT_MS), 0);
  stop(&server);
  matrix_passed("established; CoAP GET answered by 2.05");
}

/* It is started with the key that our UE shows, which repeats its ClientHello meanwhile. */
static void openssl_server_of_a_derived_key(void **state) {
  static const char *const by_identity[] = {"--pull", "psk-identity", NULL};
  const uint16_t port = port_take_row(2);
  struct scene_server as, aa;
  struct process ue;
  struct dialogue server;
  (void)state;
  matrix_begin("openssl s_server (DTLS 1.2), as ApS", scene_version_openssl(), "ue, aa, as",
               "pull: psk-identity, with the key that the UE has derived");
  bootstrap_scene_as(&as, NULL);
  bootstrap_scene_aa(&aa, as.port, NULL);
  bootstrap_scene_ue(&ue, aa.port, port, by_identity);
  bootstrap_scene_expect(&ue, "pull", "key", 1, NULL);
  char *key = bootstrap_scene_value(&ue, "pull", "key", "key", 0);
  start_server(&server, port, IDENTITY, key);
  answer(&server);
  assert_int_equal(process_wait(&ue, SCENE_LIMIT_MS), 0);
  free(key);
  stop(&server);
  matrix_passed("established; CoAP GET answered by 2.05");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(openssl_client_of_a_pulled_key, scene_teardown),
      cmocka_unit_test_teardown(openssl_client_nobody_knows, scene_teardown),
      cmocka_unit_test_teardown(openssl_client_of_a_configured_key, scene_teardown),
      cmocka_unit_test_teardown(openssl_server_of_a_configured_key, scene_teardown),
      cmocka_unit_test_teardown(openssl_server_of_a_derived_key, scene_teardown),
  };
  return SCENE_RUN("bootstrap_openssl", tests);
}
