/* Controller, resource server and client among themselves, as a user would run them. */
#define _GNU_SOURCE
#include "ace_scene.h"
#include "port.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT_MAX = 64, ARGUMENTS = 16 };

static const char *const PROFILES[] = {"coap_oscore", "coap_dtls"};

struct roles {
  struct scene_server controller, light;
};

/* All with these arguments. */
static void start_roles(struct roles *roles, const char *const *arguments) {
  ace_scene_controller(&roles->controller, arguments);
  ace_scene_resource_server(&roles->light, roles->controller.port, 0, arguments);
}

static void stop_roles(struct roles *roles) {
  assert_int_equal(process_stop(&roles->light.process), 0);
  assert_int_equal(process_stop(&roles->controller.process), 0);
}

static void expect_values(const struct process *process, const char *event,
                          const char *const *values, size_t count) {
  assert_int_equal(scene_count(process, event), count);
  for (size_t i = 0; i < count; i++) {
    char *value = scene_value(process, event, "value", i);
    assert_string_equal(value, values[i]);
    free(value);
  }
}

static void expect_sent(const struct process *process, const char *label, size_t octets) {
  char line[2 * TEXT_MAX];
  snprintf(line, sizeof line, " sent: %s, %zu octets\n", label, octets);
  process_expect_written(process, line);
}

/* A light is looked at, switched, looked at, switched as it is, and switched back. */
static void switch_light(const char *const *options) {
  static const char *const shown[] = {"off", "on"}, *const changed[] = {"on"};
  const char *arguments[ARGUMENTS + 10] = {"--get",  "light",     "--post", "light", "--post",
                                           "/light", "--payload", "on",     "--get", "/light"};
  struct roles roles;
  struct process client;
  for (size_t i = 0; options[i] != NULL; i++)
    arguments[10 + i] = options[i];
  start_roles(&roles, options);
  assert_int_equal(
      ace_scene_run_client(&client, roles.controller.port, roles.light.port, arguments), 0);
  process_expect_written(&client, "answered 4, failed 0");
  expect_values(&client, "payload", shown, 2);
  expect_values(&roles.light.process, "value", changed, 1);
  process_expect_written(&roles.light.process, "value: light is now \"on\"\n");
  bootstrap_scene_expect(&roles.light.process, "application", "served", 4, NULL);
  bootstrap_scene_expect(&roles.light.process, "token-transfer", "confirmed", 1, NULL);
  bootstrap_scene_expect(&roles.controller.process, "authorization", "served", 1, NULL);
  stop_roles(&roles);
}

static void each_profile_over_each_flow(void **state) {
  static const char *const lowers[] = {"coap-eap", "coap-eap-rfc9820"}, *const kinds[] = {"oscore",
                                                                                          "dtls"};
  (void)state;
  for (size_t i = 0; i < 2; i++)
    for (size_t j = 0; j < 2; j++)
      for (size_t k = 0; k < 2; k++) {
        const char *const options[] = {
            "--ace-profile", PROFILES[i], "--lower-layer", lowers[j], "--association",
            kinds[k],        NULL};
        switch_light(options);
      }
}

/* What is chosen of the lower layer's OSCORE is nothing to that of a token. */
static void options_of_coap_eap(void **state) {
  static const char *const options[][ARGUMENTS] = {
      {"--oscore-suite", "1"},
      {"--oscore-id-context", "none"},
      {"--ordering", "seqnum", "--seqnum-bytes", "2"},
      {"--token-bytes", "4"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
    switch_light(options[i]);
}

static void token_in_handshake(void **state) {
  static const char *const dtls[] = {"--ace-profile", "coap_dtls", NULL};
  static const char *const arguments[] = {"--ace-profile", "coap_dtls", "--token-in-handshake",
                                          "--get",         "light",     NULL};
  struct roles roles;
  struct process client;
  (void)state;
  start_roles(&roles, dtls);
  assert_int_equal(
      ace_scene_run_client(&client, roles.controller.port, roles.light.port, arguments), 0);
  bootstrap_scene_expect(&roles.light.process, "token-transfer", "served", 1, "psk_identity");
  bootstrap_scene_expect(&roles.light.process, "application", "served", 1, NULL);
  stop_roles(&roles);
}

/* Through an AAA server; what the client prints can be piped. */
static void output_for_pipes(void **state) {
  struct scene_server aaa, controller, light;
  struct process client;
  char radius[TEXT_MAX], authenticator[TEXT_MAX], server[TEXT_MAX];
  const char *users = process_file("aaa.yaml", ACE_SCENE_USERS);
  (void)state;
  const char *const home[] = {"--config", users, "--psk", SCENE_PSK, "--identity", "x", NULL};
  scene_start_aaa(&aaa, home);
  snprintf(radius, sizeof radius, "127.0.0.1:%u", aaa.port);
  const char *const pass[] = {"--radius-server", radius,        "--secret", SCENE_SECRET,
                              "--radius-bind",   "127.0.0.1:0", NULL};
  ace_scene_controller(&controller, pass);
  ace_scene_resource_server(&light, controller.port, 0, NULL);
  snprintf(authenticator, sizeof authenticator, "127.0.0.1:%u", controller.port);
  snprintf(server, sizeof server, ACE_SCENE_AUDIENCE "@127.0.0.1:%u", light.port);
  const char *const argv[] = {
      COAP_EAP_NODE, "client", "--authenticator", authenticator,    "--bind", "127.0.0.1:0",
      "--server",    server,   "--identity",      ACE_SCENE_CLIENT, "--psk",  "alice-password-a",
      "--linger-ms", "0",      "--get",           "light",          "--post", "light",
      "--payload",   "on",     "--get",           "light",          NULL};
  process_start(&client, "pipe", argv);
  assert_int_equal(process_wait(&client, SCENE_LIMIT_MS), 0);
  char *out = process_out(&client);
  assert_string_equal(out, "off\non\n");
  free(out);
}

/* As RFC 9200, 9202 and 9203 and the forms of the scope have them. */
static void sizes_on_the_wire(void **state) {
  static const struct {
    const char *profile, *scope;
    size_t token_request, token_response, transfer, transfer_response;
  } cases[] = {
      {"coap_oscore", "short", 41, 118, 108, 24},
      {"coap_oscore", "aif", 50, 127, 117, 24},
      {"coap_dtls", "short", 41, 104, 73, 5},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *const control[] = {"-v",      "--ace-profile", cases[i].profile,
                                   "--scope", cases[i].scope,  NULL};
    const char *const light[] = {"-v", "--ace-profile", cases[i].profile, NULL};
    const char *const ask[] = {"-v",           "--ace-profile", cases[i].profile, "--scope",
                               cases[i].scope, "--get",         "light",          NULL};
    struct roles roles;
    struct process client;
    ace_scene_controller(&roles.controller, control);
    ace_scene_resource_server(&roles.light, roles.controller.port, 0, light);
    assert_int_equal(ace_scene_run_client(&client, roles.controller.port, roles.light.port, ask),
                     0);
    expect_sent(&client, "token request", cases[i].token_request);
    expect_sent(&roles.controller.process, "token response", cases[i].token_response);
    expect_sent(&client, "authz-info", cases[i].transfer);
    expect_sent(&roles.light.process, "authz-info response", cases[i].transfer_response);
    stop_roles(&roles);
  }
}

/* One client after the other, and what becomes of its one request. */
static void refusals(void **state) {
  static const char *const controlled[] = {"--audience", ACE_SCENE_AUDIENCE "=" ACE_SCENE_LAMP,
                                           "--audience", "light-2=lamp-2@home.test:5699",
                                           "--allow",    "*:light-1:PUT:/light",
                                           "--allow",    ACE_SCENE_CLIENT ":light-1:GET:/light",
                                           "--allow",    ACE_SCENE_CLIENT ":light-1:GET:/door",
                                           "--allow",    "*:light-2:GET:/light",
                                           NULL};
  static const char *const resources[] = {"--resource", "light=off", "--resource", "fan=0", NULL};
  static const struct {
    const char *arguments[ARGUMENTS];
    const char *label; /* of the request; NULL: it is answered by 2.xx */
  } cases[] = {
      {{"--get", "light"}, NULL},
      {{"--get", "light", "--ask-scope", "GET+POST"}, NULL},
      {{"--get", "light", "--ask-scope", "GET:/light", "--scope", "aif"}, NULL},
      {{"--post", "light", "--ask-scope", "GET+POST"}, "4.05 Method Not Allowed"},
      {{"--put", "light", "--ask-scope", "GET"}, "4.05 Method Not Allowed"},
      {{"--get", "fan", "--ask-scope", "GET"}, "4.03 Forbidden"},
      {{"--get", "door"}, "4.04 Not Found"},
      {{"--post", "light"}, "authorization-scope"},
      {{"--get", "fan"}, "authorization-scope"},
      {{"--put", "light"}, "authorization-scope"},
      {{"--get", "light", "--server", "light-3@127.0.0.1"}, "authorization-refused"},
      {{"--get", "light", "--server", "light-2@127.0.0.1"}, "authorization-refused"},
      {{"--get", "light", "--ace-profile", "coap_dtls"}, "authorization-rejected"},
  };
  struct roles roles;
  struct process client;
  (void)state;
  ace_scene_controller(&roles.controller, controlled);
  ace_scene_resource_server(&roles.light, roles.controller.port, 0, resources);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *label = cases[i].label;
    assert_int_equal(
        ace_scene_run_client(&client, roles.controller.port, roles.light.port, cases[i].arguments),
        label == NULL ? 0 : 1);
    if (label != NULL)
      process_expect_written(&client, label);
  }
  bootstrap_scene_expect(&roles.light.process, "application", "served", 3, NULL);
  assert_int_equal(scene_count(&roles.light.process, "value"), 0);
  process_expect_written(&roles.controller.process,
                         " token: light-1 is given to \"" ACE_SCENE_CLIENT);
  process_expect_written(&roles.controller.process,
                         " token: light-1 is refused (invalid_scope) to \"" ACE_SCENE_CLIENT);
  process_expect_written(&roles.controller.process,
                         " token: light-2 is refused (invalid_request) to \"" ACE_SCENE_CLIENT);
  process_expect_written(&roles.controller.process, " token: an unknown audience is refused (");
  stop_roles(&roles);
}

/* Tokens for light-1 come to who says that it is another; to who has another profile; and who may
 * not join asks for none. */
static void mismatches(void **state) {
  static const struct {
    const char *controller[ARGUMENTS], *light[ARGUMENTS], *client[ARGUMENTS];
    const char *label;
  } cases[] = {
      {{"--names-audience"}, {"--audience", "light-9"}, {"--get", "light"}, "token-refused"},
      {{NULL}, {"--ace-profile", "coap_dtls"}, {"--get", "light"}, "token-refused"},
      {{"--names-audience"},
       {NULL},
       {"--get", "light", "--psk", "0123456789abcdef"},
       "failed after "},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct roles roles;
    struct process client;
    ace_scene_controller(&roles.controller, cases[i].controller);
    ace_scene_resource_server(&roles.light, roles.controller.port, 0, cases[i].light);
    assert_int_equal(
        ace_scene_run_client(&client, roles.controller.port, roles.light.port, cases[i].client), 1);
    process_expect_written(&client, cases[i].label);
    bootstrap_scene_expect(&roles.light.process, "application", "served", 0, NULL);
    stop_roles(&roles);
  }
}

/* All at once, as it takes time: what ends between two requests is made anew, whether somebody was
 * told when it ends or finds out. */
static void ends_and_goes_on(void **state) {
  static const struct {
    const char *controller[ARGUMENTS], *members[ARGUMENTS]; /* besides the next */
    size_t profile;
    const char *closed; /* at the client */
  } cases[] = {
      /* tokens */
      {{"--token-lifetime-s", "2"}, {NULL}, 0, "application closed: refused"},
      {{"--token-lifetime-s", "2"}, {NULL}, 1, "application closed: refused"},
      {{"--token-lifetime-s", "2", "--says-lifetime"}, {NULL}, 0, "application closed: lifetime"},
      {{"--token-lifetime-s", "2", "--says-lifetime"}, {NULL}, 1, "application closed: lifetime"},
      /* associations with the controller, and tokens with them: they join anew before, or then */
      {{"--lifetime-s", "4", "--trigger-interval-ms", "0"},
       {"--rejoin-s", "2"},
       0,
       "application closed: refused"},
      {{"--lower-layer", "coap-eap-rfc9820", "--session-lifetime-s", "4", "--trigger-interval-ms",
        "0"},
       {"--lower-layer", "coap-eap-rfc9820"},
       0,
       "authentication closed: its lifetime is over"},
  };
  enum { CASES = sizeof cases / sizeof cases[0] };
  struct roles roles[CASES];
  struct process clients[CASES];
  (void)state;
  for (size_t i = 0; i < CASES; i++) {
    const char *control[ARGUMENTS + 2] = {"--ace-profile", PROFILES[cases[i].profile]};
    const char *light[ARGUMENTS + 2] = {"--ace-profile", PROFILES[cases[i].profile]};
    const char *client[ARGUMENTS + 8] = {
        "--get",         "light", "--times",       "2",
        "--interval-ms", "4500",  "--ace-profile", PROFILES[cases[i].profile]};
    memcpy(control + 2, cases[i].controller, sizeof cases[i].controller);
    memcpy(light + 2, cases[i].members, sizeof cases[i].members);
    memcpy(client + 8, cases[i].members, sizeof cases[i].members);
    ace_scene_controller(&roles[i].controller, control);
    ace_scene_resource_server(&roles[i].light, roles[i].controller.port, 0, light);
    ace_scene_client(&clients[i], roles[i].controller.port, roles[i].light.port, client);
  }
  for (size_t i = 0; i < CASES; i++) {
    assert_int_equal(process_wait(&clients[i], SCENE_LIMIT_MS), 0);
    process_expect_written(&clients[i], cases[i].closed);
    bootstrap_scene_expect(&clients[i], "application", "answered", 2, NULL);
    bootstrap_scene_expect(&roles[i].controller.process, "authorization", "served", 2, NULL);
    stop_roles(&roles[i]);
  }
}

/* It joins anew, with another key: a token that is sealed with the former is refused, and another
 * asked for. A session of DTLS that is no more is found out by silence, which ends a request. */
static void resource_server_restarts(void **state) {
  static const struct {
    const char *times;
    int status;
  } cases[] = {{"2", 0}, {"3", 1}};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const uint16_t port = port_take_row(2);
    const char *const profile[] = {"--ace-profile", PROFILES[i], NULL};
    const char *const arguments[] = {"--ace-profile",
                                     PROFILES[i],
                                     "--get",
                                     "light",
                                     "--times",
                                     cases[i].times,
                                     "--interval-ms",
                                     "1000",
                                     "--ack-timeout-ms",
                                     "100",
                                     "--max-retransmit",
                                     "1",
                                     NULL};
    struct scene_server controller, light;
    struct process client;
    ace_scene_controller(&controller, profile);
    ace_scene_resource_server(&light, controller.port, port, profile);
    ace_scene_client(&client, controller.port, port, arguments);
    bootstrap_scene_expect(&client, "application", "answered", 1, "2.05 Content");
    assert_int_equal(process_stop(&light.process), 0);
    ace_scene_resource_server(&light, controller.port, port, profile);
    assert_int_equal(process_wait(&client, SCENE_LIMIT_MS), cases[i].status);
    bootstrap_scene_expect(&client, "application", "answered", 2, "2.05 Content");
    bootstrap_scene_expect(&client, "authorization", "answered", 2, NULL);
    if (cases[i].status != 0)
      bootstrap_scene_expect(&client, "application", "unanswered", 1, "access-timeout");
    assert_int_equal(process_stop(&light.process), 0);
    assert_int_equal(process_stop(&controller.process), 0);
  }
}

/* What the AAA server has granted the client counts, too. */
static void rules_of_the_aaa_server(void **state) {
  static const struct {
    const char *rules, *label; /* of the request; NULL: it is answered by 2.xx */
  } cases[] = {
      {"permit in 17 from assigned to any", NULL},
      {"permit in 17 from assigned to any 5699", "authorization-forbidden"},
      {"deny in 17 from assigned to any 5699; permit in ip from any to any", "authorization-scope"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct scene_server aaa, controller, light;
    struct process client;
    char radius[TEXT_MAX];
    const char *users = process_file(
        "rules.yaml",
        "users:\n  - {identity: " ACE_SCENE_LAMP ", psk: lamp-passwordlmp}\n"
        "  - {identity: " ACE_SCENE_CLIENT ", psk: alice-password-a, filter_rules: \"%s\"}\n",
        cases[i].rules);
    const char *const home[] = {"--config", users, "--psk", SCENE_PSK, "--identity", "x", NULL};
    scene_start_aaa(&aaa, home);
    snprintf(radius, sizeof radius, "127.0.0.1:%u", aaa.port);
    const char *const pass[] = {"--radius-server",
                                radius,
                                "--secret",
                                SCENE_SECRET,
                                "--radius-bind",
                                "127.0.0.1:0",
                                "--audience",
                                ACE_SCENE_AUDIENCE "=" ACE_SCENE_LAMP ":5699",
                                NULL};
    static const char *const arguments[] = {"--get", "light", NULL};
    ace_scene_controller(&controller, pass);
    ace_scene_resource_server(&light, controller.port, 0, NULL);
    assert_int_equal(ace_scene_run_client(&client, controller.port, light.port, arguments),
                     cases[i].label == NULL ? 0 : 1);
    if (cases[i].label != NULL)
      process_expect_written(&client, cases[i].label);
    process_end_all();
  }
}

/* One file for all three; two lights, each with its rule. */
static void from_a_file(void **state) {
  static const char *const shown[] = {"off", "dark", "on", "on"};
  struct scene_server controller, lights[2];
  struct process client;
  const uint16_t at = port_take_row(2), ports[] = {port_take_row(2), port_take_row(2)};
  const char *config = process_file(
      "home.yaml",
      "controller:\n"
      "  bind: \"127.0.0.1:%u\"\n"
      "  audience: [light-1=" ACE_SCENE_LAMP ", light-2=lamp-2@home.test]\n"
      "  allow: [\"*:light-1:GET+POST:/light\", \"" ACE_SCENE_CLIENT ":light-2:GET+POST:/light\"]\n"
      "resource-server: {authenticator: \"127.0.0.1:%u\", psk: lamp-passwordlmp}\n"
      "client:\n"
      "  authenticator: \"127.0.0.1:%u\"\n"
      "  identity: " ACE_SCENE_CLIENT "\n"
      "  psk: alice-password-a\n"
      "  linger_ms: 0\n"
      "  server: [\"light-1@127.0.0.1:%u\", \"light-2@127.0.0.1:%u\"]\n" ACE_SCENE_USERS
      "  - {identity: lamp-2@home.test, psk: lamp-passwordlmp}\n",
      at, at, at, ports[0], ports[1]);
  (void)state;
  const char *const control[] = {COAP_EAP_NODE, "controller", "--json", "-c", config, NULL};
  scene_start_server(&controller, "controller", control);
  for (size_t i = 0; i < 2; i++) {
    char port[TEXT_MAX];
    snprintf(port, sizeof port, "%u", ports[i]);
    const char *const light[] = {COAP_EAP_NODE,
                                 "resource-server",
                                 "--json",
                                 "-c",
                                 config,
                                 "--audience",
                                 i == 0 ? "light-1" : "light-2",
                                 "--identity",
                                 i == 0 ? ACE_SCENE_LAMP : "lamp-2@home.test",
                                 "--resource",
                                 i == 0 ? "light=off" : "light=dark",
                                 "--access-port",
                                 port,
                                 NULL};
    scene_start_server(&lights[i], i == 0 ? "light-1" : "light-2", light);
    bootstrap_scene_expect(&lights[i].process, "authentication", "confirmed", 1, NULL);
  }
  const char *const ask[] = {COAP_EAP_NODE, "client", "--json",    "-c", config,  "--get", "light",
                             "--post",      "light",  "--payload", "on", "--get", "light", NULL};
  process_start(&client, "client", ask);
  assert_int_equal(process_wait(&client, SCENE_LIMIT_MS), 0);
  expect_values(&client, "payload", shown, 4);
  bootstrap_scene_expect(&controller.process, "authorization", "served", 2, NULL);
}

/* Nobody is there: where the controller should be, and where the resource server should. */
static void nobody_there(void **state) {
  static const char *const arguments[] = {
      "--get", "light", "--timeout-s", "1", "--ack-timeout-ms", "50", "--max-retransmit",
      "1",     NULL};
  struct roles roles;
  struct process client;
  const uint16_t nobody = port_take_row(2);
  (void)state;
  assert_int_equal(ace_scene_run_client(&client, nobody, nobody, arguments), 1);
  process_expect_written(&client, "failed after ");
  start_roles(&roles, (const char *const[]){NULL});
  assert_int_equal(ace_scene_run_client(&client, roles.controller.port, nobody, arguments), 1);
  process_expect_written(&client, "token-timeout");
  stop_roles(&roles);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(each_profile_over_each_flow, scene_teardown),
      cmocka_unit_test_teardown(options_of_coap_eap, scene_teardown),
      cmocka_unit_test_teardown(token_in_handshake, scene_teardown),
      cmocka_unit_test_teardown(output_for_pipes, scene_teardown),
      cmocka_unit_test_teardown(sizes_on_the_wire, scene_teardown),
      cmocka_unit_test_teardown(refusals, scene_teardown),
      cmocka_unit_test_teardown(mismatches, scene_teardown),
      cmocka_unit_test_teardown(ends_and_goes_on, scene_teardown),
      cmocka_unit_test_teardown(resource_server_restarts, scene_teardown),
      cmocka_unit_test_teardown(rules_of_the_aaa_server, scene_teardown),
      cmocka_unit_test_teardown(from_a_file, scene_teardown),
      cmocka_unit_test_teardown(nobody_there, scene_teardown),
  };
  return SCENE_RUN("ace_roles", tests);
}
