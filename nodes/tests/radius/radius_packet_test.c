/* RADIUS packets: the examples of RFC 2865 section 7, packets of other programs, damage. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <cmocka.h>

#include "crypto/crypto.h"
#include "hex.h"
#include "radius/mppe.h"
#include "seeded.h"

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};

/* A run of eapol_test 2.10 against hostapd 2.10: the last request, its answer, and the MSK. */
#define REQUEST_AUTHENTICATOR "3632761794281fd52f0804a704a8393a"
#define REQUEST                                                                                    \
  "010200ab" REQUEST_AUTHENTICATOR                                                                 \
  "010f7466672d757365722d7465737404067f0000011f1330322d30302d30302d30302d30302d30310c06000005783d" \
  "06000000130606000000024d18434f4e4e4543542031314d627073203830322e3131624f2d020d002b2fc01e50930f" \
  "2230922ff8aa05774c3f2c9800000001931dc4412d8aee6888fc6433f8e488a0a7180600000000501251e9aab2aaca" \
  "20f7807b067b08df49d1"
#define ACCEPT                                                                                     \
  "020200c3bde9ce2cfda59c4cc56bacf67c2556344f06030d00041a3a000001371034ef0224821f13cc4ba790de27cb" \
  "f7afe873415a9a53d9c2ec9707504ad7a5ad0f37f063503aea37df6cbeed41d3b3c2b4080c1a3a000001371134ef03" \
  "4fd7223692a99dcaf6512b13e96e495b6fa39b2c45590049b5b20da44d975e77bac5545025d0a6e2ae72070c5ba5f4" \
  "7466232f5915d3d3fbef555f7aeee969d03ba9c31e50930f2230922ff8aa05774c3f2c985012d152fa92abd4c58d1c" \
  "5ba6eb54d84aae"
#define MSK                                                                                        \
  "e53d0039491e3ca456eb659a3470602a5136d860a21b85478c76feb96d6919f1c2324d442e902cfd4125e6c621de8c" \
  "73d44d5daab6bc36318e2d20b72872ab6b"

static struct radius_packet packet_parse(const struct hex *octets) {
  struct radius_packet packet;
  assert_int_equal(radius_packet_parse(octets->octets, octets->length, &packet), 0);
  return packet;
}

/* RFC 2865 sections 7.1 and 7.3; without Message-Authenticator, the Reject alone will do, where it
 * is allowed to. */
static void rfc_2865_examples(void **state) {
  (void)state;
  static const struct radius_secret secret = {(const uint8_t *)"xyzzy5461", 9};
  static const struct {
    const char *request_authenticator, *answer, *why;
  } table[] = {
      {"0f403f9473978057bd83d5cb98f4227a",
       "0200002686fe220e7624ba2a1005f6bf9b55e0b20606000000010f06000000000e06c0a80103",
       "no Message-Authenticator"},
      {"f3a47a1f6a6d76710b947ab93041a039",
       "0b02004e36f3c8764ae8c71157403c0c71ff9c4512304368616c6c656e67652033323736393433302e2020456e"
       "74657220726573706f6e73652061742070726f6d70742e180a3332373639343330",
       "no Message-Authenticator"},
      {"b122556d428a13d0d6253807c457ecf0", "03030014a42f4fca45916c4e09c8340f9e746aa0", NULL},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct hex answer = hex(table[i].answer);
    const struct hex authenticator = hex(table[i].request_authenticator);
    struct radius_packet packet = packet_parse(&answer);
    const char *why = radius_response_check(&packet, &secret, authenticator.octets, true);
    assert_int_equal(why == NULL, table[i].why == NULL);
    if (why != NULL)
      assert_string_equal(why, table[i].why);
    for (size_t bit = 0; bit < 8 * answer.length; bit++) {
      answer.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
      if (radius_packet_parse(answer.octets, answer.length, &packet) == 0)
        assert_string_equal(radius_response_check(&packet, &secret, authenticator.octets, true),
                            "wrong Response Authenticator");
      answer.octets[bit / 8] ^= (uint8_t)(1U << bit % 8);
    }
  }
}

static void packets_of_other_programs(void **state) {
  (void)state;
  const struct hex request_octets = hex(REQUEST), accept_octets = hex(ACCEPT);
  const struct hex authenticator = hex(REQUEST_AUTHENTICATOR);
  const struct radius_packet request = packet_parse(&request_octets),
                             accept = packet_parse(&accept_octets);
  assert_null(radius_request_check(&request, &SECRET));
  assert_null(radius_response_check(&accept, &SECRET, authenticator.octets, false));
  uint8_t eap[1020], msk[RADIUS_MSK_LENGTH];
  struct radius_attribute state_attribute;
  assert_int_equal(radius_eap_join(&request, eap, sizeof eap), 43);
  assert_int_equal(radius_eap_join(&accept, eap, sizeof eap), 4);
  assert_hex_equal(eap, 4, "030d0004");
  assert_true(radius_attribute_find(&request, RADIUS_STATE, &state_attribute));
  assert_hex_equal(state_attribute.value, state_attribute.length, "00000000");
  assert_int_equal(radius_mppe_find(&accept, authenticator.octets, &SECRET, msk), 0);
  assert_hex_equal(msk, sizeof msk, MSK);
}

/* Nothing that is cut or changed is accepted, whoever reads it; what is behind the Length is
 * padding. */
static void damage(void **state) {
  (void)state;
  const char *const texts[] = {REQUEST, ACCEPT};
  const struct hex authenticator = hex(REQUEST_AUTHENTICATOR);
  for (size_t i = 0; i < 2; i++) {
    const struct hex whole = hex(texts[i]);
    struct radius_packet packet;
    for (size_t length = 0; length < whole.length; length++) {
      uint8_t *copy = malloc(length + 1);
      memcpy(copy, whole.octets, length);
      assert_int_equal(radius_packet_parse(copy, length, &packet), NODE_ERR_MALFORMED);
      free(copy);
    }
    struct hex padded = whole;
    padded.length += 3;
    assert_int_equal(packet_parse(&padded).length, whole.length);
    for (size_t bit = 0; bit < 8 * whole.length; bit++) {
      uint8_t *copy = malloc(whole.length);
      memcpy(copy, whole.octets, whole.length);
      copy[bit / 8] ^= (uint8_t)(1U << bit % 8);
      if (radius_packet_parse(copy, whole.length, &packet) == 0) {
        uint8_t eap[1020], msk[RADIUS_MSK_LENGTH];
        assert_non_null(i == 0
                            ? radius_request_check(&packet, &SECRET)
                            : radius_response_check(&packet, &SECRET, authenticator.octets, false));
        (void)!radius_eap_join(&packet, eap, sizeof eap); /* for the sanitizer */
        (void)!radius_mppe_find(&packet, authenticator.octets, &SECRET, msk);
      }
      free(copy);
    }
  }
}

static void attribute_lengths(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    int result;
  } table[] = {
      {"01000014 00000000000000000000000000000000", 0},
      {"01000013 000000000000000000000000000000", NODE_ERR_MALFORMED},
      {"01000013 00000000000000000000000000000000", NODE_ERR_MALFORMED},
      {"01001001 00000000000000000000000000000000", NODE_ERR_MALFORMED},
      {"01000015 00000000000000000000000000000000 01", NODE_ERR_MALFORMED},
      {"01000016 00000000000000000000000000000000 0100", NODE_ERR_MALFORMED},
      {"01000016 00000000000000000000000000000000 0101", NODE_ERR_MALFORMED},
      {"01000016 00000000000000000000000000000000 0102", 0},
      {"01000016 00000000000000000000000000000000 0103", NODE_ERR_MALFORMED},
      {"01000016 00000000000000000000000000000000 01ff", NODE_ERR_MALFORMED},
      {"01000019 00000000000000000000000000000000 0103aa 0103", NODE_ERR_MALFORMED},
      {"0100001a 00000000000000000000000000000000 0103aa 0103bb", 0},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex octets = hex(table[i].octets);
    struct radius_packet packet;
    assert_int_equal(radius_packet_parse(octets.octets, octets.length, &packet), table[i].result);
  }
}

struct composed_packet {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer out;
  uint8_t authenticator[16];
};

static void packet_begin(struct composed_packet *composed, uint8_t code) {
  struct seeded seeded = {.state = 5};
  span_writer_init(&composed->out, composed->data, sizeof composed->data, &composed->spans);
  seeded_bytes(&seeded, composed->authenticator, 16);
  radius_begin(&composed->out, code, 7);
}

static struct radius_packet mppe_seal(struct composed_packet *composed) {
  const int error = composed->data[0] == RADIUS_ACCESS_REQUEST
                        ? radius_request_seal(&composed->out, 7, composed->authenticator, &SECRET)
                        : radius_response_seal(&composed->out, composed->authenticator, &SECRET);
  assert_int_equal(error, 0);
  assert_int_equal(span_list_length(&composed->spans), composed->out.length);
  struct radius_packet packet;
  assert_int_equal(radius_packet_parse(composed->data, composed->out.length, &packet), 0);
  assert_int_equal(packet.length, composed->out.length);
  assert_int_equal(packet.identifier, 7);
  assert_int_equal(packet.octets[RADIUS_HEADER_LENGTH], RADIUS_MESSAGE_AUTHENTICATOR);
  return packet;
}

static void eap_split_and_joined(void **state) {
  (void)state;
  static const size_t lengths[] = {0, 1, 252, 253, 254, 505, 506, 507, 759, 760, 1019, 1020};
  uint8_t eap[1020], joined[1020];
  struct seeded seeded = {.state = 9};
  seeded_bytes(&seeded, eap, sizeof eap);
  for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
    const size_t length = lengths[i];
    struct composed_packet composed;
    packet_begin(&composed, RADIUS_ACCESS_REQUEST);
    radius_add(&composed.out, RADIUS_USER_NAME, "x", 1);
    radius_add_eap(&composed.out, eap, length);
    radius_add_number(&composed.out, RADIUS_FRAMED_MTU, 1020);
    const struct radius_packet packet = mppe_seal(&composed);
    assert_null(radius_request_check(&packet, &SECRET));
    const size_t parts = length == 0 ? 1 : (length + 252) / 253;
    assert_int_equal(radius_attribute_count(&packet, RADIUS_EAP_MESSAGE), parts);
    assert_int_equal(radius_eap_join(&packet, joined, sizeof joined), length);
    assert_memory_equal(joined, eap, length);
    if (length > 0)
      assert_int_equal(radius_eap_join(&packet, joined, length - 1), NODE_ERR_TOO_LONG);
    size_t of_eap = 0;
    for (size_t j = 0; j < composed.spans.count; j++)
      of_eap += composed.spans.item[j].row == ROW_RADIUS_EAP ? composed.spans.item[j].length : 0U;
    assert_int_equal(of_eap, length);
    assert_int_equal(composed.spans.item[0].row, ROW_RADIUS_HEADER);
    assert_int_equal(composed.spans.item[0].length, RADIUS_HEADER_LENGTH);
    uint32_t mtu = 0;
    assert_true(radius_attribute_number(&packet, RADIUS_FRAMED_MTU, &mtu));
    assert_int_equal(mtu, 1020);
    assert_false(radius_attribute_number(&packet, RADIUS_USER_NAME, &mtu));
  }
}

static void eap_that_is_absent_or_apart(void **state) {
  (void)state;
  uint8_t joined[16];
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  struct radius_packet packet = mppe_seal(&composed);
  assert_int_equal(radius_eap_join(&packet, joined, sizeof joined), NODE_ERR_UNKNOWN);
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  radius_add_eap(&composed.out, (const uint8_t *)"ab", 2);
  radius_add_eap(&composed.out, (const uint8_t *)"cd", 2);
  packet = mppe_seal(&composed);
  assert_int_equal(radius_eap_join(&packet, joined, sizeof joined), 4);
  assert_memory_equal(joined, "abcd", 4);
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  radius_add_eap(&composed.out, (const uint8_t *)"ab", 2);
  radius_add(&composed.out, RADIUS_USER_NAME, "x", 1);
  radius_add_eap(&composed.out, (const uint8_t *)"cd", 2);
  packet = mppe_seal(&composed);
  assert_int_equal(radius_eap_join(&packet, joined, sizeof joined), NODE_ERR_MALFORMED);
}

static void message_authenticators(void **state) {
  (void)state;
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  radius_add(&composed.out, RADIUS_MESSAGE_AUTHENTICATOR, "0123456789abcdef", 16);
  struct radius_packet packet = mppe_seal(&composed);
  assert_string_equal(radius_request_check(&packet, &SECRET),
                      "more than one Message-Authenticator");

  static const struct radius_secret other = {(const uint8_t *)"Radius", 6};
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  packet = mppe_seal(&composed);
  assert_null(radius_request_check(&packet, &SECRET));
  assert_string_equal(radius_request_check(&packet, &other), "wrong Message-Authenticator");

  /* An answer is bound to its request. */
  packet_begin(&composed, RADIUS_ACCESS_ACCEPT);
  packet = mppe_seal(&composed);
  assert_null(radius_response_check(&packet, &SECRET, composed.authenticator, false));
  composed.authenticator[0] ^= 1;
  assert_string_equal(radius_response_check(&packet, &SECRET, composed.authenticator, false),
                      "wrong Response Authenticator");

  const struct hex no = hex("01000014 00000000000000000000000000000000");
  packet = packet_parse(&no);
  assert_string_equal(radius_request_check(&packet, &SECRET), "no Message-Authenticator");
  const struct hex cut =
      hex("01000024 00000000000000000000000000000000 5010 0000000000000000000000000000");
  packet = packet_parse(&cut);
  assert_string_equal(radius_request_check(&packet, &SECRET),
                      "Message-Authenticator of a wrong length");
}

/* Response Authenticators that are right, with and without what else an answer must have. */
static void what_an_answer_must_have(void **state) {
  (void)state;
  static const struct {
    const char *head, *attributes;
    bool unsigned_reject; /* is allowed */
    const char *why;
  } table[] = {
      {"02000014", "", true, "no Message-Authenticator"},
      {"0b000014", "", true, "no Message-Authenticator"},
      {"03000014", "", false, "no Message-Authenticator"},
      {"03000014", "", true, NULL},
      {"03000016", "1202", false, "no Message-Authenticator"},
      {"03000016", "1202", true, NULL},
      {"0300001a", "4f06 04000004", false, "no Message-Authenticator"},
      {"0300001a", "4f06 04000004", true, "no Message-Authenticator"},
      {"03000026", "5012 00000000000000000000000000000000", true, "wrong Message-Authenticator"},
      {"03000016", "5002", true, "Message-Authenticator of a wrong length"},
  };
  static const uint8_t authenticator[16];
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct hex octets = hex(table[i].head);
    const struct hex attributes = hex(table[i].attributes);
    const struct crypto_slice slices[] = {{octets.octets, 4},
                                          {authenticator, 16},
                                          {attributes.octets, attributes.length},
                                          {SECRET.octets, SECRET.length}};
    assert_int_equal(crypto_md5(slices, 4, octets.octets + 4), 0);
    memcpy(octets.octets + 20, attributes.octets, attributes.length);
    octets.length = 20 + attributes.length;
    const struct radius_packet packet = packet_parse(&octets);
    const char *why =
        radius_response_check(&packet, &SECRET, authenticator, table[i].unsigned_reject);
    assert_int_equal(why == NULL, table[i].why == NULL);
    if (why != NULL)
      assert_string_equal(why, table[i].why);
  }
}

static void packet_too_long(void **state) {
  (void)state;
  uint8_t eap[1020] = {0}, value[253] = {0};
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_REQUEST);
  radius_add_eap(&composed.out, eap, sizeof eap);
  radius_add(&composed.out, RADIUS_USER_NAME, value, sizeof value);
  assert_int_equal(radius_request_seal(&composed.out, 0, composed.authenticator, &SECRET),
                   NODE_ERR_TOO_LONG);
  assert_int_equal(radius_response_seal(&composed.out, composed.authenticator, &SECRET),
                   NODE_ERR_TOO_LONG);
}

/* RFC 2548 section 2.4.2, written down anew: the key's octets as the text's formulas have them. */
static void mppe_decrypt(const struct radius_attribute *attribute, const uint8_t authenticator[16],
                         uint8_t plain[48]) {
  const uint8_t *salt = attribute->value + 6, *c = salt + 2;
  uint8_t b[16];
  for (size_t i = 0; i < 3; i++) {
    uint8_t text[6 + 16 + 2];
    size_t length = 6 + 16;
    memcpy(text, "radius", 6);
    memcpy(text + 6, i == 0 ? authenticator : c + 16 * (i - 1), 16);
    if (i == 0) {
      memcpy(text + 22, salt, 2);
      length += 2;
    }
    const struct crypto_slice slice = {text, length};
    assert_int_equal(crypto_md5(&slice, 1, b), 0);
    for (size_t j = 0; j < 16; j++)
      plain[16 * i + j] = b[j] ^ c[16 * i + j];
  }
}

static void mppe_keys(void **state) {
  (void)state;
  struct seeded seeded = {.state = 77};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  uint8_t msk[64], found[64];
  seeded_bytes(&seeded, msk, sizeof msk);
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_ACCEPT);
  assert_int_equal(radius_mppe_add(&composed.out, msk, composed.authenticator, &SECRET, &hooks), 0);
  const struct radius_packet packet = mppe_seal(&composed);
  struct radius_attribute attribute;
  size_t at = 0, keys = 0;
  uint8_t salts[2][2];
  while (radius_attribute_next(&packet, &at, &attribute)) {
    if (attribute.type != RADIUS_VENDOR_SPECIFIC)
      continue;
    const uint8_t head[] = {0, 0, 1, 0x37, keys == 0 ? 17 : 16, 52};
    uint8_t plain[48];
    assert_int_equal(attribute.length, 56);
    assert_memory_equal(attribute.value, head, sizeof head);
    assert_true(attribute.value[6] & 0x80);
    memcpy(salts[keys], attribute.value + 6, 2);
    mppe_decrypt(&attribute, composed.authenticator, plain);
    assert_int_equal(plain[0], 32);
    assert_memory_equal(plain + 1, msk + 32 * keys, 32);
    for (size_t i = 33; i < 48; i++)
      assert_int_equal(plain[i], 0);
    keys++;
  }
  assert_int_equal(keys, 2);
  assert_memory_not_equal(salts[0], salts[1], 2);
  assert_int_equal(radius_mppe_find(&packet, composed.authenticator, &SECRET, found), 0);
  assert_memory_equal(found, msk, sizeof msk);
}

static void mppe_keys_twice(void **state) {
  (void)state;
  struct seeded seeded = {.state = 78};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  uint8_t msk[64] = {1};
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_ACCEPT);
  for (unsigned i = 0; i < 2; i++)
    assert_int_equal(radius_mppe_add(&composed.out, msk, composed.authenticator, &SECRET, &hooks),
                     0);
  const struct radius_packet packet = mppe_seal(&composed);
  assert_int_equal(radius_mppe_find(&packet, composed.authenticator, &SECRET, msk),
                   NODE_ERR_MALFORMED);
}

/* It says 32 octets, and has 31. */
static void mppe_key_cut_short(void **state) {
  (void)state;
  uint8_t value[6 + 2 + 32] = {0, 0, 1, 0x37, 17, 36, 0x80, 1};
  uint8_t msk[64], pad[16];
  struct composed_packet composed;
  packet_begin(&composed, RADIUS_ACCESS_ACCEPT);
  const struct crypto_slice slices[] = {
      {SECRET.octets, SECRET.length}, {composed.authenticator, 16}, {value + 6, 2}};
  assert_int_equal(crypto_md5(slices, 3, pad), 0);
  value[8] = pad[0] ^ 32;
  radius_add(&composed.out, RADIUS_VENDOR_SPECIFIC, value, sizeof value);
  value[4] = 16;
  radius_add(&composed.out, RADIUS_VENDOR_SPECIFIC, value, sizeof value);
  const struct radius_packet packet = mppe_seal(&composed);
  assert_int_equal(radius_mppe_find(&packet, composed.authenticator, &SECRET, msk),
                   NODE_ERR_MALFORMED);
}

/* Keys that are absent, double, of a wrong length: what is found leaves nothing behind. */
static void mppe_keys_that_are_none(void **state) {
  (void)state;
#define RECV "1a3a 00000137 1134 8001"
#define SEND "1a3a 00000137 1034 8003"
#define BODY                                                                                       \
  "000102030405060708090a0b0c0d0e0f000102030405060708090a0b0c0d0e0f"                               \
  "000102030405060708090a0b0c0d0e0f"
  static const struct {
    const char *attributes;
    int result;
  } table[] = {
      {"", NODE_ERR_UNKNOWN},
      {RECV BODY, NODE_ERR_MALFORMED}, /* decrypts to another length than 32 */
      {SEND BODY, NODE_ERR_UNKNOWN},
      {RECV BODY RECV BODY, NODE_ERR_MALFORMED},
      {"1a06 00000137", NODE_ERR_UNKNOWN},
      {"1a08 00000137 1102", NODE_ERR_MALFORMED},
      {"1a08 00000137 1103", NODE_ERR_MALFORMED},
      {"1a08 00000137 1100", NODE_ERR_MALFORMED},
      {"1a0a 00000137 1104 8001", NODE_ERR_MALFORMED},
      {"1a1a 00000137 1114 8001 000102030405060708090a0b0c0d0e0f", NODE_ERR_MALFORMED},
      {"1a3a 00000138 1134 8001" BODY, NODE_ERR_UNKNOWN},
  };
  static const uint8_t authenticator[16], zeros[64];
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct hex octets = hex("02000000 00000000000000000000000000000000");
    const struct hex attributes = hex(table[i].attributes);
    memcpy(octets.octets + 20, attributes.octets, attributes.length);
    octets.length = 20 + attributes.length;
    octets.octets[3] = (uint8_t)octets.length;
    const struct radius_packet packet = packet_parse(&octets);
    uint8_t msk[64] = {1};
    assert_int_equal(radius_mppe_find(&packet, authenticator, &SECRET, msk), table[i].result);
    assert_memory_equal(msk, zeros, sizeof msk);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(rfc_2865_examples),
      cmocka_unit_test(packets_of_other_programs),
      cmocka_unit_test(damage),
      cmocka_unit_test(attribute_lengths),
      cmocka_unit_test(eap_split_and_joined),
      cmocka_unit_test(eap_that_is_absent_or_apart),
      cmocka_unit_test(message_authenticators),
      cmocka_unit_test(what_an_answer_must_have),
      cmocka_unit_test(packet_too_long),
      cmocka_unit_test(mppe_keys),
      cmocka_unit_test(mppe_keys_twice),
      cmocka_unit_test(mppe_key_cut_short),
      cmocka_unit_test(mppe_keys_that_are_none),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
