/* Packets of ESP, and UDP segments inside: the first octet of an input says whether the IV is
 * implicit, and whether the rest is a packet or a segment. */
#include "fuzz.h"

#include <string.h>

#include "esp/esp.h"
#include "esp/udp.h"

const unsigned FUZZ_ROUNDS = 30000;

enum { IMPLICIT = 1, SEGMENT = 2, SPI = 0x1234 };

static const struct node_address A = {.ip = {0xfd, [15] = 1}, .port = 1},
                                 B = {.ip = {0xfd, [15] = 2}, .port = 2};

static struct esp_sa make_sa(bool implicit_iv) {
  static const uint8_t key[ESP_KEY_LENGTH] = {4, 5}, salt[ESP_SALT_LENGTH] = {6};
  struct esp_sa sa;
  fuzz_claim(esp_sa_init(&sa, SPI, implicit_iv, key, salt) == 0, "an SA is made");
  return sa;
}

static bool take_segment(const uint8_t *segment, size_t size) {
  struct node_address from = A, to = B;
  const uint8_t *data;
  size_t length;
  if (esp_udp_parse(segment, size, &from, &to, &data, &length) < 0)
    return false;
  const size_t own = (size_t)segment[4] << 8 | segment[5];
  fuzz_claim(data == segment + ESP_UDP_HEADER_LENGTH && length + ESP_UDP_HEADER_LENGTH == own &&
                 own <= size,
             "data are behind the header, to the end of the segment or to padding");
  return true;
}

static bool take_packet(const uint8_t *packet, size_t size, bool implicit_iv) {
  uint8_t buffer[FUZZ_INPUT_MAX];
  struct esp_sa sa = make_sa(implicit_iv);
  const struct esp_sa before = sa;
  struct esp_payload payload;
  const int error = esp_unprotect(&sa, NULL, packet, size, buffer, &payload);
  if (error < 0) {
    fuzz_claim(error == NODE_ERR_MALFORMED || memcmp(&sa, &before, sizeof sa) == 0,
               "what does not verify changes nothing");
    return false;
  }
  fuzz_claim(payload.length <= size, "it is no longer than its packet");
  fuzz_claim(esp_unprotect(&sa, NULL, packet, size, buffer, &payload) == NODE_ERR_REPLAY,
             "no packet comes twice");
  return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  if (size > 0)
    fuzz_accepted = data[0] & SEGMENT ? take_segment(data + 1, size - 1)
                                      : take_packet(data + 1, size - 1, data[0] & IMPLICIT);
  return 0;
}

static void packet_seed(fuzz_take *take, const uint8_t *segment, size_t length,
                        const struct span_list *spans, bool implicit_iv) {
  uint8_t input[FUZZ_INPUT_MAX] = {implicit_iv ? IMPLICIT : 0};
  struct esp_sa sa = make_sa(implicit_iv);
  struct node_datagram datagram = {.data = input + 1, .capacity = sizeof input - 1};
  fuzz_claim(esp_protect(&sa, NULL, ESP_NEXT_HEADER_UDP, segment, length, spans, &datagram) == 0,
             "a seed is protected");
  take(input, 1 + datagram.length);
}

void fuzz_seeds(fuzz_take *take) {
  static const uint8_t text[] = "what is inside";
  for (size_t length = 0; length < sizeof text; length += 3) {
    uint8_t input[64] = {SEGMENT};
    struct span_list plain = {.count = 0}, spans;
    size_t segment_length = 0;
    fuzz_claim(span_list_add(&plain, ROW_COAP_PAYLOAD, length) &&
                   esp_udp_compose(&A, &B, text, length, &plain, input + 1, sizeof input - 1,
                                   &segment_length, &spans) == 0,
               "a seed is composed");
    take(input, 1 + segment_length);
    packet_seed(take, input + 1, segment_length, &spans, false);
    packet_seed(take, input + 1, segment_length, &spans, true);
  }
}
