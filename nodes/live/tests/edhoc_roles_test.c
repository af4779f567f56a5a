/* EAP-EDHOC between our three roles, as a user would run them. */
#define _GNU_SOURCE
#include "edhoc_pair.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ANONYMOUS "anonymous@example.org"

enum { FILES = 5, LIST_MAX = 32 };

static const char *const FILE_OPTIONS[FILES] = {"--edhoc-key", "--edhoc-cred", "--edhoc-id-cred",
                                                "--edhoc-peer-cred", "--edhoc-peer-id-cred"};

/* Arguments, with NULL at their end. */
struct list {
  const char *of[LIST_MAX];
  size_t count;
};

/* An option and its value; instead of another value that it has. */
static void list_add(struct list *list, const char *first, const char *second) {
  for (size_t i = 0; i < list->count; i++)
    if (list->of[i] != NULL && strcmp(list->of[i], first) == 0) {
      list->of[i + 1] = second;
      return;
    }
  assert_true(list->count + 2 < LIST_MAX);
  list->of[list->count++] = first;
  list->of[list->count++] = second;
}

/* The files of a side, of which `others` are the other side's. */
static void add_files(struct list *list, unsigned side, const char *others) {
  const char *const own = PAIR_NAMES[side];
  const char *const names[FILES] = {own, own, own, others, others};
  static const char *const endings[FILES] = {"key", "cred", "id", "cred", "id"};
  for (size_t i = 0; i < FILES; i++) {
    char name[64];
    snprintf(name, sizeof name, "%s.%s", names[i], endings[i]);
    list_add(list, FILE_OPTIONS[i], pair_path(name));
  }
}

/* Both sides with edhoc only, as method 3 with suite 2. */
static void prepare(struct list lists[SIDES]) {
  pair_write_sides(3, 2, KIND_KID);
  for (unsigned side = 0; side < SIDES; side++) {
    lists[side] = (struct list){.count = 0};
    list_add(&lists[side], "--identity", ANONYMOUS);
    list_add(&lists[side], "--methods", "edhoc");
    add_files(&lists[side], side, PAIR_NAMES[1 - side]);
  }
}

static void edhoc_established(struct list lists[SIDES]) {
  struct scene_server authenticator;
  struct process peer;
  list_add(&lists[RESPONDER], "--show-keys", "-v");
  list_add(&lists[INITIATOR], "-v", NULL);
  scene_start_authenticator(&authenticator, lists[RESPONDER].of);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, lists[INITIATOR].of), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  char *key = scene_value(&peer, "key", "key", 0);
  assert_non_null(key);
  assert_int_equal(strlen(key), 80);
  scene_expect_value(&authenticator.process, "key", "key", key);
  free(key);
  process_expect_written(&authenticator.process, "EAP-EDHOC");
  assert_int_equal(process_stop(&authenticator.process), 0);
}

/* Neither side has a key for EAP-PSK. */
static void local(void **state) {
  struct list lists[SIDES];
  (void)state;
  prepare(lists);
  edhoc_established(lists);
}

/* In every method, with signatures on both curves; the smallest fragments. */
static void methods_and_suites(void **state) {
  static const int suites[] = {0, 2};
  (void)state;
  for (unsigned method = 0; method < EDHOC_METHODS; method++) {
    struct list lists[SIDES];
    const int suite = suites[method % 2];
    prepare(lists);
    pair_write_sides(method, suite, KIND_KID);
    for (unsigned side = 0; side < SIDES; side++) {
      list_add(&lists[side], "--edhoc-method", PAIR_DIGITS[method]);
      list_add(&lists[side], "--edhoc-suite", PAIR_DIGITS[suite]);
      list_add(&lists[side], "--eap-mtu", "64");
    }
    edhoc_established(lists);
    process_end_all();
  }
}

/* Certificates by value: trust instead of the other side's CRED. */
static void edhoc_certificates(void **state) {
  struct list lists[SIDES];
  (void)state;
  pair_write_sides(0, 2, KIND_X5CHAIN);
  pair_write_root();
  for (unsigned side = 0; side < SIDES; side++) {
    lists[side] = (struct list){.count = 0};
    add_files(&lists[side], side, PAIR_NAMES[1 - side]);
    lists[side].of[lists[side].count -= 4] = NULL; /* of the other side: nothing */
    list_add(&lists[side], "--edhoc-trust", pair_path("root.der"));
    list_add(&lists[side], "--edhoc-method", "0");
    list_add(&lists[side], "--identity", side == INITIATOR ? ANONYMOUS : "*");
    list_add(&lists[side], "--methods", "edhoc");
    list_add(&lists[side], "--eap-mtu", "128");
  }
  list_add(&lists[INITIATOR], "--edhoc-server-name", "responder");
  edhoc_established(lists);
}

/* Without EAP: the same files, and no EAP server. */
static void without_eap(void **state) {
  static const char *const ways[] = {"--edhoc-combined=off", "--edhoc-message-4=on",
                                     "--edhoc-combined=on"};
  (void)state;
  for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
    struct scene_server authenticator;
    struct process peer;
    struct list lists[SIDES];
    prepare(lists);
    for (unsigned side = 0; side < SIDES; side++)
      list_add(&lists[side], "--lower-layer", "edhoc");
    list_add(&lists[RESPONDER], "-v", i == 1 ? ways[i] : NULL);
    list_add(&lists[INITIATOR], "-v", ways[i]);
    scene_start_authenticator(&authenticator, lists[RESPONDER].of);
    assert_int_equal(scene_run_peer(&peer, authenticator.port, lists[INITIATOR].of), 0);
    process_expect(&authenticator.process, "message_3 verified", SCENE_LIMIT_MS);
    assert_int_equal(process_stop(&authenticator.process), 0);
    process_end_all();
  }
}

static void edhoc_with_aaa(void **state) {
  struct scene_server aaa, authenticator;
  struct process peer;
  struct list lists[SIDES];
  (void)state;
  prepare(lists);
  scene_start_aaa(&aaa, lists[RESPONDER].of);
  scene_start_pass_through(&authenticator, aaa.port, SCENE_SECRET);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, lists[INITIATOR].of), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
}

/* One file for all, with a list of methods: each peer gets what it can do. */
static void edhoc_from_a_file(void **state) {
  static const char *const psk_only[] = {"--identity", ANONYMOUS, "--psk", SCENE_PSK, NULL};
  struct scene_server authenticator;
  struct process peer;
  struct list lists[SIDES];
  (void)state;
  prepare(lists);
  const char *config = process_file(
      "edhoc.yaml",
      "users:\n  - identity: \"*@example.org\"\n    psk: " SCENE_WRONG_PSK "\n"
      "  - identity: \"anonymous@*\"\n    methods: [edhoc, psk]\n    psk: %s\n"
      "    edhoc_suite: [3, 2]\n    edhoc_key: %s\n    edhoc_cred: %s\n    edhoc_id_cred: %s\n"
      "    edhoc_peer_cred: %s\n    edhoc_peer_id_cred: %s\n    eap_mtu: 100\n",
      SCENE_PSK, pair_path("responder.key"), pair_path("responder.cred"), pair_path("responder.id"),
      pair_path("initiator.cred"), pair_path("initiator.id"));
  const char *const arguments[] = {"-c", config, "-v", NULL};
  scene_start_authenticator(&authenticator, arguments);
  list_add(&lists[INITIATOR], "--edhoc-suite", "3");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, lists[INITIATOR].of), 0);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, psk_only), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
}

/* The server offers edhoc first; the peer has psk only and says so. */
static void nak(void **state) {
  static const char *const psk_only[] = {"--identity", ANONYMOUS, "--psk", SCENE_PSK, NULL};
  struct scene_server authenticator;
  struct process peer;
  struct list lists[SIDES];
  (void)state;
  prepare(lists);
  list_add(&lists[RESPONDER], "--methods", "edhoc,psk");
  list_add(&lists[RESPONDER], "--psk", SCENE_PSK);
  scene_start_authenticator(&authenticator, lists[RESPONDER].of);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, psk_only), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
}

/* Another server than the peer knows: by its name, and by its key. */
static void wrong_credential(void **state) {
  static const struct {
    const char *id, *reason, *other_reason;
  } cases[] = {{"other.id", "unknown credential", "peer does not know our credential"},
               {"responder.id", "Signature_or_MAC_2 is wrong", "peer sent an error message"}};
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct scene_server authenticator;
    struct process peer;
    struct list lists[SIDES];
    prepare(lists);
    pair_write("other", 0x44, EC_P256, KIND_KID);
    list_add(&lists[INITIATOR], "--edhoc-peer-cred", pair_path("other.cred"));
    list_add(&lists[INITIATOR], "--edhoc-peer-id-cred", pair_path(cases[i].id));
    scene_start_authenticator(&authenticator, lists[RESPONDER].of);
    assert_int_equal(scene_run_peer(&peer, authenticator.port, lists[INITIATOR].of), 1);
    process_expect_written(&peer, cases[i].reason);
    process_expect(&authenticator.process, cases[i].other_reason, SCENE_LIMIT_MS);
    process_end_all();
  }
}

/* What is refused names option, file and what is accepted; of a server, the user, too. */
static void edhoc_refused(void **state) {
  static const struct {
    const char *option, *text, *words;
  } cases[] = {
      {"--edhoc-key", "00", ": it is too short; accepted: 32 octets in hexadecimal digits"},
      {"--edhoc-cred", "xx", "accepted: a CWT Claims Set or a certificate"},
      {"--edhoc-id-cred", "", ": it is empty; accepted: a CBOR map in hexadecimal digits"},
      {"--edhoc-peer-cred", "a0", ": no public key that could be used is found in it\n"},
      {"--edhoc-peer-id-cred", "a118214100", "(x5chain) need --edhoc-trust"},
      {"--edhoc-trust", "a0", "it is no certificate with a P-256 key"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    for (unsigned side = 0; side < SIDES; side++) {
      struct list lists[SIDES];
      struct process process;
      char words[PROCESS_PATH_MAX + 128];
      prepare(lists);
      const char *path = process_file("wrong", "%s\n", cases[i].text);
      list_add(&lists[side], cases[i].option, path);
      list_add(&lists[side], "--bind", "127.0.0.1:0");
      const char *argv[PROCESS_ARGUMENTS_MAX] = {COAP_EAP_NODE, "authenticator"};
      if (side == INITIATOR)
        argv[1] = "peer";
      memcpy(&argv[2], lists[side].of, lists[side].count * sizeof argv[0]);
      if (side == INITIATOR) {
        argv[2 + lists[side].count] = "--authenticator";
        argv[3 + lists[side].count] = "127.0.0.1";
      }
      process_start(&process, "refused", argv);
      assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 2);
      snprintf(words, sizeof words, "coap-eap-node %s: %s%s %s", argv[1],
               side == INITIATOR ? "" : "user \"" ANONYMOUS "\": ", cases[i].option, path);
      if (!process_wrote(&process, words) || !process_wrote(&process, cases[i].words))
        fail_msg("no \"%s ... %s\" in:\n%s", words, cases[i].words, process_err(&process));
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(local, scene_teardown),
      cmocka_unit_test_teardown(methods_and_suites, scene_teardown),
      cmocka_unit_test_teardown(edhoc_certificates, scene_teardown),
      cmocka_unit_test_teardown(without_eap, scene_teardown),
      cmocka_unit_test_teardown(edhoc_with_aaa, scene_teardown),
      cmocka_unit_test_teardown(edhoc_from_a_file, scene_teardown),
      cmocka_unit_test_teardown(nak, scene_teardown),
      cmocka_unit_test_teardown(wrong_credential, scene_teardown),
      cmocka_unit_test_teardown(edhoc_refused, scene_teardown),
  };
  return SCENE_RUN("edhoc_roles", tests);
}
