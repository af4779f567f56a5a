/* SipHash-2-4 against the values of libcrypto's (openssl mac SIPHASH, 8 octets). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "hash.h"

/* The key is 00 01 .. 0f, the input 00 01 .. */
static void known_values(void **state) {
  (void)state;
  static const struct {
    size_t length;
    uint64_t hash;
  } table[] = {
      {0, UINT64_C(0x726fdb47dd0e0e31)},  {1, UINT64_C(0x74f839c593dc67fd)},
      {7, UINT64_C(0xab0200f58b01d137)},  {8, UINT64_C(0x93f5f5799a932462)},
      {15, UINT64_C(0xa129ca6149be45e5)}, {16, UINT64_C(0x3f2acc7f57c29bdb)},
      {35, UINT64_C(0x15e034d40fa197ae)}, {63, UINT64_C(0x958a324ceb064572)},
  };
  static const struct hash_key key = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
  uint8_t octets[64];
  for (size_t i = 0; i < sizeof octets; i++)
    octets[i] = (uint8_t)i;
  for (size_t i = 0; i < sizeof table / sizeof table[0]; i++)
    assert_true(hash_keyed(&key, octets, table[i].length) == table[i].hash);
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(known_values)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
