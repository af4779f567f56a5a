/* IP headers inside ESP in tunnel mode. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp/inner.h"

#define ARRAY(array) (sizeof(array) / sizeof(array)[0])

static const struct node_address A = {.ip = {0xfd, [15] = 1}}, B = {.ip = {0xfd, [15] = 2}},
                                 A4 = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 1}},
                                 B4 = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 2}};

/* 192.0.2.1 to 192.0.2.2, UDP, 3 octets; the checksum was added up by hand. */
static void known_ipv4(void **state) {
  static const uint8_t expected[] = {0x45, 0, 0, 23, 0,   0, 0x40, 0, 64,  17,  0xb6, 0xd2,
                                     192,  0, 2, 1,  192, 0, 2,    2, 'a', 'b', 'c'};
  uint8_t packet[64];
  size_t length = 0;
  (void)state;
  assert_int_equal(
      esp_inner_compose(&A4, &B4, 17, (const uint8_t *)"abc", 3, packet, sizeof packet, &length),
      ESP_NEXT_HEADER_IPV4);
  assert_int_equal(length, sizeof expected);
  assert_memory_equal(packet, expected, sizeof expected);
}

static void known_ipv6(void **state) {
  static const uint8_t expected[] = {0x60, 0,        0,    0,        0,   3,   17, 64,
                                     0xfd, [23] = 1, 0xfd, [39] = 2, 'a', 'b', 'c'};
  uint8_t packet[64];
  size_t length = 0;
  (void)state;
  assert_int_equal(
      esp_inner_compose(&A, &B, 17, (const uint8_t *)"abc", 3, packet, sizeof packet, &length),
      ESP_NEXT_HEADER_IPV6);
  assert_int_equal(length, sizeof expected);
  assert_memory_equal(packet, expected, sizeof expected);
}

static int parse(int next_header, const uint8_t *packet, size_t length) {
  struct node_address source, destination;
  uint8_t inner;
  const uint8_t *payload;
  size_t payload_length;
  return esp_inner_parse((uint8_t)next_header, packet, length, &source, &destination, &inner,
                         &payload, &payload_length);
}

static void both_ways(void **state) {
  static const struct {
    const struct node_address *from, *to;
    size_t header;
  } ways[] = {{&A, &B, ESP_INNER_IPV6_LENGTH}, {&B4, &A4, ESP_INNER_IPV4_LENGTH}};
  uint8_t data[100] = {1, 2, 3}, exact[256];
  (void)state;
  for (size_t i = 0; i < ARRAY(ways); i++)
    for (size_t length = 0; length <= sizeof data; length++) {
      struct node_address from, to;
      uint8_t inner;
      const uint8_t *payload;
      size_t packet_length, payload_length;
      const int next = esp_inner_compose(ways[i].from, ways[i].to, 58, data, length, exact,
                                         ways[i].header + length, &packet_length);
      assert_true(next > 0);
      /* octets behind it are padding, and none of it */
      assert_int_equal(esp_inner_parse((uint8_t)next, exact, packet_length + 9, &from, &to, &inner,
                                       &payload, &payload_length),
                       0);
      assert_true(node_address_equal(&from, ways[i].from));
      assert_true(node_address_equal(&to, ways[i].to));
      assert_int_equal(inner, 58);
      assert_int_equal(payload_length, length);
      assert_memory_equal(payload, data, length);
      for (size_t cut = 0; cut < packet_length; cut++)
        assert_int_equal(parse(next, exact, cut), NODE_ERR_MALFORMED);
      assert_int_equal(esp_inner_compose(ways[i].from, ways[i].to, 58, data, length, exact,
                                         ways[i].header + length - 1, &packet_length),
                       NODE_ERR_TOO_LONG);
    }
}

static void refused(void **state) {
  uint8_t packet[64], changed[64], data[8] = {0};
  size_t length;
  (void)state;
  assert_int_equal(esp_inner_compose(&A, &B4, 17, data, 8, packet, sizeof packet, &length),
                   NODE_ERR_BAD_CONFIG);
  assert_int_equal(esp_inner_compose(&A4, &B4, 17, data, 8, packet, sizeof packet, &length),
                   ESP_NEXT_HEADER_IPV4);
  assert_int_equal(parse(17, packet, length), NODE_ERR_UNSUPPORTED);
  assert_int_equal(parse(ESP_NEXT_HEADER_IPV6, packet, sizeof packet), NODE_ERR_MALFORMED);
  for (size_t bit = 0; bit < 8 * ESP_INNER_IPV4_LENGTH; bit++) {
    memcpy(changed, packet, length);
    changed[bit / 8] ^= (uint8_t)(1 << bit % 8);
    assert_true(parse(ESP_NEXT_HEADER_IPV4, changed, length) < 0);
  }
  memcpy(changed, packet, length); /* more fragments, with a checksum that is right */
  changed[6] |= 0x20;
  changed[10] = (uint8_t)(changed[10] - 0x20);
  assert_int_equal(parse(ESP_NEXT_HEADER_IPV4, changed, length), NODE_ERR_UNSUPPORTED);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(known_ipv4), cmocka_unit_test(known_ipv6),
                                     cmocka_unit_test(both_ways), cmocka_unit_test(refused)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
