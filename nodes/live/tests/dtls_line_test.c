/* `coap-eap-node dtls` and OpenSSL, through a relay that captures and may lose a datagram. */
#define _GNU_SOURCE
#include "dialogue.h"
#include "port.h"
#include "scene.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PSK "000102030405060708090a0b0c0d0e0f"
#define SUITE "PSK-AES128-CCM8:@SECLEVEL=0"
#define ALL_SUITES "PSK-AES128-CCM8:PSK-AES128-CCM:PSK-AES128-GCM-SHA256:@SECLEVEL=0"

enum { DTLS_PORT_SHOWN = 5684, ARGUMENTS_MAX = 24, ADDRESS_MAX = 32, NONE_LOST = 1000 };

/* As long as a line of tshark's dump. */
static const char *const FROM_CLIENT = "from the client\n", *const FROM_SERVER =
                                                                "from the server\n";

static struct relay relay;

struct line_party {
  struct dialogue dialogue;
  bool ours;
};

struct line_conversation {
  struct line_party client, server;
  size_t lost; /* the number of the datagram that is, counted from 0 */
  size_t passed;
};

/* Programs */

static void party_start(struct line_party *party, bool ours, const char *const *argv) {
  party->ours = ours;
  dialogue_start(&party->dialogue, argv);
}

static void party_stop(struct line_party *party) {
  kill(party->dialogue.pid, SIGTERM);
  (void)dialogue_end(&party->dialogue);
}

static bool is_heard(const struct line_party *party, int limit_ms) {
  struct pollfd ready = {.fd = party->dialogue.out, .events = POLLIN};
  return poll(&ready, 1, limit_ms) > 0;
}

static void party_hear(const struct line_party *party, char line[DIALOGUE_LINE_MAX]) {
  const uint64_t until_ns = process_now_ns() + SCENE_LIMIT_MS * UINT64_C(1000000);
  while (!is_heard(party, 0)) {
    if (process_now_ns() > until_ns)
      fail_msg("nothing is heard for %d ms", SCENE_LIMIT_MS);
    relay_pump(party->dialogue.out, SCENE_LIMIT_MS);
  }
  if (!dialogue_hear(&party->dialogue, line))
    fail_msg("it has ended");
}

/* What stands behind `what` in the next line. */
static void hear_of(const struct line_party *party, const char *what, char rest[ADDRESS_MAX]) {
  char line[DIALOGUE_LINE_MAX];
  party_hear(party, line);
  if (strncmp(line, what, strlen(what)) != 0)
    fail_msg("\"%s\" instead of \"%s\"", line, what);
  snprintf(rest, ADDRESS_MAX, "%s", line + strlen(what));
}

static bool conversation_pass(void *context, struct relay *through, bool from_client,
                              const uint8_t *data, size_t length) {
  struct line_conversation *const conversation = context;
  (void)through;
  (void)from_client;
  (void)data;
  (void)length;
  return conversation->passed++ != conversation->lost;
}

static void open_relay(struct line_conversation *conversation, uint16_t port, size_t lost) {
  relay_open(&relay, port, process_path("dtls.pcap"), DTLS_PORT_SHOWN);
  *conversation = (struct line_conversation){
      .client = conversation->client, .server = conversation->server, .lost = lost};
  relay.look = conversation_pass;
  relay.context = conversation;
}

/* Our side */

static void start_our_server(struct line_conversation *conversation, const char *psk,
                             const char *more, size_t lost) {
  const char *const argv[] = {COAP_EAP_NODE, "dtls", "--listen", "127.0.0.1:0",
                              "--psk",       psk,    more,       NULL};
  char address[ADDRESS_MAX];
  party_start(&conversation->server, true, argv);
  hear_of(&conversation->server, "LISTEN 127.0.0.1:", address);
  open_relay(conversation, (uint16_t)atoi(address), lost);
}

static void start_our_client_of(struct line_conversation *conversation, const char *psk,
                                const char *identity, const char *suite) {
  char address[ADDRESS_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", relay.port);
  const char *const argv[] = {COAP_EAP_NODE, "dtls",   "--connect", address, "--psk", psk,
                              "--identity",  identity, "--suite",   suite,   NULL};
  party_start(&conversation->client, true, argv);
}

static void start_our_client(struct line_conversation *conversation, const char *psk,
                             const char *identity) {
  start_our_client_of(conversation, psk, identity, "aes128-ccm-8");
}

/* Their side */

static void start_openssl_server_of(struct line_conversation *conversation, const char *suites,
                                    const char *more, size_t lost) {
  char address[ADDRESS_MAX];
  const uint16_t port = port_take();
  snprintf(address, sizeof address, "127.0.0.1:%u", port);
  const char *const argv[] = {"openssl", "s_server",      "-dtls1_2",     "-quiet", "-nocert",
                              "-accept", address,         "-psk",         PSK,      "-cipher",
                              suites,    "-psk_identity", SCENE_IDENTITY, more,     NULL};
  party_start(&conversation->server, false, argv);
  port_await_idle(port);
  open_relay(conversation, port, lost);
}

static void start_openssl_server(struct line_conversation *conversation, const char *more,
                                 size_t lost) {
  start_openssl_server_of(conversation, SUITE, more, lost);
}

static void start_openssl_client_of(struct line_conversation *conversation, const char *suites) {
  char address[ADDRESS_MAX];
  snprintf(address, sizeof address, "127.0.0.1:%u", relay.port);
  const char *const argv[] = {"openssl",       "s_client",     "-dtls1_2", "-quiet",  "-connect",
                              address,         "-psk",         PSK,        "-cipher", suites,
                              "-psk_identity", SCENE_IDENTITY, NULL};
  party_start(&conversation->client, false, argv);
}

static void start_openssl_client(struct line_conversation *conversation) {
  start_openssl_client_of(conversation, SUITE);
}

/* Both */

static void party_expect(const struct line_party *party, const char *text) {
  char line[DIALOGUE_LINE_MAX], expected[DIALOGUE_LINE_MAX];
  snprintf(expected, sizeof expected, "%s%.*s", party->ours ? "RX " : "", (int)strlen(text) - 1,
           text);
  party_hear(party, line);
  assert_string_equal(line, expected);
}

/* Data both ways, and the end of both. */
static void converse(struct line_conversation *conversation) {
  char address[ADDRESS_MAX];
  if (conversation->client.ours)
    hear_of(&conversation->client, "ESTABLISHED 127.0.0.1:", address);
  dialogue_tell(&conversation->client.dialogue, FROM_CLIENT);
  if (conversation->server.ours)
    hear_of(&conversation->server, "ESTABLISHED 127.0.0.1:", address);
  for (int i = 0; i < 2; i++) {
    party_expect(&conversation->server, FROM_CLIENT);
    dialogue_tell(&conversation->server.dialogue, FROM_SERVER);
    party_expect(&conversation->client, FROM_SERVER);
    if (i == 0)
      dialogue_tell(&conversation->client.dialogue, FROM_CLIENT);
  }
  party_stop(&conversation->client);
  party_stop(&conversation->server);
  relay_close(&relay);
}

/* OpenSSL */

static void openssl_row(const char *program, const char *side, const char *exercised) {
  matrix_begin(program, scene_version_openssl(), side, exercised);
}

static void with_server(const char *exercised, const char *more, unsigned datagrams) {
  struct line_conversation conversation;
  openssl_row("openssl s_server (DTLS 1.2)", "dtls, client", exercised);
  start_openssl_server(&conversation, more, NONE_LOST);
  start_our_client(&conversation, PSK, SCENE_IDENTITY);
  converse(&conversation);
  assert_in_range(conversation.passed, datagrams + 4, datagrams + 6); /* and both's close_notify */
  matrix_passed("established; data in both directions");
}

static void with_client(const char *exercised, const char *more, unsigned datagrams) {
  struct line_conversation conversation;
  openssl_row("openssl s_client (DTLS 1.2)", "dtls, server", exercised);
  start_our_server(&conversation, PSK, more, NONE_LOST);
  start_openssl_client(&conversation);
  converse(&conversation);
  assert_in_range(conversation.passed, datagrams + 4, datagrams + 5); /* and its close_notify */
  matrix_passed("established; data in both directions");
}

static void openssl_server(void **state) {
  (void)state;
  with_server("PSK with AES-128-CCM-8; no cookie", NULL, 4);
}

static void openssl_server_with_cookie(void **state) {
  (void)state;
  with_server("PSK with AES-128-CCM-8; its cookie", "-listen", 6);
}

static void openssl_client(void **state) {
  (void)state;
  with_client("PSK with AES-128-CCM-8; our cookie", NULL, 6);
}

static void openssl_client_without_cookie(void **state) {
  (void)state;
  with_client("PSK with AES-128-CCM-8; no cookie", "--no-cookie", 4);
}

/* Each datagram of the handshake in turn. */
static void losses(void **state) {
  struct line_conversation conversation;
  (void)state;
  openssl_row("openssl s_client, s_server (DTLS 1.2)", "dtls, both",
              "each datagram of the handshake lost once");
  for (size_t lost = 0; lost < 6; lost++) {
    start_our_server(&conversation, PSK, NULL, lost);
    start_openssl_client(&conversation);
    converse(&conversation);
  }
  for (size_t lost = 0; lost < 4; lost++) {
    start_openssl_server(&conversation, NULL, lost);
    start_our_client(&conversation, PSK, SCENE_IDENTITY);
    converse(&conversation);
  }
  matrix_passed("established by retransmission, 10 of 10");
}

static void openssl_client_with_wrong_key(void **state) {
  struct line_conversation conversation;
  char reason[ADDRESS_MAX];
  (void)state;
  openssl_row("openssl s_client (DTLS 1.2)", "dtls, server", "wrong key");
  start_our_server(&conversation, "00", NULL, NONE_LOST);
  start_openssl_client(&conversation);
  hear_of(&conversation.server, "FAIL ", reason);
  assert_string_equal(reason, "dtls-rejected");
  assert_int_equal(dialogue_end(&conversation.server.dialogue), 1);
  while (!is_heard(&conversation.client, 0)) /* until the alert has ended it */
    relay_pump(conversation.client.dialogue.out, SCENE_LIMIT_MS);
  assert_int_equal(dialogue_end(&conversation.client.dialogue), 1);
  matrix_passed("refused by both: bad_record_mac");
}

static void tshark_decrypts(void **state) {
  struct line_conversation conversation;
  const char *const argv[] = {"tshark",        "-n", "-x", "-r", process_path("dtls.pcap"), "-o",
                              "dtls.psk:" PSK, NULL};
  (void)state;
  matrix_begin("tshark", scene_version_tshark(), "dtls, both",
               "DTLS handshake and records, decrypted with the PSK");
  start_our_server(&conversation, PSK, NULL, NONE_LOST);
  start_our_client(&conversation, PSK, SCENE_IDENTITY);
  converse(&conversation);
  char *const said = process_capture("tshark", argv);
  size_t decrypted = 0;
  for (const char *at = said; (at = strstr(at, "Decrypted DTLS (16 bytes)")) != NULL; at++)
    decrypted++;
  assert_int_equal(decrypted, 4);
  assert_non_null(strstr(said, "Decrypted DTLS (24 bytes)")); /* a Finished */
  assert_non_null(strstr(said, "from the client."));
  assert_non_null(strstr(said, "from the server."));
  free(said);
  matrix_passed("both Finished and all records decrypted");
}

/* Other suites, which OpenSSL agrees to among others. */

static void other_suites_as_client(void **state) {
  static const char *const names[] = {"aes128-ccm", "aes128-gcm"};
  struct line_conversation conversation;
  (void)state;
  openssl_row("openssl s_server (DTLS 1.2)", "dtls, client", "PSK with AES-128-CCM, AES-128-GCM");
  for (size_t i = 0; i < 2; i++) {
    start_openssl_server_of(&conversation, ALL_SUITES, NULL, NONE_LOST);
    start_our_client_of(&conversation, PSK, SCENE_IDENTITY, names[i]);
    converse(&conversation);
  }
  matrix_passed("established; data in both directions");
}

static void other_suites_as_server(void **state) {
  static const char *const names[] = {"--suite=aes128-ccm", "--suite=aes128-gcm"};
  struct line_conversation conversation;
  (void)state;
  openssl_row("openssl s_client (DTLS 1.2)", "dtls, server", "PSK with AES-128-CCM, AES-128-GCM");
  for (size_t i = 0; i < 2; i++) {
    start_our_server(&conversation, PSK, names[i], NONE_LOST);
    start_openssl_client_of(&conversation, ALL_SUITES);
    converse(&conversation);
  }
  matrix_passed("established; data in both directions");
}

static void no_common_suite(void **state) {
  struct line_conversation conversation;
  char reason[ADDRESS_MAX];
  (void)state;
  openssl_row("openssl s_client, s_server (DTLS 1.2)", "dtls, both", "no common cipher suite");
  start_openssl_server(&conversation, NULL, NONE_LOST);
  start_our_client_of(&conversation, PSK, SCENE_IDENTITY, "aes128-gcm");
  hear_of(&conversation.client, "FAIL ", reason);
  assert_string_equal(reason, "dtls-no-common-suite");
  assert_int_equal(dialogue_end(&conversation.client.dialogue), 1);
  party_stop(&conversation.server);
  relay_close(&relay);
  start_our_server(&conversation, PSK, "--suite=aes128-gcm", NONE_LOST);
  start_openssl_client(&conversation);
  hear_of(&conversation.server, "FAIL ", reason);
  assert_string_equal(reason, "dtls-no-common-suite");
  assert_int_equal(dialogue_end(&conversation.server.dialogue), 1);
  party_stop(&conversation.client);
  relay_close(&relay);
  matrix_passed("handshake_failure, at both ends");
}

/* Both ours */

static void wrong_identity(void **state) {
  struct line_conversation conversation;
  char reason[ADDRESS_MAX];
  (void)state;
  start_our_server(&conversation, PSK, NULL, NONE_LOST);
  start_our_client(&conversation, PSK, "somebody");
  hear_of(&conversation.server, "FAIL ", reason);
  assert_string_equal(reason, "dtls-unknown-identity");
  hear_of(&conversation.client, "FAIL ", reason);
  assert_string_equal(reason, "dtls-unknown-identity");
  assert_int_equal(dialogue_end(&conversation.server.dialogue), 1);
  assert_int_equal(dialogue_end(&conversation.client.dialogue), 1);
}

/* Lines come before there is anybody to send them to, and the input ends. */
static void early_input(void **state) {
  struct line_conversation conversation;
  char line[DIALOGUE_LINE_MAX], address[ADDRESS_MAX];
  (void)state;
  start_our_server(&conversation, PSK, NULL, NONE_LOST);
  start_our_client(&conversation, PSK, SCENE_IDENTITY);
  dialogue_tell(&conversation.client.dialogue, "one\ntwo\nthree");
  dialogue_hush(&conversation.client.dialogue);
  hear_of(&conversation.server, "ESTABLISHED 127.0.0.1:", address);
  for (size_t i = 0; i < 3; i++) {
    party_hear(&conversation.server, line);
    assert_string_equal(line, ((const char *const[]){"RX one", "RX two", "RX three"})[i]);
  }
  assert_int_equal(dialogue_end(&conversation.client.dialogue), 0);
  assert_int_equal(dialogue_end(&conversation.server.dialogue), 0);
}

static void wrong_usage(void **state) {
  static const struct {
    const char *argument[6], *says;
  } cases[] = {
      {{"--psk", "00"}, "either --listen ADDRESS or --connect ADDRESS is needed"},
      {{"--listen", "::1", "--connect", "::1", "--psk", "00"}, "either --listen ADDRESS or"},
      {{"--listen", "::1"}, "--psk HEX is needed"},
      {{"--listen", "::1", "--psk", "0"}, "odd"},
      {{"--listen", "::1:x:y", "--psk", "00"}, "--listen: \"::1:x:y\""},
      {{"--listen", "::1", "--psk", "00", "--identity", ""}, "--identity: 1 to 253 octets"},
      {{"--listen", "::1", "--psk", "00", "more"},
       "an argument that is no option is not expected here"},
      {{"--nonsense"}, "unrecognized option"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    const char *argv[ARGUMENTS_MAX] = {COAP_EAP_NODE, "dtls"};
    struct process process;
    for (size_t j = 0; j < 6; j++)
      argv[2 + j] = cases[i].argument[j];
    process_start(&process, "usage", argv);
    assert_int_equal(process_wait(&process, SCENE_LIMIT_MS), 2);
    if (!process_wrote(&process, cases[i].says))
      fail_msg("it does not say: %s", cases[i].says);
  }
}

int main(void) {
#define TEST(test) cmocka_unit_test_teardown(test, scene_teardown)
  static const struct CMUnitTest tests[] = {
      TEST(openssl_server),
      TEST(openssl_server_with_cookie),
      TEST(openssl_client),
      TEST(openssl_client_without_cookie),
      TEST(losses),
      TEST(openssl_client_with_wrong_key),
      TEST(tshark_decrypts),
      TEST(other_suites_as_client),
      TEST(other_suites_as_server),
      TEST(no_common_suite),
      TEST(wrong_identity),
      TEST(early_input),
      TEST(wrong_usage),
  };
  return SCENE_RUN("dtls_line", tests);
}
