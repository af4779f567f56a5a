/* The CBOR encoder against RFC 8949 appendix A and the steps of its lengths. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cbor/writer.h"
#include "hex.h"

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

static void negative_integers(void **state) {
  (void)state;
  static const struct {
    int32_t value;
    const char *encoded;
  } table[] = {
      {0, "00"},         {23, "17"},        {24, "1818"},       {-1, "20"},
      {-24, "37"},       {-25, "3818"},     {-256, "38ff"},     {-257, "390100"},
      {-1000, "3903e7"}, {65535, "19ffff"}, {-65536, "39ffff"},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t data[3];
    struct span_writer out;
    span_writer_init(&out, data, sizeof data, NULL);
    cbor_put_int(&out, table[i].value);
    assert_hex_equal(data, out.length, table[i].encoded);
  }
}

static void other_items(void **state) {
  (void)state;
  uint8_t data[32];
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, NULL);
  cbor_put_text(&out, "");
  cbor_put_text_of(&out, (const uint8_t *)"IETF", 4);
  cbor_put_null(&out);
  cbor_put_true(&out);
  cbor_put_map(&out, 2);
  cbor_put_bytes_head(&out, 3);
  cbor_put_encoded(&out, (const uint8_t[]){0x81, 0x02}, 2);
  assert_hex_equal(data, out.length, "60 6449455446 f6 f5 a2 43 8102");
}

/* Octets of every item have the row that the writer has just then. */
static void rows(void **state) {
  (void)state;
  static const uint8_t octets[300];
  uint8_t data[400];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, data, sizeof data, &spans);
  assert_int_equal(out.row, 0);
  out.row = ROW_ACE_CNF;
  cbor_put_map(&out, 1000);
  cbor_put_int(&out, -70000);
  cbor_put_text(&out, "IETF");
  const size_t first = out.length;
  out.row = ROW_ACE_TOKEN;
  cbor_put_bytes(&out, octets, sizeof octets);
  cbor_put_null(&out);
  cbor_put_true(&out);
  cbor_put_encoded(&out, (const uint8_t[]){0x81, 0x02}, 2);
  assert_false(out.overflow);
  assert_int_equal(spans.count, 2);
  assert_int_equal(spans.item[0].row, ROW_ACE_CNF);
  assert_int_equal(spans.item[0].length, first);
  assert_int_equal(spans.item[1].row, ROW_ACE_TOKEN);
  assert_int_equal(spans.item[1].length, out.length - first);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(heads),
      cmocka_unit_test(negative_integers),
      cmocka_unit_test(other_items),
      cmocka_unit_test(rows),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
