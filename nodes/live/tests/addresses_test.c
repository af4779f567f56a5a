/* Answers come from where they were asked, on sockets that are bound to any address; and link-local
 * addresses keep their interfaces. */
#include "dialogue.h"
#include "port.h"
#include "scene.h"

#include "../udp.h"

#include <errno.h>
#include <net/if.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { TEXT = 96 };

static bool no_ipv6; /* as where the kernel has none */

int __real_socket(int family, int type, int protocol);
int __wrap_socket(int family, int type, int protocol);

int __wrap_socket(int family, int type, int protocol) {
  if (!no_ipv6 || family != AF_INET6)
    return __real_socket(family, type, protocol);
  errno = EAFNOSUPPORT;
  return -1;
}

static struct udp_address parse(const char *text) {
  struct udp_address address;
  const char *wrong = udp_address_parse(text, 5683, &address);
  if (wrong != NULL)
    fail_msg("%s: %s", text, wrong);
  return address;
}

static void open_on(struct udp_socket *udp, const char *text) {
  const struct udp_address local = parse(text);
  if (udp_open(udp, &local, NULL) < 0)
    fail_msg("%s: %s", text, strerror(errno));
}

static void await(const struct udp_socket *udp, struct node_datagram *datagram) {
  struct pollfd look = {.fd = udp->file, .events = POLLIN};
  assert_int_equal(poll(&look, 1, 5000), 1);
  assert_int_equal(udp_receive(udp, datagram), 1);
}

/* From one socket to another, and back from where it came to. */
static void ask_and_answer(const char *bind, const char *ours, const char *asked) {
  struct udp_socket server, client;
  uint8_t octets[] = "ping", got[sizeof octets];
  open_on(&server, bind);
  open_on(&client, ours);
  struct node_address to = parse(asked).address;
  to.port = server.local.port;
  struct node_datagram datagram = {
      .source = client.local, .destination = to, .data = octets, .length = sizeof octets};
  assert_int_equal(udp_send(&client, &datagram), 0);
  datagram = (struct node_datagram){.data = got, .capacity = sizeof got};
  await(&server, &datagram);
  assert_true(node_address_equal(&datagram.destination, &to));
  const struct node_datagram answer = {.source = datagram.destination,
                                       .destination = datagram.source,
                                       .data = octets,
                                       .length = sizeof octets};
  assert_int_equal(udp_send(&server, &answer), 0);
  datagram = (struct node_datagram){.data = got, .capacity = sizeof got};
  await(&client, &datagram);
  if (!node_address_equal(&datagram.source, &to)) {
    char text[UDP_TEXT_MAX];
    fail_msg("%s asked at %s: answered from %s", bind, asked,
             udp_address_text(&datagram.source, text));
  }
  udp_close(&server);
  udp_close(&client);
}

static void sockets_on_any_address(void **state) {
  (void)state;
  ask_and_answer("[::]:0", "127.0.0.1:0", "127.0.0.2");
  ask_and_answer("[::]:0", "[::]:0", "127.0.0.3");
  ask_and_answer("[::]:0", "[::1]:0", "::1");
  ask_and_answer("0.0.0.0:0", "127.0.0.1:0", "127.0.0.4");
  ask_and_answer("127.0.0.5:0", "127.0.0.1:0", "127.0.0.5");
}

static void sockets_without_ipv6(void **state) {
  (void)state;
  no_ipv6 = true;
  ask_and_answer(":0", "127.0.0.1:0", "127.0.0.2");
  ask_and_answer("0.0.0.0:0", "0.0.0.0:0", "127.0.0.3");
  no_ipv6 = false;
}

/* Link-local addresses */

static void zones(void **state) {
  static const char lo[] = "[fe80::7%lo]:5683";
  char text[UDP_TEXT_MAX];
  struct udp_address bare, other = parse("[fe80::7%4095]:5683");
  const struct udp_address with = parse(lo);
  (void)state;
  assert_string_equal(udp_address_text(&with.address, text), lo);
  assert_string_equal(udp_address_text(&other.address, text), "[fe80::7%4095]:5683");
  assert_false(node_address_equal(&with.address, &other.address));
  assert_null(udp_address_complete(&other, &with));
  assert_string_equal(udp_address_text(&other.address, text), "[fe80::7%4095]:5683");
  bare = parse("[fe80::7]:5683");
  assert_non_null(udp_address_complete(&bare, NULL));
  assert_string_equal(udp_address_text(&bare.address, text), "[fe80::7]:5683");
  assert_null(udp_address_complete(&bare, &with));
  assert_true(node_address_equal(&bare.address, &with.address));
  bare = parse("::1");
  assert_null(udp_address_complete(&bare, &with));
  assert_string_equal(udp_address_text(&bare.address, text), "[::1]:5683");
  assert_non_null(udp_address_parse("fe80:0:1::7%lo", 5683, &bare));
}

static void zones_that_are_missing(void **state) {
  static const char *const cases[][4] = {
      {"peer", "--authenticator", "fe80::7", NULL},
      {"aaa", "--client", "fe80::7", NULL},
      {"authenticator", "--radius-server", "fe80::7", NULL},
      {"dtls", "--connect", "fe80::7", NULL},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const char *argv[6] = {COAP_EAP_NODE};
    struct process process;
    memcpy(argv + 1, cases[i], sizeof cases[i]);
    process_start(&process, "missing", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 2);
    process_expect_written(&process, "a link-local address needs its interface");
  }
}

/* Roles */

/* Everyone is on any address, and is asked at one that the system would not answer from. */
static void roles_on_any_address(void **state) {
  static const char *const any[] = {"[::]:0", "0.0.0.0:0"};
  static const char *const associations[] = {"oscore", "dtls"};
  (void)state;
  for (size_t i = 0; i < 4; i++) {
    struct scene_server aaa, authenticator;
    struct process peer;
    char server[TEXT], where[TEXT];
    const char *const bind = any[i % 2], *const association = associations[i / 2];
    const char *const serves[] = {"--bind", bind, "--identity", SCENE_IDENTITY, NULL};
    scene_start_aaa(&aaa, serves);
    snprintf(server, sizeof server, "127.0.0.2:%u", aaa.port);
    const char *const passes[] = {"--bind",     bind, "--radius-server", server,      "--secret",
                                  SCENE_SECRET, "-v", "--association",   association, NULL};
    scene_start_authenticator(&authenticator, passes);
    snprintf(where, sizeof where, "127.0.0.3:%u", authenticator.port);
    const char *const asks[] = {
        "--authenticator", where,       "--identity",  SCENE_IDENTITY, "--psk", SCENE_PSK,
        "--association",   association, "--timeout-s", "10",           NULL};
    assert_int_equal(scene_run_peer(&peer, 1, asks), 0);
    process_expect(&authenticator.process, "step 8 verified", SCENE_LIMIT_MS);
    process_end_all();
  }
}

/* A peer that waits, at once and by separate responses. */
static void peers_on_any_address(void **state) {
  static const char *const separate[] = {"--separate-response=off", "--separate-response=on"};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    struct scene_server authenticator;
    struct process peer;
    char bind[TEXT], where[TEXT];
    const uint16_t port = port_take();
    snprintf(bind, sizeof bind, "[::]:%u", port);
    snprintf(where, sizeof where, "127.0.0.4:%u", port);
    const uint16_t theirs = port_take();
    const char *const waits[] = {"--identity", SCENE_IDENTITY,  "--psk",     SCENE_PSK, "--bind",
                                 bind,         "--trigger=off", separate[i], NULL};
    scene_start_peer(&peer, theirs, waits);
    snprintf(bind, sizeof bind, "127.0.0.1:%u", theirs);
    const char *const begins[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--begin",
                                  where,        "--bind",       bind,    NULL};
    scene_start_authenticator(&authenticator, begins);
    assert_int_equal(process_wait(&peer, SCENE_LIMIT_MS), 0);
    process_end_all();
  }
}

static void dtls_on_any_address(void **state) {
  struct dialogue server, client;
  char line[DIALOGUE_LINE_MAX], where[TEXT];
  (void)state;
  const char *const listens[] = {COAP_EAP_NODE, "dtls", "--listen", "[::]:0", "--psk", "00", NULL};
  dialogue_start(&server, listens);
  assert_true(dialogue_hear(&server, line));
  snprintf(where, sizeof where, "127.0.0.5:%d", atoi(strrchr(line, ':') + 1));
  const char *const connects[] = {COAP_EAP_NODE, "dtls", "--connect", where, "--psk", "00", NULL};
  dialogue_start(&client, connects);
  assert_true(dialogue_hear(&client, line));
  assert_int_equal(strncmp(line, "ESTABLISHED ", 12), 0);
  assert_string_equal(line + 12, where);
  dialogue_hush(&client);
  assert_int_equal(dialogue_end(&client), 0);
  dialogue_hush(&server);
  (void)dialogue_end(&server);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sockets_on_any_address),
      cmocka_unit_test(sockets_without_ipv6),
      cmocka_unit_test(zones),
      cmocka_unit_test_teardown(zones_that_are_missing, scene_teardown),
      cmocka_unit_test_teardown(roles_on_any_address, scene_teardown),
      cmocka_unit_test_teardown(peers_on_any_address, scene_teardown),
      cmocka_unit_test_teardown(dtls_on_any_address, scene_teardown),
  };
  return SCENE_RUN("addresses", tests);
}
