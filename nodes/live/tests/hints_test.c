/* Two ends that are set up differently: each says what it sees, and which options may differ. */
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CASES_AT_ONCE = 16, OPTIONS_MAX = 24, NAME_MAX_LENGTH = 32, TEXT_LENGTH = 64 };

#define RFC9820 "--lower-layer", "coap-eap-rfc9820"
#define PANA "--lower-layer", "pana"
#define ROLES "--coap-roles", "peer-client"

/* `peer`, `authenticator`: what the end has besides what all have; then a part of its hint. */
static const struct hint_case {
  const char *peer[OPTIONS_MAX], *authenticator[OPTIONS_MAX];
  const char *at_peer, *at_authenticator;
} CASES[] = {
    {{"--seqnum-number", "65003"},
     {NULL},
     "the critical option 61, which is not known here: it may have another --seqnum-number or "
     "--ordering (here: --ordering seqnum, --seqnum-number 65003)",
     "4.02 Bad Option: the peer does not know an option of this request: it may have another "
     "--seqnum-number or --ordering (here: --ordering seqnum, --seqnum-number 61)"},
    {{NULL},
     {"--seqnum-number", "65003"},
     "the critical option 65003, which is not known here",
     "4.02 Bad Option"},
    {{"--ordering", "mid-random"},
     {NULL},
     "the critical option 61, which is not known here",
     "may have another --seqnum-number or --ordering"},
    {{NULL},
     {"--ordering", "mid-random"},
     "step 1 has no SeqNum: the authenticator may have another --ordering",
     "does not answer as is expected here: it may be gone, or have another --ordering"},
    {{"--ordering", "seqnum-requests"},
     {NULL},
     "repeats a request that was answered",
     "no number that this request waits for: it may have another --ordering"},
    {{NULL},
     {"--ordering", "seqnum-requests"},
     "repeats a request that was answered",
     "response has a critical option that is not known here"},
    {{"--ordering", "mid-monotonic"},
     {"--ordering", "seqnum-requests"},
     "critical option 61",
     "4.02 Bad Option"},
    {{"--location-option", "location-path"},
     {NULL},
     "takes none of them: it may have another --ordering, --seqnum-number, --location-option",
     "does not name its next resource: it may have another --location-option (here: "
     "--location-option uri-path)"},
    {{"--association", "dtls"},
     {NULL},
     "under OSCORE, for which there is no context here: the authenticator may have another "
     "--association (here: --association dtls)",
     "4.01 Unauthorized: the peer has no context for OSCORE"},
    {{NULL},
     {"--association", "dtls"},
     "nothing comes under it: the other end may have another --association (here: --association "
     "oscore)",
     "nothing comes under it: the other end may have another --association (here: --association "
     "dtls)"},
    {{"--association", "ikev2-udp"},
     {"--association", "dtls"},
     "DTLS came where IKEv2 is expected",
     "nothing comes under it"},
    {{"--association", "dtls", "--dtls-suites-taken", "aes128-gcm"},
     {"--association", "dtls"},
     "no cipher suite of DTLS is offered by the one end and taken by the other",
     "no cipher suite of DTLS is offered by the one end and taken by the other"},
    {{"--oscore-suite", "1"},
     {NULL},
     "does not verify, though EAP has given a key: the authenticator may have another "
     "--oscore-suite or --oscore-id-context (here: --association oscore, --oscore-suite 1",
     "the peer's keys are others, though EAP gave one"},
    {{"--oscore-id-context", "none"},
     {NULL},
     "may have another --oscore-suite or --oscore-id-context",
     "may have another --oscore-suite or --oscore-id-context"},
    {{RFC9820, "--rfc9820-kdf", "hkdf"},
     {RFC9820},
     "may have another --rfc9820-kdf (here: --association oscore, --rfc9820-kdf hkdf)",
     "may have another --rfc9820-kdf"},
    {{RFC9820, "--cipher-suites-supported", "1"},
     {RFC9820, "--cipher-suites-offered", "0"},
     "none of the cipher suites that the authenticator offers may be used here",
     "may have none of the cipher suites that are offered"},
    {{RFC9820, "--association", "dtls"},
     {RFC9820},
     "repeats a request that was answered",
     "has no Recipient ID: it may have another --association"},
    {{RFC9820},
     {RFC9820, "--association", "dtls"},
     "step 1 has no Recipient ID: the authenticator may have another --association",
     "does not answer as is expected here"},
    {{ROLES},
     {NULL},
     "4.02 Bad Option to the first request: the authenticator may have another --coap-roles",
     "does not begin it as is expected here: the peer may have another --coap-roles"},
    {{NULL},
     {ROLES},
     "nothing comes back: there may be no authenticator, or one with another --lower-layer or "
     "--coap-roles",
     "the peer may have another --coap-roles (here: --lower-layer coap-eap, --coap-roles "
     "peer-client)"},
    {{RFC9820, ROLES},
     {RFC9820},
     "refuses the first request: it may have another --coap-roles",
     "the peer may have another --coap-roles"},
    {{RFC9820},
     {NULL},
     "nothing comes back",
     "what came is for CoAP-EAP of RFC 9820 (/.well-known/coap-eap): the peer has another "
     "--lower-layer"},
    {{NULL},
     {RFC9820},
     "nothing comes back",
     "what came is for CoAP-EAP of the draft (/b): the peer has another --lower-layer"},
    {{PANA}, {NULL}, "nothing comes back", "what came is PANA: the peer has another --lower-layer"},
    {{NULL}, {PANA}, "nothing comes back", "CoAP-EAP of the draft came where PANA is expected"},
    {{RFC9820}, {PANA}, "nothing comes back", "CoAP-EAP of RFC 9820 came where PANA is expected"},
    {{PANA, "--pana-prf", "2"},
     {PANA},
     "offers no algorithm that is taken here: it has another --pana-prf or --pana-integrity",
     "may be gone, or have another --pana-prf, --pana-integrity or --server-id"},
    {{"--psk", SCENE_WRONG_PSK},
     {NULL},
     "it may have another --psk or --peer-id for this identity",
     "what the peer proves does not verify: it has another --psk"},
    {{"--identity", "nobody"},
     {NULL},
     "the EAP server does not know this --identity",
     "the peer's --identity is that of none of the users here"},
    {{"--peer-id", "somebody"},
     {"--peer-id", SCENE_IDENTITY},
     "it may have another --psk or --peer-id for this identity",
     "claims another ID_P than this user's --peer-id"},
    {{"--server-id", "somebody"},
     {"--server-id", SCENE_SERVER_ID},
     "the server claims another ID_S than --server-id here",
     "does not answer as is expected here"},
};

enum { CASES_COUNT = sizeof CASES / sizeof CASES[0] };

/* Silence is told after five times ACK_TIMEOUT. */
static const char *const COMMON[] = {
    "--identity", SCENE_IDENTITY,   "--psk", SCENE_PSK,          "--ack-timeout-ms",
    "300",        "--ack-delay-ms", "100",   "--max-retransmit", "3",
    NULL};

struct pair {
  struct scene_server authenticator;
  struct process peer;
};

static void pair_start_case(struct pair *pair, size_t number) {
  const struct hint_case *tried = &CASES[number];
  char name[NAME_MAX_LENGTH], address[TEXT_LENGTH];
  const char *at_authenticator[OPTIONS_MAX] = {"--bind", "127.0.0.1:0"};
  const char *at_peer[OPTIONS_MAX] = {"--authenticator", address};
  memcpy(at_authenticator + 2, COMMON, sizeof COMMON);
  memcpy(at_peer + 2, COMMON, sizeof COMMON);
  snprintf(name, sizeof name, "authenticator-%zu", number);
  scene_start_server_role(&pair->authenticator, name, "authenticator", at_authenticator,
                          tried->authenticator);
  snprintf(address, sizeof address, "127.0.0.1:%u", pair->authenticator.port);
  snprintf(name, sizeof name, "peer-%zu", number);
  scene_start_role(&pair->peer, name, "peer", at_peer, tried->peer);
}

/* A peer may have ended. */
static bool says(struct process *process, const char *words) {
  for (unsigned i = 0; i < SCENE_LIMIT_MS / 100 && !process_wrote(process, words); i++)
    (void)process_ended(process, 100);
  return process_wrote(process, words);
}

/* ... in a hint, in words and as JSON. */
static void expect_hint(struct process *process, const char *words) {
  if (!says(process, words))
    fail_msg("%s: no hint \"%s\"", process->err, words);
  bool found = false;
  for (size_t skip = 0; !found; skip++) {
    char *label = scene_value(process, "hint", "label", skip);
    assert_non_null(label);
    found = strstr(label, words) != NULL;
    free(label);
  }
}

static void both_ends_say_what_differs(void **state) {
  static struct pair pairs[CASES_AT_ONCE];
  (void)state;
  for (size_t first = 0; first < CASES_COUNT; first += CASES_AT_ONCE) {
    const size_t left = CASES_COUNT - first, count = left < CASES_AT_ONCE ? left : CASES_AT_ONCE;
    for (size_t i = 0; i < count; i++)
      pair_start_case(&pairs[i], first + i);
    for (size_t i = 0; i < count; i++) {
      expect_hint(&pairs[i].peer, CASES[first + i].at_peer);
      expect_hint(&pairs[i].authenticator.process, CASES[first + i].at_authenticator);
    }
    process_end_all();
  }
}

/* EDHOC, with or without EAP: keys of two peers and of two servers; "mixed" names itself as the
 * first server, and is the second. */
static const char *const KEYS[] = {"alice", "bob", "gate", "door"};

static const struct edhoc_case {
  const char *method, *suite; /* of the peer; the authenticator's are 3 and 2 */
  const char *peer, *server;  /* what the peer is, and whom it takes the server for */
  const char *at_peer, *at_authenticator;
} EDHOC_CASES[] = {
    {"0", "2", "alice", "gate", "it may have another --edhoc-method",
     "the other end wants another method of EDHOC: see its --edhoc-method"},
    {"3", "3", "alice", "gate", "knows none of these cipher suites of EDHOC: see its --edhoc-suite",
     "no cipher suite of EDHOC that is known here: see its --edhoc-suite"},
    {"3", "2", "alice", "door", "its --edhoc-id-cred is not --edhoc-peer-id-cred here",
     "its --edhoc-peer-id-cred is not --edhoc-id-cred here"},
    {"3", "2", "bob", "gate", "its --edhoc-peer-id-cred is not --edhoc-id-cred here",
     "its --edhoc-id-cred is not --edhoc-peer-id-cred here"},
    {"3", "2", "alice", "mixed",
     "the server proves another key or credential than --edhoc-peer-cred",
     "the other end has refused EDHOC"},
};

/* A path of `name` with this ending; of "mixed", what it consists of. */
static char *key_path(const char *name, const char *ending) {
  const bool mixed = strcmp(name, "mixed") == 0;
  const char *of = !mixed ? name : strcmp(ending, ".id") == 0 ? "gate" : "door";
  char file[NAME_MAX_LENGTH];
  snprintf(file, sizeof file, "%s%s", of, ending);
  char *path = strdup(process_path(file));
  assert_non_null(path);
  return path;
}

static void make_keys(void) {
  for (size_t i = 0; i < sizeof KEYS / sizeof KEYS[0]; i++) {
    char *prefix = key_path(KEYS[i], "");
    const char *const argv[] = {COAP_EAP_NODE, "keygen", "edhoc", "--force", "--out", prefix, NULL};
    free(process_capture("keygen", argv));
    free(prefix);
  }
}

/* Fills in the options of one side, which its paths outlive. */
static void edhoc_options(const char *options[OPTIONS_MAX], char *paths[5], const char *own,
                          const char *other) {
  static const char *const names[] = {"--edhoc-key", "--edhoc-cred", "--edhoc-id-cred",
                                      "--edhoc-peer-cred", "--edhoc-peer-id-cred"};
  static const char *const endings[] = {".key", ".cred", ".id", ".cred", ".id"};
  for (size_t i = 0; i < 5; i++) {
    paths[i] = key_path(i < 3 ? own : other, endings[i]);
    options[2 * i] = names[i];
    options[2 * i + 1] = paths[i];
  }
  options[10] = NULL;
}

static void differ_in_edhoc(const struct edhoc_case *tried, const char *lower_layer) {
  struct scene_server authenticator;
  struct process peer;
  const char *at_peer[OPTIONS_MAX], *at_authenticator[OPTIONS_MAX];
  char *peer_paths[5], *server_paths[5];
  edhoc_options(at_peer, peer_paths, tried->peer, tried->server);
  edhoc_options(at_authenticator, server_paths, "gate", "alice");
  const char *const common[] = {"--identity",  "alice",         "--methods", "edhoc", "--bind",
                                "127.0.0.1:0", "--lower-layer", lower_layer, NULL};
  char address[TEXT_LENGTH];
  scene_start_server_role(&authenticator, "authenticator", "authenticator", common,
                          at_authenticator);
  snprintf(address, sizeof address, "127.0.0.1:%u", authenticator.port);
  const char *const own[] = {
      "--authenticator", address, "--edhoc-method", tried->method, "--edhoc-suite",
      tried->suite,      NULL};
  memcpy(at_peer + 10, own, sizeof own);
  scene_start_role(&peer, "peer", "peer", common, at_peer);
  expect_hint(&peer, tried->at_peer);
  expect_hint(&authenticator.process, tried->at_authenticator);
  process_end_all();
  for (size_t i = 0; i < 5; i++) {
    free(peer_paths[i]);
    free(server_paths[i]);
  }
}

static void both_ends_say_what_differs_in_edhoc(void **state) {
  (void)state;
  make_keys();
  for (size_t i = 0; i < sizeof EDHOC_CASES / sizeof EDHOC_CASES[0]; i++) {
    differ_in_edhoc(&EDHOC_CASES[i], "coap-eap");
    differ_in_edhoc(&EDHOC_CASES[i], "edhoc");
  }
}

static void another_secret(void **state) {
  struct scene_server aaa, authenticator;
  struct process peer;
  static const char *const user[] = {"--identity", SCENE_IDENTITY, NULL};
  static const char *const peers[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, NULL};
  (void)state;
  scene_start_aaa(&aaa, user);
  scene_start_pass_through(&authenticator, aaa.port, "not the secret");
  scene_start_peer(&peer, authenticator.port, peers);
  expect_hint(&aaa.process, "a RADIUS client has another --secret");
  expect_hint(&authenticator.process, "or have another secret than --secret here");
}

/* Nothing is said where all is well, and what strangers send is worth one line a minute. */
static void silent_where_nothing_differs(void **state) {
  struct scene_server authenticator;
  struct process peer;
  static const char *const user[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, NULL};
  (void)state;
  scene_start_authenticator(&authenticator, user);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, user), 0);
  assert_int_equal(scene_count(&peer, "hint"), 0);
  static const char *const others[] = {
      "--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--lower-layer", "pana", "--count",
      "2",          "--timeout-s",  "1",     NULL};
  assert_int_equal(scene_run_peer(&peer, authenticator.port, others), 1);
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(scene_count(&authenticator.process, "hint"), 1);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(both_ends_say_what_differs, scene_teardown),
      cmocka_unit_test_teardown(both_ends_say_what_differs_in_edhoc, scene_teardown),
      cmocka_unit_test_teardown(another_secret, scene_teardown),
      cmocka_unit_test_teardown(silent_where_nothing_differs, scene_teardown),
  };
  return SCENE_RUN("hints_test", tests);
}
