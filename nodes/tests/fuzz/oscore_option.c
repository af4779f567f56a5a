/* The value of the OSCORE option. */
#include "fuzz.h"

#include <string.h>

#include "oscore/oscore.h"

const unsigned FUZZ_ROUNDS = 400000;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  uint8_t again[FUZZ_INPUT_MAX];
  struct oscore_option option;
  struct span_writer out;
  if (oscore_option_parse(data, size, &option) != 0)
    return 0;
  fuzz_accepted = true;
  span_writer_init(&out, again, sizeof again, NULL);
  fuzz_claim(oscore_option_compose(&option, &out) == 0, "what was parsed is composed");
  fuzz_claim(out.length == size && memcmp(again, data, size) == 0, "there is one encoding");
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  static const struct {
    size_t size;
    uint8_t data[24];
  } seeds[] = {
      {0, {0}},
      {2, {0x09, 0x00}},                                               /* Partial IV, empty kid */
      {2, {0x01, 0x25}},                                               /* Partial IV alone */
      {13, {0x1d, 1, 2, 3, 4, 5, 4, 0x37, 0xcb, 0xf3, 0x21, 0x44, 1}}, /* kid context, kid */
      {3, {0x10, 1, 0xaa}},                                            /* kid context alone */
      {13, {0x0d, 1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 6, 7}},                /* the longest kid */
      {2, {0x08, 0x11}},
  };
  for (size_t i = 0; i < sizeof seeds / sizeof seeds[0]; i++)
    take(seeds[i].data, seeds[i].size);
}
