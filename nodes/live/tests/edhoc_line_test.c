/* `coap-eap-node edhoc`: what completes, with every form of its inputs. */
#define _GNU_SOURCE
#include "edhoc_pair.h"
#include "scene.h"

#include "../../tests/edhoc/certify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void every_method_and_suite(void **state) {
  static const char *const exports[] = {"--export", "0::16",    "--export", "65535:0A0b:300",
                                        "--export", "26:00:64", NULL,       NULL};
  (void)state;
  for (unsigned i = 0; i < 4 * 4 * 2 * 2; i++) {
    const unsigned method = i % 4, suite = i / 4 % 4;
    const enum pair_kind kind = i / 16 % 2 == 0 ? KIND_KID : KIND_X5T;
    const char *extra[SIDES][PAIR_EXTRA];
    if (kind == KIND_X5T && suite < 2)
      continue;
    for (unsigned side = 0; side < SIDES; side++) {
      memcpy(extra[side], exports, sizeof exports);
      extra[side][6] = i / 32 == 0 ? NULL : "--message-4";
    }
    pair_write_sides(method, (int32_t)suite, kind);
    pair_complete(PAIR_DIGITS[method], PAIR_DIGITS[suite], extra, 3);
  }
}

static void lines_of_exports(void **state) {
  struct pair_party party[SIDES];
  static const char *const extra[] = {"--export", "0::1", "--export", "65535:0A0b:2", NULL};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (unsigned side = 0; side < SIDES; side++)
    pair_start(&party[side], side, "3", "2", extra);
  pair_converse(party, NULL);
  pair_expect_completed(party, 2);
  unsigned first, second;
  int end = 0;
  assert_int_equal(
      sscanf(party[0].said, "EXPORT 0  %2x\nEXPORT 65535 0a0b %4x\n%n", &first, &second, &end), 2);
  assert_int_equal(party[0].said[end], '\0');
}

static void certificates_by_value(void **state) {
  const char *root = pair_path("root.der"), *own = pair_path("initiator.der");
  const char *const extra[SIDES][PAIR_EXTRA] = {{"--trust", root, "--export", "0::16"},
                                                {"--trust", own, "--export", "0::16"}};
  (void)state;
  pair_write_root();
  for (unsigned method = 0; method < 4; method++) {
    pair_write_sides(method, 2, KIND_X5CHAIN);
    pair_complete(PAIR_DIGITS[method], "2", extra, 1);
  }
}

/* Who is expected, by name, of certificates and of claims sets; and when. */
static void peers_by_name(void **state) {
  static const struct {
    enum pair_kind kind;
    unsigned side; /* that expects */
    const char *name, *to, *words;
  } cases[] = {
      {KIND_X5CHAIN, INITIATOR, "responder", NULL, NULL},
      {KIND_X5CHAIN, RESPONDER, "initiator", NULL, NULL},
      {KIND_X5CHAIN, INITIATOR, "initiator", NULL, "message_2: credential names another server"},
      {KIND_X5CHAIN, RESPONDER, "responder", NULL, "message_3: credential names another peer"},
      {KIND_X5CHAIN, INITIATOR, "responder", "20250101000000",
       "message_2: certificate has expired"},
      {KIND_KID, INITIATOR, "responder", NULL, NULL},
      {KIND_KID, INITIATOR, "initiator", NULL, "message_2: credential names another server"},
      {KIND_X5T, RESPONDER, "initiator", NULL, NULL},
      {KIND_X5T, RESPONDER, "responder", NULL, "message_3: credential names another peer"},
  };
  (void)state;
  pair_write_root();
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pair_party parties[SIDES];
    const char *const expecting[] = {"--trust", pair_path("root.der"), "--peer-name", cases[i].name,
                                     NULL};
    const char *const trusting[] = {"--trust", pair_path("root.der"), NULL};
    pair_write_sides(0, 2, cases[i].kind);
    if (cases[i].to != NULL)
      pair_write_certificate("responder", 0x32,
                             &(struct certify){.subject = "responder", .to = cases[i].to});
    for (unsigned side = 0; side < SIDES; side++)
      pair_start(&parties[side], side, "0", "2", side == cases[i].side ? expecting : trusting);
    pair_converse(parties, NULL);
    if (cases[i].words == NULL)
      pair_expect_completed(parties, 0);
    else
      pair_expect_failed(&parties[cases[i].side], cases[i].words);
  }
}

static void keys_beside_credentials(void **state) {
  const char *const extra[SIDES][PAIR_EXTRA] = {
      {"--peer-public-key", pair_path("responder.public")},
      {"--peer-public-key", pair_path("initiator.public")}};
  (void)state;
  for (unsigned i = 0; i < 4 * 3; i++) {
    pair_write_sides(i % 4, (int32_t)(i / 4), KIND_OPAQUE);
    pair_complete(PAIR_DIGITS[i % 4], PAIR_DIGITS[i / 4], extra, 0);
  }
}

static void points_of_p256(void **state) {
  static const struct {
    const char *prefix;
    int digits;
  } points[] = {{"", 64}, {"02", 64}, {"03", 64}, {"04", 128}};
  const char *const extra[SIDES][PAIR_EXTRA] = {
      {"--peer-public-key", pair_path("responder.public")}, {NULL}};
  (void)state;
  for (size_t i = 0; i < sizeof points / sizeof points[0]; i++) {
    char digits[129];
    pair_write_sides(3, 2, KIND_KID);
    snprintf(digits, sizeof digits, "%s", pair_file_text("responder.public"));
    process_file("responder.public", "%s%.*s\n", points[i].prefix, points[i].digits, digits);
    pair_complete("3", "2", extra, 0);
  }
}

/* The initiator writes its own in another form than the responder has it. */
static void forms_of_kid(void **state) {
  static const char *const forms[][2] = {
      {"a104412b", "a1042b"},
      {"a104412b", "2b"},
      {"a104412b", "412b"},
      {"a1042b", "a104412b"},
      {"A1 04\n41 2B\r\n", "a104412b"},
      {"a1044118", "4118"},
      {"a10440", "40"},
      {"a10443010203", "43010203"},
  };
  const char *const extra[SIDES][PAIR_EXTRA] = {{"--id-cred", pair_path("first.id")},
                                                {"--peer-id-cred", pair_path("second.id")}};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
    process_file("first.id", "%s", forms[i][0]);
    process_file("second.id", "%s", forms[i][1]);
    pair_complete("3", "2", extra, 0);
  }
}

/* The responder has it as an item of CBOR, the initiator as it is: digits, then octets. */
static void forms_of_certificates(void **state) {
  const char *name = pair_path("responder.binary"), *digits;
  const char *const extra[2][SIDES][PAIR_EXTRA] = {{{"--peer-cred", pair_path("responder.der")}},
                                                   {{"--peer-cred", name}}};
  (void)state;
  pair_write_sides(0, 2, KIND_X5T);
  pair_complete("0", "2", extra[0], 0);
  FILE *file = fopen(name, "we");
  assert_non_null(file);
  for (digits = pair_file_text("responder.der"); *digits != '\0'; digits += 2) {
    unsigned octet;
    assert_int_equal(sscanf(digits, "%2x", &octet), 1);
    fputc((int)octet, file);
  }
  fclose(file);
  pair_complete("0", "2", extra[1], 0);
}

static void connection_identifiers(void **state) {
  static const char *const values[] = {"",   "00", "17", "18",
                                       "37", "38", "ff", "000102030405060708090a0b0c0d0e0f"};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  for (size_t i = 0; i < 8; i++) {
    const char *const extra[SIDES][PAIR_EXTRA] = {{"--connection-id", values[i]},
                                                  {"--connection-id", values[7 - i]}};
    pair_complete("3", "2", extra, 0);
  }
}

static void suites_negotiated(void **state) {
  struct pair_party parties[SIDES], refusing;
  char line[DIALOGUE_LINE_MAX];
  (void)state;
  pair_write_sides(0, 2, KIND_KID);
  pair_start(&parties[INITIATOR], INITIATOR, "0", "6,2,3", NULL);
  pair_start(&refusing, RESPONDER, "0", "3", NULL);
  pair_hear(&parties[INITIATOR], line);
  assert_int_equal(strncmp(line, "00820602", 8), 0);
  dialogue_tell(&refusing.dialogue, line);
  pair_hear(&refusing, line);
  assert_string_equal(line, "0203\n");
  pair_finish(&refusing);
  pair_expect_failed(&refusing, "message_1: cipher suite not supported");
  dialogue_tell(&parties[INITIATOR].dialogue, line);
  pair_start(&parties[RESPONDER], RESPONDER, "0", "3", NULL);
  pair_converse(parties, NULL);
  pair_expect_completed(parties, 0);
}

/* The responder that has refused a suite takes the next message_1 (RFC 9528 section 6.3.2). */
static void suites_negotiated_by_one_responder(void **state) {
  static const struct {
    const char *initiator, *responder;
  } cases[] = {{"2,3", "3"}, {"6,2,3", "3"}, {"3,2", "2"}, {"6,7,8,2", "2"}};
  (void)state;
  pair_write_sides(0, 2, KIND_KID);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct pair_party parties[SIDES];
    pair_start(&parties[INITIATOR], INITIATOR, "0", cases[i].initiator, NULL);
    pair_start(&parties[RESPONDER], RESPONDER, "0", cases[i].responder, NULL);
    pair_converse(parties, NULL);
    pair_expect_completed(parties, 0);
  }
}

/* But not for ever. */
static void a_responder_is_tired_of_suites(void **state) {
  struct pair_party party;
  char first[DIALOGUE_LINE_MAX], line[DIALOGUE_LINE_MAX];
  (void)state;
  pair_write_sides(0, 2, KIND_KID);
  pair_start(&party, INITIATOR, "0", "2", NULL);
  pair_hear(&party, first);
  pair_finish(&party);
  pair_start(&party, RESPONDER, "0", "3", NULL);
  for (unsigned i = 0; i < EDHOC_SUITES_MAX; i++) {
    dialogue_tell(&party.dialogue, first);
    pair_hear(&party, line);
    assert_string_equal(line, "0203\n");
  }
  pair_finish(&party);
  pair_expect_failed(&party, "message_1: cipher suite not supported");
}

/* What --help shows, as it stands there. */
static void example_of_help(void **state) {
  static const char *const with_help[] = {COAP_EAP_NODE, "edhoc", "--help", NULL};
  char *help = process_capture("help", with_help), *script;
  (void)state;
  const char *example = strstr(help, "\nRFC 9529");
  assert_non_null(example);
  example = strstr(example, "\n\n");
  assert_non_null(example);
  if (asprintf(&script, "cd '%s' && rm -f to-i to-r && PATH='%s':$PATH\n%s", pair_path("."),
               BUILD_FOLDER, example) < 0)
    abort();
  const char *const shell[] = {"timeout", "20", "sh", "-euc", script, NULL};
  char *out = process_capture("example", shell), *values[SIDES];
  for (unsigned side = 0; side < SIDES; side++) {
    values[side] = strstr(out, side == INITIATOR ? "i.out:EXPORT 0  " : "r.out:EXPORT 0  ");
    if (values[side] == NULL)
      fail_msg("%s", out);
  }
  assert_int_equal(strncmp(values[0] + 6, values[1] + 6, strlen("EXPORT 0  ") + 32), 0);
  free(out);
  free(script);
  free(help);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(every_method_and_suite),
      cmocka_unit_test(lines_of_exports),
      cmocka_unit_test(certificates_by_value),
      cmocka_unit_test(peers_by_name),
      cmocka_unit_test(keys_beside_credentials),
      cmocka_unit_test(points_of_p256),
      cmocka_unit_test(forms_of_kid),
      cmocka_unit_test(forms_of_certificates),
      cmocka_unit_test(connection_identifiers),
      cmocka_unit_test(suites_negotiated),
      cmocka_unit_test(suites_negotiated_by_one_responder),
      cmocka_unit_test(a_responder_is_tired_of_suites),
      cmocka_unit_test_teardown(example_of_help, scene_teardown),
  };
  return SCENE_RUN("edhoc_line", tests);
}
