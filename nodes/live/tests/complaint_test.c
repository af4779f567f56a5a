/* Readers of options and files return, with words for what is wrong, and can be called again. */
#include "scene.h"

#include "../command_line.h"
#include "../config_yaml.h"
#include "../credentials.h"
#include "../dtls_options.h"
#include "../edhoc_options.h"
#include "../usage.h"

#include <string.h>

enum { ARGUMENTS_MAX = 8 };

static void words(void **state) {
  struct complaint complaint = {.of_file = true};
  static char much[2 * COMPLAINT_MAX];
  (void)state;
  memset(much, 'x', sizeof much - 1);
  assert_int_equal(complaint_set(&complaint, "%s is %d", "it", 5), -1);
  assert_string_equal(complaint.text, "it is 5");
  assert_false(complaint.of_file);
  assert_int_equal(complaint_precede(&complaint, "user \"%s\": ", "x"), -1);
  assert_string_equal(complaint.text, "user \"x\": it is 5");
  assert_int_equal(complaint_precede(&complaint, "%s", much), -1);
  assert_int_equal(strlen(complaint.text), COMPLAINT_MAX - 1);
  assert_int_equal(complaint_set(&complaint, "%s", much), -1);
  assert_int_equal(strlen(complaint.text), COMPLAINT_MAX - 1);
}

static int parse_edhoc(int argc, char **argv, struct complaint *complaint) {
  static struct edhoc_options options;
  return edhoc_options_parse(argc, argv, &options, complaint);
}

static int parse_dtls(int argc, char **argv, struct complaint *complaint) {
  struct dtls_options options;
  return dtls_options_parse(argc, argv, &options, complaint);
}

/* The reader, its arguments, what it returns and says. */
static void complaints_of_command_lines(void **state) {
  typedef int parse(int argc, char **argv, struct complaint *complaint);
  static const struct {
    parse *parse;
    const char *arguments[ARGUMENTS_MAX];
    int result;
    const char *text;
  } cases[] = {
      {parse_edhoc, {"edhoc"}, -1, "--role initiator|responder is needed"},
      {parse_edhoc, {"edhoc", "--help"}, USAGE_HELP, NULL},
      {parse_edhoc, {"edhoc", "--no-such"}, -1, "unrecognized option '--no-such'"},
      {parse_edhoc, {"edhoc", "--no-such=1"}, -1, "unrecognized option '--no-such'"},
      {parse_edhoc, {"edhoc", "-x"}, -1, "invalid option -- 'x'"},
      {parse_edhoc, {"edhoc", "--role"}, -1, "option '--role' requires an argument"},
      {parse_edhoc,
       {"edhoc", "--message-4=1"},
       -1,
       "option '--message-4' doesn't allow an argument"},
      {parse_edhoc, {"edhoc", "stray"}, -1, COMMAND_LINE_STRAY},
      {parse_edhoc, {"edhoc", "--method", "3", "--method", "2"}, -1, "--method is given twice"},
      {parse_edhoc,
       {"edhoc", "--method", "3", "--method", "3"},
       -1,
       "--role initiator|responder is needed"},
      {parse_edhoc,
       {"edhoc", "--method", "03"},
       -1,
       "--method: \"03\" is not accepted; it takes a number from 0 to 3"},
      {parse_edhoc,
       {"edhoc", "--method", "4"},
       -1,
       "--method: \"4\" is not accepted; it takes a number from 0 to 3"},
      {parse_dtls, {"dtls"}, -1, "either --listen ADDRESS or --connect ADDRESS is needed"},
      {parse_dtls, {"dtls", "--help"}, USAGE_HELP, NULL},
      {parse_dtls,
       {"dtls", "--listen", "::1"},
       -1,
       "--psk HEX is needed, 1 to 32 octets, or --psk-file FILE"},
      {parse_dtls, {"dtls", "--psk", "0"}, -1, "--psk: the number of hexadecimal digits is odd"},
      {parse_dtls, {"dtls", "--listen", "::1", "--psk", "00"}, 0, NULL},
      {parse_dtls, {"dtls", "--psk", "00", "--psk", "01"}, -1, "--psk is given twice"},
      {parse_dtls, {"dtls", "--psk-file", "c0ffee"}, -1, "--psk-file: No such file or directory"},
      {parse_dtls,
       {"dtls", "--psk-file", "/dev/null", "--listen", "::1"},
       -1,
       "--psk HEX is needed, 1 to 32 octets, or --psk-file FILE"},
      {parse_dtls, {"dtls", "--psk-file", "/dev/zero"}, -1, "--psk-file /dev/zero: it is too long"},
      {parse_dtls, {"dtls", "--foo"}, -1, "unrecognized option '--foo'"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct complaint complaint = {.text = ""};
    char *argv[ARGUMENTS_MAX + 1] = {NULL}, copies[ARGUMENTS_MAX][32];
    int argc = 0;
    for (; cases[i].arguments[argc] != NULL; argc++)
      argv[argc] = strcpy(copies[argc], cases[i].arguments[argc]);
    assert_int_equal(cases[i].parse(argc, argv, &complaint), cases[i].result);
    assert_string_equal(complaint.text, cases[i].text == NULL ? "" : cases[i].text);
  }
}

static void yaml_files(void **state) {
  static const char text[] = "peer:\n  seqnum_bytes: 1\n";
  struct settings settings;
  struct complaint complaint;
  char expected[PROCESS_PATH_MAX + 64];
  (void)state;
  const char *path = process_file("bad.yaml", "%s", text);
  settings_init(&settings, SETTINGS_PEER);
  assert_int_equal(config_yaml_read(&settings, path, &complaint), -1);
  snprintf(expected, sizeof expected, "%s:2:3: unknown key \"seqnum_bytes\"; accepted: ", path);
  assert_int_equal(strncmp(complaint.text, expected, strlen(expected)), 0);
  assert_true(complaint.of_file);
  assert_int_equal(config_yaml_read(&settings, "/no/such", &complaint), -1);
  assert_string_equal(complaint.text, "/no/such: No such file or directory");
  settings_deinit(&settings);
}

/* Of a server, the complaint names the user; nothing is left to be freed. */
static void files_of_users(void **state) {
  struct settings_user user = {.identity = (char[]){"x"},
                               .methods = {1},
                               .method_count = 1,
                               .edhoc_method = 3,
                               .edhoc_suites = {.value = {2}, .count = 1},
                               .edhoc_key = (char[]){"/no/such"},
                               .edhoc_cred = (char[]){"/no/such"},
                               .edhoc_id_cred = (char[]){"/no/such"},
                               .edhoc_trust = (char[]){"/no/such"}};
  static const char text[] = "--edhoc-key /no/such: No such file or directory; accepted: 32 octets "
                             "in hexadecimal digits";
  struct settings settings = {.role = SETTINGS_PEER};
  struct credentials_edhoc *edhoc;
  struct credentials_server server;
  struct complaint complaint;
  (void)state;
  assert_int_equal(credentials_edhoc_read(&settings, &user, &edhoc, &complaint), -1);
  assert_string_equal(complaint.text, text);
  assert_null(edhoc);
  settings = (struct settings){.role = SETTINGS_AAA, .users = &user, .user_count = 1};
  assert_int_equal(credentials_server_init(&server, &settings, &complaint), -1);
  assert_string_equal(strstr(complaint.text, "--"), text);
  assert_int_equal(strncmp(complaint.text, "user \"x\": ", strlen("user \"x\": ")), 0);
  assert_null(server.users);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(words),
      cmocka_unit_test(complaints_of_command_lines),
      cmocka_unit_test_teardown(yaml_files, scene_teardown),
      cmocka_unit_test(files_of_users),
  };
  return SCENE_RUN("complaint", tests);
}
