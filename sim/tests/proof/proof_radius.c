/* RADIUS, parsed apart from nodes/: of what devices say to each other over the air. */
#include "proof_radius.h"

#include <string.h>

enum {
  HEADER = 20,
  ATTRIBUTE = 2, /* type and length */
  CHALLENGE = 11,
  EAP_MESSAGE = 79,
};

bool proof_radius_is(const uint8_t *data, size_t length) {
  return length >= HEADER && data[0] >= 1 && data[0] <= CHALLENGE;
}

bool proof_radius_rows(const uint8_t *data, size_t length, struct proof_spans *spans) {
  size_t at = HEADER;
  if ((size_t)(data[2] << 8 | data[3]) != length)
    return false;
  proof_spans_add(spans, "radius_header", HEADER);
  while (at < length) {
    if (length - at < ATTRIBUTE || data[at + 1] < ATTRIBUTE || data[at + 1] > length - at)
      return false;
    const bool eap = data[at] == EAP_MESSAGE;
    const size_t size = data[at + 1];
    proof_spans_add(spans, "radius_attributes", eap ? ATTRIBUTE : size);
    proof_spans_add(spans, "radius_eap", eap ? size - ATTRIBUTE : 0);
    at += size;
  }
  return true;
}

size_t proof_radius_sum(const struct proof_spans *spans, const char *row) {
  size_t sum = 0;
  for (size_t i = 0; i < spans->count; i++)
    sum += strcmp(spans->item[i].row, row) == 0 ? spans->item[i].length : 0;
  return sum;
}
