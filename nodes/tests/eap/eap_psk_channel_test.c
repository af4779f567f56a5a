/* EAP-PSK's protected channel: what each side makes of results and extensions (RFC 4764 section 5),
 * in packets forged with the keys of the captured run. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "eap_world.h"

/* An EAP packet with a protected channel, made with the vector's keys. */
static struct packet forge(uint8_t code, uint8_t identifier, unsigned number, uint32_t nonce,
                           const char *text) {
  const struct hex tek = hex(eap_world_vector("tek")), plain = hex(text);
  const struct hex rand_s = eap_world_vector_part("message_1", 6, 16);
  const struct hex mac_s = eap_world_vector_part("message_3", 22, 16);
  const size_t mac_length = number == 3 ? mac_s.length : 0;
  struct packet packet = {.length = 22 + mac_length + 20 + plain.length};
  const uint8_t head[6] = {
      code, identifier, 0, (uint8_t)packet.length, EAP_TYPE_PSK, (uint8_t)((number - 1) << 6)};
  const uint8_t n[16] = {[14] = (uint8_t)(nonce >> 8), [15] = (uint8_t)nonce};
  uint8_t *channel = packet.octets + 22 + mac_length;
  memcpy(packet.octets, head, sizeof head);
  memcpy(packet.octets + sizeof head, rand_s.octets, rand_s.length);
  memcpy(packet.octets + 22, mac_s.octets, mac_length);
  memcpy(channel, n + 12, 4);
  assert_int_equal(crypto_eax_encrypt(NULL, tek.octets, n, sizeof n, packet.octets, 22,
                                      plain.octets, plain.length, channel + 20, channel + 4),
                   0);
  return packet;
}

static void assert_channel(const struct packet *packet, uint32_t nonce, const char *text) {
  const struct packet expected =
      forge(EAP_RESPONSE, packet->octets[1], 4, nonce, text); /* EAX is deterministic */
  assert_int_equal(packet->length, expected.length);
  assert_memory_equal(packet->octets, expected.octets, expected.length);
}

static void forge_agrees_with_the_vector(void **state) {
  (void)state;
  const struct packet three =
      forge(EAP_REQUEST, 0x75, 3, 0, eap_world_vector("pchannel_plaintext"));
  const struct packet four =
      forge(EAP_RESPONSE, 0x75, 4, 1, eap_world_vector("pchannel_plaintext"));
  assert_hex_equal(three.octets, three.length, eap_world_vector("message_3"));
  assert_hex_equal(four.octets, four.length, eap_world_vector("message_4"));
}

enum ending { ENDS_WITH_SUCCESS, ENDS_WITH_FAILURE, GOES_ON, IS_DISCARDED };

/* What the channel carries: R in the two high bits, E below, reserved bits, then EXT. */
static const struct channel {
  const char *text;
  enum ending at_peer;
  const char *answer; /* of the peer */
  enum ending at_server;
} CHANNEL[] = {
    {"80", ENDS_WITH_SUCCESS, "80", ENDS_WITH_SUCCESS},
    {"9f", ENDS_WITH_SUCCESS, "80", ENDS_WITH_SUCCESS},
    {"a002", ENDS_WITH_SUCCESS, "a002", ENDS_WITH_SUCCESS},
    {"a002 000102", ENDS_WITH_SUCCESS, "a002", ENDS_WITH_SUCCESS},
    {"c0", ENDS_WITH_FAILURE, "c0", ENDS_WITH_FAILURE},
    {"e0ff 00", ENDS_WITH_FAILURE, "e0ff", ENDS_WITH_FAILURE},
    {"40", GOES_ON, "40", ENDS_WITH_FAILURE},
    {"6005 0102030405", GOES_ON, "6005", ENDS_WITH_FAILURE},
    {"00", IS_DISCARDED, NULL, IS_DISCARDED},
    {"2005 00", IS_DISCARDED, NULL, IS_DISCARDED},
    {"a0", IS_DISCARDED, NULL, IS_DISCARDED},
    {"8002", IS_DISCARDED, NULL, IS_DISCARDED},
    {"", IS_DISCARDED, NULL, IS_DISCARDED},
};

static void the_peer_answers_the_channel(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS], answer, none;
  eap_world_init(&world);
  eap_world_run(&world, run);
  for (size_t i = 0; i < sizeof CHANNEL / sizeof CHANNEL[0]; i++) {
    const struct packet three = forge(EAP_REQUEST, 0x75, 3, 0, CHANNEL[i].text);
    const struct packet failure = packet_of("04750004"), success = packet_of("03750004");
    const enum ending ending = CHANNEL[i].at_peer;
    eap_world_advance(&world, PSK_3, run);
    assert_int_equal(give_peer(&world, &three, &answer),
                     ending == IS_DISCARDED ? EAP_PEER_DISCARD : EAP_PEER_RESPOND);
    assert_int_equal(eap_peer_has_keys(&world.peer), ending == ENDS_WITH_SUCCESS);
    if (ending == IS_DISCARDED)
      continue;
    assert_channel(&answer, 1, CHANNEL[i].answer);
    assert_int_equal(give_peer(&world, &success, &none),
                     ending == ENDS_WITH_SUCCESS ? EAP_PEER_SUCCESS : EAP_PEER_DISCARD);
    assert_int_equal(give_peer(&world, &failure, &none),
                     ending == ENDS_WITH_SUCCESS ? EAP_PEER_DISCARD : EAP_PEER_FAILURE);
    if (ending == ENDS_WITH_FAILURE)
      assert_string_equal(eap_peer_reason(&world.peer),
                          "the server indicates failure in the protected channel");
  }
}

static void a_continued_channel_counts_its_nonces(void **state) {
  (void)state;
  struct eap_world world;
  struct packet run[WORLD_PACKETS], answer;
  eap_world_init(&world);
  eap_world_run(&world, run);
  eap_world_advance(&world, PSK_3, run);
  const struct packet three = forge(EAP_REQUEST, 0x75, 3, 0, "40");
  assert_int_equal(give_peer(&world, &three, &answer), EAP_PEER_RESPOND);
  uint8_t identifier = 0x75;
  for (uint32_t nonce = 2; nonce < 600; nonce += 2) {
    const bool last = nonce + 2 >= 600;
    identifier++;
    for (uint32_t wrong = nonce - 2; wrong < nonce + 4; wrong++) {
      const struct packet bad = forge(EAP_REQUEST, identifier, 4, wrong, "80");
      if (wrong != nonce)
        assert_int_equal(give_peer(&world, &bad, &answer), EAP_PEER_DISCARD);
    }
    const struct packet again = forge(EAP_REQUEST, identifier, 3, nonce, "40");
    assert_int_equal(give_peer(&world, &again, &answer), EAP_PEER_DISCARD);
    const struct packet next = forge(EAP_REQUEST, identifier, 4, nonce, last ? "80" : "40");
    assert_int_equal(give_peer(&world, &next, &answer), EAP_PEER_RESPOND);
    assert_channel(&answer, nonce + 1, last ? "80" : "40");
    assert_int_equal(eap_peer_has_keys(&world.peer), last);
  }
  struct eap_keys keys;
  assert_int_equal(eap_peer_keys(&world.peer, &keys), 0);
  assert_hex_equal(keys.msk, sizeof keys.msk, eap_world_vector("msk"));
}

static void the_server_reads_the_channel(void **state) {
  (void)state;
  static const enum eap_server_result results[] = {[ENDS_WITH_SUCCESS] = EAP_SERVER_SUCCESS,
                                                   [ENDS_WITH_FAILURE] = EAP_SERVER_FAILURE,
                                                   [IS_DISCARDED] = EAP_SERVER_DISCARD};
  struct eap_world world;
  struct packet run[WORLD_PACKETS], answer;
  eap_world_init(&world);
  eap_world_run(&world, run);
  for (size_t i = 0; i < sizeof CHANNEL / sizeof CHANNEL[0]; i++) {
    struct eap_keys keys;
    const struct packet four = forge(EAP_RESPONSE, 0x75, 4, 1, CHANNEL[i].text);
    eap_world_advance(&world, PSK_4, run);
    assert_int_equal(give_server(&world, &four, &answer), results[CHANNEL[i].at_server]);
    assert_int_equal(eap_server_keys(&world.server, &keys),
                     CHANNEL[i].at_server == ENDS_WITH_SUCCESS ? 0 : NODE_ERR_BAD_STATE);
  }
  for (uint32_t nonce = 0; nonce < 4; nonce++) {
    const struct packet four = forge(EAP_RESPONSE, 0x75, 4, nonce, "80");
    eap_world_advance(&world, PSK_4, run);
    assert_int_equal(give_server(&world, &four, &answer),
                     nonce == 1 ? EAP_SERVER_SUCCESS : EAP_SERVER_DISCARD);
  }
}

/* Section 5: who may not join is told by R of message 3, which is DONE_FAILURE; whatever R message
 * 4 has, EAP-Failure follows, and no key. */
static void a_refused_peer_is_told_in_the_channel(void **state) {
  (void)state;
  static const char *const answers[] = {"c0", "80", "40"};
  struct eap_world world;
  struct packet run[WORLD_PACKETS], three, four, failure;
  eap_world_init(&world);
  eap_world_run(&world, run);
  world.user.refused = true;
  eap_world_advance(&world, PSK_2, run);
  assert_int_equal(give_server(&world, &run[PSK_2], &three), EAP_SERVER_REQUEST);
  const struct packet expected = forge(EAP_REQUEST, 0x75, 3, 0, "c0");
  assert_int_equal(three.length, expected.length);
  assert_memory_equal(three.octets, expected.octets, expected.length);
  assert_int_equal(give_peer(&world, &three, &four), EAP_PEER_RESPOND);
  assert_channel(&four, 1, "c0");
  assert_false(eap_peer_has_keys(&world.peer));
  for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
    struct eap_keys keys;
    eap_world_advance(&world, PSK_3, run);
    four = forge(EAP_RESPONSE, 0x75, 4, 1, answers[i]);
    assert_int_equal(give_server(&world, &four, &failure), EAP_SERVER_FAILURE);
    assert_hex_equal(failure.octets, failure.length, "04750004");
    assert_string_equal(eap_server_reason(&world.server), "not authorized");
    assert_int_equal(eap_server_keys(&world.server, &keys), NODE_ERR_BAD_STATE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(forge_agrees_with_the_vector),
      cmocka_unit_test(the_peer_answers_the_channel),
      cmocka_unit_test(a_continued_channel_counts_its_nonces),
      cmocka_unit_test(the_server_reads_the_channel),
      cmocka_unit_test(a_refused_peer_is_told_in_the_channel),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
