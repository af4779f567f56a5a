/* ESP and UDP inside against a second implementation (second/second_esp.h), both ways. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../seeded.h"
#include "esp/esp.h"
#include "esp/udp.h"
#include "second_esp.h"

enum { LENGTH_MAX = 300, UDP = 17 };

static const struct node_address A = {.ip = {0xfd, [14] = 0xff, [15] = 1}, .port = 5683},
                                 B = {.ip = {0xfd, 0x12, [15] = 2}, .port = 61616};

/* A segment with octets of the seed, of this many behind its header. */
static size_t make_segment(struct seeded *seeded, size_t length, uint8_t *segment,
                           struct span_list *spans) {
  uint8_t data[LENGTH_MAX];
  struct span_list plain = {.count = 0};
  size_t segment_length;
  seeded_bytes(seeded, data, length);
  assert_true(span_list_add(&plain, ROW_COAP_PAYLOAD, length));
  assert_int_equal(esp_udp_compose(&A, &B, data, length, &plain, segment, LENGTH_MAX + 8,
                                   &segment_length, spans),
                   0);
  return segment_length;
}

static void ours_is_opened(struct esp_sa *sa, const struct second_esp *second,
                           const uint8_t *segment, size_t length, const struct span_list *spans) {
  uint8_t packet[NODE_DATAGRAM_MAX], inside[NODE_DATAGRAM_MAX], next_header = 0;
  struct node_datagram datagram = {.data = packet, .capacity = sizeof packet};
  assert_int_equal(esp_protect(sa, NULL, UDP, segment, length, spans, &datagram), 0);
  assert_int_equal(second_esp_open(second, packet, datagram.length, inside, &next_header), length);
  assert_int_equal(next_header, UDP);
  assert_memory_equal(inside, segment, length);
  assert_true(second_udp_is_right(A.ip, B.ip, inside, length));
  inside[length - 1] ^= 1;
  assert_false(second_udp_is_right(A.ip, B.ip, inside, length));
  packet[0] ^= 1;
  assert_int_equal(second_esp_open(second, packet, datagram.length, inside, &next_header), -1);
}

static void theirs_is_opened(struct esp_sa *sa, const struct second_esp *second, uint32_t sequence,
                             const uint8_t iv[8], const uint8_t *segment, size_t length) {
  uint8_t packet[NODE_DATAGRAM_MAX], inside[NODE_DATAGRAM_MAX];
  struct esp_payload payload;
  const int sealed = second_esp_seal(second, sa->spi, sequence, iv, segment, length, UDP, packet);
  assert_true(sealed > 0);
  assert_int_equal(esp_unprotect(sa, NULL, packet, (size_t)sealed, inside, &payload), 0);
  assert_int_equal(payload.length, length);
  assert_int_equal(payload.next_header, UDP);
  assert_memory_equal(payload.octets, segment, length);
}

static void both_ways(void **state) {
  (void)state;
  for (uint32_t seed = 1; seed <= 20; seed++) {
    struct seeded seeded = {.state = seed};
    struct second_esp second = {.implicit_iv = seed % 2 == 0};
    struct esp_sa out, in;
    seeded_bytes(&seeded, second.key, sizeof second.key);
    assert_int_equal(
        esp_sa_init(&out, 0x1000 + seed, second.implicit_iv, second.key, second.key + 16), 0);
    in = out;
    for (size_t length = 0; length <= LENGTH_MAX; length += length < 20 ? 1 : 13) {
      uint8_t segment[LENGTH_MAX + 8], iv[8];
      struct span_list spans;
      const size_t segment_length = make_segment(&seeded, length, segment, &spans);
      seeded_bytes(&seeded, iv, sizeof iv);
      ours_is_opened(&out, &second, segment, segment_length, &spans);
      theirs_is_opened(&in, &second, in.sequence + 1 + seed, iv, segment, segment_length);
    }
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {cmocka_unit_test(both_ways)};
  return cmocka_run_group_tests_name("esp_second", tests, NULL, NULL);
}
