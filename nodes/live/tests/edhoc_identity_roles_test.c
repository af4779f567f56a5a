/* Who is who under certificates, between our roles as a user would run them. */
#define _GNU_SOURCE
#include "edhoc_pair.h"
#include "scene.h"

#include "../../tests/edhoc/certify.h"

#include <mbedtls/oid.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SERVER_NAME "radius.example.org"
#define PAST "20250101000000"
#define FUTURE "20480101000000"

static const struct certify SERVER = {.subject = "server", .dns = SERVER_NAME};
static const struct certify ALICE = {.subject = "alice"};

/* One authentication: with which certificates, and what the peer says. */
struct identity_case {
  struct certify server, peer;
  const char *identity; /* that the peer claims */
  const char *users;    /* --identity of the server */
  const char *name;     /* who the peer is; NULL: it is refused */
  const char *peer_says, *server_says;
};

enum { ARGUMENTS_MAX = 24 };

static void write_certificates(const struct identity_case *it) {
  pair_write_root();
  pair_write_certificate("server", 0x32, &it->server);
  pair_write_certificate("peer", 0x2b, &it->peer);
}

/* `more` ends with NULL. */
static void fill(const char *arguments[ARGUMENTS_MAX], const char *side, const char *identity,
                 const char *const *more) {
  char names[3][16];
  static const char *const options[] = {"--edhoc-key", "--edhoc-cred", "--edhoc-id-cred"};
  static const char *const endings[] = {"key", "cred", "id"};
  size_t count = 0;
  for (size_t i = 0; i < 3; i++) {
    snprintf(names[i], sizeof names[i], "%s.%s", side, endings[i]);
    arguments[count++] = options[i];
    arguments[count++] = pair_path(names[i]);
  }
  const char *const rest[] = {"--methods",     "edhoc", "--edhoc-method", "0",
                              "--edhoc-trust", NULL,    "--identity",     identity};
  for (size_t i = 0; i < sizeof rest / sizeof rest[0]; i++)
    arguments[count++] = rest[i] == NULL ? pair_path("root.der") : rest[i];
  while (*more != NULL)
    arguments[count++] = *more++;
  arguments[count] = NULL;
}

static void fill_server(const char *arguments[ARGUMENTS_MAX], const char *identity) {
  static const char *const nothing[] = {NULL};
  fill(arguments, "server", identity, nothing);
}

static void fill_peer(const char *arguments[ARGUMENTS_MAX], const char *identity) {
  static const char *const name[] = {"--edhoc-server-name", SERVER_NAME, NULL};
  fill(arguments, "peer", identity, name);
}

static void expect_case(const struct identity_case *it) {
  const char *arguments[ARGUMENTS_MAX];
  struct scene_server authenticator;
  struct process peer;
  write_certificates(it);
  fill_server(arguments, it->users);
  scene_start_authenticator(&authenticator, arguments);
  fill_peer(arguments, it->identity);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), it->name == NULL);
  if (it->name == NULL) {
    process_expect_written(&peer, it->peer_says);
    process_expect(&authenticator.process, it->server_says, SCENE_LIMIT_MS);
    assert_int_equal(scene_count(&authenticator.process, "confirmed"), 0);
    return;
  }
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  scene_expect_value(&authenticator.process, "confirmed", "name", it->name);
  scene_expect_value(&peer, "confirmed", "name", SERVER_NAME);
}

static void identity_cases(void **state) {
  static const char another[] = "credential names another user",
                    no_user[] = "credential names no user", theirs[] = "peer sent an error message";
  const struct identity_case cases[] = {
      {SERVER, ALICE, "alice", "alice", "alice", NULL, NULL},
      {SERVER, ALICE, "alice", "*", "alice", NULL, NULL},
      {SERVER, ALICE, "bob", "bob", NULL, theirs, another},
      {SERVER, ALICE, "bob", "*", NULL, theirs, another},
      {SERVER, ALICE, "alic", "*", NULL, theirs, another},
      {SERVER, ALICE, "alice2", "*", NULL, theirs, another},
      {SERVER, ALICE, "@example.org", "*", "alice", NULL, NULL},
      {SERVER, ALICE, "anonymous@example.org", "*", "alice", NULL, NULL},
      {SERVER, ALICE, "@example.org", "alice", "alice", NULL, NULL},
      {SERVER, ALICE, "@example.org", "bob", NULL, theirs, no_user},
      {SERVER, ALICE, "@example.org", "@example.org", NULL, theirs, no_user},
      {SERVER, {.subject = "@example.org"}, "@example.org", "bob", NULL, theirs, no_user},
      {SERVER,
       {.subject = "x", .email = "carol@Example.org"},
       "carol@example.org",
       "*@example.org*",
       NULL,
       "EAP-Failure before a method began",
       "unknown identity"},
      {SERVER,
       {.subject = "x", .email = "carol@Example.org"},
       "carol@example.org",
       "carol*",
       "carol@example.org",
       NULL,
       NULL},
      {SERVER,
       {.subject = "x", .dns = "d1.example.org"},
       "d1.example.org",
       "*",
       "d1.example.org",
       NULL,
       NULL},
      /* of the server */
      {ALICE, ALICE, "alice", "*", NULL, "credential names another server", theirs},
      {{.subject = SERVER_NAME}, ALICE, "alice", "*", "alice", NULL, NULL},
      {{.subject = SERVER_NAME, .dns = "device"},
       ALICE,
       "alice",
       "*",
       NULL,
       "credential names another server",
       theirs},
      {{.subject = SERVER_NAME, .purpose = MBEDTLS_OID_CLIENT_AUTH},
       ALICE,
       "alice",
       "*",
       NULL,
       "certificate is not for a server",
       theirs},
      {SERVER,
       {.subject = "alice", .purpose = MBEDTLS_OID_SERVER_AUTH},
       "alice",
       "*",
       NULL,
       theirs,
       "certificate is not for a client"},
      /* times */
      {{.subject = SERVER_NAME, .to = PAST},
       ALICE,
       "alice",
       "*",
       NULL,
       "certificate has expired",
       theirs},
      {SERVER,
       {.subject = "alice", .to = PAST},
       "alice",
       "*",
       NULL,
       theirs,
       "certificate has expired"},
      {SERVER,
       {.subject = "alice", .from = FUTURE},
       "alice",
       "*",
       NULL,
       theirs,
       "certificate is not valid yet"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    print_message("case %zu\n", i);
    expect_case(&cases[i]);
    process_end_all();
  }
}

/* What the authenticator is told in Access-Accept, and what is logged. */
static void name_in_access_accept(void **state) {
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  const char *arguments[ARGUMENTS_MAX];
  struct scene_server aaa, authenticator;
  struct process peer;
  (void)state;
  write_certificates(&it);
  fill_server(arguments, "*");
  scene_start_aaa(&aaa, arguments);
  scene_start_pass_through(&authenticator, aaa.port, SCENE_SECRET);
  fill_peer(arguments, "@example.org");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), 0);
  process_expect(&authenticator.process, "step 8 verified, of \"alice\"", SCENE_LIMIT_MS);
  scene_expect_value(&authenticator.process, "confirmed", "name", "alice");
  scene_expect_value(&aaa.process, "confirmed", "name", "alice");
}

/* Who is trusted for some users is not for others. */
static void authorities_of_users(void **state) {
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  const char *arguments[ARGUMENTS_MAX];
  (void)state;
  write_certificates(&it);
  pair_write_other_root("other");
  for (unsigned same = 0; same < 2; same++) {
    struct scene_server authenticator;
    struct process peer;
    char user[4 * PROCESS_PATH_MAX];
    snprintf(user, sizeof user,
             "    methods: [edhoc]\n    edhoc_method: 0\n    edhoc_key: %s\n    edhoc_cred: %s\n"
             "    edhoc_id_cred: %s\n",
             pair_path("server.key"), pair_path("server.cred"), pair_path("server.id"));
    const char *config =
        process_file("authorities.yaml",
                     "users:\n  - identity: \"*\"\n%s    edhoc_trust: %s\n"
                     "  - identity: alice\n%s    edhoc_trust: %s\n",
                     user, pair_path("root.der"), user, pair_path(same ? "root.der" : "other.der"));
    const char *const server[] = {"-c", config, NULL};
    scene_start_authenticator(&authenticator, server);
    fill_peer(arguments, "@example.org");
    assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), !same);
    process_expect(&authenticator.process, same ? "step 8 verified" : "credential names no user",
                   SCENE_LIMIT_MS);
    fill_peer(arguments, "alice");
    assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), !same);
    process_end_all();
  }
}

/* The certificate that is trusted itself is its user's. */
static void a_certificate_alone(void **state) {
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  const char *arguments[ARGUMENTS_MAX];
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  write_certificates(&it);
  fill_server(arguments, "bob");
  for (size_t i = 0; arguments[i] != NULL; i++)
    if (strcmp(arguments[i], "--edhoc-trust") == 0)
      arguments[i + 1] = pair_path("peer.cred");
  scene_start_authenticator(&authenticator, arguments);
  fill_peer(arguments, "bob");
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), 0);
  process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
  scene_expect_value(&authenticator.process, "confirmed", "name", "bob");
}

/* A certificate by value that the user's entry holds, too, is that user's; others are by name. */
static void a_certificate_that_is_held(void **state) {
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  const char *const held[] = {"--edhoc-peer-cred", pair_path("peer.cred"), "--edhoc-peer-id-cred",
                              pair_path("peer.id"), NULL};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const char *arguments[ARGUMENTS_MAX];
    struct scene_server authenticator;
    struct process peer;
    write_certificates(&it);
    fill(arguments, "server", "bob", held);
    scene_start_authenticator(&authenticator, arguments);
    if (i == 1) /* another certificate of the same CA */
      pair_write_certificate("peer", 0x2c, &(struct certify){.subject = "carol"});
    fill_peer(arguments, "bob");
    assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), i);
    process_expect(&authenticator.process,
                   i == 0 ? "step 8 verified, of \"bob\"" : "credential names another user",
                   SCENE_LIMIT_MS);
    process_end_all();
  }
}

/* A name that a known credential has chosen for itself does not make it another user's. */
static void names_of_known_credentials(void **state) {
  const char *const peer[] = {"--edhoc-key",
                              pair_path("initiator.key"),
                              "--edhoc-cred",
                              pair_path("initiator.cred"),
                              "--edhoc-id-cred",
                              pair_path("initiator.id"),
                              "--edhoc-peer-cred",
                              pair_path("responder.cred"),
                              "--edhoc-peer-id-cred",
                              pair_path("responder.id"),
                              "--methods",
                              "edhoc",
                              "--identity",
                              "@example.org",
                              NULL};
  (void)state;
  pair_write_sides(3, 2, KIND_KID);
  pair_write("other", 0x44, EC_P256, KIND_KID);
  for (unsigned others = 0; others < 2; others++) {
    struct scene_server authenticator;
    struct process process;
    char user[4 * PROCESS_PATH_MAX];
    snprintf(user, sizeof user,
             "    methods: [edhoc]\n    edhoc_key: %s\n    edhoc_cred: %s\n    edhoc_id_cred: %s\n",
             pair_path("responder.key"), pair_path("responder.cred"), pair_path("responder.id"));
    const char *config = process_file(
        "known.yaml",
        "users:\n  - identity: \"*\"\n%s    edhoc_peer_cred: %s\n    edhoc_peer_id_cred: %s\n"
        "  - identity: %s\n%s    edhoc_peer_cred: %s\n    edhoc_peer_id_cred: %s\n",
        user, pair_path("initiator.cred"), pair_path("initiator.id"),
        others ? "initiator" : "nobody", user, pair_path("other.cred"), pair_path("other.id"));
    const char *const server[] = {"-c", config, NULL};
    scene_start_authenticator(&authenticator, server);
    assert_int_equal(scene_run_peer(&process, authenticator.port, peer), 0);
    process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
    scene_expect_value(&authenticator.process, "confirmed", "name",
                       others ? "@example.org" : "initiator");
    scene_expect_value(&process, "confirmed", "name", "responder");
    process_end_all();
  }
}

/* No name, no start. */
static void a_server_must_be_named(void **state) {
  static const char *const nothing[] = {NULL};
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  const char *arguments[ARGUMENTS_MAX];
  struct process peer;
  (void)state;
  write_certificates(&it);
  fill(arguments, "peer", "alice", nothing);
  assert_int_equal(scene_run_peer(&peer, 9, arguments), 2);
  process_expect_written(&peer, "edhoc-trust needs edhoc-server-name");
}

/* The server's only suite is the peer's second: one authentication fails, and tells it. */
static void a_refused_suite_is_remembered(void **state) {
  const struct identity_case it = {.server = SERVER, .peer = ALICE};
  static const char *const only[] = {"--edhoc-suite", "3", "--trigger-interval-ms", "0", NULL};
  static const char *const both[] = {
      "--edhoc-server-name", SERVER_NAME, "--edhoc-suite", "2,3", "--count", "4",
      "--reauthenticate",    NULL};
  const char *arguments[ARGUMENTS_MAX];
  struct scene_server authenticator;
  struct process peer;
  (void)state;
  write_certificates(&it);
  fill(arguments, "server", "*", only);
  scene_start_authenticator(&authenticator, arguments);
  fill(arguments, "peer", "alice", both);
  assert_int_equal(scene_run_peer(&peer, authenticator.port, arguments), 1);
  assert_int_equal((int)scene_summary(&peer, "established"), 3);
  process_expect_written(&peer, "peer does not support the selected cipher suite");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(identity_cases, scene_teardown),
      cmocka_unit_test_teardown(name_in_access_accept, scene_teardown),
      cmocka_unit_test_teardown(authorities_of_users, scene_teardown),
      cmocka_unit_test_teardown(a_certificate_alone, scene_teardown),
      cmocka_unit_test_teardown(a_certificate_that_is_held, scene_teardown),
      cmocka_unit_test_teardown(names_of_known_credentials, scene_teardown),
      cmocka_unit_test_teardown(a_server_must_be_named, scene_teardown),
      cmocka_unit_test_teardown(a_refused_suite_is_remembered, scene_teardown),
  };
  return SCENE_RUN("edhoc_identity_roles", tests);
}
