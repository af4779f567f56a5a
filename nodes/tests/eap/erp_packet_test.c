/* Packets of ERP: what is read of their octets, in how many ways, and what is not. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include "eap/erp_packet.h"
#include "hex.h"

/* An EAP packet of this code, Type and Type-Data. */
static struct hex eap_of(uint8_t code, uint8_t type, const char *data) {
  const struct hex rest = hex(data);
  const size_t length = EAP_HEADER_LENGTH + EAP_TYPE_LENGTH + rest.length;
  struct hex packet = {.octets = {code, 9, (uint8_t)(length >> 8), (uint8_t)length, type},
                       .length = length};
  memcpy(packet.octets + EAP_HEADER_LENGTH + EAP_TYPE_LENGTH, rest.octets, rest.length);
  return packet;
}

#define HEAD "e0 1234"
#define NAI "0103 614062" /* a@b: what a name is, those who know keys say */
#define TAG_8 "1111111111111111"
#define TAG_16 TAG_8 TAG_8
#define TAG_32 TAG_16 TAG_16

static void read_and_write_again(void **state) {
  static const struct {
    const char *data;
    uint8_t code, suite;
    size_t attributes;
  } table[] = {
      {HEAD NAI "01" TAG_8, EAP_INITIATE, 1, 1},
      {HEAD NAI "02" TAG_16, EAP_FINISH, 2, 1},
      {HEAD NAI "03" TAG_32, EAP_INITIATE, 3, 1},
      {HEAD NAI "00", EAP_FINISH, 0, 1},
      {HEAD NAI "02 00000e10 03 00000010 0402 6162 0503 020301 0608" TAG_8
                "8001 61 8101 62 8201 63 8304 01020304 8410 " TAG_16 "02" TAG_16,
       EAP_FINISH, 2, ERP_ATTRIBUTES},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex octets = eap_of(table[i].code, ERP_REAUTH, table[i].data);
    struct erp_packet packet;
    size_t attributes = 0;
    assert_int_equal(erp_packet_parse(octets.octets, octets.length, table[i].suite, &packet), 0);
    assert_int_equal(packet.code, table[i].code);
    assert_int_equal(packet.identifier, 9);
    assert_int_equal(packet.flags, 0xe0);
    assert_int_equal(packet.sequence, 0x1234);
    assert_int_equal(packet.length, octets.length);
    assert_int_equal(packet.signed_length, octets.length - erp_tag_length(table[i].suite));
    for (size_t j = 0; j < ERP_ATTRIBUTES; j++)
      attributes += packet.attributes[j].octets != NULL;
    assert_int_equal(attributes, table[i].attributes);

    const uint8_t key[EAP_KEY_LENGTH] = {1};
    uint8_t again[EAP_PACKET_MAX];
    struct span_list spans;
    struct span_writer out;
    span_writer_init(&out, again, sizeof again, &spans);
    assert_int_equal(erp_packet_compose(NULL, &packet, table[i].suite == 0 ? NULL : key, &out), 0);
    assert_int_equal(out.length, octets.length);
    assert_memory_equal(again, octets.octets, packet.signed_length);
    assert_int_equal(span_list_length(&spans), out.length);
    assert_int_equal(erp_packet_parse(again, out.length, table[i].suite, &packet), 0);
    assert_int_equal(erp_packet_verify(NULL, &packet, key),
                     table[i].suite == 0 ? NODE_ERR_VERIFY : 0);
    for (size_t room = 0; room < octets.length; room++) {
      span_writer_init(&out, again, room, NULL);
      assert_int_equal(erp_packet_compose(NULL, &packet, table[i].suite == 0 ? NULL : key, &out),
                       NODE_ERR_TOO_LONG);
    }
  }
}

static void malformed(void **state) {
  static const struct {
    uint8_t code, type;
    const char *data, *what;
  } table[] = {
      {EAP_REQUEST, ERP_REAUTH, HEAD NAI "02" TAG_16, "another code"},
      {EAP_INITIATE, 3, HEAD NAI "02" TAG_16, "another type"},
      {EAP_FINISH, ERP_REAUTH_START, "00", "a Start that is a Finish"},
      {EAP_INITIATE, ERP_REAUTH, "", "nothing"},
      {EAP_INITIATE, ERP_REAUTH, HEAD, "no suite"},
      {EAP_INITIATE, ERP_REAUTH, HEAD "02" TAG_16, "no name"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD "0402 6162"
            "02" TAG_16,
       "no name, but a domain"},
      {EAP_INITIATE, ERP_REAUTH, HEAD NAI NAI "02" TAG_16, "two names"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD NAI "0401 61 0401 61"
                "02" TAG_16,
       "two domains"},
      {EAP_FINISH, ERP_REAUTH,
       HEAD NAI "02 00000001 02 00000001"
                "02" TAG_16,
       "two lifetimes"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD "0100"
            "02" TAG_16,
       "an empty name"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD NAI "0500"
                "02" TAG_16,
       "an empty list"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD NAI "8303 010203"
                "02" TAG_16,
       "a short address"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD NAI "8305 0102030405"
                "02" TAG_16,
       "a long address"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD "01ff 614062"
            "02" TAG_16,
       "a name beyond the end"},
      {EAP_INITIATE, ERP_REAUTH,
       HEAD NAI "07"
                "02" TAG_16,
       "an unknown one without length"},
      {EAP_INITIATE, ERP_REAUTH, HEAD NAI "04" TAG_16, "an unknown suite"},
      {EAP_INITIATE, ERP_REAUTH, HEAD NAI "00", "an Initiate without a tag"},
      {EAP_FINISH, ERP_REAUTH, "60 1234" NAI "00", "a Finish that says yes without a tag"},
      {EAP_FINISH, ERP_REAUTH, HEAD NAI "02" TAG_8, "a tag that is short"},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex octets = eap_of(table[i].code, table[i].type, table[i].data);
    struct erp_packet readings[ERP_SUITES];
    if (erp_packet_readings(octets.octets, octets.length, readings) != 0)
      fail_msg("%s", table[i].what);
  }
}

static void unknown_attributes_are_skipped(void **state) {
  const struct hex octets = eap_of(EAP_INITIATE, ERP_REAUTH,
                                   HEAD "0700" NAI "7f03 000000 7f00 bf01 ff"
                                        "02" TAG_16);
  struct erp_packet packet;
  (void)state;
  assert_int_equal(
      erp_packet_parse(octets.octets, octets.length, ERP_SUITE_HMAC_SHA256_128, &packet), 0);
  assert_memory_equal(packet.attributes[ERP_KEY_NAME_NAI].octets, "a@b", 3);
  assert_int_equal(erp_packet_parse_head(octets.octets, octets.length, &packet), 0);
  assert_memory_equal(packet.attributes[ERP_KEY_NAME_NAI].octets, "a@b", 3);
}

/* The octet that is the suite of one reading begins an attribute of the other: a lifetime and a
 * domain of nine octets in front of suite 2, or the 32 octets of a tag behind suite 3. */
static void two_readings(void **state) {
  const struct hex octets =
      eap_of(EAP_FINISH, ERP_REAUTH, HEAD NAI "03 00000010 0409 616161616161616161 02" TAG_16);
  struct erp_packet readings[ERP_SUITES];
  (void)state;
  assert_int_equal(erp_packet_readings(octets.octets, octets.length, readings), 2);
  assert_int_equal(readings[0].suite, ERP_SUITE_HMAC_SHA256_128);
  assert_int_equal(erp_packet_number(&readings[0], ERP_RMSK_LIFETIME), 16);
  assert_int_equal(readings[1].suite, ERP_SUITE_HMAC_SHA256_256);
  assert_int_equal(erp_packet_number(&readings[1], ERP_RMSK_LIFETIME), 0);
}

static void starts(void **state) {
  static const struct {
    const char *data;
    bool good;
  } table[] = {
      {"00", true},
      {"ff", true},
      {"", false},
      {"00 0402 6162", true},
      {"00 0402 61", false},
      {"00 04", false},
      {"00 0401 61 0401 61", false},
  };
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    const struct hex octets = eap_of(EAP_INITIATE, ERP_REAUTH_START, table[i].data);
    struct erp_packet packet;
    assert_int_equal(erp_packet_parse(octets.octets, octets.length, ERP_SUITE_NONE, &packet),
                     table[i].good ? 0 : NODE_ERR_MALFORMED);
  }
}

static void names(void **state) {
  static const struct {
    const char *nai;
    bool good;
  } table[] = {
      {"0123456789abcdef@r", true},  {"0123456789ABCDEF@r", true},  {"0123456789abcdef@", false},
      {"0123456789abcdefr", false},  {"0123456789abcde@r", false},  {"0123456789abcdeg@r", false},
      {"0123456789abcde/@r", false}, {"0123456789abcde:@r", false}, {"", false},
  };
  static const uint8_t expected[EMSK_NAME_LENGTH] = {0x01, 0x23, 0x45, 0x67,
                                                     0x89, 0xab, 0xcd, 0xef};
  (void)state;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
    uint8_t name[EMSK_NAME_LENGTH];
    const uint8_t *realm;
    size_t realm_length;
    const bool good = erp_nai_read((const uint8_t *)table[i].nai, strlen(table[i].nai), name,
                                   &realm, &realm_length);
    assert_int_equal(good, table[i].good);
    if (!good)
      continue;
    assert_memory_equal(name, expected, sizeof name);
    assert_int_equal(realm_length, 1);
    assert_int_equal(realm[0], 'r');
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(read_and_write_again),
      cmocka_unit_test(malformed),
      cmocka_unit_test(unknown_attributes_are_skipped),
      cmocka_unit_test(two_readings),
      cmocka_unit_test(starts),
      cmocka_unit_test(names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
