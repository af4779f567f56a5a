/* Octets written as hexadecimal text, for tables of test vectors. Include after cmocka.h. */
#ifndef NODES_TESTS_HEX_H
#define NODES_TESTS_HEX_H

#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum { HEX_OCTETS_MAX = 1280 };

struct hex {
  uint8_t octets[HEX_OCTETS_MAX];
  size_t length;
};

/* Spaces are skipped; anything else that is no hexadecimal fails the test. */
static inline struct hex hex(const char *text) {
  struct hex result = {.length = 0};
  while (*text != '\0') {
    unsigned value;
    int used = 0;
    if (*text == ' ') {
      text++;
      continue;
    }
    assert_int_equal(sscanf(text, "%2x%n", &value, &used), 1);
    assert_int_equal(used, 2);
    assert_true(result.length < sizeof result.octets);
    result.octets[result.length++] = (uint8_t)value;
    text += used;
  }
  return result;
}

static inline void assert_hex_equal(const uint8_t *octets, size_t length, const char *text) {
  const struct hex expected = hex(text);
  assert_int_equal(length, expected.length);
  assert_memory_equal(octets, expected.octets, length);
}

#endif
