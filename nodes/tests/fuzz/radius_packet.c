/* RADIUS packets: attributes, the EAP packet and the keys in them. */
#include "fuzz.h"

#include <string.h>

#include "radius/mppe.h"
#include "seeded.h"

const unsigned FUZZ_ROUNDS = 100000;

static const struct radius_secret SECRET = {(const uint8_t *)"radius", 6};
static const uint8_t REQUEST_AUTHENTICATOR[RADIUS_AUTHENTICATOR_LENGTH] = {1, 2, 3};

/* Every attribute is within the packet, and together they are all of it. */
static void walk(const struct radius_packet *packet) {
  struct radius_attribute attribute;
  size_t at = 0, count = 0, total = RADIUS_HEADER_LENGTH;
  uint32_t number;
  while (radius_attribute_next(packet, &at, &attribute)) {
    fuzz_claim(attribute.length <= RADIUS_VALUE_MAX &&
                   attribute.value + attribute.length <= packet->octets + packet->length,
               "an attribute is in its packet");
    total += RADIUS_ATTRIBUTE_HEADER_LENGTH + attribute.length;
    count += attribute.type == RADIUS_STATE;
    (void)radius_attribute_number(packet, attribute.type, &number);
  }
  fuzz_claim(total == packet->length, "attributes fill the packet");
  fuzz_claim(radius_attribute_count(packet, RADIUS_STATE) == count, "attributes are counted");
}

static void read_eap(const struct radius_packet *packet) {
  uint8_t eap[1020], small[64];
  const int length = radius_eap_join(packet, eap, sizeof eap);
  const int cut = radius_eap_join(packet, small, sizeof small);
  fuzz_claim(length <= (int)sizeof eap && cut <= (int)sizeof small, "EAP has room");
  fuzz_claim(cut < 0 || cut == length, "EAP is whole");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct radius_packet packet;
  uint8_t msk[RADIUS_MSK_LENGTH];
  if (radius_packet_parse(data, size, &packet) != 0)
    return 0;
  fuzz_accepted = true;
  fuzz_claim(packet.length <= size, "a packet is in its datagram");
  fuzz_claim(strlen(radius_code_name(packet.code)) > 0, "each code has a name");
  walk(&packet);
  read_eap(&packet);
  fuzz_either(radius_request_check(&packet, &SECRET) == NULL);
  fuzz_either(radius_response_check(&packet, &SECRET, REQUEST_AUTHENTICATOR, false) == NULL);
  fuzz_either(radius_mppe_find(&packet, REQUEST_AUTHENTICATOR, &SECRET, msk) == 0);
  return 0;
}

/* So many octets of Proxy-State. */
static void add_proxy_state(struct span_writer *out, size_t octets) {
  static const uint8_t value[RADIUS_VALUE_MAX] = {'p', 'r', 'o', 'x', 'y'};
  while (octets >= 2) {
    const size_t length = octets - 2 < sizeof value ? octets - 2 : sizeof value;
    radius_add(out, RADIUS_PROXY_STATE, value, length);
    octets -= 2 + length;
  }
}

static void take_packet(fuzz_take *take, uint8_t code, size_t eap_length, bool keys,
                        size_t proxy_state) {
  static const uint8_t octets[1100] = {2, 7, 0, 5, 1}, msk[RADIUS_MSK_LENGTH] = {9};
  struct seeded seeded = {.state = 1};
  const struct node_hooks hooks = {.context = &seeded, .random = seeded_bytes};
  uint8_t data[RADIUS_PACKET_MAX];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  radius_begin(&out, code, 3);
  radius_add(&out, RADIUS_USER_NAME, "user", 4);
  radius_add(&out, RADIUS_STATE, octets, 16);
  radius_add_number(&out, RADIUS_SESSION_TIMEOUT, 3600);
  radius_add_eap(&out, octets, eap_length);
  add_proxy_state(&out, proxy_state);
  if (keys)
    fuzz_claim(radius_mppe_add(&out, msk, REQUEST_AUTHENTICATOR, &SECRET, &hooks) == 0,
               "keys are added");
  fuzz_claim(radius_response_seal(&out, REQUEST_AUTHENTICATOR, &SECRET) == 0, "a packet is sealed");
  take(data, out.length);
}

void fuzz_seeds(fuzz_take *take) {
  take_packet(take, RADIUS_ACCESS_REQUEST, 5, false, 0);
  take_packet(take, RADIUS_ACCESS_CHALLENGE, 600, false, 7);
  take_packet(take, RADIUS_ACCESS_CHALLENGE, 1100, false, 0); /* more than an EAP packet */
  take_packet(take, RADIUS_ACCESS_ACCEPT, 4, true, 300);
  take_packet(take, RADIUS_ACCESS_REJECT, 0, false, 0);
  take_packet(take, RADIUS_ACCESS_REQUEST, 5, false,
              RADIUS_PACKET_MAX - (20 + 18 + (2 + 4) + (2 + 16) + (2 + 4) + (2 + 5)));
}
