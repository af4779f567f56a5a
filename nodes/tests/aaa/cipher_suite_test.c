/* The attribute that names a cipher suite: its octets, written by hand and by the AAA server, and
 * what makes an Access-Accept a Reject. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "aaa/cipher_suite.h"
#include "hex.h"

/* Attributes of a packet, and what is read of them. */
static const char *read_octets(const char *octets, enum aaa_suite_kind taken,
                               struct aaa_cipher_suite *suite) {
  uint8_t data[RADIUS_PACKET_MAX] = {RADIUS_ACCESS_ACCEPT, 7};
  struct radius_packet packet;
  const struct hex attributes = hex(octets);
  const size_t length = RADIUS_HEADER_LENGTH + attributes.length;
  memcpy(data + RADIUS_HEADER_LENGTH, attributes.octets, attributes.length);
  data[2] = (uint8_t)(length >> 8);
  data[3] = (uint8_t)length;
  assert_int_equal(radius_packet_parse(data, length, &packet), 0);
  suite->number = 99;
  return aaa_cipher_suite_read(&packet, taken, suite);
}

/* 32473 is 0x7ed9. TLS_PSK_WITH_AES_128_CCM is 0xc0a4, that with CCM_8 0xc0a8, with GCM 0x00a8. */
static void test_named(void **state) {
  static const struct {
    const char *octets;
    struct aaa_cipher_suite suite;
  } table[] = {
      {"", {AAA_SUITE_NONE, 0}},
      {"1a0c 00007ed9 01 06 00000000", {AAA_SUITE_OSCORE, 0}},
      {"1a0c 00007ed9 01 06 00000003", {AAA_SUITE_OSCORE, 3}},
      {"1a0c 00007ed9 02 06 0000c0a4", {AAA_SUITE_DTLS, 0xc0a4}},
      {"1a0c 00007ed9 02 06 0000c0a8", {AAA_SUITE_DTLS, 0xc0a8}},
      {"1a0c 00007ed9 02 06 000000a8", {AAA_SUITE_DTLS, 0xa8}},
      /* beside another vendor's, and one of the same without it */
      {"1a0c 00000137 01 06 00000009 1a06 00007ed9 1a0c 00007ed9 01 06 00000001",
       {AAA_SUITE_OSCORE, 1}},
      /* behind a vendor type that is nobody's */
      {"1a10 00007ed9 07 04 abcd 01 06 00000002", {AAA_SUITE_OSCORE, 2}},
      {"1a08 00007ed9 03 02", {AAA_SUITE_NONE, 0}},
      {"1a05 007ed9", {AAA_SUITE_NONE, 0}},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct aaa_cipher_suite suite;
    const enum aaa_suite_kind taken =
        table[i].suite.kind == AAA_SUITE_NONE ? AAA_SUITE_OSCORE : table[i].suite.kind;
    assert_null(read_octets(table[i].octets, taken, &suite));
    assert_int_equal(suite.kind, table[i].suite.kind);
    assert_int_equal(suite.number, table[i].suite.number);
  }
}

static void test_rejects(void **state) {
  static const struct {
    const char *octets;
    enum aaa_suite_kind taken;
    const char *fault;
  } table[] = {
      {"1a0c 00007ed9 01 06 00000004", AAA_SUITE_OSCORE, "unknown cipher suite"}, /* not built */
      {"1a0c 00007ed9 01 06 00000005", AAA_SUITE_OSCORE, "unknown cipher suite"},
      {"1a0c 00007ed9 01 06 ffffffff", AAA_SUITE_OSCORE, "unknown cipher suite"},
      {"1a0c 00007ed9 02 06 0000c0a5", AAA_SUITE_DTLS, "unknown cipher suite"},
      {"1a0c 00007ed9 02 06 8000c0a4", AAA_SUITE_DTLS, "unknown cipher suite"},
      {"1a0c 00007ed9 02 06 0000c0a4", AAA_SUITE_OSCORE, "cipher suite of another association"},
      {"1a0c 00007ed9 01 06 00000000", AAA_SUITE_DTLS, "cipher suite of another association"},
      {"1a0c 00007ed9 01 06 00000000", AAA_SUITE_NONE, "cipher suite of another association"},
      {"1a0c 00007ed9 01 06 00000000 1a0c 00007ed9 01 06 00000000", AAA_SUITE_OSCORE,
       "more than one cipher suite"},
      {"1a12 00007ed9 01 06 00000000 01 06 00000001", AAA_SUITE_OSCORE,
       "more than one cipher suite"},
      {"1a0b 00007ed9 01 05 000000", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a0d 00007ed9 01 07 0000000000", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a0c 00007ed9 01 07 00000000", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a0c 00007ed9 01 05 00000000", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a0d 00007ed9 01 06 00000000 01", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a08 00007ed9 03 01", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a08 00007ed9 03 00", AAA_SUITE_OSCORE, "malformed cipher suite"},
      {"1a07 00007ed9 01", AAA_SUITE_OSCORE, "malformed cipher suite"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct aaa_cipher_suite suite;
    const char *fault = read_octets(table[i].octets, table[i].taken, &suite);
    assert_non_null(fault);
    assert_string_equal(fault, table[i].fault);
    assert_int_equal(suite.kind, AAA_SUITE_NONE);
  }
}

static void test_written(void **state) {
  static const struct {
    struct aaa_cipher_suite suite;
    const char *octets;
  } table[] = {
      {{AAA_SUITE_NONE, 3}, ""},
      {{AAA_SUITE_OSCORE, 2}, "1a0c 00007ed9 01 06 00000002"},
      {{AAA_SUITE_DTLS, 0xc0a8}, "1a0c 00007ed9 02 06 0000c0a8"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t data[64];
    struct span_list spans;
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, &spans);
    aaa_cipher_suite_add(&table[i].suite, &out);
    assert_hex_equal(data, out.length, table[i].octets);
  }
}

static void test_named_by_text(void **state) {
  static const struct {
    const char *text;
    struct aaa_cipher_suite suite;
  } table[] = {
      {"0", {AAA_SUITE_OSCORE, 0}},
      {"3", {AAA_SUITE_OSCORE, 3}},
      {"aes128-ccm-8", {AAA_SUITE_DTLS, 0xc0a8}},
      {"aes128-gcm", {AAA_SUITE_DTLS, 0xa8}},
  };
  static const char *const none[] = {"", "4", "9", "00", "-1", "aes128", "aes128-ccm-88", "none"};
  struct aaa_cipher_suite suite;
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    assert_true(aaa_cipher_suite_parse(table[i].text, &suite));
    assert_int_equal(suite.kind, table[i].suite.kind);
    assert_int_equal(suite.number, table[i].suite.number);
  }
  for (size_t i = 0; i < sizeof none / sizeof none[0]; i++)
    assert_false(aaa_cipher_suite_parse(none[i], &suite));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_named),
      cmocka_unit_test(test_rejects),
      cmocka_unit_test(test_written),
      cmocka_unit_test(test_named_by_text),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
