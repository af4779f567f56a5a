/* CoAP-EAP_Info: what maps say, what is composed, and every way in which octets are no map. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "cbor/writer.h"
#include "coap-eap/info.h"
#include "hex.h"

/* In memory of exactly that length, so that a read too far is seen. */
static int parse_exactly(const uint8_t *octets, size_t length, struct coap_eap_info *info) {
  uint8_t *copy = malloc(length > 0 ? length : 1);
  assert_non_null(copy);
  memcpy(copy, octets, length);
  const int result = coap_eap_info_parse(copy, length, info);
  free(copy);
  return result;
}

static int parse_text(const char *text, struct coap_eap_info *info) {
  const struct hex octets = hex(text);
  return parse_exactly(octets.octets, octets.length, info);
}

/* What maps say */

static void test_maps(void **state) {
  (void)state;
  static const struct {
    const char *map, *suites, *rid_c, *rid_i; /* NULL: there is none */
    bool has_lifetime;
    uint32_t lifetime_s;
  } cases[] = {
      {"", NULL, NULL, NULL, false, 0},
      {"a0", NULL, NULL, NULL, false, 0},
      {"a1 01 8100", "8100", NULL, NULL, false, 0},
      {"a1 01 8500010203 04", "850001020304", NULL, NULL, false, 0},
      {"a1 01 83 3818 1818 1a00010000", "8338181818 1a00010000", NULL, NULL, false, 0},
      {"a1 02 40", NULL, "", NULL, false, 0},
      {"a1 02 4107", NULL, "07", NULL, false, 0},
      {"a1 03 4701020304050607", NULL, NULL, "01020304050607", false, 0},
      {"a1 04 00", NULL, NULL, NULL, true, 0},
      {"a1 04 17", NULL, NULL, NULL, true, 23},
      {"a1 04 197080", NULL, NULL, NULL, true, 28800},
      {"a1 04 1affffffff", NULL, NULL, NULL, true, UINT32_MAX},
      {"a1 04 1b0000000100000000", NULL, NULL, NULL, true, UINT32_MAX}, /* as much as it holds */
      {"a4 01 820001 02 4109 03 42aabb 04 1818", "820001", "09", "aabb", true, 24},
      {"a2 04 01 02 4109", NULL, "09", NULL, true, 1}, /* the order of keys is free */
      /* what is not known is passed over */
      {"a2 05 f6 02 4109", NULL, "09", NULL, false, 0},
      {"a3 00 20 1818 63616263 02 4109", NULL, "09", NULL, false, 0},
      {"a2 19fde9 8201a102f5 02 4109", NULL, "09", NULL, false, 0},
      {"a2 1bffffffffffffffff c14100 02 4109", NULL, "09", NULL, false, 0},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_info info = {.lifetime_s = 77, .has_rid_c = true};
    assert_int_equal(parse_text(cases[i].map, &info), 0);
    assert_hex_equal(info.suites.octets, info.suites.length,
                     cases[i].suites == NULL ? "" : cases[i].suites);
    assert_int_equal(info.has_rid_c, cases[i].rid_c != NULL);
    assert_hex_equal(info.rid_c.bytes, info.rid_c.length,
                     cases[i].rid_c == NULL ? "" : cases[i].rid_c);
    assert_int_equal(info.has_rid_i, cases[i].rid_i != NULL);
    assert_hex_equal(info.rid_i.bytes, info.rid_i.length,
                     cases[i].rid_i == NULL ? "" : cases[i].rid_i);
    assert_int_equal(info.has_lifetime, cases[i].has_lifetime);
    assert_int_equal(info.lifetime_s, cases[i].lifetime_s);
  }
}

/* What is no map */

static void test_malformed(void **state) {
  (void)state;
  static const char *const cases[] = {
      /* another item, or more than one */
      "00", "20", "40", "60", "80", "f6", "c0a0", "d818a0", "ff", "1c", "a000", "a0a0", "a1040000",
      "a104 00ff",
      /* indefinite lengths */
      "bf0400ff", "a1019f00ff", "a1025f4101ff", "bfff",
      /* a key twice: the same, another value, one that is not known */
      "a202410102 4101", "a20400 0401", "a2181800 181801", "a301810002 4101018100",
      /* keys that are no unsigned integers */
      "a12000", "a1616100", "a1410100", "a1810100", "a1f500", "a1c10100",
      /* elements of another type */
      "a10100", "a1014100", "a1016100", "a101a0", "a101f6", "a10201", "a10220", "a102 6161",
      "a1028100", "a103 01", "a103 6161", "a103a0", "a103f5", "a10420", "a1044100", "a104 6100",
      "a1048100", "a104f90000", "a104f5", "a104c100",
      /* arrays without a suite, or with other than integers */
      "a10180", "a101814100", "a101816100", "a1018180", "a10181f5", "a101 8200f6",
      "a101811a80000000", "a101811bffffffffffffffff", "a101813a80000000",
      /* an ID of 8 octets, and of more than there are */
      "a102480102030405060708", "a103480102030405060708", "a1024201", "a1025bffffffffffffffff",
      /* longer than need be */
      "a118018100", "a10118 00", "a1041817", "a10419007f", "a1041a0000ffff",
      "a1041b00000000ffffffff", "b8010400", "a101980100", "a102580101",
      /* more pairs or items than octets; reserved */
      "a1", "a20400", "bbffffffffffffffff", "b97fff0400", "a10198ff00", "a1019bffffffffffffffff",
      "a1041c", "a1041f", "bc",
      /* nested too deeply, where it is not known */
      "a105 8181818181818181 8100"};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_info info;
    if (parse_text(cases[i], &info) != NODE_ERR_MALFORMED)
      fail_msg("%s is taken", cases[i]);
  }
}

/* A map of all elements, and one that is not known, cut at every octet. */
static void test_truncated(void **state) {
  (void)state;
  const struct hex map = hex(
      "a5 01 8500 01 02 03 04 02 43 010203 03 47 11121314151617 04 1a 00010000 1818 82 01 6161");
  struct coap_eap_info info;
  assert_int_equal(parse_exactly(map.octets, map.length, &info), 0);
  for (size_t length = 1; length < map.length; length++)
    assert_int_equal(parse_exactly(map.octets, length, &info), NODE_ERR_MALFORMED);
  for (unsigned octet = 0; octet < 256; octet++) { /* and with any octet behind */
    uint8_t longer[HEX_OCTETS_MAX];
    memcpy(longer, map.octets, map.length);
    longer[map.length] = (uint8_t)octet;
    assert_int_equal(parse_exactly(longer, map.length + 1, &info), NODE_ERR_MALFORMED);
  }
}

/* An array with its head of 1 or 2 octets, and a suite of 1 octet each: 2 + 30 octets fit. */
static void test_longest_array(void **state) {
  (void)state;
  static const size_t counts[] = {1, 23, 24, 30, 31, 200};
  for (size_t i = 0; i < sizeof counts / sizeof counts[0]; i++) {
    const size_t count = counts[i];
    uint8_t map[300];
    struct span_writer out;
    struct coap_eap_info info;
    span_writer_init(&out, map, sizeof map, NULL);
    cbor_put_map(&out, 1);
    cbor_put_uint(&out, 1);
    cbor_put_array(&out, count);
    for (size_t j = 0; j < count; j++)
      cbor_put_int(&out, (int32_t)(j % 24));
    assert_int_equal(parse_exactly(map, out.length, &info), count <= 30 ? 0 : NODE_ERR_TOO_LONG);
    if (count <= 30)
      assert_int_equal(info.suites.length, (count < 24 ? 1 : 2) + count);
  }
}

/* 32 pairs are taken, and no more. */
static void test_many_pairs(void **state) {
  (void)state;
  for (size_t count = 31; count <= 33; count++) {
    uint8_t map[300];
    struct span_writer out;
    struct coap_eap_info info;
    span_writer_init(&out, map, sizeof map, NULL);
    cbor_put_map(&out, count);
    for (size_t j = 0; j < count; j++) {
      cbor_put_uint(&out, 100 + j);
      cbor_put_uint(&out, 0);
    }
    assert_int_equal(parse_exactly(map, out.length, &info), count <= 32 ? 0 : NODE_ERR_MALFORMED);
  }
}

/* Composing */

static void test_composed(void **state) {
  (void)state;
  static const struct {
    struct coap_eap_info info;
    const char *map;
  } cases[] = {
      {{.lifetime_s = 5}, ""}, /* has_lifetime says whether it is there */
      {{.suites = {.octets = {0x81, 0x00}, .length = 2}}, "a1 01 8100"},
      {{.has_rid_c = true}, "a1 02 40"},
      {{.has_rid_c = true, .rid_c = {{1, 2, 3, 4, 5, 6, 7}, 7}}, "a1 02 47 01020304050607"},
      {{.has_rid_i = true, .rid_i = {{9}, 1}}, "a1 03 41 09"},
      {{.has_lifetime = true}, "a1 04 00"},
      {{.has_lifetime = true, .lifetime_s = 23}, "a1 04 17"},
      {{.has_lifetime = true, .lifetime_s = 24}, "a1 04 1818"},
      {{.has_lifetime = true, .lifetime_s = 255}, "a1 04 18ff"},
      {{.has_lifetime = true, .lifetime_s = 256}, "a1 04 190100"},
      {{.has_lifetime = true, .lifetime_s = 65535}, "a1 04 19ffff"},
      {{.has_lifetime = true, .lifetime_s = 65536}, "a1 04 1a00010000"},
      {{.has_lifetime = true, .lifetime_s = UINT32_MAX}, "a1 04 1affffffff"},
      {{.suites = {.octets = {0x82, 0x00, 0x01}, .length = 3},
        .has_rid_c = true,
        .has_rid_i = true,
        .has_lifetime = true,
        .rid_c = {{0xaa}, 1},
        .rid_i = {{0xbb, 0xcc}, 2},
        .lifetime_s = 1},
       "a4 01 820001 02 41aa 03 42bbcc 04 01"},
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    uint8_t octets[COAP_EAP_INFO_MAX];
    struct span_list spans;
    struct span_writer out;
    struct coap_eap_info again;
    span_writer_init(&out, octets, sizeof octets, &spans);
    coap_eap_info_compose(&cases[i].info, &out);
    assert_false(out.overflow);
    assert_hex_equal(octets, out.length, cases[i].map);
    assert_int_equal(spans.count, out.length > 0);
    if (out.length > 0)
      assert_int_equal(spans.item[0].row, ROW_COAP_EAP_INFO);
    assert_int_equal(coap_eap_info_parse(octets, out.length, &again), 0);
    assert_int_equal(again.lifetime_s, again.has_lifetime ? cases[i].info.lifetime_s : 0);
    assert_int_equal(again.rid_i.length, cases[i].info.rid_i.length);
  }
}

/* The longest map of ours fits into what is said to take it: 1 + (1 + 32) + 2 * (2 + 7) + (1 + 5).
 */
static void test_longest_composed(void **state) {
  (void)state;
  struct coap_eap_info info = {.suites = {.length = COAP_EAP_SUITES_MAX},
                               .has_rid_c = true,
                               .has_rid_i = true,
                               .has_lifetime = true,
                               .rid_c = {.length = ASSOCIATION_ID_MAX},
                               .rid_i = {.length = ASSOCIATION_ID_MAX},
                               .lifetime_s = UINT32_MAX};
  uint8_t octets[COAP_EAP_INFO_MAX];
  struct span_writer out;
  span_writer_init(&out, octets, sizeof octets, NULL);
  coap_eap_info_compose(&info, &out);
  assert_int_equal(out.length, 58);
  span_writer_init(&out, octets, 57, NULL); /* no room is no half of a map */
  coap_eap_info_compose(&info, &out);
  assert_true(out.overflow);
}

/* Arrays of suites */

static void test_suites(void **state) {
  (void)state;
  static const int32_t numbers[] = {0, 3, 24, -25, 65536};
  static const struct {
    size_t count;
    const char *octets;
  } cases[] = {{0, ""}, {1, "8100"}, {2, "820003"}, {5, "85 00 03 1818 3818 1a00010000"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct coap_eap_suites suites;
    int32_t number = 77;
    coap_eap_suites_set(&suites, numbers, cases[i].count);
    assert_hex_equal(suites.octets, suites.length, cases[i].octets);
    for (size_t j = 0; j < cases[i].count; j++) {
      assert_true(coap_eap_suites_get(&suites, j, &number));
      assert_int_equal(number, numbers[j]);
    }
    assert_false(coap_eap_suites_get(&suites, cases[i].count, &number));
    assert_false(coap_eap_suites_get(&suites, SIZE_MAX, &number));
  }
}

/* An EAP packet and a map behind it */

static void test_split(void **state) {
  (void)state;
  static const struct {
    const char *payload;
    int result;
    size_t eap_length;
  } cases[] = {
      {"", NODE_ERR_MALFORMED, 0},
      {"01", NODE_ERR_MALFORMED, 0},
      {"010200", NODE_ERR_MALFORMED, 0},
      {"01020003", NODE_ERR_MALFORMED, 0}, /* shorter than its header */
      {"01020000", NODE_ERR_MALFORMED, 0},
      {"01020005", NODE_ERR_MALFORMED, 0}, /* longer than what there is */
      {"0102ffff01", NODE_ERR_MALFORMED, 0},
      {"03020004", 0, 4},
      {"03020004 a10417", 0, 4},
      {"0102000501", 0, 5},
      {"0102000501 a1024107", 0, 5},
      {"0102000501 a0", 0, 5},
      {"0102000501 00", NODE_ERR_MALFORMED, 0},
      {"0102000501 a102", NODE_ERR_MALFORMED, 0},
      {"0102000501 a1024107 00", NODE_ERR_MALFORMED, 0},
      {"0102000401 a1024107", NODE_ERR_MALFORMED, 0}, /* the map would begin with 01 */
  };
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    const struct hex payload = hex(cases[i].payload);
    struct coap_eap_info info;
    size_t eap_length = 0;
    assert_int_equal(coap_eap_info_split(payload.octets, payload.length, &eap_length, &info),
                     cases[i].result);
    if (cases[i].result == 0)
      assert_int_equal(eap_length, cases[i].eap_length);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_maps),
      cmocka_unit_test(test_malformed),
      cmocka_unit_test(test_truncated),
      cmocka_unit_test(test_longest_array),
      cmocka_unit_test(test_many_pairs),
      cmocka_unit_test(test_composed),
      cmocka_unit_test(test_longest_composed),
      cmocka_unit_test(test_suites),
      cmocka_unit_test(test_split),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
