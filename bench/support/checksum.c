/* FNV-1a, 64 bits. */
#include "checksum.h"

#include <endian.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

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

/* What is in the upper half comes to the lower one, from where the next product spreads it. */
static uint64_t add_word(uint64_t sum, uint64_t word) {
  sum = (sum ^ word) * PRIME;
  return sum ^ sum >> 32;
}

/* The next octets, up to eight; zeros behind their end. */
static uint64_t word_at(const unsigned char *octets, size_t left) {
  uint64_t word = 0;
  memcpy(&word, octets, left < sizeof word ? left : sizeof word);
  return le64toh(word);
}

/* Words go to one of two sums in turns, which processors compute side by side. */
uint64_t checksum_add_long(uint64_t sum, const void *data, size_t length) {
  const unsigned char *octets = data;
  uint64_t other = checksum_begin();
  size_t done = 0;
  for (; length - done >= 2 * sizeof sum; done += 2 * sizeof sum) {
    sum = add_word(sum, word_at(octets + done, sizeof sum));
    other = add_word(other, word_at(octets + done + sizeof sum, sizeof sum));
  }
  for (; done < length; done += length - done < sizeof sum ? length - done : sizeof sum)
    sum = add_word(sum, word_at(octets + done, length - done));
  return add_word(add_word(sum, other), length);
}

void checksum_print(uint64_t sum, char text[CHECKSUM_TEXT]) {
  snprintf(text, CHECKSUM_TEXT, "%016" PRIx64, sum);
}
