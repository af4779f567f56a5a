/* coap-eap-node ike and strongSwan's charon, each as initiator and as responder. */
#define _GNU_SOURCE
#include "charon_scene.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ALL                                                                                        \
  "aes128ccm8-prfsha256-x25519,aes128ccm8-prfsha256-ecp256,"                                       \
  "aes128ccm8-prfaescmac-x25519,aes128ccm8-prfaescmac-ecp256"
#define TUNNEL                                                                                     \
  "  encap = yes\n  children {\n   c {\n    mode = tunnel\n    esp_proposals = aes128ccm8\n   "    \
  "}\n  }\n"
#define ARRAY(array) (sizeof(array) / sizeof(array)[0])

enum { ARGUMENTS_MAX = 40, MARKED_PORT = 4500, RELAY_PORT = 5500, OUR_PORT = 5600 };

/* The octets of IKE's messages: IDi 4, IDr 12 octets; charon's nonce has 32, ours 16. */
static const struct proposal {
  const char *name;
  bool cmac, ecp;
} PROPOSALS[] = {
    {"aes128ccm8-prfsha256-x25519", false, false},
    {"aes128ccm8-prfsha256-ecp256", false, true},
    {"aes128ccm8-prfaescmac-x25519", true, false},
    {"aes128ccm8-prfaescmac-ecp256", true, true},
};

static bool is_given(const char *const *arguments, const char *option) {
  while (*arguments != NULL && strcmp(*arguments, option) != 0)
    arguments++;
  return *arguments != NULL;
}

/* Our side: what all have, unless it is in `arguments`, and those. */
static void start_ours(struct process *ours, const char *name, const char *const *arguments) {
  static const char *const usual[][2] = {{"--identity", CHARON_SCENE_ID},
                                         {"--remote-identity", CHARON_SCENE_GATEWAY},
                                         {"--psk", CHARON_SCENE_PSK},
                                         {"--retry-ms", "200"}};
  static const char *const none[] = {NULL};
  const char *argv[ARGUMENTS_MAX + 1] = {"-v", "--show-keys"};
  size_t count = 2;
  for (size_t i = 0; i < ARRAY(usual); i++)
    for (size_t j = 0; j < 2 && !is_given(arguments, usual[i][0]); j++)
      argv[count++] = usual[i][j];
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[count++] = arguments[i];
  scene_start_role(ours, name, "ike", none, argv);
}

static int run_initiator(struct process *ours, const char *const *arguments) {
  start_ours(ours, "initiator", arguments);
  return process_wait(ours, SCENE_LIMIT_MS);
}

static void start_responder(struct process *ours, const char *const *arguments) {
  start_ours(ours, "responder", arguments);
  process_expect(ours, "listening", SCENE_LIMIT_MS);
}

/* Fails unless our datagram number `skip` has that many octets. */
static size_t octets_of(const struct process *ours, const char *event, size_t skip) {
  char *text = scene_value(ours, event, "octets", skip);
  assert_non_null(text);
  const size_t octets = strtoul(text, NULL, 10);
  free(text);
  return octets;
}

static void expect_octets(const struct process *ours, const char *event, size_t skip,
                          size_t expected) {
  assert_int_equal(octets_of(ours, event, skip), expected);
}

static void begin(const char *role, const char *what) {
  charon_scene_need();
  matrix_begin("strongSwan charon", charon_scene_version(), role, what);
}

/* Proposals */

static void initiator_proposals(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator", "childless, both PRFs, both groups, Delete");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  for (size_t i = 0; i < ARRAY(PROPOSALS); i++) {
    const struct proposal *row = &PROPOSALS[i];
    const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, "--proposal", row->name,
                                     NULL};
    assert_int_equal(run_initiator(&ours, arguments), 0);
    const size_t ke = row->ecp ? 32 : 0, auth = row->cmac ? 16 : 0;
    expect_octets(&ours, "sent", 0, 128 + ke);
    expect_octets(&ours, "received", 0, 160 + ke);
    expect_octets(&ours, "sent", 1, 105 + 4 + 12 - auth);
    expect_octets(&ours, "received", 1, 97 + 12 - auth);
    expect_octets(&ours, "sent", 2, 57);
    expect_octets(&ours, "received", 2, 49);
    assert_false(charon_scene_is_established());
  }
  matrix_passed("established 4 of 4; octets as calculated: 128+160+121+109, Delete 57+49 (x25519, "
                "HMAC)");
}

static void responder_proposals(void **state) {
  struct process charon, ours;
  size_t sum = 0;
  (void)state;
  begin("IKEv2 responder", "childless, both PRFs, both groups, Delete");
  charon_scene_start(&charon, "");
  const char *const arguments[] = {NULL};
  start_responder(&ours, arguments);
  for (size_t i = 0; i < ARRAY(PROPOSALS); i++) {
    charon_scene_load(PROPOSALS[i].name, "");
    assert_int_equal(charon_scene_initiate("ike"), 0);
    assert_true(charon_scene_is_established());
    assert_int_equal(charon_scene_terminate(), 0);
    const size_t auth = PROPOSALS[i].cmac ? 16 : 0;
    expect_octets(&ours, "sent", 3 * i, 136 + (PROPOSALS[i].ecp ? 32 : 0));
    expect_octets(&ours, "sent", 3 * i + 1, 97 + 4 - auth);
    expect_octets(&ours, "sent", 3 * i + 2, 49);
  }
  for (size_t i = 0; i < 2; i++)
    sum += octets_of(&ours, "received", i);
  assert_int_equal(scene_count(&ours, "confirmed"), ARRAY(PROPOSALS));
  assert_int_equal(process_stop(&ours), 0);
  process_expect_written(&ours, "confirmed 4, failed 0, closed 4");
  matrix_passed("established 4 of 4; ours 136+101 (x25519, HMAC), charon's %zu together", sum);
}

/* Keys: what either prints. */
static void keys_are_equal(void **state) {
  struct process charon, ours;
  char expected[3 * 19 + 1];
  (void)state;
  begin("IKEv2 initiator", "SK_ei and SK_er compared with those that charon prints");
  charon_scene_start(&charon, "  filelog { stdout { ike = 4 } }\n");
  charon_scene_load(ALL, "");
  const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, NULL};
  assert_int_equal(run_initiator(&ours, arguments), 0);
  char *key = scene_value(&ours, "secret", "key", 0), *text = process_out(&charon);
  assert_non_null(key);
  assert_int_equal(strlen(key), 2 * (8 + 8 + 19 + 19));
  for (size_t i = 0; i < 2; i++) {
    const char *digits = key + 2 * (16 + 19 * i);
    const char *at = strstr(text, i == 0 ? "Sk_ei secret" : "Sk_er secret");
    assert_non_null(at);
    for (size_t j = 0; j < 16; j++) /* of its first line */
      snprintf(expected + 3 * j, 4, "%c%c%s",
               digits[2 * j] & 0x40 ? digits[2 * j] ^ 0x20 : digits[2 * j],
               digits[2 * j + 1] & 0x40 ? digits[2 * j + 1] ^ 0x20 : digits[2 * j + 1],
               j == 15 ? "" : " ");
    at = strstr(at, expected);
    assert_non_null(at);
  }
  free(text);
  free(key);
  matrix_passed("equal");
}

/* ESP */

static void initiator_child(void **state) {
  static const char *const nats[] = {"detect", "force"};
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator", "child in tunnel mode, ESP in UDP on port 4500 (kernel-libipsec)");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, TUNNEL);
  charon_scene_echo();
  for (size_t i = 0; i < ARRAY(nats); i++) {
    const char *const arguments[] = {
        "--remote", CHARON_SCENE_REMOTE, "--child", "tunnel", "--nat", nats[i], "--echo-count",
        "3",        "--echo-bytes",      "100",     NULL};
    assert_int_equal(run_initiator(&ours, arguments), 0);
    process_expect_written(&ours, "answered 3 of 3");
    expect_octets(&ours, "sent", 2, 8 + 8 + 20 + 8 + 100 + 2 + 2 + 8); /* padded to 4 */
  }
  matrix_passed("echoes of a server behind charon come back through ESP");
}

static void ask_through_tunnel(int file) {
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(7)};
  uint8_t sent[64], got[128];
  inet_pton(AF_INET, CHARON_SCENE_LOCAL, &to.sin_addr);
  memset(sent, 0x5a, sizeof sent);
  assert_int_equal(sendto(file, sent, sizeof sent, 0, (struct sockaddr *)&to, sizeof to),
                   sizeof sent);
  assert_int_equal(recv(file, got, sizeof got, 0), sizeof sent);
  assert_memory_equal(got, sent, sizeof sent);
}

static void responder_child(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 responder", "child in tunnel mode, ESP in UDP on port 4500 (kernel-libipsec)");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, TUNNEL);
  const char *const arguments[] = {"--child", "tunnel", "--nat", "detect", NULL};
  start_responder(&ours, arguments);
  assert_int_equal(charon_scene_initiate("child"), 0);
  const int file = charon_scene_socket(0);
  for (size_t i = 0; i < 3; i++)
    ask_through_tunnel(file);
  close(file);
  assert_int_equal(charon_scene_terminate(), 0);
  assert_int_equal(process_stop(&ours), 0);
  process_expect_written(&ours, "echoes served 3");
  matrix_passed("what charon sends is answered through ESP");
}

/* kernel-libipsec has no transport mode: the IKE SA stands, without the child. */
static void child_is_refused(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator",
        "child in transport mode, which charon without the kernel's XFRM refuses");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, "--child", "transport", NULL};
  assert_int_equal(run_initiator(&ours, arguments), 1);
  scene_expect_value(&ours, "failed", "label", "ikev2-no-child");
  matrix_passed("refused, ikev2-no-child");
}

/* Wrong keys and identities */

static void initiator_wrong_key(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator", "wrong key");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, "--psk", CHARON_SCENE_WRONG_PSK,
                                   NULL};
  assert_int_equal(run_initiator(&ours, arguments), 1);
  scene_expect_value(&ours, "failed", "label", "ikev2-authentication");
  expect_octets(&ours, "received", 1, 57);
  matrix_passed("refused, AUTHENTICATION_FAILED of 57 octets");
}

static void responder_wrong_key(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 responder", "wrong key");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  const char *const arguments[] = {"--psk", CHARON_SCENE_WRONG_PSK, NULL};
  start_responder(&ours, arguments);
  assert_int_not_equal(charon_scene_initiate("ike"), 0);
  scene_expect_value(&ours, "failed", "label", "ikev2-authentication");
  charon_scene_expect("received AUTHENTICATION_FAILED");
  matrix_passed("refused, both say so");
}

static void initiator_wrong_identity(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator", "identities that the other end does not expect");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  const char *const unknown[] = {"--remote", CHARON_SCENE_REMOTE, "--identity", "key_id:44", NULL};
  assert_int_equal(run_initiator(&ours, unknown), 1);
  scene_expect_value(&ours, "failed", "label", "ikev2-authentication");
  matrix_passed("refused");
}

/* Loss */

static struct lossy {
  struct relay relay;
  bool from_client;
  unsigned lost; /* its datagram with this number, from 1; and 0: none */
  unsigned drops;
} lossy;

static bool lose_one(void *context, struct relay *relay, bool from_client, const uint8_t *data,
                     size_t length) {
  struct lossy *of = context;
  (void)data;
  (void)length;
  const unsigned number = from_client ? relay->from_client : relay->from_server;
  const bool is_lost = from_client == of->from_client && number == of->lost;
  of->drops += is_lost;
  return !is_lost;
}

static struct sockaddr_in address_of(const char *ip, uint16_t port) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
  inet_pton(AF_INET, ip, &address.sin_addr);
  return address;
}

static void open_lossy(const struct sockaddr_in *front, const struct sockaddr_in *server,
                       unsigned place) {
  relay_open_between(&lossy.relay, front, server);
  lossy.from_client = place % 2 == 0;
  lossy.lost = place / 2 + 1;
  lossy.drops = 0;
  lossy.relay.look = lose_one;
  lossy.relay.context = &lossy;
}

enum { DATAGRAMS = 5 }; /* of INIT, AUTH, and the request to Delete */

static void initiator_losses(void **state) {
  const struct sockaddr_in front = address_of("127.0.0.1", 0);
  const struct sockaddr_in server = address_of(CHARON_SCENE_REMOTE, MARKED_PORT);
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator",
        "each message lost once (INIT, AUTH, Delete; the last one's answer apart)");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "  remote_addrs = %any\n");
  for (unsigned place = 0; place < DATAGRAMS; place++) {
    char remote[32];
    open_lossy(&front, &server, place);
    snprintf(remote, sizeof remote, "127.0.0.1:%u", lossy.relay.port);
    const char *const arguments[] = {"--remote", remote, "--bind", "127.0.0.1:0", NULL};
    assert_int_equal(run_initiator(&ours, arguments), 0);
    assert_int_equal(lossy.drops, 1);
    relay_close(&lossy.relay);
  }
  matrix_passed("established 5 of 5");
}

static void responder_losses(void **state) {
  const struct sockaddr_in front = address_of(CHARON_SCENE_LOCAL, RELAY_PORT);
  const struct sockaddr_in server = address_of("127.0.0.1", OUR_PORT);
  struct process charon, ours;
  (void)state;
  begin("IKEv2 responder",
        "each message lost once (INIT, AUTH, Delete; the last one's answer apart)");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "  local_port = 4500\n  remote_port = 5500\n");
  const char *const arguments[] = {"--bind", "127.0.0.1:5600", NULL};
  start_responder(&ours, arguments);
  for (unsigned place = 0; place < DATAGRAMS; place++) {
    open_lossy(&front, &server, place);
    assert_int_equal(charon_scene_initiate("ike"), 0);
    assert_int_equal(charon_scene_terminate(), 0);
    assert_int_equal(lossy.drops, 1);
    relay_close(&lossy.relay);
  }
  assert_int_equal(scene_count(&ours, "confirmed"), DATAGRAMS);
  assert_int_equal(process_stop(&ours), 0);
  matrix_passed("established 5 of 5");
}

/* Cookies */

static bool lose_auth(void *context, struct relay *relay, bool from_client, const uint8_t *data,
                      size_t length) {
  (void)context;
  (void)data;
  (void)length;
  return !from_client || relay->from_client == 1;
}

static void initiator_cookie(void **state) {
  const struct sockaddr_in front = address_of("127.0.0.1", 0);
  const struct sockaddr_in server = address_of(CHARON_SCENE_REMOTE, MARKED_PORT);
  struct process charon, half, ours;
  char remote[32];
  (void)state;
  begin("IKEv2 initiator", "charon asks for a cookie (one half-open SA, cookie_threshold = 1)");
  charon_scene_start(&charon, "  cookie_threshold = 1\n");
  charon_scene_load(ALL, "  remote_addrs = %any\n");
  relay_open_between(&lossy.relay, &front, &server);
  lossy.relay.look = lose_auth;
  snprintf(remote, sizeof remote, "127.0.0.1:%u", lossy.relay.port);
  const char *const halves[] = {"--remote", remote, "--bind", "127.0.0.1:0", NULL};
  start_ours(&half, "half", halves);
  process_expect(&half, "IKE_AUTH", SCENE_LIMIT_MS);
  const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, NULL};
  assert_int_equal(run_initiator(&ours, arguments), 0);
  expect_octets(&ours, "received", 0, 36 + 24);
  expect_octets(&ours, "sent", 1, 128 + 8 + 24);
  process_kill(&half);
  matrix_passed("brought back: 128, 60, 160, 160 octets, then IKE_AUTH");
}

static void responder_cookie(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 responder", "we ask charon for a cookie");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "");
  const char *const arguments[] = {"--cookie", NULL};
  start_responder(&ours, arguments);
  assert_int_equal(charon_scene_initiate("ike"), 0);
  expect_octets(&ours, "sent", 0, 36 + 17);
  assert_int_equal(octets_of(&ours, "received", 1), octets_of(&ours, "received", 0) + 8 + 17);
  assert_int_equal(process_stop(&ours), 0);
  process_expect_written(&ours, "confirmed 1, failed 0, closed 1, cookies 1");
  matrix_passed("brought back; the cookie's answer has 53 octets");
}

/* Liveness and Delete */

static void initiator_liveness(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 initiator", "liveness of ours and of charon; charon deletes");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "  dpd_delay = 1s\n");
  const char *const arguments[] = {"--remote", CHARON_SCENE_REMOTE, "--stay", "--liveness-s", "1",
                                   NULL};
  start_ours(&ours, "initiator", arguments);
  process_expect(&ours, "INFORMATIONAL request", SCENE_LIMIT_MS);
  process_expect(&ours, "INFORMATIONAL response", SCENE_LIMIT_MS);
  expect_octets(&ours, "sent", 2, 49);
  assert_true(charon_scene_is_established());
  assert_int_equal(charon_scene_terminate(), 0);
  assert_int_equal(process_wait(&ours, SCENE_LIMIT_MS), 1);
  scene_expect_value(&ours, "closed", "label", "ikev2-deleted");
  matrix_passed("liveness answered both ways (49 octets); closed, ikev2-deleted");
}

static void responder_deletes(void **state) {
  struct process charon, ours;
  (void)state;
  begin("IKEv2 responder", "liveness of ours and of charon; we delete");
  charon_scene_start(&charon, "");
  charon_scene_load(ALL, "  dpd_delay = 1s\n");
  const char *const arguments[] = {"--liveness-s", "1", NULL};
  start_responder(&ours, arguments);
  assert_int_equal(charon_scene_initiate("ike"), 0);
  process_expect(&ours, "INFORMATIONAL request", SCENE_LIMIT_MS);
  process_expect(&ours, "INFORMATIONAL response", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&ours), 0);
  process_expect_written(&ours, "ikev2-deleted");
  assert_false(charon_scene_is_established());
  matrix_passed("liveness answered both ways; charon has no SA any more");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(initiator_proposals, scene_teardown),
      cmocka_unit_test_teardown(responder_proposals, scene_teardown),
      cmocka_unit_test_teardown(keys_are_equal, scene_teardown),
      cmocka_unit_test_teardown(initiator_child, scene_teardown),
      cmocka_unit_test_teardown(responder_child, scene_teardown),
      cmocka_unit_test_teardown(child_is_refused, scene_teardown),
      cmocka_unit_test_teardown(initiator_wrong_key, scene_teardown),
      cmocka_unit_test_teardown(responder_wrong_key, scene_teardown),
      cmocka_unit_test_teardown(initiator_wrong_identity, scene_teardown),
      cmocka_unit_test_teardown(initiator_losses, scene_teardown),
      cmocka_unit_test_teardown(responder_losses, scene_teardown),
      cmocka_unit_test_teardown(initiator_cookie, scene_teardown),
      cmocka_unit_test_teardown(responder_cookie, scene_teardown),
      cmocka_unit_test_teardown(initiator_liveness, scene_teardown),
      cmocka_unit_test_teardown(responder_deletes, scene_teardown),
  };
  return SCENE_RUN("ike_charon_test", tests);
}
