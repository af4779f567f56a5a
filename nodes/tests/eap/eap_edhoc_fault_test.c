/* EAP-EDHOC: damaged, truncated, misplaced and hostile packets; credentials that do not serve. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap_edhoc_world.h"

/* Packets of a conversation without fragments. */
enum { START = 2, MESSAGE_1, MESSAGE_2, MESSAGE_3, MESSAGE_4, END, EAP_END };

static const struct fault_variant {
  unsigned method;
  enum parties_credential credential;
  size_t mtu;
} VARIANTS[] = {
    {3, PARTIES_KID, 0}, {0, PARTIES_X5T, 64}, {0, PARTIES_X5CHAIN, 0}, {1, PARTIES_X5CHAIN, 150}};
enum { VARIANT_COUNT = sizeof VARIANTS / sizeof VARIANTS[0] };

static struct eap_edhoc_world *run_variant(size_t i) {
  struct eap_edhoc_world *it =
      eap_edhoc_world_init(VARIANTS[i].method, VARIANTS[i].credential, VARIANTS[i].mtu);
  eap_edhoc_world_run(it);
  assert_true(eap_world_established(&it->world));
  return it;
}

/* `bad` replaces packet `index`: the sides must not both succeed, unless `harmless`; and where it
 * is discarded, the genuine packet still leads to success. */
static void edhoc_assert_caught(struct eap_edhoc_world *it, size_t index, const struct packet *bad,
                                bool harmless) {
  eap_edhoc_world_advance(it, index);
  const bool taken = eap_edhoc_world_relay(it, index, bad);
  assert_int_equal(eap_world_established(&it->world), harmless);
  if (!taken) {
    (void)eap_edhoc_world_relay(it, index, &it->run[index]);
    assert_true(eap_world_established(&it->world));
  }
}

/* The three reserved flags are ignored. */
static bool is_reserved_flag(const struct eap_edhoc_world *it, size_t index, size_t bit) {
  return index >= START && index + 1 < it->run_length && bit / 8 == EDHOC_FLAGS && bit % 8 >= 5;
}

static void flipped_bits_are_caught(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANT_COUNT; v++) {
    struct eap_edhoc_world *it = run_variant(v);
    for (size_t i = 0; i < it->run_length; i++)
      for (size_t bit = 0; bit < it->run[i].length * 8; bit++) {
        if (v > 0 && bit / 8 > 12 && bit % 8 != bit / 8 % 8) /* heads, and one bit of each octet */
          continue;
        struct packet bad = it->run[i];
        bad.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
        edhoc_assert_caught(it, i, &bad, is_reserved_flag(it, i, bit));
      }
  }
}

static bool is_empty_frame(const struct packet *packet) {
  return packet->length == EDHOC_FLAGS + 1 && packet->octets[4] == 57 && flags_of(packet) == 0;
}

/* Cut off, and with a Length that says so: empty frames do without flags. */
static void truncations_are_caught(void **state) {
  (void)state;
  for (size_t v = 0; v < 2 * VARIANT_COUNT; v++) {
    const bool repaired = v % 2 == 1;
    struct eap_edhoc_world *it = run_variant(v / 2);
    for (size_t i = 0; i < it->run_length; i++)
      for (size_t length = 0; length < it->run[i].length; length++) {
        struct packet bad = it->run[i];
        bad.length = length;
        if (repaired) {
          bad.octets[2] = (uint8_t)(length >> 8);
          bad.octets[3] = (uint8_t)length;
        }
        edhoc_assert_caught(it, i, &bad,
                            repaired && is_empty_frame(&it->run[i]) && length == EDHOC_FLAGS);
      }
  }
}

static void edhoc_appended_octets_are_caught(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANT_COUNT; v++) {
    struct eap_edhoc_world *it = run_variant(v);
    for (size_t i = START; i < it->run_length; i++)
      for (unsigned octet = 0; octet < 256; octet += 51) {
        struct packet bad = it->run[i];
        if (bad.length == EAP_PACKET_MAX)
          continue;
        bad.octets[bad.length++] = (uint8_t)octet;
        bad.octets[2] = (uint8_t)(bad.length >> 8);
        bad.octets[3] = (uint8_t)bad.length;
        edhoc_assert_caught(it, i, &bad, false);
      }
  }
}

static bool same_but_for_identifier(const struct packet *a, const struct packet *b) {
  return a->length == b->length && a->octets[0] == b->octets[0] &&
         memcmp(a->octets + 2, b->octets + 2, a->length - 2) == 0;
}

/* In place of each packet, each other one for the same side: the server discards it by its
 * identifier; with one that passes, or at the peer, it may end the session, and never succeeds. */
static void misplaced_packets(void **state) {
  (void)state;
  for (size_t v = 0; v < VARIANT_COUNT; v++) {
    struct eap_edhoc_world *it = run_variant(v);
    for (size_t moment = START; moment < it->run_length; moment++)
      for (size_t i = moment % 2; i < it->run_length; i += 2) {
        if (same_but_for_identifier(&it->run[i], &it->run[moment]))
          continue;
        struct packet bad = it->run[i];
        edhoc_assert_caught(it, moment, &bad, false);
        if (!goes_to_peer(moment)) {
          eap_edhoc_world_advance(it, moment);
          assert_false(eap_edhoc_world_relay(it, moment, &bad));
        }
        bad.octets[1] = it->run[moment].octets[1];
        edhoc_assert_caught(it, moment, &bad, false);
      }
  }
}

/* Frames made by hand, given in place of packet `index` of a run without fragments. */
static void hostile_frames(void **state) {
  (void)state;
  static const struct {
    size_t index;
    const char *type_data;
    const char *reason; /* why it is discarded; NULL: it is taken */
  } table[] = {
      {START, "", "EAP-EDHOC does not begin with Start"},
      {START, "00", "EAP-EDHOC does not begin with Start"},
      {START, "18", "EAP-EDHOC Start with more than flags"},
      {START, "1105", "EAP-EDHOC Start with more than flags"},
      {START, "1000", "EAP-EDHOC Start with more than flags"},
      {START, "15", "malformed EAP-EDHOC packet"},
      {START, "f0", NULL},
      {MESSAGE_2, "10", "EAP-EDHOC Start amid the method"},
      {MESSAGE_2, "", "acknowledgement that is not due"},
      {MESSAGE_2, "00", "acknowledgement that is not due"},
      {MESSAGE_2, "08", "fragment without data"},
      {MESSAGE_2, "0109", "fragment without data"},
      {MESSAGE_2, "0958", "fragment without data"},
      {MESSAGE_2, "01", "malformed EAP-EDHOC packet"},
      {MESSAGE_2, "0d0000000000", "malformed EAP-EDHOC packet"},
      {MESSAGE_2, "0c000000", "malformed EAP-EDHOC packet"},
      {MESSAGE_2, "010100", "length field in an unfragmented message"},
      {MESSAGE_2, "0858", "first fragment without its length field"},
      {MESSAGE_2, "090158", "fragments do not sum to the stated length"},
      {MESSAGE_2, "090258", NULL},
      {MESSAGE_2, "0c0000000258", NULL},
      {MESSAGE_1, "10", "EAP-EDHOC Start from a peer"},
      {MESSAGE_1, "00", "acknowledgement that is not due"},
      {MESSAGE_3, "", "acknowledgement that is not due"},
      {MESSAGE_3, "06", "malformed EAP-EDHOC packet"},
      {END, "0058", "message after the last"},
      {END, "e0", NULL},
      {END, "", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const size_t index = table[i].index;
    const struct hex data = hex(table[i].type_data);
    struct eap_edhoc_world *it = run_variant(0);
    struct packet packet = it->run[index], answer;
    memcpy(packet.octets + EDHOC_FLAGS, data.octets, data.length);
    packet.length = EDHOC_FLAGS + data.length;
    packet.octets[2] = 0;
    packet.octets[3] = (uint8_t)packet.length;
    eap_edhoc_world_advance(it, index);
    const bool discarded = goes_to_peer(index)
                               ? give_peer(&it->world, &packet, &answer) == EAP_PEER_DISCARD
                               : give_server(&it->world, &packet, &answer) == EAP_SERVER_DISCARD;
    assert_int_equal(discarded, table[i].reason != NULL);
    if (discarded)
      assert_string_equal(goes_to_peer(index) ? eap_peer_reason(&it->world.peer)
                                              : eap_server_reason(&it->world.server),
                          table[i].reason);
  }
}

/* Later fragments that do not go on with the first. */
static void hostile_fragments(void **state) {
  (void)state;
  enum { SECOND = 6 /* of message_2 */ };
  static const struct {
    const char *type_data;
    const char *reason;
  } table[] = {
      {"", "acknowledgement instead of a fragment"},
      {"08", "fragment without data"},
      {"0a010058", "length field in a later fragment"},
      {"0058", "fragments do not sum to the stated length"},
      {"10", "EAP-EDHOC Start amid the method"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex data = hex(table[i].type_data);
    struct eap_edhoc_world *it = run_variant(1);
    struct packet packet = it->run[SECOND], answer;
    assert_true(flags_of(&it->run[SECOND - 2]) & 0x08);
    memcpy(packet.octets + EDHOC_FLAGS, data.octets, data.length);
    packet.length = EDHOC_FLAGS + data.length;
    packet.octets[3] = (uint8_t)packet.length;
    eap_edhoc_world_advance(it, SECOND);
    assert_int_equal(give_peer(&it->world, &packet, &answer), EAP_PEER_DISCARD);
    assert_string_equal(eap_peer_reason(&it->world.peer), table[i].reason);
    (void)eap_edhoc_world_relay(it, SECOND, &it->run[SECOND]);
    assert_true(eap_world_established(&it->world));
  }
}

/* A first fragment whose message would be longer than we accept ends the session: with an error
 * message, and its answer. */
static void edhoc_messages_that_are_too_long(void **state) {
  (void)state;
  for (size_t index = MESSAGE_1; index <= MESSAGE_4; index++) {
    struct eap_edhoc_world *it = run_variant(0);
    struct packet packet = it->run[index];
    const uint8_t head[] = {0x0a, 0x08, 0x01, 0x58}; /* EDHOC_MESSAGE_MAX + 1 */
    memcpy(packet.octets + EDHOC_FLAGS, head, sizeof head);
    packet.length = EDHOC_FLAGS + sizeof head;
    packet.octets[3] = (uint8_t)packet.length;
    eap_edhoc_world_advance(it, index);
    assert_true(eap_edhoc_world_relay(it, index, &packet));
    assert_false(eap_world_established(&it->world));
    assert_string_equal(eap_peer_reason(&it->world.peer),
                        goes_to_peer(index) ? "message is too long" : "peer sent an error message");
    assert_string_equal(eap_server_reason(&it->world.server),
                        goes_to_peer(index) ? "peer sent an error message" : "message is too long");
  }
}

/* An error message breaks in on the fragments of another: the other side has given up. */
static void error_amid_fragments(void **state) {
  (void)state;
  struct eap_edhoc_world *it = run_variant(1);
  struct packet packet = it->run[MESSAGE_2 + 1], answer; /* the acknowledgement of a fragment */
  static const uint8_t error[] = {0x00, 0x01, 0x61, 'x'};
  assert_true(is_empty_frame(&packet));
  memcpy(packet.octets + EDHOC_FLAGS, error, sizeof error);
  packet.length = EDHOC_FLAGS + sizeof error;
  packet.octets[3] = (uint8_t)packet.length;
  eap_edhoc_world_advance(it, MESSAGE_2 + 1);
  assert_int_equal(give_server(&it->world, &packet, &answer), EAP_SERVER_FAILURE);
  assert_string_equal(eap_server_reason(&it->world.server), "peer sent an error message");
}

static void error_after_message_4(void **state) {
  (void)state;
  for (unsigned fragmented = 0; fragmented < 2; fragmented++) {
    struct eap_edhoc_world *it = run_variant(0);
    struct packet packet = it->run[END], answer;
    const struct hex data = hex(fragmented ? "09040161" : "00016178");
    memcpy(packet.octets + EDHOC_FLAGS, data.octets, data.length);
    packet.length = EDHOC_FLAGS + data.length;
    packet.octets[3] = (uint8_t)packet.length;
    eap_edhoc_world_advance(it, END);
    enum eap_server_result result = give_server(&it->world, &packet, &answer);
    if (fragmented) {
      assert_int_equal(result, EAP_SERVER_REQUEST);
      assert_true(is_empty_frame(&answer));
      const uint8_t rest[] = {0x00, 0x78, 0x79};
      memcpy(packet.octets + EDHOC_FLAGS, rest, sizeof rest);
      packet.octets[1] = answer.octets[1];
      packet.length = EDHOC_FLAGS + sizeof rest;
      packet.octets[3] = (uint8_t)packet.length;
      result = give_server(&it->world, &packet, &answer);
    }
    assert_int_equal(result, EAP_SERVER_FAILURE);
    assert_string_equal(eap_server_reason(&it->world.server), "peer sent an error message");
  }
}

static const struct edhoc_credential *find_nobody(void *context, const uint8_t *id_cred,
                                                  size_t length) {
  (void)context, (void)id_cred, (void)length;
  return NULL;
}

enum mishap {
  SERVER_KNOWS_NOBODY,
  PEER_KNOWS_NOBODY,
  PEER_WITH_ANOTHER_KEY,
  SERVER_WITH_ANOTHER_KEY,
  ANOTHER_METHOD,
  ANOTHER_SUITE,
  NO_ANCHOR_AT_SERVER,
  NO_ANCHOR_AT_PEER,
};

static void cause(struct parties *parties, enum mishap mishap) {
  struct parties_side *peer = &parties->peers[0], *server = &parties->server;
  switch (mishap) {
  case SERVER_KNOWS_NOBODY:
    server->config.lookup = find_nobody;
    break;
  case PEER_KNOWS_NOBODY:
    peer->config.lookup = find_nobody;
    break;
  case PEER_WITH_ANOTHER_KEY:
    peer->own.private = parties->root_private;
    break;
  case SERVER_WITH_ANOTHER_KEY:
    server->own.private = parties->root_private;
    break;
  case ANOTHER_METHOD:
    server->config.methods = 1U << 2;
    break;
  case ANOTHER_SUITE:
    server->config.suites.value[0] = 3;
    break;
  case NO_ANCHOR_AT_SERVER:
    server->config.anchors_count = 0;
    break;
  case NO_ANCHOR_AT_PEER:
    peer->config.anchors_count = 0;
    break;
  }
}

#define THEIRS "peer sent an error message"

/* Each ends with EAP-Failure and reasons at both ends, whole or in fragments, as the draft draws
 * it. */
static void failures_have_reasons(void **state) {
  (void)state;
  static const struct {
    enum mishap mishap;
    unsigned method;
    enum parties_credential credential;
    size_t packets; /* of the conversation without fragments */
    const char *peer, *server;
  } table[] = {
      {SERVER_KNOWS_NOBODY, 3, PARTIES_KID, 9, "peer does not know our credential",
       "unknown credential"},
      {PEER_KNOWS_NOBODY, 3, PARTIES_KID, 7, "unknown credential",
       "peer does not know our credential"},
      {PEER_WITH_ANOTHER_KEY, 3, PARTIES_KID, 9, THEIRS, "Signature_or_MAC_3 is wrong"},
      {PEER_WITH_ANOTHER_KEY, 0, PARTIES_X5T, 9, THEIRS, "Signature_or_MAC_3 is wrong"},
      {SERVER_WITH_ANOTHER_KEY, 3, PARTIES_X5T, 7, "Signature_or_MAC_2 is wrong", THEIRS},
      {SERVER_WITH_ANOTHER_KEY, 0, PARTIES_KID, 7, "Signature_or_MAC_2 is wrong", THEIRS},
      {ANOTHER_METHOD, 3, PARTIES_KID, 7, THEIRS, "method not supported"},
      {ANOTHER_SUITE, 3, PARTIES_KID, 7, "peer does not support the selected cipher suite",
       "cipher suite not supported"},
      {NO_ANCHOR_AT_SERVER, 0, PARTIES_X5CHAIN, 9, THEIRS, "certificate from an unknown authority"},
      {NO_ANCHOR_AT_PEER, 0, PARTIES_X5CHAIN, 7, "certificate from an unknown authority", THEIRS},
  };
  for (size_t i = 0; i < 2 * sizeof table / sizeof table[0]; i++) {
    const size_t at = i / 2, mtu = i % 2 == 0 ? 0 : EAP_EDHOC_MTU_MIN;
    struct eap_edhoc_world *it = eap_edhoc_world_init(table[at].method, table[at].credential, mtu);
    cause(&it->parties, table[at].mishap);
    eap_edhoc_world_run(it);
    assert_false(eap_world_established(&it->world));
    assert_string_equal(eap_peer_reason(&it->world.peer), table[at].peer);
    assert_string_equal(eap_server_reason(&it->world.server), table[at].server);
    const struct packet *last = &it->run[it->run_length - 1];
    assert_int_equal(last->octets[0], EAP_FAILURE);
    if (mtu == 0)
      assert_int_equal(it->run_length, table[at].packets);
    struct eap_keys keys;
    assert_int_equal(eap_peer_keys(&it->world.peer, &keys), NODE_ERR_BAD_STATE);
    assert_int_equal(eap_server_keys(&it->world.server, &keys), NODE_ERR_BAD_STATE);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(flipped_bits_are_caught),
      cmocka_unit_test(truncations_are_caught),
      cmocka_unit_test(edhoc_appended_octets_are_caught),
      cmocka_unit_test(misplaced_packets),
      cmocka_unit_test(hostile_frames),
      cmocka_unit_test(hostile_fragments),
      cmocka_unit_test(edhoc_messages_that_are_too_long),
      cmocka_unit_test(error_amid_fragments),
      cmocka_unit_test(error_after_message_4),
      cmocka_unit_test(failures_have_reasons),
  };
  const int failed = cmocka_run_group_tests(tests, NULL, NULL);
  json_decref(eap_world_vectors());
  return failed;
}
