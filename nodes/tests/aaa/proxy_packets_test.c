/* What the AAA proxy makes of packets, octet by octet: attributes, Proxy-State, keys. */
#include <stdio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "proxy_world.h"

/* Attributes in their order, ours behind them; an Identifier and an authenticator of its own. */
static void a_request_goes_on(void **state) {
  (void)state;
  const struct proxy_message request =
      proxy_request_of(0, 77, PROXY_NAME PROXY_OTHERS PROXY_NAS PROXY_EAP "21 09 616e6f74686572");
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  assert_proxy_attributes(&forwarded, proxy_joined(PROXY_NAME PROXY_OTHERS PROXY_NAS PROXY_EAP
                                                   "21 09 616e6f74686572",
                                                   proxy_state_of(&forwarded), ""));
  assert_int_equal(forwarded.length, request.length + 10);
  assert_memory_equal(forwarded.octets + forwarded.length - 4, "\0\0\0\1", 4);
  assert_int_equal(forwarded.octets[0], RADIUS_ACCESS_REQUEST);
  assert_memory_not_equal(forwarded.octets + 4, request.octets + 4, 16);
  assert_int_equal(forwarded.copy, 0);
  assert_int_equal(proxy_world.discarded + proxy_world.failed, 0);

  const struct proxy_message other = proxy_request_of(1, 78, PROXY_OTHER_NAME PROXY_EAP);
  proxy_give(&other);
  (void)proxy_forwarded_to(1);
}

/* Wherever the client has put its Message-Authenticator, ours comes first, and is the only one. */
static void message_authenticator_comes_first(void **state) {
  (void)state;
  struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  uint8_t attribute[18];
  const size_t behind = request.length - PROXY_MAC_AT - 16;
  memset(request.octets + PROXY_MAC_AT, 0, 16);
  memcpy(attribute, request.octets + PROXY_MAC_AT - 2, sizeof attribute);
  memmove(request.octets + PROXY_MAC_AT - 2, request.octets + PROXY_MAC_AT + 16, behind);
  memcpy(request.octets + PROXY_MAC_AT - 2 + behind, attribute, sizeof attribute);
  assert_non_null(HMAC(EVP_md5(), PROXY_HOSTS[0].secret.octets, (int)PROXY_HOSTS[0].secret.length,
                       request.octets, request.length, request.octets + request.length - 16, NULL));
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  assert_proxy_attributes(&forwarded,
                          proxy_joined(PROXY_NAME PROXY_EAP, proxy_state_of(&forwarded), ""));
}

/* Each code: what is not ours stays, in its order. */
static void an_answer_comes_back(void **state) {
  (void)state;
  static const struct {
    uint8_t code;
    const char *before, *behind; /* our Proxy-State */
    const char *expected;
  } table[] = {
      {RADIUS_ACCESS_CHALLENGE, "18 04 0102" PROXY_OTHERS, PROXY_EAP,
       "18 04 0102" PROXY_OTHERS PROXY_EAP},
      {RADIUS_ACCESS_ACCEPT, PROXY_OTHERS PROXY_NAME PROXY_EAP, "",
       PROXY_OTHERS PROXY_NAME PROXY_EAP},
      {RADIUS_ACCESS_REJECT, PROXY_OTHERS "21 02" PROXY_FAILURE_16, "",
       PROXY_OTHERS "21 02" PROXY_FAILURE_16},
      {RADIUS_ACCESS_REJECT, PROXY_FAILURE_16, "", PROXY_FAILURE_16},
      /* Vendors' attributes that are no MPPE keys, if of Microsoft. */
      {RADIUS_ACCESS_ACCEPT, "1a 03 01 1a 02 1a 06 00000137 1a 0a 00000009 10 04 aabb",
       "1a 08 00000137 0102",
       "1a 03 01 1a 02 1a 06 00000137 1a 0a 00000009 10 04 aabb"
       "1a 08 00000137 0102"},
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = proxy_request_of(0, i, PROXY_NAME PROXY_OTHERS PROXY_EAP);
    proxy_give(&request);
    const struct proxy_message forwarded = proxy_forwarded_to(0);
    const struct proxy_message answer =
        proxy_answer_to(&forwarded, 0, table[i].code,
                        proxy_joined(table[i].before, proxy_state_of(&forwarded), table[i].behind));
    proxy_give(&answer);
    assert_proxy_answer(&request, 0, table[i].code);
    assert_proxy_attributes(&proxy_world.sent[0], table[i].expected);
  }
  assert_int_equal(proxy_world.discarded + proxy_world.failed, 0);
}

/* A server that does not return ours, or puts it elsewhere: the rest is as it gave it. */
static void proxy_state_not_returned(void **state) {
  (void)state;
  static const struct {
    bool ours;
    const char *behind;
  } table[] = {{false, PROXY_EAP}, {true, PROXY_OTHERS}, {false, "21 0a 0000000000000001"}};
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = proxy_request_of(0, i, PROXY_NAME PROXY_EAP);
    proxy_give(&request);
    const struct proxy_message forwarded = proxy_forwarded_to(0);
    char attributes[256];
    (void)snprintf(attributes, sizeof attributes, "%s%s",
                   table[i].ours ? proxy_state_of(&forwarded) : "", table[i].behind);
    const struct proxy_message answer =
        proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_CHALLENGE, attributes);
    proxy_give(&answer);
    assert_proxy_answer(&request, 0, RADIUS_ACCESS_CHALLENGE);
    assert_proxy_attributes(&proxy_world.sent[0], attributes);
  }
}

/* Keys: decrypted with one hop's secret, encrypted with the other's, under their salts; also those
 * of an odd length, or two in one attribute. */
static void keys_are_encrypted_anew(void **state) {
  (void)state;
  enum { KEY = 32, PLAIN = 48, VENDOR = 2 + PLAIN + 2 };
  const struct proxy_message request = proxy_request_of(0, 1, PROXY_NAME PROXY_EAP);
  proxy_give(&request);
  const struct proxy_message forwarded = proxy_forwarded_to(0);
  char text[1024] = "1a 6e 00000137"; /* 6 + 2 * 52 */
  uint8_t plain[2][PLAIN];
  static const uint8_t salts[2][2] = {{0x81, 0x02}, {0x81, 0x03}};
  for (size_t key = 0; key < 2; key++) {
    uint8_t octets[PLAIN];
    for (size_t i = 0; i < PLAIN; i++)
      plain[key][i] = i == 0 ? KEY : i <= KEY ? (uint8_t)(100 * key + i) : 0;
    memcpy(octets, plain[key], sizeof octets);
    proxy_mppe(octets, sizeof octets, true, salts[key], forwarded.octets + 4,
               &PROXY_NEXT[0].secret);
    (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%02x34%02x%02x",
                   (unsigned)(16 + key), salts[key][0], salts[key][1]);
    for (size_t i = 0; i < PLAIN; i++)
      (void)snprintf(text + strlen(text), sizeof text - strlen(text), "%02x", octets[i]);
  }
  const struct proxy_message answer =
      proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_ACCEPT,
                      proxy_joined(text, PROXY_EAP, proxy_state_of(&forwarded)));
  proxy_give(&answer);
  assert_proxy_answer(&request, 0, RADIUS_ACCESS_ACCEPT);
  const uint8_t *value = proxy_world.sent[0].octets + PROXY_MAC_AT + 16 + 2;
  assert_memory_equal(value, "\0\0\x01\x37", 4);
  for (size_t key = 0; key < 2; key++) {
    const uint8_t *vendor = value + 4 + key * VENDOR;
    uint8_t octets[PLAIN];
    assert_int_equal(vendor[0], 16 + key);
    assert_int_equal(vendor[1], VENDOR);
    assert_memory_equal(vendor + 2, salts[key], 2);
    memcpy(octets, vendor + 4, sizeof octets);
    assert_memory_not_equal(octets, plain[key], sizeof octets);
    proxy_mppe(octets, sizeof octets, false, salts[key], request.octets + 4,
               &PROXY_HOSTS[0].secret);
    assert_memory_equal(octets, plain[key], sizeof octets);
  }
}

/* A key that cannot be one becomes a Reject: its answer has been taken, and there is no other. */
static void keys_that_are_none(void **state) {
  (void)state;
  static const char *const table[] = {
      "1a 08 00000137 10 02",                                     /* no salt */
      "1a 0a 00000137 10 04 8000",                                /* no block */
      "1a 19 00000137 10 13 8000 000102030405060708090a0b0c0d0e", /* part of a block */
      "1a 0a 00000137 10 05 8000",                                /* longer than the attribute */
      "1a 0a 00000137 10 01 8000",                                /* shorter than its header */
      "1a 07 00000137 10",
  };
  for (uint8_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct proxy_message request = proxy_request_of(0, i, PROXY_NAME PROXY_OTHERS PROXY_EAP);
    proxy_give(&request);
    const struct proxy_message forwarded = proxy_forwarded_to(0);
    char attributes[256];
    (void)snprintf(attributes, sizeof attributes, "%s%s%s%s", table[i], "4f 06 0310 0004",
                   PROXY_OTHERS, proxy_state_of(&forwarded));
    const struct proxy_message answer =
        proxy_answer_to(&forwarded, 0, RADIUS_ACCESS_ACCEPT, attributes);
    proxy_give(&answer);
    assert_proxy_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_proxy_attributes(&proxy_world.sent[0], PROXY_OTHERS PROXY_FAILURE_16);
    assert_string_equal(proxy_world.label, "answer with a malformed key");
  }
}

static void no_room_for_proxy_state(void **state) {
  (void)state;
  for (size_t spare = 9; spare <= 10; spare++) { /* octets */
    struct proxy_message request = proxy_request_of(0, (uint8_t)spare, PROXY_NAME PROXY_EAP);
    while (request.length < RADIUS_PACKET_MAX - spare) {
      const size_t left = RADIUS_PACKET_MAX - spare - request.length;
      const size_t part = left <= 255 ? left : left - 255 < 2 ? 250 : 255;
      request.octets[request.length] = RADIUS_PROXY_STATE;
      request.octets[request.length + 1] = (uint8_t)part;
      request.length += part;
    }
    request.octets[2] = (uint8_t)(request.length >> 8);
    request.octets[3] = (uint8_t)request.length;
    proxy_seal_request(&request, &PROXY_HOSTS[0].secret);
    proxy_give(&request);
    if (spare == 10) {
      assert_int_equal(proxy_forwarded_to(0).length, RADIUS_PACKET_MAX);
      continue;
    }
    assert_proxy_answer(&request, 0, RADIUS_ACCESS_REJECT);
    assert_string_equal(proxy_world.label, "no room for Proxy-State");
  }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, proxy_world_set_up, proxy_world_tear_down)
  const struct CMUnitTest tests[] = {
      TEST(a_request_goes_on),       TEST(message_authenticator_comes_first),
      TEST(an_answer_comes_back),    TEST(proxy_state_not_returned),
      TEST(keys_are_encrypted_anew), TEST(keys_that_are_none),
      TEST(no_room_for_proxy_state),
  };
#undef TEST
  return cmocka_run_group_tests(tests, NULL, NULL);
}
