/* UDP segments inside ESP: checksums, lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "esp/udp.h"

static const struct node_address A = {.ip = {0xfd, [15] = 1}, .port = 5683},
                                 B = {.ip = {0xfd, [15] = 2}, .port = 61616},
                                 A4 = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 1}, .port = 7},
                                 B4 = {.ip = {[10] = 0xff, 0xff, 192, 0, 2, 2}, .port = 9};

static size_t compose(const struct node_address *from, const struct node_address *to,
                      const uint8_t *data, size_t length, uint8_t *segment, size_t capacity) {
  struct span_list spans = {.count = 0}, all;
  size_t composed = 0;
  assert_true(span_list_add(&spans, ROW_COAP_PAYLOAD, length));
  const int error =
      esp_udp_compose(from, to, data, length, &spans, segment, capacity, &composed, &all);
  assert_int_equal(error, capacity < length + 8 ? NODE_ERR_TOO_LONG : 0);
  if (error == 0)
    assert_int_equal(span_list_length(&all), composed);
  return composed;
}

/* Written down by hand: fd00::1 to fd00::2, ports 5683 and 61616, payload "abc". */
static void known_checksum(void **state) {
  (void)state;
  uint8_t segment[16];
  assert_int_equal(compose(&A, &B, (const uint8_t *)"abc", 3, segment, sizeof segment), 11);
  /* fd00 + 0001 + fd00 + 0002 + 000b + 0011 + 1633 + f0b0 + 000b + 6162 + 6300, its carries added,
   * inverted */
  uint32_t sum = 0xfd00 + 1 + 0xfd00 + 2 + 11 + 17 + 0x1633 + 0xf0b0 + 11 + 0x6162 + 0x6300;
  sum = (sum & 0xffff) + (sum >> 16);
  sum = ~((sum & 0xffff) + (sum >> 16)) & 0xffff;
  assert_int_equal(segment[6] << 8 | segment[7], sum);
}

static void both_ways(void **state) {
  (void)state;
  static const struct {
    const struct node_address *from, *to;
  } ways[] = {{&A, &B}, {&B, &A}, {&A4, &B4}};
  uint8_t data[200], segment[sizeof data + 8];
  for (size_t i = 0; i < sizeof data; i++)
    data[i] = (uint8_t)(i * 7);
  for (size_t way = 0; way < sizeof ways / sizeof ways[0]; way++) {
    for (size_t length = 0; length <= sizeof data; length++) {
      struct node_address from = *ways[way].from, to = *ways[way].to;
      const uint8_t *got;
      size_t got_length;
      const size_t composed = compose(&from, &to, data, length, segment, sizeof segment);
      from.port = to.port = 0;
      assert_int_equal(esp_udp_parse(segment, composed, &from, &to, &got, &got_length), 0);
      assert_true(node_address_equal(&from, ways[way].from));
      assert_true(node_address_equal(&to, ways[way].to));
      assert_int_equal(got_length, length);
      assert_memory_equal(got, data, length);
    }
  }
  for (size_t capacity = 0; capacity < 28; capacity++)
    (void)compose(&A, &B, data, 20, segment, capacity);
}

/* No single bit, no length, no other address passes; no checksum passes over IPv4 alone. */
static void hostile(void **state) {
  (void)state;
  uint8_t segment[32];
  struct node_address from = A, to = B, other = A4;
  const uint8_t *got;
  size_t length;
  const size_t composed = compose(&A, &B, (const uint8_t *)"0123456789", 10, segment, 32);
  for (size_t cut = 0; cut < composed; cut++)
    assert_int_equal(esp_udp_parse(segment, cut, &from, &to, &got, &length), NODE_ERR_MALFORMED);
  for (size_t i = 0; i < 8 * composed; i++) {
    segment[i / 8] ^= (uint8_t)(1 << i % 8);
    assert_true(esp_udp_parse(segment, composed, &from, &to, &got, &length) < 0);
    segment[i / 8] ^= (uint8_t)(1 << i % 8);
  }
  assert_int_equal(esp_udp_parse(segment, composed, &other, &to, &got, &length), NODE_ERR_VERIFY);
  segment[6] = segment[7] = 0;
  assert_int_equal(esp_udp_parse(segment, composed, &from, &to, &got, &length), NODE_ERR_VERIFY);
  to = B4;
  assert_int_equal(esp_udp_parse(segment, composed, &other, &to, &got, &length), 0);
}

/* Octets behind UDP's own length (RFC 4303 section 2.7) are none of it; a length below that of the
 * header is none. */
static void padded(void **state) {
  (void)state;
  uint8_t segment[64];
  memset(segment, 0xa5, sizeof segment);
  const size_t composed = compose(&A, &B, (const uint8_t *)"0123456789", 10, segment, 32);
  for (size_t all = composed; all <= sizeof segment; all++) {
    struct node_address from = A, to = B;
    const uint8_t *got;
    size_t length = 0;
    assert_int_equal(esp_udp_parse(segment, all, &from, &to, &got, &length), 0);
    assert_int_equal(length, 10);
    assert_memory_equal(got, "0123456789", 10);
  }
  for (uint8_t own = 0; own < 8; own++) {
    struct node_address from = A4, to = B4;
    const uint8_t *got;
    size_t length;
    const uint8_t header[8] = {0, 7, 0, 9, 0, own};
    assert_int_equal(esp_udp_parse(header, sizeof header, &from, &to, &got, &length),
                     NODE_ERR_MALFORMED);
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(known_checksum),
      cmocka_unit_test(both_ways),
      cmocka_unit_test(hostile),
      cmocka_unit_test(padded),
  };
  return cmocka_run_group_tests_name("esp_udp", tests, NULL, NULL);
}
