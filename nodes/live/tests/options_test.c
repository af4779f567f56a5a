/* The command line and the file: what is refused, and in which words. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSED = 2, ARGUMENTS = 8 };

static void expect_exit(const char *const *arguments, int status, const char *words) {
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE};
  struct process process;
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[1 + i] = arguments[i];
  process_start(&process, "refused", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), status);
  if (process_wrote(&process, words))
    return;
  char *err = process_err(&process);
  fail_msg("no \"%s\" in:\n%s", words, err);
}

static void options_on_command_lines(void **state) {
  static const struct {
    const char *arguments[ARGUMENTS];
    const char *words;
  } cases[] = {
      {{NULL}, "Usage: coap-eap-node"},
      {{"pear"}, "Usage: coap-eap-node"},
      {{"peer"}, "--authenticator ADDRESS is needed"},
      {{"peer", "--authenticator", "::1"}, "an identity is missing"},
      {{"peer", "--authenticator", "::1", "--identity", "x"}, "needs a key (psk)"},
      {{"peer", "--identity", ""}, "--identity: \"\" is not accepted (it is empty)"},
      {{"peer", "--authenticator", "::1:x"}, "it takes an address such as"},
      {{"peer", "--authenticator", "127.0.0.1:65536"}, "a number from 0 to 65535"},
      {{"peer", "--authenticator", "[::1"}, "`[` without `]`"},
      {{"peer", "--authenticator", "no.such.name.invalid"}, "--authenticator: "},
      {{"peer", "--psk", "short"}, "32 hexadecimal digits or 16 characters"},
      {{"peer", "--psk", "7466672d70617373776f72647465737g"}, "it is no key of 16 octets"},
      {{"peer", "--methods", "md5"}, "it takes a list of: psk, edhoc"},
      {{"peer", "--edhoc-method", "4"}, "an integer from 0 to 3"},
      {{"peer", "--edhoc-suite", "7"}, "one of 0 to 3 among them: 2 or 3,2"},
      {{"peer", "--eap-mtu", "63"}, "an integer from 64 to 1020"},
      {{"peer", "--authenticator", "::1", "--identity", "x", "--methods", "edhoc"},
       "the method edhoc needs the files edhoc-key, edhoc-cred and edhoc-id-cred"},
      {{"peer", "--seqnum-bytes", "17"}, "an integer from 1 to 16"},
      {{"peer", "--seqnum-bytes", "-1"}, "it is no integer"},
      {{"peer", "--seqnum-bytes", "99999999999999999999"}, "out of range"},
      {{"peer", "--ack-random-factor", "1.234"}, "at most two decimals"},
      {{"peer", "--ack-random-factor", "0.99"}, "it is out of range"},
      {{"peer", "--ack-random-factor", "1.2.3"}, "it is no such number"},
      {{"peer", "--location-option", "path"}, "one of: uri-path|location-path"},
      {{"peer", "--stay=perhaps"}, "on or off"},
      {{"peer", "stray"}, "\"stray\" is not expected here"},
      {{"peer", "--secret", "x"}, "unrecognized option"},
      {{"authenticator"}, "no users"},
      {{"authenticator", "--radius-server", "::1"}, "--radius-server needs --secret"},
      {{"authenticator", "--psk", SCENE_PSK}, "user \"\": an identity is missing"},
      {{"aaa"}, "no RADIUS clients"},
      {{"aaa", "--client", "::1"}, "--client and --secret belong together"},
      {{"aaa", "--client", "::1", "--secret", "x"}, "no users"},
      {{"aaa", "--config", "/no/such/file"}, "/no/such/file: No such file or directory"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_exit(cases[i].arguments, REFUSED, cases[i].words);
}

static void options_in_files(void **state) {
  static const struct {
    const char *role;
    const char *text;
    const char *words;
  } cases[] = {
      {"peer", "peer:\n  idenity: x\n", ":2:3: unknown key \"idenity\"; accepted: authenticator, "},
      {"peer", "pear: {}\n", ":1:1: unknown key \"pear\"; accepted: lower_layer, peer, "},
      {"peer", "lower_layer: {seqnum_bytes: 99}\n",
       ":1:29: seqnum_bytes: \"99\" is not accepted (it is out of range); it takes an integer from "
       "1 to 16"},
      {"peer", "lower_layer: {seqnum_bytes: [1]}\n", ":1:29: seqnum_bytes takes an integer"},
      {"peer", "peer: {identity: a, identity: b}\n", ":1:21: \"identity\" is here twice"},
      {"peer", "peer: {? [a] : b}\n", ":1:10: a key has to be one word"},
      {"peer", "peer: x\n", ":1:7: a mapping (key: value) is expected here"},
      {"peer", "peer: {psk: secret word}\n", ":1:13: psk: \"***\" is not accepted"},
      {"peer", "peer: {identity: \"a\\0b\"}\n", ":1:18: identity takes a text"},
      {"peer", "peer: {\n", ": did not find expected"},
      {"peer", "", "--authenticator ADDRESS is needed"},
      {"peer", "peer: {methods: [edhoc, md5]}\n",
       ":1:17: methods: \"edhoc,md5\" is not accepted (there is no such method)"},
      {"peer", "peer: {methods: [[psk]]}\n", ":1:17: methods takes a list of: psk, edhoc"},
      {"aaa", "users: {}\n", ":1:8: a list (- item) is expected here"},
      {"aaa", "users:\n  - {name: x}\n",
       ":2:6: unknown key \"name\"; accepted: identity, methods, psk, peer_id, server_id, "
       "edhoc_method, "},
      {"aaa", "radius_clients:\n  - {address: \"::1\"}\n", ":2:5: a RADIUS client needs address"},
      {"aaa", "radius_clients:\n  - {address: \"::1:x\", secret: x}\n",
       ":2:15: address: \"::1:x\""},
      {"aaa", "radius_clients:\n  - {port: 1}\n",
       "unknown key \"port\"; accepted: address, secret"},
      {"aaa", "radius_clients: [{address: \"::1\", secret: x}]\nusers: [{identity: x}]\n",
       "user \"x\": the method psk needs a key"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *path = process_file("bad.yaml", "%s", cases[i].text);
    const char *const arguments[] = {cases[i].role, "--config", path, NULL};
    expect_exit(arguments, REFUSED, cases[i].words);
  }
}

static void help(void **state) {
  static const char *const arguments[][3] = {
      {"--help"}, {"peer", "--help"}, {"authenticator", "--help"}, {"aaa", "--help"}};
  (void)state;
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++)
    expect_exit(arguments[i], 0, "  coap-eap-node ");
}

/* It exits with 1, and says why, where there is somebody to be told. */
static void help_that_is_lost(void **state) {
  static const char *const arguments[] = {"", "peer", "authenticator", "aaa", "edhoc", "dtls"};
  (void)state;
  for (size_t i = 0; i < sizeof arguments / sizeof arguments[0]; i++) {
    static const char script[] = "exec $0 $1 --help >/dev/full";
    const char *const argv[] = {"sh", "-c", script, COAP_EAP_NODE, arguments[i], NULL};
    struct process process;
    process_start(&process, "lost", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 1);
    process_expect_written(&process, "standard output: ");
  }
  static const char script[] = "$0 --help >&-; echo $? >&2";
  const char *const argv[] = {"sh", "-c", script, COAP_EAP_NODE, NULL};
  struct process process;
  process_start(&process, "lost", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 0);
  process_expect_written(&process, "standard output: Bad file descriptor\n1\n");
}

static void address_in_use(void **state) {
  struct scene_server first;
  char bind[32];
  (void)state;
  const char *const users[] = {"--identity", "x", "--psk", SCENE_PSK, NULL};
  scene_start_authenticator(&first, users);
  snprintf(bind, sizeof bind, "127.0.0.1:%u", first.port);
  const char *const second[] = {"authenticator", "--identity", "x",  "--psk",
                                SCENE_PSK,       "--bind",     bind, NULL};
  expect_exit(second, 1, "Address already in use");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(options_on_command_lines, scene_teardown),
      cmocka_unit_test_teardown(options_in_files, scene_teardown),
      cmocka_unit_test_teardown(help, scene_teardown),
      cmocka_unit_test_teardown(help_that_is_lost, scene_teardown),
      cmocka_unit_test_teardown(address_in_use, scene_teardown),
  };
  return SCENE_RUN("options", tests);
}
