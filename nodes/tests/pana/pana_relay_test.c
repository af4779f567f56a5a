/* The PANA relay: PRY to the octet, nothing kept, nothing passed on that is not to be. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "hex.h"
#include "pana/relay.h"

enum { UPLINK_PORT = 717, PAC_PORT = 50000 };

static const struct node_address PRE = {{0xfe, 0x80, [15] = 2}, PANA_PORT};
static const struct node_address UPLINK = {{0xfd, [15] = 2}, UPLINK_PORT};
static const struct node_address PAA = {{0xfd, [15] = 1}, PANA_PORT};
static const struct node_address PAC = {{0xfe, 0x80, [15] = 3}, PAC_PORT};
static const struct node_address PAC4 = {{[10] = 0xff, 0xff, 192, 0, 2, 9}, PAC_PORT};

#define PAC_INFORMATION "000a 0000 0012 0000 fe800000000000000000000000000003 c350 0000 "
#define PAC4_INFORMATION "000a 0000 0006 0000 c0000209 c350 0000 "
#define PCI "0000 0010 0000 0001 00000000 00000000 "
#define RELAYED(length) "000b 0000 " length " 0000 "
#define PRY(length) "0000 " length " 0000 0005 00000000 00000000 "
#define PAR_START                                                                                  \
  "0000 0028 c000 0002 00000007 00000009 0006 0000 0004 0000 00000005 0003 0000 0004 0000 "        \
  "0000000c "

struct lab {
  struct node *node;
  struct node_hooks hooks;
  size_t told; /* events */
  const char *why;
  uint8_t octets[NODE_DATAGRAM_MAX];
  struct node_datagram out;
};

static void lab_event(void *context, const struct node_event *event) {
  struct lab *lab = context;
  assert_int_equal(event->type, NODE_EVENT_DISCARDED);
  lab->told++;
  lab->why = event->label;
}

static void lab_cost(void *context, enum node_primitive primitive, uint32_t blocks) {
  (void)context, (void)primitive, (void)blocks;
  fail_msg("a relay computes nothing");
}

static void lab_random(void *context, uint8_t *bytes, size_t length) {
  (void)context, (void)bytes, (void)length;
  fail_msg("a relay draws nothing");
}

static void lab_init(struct lab *lab) {
  const struct lower_relay_config config = {PRE, UPLINK, PAA};
  *lab = (struct lab){.hooks = {lab, lab_random, lab_event, lab_cost}};
  lab->node = pana_relay_create(&config, &lab->hooks);
  assert_non_null(lab->node);
}

/* Hands a datagram over; whether the relay sends one, which is then in lab->out. */
static bool lab_pass(struct lab *lab, const struct node_address *from,
                     const struct node_address *to, const uint8_t *octets, size_t length,
                     const struct span_list *spans) {
  uint8_t *exact = malloc(length + 1); /* a sanitizer sees every read beyond it */
  struct node_datagram in = {
      .source = *from, .destination = *to, .data = exact, .length = length, .capacity = length};
  memcpy(exact, octets, length);
  if (spans != NULL)
    in.spans = *spans;
  lab->why = NULL;
  assert_int_equal(node_read(lab->node, &in, 0), 0);
  free(exact);
  lab->out = (struct node_datagram){.data = lab->octets, .capacity = sizeof lab->octets};
  const int result = node_write(lab->node, &lab->out, 0);
  assert_true(result == 0 || result == 1);
  assert_int_equal(result == 0, lab->why != NULL);
  assert_int_equal(node_expiry(lab->node), NODE_NEVER);
  struct node_datagram none = {.data = exact = malloc(1), .capacity = 1};
  assert_int_equal(node_write(lab->node, &none, 0), 0);
  free(exact);
  return result == 1;
}

static bool lab_pass_hex(struct lab *lab, const struct node_address *from,
                         const struct node_address *to, const char *text) {
  const struct hex in = hex(text);
  return lab_pass(lab, from, to, in.octets, in.length, NULL);
}

static void assert_out(const struct lab *lab, const struct node_address *from,
                       const struct node_address *to, const char *text) {
  const struct hex expected = hex(text);
  assert_true(node_address_equal(&lab->out.source, from));
  assert_true(node_address_equal(&lab->out.destination, to));
  assert_int_equal(lab->out.length, expected.length);
  assert_memory_equal(lab->out.data, expected.octets, expected.length);
  assert_int_equal(span_list_length(&lab->out.spans), expected.length);
}

static void messages_of_a_pac_go_up_in_pry(void **state) {
  (void)state;
  struct lab lab;
  lab_init(&lab);
  assert_true(lab_pass_hex(&lab, &PAC, &PRE, PCI));
  assert_out(&lab, &UPLINK, &PAA, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI);
  assert_int_equal(lab.out.length, 16 + PANA_RELAY_OVERHEAD);
  assert_true(node_address_equal(&lab.out.serves, &PAC));
  assert_true(lab_pass_hex(&lab, &PAC, &PRE, PAR_START));
  assert_out(&lab, &UPLINK, &PAA, PRY("005c") PAC_INFORMATION RELAYED("0028") PAR_START);
  node_destroy(lab.node);
}

static void what_is_in_pry_goes_down(void **state) {
  (void)state;
  struct lab lab;
  lab_init(&lab);
  assert_true(
      lab_pass_hex(&lab, &PAA, &UPLINK, PRY("005c") PAC_INFORMATION RELAYED("0028") PAR_START));
  assert_out(&lab, &PRE, &PAC, PAR_START);
  assert_int_equal(lab.out.serves.port, 0);
  assert_int_equal(lab.out.part, NODE_PART_REQUEST);
  node_destroy(lab.node);
}

static void ipv4_takes_six_octets(void **state) {
  (void)state;
  struct lab lab;
  lab_init(&lab);
  assert_true(lab_pass_hex(&lab, &PAC4, &PRE, PCI));
  assert_out(&lab, &UPLINK, &PAA, PRY("0038") PAC4_INFORMATION RELAYED("0010") PCI);
  assert_true(lab_pass_hex(&lab, &PAA, &UPLINK, PRY("0038") PAC4_INFORMATION RELAYED("0010") PCI));
  assert_out(&lab, &PRE, &PAC4, PCI);
  node_destroy(lab.node);
}

/* Behind the length that the message has, there may be what UDP padded. */
static void padding_is_left_behind(void **state) {
  (void)state;
  struct lab lab;
  lab_init(&lab);
  assert_true(lab_pass_hex(&lab, &PAC, &PRE, PCI "000000"));
  assert_out(&lab, &UPLINK, &PAA, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI);
  node_destroy(lab.node);
}

/* Where the rows of what comes are known, they go on with it. */
static void rows_go_along(void **state) {
  (void)state;
  struct lab lab;
  const struct hex start = hex(PAR_START);
  const struct span_list rows = {
      .item = {{ROW_PANA_HEADER, 16}, {ROW_PANA_PRF_ALGORITHM, 12}, {ROW_PANA_NONCE, 12}},
      .count = 3};
  lab_init(&lab);
  assert_true(lab_pass(&lab, &PAC, &PRE, start.octets, start.length, &rows));
  assert_int_equal(lab.out.spans.count, 6);
  assert_int_equal(lab.out.spans.item[0].row, ROW_PANA_HEADER);
  assert_int_equal(lab.out.spans.item[1].row, ROW_PANA_PAC_INFORMATION);
  assert_int_equal(lab.out.spans.item[1].length, 28);
  assert_int_equal(lab.out.spans.item[2].row, ROW_PANA_RELAYED_MESSAGE);
  assert_int_equal(lab.out.spans.item[2].length, 8);
  assert_memory_equal(&lab.out.spans.item[3], rows.item, 3 * sizeof rows.item[0]);
  const struct span_list up = lab.out.spans;
  uint8_t octets[200];
  const size_t length = lab.out.length;
  memcpy(octets, lab.out.data, length);
  assert_true(lab_pass(&lab, &PAA, &UPLINK, octets, length, &up));
  assert_int_equal(lab.out.spans.count, rows.count);
  assert_memory_equal(lab.out.spans.item, rows.item, 3 * sizeof rows.item[0]);
  node_destroy(lab.node);
}

/* What went before has no bearing on what comes: a new node does the same. */
static void nothing_is_kept(void **state) {
  (void)state;
  struct lab lab, fresh;
  struct digest before, after;
  lab_init(&lab);
  digest_init(&before);
  assert_true(node_digest(lab.node, &before, 0));
  for (size_t i = 0; i < 3; i++) {
    assert_true(lab_pass_hex(&lab, &PAC4, &PRE, PAR_START));
    assert_false(lab_pass_hex(&lab, &PAC, &PRE, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI));
    assert_true(
        lab_pass_hex(&lab, &PAA, &UPLINK, PRY("005c") PAC_INFORMATION RELAYED("0028") PAR_START));
  }
  digest_init(&after);
  assert_true(node_digest(lab.node, &after, NODE_SECOND));
  assert_memory_equal(&before, &after, sizeof before);
  lab_init(&fresh);
  assert_true(lab_pass_hex(&lab, &PAC, &PRE, PCI));
  assert_true(lab_pass_hex(&fresh, &PAC, &PRE, PCI));
  assert_int_equal(lab.out.length, fresh.out.length);
  assert_memory_equal(lab.out.data, fresh.out.data, lab.out.length);
  node_destroy(lab.node);
  node_destroy(fresh.node);
}

static void what_is_no_message_is_dropped(void **state) {
  (void)state;
  static const struct {
    const struct node_address *from, *to;
    const char *octets, *why;
  } rows[] = {
      {&PAC, &PRE, "", "shorter than a PANA header"},
      {&PAC, &PRE, "0000 0014 0000 0001 00000000 00000000", "PANA Message Length is wrong"},
      {&PAC, &PRE, "0000 0010 0000 0009 00000000 00000000", "PANA type and flags of no message"},
      {&PAC, &PRE, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI, "PANA PRY of a PaC"},
      {&PAA, &PRE, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI, "PANA PRY of a PaC"},
      {&PAC, &UPLINK, PRY("0044") PAC_INFORMATION RELAYED("0010") PCI, "PANA PRY not of the PAA"},
      {&PAC, &UPLINK, PCI, "PANA PRY not of the PAA"},
      {&PAA, &UPLINK, PCI, "PANA message of no relay"},
      {&PAA, &UPLINK, "0000 0044 0000 0005 00000001 00000000" PAC_INFORMATION RELAYED("0010") PCI,
       "PANA PRY has a session or a number"},
      {&PAA, &UPLINK, "0000 0044 0000 0005 00000000 00000001" PAC_INFORMATION RELAYED("0010") PCI,
       "PANA PRY has a session or a number"},
      {&PAA, &UPLINK, "0000 0044 8000 0005 00000000 00000000" PAC_INFORMATION RELAYED("0010") PCI,
       "PANA type and flags of no message"},
      {&PAA, &UPLINK, PRY("002c") PAC_INFORMATION, "PANA message lacks an AVP"},
      {&PAA, &UPLINK, PRY("0028") RELAYED("0010") PCI, "PANA message lacks an AVP"},
      {&PAA, &UPLINK, PRY("0060") PAC_INFORMATION PAC_INFORMATION RELAYED("0010") PCI,
       "PANA AVP comes twice"},
      {&PAA, &UPLINK,
       PRY("003c") "000a 0000 000c 0000 fe8000000000000000000003" RELAYED("0010") PCI,
       "PANA PaC-Information names no host"},
      {&PAA, &UPLINK, PRY("0038") "000a 0000 0006 0000 c0000209 0000 0000" RELAYED("0010") PCI,
       "PANA PaC-Information names no host"},
      {&PAA, &UPLINK, PRY("0038") "000a 0000 0006 0000 e0000001 c350 0000" RELAYED("0010") PCI,
       "PANA PaC-Information names no host"},
      {&PAA, &UPLINK,
       PRY("0044") "000a 0000 0012 0000 ff020000000000000000000000000001 c350 0000" RELAYED("0010")
           PCI,
       "PANA PaC-Information names no host"},
      {&PAA, &UPLINK,
       PRY("0044") "000a 0000 0012 0000 00000000000000000000000000000000 c350 0000" RELAYED("0010")
           PCI,
       "PANA PaC-Information names no host"},
      {&PAA, &UPLINK, PRY("0048") PAC_INFORMATION RELAYED("0014") PCI "00000000",
       "PANA Relayed-Message is not one message"},
      {&PAA, &UPLINK,
       PRY("0044") PAC_INFORMATION RELAYED("0010") "0000 0010 0000 0009 00000000 00000000",
       "PANA type and flags of no message"},
      {&PAA, &UPLINK,
       PRY("0078") PAC_INFORMATION RELAYED("0044") PRY("0044") PAC_INFORMATION RELAYED("0010") PCI,
       "PANA PRY in PANA PRY"},
  };
  struct lab lab;
  lab_init(&lab);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    assert_false(lab_pass_hex(&lab, rows[i].from, rows[i].to, rows[i].octets));
    assert_int_equal(lab.told, i + 1);
    assert_string_equal(lab.why, rows[i].why);
  }
  assert_true(lab_pass_hex(&lab, &PAC, &PRE, PCI));
  node_destroy(lab.node);
}

/* Every message cut off anywhere: dropped, without a read beyond it. */
static void what_is_cut_off_is_dropped(void **state) {
  (void)state;
  struct lab lab;
  const struct hex pry = hex(PRY("005c") PAC_INFORMATION RELAYED("0028") PAR_START);
  const struct hex start = hex(PAR_START);
  lab_init(&lab);
  for (size_t length = 0; length < pry.length; length++)
    assert_false(lab_pass(&lab, &PAA, &UPLINK, pry.octets, length, NULL));
  for (size_t length = 0; length < start.length; length++)
    assert_false(lab_pass(&lab, &PAC, &PRE, start.octets, length, NULL));
  node_destroy(lab.node);
}

/* The longest that fits, and those that do not. */
static void what_does_not_fit_is_dropped(void **state) {
  (void)state;
  static const uint8_t zeros[EAP_PACKET_MAX];
  const struct span_list rows = {.item = {{ROW_EAP_HEADER, EAP_PACKET_MAX}}, .count = 1};
  struct lab lab;
  uint8_t octets[NODE_DATAGRAM_MAX];
  size_t fitted = 0, dropped = 0;
  lab_init(&lab);
  for (size_t nonce = PANA_NONCE_MIN; nonce <= PANA_NONCE_MAX; nonce += 4) {
    struct span_writer out;
    span_writer_init(&out, octets, sizeof octets, NULL);
    pana_write_header(&out, PANA_PAR, 1, 2);
    pana_write_avp(&out, PANA_AVP_NONCE, zeros, nonce);
    pana_write_inner(&out, PANA_AVP_EAP_PAYLOAD, zeros, EAP_PACKET_MAX, &rows);
    if (pana_write_end(&out) < 0)
      break;
    const bool fits = out.length + PANA_RELAY_OVERHEAD <= NODE_DATAGRAM_MAX;
    assert_int_equal(lab_pass(&lab, &PAC, &PRE, octets, out.length, NULL), fits);
    if (!fits)
      assert_string_equal(lab.why, "too long for PANA PRY");
    *(fits ? &fitted : &dropped) += 1;
  }
  assert_true(fitted > 0 && dropped > 0);
  node_destroy(lab.node);
}

static void the_paa_wraps_as_the_relay_opens(void **state) {
  (void)state;
  struct lab lab;
  uint8_t octets[200];
  const struct hex start = hex(PAR_START);
  struct node_datagram datagram = {.source = PAA, .data = octets, .capacity = sizeof octets};
  lab_init(&lab);
  memcpy(octets, start.octets, start.length);
  datagram.length = start.length;
  assert_int_equal(pana_relay_wrap(&datagram, &PAC, &UPLINK), 0);
  assert_true(node_address_equal(&datagram.destination, &UPLINK));
  assert_true(node_address_equal(&datagram.serves, &PAC));
  assert_true(lab_pass(&lab, &PAA, &UPLINK, octets, datagram.length, &datagram.spans));
  assert_out(&lab, &PRE, &PAC, PAR_START);
  datagram.capacity = datagram.length;
  assert_int_equal(pana_relay_wrap(&datagram, &PAC, &UPLINK), NODE_ERR_TOO_LONG);
  node_destroy(lab.node);
}

static void configurations_that_cannot_be_are_refused(void **state) {
  (void)state;
  const struct lower_relay_config rows[] = {
      {PRE, {{0xfd, [15] = 2}, PANA_PORT}, PAA},
      {{{0xfe, 0x80, [15] = 2}, 0}, UPLINK, PAA},
      {PRE, {{0xfd, [15] = 2}, 0}, PAA},
      {PRE, UPLINK, {{0xfd, [15] = 1}, 0}},
      {PRE, UPLINK, {{0xff, 2, [15] = 1}, PANA_PORT}},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    assert_null(pana_relay_create(&rows[i], NULL));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(messages_of_a_pac_go_up_in_pry),
      cmocka_unit_test(what_is_in_pry_goes_down),
      cmocka_unit_test(ipv4_takes_six_octets),
      cmocka_unit_test(padding_is_left_behind),
      cmocka_unit_test(rows_go_along),
      cmocka_unit_test(nothing_is_kept),
      cmocka_unit_test(what_is_no_message_is_dropped),
      cmocka_unit_test(what_is_cut_off_is_dropped),
      cmocka_unit_test(what_does_not_fit_is_dropped),
      cmocka_unit_test(the_paa_wraps_as_the_relay_opens),
      cmocka_unit_test(configurations_that_cannot_be_are_refused),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
