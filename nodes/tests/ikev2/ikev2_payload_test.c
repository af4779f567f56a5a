/* Traffic selectors: which addresses and ports they have. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "ikev2/payload.h"

static const struct node_address IPV6 = {{0xfd, 1, [15] = 9}, 5683};

#define TS6(protocol, ports, first, last) "08" protocol "0028" ports first last
#define FD01(last) "fd0100000000000000000000000000" last
#define TS4(ports, first, last) "07110010" ports first last

static void selectors(void **state) {
  (void)state;
  static const struct node_address any_port = {{0xfd, 1, [15] = 9}, 0};
  static const struct node_address ipv4_port = {{[10] = 0xff, 0xff, 192, 0, 2, 1}, 7};
  static const struct {
    const char *body;
    const struct node_address *address;
    size_t count;
    bool contains, within; /* the last: of the first selector */
  } CASES[] = {
      {"01000000" TS6("11", "16331633", FD01("09"), FD01("09")), &IPV6, 1, true, true},
      {"01000000" TS6("11", "0000ffff", FD01("09"), FD01("09")), &IPV6, 1, true, false},
      {"01000000" TS6("11", "0000ffff", FD01("09"), FD01("09")), &any_port, 1, true, true},
      {"01000000" TS6("11", "16331633", FD01("09"), FD01("09")), &any_port, 1, false, true},
      {"01000000" TS6("00", "0000ffff", FD01("00"), FD01("ff")), &IPV6, 1, true, false},
      {"01000000" TS6("06", "0000ffff", FD01("00"), FD01("ff")), &IPV6, 1, false, false},
      {"01000000" TS6("11", "16341635", FD01("00"), FD01("ff")), &IPV6, 1, false, false},
      {"01000000" TS6("11", "16311632", FD01("00"), FD01("ff")), &IPV6, 1, false, false},
      {"01000000" TS6("11", "0000ffff", FD01("0a"), FD01("ff")), &IPV6, 1, false, false},
      {"01000000" TS6("11", "0000ffff", FD01("00"), FD01("08")), &IPV6, 1, false, false},
      {"02000000" TS4("0000ffff", "c0000201", "c0000201")
           TS6("11", "0000ffff", FD01("09"), FD01("09")),
       &IPV6, 2, true, false},
      {"01000000" TS4("0000ffff", "c0000200", "c00002ff"), &ipv4_port, 1, true, false},
      {"01000000" TS4("00070007", "c0000201", "c0000201"), &ipv4_port, 1, true, true},
      {"01000000" TS6("11", "0000ffff", "00000000000000000000000000000000",
                      "ffffffffffffffffffffffffffffffff"),
       &ipv4_port, 1, false, false},
      {"02000000 09110008 01020304" TS4("00070007", "c0000201", "c0000201"), &ipv4_port, 1, true,
       true}, /* of Fibre Channel, say */
      {"00000000", &IPV6, 0, false, false},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const struct hex body = hex(CASES[i].body);
    const struct ikev2_payload payload = {
        .type = IKEV2_PAYLOAD_TSI, .body = body.octets, .length = body.length};
    struct ikev2_selectors read;
    assert_null(ikev2_payload_check(&payload));
    ikev2_ts_read(&payload, &read);
    assert_int_equal(read.count, CASES[i].count);
    assert_int_equal(ikev2_selectors_contain(&read, CASES[i].address), CASES[i].contains);
    if (read.count > 0)
      assert_int_equal(ikev2_selector_is_within(&read.items[0], CASES[i].address), CASES[i].within);
  }
}

/* Of those that are too many the first are looked at. */
static void many_selectors(void **state) {
  (void)state;
  uint8_t body[4 + 255 * 16] = {255};
  const struct ikev2_payload payload = {
      .type = IKEV2_PAYLOAD_TSI, .body = body, .length = sizeof body};
  const struct node_address last = {{[10] = 0xff, 0xff, 192, 0, 2, IKEV2_SELECTORS_MAX - 1}, 7};
  const struct node_address behind = {{[10] = 0xff, 0xff, 192, 0, 2, IKEV2_SELECTORS_MAX}, 7};
  struct {
    struct ikev2_selectors selectors;
    uint8_t guard[64];
  } read;
  memset(&read, 0xee, sizeof read);
  for (size_t i = 0; i < 255; i++) {
    const uint8_t selector[16] = {7,   17, 0, 16,         0,   7, 0, 7,
                                  192, 0,  2, (uint8_t)i, 192, 0, 2, (uint8_t)i};
    memcpy(body + 4 + i * 16, selector, sizeof selector);
  }
  assert_null(ikev2_payload_check(&payload));
  ikev2_ts_read(&payload, &read.selectors);
  assert_int_equal(read.selectors.count, IKEV2_SELECTORS_MAX);
  assert_true(ikev2_selectors_contain(&read.selectors, &last));
  assert_false(ikev2_selectors_contain(&read.selectors, &behind));
  for (size_t i = 0; i < sizeof read.guard; i++)
    assert_int_equal(read.guard[i], 0xee);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(selectors),
      cmocka_unit_test(many_selectors),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
