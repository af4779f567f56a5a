/* UE, AA, AS and ApS among themselves, as a user would run them. */
#define _GNU_SOURCE
#include "bootstrap_scene.h"
#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64, IDENTITY_DIGITS = 16, PSK_DIGITS = 32 };

static const char *const PULLS[] = {"erp", "psk-identity"};

struct roles {
  struct scene_server as, aa, aps[2];
};

static void start_roles(struct roles *roles, const char *lower_layer) {
  const char *const lower[] = {"--lower-layer", lower_layer, NULL};
  bootstrap_scene_as(&roles->as, NULL);
  bootstrap_scene_aa(&roles->aa, roles->as.port, lower);
  bootstrap_scene_aps(&roles->aps[0], "aps1", roles->as.port, NULL);
}

static void stop_roles(struct roles *roles) {
  struct scene_server *const servers[] = {&roles->as, &roles->aa, &roles->aps[0]};
  for (size_t i = 0; i < sizeof servers / sizeof servers[0]; i++)
    assert_int_equal(process_stop(&servers[i]->process), 0);
}

/* The key of the pull, as both ends show it. */
static char *expect_equal_keys(const struct process *ue, const struct process *aps) {
  char *ours = bootstrap_scene_value(ue, "pull", "key", "key", 0);
  char *theirs = bootstrap_scene_value(aps, "pull", "key", "key", 0);
  assert_non_null(ours);
  assert_non_null(theirs);
  assert_int_equal(strlen(ours), PSK_DIGITS);
  assert_string_equal(ours, theirs);
  free(theirs);
  return ours;
}

static void expect_identity(struct process *aps) {
  bootstrap_scene_expect(aps, "secure", "confirmed", 1, NULL);
  char *name = bootstrap_scene_value(aps, "secure", "confirmed", "name", 0);
  assert_non_null(name);
  assert_int_equal(strlen(name), IDENTITY_DIGITS);
  assert_int_equal(strspn(name, "0123456789abcdef"), IDENTITY_DIGITS);
  free(name);
}

/* Of a pull by ERP, with a realm of 12 octets: POST /k, Access-Accept, and the response. */
static void expect_sizes(const struct process *aps) {
  static const size_t name_length = 4; /* of "aps1" */
  bootstrap_scene_expect_octets(aps, "received", 0, 66 + name_length);
  bootstrap_scene_expect_octets(aps, "received", 1, 214 + name_length);
  bootstrap_scene_expect_octets(aps, "sent", 1, 64 + name_length);
}

/* One authentication, one pull, one channel, and requests in it. */
static void run(const char *lower_layer, const char *pull) {
  const char *const arguments[] = {"--lower-layer", lower_layer, "--pull", pull,
                                   "--requests",    "4",         NULL};
  struct roles roles;
  struct process ue;
  start_roles(&roles, lower_layer);
  assert_int_equal(bootstrap_scene_run_ue(&ue, roles.aa.port, roles.aps[0].port, arguments), 0);
  process_expect_written(&ue, "answered 4, failed 0");
  bootstrap_scene_expect(&ue, "application", "answered", 4, NULL);
  bootstrap_scene_expect(&ue, "secure", "confirmed", 1, NULL);
  bootstrap_scene_expect(&roles.aps[0].process, "application", "served", 4, NULL);
  expect_identity(&roles.aps[0].process);
  free(expect_equal_keys(&ue, &roles.aps[0].process));
  if (strcmp(pull, "erp") == 0)
    expect_sizes(&roles.aps[0].process);
  stop_roles(&roles);
}

/* The same over IKEv2, with ESP in UDP. */
static void each_pull_over_ikev2(void **state) {
  static const char *const pulls[] = {"erp", "ikev2-idi"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const char *const secure[] = {"--secure", "ikev2-udp", "--pull", pulls[i], NULL};
    const char *const arguments[] = {"--secure",   "ikev2-udp", "--pull", pulls[i],
                                     "--requests", "4",         NULL};
    struct roles roles;
    struct process ue;
    bootstrap_scene_as(&roles.as, NULL);
    bootstrap_scene_aa(&roles.aa, roles.as.port, NULL);
    bootstrap_scene_aps(&roles.aps[0], "aps1", roles.as.port, secure);
    assert_int_equal(bootstrap_scene_run_ue(&ue, roles.aa.port, roles.aps[0].port, arguments), 0);
    process_expect_written(&ue, "answered 4, failed 0");
    bootstrap_scene_expect(&ue, "secure", "confirmed", 1, NULL);
    bootstrap_scene_expect(&roles.aps[0].process, "application", "served", 4, NULL);
    expect_identity(&roles.aps[0].process);
    char *ours = bootstrap_scene_value(&ue, "pull", "key", "key", 0);
    char *theirs = bootstrap_scene_value(&roles.aps[0].process, "pull", "key", "key", 0);
    assert_non_null(ours);
    assert_non_null(theirs);
    assert_int_equal(strlen(ours), 2 * PSK_DIGITS);
    assert_string_equal(ours, theirs);
    free(ours);
    free(theirs);
    stop_roles(&roles);
  }
}

static void each_pull_over_each_lower_layer(void **state) {
  static const char *const lowers[] = {"pana", "coap-eap", "coap-eap-rfc9820"};
  (void)state;
  for (size_t i = 0; i < sizeof lowers / sizeof lowers[0]; i++)
    for (size_t j = 0; j < 2; j++)
      run(lowers[i], PULLS[j]);
}

/* AA and AS are one. */
static void infrastructure_less(void **state) {
  struct scene_server aa, aps;
  struct process ue;
  char bind[TEXT_MAX];
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const uint16_t radius = port_take();
    snprintf(bind, sizeof bind, "127.0.0.1:%u", radius);
    const char *const inside[] = {"--identity",
                                  SCENE_IDENTITY,
                                  "--psk",
                                  SCENE_PSK,
                                  "--as-bind",
                                  bind,
                                  "--realm",
                                  BOOTSTRAP_SCENE_REALM,
                                  "--server-id",
                                  SCENE_SERVER_ID,
                                  "--application-server",
                                  "127.0.0.1," SCENE_SECRET ",aps1",
                                  NULL};
    const char *const arguments[] = {"--pull", PULLS[i], NULL};
    bootstrap_scene_aa(&aa, 0, inside);
    bootstrap_scene_aps(&aps, "aps1", radius, NULL);
    assert_int_equal(bootstrap_scene_run_ue(&ue, aa.port, aps.port, arguments), 0);
    free(expect_equal_keys(&ue, &aps.process));
    assert_int_equal(process_stop(&aa.process), 0);
    assert_int_equal(process_stop(&aps.process), 0);
  }
}

static void two_servers_have_two_keys(void **state) {
  struct roles roles;
  struct process ue;
  char first[TEXT_MAX], second[TEXT_MAX];
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    start_roles(&roles, "pana");
    bootstrap_scene_aps(&roles.aps[1], "aps2", roles.as.port, NULL);
    snprintf(first, sizeof first, "aps1=127.0.0.1:%u", roles.aps[0].port);
    snprintf(second, sizeof second, "aps2=127.0.0.1:%u", roles.aps[1].port);
    const char *const arguments[] = {"--pull",
                                     PULLS[i],
                                     "--application-server",
                                     first,
                                     "--application-server",
                                     second,
                                     "--requests",
                                     "2",
                                     NULL};
    assert_int_equal(bootstrap_scene_run_ue(&ue, roles.aa.port, 1, arguments), 0);
    process_expect_written(&ue, "answered 4, failed 0");
    char *one = expect_equal_keys(&ue, &roles.aps[0].process);
    char *other = bootstrap_scene_value(&roles.aps[1].process, "pull", "key", "key", 0);
    assert_non_null(other);
    assert_string_not_equal(one, other);
    free(one);
    free(other);
    stop_roles(&roles);
    assert_int_equal(process_stop(&roles.aps[1].process), 0);
  }
}

/* A user of two devices' worth: each has its key, at the same ApS. */
static void two_ues_at_once(void **state) {
  static const char *const many[] = {"--identity", "tfg-*", NULL};
  struct roles roles;
  struct process ues[2];
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    bootstrap_scene_as(&roles.as, many);
    bootstrap_scene_aa(&roles.aa, roles.as.port, NULL);
    bootstrap_scene_aps(&roles.aps[0], "aps1", roles.as.port, NULL);
    for (size_t j = 0; j < 2; j++) {
      static const char *const identities[] = {"tfg-1", "tfg-2"};
      const char *const arguments[] = {"--pull",     PULLS[i], "--identity", identities[j],
                                       "--requests", "50",     NULL};
      bootstrap_scene_ue(&ues[j], roles.aa.port, roles.aps[0].port, arguments);
    }
    for (size_t j = 0; j < 2; j++)
      assert_int_equal(process_wait(&ues[j], SCENE_LIMIT_MS), 0);
    bootstrap_scene_expect(&roles.aps[0].process, "application", "served", 100, NULL);
    bootstrap_scene_expect(&roles.aps[0].process, "secure", "confirmed", 2, NULL);
    stop_roles(&roles);
  }
}

/* The AS does not know an ApS of this name: it has no key, and no UE believes it. */
static void unauthorised_server(void **state) {
  static const char *const reasons[] = {"pull-refused", "dtls-unknown-identity"};
  struct scene_server as, aa, aps;
  struct process ue;
  char server[TEXT_MAX];
  (void)state;
  bootstrap_scene_as(&as, NULL);
  bootstrap_scene_aa(&aa, as.port, NULL);
  bootstrap_scene_aps(&aps, "aps3", as.port, NULL);
  snprintf(server, sizeof server, "aps3=127.0.0.1:%u", aps.port);
  for (size_t i = 0; i < 2; i++) {
    const char *const arguments[] = {"--pull", PULLS[i], "--application-server", server, NULL};
    assert_int_equal(bootstrap_scene_run_ue(&ue, aa.port, 1, arguments), 1);
    bootstrap_scene_expect(&ue, "application", "unanswered", 1, reasons[i]);
    process_expect_written(&ue, reasons[i]);
    bootstrap_scene_expect(&aps.process, "pull", "unanswered", i + 1, "refused by the AS");
  }
  bootstrap_scene_expect(&aps.process, "pull", "key", 0, NULL);
  bootstrap_scene_expect(&as.process, "pull", "key", 0, NULL);
}

/* aps2 says that it is aps1. */
static void lying_server(void **state) {
  static const struct {
    const char *names, *reason;
  } cases[] = {{"--names-server=on", "pull-refused"}, {"--names-server=off", "dtls-alert"}};
  struct scene_server as, aa, aps;
  struct process ue;
  (void)state;
  bootstrap_scene_as(&as, NULL);
  bootstrap_scene_aa(&aa, as.port, NULL);
  bootstrap_scene_aps(&aps, "aps2", as.port, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const arguments[] = {cases[i].names, NULL};
    assert_int_equal(bootstrap_scene_run_ue(&ue, aa.port, aps.port, arguments), 1);
    bootstrap_scene_expect(&ue, "application", "unanswered", 1, cases[i].reason);
    bootstrap_scene_expect(&aps.process, "application", "served", 0, NULL);
  }
}

/* Its lifetime is over before the second request, which pulls another. */
static void key_ends(void **state) {
  struct roles roles;
  struct process ue;
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const char *const arguments[] = {"--pull",     PULLS[i], "--key-lifetime-s", "1",
                                     "--requests", "2",      "--interval-ms",    "1500",
                                     NULL};
    start_roles(&roles, "pana");
    assert_int_equal(bootstrap_scene_run_ue(&ue, roles.aa.port, roles.aps[0].port, arguments), 0);
    bootstrap_scene_expect(&ue, "application", "closed", 1, "lifetime");
    bootstrap_scene_expect(&ue, "pull", "key", 2, NULL);
    bootstrap_scene_expect(&roles.aps[0].process, "secure", "confirmed", 2, NULL);
    stop_roles(&roles);
  }
}

/* Nobody authenticates anybody. */
static void configured_key(void **state) {
#define KEY "7c2cda67750fe534,000102030405060708090a0b0c0d0e0f"
  static const char *const server[] = {"--pull", "configured", "--key", KEY, NULL};
  static const char *const wrong[] = {"--pull", "configured", "--key",
                                      "7c2cda67750fe534,00112233445566778899aabbccddeeff", NULL};
  static const char *const unknown[] = {"--pull", "configured", "--key",
                                        "7c2cda67750fe535,000102030405060708090a0b0c0d0e0f", NULL};
  struct scene_server aps;
  struct process ue;
  (void)state;
  bootstrap_scene_aps(&aps, "aps1", 0, server);
  assert_int_equal(bootstrap_scene_run_ue(&ue, 0, aps.port, server), 0);
  bootstrap_scene_expect(&aps.process, "secure", "confirmed", 1, NULL);
  assert_int_equal(bootstrap_scene_run_ue(&ue, 0, aps.port, wrong), 1);
  assert_int_equal(bootstrap_scene_run_ue(&ue, 0, aps.port, unknown), 1);
  bootstrap_scene_expect(&ue, "application", "unanswered", 1, "dtls-unknown-identity");
  bootstrap_scene_expect(&aps.process, "application", "served", 1, NULL);
  assert_int_equal(process_stop(&aps.process), 0);
}

/* One file for all four. */
static void from_a_file(void **state) {
  static const char *const roles[] = {"as", "aa", "aps"};
  struct scene_server servers[3];
  struct process ue;
  const uint16_t radius = port_take(), aa = port_take_row(2), aps = port_take_row(2);
  const char *config = process_file(
      "bootstrap.yaml",
      "lower_layer: {lower_layer: coap-eap, dtls_timeout_ms: 500}\n"
      "as: {bind: \"127.0.0.1:%u\", realm: a.test}\n"
      "aa: {bind: \"127.0.0.1:%u\", radius_server: \"127.0.0.1:%u\", secret: xyzzy}\n"
      "aps: {bind: \"127.0.0.1:%u\", radius_server: \"127.0.0.1:%u\", secret: xyzzy, name: aps1,\n"
      "  realm: a.test, pull: [erp, psk-identity]}\n"
      "ue: {authenticator: \"127.0.0.1:%u\", realm: a.test, identity: me, psk: %s,\n"
      "  pull: psk-identity, linger_ms: 0}\n"
      "users:\n  - {identity: me, psk: %s}\n"
      "radius_clients:\n  - {address: 127.0.0.1, secret: xyzzy}\n"
      "application_servers:\n  - {name: aps1, address: \"127.0.0.1:%u\", secret: xyzzy}\n",
      radius, aa, radius, aps, radius, aa, SCENE_PSK, SCENE_PSK, aps);
  (void)state;
  for (size_t i = 0; i < 3; i++) {
    const char *const argv[] = {COAP_EAP_NODE, roles[i], "--json", "-c", config, NULL};
    scene_start_server(&servers[i], roles[i], argv);
  }
  const char *const argv[] = {COAP_EAP_NODE, "ue", "--json", "-c", config, NULL};
  process_start(&ue, "ue", argv);
  assert_int_equal(process_wait(&ue, SCENE_LIMIT_MS), 0);
  bootstrap_scene_expect(&servers[2].process, "application", "served", 1, NULL);
  for (size_t i = 0; i < 3; i++)
    assert_int_equal(process_stop(&servers[i].process), 0);
}

static void wrong_credential(void **state) {
  static const char *const arguments[] = {"--psk", SCENE_WRONG_PSK, NULL};
  struct roles roles;
  struct process ue;
  (void)state;
  start_roles(&roles, "pana");
  assert_int_equal(bootstrap_scene_run_ue(&ue, roles.aa.port, roles.aps[0].port, arguments), 1);
  process_expect_written(&ue, "failed after ");
  bootstrap_scene_expect(&ue, "pull", "started", 0, NULL);
  stop_roles(&roles);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(each_pull_over_each_lower_layer, scene_teardown),
      cmocka_unit_test_teardown(each_pull_over_ikev2, scene_teardown),
      cmocka_unit_test_teardown(infrastructure_less, scene_teardown),
      cmocka_unit_test_teardown(two_servers_have_two_keys, scene_teardown),
      cmocka_unit_test_teardown(two_ues_at_once, scene_teardown),
      cmocka_unit_test_teardown(unauthorised_server, scene_teardown),
      cmocka_unit_test_teardown(lying_server, scene_teardown),
      cmocka_unit_test_teardown(key_ends, scene_teardown),
      cmocka_unit_test_teardown(configured_key, scene_teardown),
      cmocka_unit_test_teardown(from_a_file, scene_teardown),
      cmocka_unit_test_teardown(wrong_credential, scene_teardown),
  };
  return SCENE_RUN("bootstrap_roles", tests);
}
