/* `coap-eap-node edhoc`: what fails, and in which words. */
#include "edhoc_pair.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REFUSED = 2, ARGUMENTS = 12, LAST_MESSAGE = 4 };

/* Messages */

static unsigned changed;

static void flip_digit(unsigned number, char *digits) {
  char *last = &digits[strlen(digits) - 1];
  if (number == changed)
    *last = *last == '0' ? '1' : '0';
}

static void cut(unsigned number, char *digits) {
  if (number == changed)
    digits[strlen(digits) - 2] = '\0';
}

/* Message 1 comes once more. */
static void replace(unsigned number, char *digits) {
  static char first[DIALOGUE_LINE_MAX];
  if (number == 1)
    strcpy(first, digits);
  if (number == changed)
    strcpy(digits, first);
}

static void messages_changed(void **state) {
  static pair_change *const changes[] = {flip_digit, cut, replace};
  static const char *const extra[] = {"--message-4", "--export", "0::16", NULL};
  (void)state;
  for (unsigned i = 0; i < 3 * 3 * 4; i++) {
    struct pair_party parties[SIDES];
    const unsigned method = i % 4, way = i / 4 % 3;
    char words[32];
    changed = 2 + i / 12;
    pair_write_sides(method, 2, KIND_KID);
    for (unsigned side = 0; side < SIDES; side++)
      pair_start(&parties[side], side, PAIR_DIGITS[method], "2", extra);
    pair_converse(parties, changes[way]);
    const unsigned receiver = changed % 2 == 0 ? INITIATOR : RESPONDER;
    snprintf(words, sizeof words, "FAIL message_%u: ", changed);
    pair_expect_failed(&parties[receiver], words);
    /* The sender of the last message has completed before. */
    if (changed < LAST_MESSAGE)
      pair_expect_failed(&parties[1 - receiver],
                         changes[way] == replace ? "the input ended" : "error message: ");
  }
}

/* One side holds another's credential or identifier for that of its peer. */
static void edhoc_wrong_credentials(void **state) {
  static const char *const words[SIDES] = {"message_2: Signature_or_MAC_2 is wrong",
                                           "message_3: Signature_or_MAC_3 is wrong"};
  const char *const cred[] = {"--message-4", "--peer-cred", pair_path("other.cred"), NULL};
  static const char *const right[] = {"--message-4", NULL};
  const char *const id[] = {"--message-4", "--peer-id-cred", pair_path("other.id"), NULL};
  (void)state;
  pair_write("other", 0x31, EC_P256, KIND_KID);
  for (unsigned i = 0; i < 4 * SIDES * 2; i++) {
    struct pair_party parties[SIDES];
    const unsigned method = i % 4, mistaken = i / 4 % SIDES;
    const bool unknown = i / 8 != 0;
    pair_write_sides(method, 2, KIND_KID);
    for (unsigned side = 0; side < SIDES; side++)
      pair_start(&parties[side], side, PAIR_DIGITS[method], "2",
                 side != mistaken ? right
                 : unknown        ? id
                                  : cred);
    pair_converse(parties, NULL);
    pair_expect_failed(&parties[mistaken], unknown ? "unknown credential" : words[mistaken]);
    pair_expect_failed(&parties[1 - mistaken],
                       unknown ? "our credential is unknown to it" : strchr(words[mistaken], 'S'));
  }
}

static void stray_lines(void **state) {
  static const struct {
    unsigned side;
    const char *text;
    const char *words;
  } cases[] = {
      {INITIATOR, "", "the input ended where message_2 is awaited"},
      {RESPONDER, "", "the input ended where message_1 is awaited"},
      {INITIATOR, "\n", "line 1 is empty where message_2 is awaited"},
      {INITIATOR, " \r\n", "line 1 is empty"},
      {INITIATOR, "582\n", "the number of hexadecimal digits is odd"},
      {INITIATOR, "58zz\n", "a character is no hexadecimal digit"},
      {INITIATOR, "TX 5820\n", "a character is no hexadecimal digit"},
      {INITIATOR, "4100\n", "message_2: message_2 is too short"},
      {INITIATOR, "0163617a0a\n", "error message: az?"},
      {INITIATOR, "0163617a0a", "error message: az?"},
      {INITIATOR, "0202\n", "cipher suite 2 refused; it accepts 2"},
      {INITIATOR, "02820001\n", "it accepts 0, 1"},
      {INITIATOR, "03f5\n", "our credential is unknown to it"},
      {INITIATOR, "182af6\n", "error message: code 42"},
      {INITIATOR, "01\n", "message_2: malformed error message"},
      {RESPONDER, "4100\n", "message_1: malformed METHOD"},
      {RESPONDER, "f503\n", "message_1: malformed METHOD"},
      {RESPONDER, "00\n", "message_1: malformed SUITES_I"},
  };
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pair_party party;
    pair_start(&party, cases[i].side, "3", "2", NULL);
    dialogue_tell(&party.dialogue, cases[i].text);
    pair_finish(&party);
    pair_expect_failed(&party, cases[i].words);
  }
}

static void long_lines(void **state) {
  static char text[DIALOGUE_LINE_MAX];
  static const size_t lengths[] = {2 * (EDHOC_MESSAGE_MAX + 1), 9000, sizeof text - 1};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    struct pair_party party;
    memset(text, '5', lengths[i]);
    text[lengths[i]] = '\0';
    pair_start(&party, RESPONDER, "3", "2", NULL);
    dialogue_tell(&party.dialogue, text);
    pair_finish(&party);
    pair_expect_failed(&party, "too long");
  }
}

static void suites_refused_for_ever(void **state) {
  struct pair_party party;
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  pair_start(&party, INITIATOR, "3", "2,3", NULL);
  dialogue_tell(&party.dialogue, "0203\n0202\n0203\n0202\n");
  pair_finish(&party);
  pair_expect_failed(&party, "error message: cipher suite 3 refused; it accepts 2");
}

/* Usage */

static void expect_refused(const char *const *arguments, const char *words) {
  const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE, "edhoc"};
  struct process process;
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[2 + i] = arguments[i];
  process_start(&process, "refused", argv);
  assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), REFUSED);
  char *out = process_out(&process), *err = process_err(&process);
  assert_string_equal(out, "");
  if (strstr(err, words) == NULL || strstr(err, "edhoc --help") == NULL)
    fail_msg("no \"%s\" in:\n%s", words, err);
  free(out);
  free(err);
}

static void refused_command_lines(void **state) {
  static const struct {
    const char *arguments[ARGUMENTS];
    const char *words;
  } cases[] = {
      {{NULL}, "--role initiator|responder is needed"},
      {{"--role", "server"}, "--role: \"server\" is not accepted; it takes initiator"},
      {{"--role", "initiator"}, "--method N is needed"},
      {{"--method", "4"}, "--method: \"4\" is not accepted; it takes a number from 0 to 3"},
      {{"--method", "0x1"}, "a number from 0 to 3"},
      {{"--method", ""}, "a number from 0 to 3"},
      {{"--role", "initiator", "--method", "0"}, "--suite N is needed"},
      {{"--suite", ""}, "--suite: \"\" is not accepted; it takes a list"},
      {{"--suite", "2,"}, "it takes a list"},
      {{"--suite", "2,2"}, "different numbers"},
      {{"--suite", "6"}, "one of 0 to 3 among them"},
      {{"--suite", "2 3"}, "it takes a list"},
      {{"--suite", "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16"}, "up to 16"},
      {{"--connection-id", "0"}, "(the number of hexadecimal digits is odd)"},
      {{"--connection-id", "000102030405060708090a0b0c0d0e0f10"}, "(it is too long)"},
      {{"--export", "0"}, "it takes LABEL:CONTEXT_HEX:LENGTH"},
      {{"--export", "0:16"}, "it takes LABEL:CONTEXT_HEX:LENGTH"},
      {{"--export", "65536::16"}, "a label from 0 to 65535"},
      {{"--export", "0:0:16"}, "it takes LABEL:CONTEXT_HEX:LENGTH"},
      {{"--export", "0::0"}, "a length from 1 to 8160"},
      {{"--export", "0::8161"}, "a length from 1 to 8160"},
      {{"--no-such"}, "unrecognized option '--no-such'"},
      {{"stray"}, "an argument that is no option is not expected here"},
      {{"--role", "initiator", "--method", "0", "--suite", "2"}, "--key FILE, --cred FILE"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    expect_refused(cases[i].arguments, cases[i].words);
}

static void refused_files(void **state) {
  static const struct {
    const char *option, *text, *words;
  } cases[] = {
      {"--key", "", "it is empty; accepted: 32 octets"},
      {"--key", "00", "it is too short"},
      {"--key", "zz", "a character is no hexadecimal digit"},
      {"--key", "0000000000000000000000000000000000000000000000000000000000000000",
       "it is no private key of its curve"},
      {"--key", "0101010101010101010101010101010101010101010101010101010101010101",
       "it is not the private key of the public key in CRED"},
      {"--key", "010101010101010101010101010101010101010101010101010101010101010101",
       "it is too long"},
      {"--cred", "a1", "it is not one item of deterministic CBOR; accepted: a CWT Claims Set"},
      {"--cred", "a0a0", "it is not one item"},
      {"--peer-cred", "a0", "--peer-public-key"},
      {"--id-cred", "8104", "it is neither a map nor a kid; accepted: a CBOR map"},
      {"--id-cred", "1864", "it is neither a map nor a kid"},
      {"--peer-id-cred", "a1182141", "it is not one item"},
      {"--peer-id-cred", "a118214100", "certificates by value (x5chain) need --trust"},
      {"--peer-public-key", "04", "it is no public key of its curve"},
      {"--peer-public-key", "020101010101010101010101010101010101010101010101010101010101010101",
       "it is no public key of its curve"},
      {"--trust", "3000", "it is no certificate with a P-256 key"},
  };
  const char *const given[][2] = {{"--key", pair_path("initiator.key")},
                                  {"--cred", pair_path("initiator.cred")},
                                  {"--id-cred", pair_path("initiator.id")},
                                  {"--peer-cred", pair_path("responder.cred")},
                                  {"--peer-id-cred", pair_path("responder.id")}};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *arguments[PROCESS_ARGUMENTS_MAX] = {
        "--role",  "initiator", "--method",      "3",
        "--suite", "2",         cases[i].option, process_file("bad", "%s", cases[i].text)};
    size_t count = 8;
    for (size_t j = 0; j < sizeof given / sizeof given[0]; j++)
      if (strcmp(given[j][0], cases[i].option) != 0) {
        arguments[count++] = given[j][0];
        arguments[count++] = given[j][1];
      }
    expect_refused(arguments, cases[i].words);
    expect_refused(arguments, cases[i].option);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_changed),
      cmocka_unit_test(edhoc_wrong_credentials),
      cmocka_unit_test(stray_lines),
      cmocka_unit_test(long_lines),
      cmocka_unit_test(suites_refused_for_ever),
      cmocka_unit_test_teardown(refused_command_lines, scene_teardown),
      cmocka_unit_test_teardown(refused_files, scene_teardown),
  };
  return SCENE_RUN("edhoc_line_refused", tests);
}
