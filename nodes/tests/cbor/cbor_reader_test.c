/* The CBOR reader: what it reads, and what it refuses without moving. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "cbor/reader.h"
#include "hex.h"

static struct cbor_reader reader_of(const struct hex *hex) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, hex->octets, hex->length);
  return reader;
}

static void integers(void **state) {
  (void)state;
  static const struct {
    const char *encoded;
    int32_t value;
  } table[] = {
      {"00", 0},
      {"17", 23},
      {"1818", 24},
      {"18ff", 255},
      {"190100", 256},
      {"20", -1},
      {"37", -24},
      {"3818", -25},
      {"39ffff", -65536},
      {"1a00010000", 65536},
      {"1a7fffffff", INT32_MAX},
      {"3a7fffffff", INT32_MIN},
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex encoded = hex(table[i].encoded);
    struct cbor_reader reader = reader_of(&encoded);
    int32_t value = 7;
    assert_int_equal(cbor_get_int(&reader, &value), 0);
    assert_int_equal(value, table[i].value);
    assert_int_equal(cbor_next(&reader), CBOR_END);
    reader = reader_of(&encoded);
    assert_int_equal(cbor_skip(&reader), 0);
    assert_int_equal(cbor_next(&reader), CBOR_END);
  }
}

static int get(struct cbor_reader *reader, enum cbor_type type) {
  const uint8_t *bytes;
  size_t length;
  int32_t value;
  bool flag;
  switch (type) {
  case CBOR_UINT:
  case CBOR_NEGATIVE:
    return cbor_get_int(reader, &value);
  case CBOR_BYTES:
    return cbor_get_bytes(reader, &bytes, &length);
  case CBOR_TEXT:
    return cbor_get_text(reader, &bytes, &length);
  case CBOR_ARRAY:
    return cbor_get_array(reader, &length);
  case CBOR_MAP:
    return cbor_get_map(reader, &length);
  case CBOR_SIMPLE:
    return cbor_get_bool(reader, &flag);
  default:
    return cbor_skip(reader);
  }
}

static const char *const MALFORMED[] = {
    "",
    "1800",
    "1817",
    "190017",
    "1900ff",
    "1a0000ffff",
    "1b00000000ffffffff",
    "18",
    "19ff",
    "1affffff",
    "3817",
    "390003",
    "1c",
    "1d",
    "1e",
    "1f",
    "3f",
    "5f4100ff",
    "7f6100ff",
    "9f00ff",
    "bf0000ff",
    "ff",
    "fc",
    "41",
    "4200",
    "5800",
    "581700",
    "5817",
    "580141",
    "5901",
    "59ffff00",
    "5affffffff00",
    "5bffffffffffffffff00",
    "61",
    "780161",
    "81",
    "8201",
    "980100",
    "9bffffffffffffffff",
    "a1",
    "a101",
    "a2010203",
    "b801",
    "bb7fffffffffffffff00",
    "f8",
    "f814",
    "f815",
    "f818",
    "f900",
    "c0",
    "d8",
    "d81701",
};

/* Neither the right getter nor any other reads these, and the reader stays. */
static void malformed_items(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof MALFORMED / sizeof MALFORMED[0]; i++)
    for (enum cbor_type type = CBOR_UINT; type <= CBOR_END; type++) {
      const struct hex encoded = hex(MALFORMED[i]);
      struct cbor_reader reader = reader_of(&encoded);
      const bool is_head = (type == CBOR_ARRAY && strcmp(MALFORMED[i], "8201") == 0) ||
                           (type == CBOR_MAP && strncmp(MALFORMED[i], "a2010203", 8) == 0);
      if (is_head)
        continue; /* a nested item is missing, not one of the first level */
      assert_int_equal(get(&reader, type), NODE_ERR_MALFORMED);
      assert_int_equal(reader.offset, 0);
    }
}

static void getters_refuse_other_types(void **state) {
  (void)state;
  static const char *const items[] = {"01", "20", "4101", "6161", "8101", "a10102", "c101", "f5"};
  for (enum cbor_type is = CBOR_UINT; is <= CBOR_SIMPLE; is++)
    for (enum cbor_type asked = CBOR_UINT; asked <= CBOR_SIMPLE; asked++) {
      const struct hex encoded = hex(items[is]);
      struct cbor_reader reader = reader_of(&encoded);
      const bool both_integers = is <= CBOR_NEGATIVE && asked <= CBOR_NEGATIVE;
      const bool fits = is == asked || both_integers || asked == CBOR_TAG;
      assert_int_equal(cbor_next(&reader), is);
      assert_int_equal(get(&reader, asked), fits ? 0 : NODE_ERR_MALFORMED);
      assert_true(fits == (reader.offset > 0));
    }
}

static void integers_beyond_32_bits(void **state) {
  (void)state;
  static const char *const table[] = {"1a80000000", "3a80000000", "1b0000000100000000",
                                      "3bffffffffffffffff"};
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex encoded = hex(table[i]);
    struct cbor_reader reader = reader_of(&encoded);
    int32_t value;
    assert_int_equal(cbor_get_int(&reader, &value), NODE_ERR_MALFORMED);
    assert_int_equal(cbor_skip(&reader), 0);
  }
}

static void strings(void **state) {
  (void)state;
  const struct hex encoded = hex("40 43010203 6449455446 5818 000102030405060708090a0b"
                                 "0c0d0e0f1011121314151617 f5 f4 82 00 a1");
  struct cbor_reader reader = reader_of(&encoded);
  const uint8_t *bytes;
  size_t length;
  bool flag;
  assert_int_equal(cbor_get_bytes(&reader, &bytes, &length), 0);
  assert_int_equal(length, 0);
  assert_int_equal(cbor_get_bytes(&reader, &bytes, &length), 0);
  assert_hex_equal(bytes, length, "010203");
  assert_int_equal(cbor_get_text(&reader, &bytes, &length), 0);
  assert_memory_equal(bytes, "IETF", 4);
  assert_int_equal(cbor_get_bytes(&reader, &bytes, &length), 0);
  assert_int_equal(length, 24);
  assert_int_equal(cbor_get_bool(&reader, &flag), 0);
  assert_true(flag);
  assert_int_equal(cbor_get_bool(&reader, &flag), 0);
  assert_false(flag);
  assert_int_equal(cbor_get_array(&reader, &length), 0);
  assert_int_equal(length, 2);
}

static void skip_passes_over_whole_items(void **state) {
  (void)state;
  static const char *const table[] = {
      "00",           "a201020304",         "8301820203820405", "a26161016162820203",
      "c11a514b67b0", "fb3ff199999999999a", "f90000",           "f6",
      "f8ff",         "8181818181818100", /* as deep as it goes */
  };
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    struct hex encoded = hex(table[i]);
    struct cbor_reader reader = reader_of(&encoded);
    assert_int_equal(cbor_skip(&reader), 0);
    assert_int_equal(cbor_next(&reader), CBOR_END);
    encoded.length--;
    reader = reader_of(&encoded);
    assert_int_equal(cbor_skip(&reader), NODE_ERR_MALFORMED);
    assert_int_equal(reader.offset, 0);
  }
  const struct hex deeper = hex("818181818181818100");
  struct cbor_reader reader = reader_of(&deeper);
  assert_int_equal(cbor_skip(&reader), NODE_ERR_MALFORMED);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(integers),
      cmocka_unit_test(malformed_items),
      cmocka_unit_test(getters_refuse_other_types),
      cmocka_unit_test(integers_beyond_32_bits),
      cmocka_unit_test(strings),
      cmocka_unit_test(skip_passes_over_whole_items),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
