/* ESP: sizes, rows, the anti-replay window, hostile octets. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../seeded.h"
#include "esp/esp.h"

enum { SPI = 0xc0ffee01, UDP = 17, PACKET_MAX = NODE_DATAGRAM_MAX };

static const uint8_t KEY[ESP_KEY_LENGTH] = {1, 2, 3}, SALT[ESP_SALT_LENGTH] = {7, 8, 9};

struct pair {
  struct esp_sa out, in;
};

static struct pair pair_make(bool implicit_iv) {
  struct pair pair;
  assert_int_equal(esp_sa_init(&pair.out, SPI, implicit_iv, KEY, SALT), 0);
  pair.in = pair.out;
  return pair;
}

struct packet {
  uint8_t data[PACKET_MAX];
  struct node_datagram datagram;
};

static int seal(struct esp_sa *sa, const uint8_t *payload, size_t length, struct packet *packet) {
  struct span_list spans = {.count = 0};
  assert_true(span_list_add(&spans, ROW_COAP_PAYLOAD, length));
  packet->datagram = (struct node_datagram){.data = packet->data, .capacity = sizeof packet->data};
  return esp_protect(sa, NULL, UDP, payload, length, &spans, &packet->datagram);
}

static int opened(struct esp_sa *sa, const struct packet *packet, struct esp_payload *payload) {
  static uint8_t buffer[PACKET_MAX];
  return esp_unprotect(sa, NULL, packet->data, packet->datagram.length, buffer, payload);
}

static size_t row_octets(const struct span_list *spans, uint16_t row) {
  size_t octets = 0;
  for (size_t i = 0; i < spans->count; i++)
    octets += spans->item[i].row == row ? spans->item[i].length : 0;
  return octets;
}

/* 26 to 29 octets over the payload with an explicit IV, 18 to 21 with an implicit one. */
static void sizes(void **state) {
  (void)state;
  struct seeded seeded = {.state = 5};
  uint8_t text[1200];
  seeded_bytes(&seeded, text, sizeof text);
  for (int implicit = 0; implicit < 2; implicit++) {
    struct pair pair = pair_make(implicit);
    for (size_t length = 0; length <= 1200; length += length < 40 ? 1 : 37) {
      struct packet packet;
      struct esp_payload payload;
      const size_t padding = (4 - (length + 2) % 4) % 4;
      assert_int_equal(seal(&pair.out, text, length, &packet), 0);
      assert_int_equal(packet.datagram.length, length + (implicit ? 18 : 26) + padding);
      const struct span_list *spans = &packet.datagram.spans;
      assert_int_equal(span_list_length(spans), packet.datagram.length);
      assert_int_equal(row_octets(spans, ROW_ESP_HEADER), 8);
      assert_int_equal(row_octets(spans, ROW_ESP_IV), implicit ? 0 : 8);
      assert_int_equal(row_octets(spans, ROW_ESP_TRAILER), 2 + padding);
      assert_int_equal(row_octets(spans, ROW_ESP_ICV), 8);
      assert_int_equal(opened(&pair.in, &packet, &payload), 0);
      assert_int_equal(payload.next_header, UDP);
      assert_int_equal(payload.length, length);
      assert_memory_equal(payload.octets, text, length);
      assert_int_equal(opened(&pair.in, &packet, &payload), NODE_ERR_REPLAY);
    }
  }
}

/* RFC 4303 section 3.4.3 and appendix A: what may come late, and what came already. */
static void window(void **state) {
  (void)state;
  enum { PACKETS = 200 };
  static struct packet packets[PACKETS];
  static const struct {
    size_t number;
    int result;
  } arrivals[] = {{5, 0},
                  {5, NODE_ERR_REPLAY},
                  {3, 0},
                  {4, 0},
                  {3, NODE_ERR_REPLAY},
                  {69, 0},
                  {6, 0},
                  {5, NODE_ERR_REPLAY},
                  {68, 0},
                  {70, 0},
                  {7, 0},
                  {6, NODE_ERR_REPLAY},
                  {199, 0},
                  {136, 0},
                  {135, NODE_ERR_REPLAY},
                  {199, NODE_ERR_REPLAY},
                  {198, 0},
                  {70, NODE_ERR_REPLAY}};
  struct pair pair = pair_make(true);
  for (size_t i = 0; i < PACKETS; i++) /* with number i + 1 */
    assert_int_equal(seal(&pair.out, KEY, sizeof KEY, &packets[i]), 0);
  for (size_t i = 0; i < sizeof arrivals / sizeof arrivals[0]; i++) {
    struct esp_payload payload;
    assert_int_equal(opened(&pair.in, &packets[arrivals[i].number - 1], &payload),
                     arrivals[i].result);
  }
}

static void numbers_end(void **state) {
  (void)state;
  struct pair pair = pair_make(false);
  struct packet packet;
  struct esp_payload payload;
  pair.out.sequence = UINT32_MAX - 1;
  assert_int_equal(seal(&pair.out, KEY, sizeof KEY, &packet), 0);
  assert_int_equal(opened(&pair.in, &packet, &payload), 0);
  assert_int_equal(seal(&pair.out, KEY, sizeof KEY, &packet), NODE_ERR_EXHAUSTED);
  assert_int_equal(esp_sa_init(&pair.in, 255, false, KEY, SALT), NODE_ERR_BAD_CONFIG);
}

static void does_not_fit(void **state) {
  (void)state;
  struct pair pair = pair_make(false);
  uint8_t data[64];
  struct span_list spans = {.count = 0};
  struct node_datagram datagram = {.data = data};
  assert_true(span_list_add(&spans, ROW_COAP_PAYLOAD, sizeof KEY));
  for (datagram.capacity = 0; datagram.capacity < 16 + 28; datagram.capacity++)
    assert_int_equal(esp_protect(&pair.out, NULL, UDP, KEY, sizeof KEY, &spans, &datagram),
                     NODE_ERR_TOO_LONG);
  assert_int_equal(esp_protect(&pair.out, NULL, UDP, KEY, sizeof KEY, &spans, &datagram), 0);
  assert_int_equal(pair.out.sequence, 1);
}

/* Nothing is changed by what is cut or altered; what was altered verifies once it is as it was. */
static void hostile(void **state) {
  (void)state;
  for (int implicit = 0; implicit < 2; implicit++) {
    struct pair pair = pair_make(implicit);
    struct packet packet;
    struct esp_payload payload;
    assert_int_equal(seal(&pair.out, KEY, sizeof KEY, &packet), 0);
    const size_t whole = packet.datagram.length;
    for (packet.datagram.length = 0; packet.datagram.length < whole; packet.datagram.length++)
      assert_true(opened(&pair.in, &packet, &payload) < 0);
    for (size_t i = 0; i < 8 * whole; i++) {
      packet.data[i / 8] ^= (uint8_t)(1 << i % 8);
      assert_true(opened(&pair.in, &packet, &payload) < 0);
      packet.data[i / 8] ^= (uint8_t)(1 << i % 8);
    }
    assert_int_equal(pair.in.sequence, 0);
    assert_int_equal(opened(&pair.in, &packet, &payload), 0);
  }
}

int main(void) {
  static const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes),        cmocka_unit_test(window),  cmocka_unit_test(numbers_end),
      cmocka_unit_test(does_not_fit), cmocka_unit_test(hostile),
  };
  return cmocka_run_group_tests_name("esp", tests, NULL, NULL);
}
