/* Datagrams of strangers to the roles that speak CoAP, over loopback, and what comes back. */
#include "scene.h"

#include "../strangers.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

enum { ANSWER_MAX = 64, PATIENCE_S = 10 };

/* A CON that is answered, of six octets at most. */
static const struct {
  const char *what;
  uint8_t in[32];
  size_t length;
  uint8_t to_authenticator[2], to_peer[2]; /* type, token length and code of the answer */
} CASES[] = {
    {"ping", {0x40, 0, 0x12, 0x34}, 4, {0x70, 0}, {0x70, 0}},
    {"malformed", {0x40, 2, 0x12, 0x34, 0xff}, 5, {0x70, 0}, {0x70, 0}},
    {"response", {0x41, 0x45, 0x12, 0x34, 7}, 5, {0x70, 0}, {0x70, 0}},
    {"GET of nothing", {0x41, 1, 0x12, 0x34, 7, 0xb1, 'x'}, 7, {0x61, 0x84}, {0x61, 0x84}},
    {"GET of the service", {0x40, 1, 0x12, 0x34, 0xb1, 'b'}, 6, {0x60, 0x85}, {0x60, 0x85}},
    {"If-Match", {0x40, 2, 0x12, 0x34, 0x10, 0xa1, 'b'}, 7, {0x60, 0x82}, {0x60, 0x82}},
    {"Proxy-Uri", {0x40, 2, 0x12, 0x34, 0xd1, 0x16, 'x'}, 7, {0x60, 0xa5}, {0x60, 0xa5}},
    {"OSCORE",
     {0x40, 2, 0x12, 0x34, 0x93, 9, 0, 1, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
     19,
     {0x60, 0x81},
     {0x60, 0x81}},
    {"Uri-Host",
     {0x40, 2, 0x12, 0x34, 0x39, 'l', 'o', 'c', 'a', 'l', 'h', 'o', 's', 't', 0x81, 'b'},
     16,
     {0x60, 0x44},
     {0x60, 0x83}},
};

static void ask(int fd, const uint8_t *data, size_t length, uint8_t answer[ANSWER_MAX]) {
  assert_int_equal(send(fd, data, length, 0), length);
  const ssize_t got = recv(fd, answer, ANSWER_MAX, 0);
  assert_true(got >= 4 && (size_t)got <= length);
}

/* On a socket of its own: a stranger who has never asked. */
static void ask_once(uint16_t port, const char *what, const uint8_t *in, size_t length,
                     const uint8_t expected[2]) {
  const struct timeval patience = {.tv_sec = PATIENCE_S};
  const struct sockaddr_in to = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  uint8_t answer[ANSWER_MAX];
  assert_true(fd >= 0);
  setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  assert_int_equal(connect(fd, (const struct sockaddr *)&to, sizeof to), 0);
  print_message("%s\n", what);
  ask(fd, in, length, answer);
  assert_memory_equal(answer, expected, 2);
  assert_memory_equal(answer + 2, in + 2, 2);
  close(fd);
}

static void ask_all(uint16_t port, bool peer) {
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++)
    ask_once(port, CASES[i].what, CASES[i].in, CASES[i].length,
             peer ? CASES[i].to_peer : CASES[i].to_authenticator);
}

/* One room for peers is enough for all strangers, but for who triggers, who is the last. */
static void strangers_of_the_authenticator(void **state) {
  (void)state;
  static const char *const arguments[] = {"--identity", SCENE_IDENTITY, "--psk",       SCENE_PSK,
                                          "--bind",     "127.0.0.1:0",  "--peers-max", "1",
                                          NULL};
  struct scene_server authenticator;
  scene_start_authenticator(&authenticator, arguments);
  ask_all(authenticator.port, false);
  assert_int_equal(process_stop(&authenticator.process), 0);
  assert_int_equal(scene_count(&authenticator.process, "started"), 1);
}

/* A free port of the kernel's choice. */
static uint16_t free_port(void) {
  struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  socklen_t length = sizeof address;
  const int fd = socket(AF_INET, SOCK_DGRAM, 0);
  assert_int_equal(bind(fd, (const struct sockaddr *)&address, length), 0);
  assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
  close(fd);
  return ntohs(address.sin_port);
}

static void strangers_of_the_peer(void **state) {
  (void)state;
  char bind_to[32];
  const uint16_t port = free_port();
  snprintf(bind_to, sizeof bind_to, "127.0.0.1:%u", port);
  const char *const arguments[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK,
                                   "--bind",     bind_to,        NULL};
  struct process peer; /* which goes on to ask an authenticator that is not there */
  scene_start_peer(&peer, free_port(), arguments);
  process_expect(&peer, "started", SCENE_LIMIT_MS);
  ask_all(port, true);
  assert_int_equal(scene_count(&peer, "hint"), 0);
  process_stop(&peer);
}

/* Before it has joined, too. */
static void strangers_of_the_resource_server(void **state) {
#define AUTHZ_INFO 0xba, 'a', 'u', 't', 'h', 'z', '-', 'i', 'n', 'f', 'o'
#define LIGHT 0xb5, 'l', 'i', 'g', 'h', 't'
  static const struct {
    const char *what;
    uint8_t in[32];
    size_t length;
    uint8_t out[2];
  } cases[] = {
      {"ping", {0x40, 0, 0x12, 0x34}, 4, {0x70, 0}},
      {"GET of the light", {0x40, 1, 0x12, 0x34, LIGHT}, 10, {0x60, 0x81}},
      {"POST to the light", {0x40, 2, 0x12, 0x34, LIGHT, 0xff, 'o', 'n'}, 13, {0x60, 0x81}},
      {"GET of nothing", {0x40, 1, 0x12, 0x34, 0xb1, 'x'}, 6, {0x60, 0x84}},
      {"GET of authz-info", {0x40, 1, 0x12, 0x34, AUTHZ_INFO}, 15, {0x60, 0x85}},
      {"no Content-Format", {0x40, 2, 0x12, 0x34, AUTHZ_INFO, 0xff, 'x'}, 17, {0x60, 0x8f}},
      {"no map", {0x40, 2, 0x12, 0x34, AUTHZ_INFO, 0x11, 19, 0xff, 'x'}, 19, {0x60, 0x80}},
      {"OSCORE",
       {0x40, 2, 0x12, 0x34, 0x93, 9, 0, 1, 0xff, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9},
       19,
       {0x60, 0x81}},
  };
  char authenticator[32];
  struct scene_server light;
  (void)state;
  snprintf(authenticator, sizeof authenticator, "127.0.0.1:%u", free_port());
  const char *const usual[] = {"--authenticator",
                               authenticator,
                               "--bind",
                               "127.0.0.1:0",
                               "--access-port",
                               "0",
                               "--audience",
                               "light-1",
                               "--identity",
                               SCENE_IDENTITY,
                               "--psk",
                               SCENE_PSK,
                               NULL};
  scene_start_server_role(&light, "light", "resource-server", usual, NULL);
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
    ask_once(light.port, cases[i].what, cases[i].in, cases[i].length, cases[i].out);
  assert_int_equal(process_stop(&light.process), 0);
}

/* Pulls that the AS refuses are lines of strangers, and requests of who has a key are not. */
static void lines_of_a_flood(void **state) {
  static const enum node_phase phases[] = {NODE_PHASE_PULL, NODE_PHASE_APPLICATION};
  static const unsigned most[] = {STRANGERS_SHOWN_MAX, 1000};
  (void)state;
  for (size_t i = 0; i < 2; i++) {
    const struct node_event event = {
        .phase = phases[i], .type = NODE_EVENT_UNANSWERED, .label = "refused by the AS"};
    struct strangers strangers = {.begun_ns = 1};
    unsigned shown = 0;
    for (unsigned k = 0; k < 1000; k++)
      shown += strangers_show(&strangers, &event, 2);
    assert_int_equal(shown, most[i]);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(lines_of_a_flood),
      cmocka_unit_test_teardown(strangers_of_the_authenticator, scene_teardown),
      cmocka_unit_test_teardown(strangers_of_the_peer, scene_teardown),
      cmocka_unit_test_teardown(strangers_of_the_resource_server, scene_teardown),
  };
  return SCENE_RUN("strangers", tests);
}
