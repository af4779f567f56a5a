/* cnf: osc and COSE_Key, written and read. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ace_fixture.h"

#define MS "50000102030405060708090a0b0c0d0e0f"

static const struct ace_confirmation OSC = {
    .profile = ACE_PROFILE_OSCORE,
    .id = {0x2a},
    .id_length = 1,
    .secret = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15},
    .has_secret = true};

static size_t write(const struct ace_confirmation *confirmation,
                    uint8_t octets[ACE_CONFIRMATION_MAX]) {
  struct span_writer out;
  span_writer_init(&out, octets, ACE_CONFIRMATION_MAX, NULL);
  ace_confirmation_write(confirmation, &out);
  assert_false(out.overflow);
  return out.length;
}

/* Octets in memory of exactly their length, all of which are read; after an error the result is as
 * it was. */
static int read_exact(const uint8_t *octets, size_t length, struct ace_confirmation *confirmation) {
  const struct ace_confirmation before = *confirmation;
  struct cbor_reader reader;
  uint8_t *exact = malloc(length > 0 ? length : 1);
  assert_non_null(exact);
  memcpy(exact, octets, length);
  cbor_reader_init(&reader, exact, length);
  const int error = ace_confirmation_read(&reader, confirmation);
  free(exact);
  if (error == 0)
    assert_int_equal(reader.offset, length);
  else
    assert_memory_equal(confirmation, &before, sizeof before);
  return error;
}

static void test_octets(void **state) {
  (void)state;
  uint8_t octets[ACE_CONFIRMATION_MAX];
  struct ace_confirmation confirmation = OSC;
  assert_hex_equal(octets, write(&confirmation, octets), "a1 04 a2 00 412a 02" MS);

  memset(confirmation.salt, 0x5a, 8);
  confirmation.salt_length = 8;
  confirmation.has_context_id = true;
  assert_hex_equal(octets, write(&confirmation, octets),
                   "a1 04 a4 00 412a 02" MS "05 485a5a5a5a5a5a5a5a 06 40");
  confirmation.context_id[0] = 7;
  confirmation.context_id_length = 1;
  confirmation.salt_length = 0;
  assert_hex_equal(octets, write(&confirmation, octets), "a1 04 a3 00 412a 02" MS "06 4107");

  confirmation = OSC;
  confirmation.profile = ACE_PROFILE_DTLS;
  assert_hex_equal(octets, write(&confirmation, octets), "a1 01 a3 01 04 02 412a 20" MS);
  confirmation.has_secret = false;
  assert_hex_equal(octets, write(&confirmation, octets), "a1 01 a2 01 04 02 412a");
}

/* Octets have the row that the writer is given. */
static void test_row(void **state) {
  (void)state;
  uint8_t octets[ACE_CONFIRMATION_MAX];
  struct span_list spans;
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, &spans);
  out.row = ROW_ACE_CNF;
  ace_confirmation_write(&OSC, &out);
  assert_int_equal(spans.count, 1);
  assert_int_equal(spans.item[0].row, ROW_ACE_CNF);
  assert_int_equal(spans.item[0].length, out.length);
}

static void test_back_and_forth(void **state) {
  (void)state;
  struct seeded chance = {.state = 5};
  for (unsigned round = 0; round < 500; round++) {
    const struct ace_confirmation drawn = draw_claims(&chance).confirmation;
    struct ace_confirmation read = OSC;
    uint8_t octets[ACE_CONFIRMATION_MAX];
    const size_t length = write(&drawn, octets);
    assert_int_equal(read_exact(octets, length, &read), 0);
    assert_confirmation_equal(&drawn, &read);
    for (size_t cut = 0; cut < length; cut++)
      assert_int_equal(read_exact(octets, cut, &read), NODE_ERR_MALFORMED);
  }
}

static void test_reading(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    int expected;
  } rows[] = {
      {"a104a2 00412a 02" MS, 0},
      {"a104a2 02" MS "00412a", 0},
      /* What is the default may be said; what is not known is passed over. */
      {"a104a6 00412a 0101 02" MS "0305 040a 0540", 0},
      {"a104a4 0329 02" MS "00412a 0101", 0},
      {"a104a4 00412a 02" MS "0700 6161f6", 0},
      {"a104a3 00412a 02" MS "20a10203", 0},
      {"a101a2 0104 02412a", 0},
      {"a101a3 20" MS "02412a 0104", 0},
      {"a101a5 0104 02412a 030a 048101 2141aa", 0},
      /* Of other kinds. */
      {"a102 83 40a040", NODE_ERR_UNSUPPORTED},
      {"a103 412a", NODE_ERR_UNSUPPORTED},
      {"a105 00", NODE_ERR_UNSUPPORTED},
      {"a120 00", NODE_ERR_UNSUPPORTED},
      {"a1636a6b75 00", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "0102", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "0306", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "032a", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "0361 41", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "0401", NODE_ERR_UNSUPPORTED},
      {"a104a3 00412a 02" MS "0461 41", NODE_ERR_UNSUPPORTED},
      {"a101a2 0102 02412a", NODE_ERR_UNSUPPORTED},
      {"a101a2 0163"
       "4f4354"
       "02412a",
       NODE_ERR_UNSUPPORTED},
      /* Twice. */
      {"a104a3 00412a 00412a 02" MS, NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "02" MS, NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "0305 0305", NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "0101 0101", NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "040a 040a", NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "0540 0540", NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "0640 0640", NODE_ERR_MALFORMED},
      {"a104a4 00412a 02" MS "0700 0700", NODE_ERR_MALFORMED},
      {"a101a3 0104 0104 02412a", NODE_ERR_MALFORMED},
      {"a101a3 0104 02412a 02412a", NODE_ERR_MALFORMED},
      {"a101a4 0104 02412a 20" MS "20" MS, NODE_ERR_MALFORMED},
      /* Missing, none, or two methods. */
      {"a104a1 02" MS, NODE_ERR_MALFORMED},
      {"a104a1 00412a", NODE_ERR_MALFORMED},
      {"a104a0", NODE_ERR_MALFORMED},
      {"a101a1 02412a", NODE_ERR_MALFORMED},
      {"a101a1 0104", NODE_ERR_MALFORMED},
      {"a101a0", NODE_ERR_MALFORMED},
      {"a0", NODE_ERR_MALFORMED},
      {"a2 04a2 00412a 02" MS "03412a", NODE_ERR_MALFORMED},
      {"a2 04a2 00412a 02" MS "04a2 00412a 02" MS, NODE_ERR_MALFORMED},
      /* Of other types and lengths. */
      {"a104a2 0040 02" MS, NODE_ERR_MALFORMED},
      {"a104a2 0049000000000000000000 02" MS, NODE_ERR_MALFORMED},
      {"a104a2 00182a 02" MS, NODE_ERR_MALFORMED},
      {"a104a2 00612a 02" MS, NODE_ERR_MALFORMED},
      {"a104a2 00412a 024f0102030405060708090a0b0c0d0e0f", NODE_ERR_MALFORMED},
      {"a104a2 00412a 02510102030405060708090a0b0c0d0e0f1011", NODE_ERR_MALFORMED},
      {"a104a2 00412a 0240", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "055100000000000000000000000000000000ff", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "05f6", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "0649000000000000000000", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "06f6", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "01f5", NODE_ERR_MALFORMED},
      {"a104a3 00412a 02" MS "0440", NODE_ERR_MALFORMED},
      {"a101a2 0140 02412a", NODE_ERR_MALFORMED},
      {"a101a3 0104 02412a 2041aa", NODE_ERR_MALFORMED},
      {"a101a2 0104 0240", NODE_ERR_MALFORMED},
      {"a10482 00412a", NODE_ERR_MALFORMED},
      {"a10100", NODE_ERR_MALFORMED},
      {"a1ff00", NODE_ERR_MALFORMED},
      {"00", NODE_ERR_MALFORMED},
      {"", NODE_ERR_MALFORMED},
      {"a104bf 00412a 02" MS "ff", NODE_ERR_MALFORMED},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    const struct hex octets = hex(rows[i].octets);
    struct ace_confirmation read = OSC;
    const int error = read_exact(octets.octets, octets.length, &read);
    if (error != rows[i].expected)
      print_error("row %zu: %s\n", i, rows[i].octets);
    assert_int_equal(error, rows[i].expected);
    assert_int_equal(read.id_length, 1);
    assert_int_equal(read.id[0], 0x2a);
  }
}

static void test_profiles(void **state) {
  (void)state;
  assert_string_equal(ace_profile_name(ACE_PROFILE_OSCORE), "coap_oscore");
  assert_string_equal(ace_profile_name(ACE_PROFILE_DTLS), "coap_dtls");
  assert_int_equal(ace_profile_number(ACE_PROFILE_OSCORE), 2);
  assert_int_equal(ace_profile_number(ACE_PROFILE_DTLS), 1);
  assert_ptr_equal(ace_profile_kind(ACE_PROFILE_OSCORE), &ASSOCIATION_OSCORE);
  assert_ptr_equal(ace_profile_kind(ACE_PROFILE_DTLS), &ASSOCIATION_DTLS);
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_octets),         cmocka_unit_test(test_row),
      cmocka_unit_test(test_back_and_forth), cmocka_unit_test(test_reading),
      cmocka_unit_test(test_profiles),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
