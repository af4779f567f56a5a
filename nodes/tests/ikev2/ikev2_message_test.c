/* IKEv2 messages: what is written is read, has its size and a row for each octet; what is wrong is
 * told, and by which notify. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "ikev2/compose.h"
#include "ikev2/sa.h"
#include "seeded.h"

static const struct ikev2_header HEADER = {.spi_i = {1, 2, 3, 4, 5, 6, 7, 8},
                                           .spi_r = {9, 8, 7, 6, 5, 4, 3, 2},
                                           .exchange = IKEV2_IKE_SA_INIT,
                                           .flags = IKEV2_FLAG_INITIATOR,
                                           .message_id = 0x01020304};
static const struct node_address IPV6 = {{0xfd, 1, [15] = 9}, 5683};
static const struct node_address IPV4 = {{[10] = 0xff, 0xff, 192, 0, 2, 1}, 0};
static const struct ikev2_id ID = {IKEV2_ID_KEY_ID, (const uint8_t *)"EMSKname", 8};
static const uint8_t OCTETS[64] = {1, 2, 3, 4, 5, 6, 7, 8};

struct written {
  uint8_t data[NODE_DATAGRAM_MAX];
  struct span_list spans;
  struct span_writer out;
  struct ikev2_composer composer;
};

static void begin(struct written *written) {
  span_writer_init(&written->out, written->data, sizeof written->data, &written->spans);
  ikev2_compose_message(&written->composer, &written->out, &HEADER);
}

static void end(struct written *written) {
  assert_int_equal(ikev2_compose_end(&written->composer), 0);
  assert_int_equal(span_list_length(&written->spans), written->out.length);
}

static void write_init(struct written *written, enum ikev2_proposal proposal) {
  const enum ikev2_group group = ikev2_proposal_group(proposal);
  const struct ec_public public = {.curve = ikev2_group_curve(group), .x = {1}, .y = {2}};
  begin(written);
  ikev2_put_sa_ike(&written->composer, proposal, 1);
  ikev2_put_ke(&written->composer, group, &public);
  ikev2_put_nonce(&written->composer, OCTETS, 16);
  end(written);
}

/* Every payload that there is a function for. */
static void write_all(struct written *written) {
  const struct ec_public public = {.curve = EC_X25519, .x = {1}};
  begin(written);
  ikev2_put_notify(&written->composer, IKEV2_PROTOCOL_NONE, IKEV2_N_COOKIE, OCTETS, 17);
  ikev2_put_sa_esp(&written->composer, IKEV2_ESP_AES_CCM_8_IIV, 3, 0x11223344);
  ikev2_put_ke(&written->composer, IKEV2_GROUP_CURVE25519, &public);
  ikev2_put_nonce(&written->composer, OCTETS, 20);
  ikev2_put_id(&written->composer, IKEV2_PAYLOAD_IDI, &ID);
  ikev2_put_id(&written->composer, IKEV2_PAYLOAD_IDR, &ID);
  ikev2_put_auth(&written->composer, OCTETS, 32);
  ikev2_put_ts(&written->composer, IKEV2_PAYLOAD_TSI, &IPV6);
  ikev2_put_ts(&written->composer, IKEV2_PAYLOAD_TSR, &IPV4);
  ikev2_put_notify(&written->composer, IKEV2_PROTOCOL_IKE, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED, NULL,
                   0);
  ikev2_put_notify(&written->composer, IKEV2_PROTOCOL_NONE, IKEV2_N_TS_UNACCEPTABLE, NULL, 0);
  ikev2_put_delete_ike(&written->composer);
  ikev2_put_delete_esp(&written->composer, 0x55667788);
  end(written);
}

/* In memory of exactly its length, so that a sanitizer sees every read beyond it; and everything
 * that reads is called on what is well formed. */
static bool parse_octets(const uint8_t *data, size_t length, struct ikev2_fault *fault) {
  uint8_t *exact = malloc(length + 1);
  struct ikev2_message message;
  assert_non_null(exact);
  memcpy(exact + 1, data, length);
  const bool good = ikev2_message_parse(exact + 1, length, &message, fault);
  assert_true(good == (fault->why == NULL));
  for (size_t i = 0; good && i < message.chain.count; i++) {
    const struct ikev2_payload *payload = &message.chain.items[i];
    struct ikev2_choice choice;
    if (payload->type == IKEV2_PAYLOAD_SA) {
      (void)!ikev2_sa_choose_ike(payload, ~0U, &choice);
      (void)!ikev2_sa_choose_esp(payload, ~0U, &choice);
      (void)!ikev2_sa_answer_ike(payload, ~0U, &choice);
      (void)!ikev2_sa_answer_esp(payload, ~0U, &choice);
    } else if (payload->type == IKEV2_PAYLOAD_TSI || payload->type == IKEV2_PAYLOAD_TSR) {
      struct ikev2_selectors selectors;
      ikev2_ts_read(payload, &selectors);
      (void)ikev2_selectors_contain(&selectors, &IPV6);
    } else if (payload->type == IKEV2_PAYLOAD_DELETE) {
      struct ikev2_delete gone;
      ikev2_delete_read(payload, &gone);
      (void)ikev2_delete_names(&gone, 7);
    }
  }
  free(exact);
  return good;
}

static void sizes(void **state) {
  (void)state;
  static const size_t INIT[IKEV2_PROPOSAL_COUNT] = {128, 160, 128, 160};
  static struct written written;
  for (unsigned p = 0; p < IKEV2_PROPOSAL_COUNT; p++) {
    write_init(&written, (enum ikev2_proposal)p);
    assert_int_equal(written.out.length, INIT[p]);
    const size_t ke = INIT[p] - 28 - 40 - 20;
    const struct span expected[] = {{ROW_IKEV2_HEADER, 28},
                                    {ROW_IKEV2_SA, 40},
                                    {ROW_IKEV2_KE, (uint16_t)ke},
                                    {ROW_IKEV2_NONCE, 20}};
    assert_int_equal(written.spans.count, 4);
    assert_memory_equal(written.spans.item, expected, sizeof expected);
  }
  static const struct span ALL[] = {{ROW_IKEV2_HEADER, 28}, {ROW_IKEV2_NOTIFY, 25},
                                    {ROW_IKEV2_SA, 36},     {ROW_IKEV2_KE, 40},
                                    {ROW_IKEV2_NONCE, 24},  {ROW_IKEV2_ID, 32},
                                    {ROW_IKEV2_AUTH, 40},   {ROW_IKEV2_TS, 48 + 32 - 8},
                                    {ROW_IKEV2_NOTIFY, 16}, {ROW_IKEV2_DELETE, 8 + 12}};
  write_all(&written);
  assert_int_equal(written.spans.count, sizeof ALL / sizeof ALL[0]);
  for (size_t i = 0; i < written.spans.count; i++) {
    assert_int_equal(written.spans.item[i].row, ALL[i].row);
    assert_int_equal(written.spans.item[i].length, ALL[i].length);
  }
}

/* Written by hand after section 3 of RFC 7296. */
static void octets_by_hand(void **state) {
  (void)state;
  static struct written written;
  write_init(&written, IKEV2_PROPOSAL_X25519);
  assert_hex_equal(written.data, written.out.length,
                   "0102030405060708 0908070605040302 21 20 22 08 01020304 00000080"
                   "22 00 0028  00 00 0024 01 01 00 03"
                   "03 00 000c 01 00 000e 800e 0080"
                   "03 00 0008 02 00 0005"
                   "00 00 0008 04 00 001f"
                   "28 00 0028 001f 0000"
                   "0100000000000000000000000000000000000000000000000000000000000000"
                   "00 00 0014 01020304050607080000000000000000");
  span_writer_init(&written.out, written.data, sizeof written.data, NULL);
  ikev2_compose_inner(&written.composer, &written.out);
  ikev2_put_sa_esp(&written.composer, IKEV2_ESP_AES_CCM_8, 1, 0x11223344);
  ikev2_put_ts(&written.composer, IKEV2_PAYLOAD_TSI, &IPV6);
  ikev2_put_ts(&written.composer, IKEV2_PAYLOAD_TSR, &IPV4);
  assert_int_equal(ikev2_compose_end(&written.composer), 0);
  assert_int_equal(written.composer.first, IKEV2_PAYLOAD_SA);
  assert_hex_equal(written.data, written.out.length,
                   "2c 00 0024  00 00 0020 01 03 04 02 11223344"
                   "03 00 000c 01 00 000e 800e 0080"
                   "00 00 0008 05 00 0000"
                   "2d 00 0030 01 000000 08 11 0028 1633 1633"
                   "fd010000000000000000000000000009 fd010000000000000000000000000009"
                   "00 00 0018 01 000000 07 11 0010 0000 ffff c0000201 c0000201");
}

static void reads_what_is_written(void **state) {
  (void)state;
  static struct written written;
  struct ikev2_message message;
  struct ikev2_fault fault;
  struct ikev2_notify notify;
  struct ikev2_ke ke;
  struct ikev2_id id;
  struct ikev2_auth auth;
  struct ikev2_delete gone;
  struct ikev2_choice choice;
  struct ec_public public;
  write_all(&written);
  assert_int_equal(written.composer.begin, 0);
  assert_true(ikev2_message_parse(written.data, written.out.length, &message, &fault));
  assert_int_equal(message.chain.count, 13);
  assert_memory_equal(message.header.spi_i, HEADER.spi_i, 8);
  assert_memory_equal(message.header.spi_r, HEADER.spi_r, 8);
  assert_int_equal(message.header.exchange, IKEV2_IKE_SA_INIT);
  assert_int_equal(message.header.flags, IKEV2_FLAG_INITIATOR);
  assert_int_equal(message.header.message_id, 0x01020304);

  assert_true(ikev2_find_notify(&message.chain, IKEV2_N_COOKIE, &notify));
  assert_int_equal(notify.length, 17);
  assert_memory_equal(notify.data, OCTETS, 17);
  assert_true(ikev2_find_notify(&message.chain, IKEV2_N_CHILDLESS_IKEV2_SUPPORTED, &notify));
  assert_int_equal(notify.protocol, IKEV2_PROTOCOL_IKE);
  assert_true(ikev2_find_error(&message.chain, &notify));
  assert_int_equal(notify.type, IKEV2_N_TS_UNACCEPTABLE);
  assert_false(ikev2_find_notify(&message.chain, IKEV2_N_INVALID_SYNTAX, &notify));

  ikev2_ke_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_KE), &ke);
  assert_true(ikev2_ke_public(&ke, IKEV2_GROUP_CURVE25519, &public));
  assert_false(ikev2_ke_public(&ke, IKEV2_GROUP_ECP_256, &public));
  assert_int_equal(ikev2_nonce_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_NONCE)).length, 20);
  ikev2_id_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_IDR), &id);
  assert_int_equal(id.type, IKEV2_ID_KEY_ID);
  assert_int_equal(id.length, 8);
  assert_memory_equal(id.octets, "EMSKname", 8);
  ikev2_auth_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_AUTH), &auth);
  assert_int_equal(auth.method, IKEV2_AUTH_SHARED_KEY);
  assert_int_equal(auth.length, 32);
  ikev2_delete_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_DELETE), &gone);
  assert_int_equal(gone.protocol, IKEV2_PROTOCOL_IKE);
  assert_false(ikev2_delete_names(&gone, 0x55667788));
  ikev2_delete_read(&message.chain.items[12], &gone);
  assert_true(ikev2_delete_names(&gone, 0x55667788));
  assert_false(ikev2_delete_names(&gone, 0x55667789));
  assert_true(ikev2_sa_answer_esp(ikev2_find(&message.chain, IKEV2_PAYLOAD_SA),
                                  1U << IKEV2_ESP_AES_CCM_8_IIV, &choice));
  assert_int_equal(choice.row, IKEV2_ESP_AES_CCM_8_IIV);
  assert_int_equal(choice.number, 3);
  assert_int_equal(choice.spi, 0x11223344);
}

static void both_coordinates_of_p256(void **state) {
  (void)state;
  static struct written written;
  struct ikev2_message message;
  struct ikev2_fault fault;
  struct ikev2_ke ke;
  struct ec_public public;
  write_init(&written, IKEV2_PROPOSAL_ECP256);
  assert_true(ikev2_message_parse(written.data, written.out.length, &message, &fault));
  ikev2_ke_read(ikev2_find(&message.chain, IKEV2_PAYLOAD_KE), &ke);
  assert_int_equal(ke.length, 64);
  assert_true(ikev2_ke_public(&ke, IKEV2_GROUP_ECP_256, &public));
  assert_int_equal(public.curve, EC_P256);
  assert_int_equal(public.x[0], 1);
  assert_int_equal(public.y[0], 2);
  ke.length--;
  assert_false(ikev2_ke_public(&ke, IKEV2_GROUP_ECP_256, &public));
}

/* Faults */

#define HEAD(next, version, length)                                                                \
  "0102030405060708 0000000000000000 " next version "2208 00000000 " length
#define FAULT_NONCE "00000014 000102030405060708090a0b0c0d0e0f "

static void faults(void **state) {
  (void)state;
  static const struct {
    const char *octets;
    unsigned notify; /* 0: nothing is wrong, or there is no header */
    bool good;
    uint8_t payload;
  } CASES[] = {
      {"", 0, false, 0},
      {HEAD("00", "20", "0000001c"), 0, true, 0},
      {HEAD("00", "21", "0000001c"), 0, true, 0}, /* a later minor version is none of ours */
      {HEAD("00", "30", "0000001c"), IKEV2_N_INVALID_MAJOR_VERSION, false, 0},
      {HEAD("00", "10", "0000001c"), IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("00", "20", "0000001d"), IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("00", "20", "0000001b"), IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("00", "20", "0000001d") "00", IKEV2_N_INVALID_SYNTAX, false, 0}, /* behind the last */
      {HEAD("28", "20", "00000030") FAULT_NONCE, 0, true, 0},
      {HEAD("28", "20", "0000001c"), IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("28", "20", "00000044") "28000014 000102030405060708090a0b0c0d0e0f " FAULT_NONCE,
       IKEV2_N_INVALID_SYNTAX, false, 0}, /* twice */
      {HEAD("28", "20", "0000002f") "00000013 000102030405060708090a0b0c0d0e",
       IKEV2_N_INVALID_SYNTAX, false, 0}, /* 15 octets */
      {HEAD("28", "20", "00000030") "28000014 000102030405060708090a0b0c0d0e0f",
       IKEV2_N_INVALID_SYNTAX, false, 0}, /* nothing follows */
      {HEAD("2b", "20", "00000020") "00000003", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2b", "20", "00000020") "00000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2b", "20", "00000020") "00000005", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2b", "20", "00000020") "00000004", 0, true, 0},
      {HEAD("c8", "20", "00000020") "00000004", 0, true, 0}, /* not known */
      {HEAD("c8", "20", "00000020") "00800004", IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD, false, 200},
      {HEAD("c8", "20", "00000024") "c9000004 00800004", IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD,
       false, 201},
      {HEAD("28", "20", "00000030") "00800014 000102030405060708090a0b0c0d0e0f", 0, true, 0},
      {HEAD("2f", "20", "00000020") "00800004", 0, true, 0}, /* known, though of no use */
      {HEAD("2e", "20", "00000020") "23000004", 0, true, 0}, /* what is inside follows not */
      {HEAD("2e", "20", "00000024") "23000004 00000004", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("29", "20", "00000023") "00000007 000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("29", "20", "00000024") "00000008 01014000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("29", "20", "00000025") "00000009 01014000 ff", 0, true, 0},
      {HEAD("2a", "20", "00000024") "00000008 03040001", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2a", "20", "00000024") "00000008 03040000", 0, true, 0},
      {HEAD("2a", "20", "00000028") "0000000c 03040001 00000101", 0, true, 0},
      {HEAD("2a", "20", "00000028") "0000000c 03020002 00000101", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2a", "20", "00000028") "0000000c 01040001 00000101", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("22", "20", "00000024") "00000008 001f0000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("23", "20", "00000024") "00000008 0b000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("27", "20", "00000024") "00000008 02000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2c", "20", "00000023") "00000007 000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2c", "20", "00000024") "00000008 01000000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("2c", "20", "0000002c") "00000010 01000000 0800 0007 0000ffff", IKEV2_N_INVALID_SYNTAX,
       false, 0},
      {HEAD("2c", "20", "0000002c") "00000010 01000000 0800 0008 0000ffff", IKEV2_N_INVALID_SYNTAX,
       false, 0},
      {HEAD("2c", "20", "0000002c") "00000010 01000000 0900 0008 0000ffff", 0, true, 0},
      {HEAD("2c", "20", "0000002c") "00000010 00000000 0900 0008 0000ffff", IKEV2_N_INVALID_SYNTAX,
       false, 0},
      {HEAD("21", "20", "00000020") "00000004", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000028") "0000000c 00000008 01010000", 0, true, 0},
      {HEAD("21", "20", "00000028") "0000000c 02000008 01010000", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000028") "0000000c 00000008 01010001", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000028") "0000000c 00000008 01010100", IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000030") "00000014 00000010 01010001 00000008 0100000e", 0, true, 0},
      {HEAD("21", "20", "00000030") "00000014 00000010 01010001 03000008 0100000e",
       IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000034") "00000018 00000014 01010001 0000000c 0100000e 000e0001",
       IKEV2_N_INVALID_SYNTAX, false, 0},
      {HEAD("21", "20", "00000034") "00000018 00000014 01010001 0000000c 0100000e 000e0000", 0,
       true, 0},
      {HEAD("21", "20", "00000032") "00000016 00000012 01010001 0000000a 0100000e 800e",
       IKEV2_N_INVALID_SYNTAX, false, 0},
  };
  for (size_t i = 0; i < sizeof CASES / sizeof CASES[0]; i++) {
    const struct hex octets = hex(CASES[i].octets);
    struct ikev2_fault fault;
    const bool good = parse_octets(octets.octets, octets.length, &fault);
    if (good != CASES[i].good || fault.notify != CASES[i].notify)
      print_message("case %zu: %s\n", i, fault.why == NULL ? "good" : fault.why);
    assert_int_equal(good, CASES[i].good);
    assert_int_equal(fault.notify, CASES[i].notify);
    assert_int_equal(fault.payload, CASES[i].payload);
  }
}

static void too_many_payloads(void **state) {
  (void)state;
  static struct written written;
  struct ikev2_fault fault;
  for (unsigned count = IKEV2_PAYLOADS_MAX - 1; count <= IKEV2_PAYLOADS_MAX + 1; count++) {
    begin(&written);
    for (unsigned i = 0; i < count; i++)
      ikev2_put_notify(&written.composer, IKEV2_PROTOCOL_NONE, IKEV2_N_COOKIE, OCTETS, i);
    end(&written);
    assert_int_equal(parse_octets(written.data, written.out.length, &fault),
                     count <= IKEV2_PAYLOADS_MAX);
  }
}

/* Cut off at every octet, with the length that was, and with one that fits. */
static void every_truncation(void **state) {
  (void)state;
  static struct written written;
  struct ikev2_fault fault;
  write_all(&written);
  assert_true(parse_octets(written.data, written.out.length, &fault));
  for (size_t length = 0; length < written.out.length; length++) {
    uint8_t cut[NODE_DATAGRAM_MAX];
    assert_false(parse_octets(written.data, length, &fault));
    assert_int_equal(fault.notify, length < 28 ? 0 : IKEV2_N_INVALID_SYNTAX);
    if (length < 28)
      continue;
    memcpy(cut, written.data, length);
    cut[26] = (uint8_t)(length >> 8);
    cut[27] = (uint8_t)length;
    assert_false(parse_octets(cut, length, &fault));
  }
}

/* Every octet takes every value; and several at once by chance. */
static void every_octet_changed(void **state) {
  (void)state;
  static struct written written;
  struct ikev2_fault fault;
  struct seeded seeded = {.state = 7};
  write_all(&written);
  for (size_t i = 0; i < written.out.length; i++) {
    const uint8_t before = written.data[i];
    for (unsigned value = 0; value < 256; value++) {
      written.data[i] = (uint8_t)value;
      (void)parse_octets(written.data, written.out.length, &fault);
    }
    written.data[i] = before;
  }
  for (unsigned round = 0; round < 50000; round++) {
    uint8_t changed[NODE_DATAGRAM_MAX];
    memcpy(changed, written.data, written.out.length);
    for (unsigned i = 0; i < 3; i++)
      changed[seeded_below(&seeded, (uint32_t)written.out.length)] =
          (uint8_t)seeded_below(&seeded, 256);
    (void)parse_octets(changed, written.out.length, &fault);
  }
}

static void what_does_not_fit(void **state) {
  (void)state;
  static struct written written;
  write_init(&written, IKEV2_PROPOSAL_X25519);
  for (size_t room = 0; room <= 128; room++) {
    uint8_t *exact = malloc(room + 1);
    const struct ec_public public = {.curve = EC_X25519, .x = {1}};
    struct ikev2_composer composer;
    struct span_writer out;
    span_writer_init(&out, exact, room, NULL);
    ikev2_compose_message(&composer, &out, &HEADER);
    ikev2_put_sa_ike(&composer, IKEV2_PROPOSAL_X25519, 1);
    ikev2_put_ke(&composer, IKEV2_GROUP_CURVE25519, &public);
    ikev2_put_nonce(&composer, OCTETS, 16);
    assert_int_equal(ikev2_compose_end(&composer), room < 128 ? NODE_ERR_TOO_LONG : 0);
    if (room == 128)
      assert_memory_equal(exact, written.data, 128);
    free(exact);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(sizes),
      cmocka_unit_test(octets_by_hand),
      cmocka_unit_test(reads_what_is_written),
      cmocka_unit_test(both_coordinates_of_p256),
      cmocka_unit_test(faults),
      cmocka_unit_test(too_many_payloads),
      cmocka_unit_test(every_truncation),
      cmocka_unit_test(every_octet_changed),
      cmocka_unit_test(what_does_not_fit),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
