/* Dissection of frames, by hand-made headers. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "account/frame.h"

enum { FRAME_MAX = 127 };

#define SHORT "\x61\x98\x07\xcd\xab\x02\x00\x01\x00" /* data, acknowledge, intra-PAN, 16-bit */
#define COMMAND "\x63\x88\x07\xcd\xab\x02\x00\x01\x00"
#define FCS "\x00\x00"

static const struct {
  const char *octets;
  size_t length;
  bool known;
  struct frame frame;
} cases[] = {
    {"\x02\x00\x2a" FCS,
     5,
     true,
     {.acknowledgement = true,
      .sequence = 42,
      .destination = FRAME_NO_ADDRESS,
      .mac_header = 3,
      .fcs = 2}},
    /* with the frame pending bit */
    {"\x12\x00\x2a" FCS,
     5,
     true,
     {.acknowledgement = true,
      .sequence = 42,
      .destination = FRAME_NO_ADDRESS,
      .mac_header = 3,
      .fcs = 2}},
    /* a data request; another command, and a data request with something behind it */
    {COMMAND "\x04" FCS,
     12,
     true,
     {.data_request = true, .sequence = 7, .destination = 2, .mac_header = 10, .fcs = 2}},
    {COMMAND "\x07" FCS, 12, false, {.sequence = 7, .destination = 2, .payload = 10, .fcs = 2}},
    {COMMAND "\x04\x00" FCS, 13, false, {.sequence = 7, .destination = 2, .payload = 11, .fcs = 2}},
    /* IPHC: TF elided, NH compressed, HLIM 64; both addresses elided by contexts; UDP 61616-61631
     */
    {SHORT "\x7e\x77\xf3\x12\xaa\xbb"
           "data" FCS,
     9 + 2 + 4 + 4 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .ipv6 = 2,
      .udp = 4,
      .payload = 4,
      .fcs = 2}},
    /* as the simulated network sends: ports in line */
    {SHORT "\x7e\x77\xf0\x16\x33\x16\x33\xaa\xbb"
           "x" FCS,
     9 + 2 + 7 + 1 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .ipv6 = 2,
      .udp = 7,
      .payload = 1,
      .fcs = 2}},
    /* HLIM in line, addresses of 16 bits in line, with a context octet */
    {SHORT "\x7c\xe6\x00\x3f\x00\x01\x00\x04\xf0\x16\x33\x16\x33\xaa\xbb"
           "x" FCS,
     9 + 8 + 7 + 1 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .ipv6 = 8,
      .udp = 7,
      .payload = 1,
      .fcs = 2}},
    /* first and further fragment */
    {SHORT "\xc0\xc8\x00\x05"
           "\x7e\x77\xf0\x16\x33\x16\x33\xaa\xbb"
           "xy" FCS,
     9 + 4 + 9 + 2 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .fragment_header = 4,
      .ipv6 = 2,
      .udp = 7,
      .payload = 2,
      .fcs = 2}},
    {SHORT "\xe0\xc8\x00\x05\x0c"
           "xyz" FCS,
     9 + 5 + 3 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .fragment_header = 5,
      .payload = 3,
      .fcs = 2}},
    /* the next header in line: ESP, */
    {SHORT "\x7a\x77\x32"
           "\xc0\xff\xee\x01"
           "esp" FCS,
     9 + 3 + 7 + 2,
     true,
     {.sequence = 7, .destination = 2, .mac_header = 9, .ipv6 = 3, .payload = 7, .fcs = 2}},
    /* in a first fragment, behind contexts and traffic class, before HLIM and a whole address, */
    {SHORT "\xc0\xc8\x00\x05"
           "\x70\xf0\x10\x01\x32\x3f"
           "0123456789abcdef"
           "esp" FCS,
     9 + 4 + 22 + 3 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .fragment_header = 4,
      .ipv6 = 22,
      .payload = 3,
      .fcs = 2}},
    /* UDP with its whole header, behind contexts, or with less of it, */
    {SHORT "\x7a\xf7\x10\x11"
           "\x16\x33\x16\x33\x00\x09\xaa\xbb"
           "x" FCS,
     9 + 4 + 8 + 1 + 2,
     true,
     {.sequence = 7,
      .destination = 2,
      .mac_header = 9,
      .ipv6 = 4,
      .udp = 8,
      .payload = 1,
      .fcs = 2}},
    {SHORT "\x7a\x77\x11"
           "\x16\x33\x16\x33\x00\x09\xaa" FCS,
     9 + 3 + 7 + 2,
     false,
     {.sequence = 7, .destination = 2, .mac_header = 9, .payload = 10, .fcs = 2}},
    /* or nothing at all */
    {SHORT "\x7a\x77\x32" FCS,
     9 + 3 + 2,
     false,
     {.sequence = 7, .destination = 2, .mac_header = 9, .payload = 3, .fcs = 2}},
    /* 64-bit addresses, two PAN identifiers */
    {"\x21\xdc\x01\xcd\xab"
     "12345678"
     "\xcd\xab"
     "87654321"
     "\x7e\x77\xf3\x12\xaa\xbb"
     "d" FCS,
     23 + 2 + 4 + 1 + 2,
     true,
     {.sequence = 1,
      .destination = FRAME_NO_ADDRESS,
      .mac_header = 23,
      .ipv6 = 2,
      .udp = 4,
      .payload = 1,
      .fcs = 2}},
    /* no 6LoWPAN; a beacon */
    {SHORT "\x00\x01\x02" FCS,
     9 + 3 + 2,
     false,
     {.sequence = 7, .destination = 2, .mac_header = 9, .payload = 3, .fcs = 2}},
    {"\x00\x80\x01\xcd\xab\x01\x00" FCS,
     9,
     false,
     {.sequence = 1, .destination = FRAME_NO_ADDRESS, .payload = 7, .fcs = 2}},
};

static void test_cases(void **state) {
  (void)state;
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct frame frame;
    assert_int_equal(frame_dissect((const uint8_t *)cases[i].octets, cases[i].length, &frame),
                     cases[i].known);
    assert_int_equal(frame.acknowledgement, cases[i].frame.acknowledgement);
    assert_int_equal(frame.sequence, cases[i].frame.sequence);
    assert_int_equal(frame.destination, cases[i].frame.destination);
    assert_int_equal(frame.mac_header, cases[i].frame.mac_header);
    assert_int_equal(frame.fragment_header, cases[i].frame.fragment_header);
    assert_int_equal(frame.ipv6, cases[i].frame.ipv6);
    assert_int_equal(frame.udp, cases[i].frame.udp);
    assert_int_equal(frame.payload, cases[i].frame.payload);
    assert_int_equal(frame.fcs, cases[i].frame.fcs);
  }
}

/* The parts sum to the whole, and nothing is read beyond it, whatever the octets. */
static void test_truncated_and_random(void **state) {
  (void)state;
  uint32_t random = 1;
  for (size_t round = 0; round < 20000; round++) {
    const size_t i = round % (sizeof cases / sizeof cases[0]);
    const size_t length = round % 3 == 0 ? round / 3 % (cases[i].length + 1) : cases[i].length;
    uint8_t *octets = malloc(length + 1);
    memcpy(octets, cases[i].octets, length);
    octets = realloc(octets, length == 0 ? 1 : length);
    for (size_t j = 0; j < length && round >= 1000; j++) {
      random = random * 1103515245 + 12345;
      if (random >> 28 == 0)
        octets[j] = (uint8_t)(random >> 16);
    }
    struct frame frame;
    (void)frame_dissect(octets, length, &frame);
    assert_int_equal(frame.mac_header + frame.fragment_header + frame.ipv6 + frame.udp +
                         frame.payload + frame.fcs,
                     length);
    free(octets);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_cases),
      cmocka_unit_test(test_truncated_and_random),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
