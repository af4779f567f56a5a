/* What strangers are answered, by both roles (RFC 7252 sections 4.2, 4.3, 5.4, 5.8 and 5.10, RFC
 * 8613 section 8.2): at once, without memory, and by no more octets than they sent. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "coap-eap/authenticator.h"
#include "coap-eap/peer.h"
#include "hex.h"
#include "seeded.h"

enum { PEERS_MAX = 2, MANY = 500 };

static struct seeded seeded = {.state = 8};
static const struct node_hooks HOOKS = {.context = &seeded, .random = seeded_bytes};

static const struct node_address LOCAL = {.ip = {1}, .port = COAP_EAP_PORT};
static const struct node_address AUTHENTICATOR = {.ip = {2}, .port = COAP_EAP_PORT};
static const struct node_address STRANGER = {.ip = {3}, .port = 40000};

#define B "b1 62"                                    /* Uri-Path: b */
#define CORE "bb 2e77656c6c2d6b6e6f776e 04 636f7265" /* Uri-Path: .well-known, core */
#define HOST "39 6c6f63616c686f7374 81 62"           /* Uri-Host: localhost, Uri-Path: b */

/* The answer; NULL: none. "....": a Message ID of its own. Of the authenticator to a stranger and
 * to a peer whose authentication runs, of the peer to a stranger and to its authenticator. */
static const struct {
  const char *what, *in;
  const char *to_stranger, *to_known, *peer_to_stranger, *peer_to_authenticator;
} CASES[] = {
#define ALL(answer) answer, answer, answer, answer
    {"ping", "4000 1234", ALL("7000 1234")},
    {"empty NON", "5000 1234", ALL(NULL)},
    {"empty ACK", "6000 1234", ALL(NULL)},
    {"Reset", "7000 1234", ALL(NULL)},
    {"ping with a token", "4100 1234 aa", ALL("7000 1234")},
    {"token length 9", "4902 1234 000102030405060708", ALL("7000 1234")},
    {"token cut", "4402 1234 aa", ALL("7000 1234")},
    {"option cut", "4002 1234 b2 62", ALL("7000 1234")},
    {"option header 15", "4002 1234 f1 62", ALL("7000 1234")},
    {"marker without payload", "4002 1234 " B " ff", ALL("7000 1234")},
    {"the same in a NON", "5002 1234 " B " ff", ALL(NULL)},
    {"the same in an ACK", "6002 1234 " B " ff", ALL(NULL)},
    {"class 1", "4021 1234", ALL("7000 1234")},
    {"class 7", "40e1 1234", ALL("7000 1234")},
    {"class 6, NON", "50c1 1234", ALL(NULL)},
    {"version 0", "0002 1234 " B, ALL(NULL)},
    {"version 2", "8002 1234 " B, ALL(NULL)},
    {"three octets", "4002 12", ALL(NULL)},
    {"nothing", "", ALL(NULL)},
    {"a request in an ACK", "6002 1234 " B, ALL(NULL)},
    {"a request in a Reset", "7002 1234 " B, ALL(NULL)},
    {"response that nobody waits for", "4145 1234 aa", ALL("7000 1234")},
    {"... NON", "5145 1234 aa", ALL(NULL)},
    {"... ACK", "6145 1234 aa", ALL(NULL)},
    {"error that nobody waits for", "4184 1234 aa", ALL("7000 1234")},
    {"GET of nothing", "4101 1234 aa " CORE, ALL("6184 1234 aa")},
    {"POST to nothing", "4202 1234 aabb " CORE, ALL("6284 1234 aabb")},
    {"POST to the root", "4002 1234", ALL("6084 1234")},
    {"DELETE of nothing", "4004 1234 " CORE, ALL("6084 1234")},
    {"a longest token", "4804 1234 0001020304050607 " CORE, ALL("6884 1234 0001020304050607")},
    {"NON GET of nothing", "5101 1234 aa " CORE, ALL("5184 .... aa")},
    {"... that wants no 4.xx", "5101 1234 aa b1 78 d1 ea 08", ALL(NULL)},
    {"... that wants no 2.xx", "5101 1234 aa b1 78 d1 ea 02", ALL("5184 .... aa")},
    {"CON GET of nothing that wants no 4.xx", "4101 1234 aa b1 78 d1 ea 08", ALL("6184 1234 aa")},
    {"GET of the service", "4001 1234 " B, ALL("6085 1234")},
    {"PUT to the service", "4003 1234 " B, ALL("6085 1234")},
    {"NON DELETE of the service", "5004 1234 " B, ALL("5085 ....")},
    {"unknown method", "4005 1234 " B, ALL("6085 1234")},
    {"unknown method, unknown path", "401f 1234 " CORE, ALL("6085 1234")},
    {"If-Match", "4002 1234 10 a1 62", ALL("6082 1234")},
    {"If-Match of a NON", "5002 1234 10 a1 62", ALL(NULL)},
    {"Accept", "4002 1234 " B " 60", ALL("6082 1234")},
    {"Block1", "4002 1234 " B " d1 03 06", ALL("6082 1234")},
    {"critical option 65001", "4001 1234 " B " e1 fcd1 00", ALL("6082 1234")},
    {"critical option of another path", "4001 1234 10 a1 78", ALL("6082 1234")},
    {"elective option 65000 of another path", "4001 1234 b1 78 e1 fcd0 00", ALL("6084 1234")},
    {"Uri-Host twice", "4002 1234 31 61 01 61 81 62", ALL("6082 1234")},
    {"Uri-Host empty", "4002 1234 30 81 62", ALL("6082 1234")},
    {"Uri-Port of three octets", "4002 1234 73 000001 41 62", ALL("6082 1234")},
    {"Uri-Host, GET of nothing", "4001 1234 31 61 81 78", ALL("6084 1234")},
    {"Uri-Host, Uri-Port, GET of the service", "4001 1234 31 61 42 1633 41 62", ALL("6085 1234")},
    {"Proxy-Uri", "4002 1234 d4 16 636f6170", ALL("60a5 1234")},
    {"Proxy-Scheme", "4001 1234 " B " d4 0f 636f6170", ALL("60a5 1234")},
    {"Proxy-Uri of a NON", "5102 1234 aa d4 16 636f6170", ALL("51a5 .... aa")},
    {"Proxy-Uri, empty", "4002 1234 d0 16", ALL("6082 1234")},
    {"OSCORE without a context", "4202 1234 aabb 93 090042 ff 00112233445566778899",
     ALL("6281 1234 aabb")},
    {"... of a NON", "5202 1234 aabb 93 090042 ff 00112233445566778899", "5281 .... aabb",
     "5281 .... aabb", "5281 .... aabb", NULL},
    {"... FETCH", "4005 1234 93 090042 ff 00112233445566778899", ALL("6081 1234")},
    {"OSCORE, malformed", "4002 1234 91 e0 ff 00112233445566778899", ALL("6082 1234")},
    {"OSCORE without payload", "4002 1234 93 090042", ALL("6082 1234")},
    {"NON POST to nothing, as a trigger", "5002 1234 b1 78 d1 ea 1a", ALL(NULL)},
    {"a request to the service", "4102 1234 aa " B, "6144 1234 aa", "6144 1234 aa", "6183 1234 aa",
     NULL},
    {"... with Uri-Host", "4002 1234 " HOST, "6044 1234", "6044 1234", "6083 1234", NULL},
    {"... and Uri-Port", "4002 1234 31 61 42 1633 41 62", "6044 1234", "6044 1234", "6083 1234",
     NULL},
};

enum { CASES_COUNT = sizeof CASES / sizeof CASES[0] };

static const struct option_values DEFAULTS;

static struct node *stranger_to_authenticator(void) {
  const struct lower_authenticator_config config = {
      .options = &DEFAULTS, .local = LOCAL, .peers_max = PEERS_MAX};
  struct node *node = coap_eap_authenticator_create(&config, &HOOKS);
  assert_non_null(node);
  return node;
}

static struct node *stranger_to_peer(void) {
  const struct lower_peer_config config = {
      .options = &DEFAULTS,
      .local = LOCAL,
      .authenticator = AUTHENTICATOR,
      .eap = {.identity = (const uint8_t *)"u", .identity_length = 1}};
  struct node *node = coap_eap_peer_create(&config, &HOOKS);
  assert_non_null(node);
  return node;
}

static void give(struct node *node, const struct node_address *from, const struct node_address *to,
                 const struct hex *in) {
  uint8_t data[NODE_DATAGRAM_MAX];
  memcpy(data, in->octets, in->length);
  const struct node_datagram datagram = {
      .source = *from, .destination = *to, .data = data, .length = in->length};
  assert_int_equal(node_read(node, &datagram, 0), 0);
}

/* The next datagram, or one of length 0. */
static struct hex take(struct node *node, const struct node_address *to) {
  struct hex out = {.length = 0};
  struct node_datagram datagram = {.data = out.octets, .capacity = sizeof out.octets};
  if (node_write(node, &datagram, 0) != 1)
    return out;
  assert_true(node_address_equal(&datagram.destination, to));
  assert_true(node_address_equal(&datagram.source, &LOCAL));
  assert_int_equal(span_list_length(&datagram.spans), datagram.length);
  out.length = datagram.length;
  return out;
}

static void assert_answer(struct hex out, size_t most, const char *expected) {
  char text[64];
  if (expected == NULL) {
    assert_int_equal(out.length, 0);
    return;
  }
  strcpy(text, expected);
  char *dots = strstr(text, "....");
  if (dots != NULL) {
    memcpy(dots, "0000", 4);
    out.octets[2] = out.octets[3] = 0;
  }
  const struct hex wanted = hex(text);
  assert_int_equal(out.length, wanted.length);
  assert_memory_equal(out.octets, wanted.octets, wanted.length);
  assert_true(out.length <= most);
}

static void the_authenticator_answers_strangers(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++) {
    const struct hex in = hex(CASES[i].in);
    struct node *node = stranger_to_authenticator();
    print_message("%s\n", CASES[i].what);
    give(node, &STRANGER, &LOCAL, &in);
    assert_answer(take(node, &STRANGER), in.length, CASES[i].to_stranger);
    node_destroy(node);
  }
}

static void the_authenticator_answers_peers(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++) {
    const struct hex in = hex(CASES[i].in);
    struct node *node = stranger_to_authenticator();
    print_message("%s\n", CASES[i].what);
    assert_int_equal(coap_eap_authenticator_begin(node, &STRANGER), 0);
    assert_true(take(node, &STRANGER).length > 0);
    give(node, &STRANGER, &LOCAL, &in);
    assert_answer(take(node, &STRANGER), in.length, CASES[i].to_known);
    node_destroy(node);
  }
}

static void the_peer_answers_strangers(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++) {
    const struct hex in = hex(CASES[i].in);
    struct node *node = stranger_to_peer();
    print_message("%s\n", CASES[i].what);
    give(node, &STRANGER, &LOCAL, &in);
    assert_answer(take(node, &STRANGER), in.length, CASES[i].peer_to_stranger);
    node_destroy(node);
  }
}

static void the_peer_answers_its_authenticator(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++) {
    const struct hex in = hex(CASES[i].in);
    struct node *node = stranger_to_peer();
    print_message("%s\n", CASES[i].what);
    give(node, &AUTHENTICATOR, &LOCAL, &in);
    assert_answer(take(node, &AUTHENTICATOR), in.length, CASES[i].peer_to_authenticator);
    node_destroy(node);
  }
}

/* The port behind CoAP's speaks no CoAP. */
static void not_on_the_port_behind(void **state) {
  (void)state;
  const struct node_address behind = {.ip = {1}, .port = COAP_EAP_PORT + 1};
  const struct hex ping = hex("4000 1234");
  struct node *nodes[] = {stranger_to_authenticator(), stranger_to_peer()};
  for (size_t i = 0; i < 2; i++) {
    give(nodes[i], &STRANGER, &behind, &ping);
    assert_int_equal(take(nodes[i], &STRANGER).length, 0);
    node_destroy(nodes[i]);
  }
}

/* However many strangers ask, the room for peers stays: who has triggered and not answered gives
 * way to the next. Where all are in use, one who triggers by a CON learns of it. */
static void strangers_take_no_room(void **state) {
  (void)state;
  struct node *node = stranger_to_authenticator();
  const struct hex trigger = hex("4002 1234 " B);
  for (unsigned i = 0; i < MANY; i++) {
    const struct node_address from = {.ip = {4, (uint8_t)(i >> 8), (uint8_t)i}, .port = 1};
    for (size_t c = 0; c < CASES_COUNT; c++) {
      const struct hex in = hex(CASES[c].in);
      if (CASES[c].peer_to_authenticator == NULL)
        continue;
      give(node, &from, &LOCAL, &in);
      assert_answer(take(node, &from), in.length, CASES[c].to_stranger);
    }
  }
  for (uint8_t i = 0; i <= PEERS_MAX; i++) {
    const struct node_address from = {.ip = {5, i}, .port = 1};
    give(node, &from, &LOCAL, &trigger);
    assert_answer(take(node, &from), trigger.length, "6044 1234");
    while (take(node, &from).length > 0)
      ;
  }
  for (uint8_t i = 0; i < PEERS_MAX; i++) {
    const struct node_address to = {.ip = {6, i}, .port = 1};
    assert_int_equal(coap_eap_authenticator_begin(node, &to), 0);
    while (take(node, &to).length > 0)
      ;
  }
  const struct node_address from = {.ip = {7}, .port = 1};
  give(node, &from, &LOCAL, &trigger);
  assert_answer(take(node, &from), trigger.length, "60a3 1234");
  node_destroy(node);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(the_authenticator_answers_strangers),
      cmocka_unit_test(the_authenticator_answers_peers),
      cmocka_unit_test(the_peer_answers_strangers),
      cmocka_unit_test(the_peer_answers_its_authenticator),
      cmocka_unit_test(not_on_the_port_behind),
      cmocka_unit_test(strangers_take_no_room),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
