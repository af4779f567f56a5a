/* coap-eap-node ike with itself, as a user without rights would run it: on ports of loopback, with
 * ESP in UDP. */
#define _GNU_SOURCE
#include "port.h"
#include "scene.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PSK "0x101112131415161718191a1b1c1d1e1f"
#define WRONG_PSK "0x0f0e0d0c0b0a09080706050403020100"
#define INITIATOR "key_id:0011223344556677"
#define RESPONDER "fqdn:gw.test"
#define ARRAY(array) (sizeof(array) / sizeof(array)[0])

enum {
  ARGUMENTS_MAX = 40,
  TEXT = 64,
  DATAGRAM_MAX = 2048,
  MARKER = 4,
  SPI_AT = 4,
  NONCE_AT = 4 + 28 + 40 + 40 + 4, /* of an IKE_SA_INIT request with X25519: SA, KE, header */
  FLOOD = 3000,
  FLOOD_SOURCES = 0x7f100000, /* 127.16.0.0 */
};

static const char *const PROPOSALS[] = {
    "aes128ccm8-prfsha256-x25519", "aes128ccm8-prfsha256-ecp256", "aes128ccm8-prfaescmac-x25519",
    "aes128ccm8-prfaescmac-ecp256"};

/* Starting */

static bool is_given(const char *const *arguments, const char *option) {
  while (*arguments != NULL && strcmp(*arguments, option) != 0)
    arguments++;
  return *arguments != NULL;
}

/* `usual` where it is not in `arguments`, and those; both end with NULL. */
static void start(struct process *process, const char *name, const char *const (*usual)[2],
                  const char *const *arguments) {
  static const char *const none[] = {NULL};
  const char *argv[ARGUMENTS_MAX + 1] = {"-v", "--show-keys"};
  size_t count = 2;
  for (; (*usual)[0] != NULL; usual++)
    for (size_t i = 0; i < 2 && !is_given(arguments, (*usual)[0]); i++)
      argv[count++] = (*usual)[i];
  for (size_t i = 0; arguments[i] != NULL; i++)
    argv[count++] = arguments[i];
  scene_start_role(process, name, "ike", none, argv);
}

static uint16_t start_responder(struct process *process, const char *const *arguments) {
  static const char *const usual[][2] = {{"--bind", "127.0.0.1:0"},
                                         {"--identity", RESPONDER},
                                         {"--psk", PSK},
                                         {"--retry-ms", "200"},
                                         {NULL, NULL}};
  start(process, "responder", usual, arguments);
  process_expect(process, "\"event\":\"listening\"", SCENE_LIMIT_MS);
  char *address = scene_value(process, "listening", "remote", 0);
  const uint16_t port = (uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10);
  free(address);
  return port;
}

static void start_initiator(struct process *process, uint16_t port, const char *const *arguments) {
  char remote[TEXT];
  snprintf(remote, sizeof remote, "127.0.0.1:%u", port);
  const char *const usual[][2] = {{"--remote", remote},
                                  {"--bind", "127.0.0.1:0"},
                                  {"--identity", INITIATOR},
                                  {"--remote-identity", RESPONDER},
                                  {"--psk", PSK},
                                  {"--retry-ms", "200"},
                                  {NULL, NULL}};
  start(process, "initiator", usual, arguments);
}

static int run_initiator(struct process *process, uint16_t port, const char *const *arguments) {
  start_initiator(process, port, arguments);
  return process_wait(process, SCENE_LIMIT_MS);
}

static size_t octets_of(const struct process *process, const char *event, size_t skip) {
  char *text = scene_value(process, event, "octets", skip);
  assert_non_null(text);
  const size_t octets = strtoul(text, NULL, 10);
  free(text);
  return octets;
}

/* What goes well */

static void each_proposal(void **state) {
  static const char *const none[] = {NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, none);
  for (size_t i = 0; i < ARRAY(PROPOSALS); i++) {
    const size_t ke = i % 2 == 1 ? 32 : 0, auth = i >= 2 ? 16 : 0;
    const char *const arguments[] = {"--proposal", PROPOSALS[i], NULL};
    assert_int_equal(run_initiator(&initiator, port, arguments), 0);
    assert_int_equal(octets_of(&initiator, "sent", 0), MARKER + 128 + ke);
    assert_int_equal(octets_of(&initiator, "received", 0), MARKER + 136 + ke);
    assert_int_equal(octets_of(&initiator, "sent", 1), MARKER + 105 + 8 + 7 - auth);
    assert_int_equal(octets_of(&initiator, "received", 1), MARKER + 97 + 7 - auth);
    scene_expect_value(&initiator, "confirmed", "name", "gw.test");
    char *key = scene_value(&initiator, "secret", "key", 0);
    char *theirs = scene_value(&responder, "secret", "key", i);
    assert_string_equal(key, theirs);
    free(key);
    free(theirs);
  }
  scene_expect_value(&responder, "confirmed", "name", "@#0011223344556677");
  process_expect(&responder, "IKEv2, of", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&responder), 0);
  process_expect_written(&responder, "confirmed 4, failed 0, closed 4");
}

/* ESP in UDP: header 8, IV 8 or none, the segment and its padding, ICV 8; echoed as it came. */
static void each_child(void **state) {
  static const char *const ivs[] = {"explicit", "implicit"};
  static const struct {
    const char *mode;
    size_t inner;
  } modes[] = {{"transport", 0}, {"tunnel", 20}};
  struct process responder, initiator;
  (void)state;
  for (size_t i = 0; i < ARRAY(modes); i++)
    for (size_t j = 0; j < ARRAY(ivs); j++) {
      const char *const answers[] = {"--child", modes[i].mode, "--esp-iv", ivs[j],
                                     "--nat",   "force",       "--once",   NULL};
      const char *const asks[] = {"--child", modes[i].mode,  "--esp-iv", ivs[j],         "--nat",
                                  "force",   "--echo-count", "3",        "--echo-bytes", "50",
                                  NULL};
      const uint16_t port = start_responder(&responder, answers);
      assert_int_equal(run_initiator(&initiator, port, asks), 0);
      const size_t payload = (modes[i].inner + 8 + 50 + 2 + 3) / 4 * 4;
      const size_t iv = j == 0 ? 8 : 0;
      assert_int_equal(octets_of(&initiator, "sent", 2), 8 + iv + payload + 8);
      assert_int_equal(octets_of(&initiator, "received", 2), octets_of(&initiator, "sent", 2));
      process_expect_written(&initiator, "answered 3 of 3");
      assert_int_equal(process_wait(&responder, SCENE_LIMIT_MS), 0);
      process_expect_written(&responder, "echoes served 3");
    }
}

static void from_a_file(void **state) {
  struct process responder, initiator;
  (void)state;
  const char *file =
      process_file("ike.yaml", "ike:\n  bind: \"127.0.0.1:0\"\n  identity: gw.test\n"
                               "  psk: \"" PSK "\"\n"
                               "  proposal: [aes128ccm8-prfaescmac-x25519]\n  cookie: on\n");
  const char *const argv[] = {COAP_EAP_NODE, "ike", "--json", "--config", file, NULL};
  process_start(&responder, "responder", argv);
  process_expect(&responder, "\"event\":\"listening\"", SCENE_LIMIT_MS);
  char *address = scene_value(&responder, "listening", "remote", 0);
  const uint16_t port = (uint16_t)strtoul(strrchr(address, ':') + 1, NULL, 10);
  free(address);
  const char *const arguments[] = {"--proposal", PROPOSALS[2], NULL};
  assert_int_equal(run_initiator(&initiator, port, arguments), 0);
  const char *const other[] = {"--proposal", PROPOSALS[0], NULL};
  assert_int_equal(run_initiator(&initiator, port, other), 1);
  scene_expect_value(&initiator, "failed", "label", "ikev2-no-proposal");
  assert_int_equal(process_stop(&responder), 0);
  process_expect_written(&responder, "confirmed 1");
}

static void liveness_and_signals(void **state) {
  static const char *const answers[] = {NULL};
  static const char *const stays[] = {"--stay", "--liveness-s", "1", NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  start_initiator(&initiator, port, stays);
  process_expect(&initiator, "INFORMATIONAL request", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&initiator), 0); /* deletes */
  process_expect(&responder, "closed", SCENE_LIMIT_MS);
  start_initiator(&initiator, port, stays);
  process_expect(&initiator, "confirmed", SCENE_LIMIT_MS);
  assert_int_equal(process_stop(&responder), 0); /* deletes */
  assert_int_equal(process_wait(&initiator, SCENE_LIMIT_MS), 1);
  scene_expect_value(&initiator, "closed", "label", "ikev2-deleted");
}

static void liveness_is_not_answered(void **state) {
  static const char *const answers[] = {NULL};
  static const char *const stays[] = {"--stay", "--liveness-s", "1", "--retry-ms", "20", NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  start_initiator(&initiator, port, stays);
  process_expect(&initiator, "confirmed", SCENE_LIMIT_MS);
  process_kill(&responder);
  assert_int_equal(process_wait(&initiator, SCENE_LIMIT_MS), 1);
  scene_expect_value(&initiator, "closed", "label", "ikev2-timeout");
}

/* What does not */

static void wrong_keys(void **state) {
  static const struct {
    const char *option, *value;
  } wrongs[] = {{"--psk", WRONG_PSK}, {"--remote-identity", "fqdn:other.test"}};
  static const char *const answers[] = {NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  for (size_t i = 0; i < ARRAY(wrongs); i++) {
    const char *const arguments[] = {wrongs[i].option, wrongs[i].value, NULL};
    assert_int_equal(run_initiator(&initiator, port, arguments), 1);
    scene_expect_value(&initiator, "failed", "label", "ikev2-authentication");
  }
  assert_int_equal(process_stop(&responder), 0);
  scene_expect_value(&responder, "failed", "label", "ikev2-authentication");
}

static void another_child_is_refused(void **state) {
  static const char *const answers[] = {"--child", "transport", "--nat", "force", NULL};
  static const char *const asks[] = {"--child", "tunnel", "--nat", "force", NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  assert_int_equal(run_initiator(&initiator, port, asks), 1);
  scene_expect_value(&initiator, "failed", "label", "ikev2-no-child");
  assert_int_equal(process_stop(&responder), 0);
}

static void usage_is_told(void **state) {
  static const struct {
    const char *arguments[8];
    const char *told;
  } rows[] = {
      {{"--psk", PSK}, "--identity is needed"},
      {{"--identity", "a"}, "--psk is needed"},
      {{"--identity", "key_id:0g"}, "key_id:HEX"},
      {{"--psk", "0x"}, "0x and hexadecimal digits"},
      {{"--psk", PSK, "--identity", "a", "--child", "both"}, "none|transport|tunnel"},
      {{"--psk", PSK, "--identity", "a", "--nat", "on"}, "off|detect|force"},
      {{"--psk", PSK, "--identity", "a", "--proposal", "aes256"}, "aes128ccm8-prfsha256-x25519|"},
      {{"--psk", PSK, "--identity", "a", "--esp-iv", "none"}, "explicit|implicit"},
      {{"--psk", PSK, "--identity", "a", "--echo-count", "1"}, "--echo-count"},
      {{"--psk", PSK, "--identity", "a", "--stay"}, "need --remote"},
      {{"--psk", PSK, "--identity", "a", "--remote", "::1", "--esp-iv", "explicit,implicit"},
       "one --esp-iv"},
      {{"--psk", PSK, "--identity", ""}, "1 to 253 octets"},
      {{"--psk", PSK, "--identity", "a", "--remote", "[::]:500"}, "the address of a host"},
      {{"--psk", PSK, "--identity", "a", "--remote", "0.0.0.0"}, "the address of a host"},
      {{"--psk", PSK, "--identity", "a", "--remote", "[::1]:0"}, "to have a port"},
      {{"--psk", PSK, "--identity", "a", "--remote", "::1", "--bind", "127.0.0.1:0"},
       "of two families"},
  };
  (void)state;
  for (size_t i = 0; i < ARRAY(rows); i++) {
    const char *argv[16] = {COAP_EAP_NODE, "ike"};
    struct process process;
    for (size_t j = 0; j < ARRAY(rows[i].arguments) && rows[i].arguments[j] != NULL; j++)
      argv[2 + j] = rows[i].arguments[j];
    process_start(&process, "usage", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 2);
    process_expect_written(&process, rows[i].told);
    assert_false(process_wrote(&process, &PSK[2]));
  }
}

/* Loss */

static struct losses {
  struct relay relay;
  bool from_client;
  unsigned lost, drops;        /* the number of the datagram, from 1 */
  uint8_t first[DATAGRAM_MAX]; /* of the client */
  size_t first_length;
} wire;

static bool look(void *context, struct relay *relay, bool from_client, const uint8_t *data,
                 size_t length) {
  struct losses *of = context;
  const unsigned number = from_client ? relay->from_client : relay->from_server;
  const bool is_lost = from_client == of->from_client && number == of->lost;
  if (from_client && number == 1 && length <= sizeof of->first) {
    memcpy(of->first, data, length);
    of->first_length = length;
  }
  of->drops += is_lost;
  return !is_lost;
}

static void open_wire(uint16_t port, bool from_client, unsigned lost) {
  relay_open(&wire.relay, port, NULL, 0);
  wire.relay.look = look;
  wire.relay.context = &wire;
  wire.from_client = from_client;
  wire.lost = lost;
  wire.drops = 0;
}

static void each_message_lost(void **state) {
  static const char *const answers[] = {"--child", "transport", "--nat", "force", NULL};
  static const char *const asks[] = {"--child", "transport", "--nat", "force", NULL};
  struct process responder, initiator;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  for (unsigned place = 0; place < 5; place++) { /* the answer to a Delete comes once */
    open_wire(port, place % 2 == 0, place / 2 + 1);
    assert_int_equal(run_initiator(&initiator, wire.relay.port, asks), 0);
    assert_int_equal(wire.drops, 1);
    relay_close(&wire.relay);
  }
  assert_int_equal(process_stop(&responder), 0);
  process_expect_written(&responder, "confirmed 5, failed 0, closed 5");
}

/* Strangers */

static int open_stranger(void) {
  const int file = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const struct sockaddr_in any = {.sin_family = AF_INET};
  const int on = 1;
  assert_true(file >= 0);
  setsockopt(file, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  assert_int_equal(bind(file, (const struct sockaddr *)&any, sizeof any), 0);
  return file;
}

/* From this address of 127.0.0.0/8. */
static void send_from(int file, uint32_t source, uint16_t port, const uint8_t *data,
                      size_t length) {
  union {
    char octets[CMSG_SPACE(sizeof(struct in_pktinfo))];
    struct cmsghdr head;
  } control = {.octets = {0}};
  struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  struct iovec octets = {.iov_base = (void *)(uintptr_t)data, .iov_len = length};
  struct msghdr message = {.msg_name = &to,
                           .msg_namelen = sizeof to,
                           .msg_iov = &octets,
                           .msg_iovlen = 1,
                           .msg_control = control.octets,
                           .msg_controllen = sizeof control.octets};
  const struct in_pktinfo info = {.ipi_spec_dst.s_addr = htonl(source)};
  control.head = (struct cmsghdr){
      .cmsg_level = IPPROTO_IP, .cmsg_type = IP_PKTINFO, .cmsg_len = CMSG_LEN(sizeof info)};
  memcpy(CMSG_DATA(&control.head), &info, sizeof info);
  assert_int_equal(sendmsg(file, &message, 0), length);
}

static size_t count_back(int file, size_t *most) {
  uint8_t data[DATAGRAM_MAX];
  size_t sum = 0;
  ssize_t got;
  while ((got = recv(file, data, sizeof data, 0)) >= 0) {
    sum += (size_t)got;
    *most = (size_t)got > *most ? (size_t)got : *most;
  }
  return sum;
}

/* An IKE_SA_INIT request as our initiator sends it. */
static void catch_opening(uint16_t port) {
  static const char *const none[] = {NULL};
  struct process initiator;
  open_wire(port, true, 0);
  assert_int_equal(run_initiator(&initiator, wire.relay.port, none), 0);
  assert_int_equal(wire.first_length, MARKER + 128);
  relay_close(&wire.relay);
}

static void hostile_datagrams(void **state) {
  static const char *const answers[] = {"--child", "transport", "--childless",
                                        "--nat",   "force",     NULL};
  static const char *const none[] = {"--nat", "force", NULL};
  static const char *const plain[] = {NULL};
  uint8_t octets[DATAGRAM_MAX];
  struct process responder, initiator;
  (void)state;
  uint16_t port = start_responder(&responder, plain);
  catch_opening(port);
  assert_int_equal(process_stop(&responder), 0);
  port = start_responder(&responder, answers);
  const int file = open_stranger();
  for (size_t i = 0; i <= wire.first_length; i++) /* cut off, then one octet changed */
    send_from(file, INADDR_LOOPBACK, port, wire.first, i);
  for (size_t i = 0; i < wire.first_length; i++) {
    memcpy(octets, wire.first, wire.first_length);
    octets[i] ^= 0xff;
    send_from(file, INADDR_LOOPBACK, port, octets, wire.first_length);
    if (i % 16 == 0)
      usleep(2000);
  }
  memset(octets, 0xa5, sizeof octets); /* as ESP, and too long for anything */
  for (size_t i = 0; i < sizeof octets; i += 97)
    send_from(file, INADDR_LOOPBACK, port, octets, i);
  close(file);
  assert_int_equal(run_initiator(&initiator, port, none), 0);
  assert_int_equal(process_stop(&responder), 0);
}

static unsigned long cookies_of(const struct process *responder) {
  static const char before[] = "cookies ";
  char *text = process_out(responder);
  const char *at = strstr(text, before);
  assert_non_null(at);
  const unsigned long count = strtoul(at + sizeof before - 1, NULL, 10);
  free(text);
  return count;
}

/* Openings from as many addresses, which are never followed: places and octets are bounded, memory
 * is, and who is not a stranger gets through, with a cookie. */
static void flood_is_bounded(void **state) {
  static const char *const answers[] = {"--half-open-max", "100", "--sas-max", "200", NULL};
  static const char *const plain[] = {NULL};
  struct process responder, initiator;
  uint8_t octets[DATAGRAM_MAX];
  size_t back = 0, most = 0;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  catch_opening(port);
  const uint64_t before_kb = process_memory_kb(&responder);
  const int file = open_stranger();
  memcpy(octets, wire.first, wire.first_length);
  for (uint32_t i = 0; i < FLOOD; i++) {
    memcpy(octets + SPI_AT, &i, sizeof i);
    memcpy(octets + NONCE_AT, &i, sizeof i);
    send_from(file, FLOOD_SOURCES + i, port, octets, wire.first_length);
    back += count_back(file, &most);
    if (i % 16 == 0)
      usleep(2000);
    if (i == FLOOD / 2)
      assert_int_equal(run_initiator(&initiator, port, plain), 0);
  }
  usleep(100000);
  back += count_back(file, &most);
  close(file);
  assert_int_equal(octets_of(&initiator, "received", 0), MARKER + 36 + 17);
  assert_in_range(back, 1, FLOOD * wire.first_length);
  assert_in_range(most, 1, wire.first_length + 8); /* notify 16418, of the first hundred */
  assert_in_range(process_memory_kb(&responder), 1, before_kb + SCENE_GROWTH_MAX_KB * 16);
  assert_int_equal(process_stop(&responder), 0);
  process_expect_written(&responder, "confirmed 2, failed 100, closed 2, cookies ");
  assert_in_range(cookies_of(&responder), FLOOD / 2, FLOOD); /* some may have been lost */
}

/* One address has not more than its share. */
static void one_address_is_asked_for_cookies(void **state) {
  static const char *const answers[] = {"--address-max", "3", NULL};
  static const char *const plain[] = {NULL};
  struct process responder;
  uint8_t octets[DATAGRAM_MAX];
  size_t most = 0;
  (void)state;
  const uint16_t port = start_responder(&responder, answers);
  catch_opening(port);
  const int file = open_stranger();
  memcpy(octets, wire.first, wire.first_length);
  for (uint32_t i = 0; i < 20; i++) {
    memcpy(octets + SPI_AT, &i, sizeof i);
    send_from(file, FLOOD_SOURCES, port, octets, wire.first_length);
  }
  usleep(200000);
  assert_int_equal(count_back(file, &most), 3 * (MARKER + 136) + 17 * (MARKER + 36 + 17));
  close(file);
  assert_int_equal(run_initiator(&(struct process){0}, port, plain), 0);
  assert_int_equal(process_stop(&responder), 0);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(each_proposal, scene_teardown),
      cmocka_unit_test_teardown(each_child, scene_teardown),
      cmocka_unit_test_teardown(from_a_file, scene_teardown),
      cmocka_unit_test_teardown(liveness_and_signals, scene_teardown),
      cmocka_unit_test_teardown(liveness_is_not_answered, scene_teardown),
      cmocka_unit_test_teardown(wrong_keys, scene_teardown),
      cmocka_unit_test_teardown(another_child_is_refused, scene_teardown),
      cmocka_unit_test_teardown(usage_is_told, scene_teardown),
      cmocka_unit_test_teardown(each_message_lost, scene_teardown),
      cmocka_unit_test_teardown(hostile_datagrams, scene_teardown),
      cmocka_unit_test_teardown(flood_is_bounded, scene_teardown),
      cmocka_unit_test_teardown(one_address_is_asked_for_cookies, scene_teardown),
  };
  return SCENE_RUN("ike_roles_test", tests);
}
