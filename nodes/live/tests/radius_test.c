/* RADIUS between programs: radclient and its Proxy-State, datagrams of every length, and a server
 * as they were before Message-Authenticator. */
#include "crypto/crypto.h"
#include "radius/client.h"
#include "scene.h"
#include "udp.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define THEIRS "radclient (RADIUS client)"

enum { FILLERS = 15, WAIT_MS = 5000, RETRANSMISSION_MS = 4000 };

static const char *const user[] = {"--identity", SCENE_IDENTITY, "-v", NULL};

/* An attribute of radclient's with 253 octets of `digits`. */
static void add_filler(char *text, const char *digits) {
  text += strlen(text);
  text += sprintf(text, ", Proxy-State = 0x");
  for (size_t i = 0; i < RADIUS_VALUE_MAX; i++)
    text += sprintf(text, "%s", digits);
}

/* What radclient says when it asks with this EAP-Message and `fillers` long attributes. */
static char *radclient(uint16_t port, const char *eap, size_t fillers) {
  static char request[16384];
  char server[32];
  struct process process;
  snprintf(server, sizeof server, "127.0.0.1:%u", port);
  snprintf(request, sizeof request,
           "EAP-Message = 0x%s, Message-Authenticator = 0x00, Proxy-State = 0x6f6e65, "
           "NAS-Identifier = \"n\", Proxy-State = 0x74776f",
           eap);
  for (size_t i = 0; i < fillers; i++)
    add_filler(request, "5a");
  const char *file = process_file("request", "%s\n", request);
  const char *const argv[] = {"radclient", "-x", "-r",   "1",    "-t",         "5",
                              "-f",        file, server, "auth", SCENE_SECRET, NULL};
  process_start(&process, "radclient", argv);
  (void)process_wait(&process, SCENE_LIMIT_MS);
  return process_out(&process);
}

/* It checks the Response Authenticator; what we return is what it sent, in order. */
static void radclient_proxy_state(void **state) {
  static const struct {
    const char *eap;
    size_t fillers;
    const char *answer;
  } table[] = {
      {"02050012017466672d757365722d74657374", 0, "Received Access-Challenge"},
      {"02050012017466672d757365722d74657374", FILLERS - 1, "Received Access-Challenge"},
      {"02050006017a", 0, "Received Access-Reject"},
      {"02050006017a", FILLERS, "Received Access-Reject"},
  };
  struct scene_server aaa;
  (void)state;
  matrix_begin(THEIRS, scene_version_radsniff(), "aaa",
               "Proxy-State, packets of 60 to 4000 octets");
  scene_start_aaa(&aaa, user);
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    char *said = radclient(aaa.port, table[i].eap, table[i].fillers);
    const char *at = strstr(said, table[i].answer);
    assert_non_null(at);
    assert_non_null(at = strstr(at, "\tProxy-State = 0x6f6e65\n\tProxy-State = 0x74776f\n"));
    size_t fillers = 0;
    while ((at = strstr(at + 1, "Proxy-State = 0x5a5a")) != NULL)
      fillers++;
    assert_int_equal(fillers, table[i].fillers);
    free(said);
  }
  matrix_passed("returned in order in Access-Challenge and Access-Reject");
}

static struct udp_socket open_udp(void) {
  struct udp_address loopback;
  struct udp_socket udp;
  assert_null(udp_address_parse("127.0.0.1:0", 0, &loopback));
  assert_int_equal(udp_open(&udp, &loopback, NULL), 0);
  udp.receive_max = RADIUS_PACKET_MAX;
  return udp;
}

static void send_octets(const struct udp_socket *udp, uint16_t port, size_t length) {
  static uint8_t octets[RADIUS_PACKET_MAX + 1] = {1, 1, 0, 20};
  struct node_datagram datagram = {.destination = udp->local, .data = octets, .length = length};
  datagram.destination.port = port;
  assert_int_equal(udp_send(udp, &datagram), 0);
}

/* Nothing vanishes without a word. */
static void too_long(void **state) {
  static const char *const local[] = {"--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, NULL};
  struct scene_server aaa, authenticator;
  (void)state;
  matrix_begin("coap-eap-node", "-", "aaa, authenticator", "datagrams that are too long");
  struct udp_socket udp = open_udp();
  scene_start_aaa(&aaa, user);
  send_octets(&udp, aaa.port, RADIUS_PACKET_MAX);
  process_expect(&aaa.process, "no Message-Authenticator", SCENE_LIMIT_MS);
  send_octets(&udp, aaa.port, RADIUS_PACKET_MAX + 1);
  process_expect(&aaa.process, "datagram too long", SCENE_LIMIT_MS);
  scene_start_authenticator(&authenticator, local);
  send_octets(&udp, authenticator.port, NODE_DATAGRAM_MAX + 1);
  process_expect(&authenticator.process, "datagram too long", SCENE_LIMIT_MS);
  assert_int_equal(scene_count(&authenticator.process, "discarded"), 1);
  udp_close(&udp);
  matrix_passed("discarded, with a line");
}

/* The next Access-Request, which is answered with a Reject that has no attributes. */
static void reject_as_of_old(const struct udp_socket *udp) {
  uint8_t data[RADIUS_PACKET_MAX];
  struct node_datagram datagram = {.data = data, .capacity = sizeof data};
  struct pollfd poll_udp = {.fd = udp->file, .events = POLLIN};
  assert_int_equal(poll(&poll_udp, 1, WAIT_MS), 1);
  assert_int_equal(udp_receive(udp, &datagram), 1);
  uint8_t answer[RADIUS_HEADER_LENGTH] = {RADIUS_ACCESS_REJECT, data[1], 0, sizeof answer};
  const struct crypto_slice slices[] = {
      {answer, 4}, {data + 4, 16}, {(const uint8_t *)SCENE_SECRET, strlen(SCENE_SECRET)}};
  assert_int_equal(crypto_md5(slices, 3, answer + 4), 0);
  datagram.destination = datagram.source;
  datagram.data = answer;
  datagram.length = sizeof answer;
  assert_int_equal(udp_send(udp, &datagram), 0);
}

static void old_server(void **state) {
  static const char *const peer_user[] = {
      "--identity", SCENE_IDENTITY, "--psk", SCENE_PSK, "--timeout-s", "5", NULL};
  (void)state;
  matrix_begin("coap-eap-node", "-", "authenticator",
               "Access-Reject without Message-Authenticator");
  for (unsigned allowed = 0; allowed < 2; allowed++) {
    struct udp_socket udp = open_udp();
    struct scene_server authenticator;
    struct process peer;
    char server[32];
    snprintf(server, sizeof server, "127.0.0.1:%u", udp.local.port);
    const char *const arguments[] = {"--radius-server",
                                     server,
                                     "--secret",
                                     SCENE_SECRET,
                                     "--radius-bind",
                                     "127.0.0.1:0",
                                     "-v",
                                     allowed ? "--radius-require-message-authenticator=off" : NULL,
                                     NULL};
    scene_start_authenticator(&authenticator, arguments);
    scene_start_peer(&peer, authenticator.port, peer_user);
    reject_as_of_old(&udp);
    if (allowed) {
      process_expect(&authenticator.process, "Access-Reject", WAIT_MS);
      assert_int_equal(process_wait(&peer, SCENE_LIMIT_MS), 1);
      scene_expect_value(&authenticator.process, "failed", "label", "Access-Reject");
      assert_int_equal(scene_count(&authenticator.process, "discarded"), 0);
    } else {
      process_expect(&authenticator.process, "sent again", RETRANSMISSION_MS);
      scene_expect_value(&authenticator.process, "discarded", "label", "no Message-Authenticator");
      assert_int_equal(scene_count(&authenticator.process, "failed"), 0);
    }
    process_end_all();
    udp_close(&udp);
  }
  matrix_passed("discarded; taken with --radius-require-message-authenticator=off");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test_teardown(radclient_proxy_state, scene_teardown),
      cmocka_unit_test_teardown(too_long, scene_teardown),
      cmocka_unit_test_teardown(old_server, scene_teardown),
  };
  return SCENE_RUN("radius_test", tests);
}
