/* What fuzz targets share. */
#include "fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PART_HEAD = 2 };

bool fuzz_accepted;

void fuzz_claim(bool holds, const char *what) {
  if (holds)
    return;
  fprintf(stderr, "does not hold: %s\n", what);
  abort();
}

uint8_t *fuzz_part_next(struct fuzz_parts *parts, size_t *length) {
  if (parts->left < PART_HEAD)
    return NULL;
  const size_t stated = (size_t)parts->data[0] << 8 | parts->data[1];
  const size_t left = parts->left - PART_HEAD;
  *length = stated < left ? stated : left;
  uint8_t *part = malloc(*length > 0 ? *length : 1);
  if (part == NULL)
    abort();
  memcpy(part, parts->data + PART_HEAD, *length);
  parts->data += PART_HEAD + *length;
  parts->left = left - *length;
  return part;
}

void fuzz_input_put(struct fuzz_input *input, const void *octets, size_t length) {
  fuzz_claim(length <= FUZZ_INPUT_MAX - input->size, "a seed has room");
  memcpy(input->data + input->size, octets, length);
  input->size += length;
}

void fuzz_input_put_part(struct fuzz_input *input, const void *octets, size_t length) {
  const uint8_t head[PART_HEAD] = {(uint8_t)(length >> 8), (uint8_t)length};
  fuzz_input_put(input, head, sizeof head);
  fuzz_input_put(input, octets, length);
}
