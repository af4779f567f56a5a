/* What datagrams are taken for, whole and cut short. */
#include "test.h"

#include "../hint_look.h"
#include "../../coap/message.h"

#include <stdlib.h>
#include <string.h>

enum { SEQNUM = 61 };

#define WELL_KNOWN 0xbb, '.', 'w', 'e', 'l', 'l', '-', 'k', 'n', 'o', 'w', 'n'

static const struct look_case {
  const char *what;
  uint8_t data[32];
  size_t length;
  enum hint_look look;
  uint16_t critical;
} CASES[] = {
    {"PANA PCI", {0, 0, 0, 16, 0, 0, 0, 1}, 16, HINT_LOOK_PANA, 0},
    {"PANA of another length", {0, 0, 0, 17, 0, 0, 0, 1}, 16, HINT_LOOK_ANY, 0},
    {"DTLS ClientHello", {22, 254, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 13, HINT_LOOK_DTLS, 0},
    {"POST /b", {0x50, 2, 1, 2, 0xb1, 'b'}, 6, HINT_LOOK_DRAFT, 0},
    {"GET /b", {0x50, 1, 1, 2, 0xb1, 'b'}, 6, HINT_LOOK_COAP, 0},
    {"POST /b/x", {0x50, 2, 1, 2, 0xb1, 'b', 0x01, 'x'}, 8, HINT_LOOK_COAP, 0},
    {"POST /b with SeqNum", {0x40, 2, 1, 2, 0xb1, 'b', 0xd1, 37, 7}, 9, HINT_LOOK_DRAFT, 0},
    {"POST /b with option 65003",
     {0x40, 2, 1, 2, 0xb1, 'b', 0xe1, 0xfc, 0xd3, 7},
     10,
     HINT_LOOK_CRITICAL,
     65003},
    {"POST /.well-known/coap-eap",
     {0x40, 2, 1, 2, WELL_KNOWN, 0x08, 'c', 'o', 'a', 'p', '-', 'e', 'a', 'p'},
     25,
     HINT_LOOK_RFC9820,
     0},
    {"POST /.well-known/edhoc",
     {0x40, 2, 1, 2, WELL_KNOWN, 0x05, 'e', 'd', 'h', 'o', 'c'},
     22,
     HINT_LOOK_EDHOC,
     0},
    {"OSCORE", {0x40, 2, 1, 2, 0x91, 9, 0xff, 1}, 8, HINT_LOOK_OSCORE, 0},
    {"4.00", {0x60, 0x80, 1, 2}, 4, HINT_LOOK_4_00, 0},
    {"4.01", {0x60, 0x81, 1, 2}, 4, HINT_LOOK_4_01, 0},
    {"4.02", {0x60, 0x82, 1, 2}, 4, HINT_LOOK_4_02, 0},
    {"4.04", {0x60, 0x84, 1, 2}, 4, HINT_LOOK_4_04, 0},
    {"2.04", {0x60, 0x44, 1, 2}, 4, HINT_LOOK_COAP, 0},
    {"nothing", {0}, 0, HINT_LOOK_ANY, 0},
};

enum { CASES_COUNT = sizeof CASES / sizeof CASES[0] };

/* In memory of just this length. */
static enum hint_look look(const struct look_case *tried, size_t length, uint16_t *critical) {
  uint8_t *data = malloc(length + (length == 0));
  assert_non_null(data);
  memcpy(data, tried->data, length);
  const struct node_datagram datagram = {.data = data, .length = length};
  const enum hint_look result = hint_look(&datagram, SEQNUM, critical);
  free(data);
  return result;
}

static void tells_protocols_apart(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++) {
    uint16_t critical = 0;
    print_message("%s\n", CASES[i].what);
    assert_int_equal(look(&CASES[i], CASES[i].length, &critical), CASES[i].look);
    assert_int_equal(critical, CASES[i].critical);
  }
}

/* A part of a message is never more than that message. */
static void cut_short_is_nothing_else(void **state) {
  (void)state;
  for (size_t i = 0; i < CASES_COUNT; i++)
    for (size_t length = 0; length < CASES[i].length; length++) {
      uint16_t critical = 0;
      const enum hint_look got = look(&CASES[i], length, &critical);
      assert_true(got == HINT_LOOK_ANY || got == HINT_LOOK_COAP || got == HINT_LOOK_DRAFT ||
                  got == HINT_LOOK_OSCORE);
      assert_int_equal(critical, 0);
    }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(tells_protocols_apart),
      cmocka_unit_test(cut_short_is_nothing_else),
  };
  return cmocka_run_group_tests_name("hint_look", tests, NULL, NULL);
}
