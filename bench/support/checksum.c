/* FNV-1a, 64 bits. */
#include "checksum.h"

#include <inttypes.h>
#include <stdio.h>

static const uint64_t PRIME = UINT64_C(1099511628211);

uint64_t checksum_begin(void) {
  return UINT64_C(14695981039346656037);
}

uint64_t checksum_add(uint64_t sum, const void *data, size_t length) {
  const unsigned char *octets = data;
  for (size_t i = 0; i < length; i++)
    sum = (sum ^ octets[i]) * PRIME;
  for (uint64_t rest = length, i = 0; i < sizeof rest; i++, rest >>= 8)
    sum = (sum ^ (rest & 0xff)) * PRIME;
  return sum;
}

void checksum_print(uint64_t sum, char text[CHECKSUM_TEXT]) {
  snprintf(text, CHECKSUM_TEXT, "%016" PRIx64, sum);
}
