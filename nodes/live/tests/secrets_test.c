/* No secret is ever shown: not where it is mistyped, in the process list, in a log or in a core
 * image. */
#include "scene.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { REFUSED = 2, ARGUMENTS = 10 };

/* Stands for a secret, whole or in part; 17 octets are no key, 64 digits less one neither. */
#define WORD "geheimnis"
#define BAD_PSK WORD "-verraten"
#define BAD_HEX "9e4e1f0bd7e3a5c2"

static void expect_hidden(const struct process *process) {
  char *out = process_out(process), *err = process_err(process);
  if (strstr(out, WORD) != NULL || strstr(err, WORD) != NULL || strstr(out, BAD_HEX) != NULL ||
      strstr(err, BAD_HEX) != NULL)
    fail_msg("shown: %s%s", out, err);
  if (out[0] == '\0' && err[0] == '\0')
    fail_msg("%s: nothing is said", process->out);
  free(out);
  free(err);
}

static void mistyped_on_command_lines(void **state) {
  static const char *const cases[][ARGUMENTS] = {
      {"peer", "--psk", BAD_PSK},
      {"peer", "--psk=" BAD_PSK},
      {"peer", "--pks=" BAD_PSK},
      {"peer", "--pks", BAD_PSK},
      {"peer", "--p=" BAD_PSK},
      {"peer", "--psk=", BAD_PSK},
      {"peer", "--psk", "my", WORD},
      {"peer", BAD_PSK},
      {"peer", "--psk", WORD "7890123", "--psk", WORD "7890124"},
      {"peer", "--secret=" WORD},
      {"peer", "--edhoc-key", BAD_HEX, "--authenticator", "::1", "--identity", "x", "--methods",
       "edhoc", "--edhoc-cred=a"},
      {"aaa", "--secret", ""},
      {"aaa", "--secret=" WORD, WORD},
      {"aaa", "--secret=" WORD, "--secret=x" WORD},
      {"aaa", "--client", "::1", "--secrets=" WORD},
      {"proxy", "--server-secret=" WORD, WORD},
      {"proxy", "--server-secret=" WORD, "--server-secret=x" WORD},
      {"proxy", "--server-secrets=" WORD},
      {"as", "--application-server", "::1:x," WORD ",aps1"},
      {"as", "--provider", "::1," WORD},
      {"as", "--application-server=::1," WORD ",a", "--provider=::1,x" WORD ",b"},
      {"as", "--manufacturer-secret=" WORD, WORD},
      {"aps", "--key", "7c2cda67750fe534," BAD_HEX "g"},
      {"ue", "--key=" BAD_HEX "," BAD_HEX},
      {"authenticator", "--json=" WORD},
      {"authenticator", "--quiet", "--", WORD},
      {"dtls", "--psk", BAD_HEX "g", "--listen", "::1"},
      {"dtls", "--pskk=" BAD_HEX},
      {"dtls", "--no-cookie=" WORD},
      {"dtls", "--psk", "00", BAD_HEX},
      {"dtls", "--psk-file", BAD_HEX},
      {"edhoc", "--keys=" BAD_HEX},
      {"edhoc", BAD_HEX},
      {"edhoc", "--role", "initiator", "--method", "3", "--suite=2", "--key=" BAD_HEX, "--cred=a",
       "--id-cred=b"},
      {BAD_PSK},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *argv[ARGUMENTS + 2] = {COAP_EAP_NODE};
    struct process process;
    memcpy(argv + 1, cases[i], sizeof cases[i]);
    process_start(&process, "mistyped", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), REFUSED);
    expect_hidden(&process);
  }
}

static void mistyped_in_files(void **state) {
  static const char *const cases[] = {
      "peer: {psk: " BAD_PSK "}",
      "peer: {psk:" BAD_PSK "}",
      "peer: {psk " BAD_PSK "}",
      "peer: {\"psk\", \"" BAD_PSK "\"}",
      "peer: {psk: [" BAD_PSK "]}",
      "peer: {psk: \"" BAD_PSK "\\0\"}",
      "peer: {psk: " BAD_PSK "\n",
      "peer: {psk: \"" BAD_PSK "\n",
      "peer: {psk: *" WORD "}",
      "peer: {psk: !" WORD " x}",
      "peer:\n  psk: " BAD_PSK "\n  psk: " BAD_PSK "\n",
      "aaa: {secret: \"" WORD "\\0\"}",
      "aaa: {secret: [" WORD "]}",
      "radius_clients: [{address: 127.0.0.1, secret: \"" WORD "\\0\"}]",
      "radius_clients: [{address: 127.0.0.1, secret:" BAD_HEX "}]",
      "radius_clients: [{address: 127.0.0.1, secret: {" WORD ": x}}]",
      "realms: [{realm: a.b, server: 127.0.0.1, secret: \"" WORD "\\0\"}]",
      "realms: [{realm: a.b, server: 127.0.0.1, secret:" BAD_HEX "}]",
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *path = process_file("mistyped.yaml", "%s\n", cases[i]);
    const char *const roles[] = {"peer", "aaa", "proxy"};
    for (size_t j = 0; j < 3; j++) {
      const char *const argv[] = {COAP_EAP_NODE, roles[j], "--config", path, NULL};
      struct process process;
      process_start(&process, "mistyped", argv);
      assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), REFUSED);
      expect_hidden(&process);
    }
  }
}

/* A file of a key: where it is wrong is said, not what it is. */
static void mistyped_in_key_files(void **state) {
  char words[PROCESS_PATH_MAX + 64];
  (void)state;
  const char *path = process_file("key", "%s\n" BAD_HEX "g\n", BAD_HEX);
  const char *const argv[] = {COAP_EAP_NODE, "edhoc",     "--role",  "initiator", "--method", "3",
                              "--suite",     "2",         "--key",   path,        "--cred",   path,
                              "--id-cred",   "/dev/null", "--trust", path,        NULL};
  struct process process;
  process_start(&process, "mistyped", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), REFUSED);
  expect_hidden(&process);
  snprintf(words, sizeof words, "--key %s:2:17: a character is no hexadecimal digit", path);
  process_expect_written(&process, words);
}

static bool file_has(const char *path, const char *words) {
  static char text[1 << 16];
  const int file = open(path, O_RDONLY);
  assert_true(file >= 0);
  const ssize_t length = read(file, text, sizeof text);
  close(file);
  assert_true(length > 0);
  for (ssize_t i = 0; i + (ssize_t)strlen(words) <= length; i++)
    if (memcmp(text + i, words, strlen(words)) == 0)
      return true;
  return false;
}

/* Once a role listens. */
static void in_the_process_list(void **state) {
  struct scene_server aaa;
  char path[64];
  (void)state;
  const char *const argv[] = {
      COAP_EAP_NODE, "aaa",       "--json",   "--bind", "127.0.0.1:0",           "-v",
      "--client",    "127.0.0.1", "--secret", WORD,     "--psk=" WORD "1234567", "--identity",
      "user",        NULL};
  scene_start_server(&aaa, "aaa", argv);
  snprintf(path, sizeof path, "/proc/%d/cmdline", aaa.process.pid);
  assert_true(file_has(path, "--identity"));
  assert_false(file_has(path, WORD));
  snprintf(path, sizeof path, "/proc/%d/limits", aaa.process.pid);
  assert_true(file_has(path, "Max core file size        0                    0 "));
  assert_int_equal(process_stop(&aaa.process), 0);
  expect_hidden(&aaa.process);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(mistyped_on_command_lines, scene_teardown),
      cmocka_unit_test_teardown(mistyped_in_files, scene_teardown),
      cmocka_unit_test_teardown(mistyped_in_key_files, scene_teardown),
      cmocka_unit_test_teardown(in_the_process_list, scene_teardown),
  };
  return SCENE_RUN("secrets", tests);
}
