/* The CBOR encoder against RFC 8949 appendix A and the steps of its lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "hex.h"
#include "oscore/cbor.h"

static void heads(void **state) {
  (void)state;
  static const struct {
    size_t value;
    const char *uint, *array, *bytes; /* of byte strings the head */
  } table[] = {
      {0, "00", "80", "40"},
      {1, "01", "81", "41"},
      {23, "17", "97", "57"},
      {24, "1818", "9818", "5818"},
      {255, "18ff", "98ff", "58ff"},
      {256, "190100", "990100", "590100"},
      {1000, "1903e8", "9903e8", "5903e8"},
  };
  static const uint8_t octets[1000];
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t data[1003];
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    cbor_put_uint(&out, table[i].value);
    assert_hex_equal(data, out.length, table[i].uint);
    span_writer_init(&out, data, sizeof data, NULL);
    cbor_put_array(&out, table[i].value);
    assert_hex_equal(data, out.length, table[i].array);
    span_writer_init(&out, data, sizeof data, NULL);
    cbor_put_bytes(&out, octets, table[i].value);
    assert_hex_equal(data, out.length - table[i].value, table[i].bytes);
    assert_memory_equal(data + out.length - table[i].value, octets, table[i].value);
  }
}

static void text_and_null(void **state) {
  (void)state;
  uint8_t data[32];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  cbor_put_text(&out, "");
  cbor_put_text(&out, "IETF");
  cbor_put_null(&out);
  assert_hex_equal(data, out.length, "60 6449455446 f6");
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heads),
      cmocka_unit_test(text_and_null),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
