/* A conversation that waits for the manufacturer's AS, request by request. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "commission_world.h"

static struct commission_world world;

struct hold_packet {
  uint8_t octets[NODE_RADIUS_MAX];
  size_t length;
};

/* The request of an authenticator of our own, and the last answer to it. */
static struct hold_packet request, answer;
static unsigned answers;

static void hold_begin_world(void) {
  commission_configure(&world);
  commission_start(&world);
  commission_manufacture(&world, &world.ues[0], PROVIDER1, 7);
  memset(&answer, 0, sizeof answer);
  answers = 0;
}

/* An EAP packet (length 0: EAP-Start), with the State of the last answer, and a Proxy-State. */
static void hold_compose(const uint8_t *eap, size_t length) {
  static uint8_t identifier;
  const uint8_t authenticator[RADIUS_AUTHENTICATOR_LENGTH] = {++identifier, 1};
  struct radius_packet last;
  struct radius_attribute state;
  struct span_writer out;
  span_writer_init(&out, request.octets, sizeof request.octets, NULL);
  radius_begin(&out, RADIUS_ACCESS_REQUEST, 0);
  if (answer.length > 0 && radius_packet_parse(answer.octets, answer.length, &last) == 0 &&
      radius_attribute_find(&last, RADIUS_STATE, &state))
    radius_add(&out, RADIUS_STATE, state.value, state.length);
  radius_add_eap(&out, eap, length);
  radius_add(&out, RADIUS_PROXY_STATE, "way", 3);
  assert_int_equal(radius_request_seal(&out, identifier, authenticator, &COMMISSION_SECRET), 0);
  request.length = out.length;
}

/* The UE's identity, in a response with this identifier. */
static void hold_compose_identity(uint8_t identifier) {
  const struct eap_peer_config *peer = &world.ues[0].config;
  const size_t length = 5 + peer->identity_length;
  uint8_t octets[EAP_PACKET_MAX] = {EAP_RESPONSE, identifier, 0, (uint8_t)length,
                                    EAP_TYPE_IDENTITY};
  memcpy(octets + 5, peer->identity, peer->identity_length);
  hold_compose(octets, length);
}

/* What the provider has to say: to the authenticator into `answer`, to the manufacturer lost. */
static void hold_hear(void) {
  uint8_t octets[NODE_RADIUS_MAX];
  struct node_datagram out = {.data = octets, .capacity = sizeof octets};
  while (node_write(world.servers[PROVIDER1], &out, world.now_ns) == 1) {
    if (out.destination.ip[0] == AUTHENTICATOR) {
      memcpy(answer.octets, out.data, out.length);
      answer.length = out.length;
      answers++;
    } else {
      commission_put(&world, &out);
    }
    out = (struct node_datagram){.data = octets, .capacity = sizeof octets};
  }
}

static void hold_ask(void) {
  const struct node_datagram in = {.source = commission_address(AUTHENTICATOR, 5),
                                   .destination = commission_address(PROVIDER1, RADIUS_PORT),
                                   .data = request.octets,
                                   .length = request.length};
  assert_int_equal(node_read(world.servers[PROVIDER1], &in, world.now_ns), 0);
  hold_hear();
}

/* The manufacturer answers what it has been asked. */
static void hold_answer(void) {
  uint8_t octets[NODE_RADIUS_MAX];
  struct node_datagram out = {.data = octets, .capacity = sizeof octets};
  assert_int_equal(world.count, 1);
  commission_deliver(&world);
  assert_int_equal(node_write(world.servers[MANUFACTURER], &out, world.now_ns), 1);
  assert_int_equal(node_read(world.servers[PROVIDER1], &out, world.now_ns), 0);
  hold_hear();
}

/* The answer is to the last request, and a Challenge of EAP-PSK. */
static void assert_challenged(void) {
  uint8_t eap[EAP_PACKET_MAX];
  struct radius_packet packet;
  struct radius_attribute proxy;
  assert_int_equal(radius_packet_parse(answer.octets, answer.length, &packet), 0);
  assert_int_equal(packet.code, RADIUS_ACCESS_CHALLENGE);
  assert_null(radius_response_check(&packet, &COMMISSION_SECRET, request.octets + 4, false));
  assert_int_equal(packet.identifier, request.octets[1]);
  assert_true(radius_attribute_find(&packet, RADIUS_PROXY_STATE, &proxy));
  assert_memory_equal(proxy.value, "way", 3);
  assert_true(radius_eap_join(&packet, eap, sizeof eap) > 4);
  assert_int_equal(eap[4], EAP_TYPE_PSK);
}

/* Repetitions of a request that waits are not answered; then as those of any. */
static void repetitions(void **state) {
  (void)state;
  hold_begin_world();
  hold_compose_identity(3);
  for (size_t i = 0; i < 3; i++)
    hold_ask();
  assert_int_equal(answers, 0);
  hold_answer();
  assert_int_equal(answers, 1);
  assert_challenged();
  const struct hold_packet first = answer;
  hold_ask();
  assert_int_equal(answers, 2);
  assert_memory_equal(first.octets, answer.octets, first.length);
  assert_int_equal(world.seen[PROVIDER1].discarded, 0);
  commission_end(&world);
}

/* It waits with its second request, after EAP-Start; another with the same State takes its place.
 */
static void after_an_eap_start(void **state) {
  (void)state;
  for (int again = 0; again < 2; again++) {
    hold_begin_world();
    hold_compose(NULL, 0);
    hold_ask();
    assert_int_equal(answers, 1);
    struct radius_packet packet;
    uint8_t eap[EAP_PACKET_MAX];
    assert_int_equal(radius_packet_parse(answer.octets, answer.length, &packet), 0);
    assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), 5);
    hold_compose_identity(eap[1]);
    hold_ask();
    const struct hold_packet former = request;
    if (again) {
      hold_compose_identity(eap[1]);
      hold_ask();
    }
    assert_int_equal(answers, 1);
    hold_answer();
    assert_int_equal(answers, 2);
    assert_challenged();
    if (again) { /* nobody waits for that */
      request = former;
      hold_ask();
      assert_int_equal(answers, 2);
    }
    commission_end(&world);
  }
}

/* Another packet of EAP in its place, which is not what EAP waits for: the last request again. */
static void another_packet(void **state) {
  static const uint8_t nak[] = {EAP_RESPONSE, 77, 0, 6, EAP_TYPE_NAK, EAP_TYPE_PSK};
  (void)state;
  hold_begin_world();
  hold_compose(NULL, 0);
  hold_ask();
  struct radius_packet packet;
  uint8_t eap[EAP_PACKET_MAX];
  assert_int_equal(radius_packet_parse(answer.octets, answer.length, &packet), 0);
  assert_int_equal(radius_eap_join(&packet, eap, sizeof eap), 5);
  hold_compose_identity(eap[1]);
  hold_ask();
  hold_compose(nak, sizeof nak);
  hold_ask();
  assert_int_equal(answers, 2);
  assert_int_equal(answer.octets[0], RADIUS_ACCESS_CHALLENGE);
  hold_answer(); /* nobody waits */
  assert_int_equal(answers, 2);
  assert_int_equal(world.seen[PROVIDER1].users, 1);
  commission_end(&world);
}

/* What waits does not end by itself, whoever else comes. */
static void nothing_gives_way(void **state) {
  (void)state;
  commission_configure(&world);
  world.configs[PROVIDER1].radius.conversations_max = 4;
  commission_start(&world);
  commission_manufacture(&world, &world.ues[0], PROVIDER1, 7);
  memset(&answer, 0, sizeof answer);
  answers = 0;
  hold_compose_identity(3);
  hold_ask();
  const struct hold_packet held = request;
  for (size_t i = 0; i < 50; i++) {
    hold_compose(NULL, 0);
    hold_ask();
    answer.length = 0;
  }
  assert_int_equal(answers, 50);
  hold_answer();
  assert_int_equal(answers, 51);
  request = held;
  assert_challenged();
  commission_end(&world);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(repetitions),
      cmocka_unit_test(after_an_eap_start),
      cmocka_unit_test(another_packet),
      cmocka_unit_test(nothing_gives_way),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
