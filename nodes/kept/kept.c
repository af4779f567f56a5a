/* A block of rows and octets. */
#include "kept.h"

#include "../crypto/crypto.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static int kept_replace(struct kept *kept, const uint8_t *data, size_t length,
                        const struct span *spans, size_t span_count) {
  const size_t spans_size = span_count * sizeof *spans;
  assert(length <= UINT16_MAX);
  struct span *block = malloc(spans_size + length + 1);
  if (block == NULL)
    return NODE_ERR_EXHAUSTED;
  uint8_t *octets = (uint8_t *)block + spans_size;
  if (span_count > 0)
    memcpy(block, spans, spans_size);
  if (length > 0)
    memcpy(octets, data, length);
  kept_wipe(kept);
  *kept = (struct kept){.spans = block,
                        .data = octets,
                        .length = (uint16_t)length,
                        .span_count = (uint16_t)span_count};
  return 0;
}

int kept_store(struct kept *kept, const uint8_t *data, size_t length,
               const struct span_list *spans) {
  return spans == NULL ? kept_replace(kept, data, length, NULL, 0)
                       : kept_replace(kept, data, length, spans->item, spans->count);
}

int kept_copy(struct kept *kept, const struct kept *from) {
  return kept_replace(kept, from->data, from->length, from->spans, from->span_count);
}

int kept_write(const struct kept *kept, struct node_datagram *datagram) {
  if (kept->length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  if (kept->length > 0)
    memcpy(datagram->data, kept->data, kept->length);
  if (kept->span_count > 0)
    memcpy(datagram->spans.item, kept->spans, kept->span_count * sizeof *kept->spans);
  datagram->length = kept->length;
  datagram->spans.count = kept->span_count;
  return 0;
}

void kept_wipe(struct kept *kept) {
  if (kept->data != NULL)
    crypto_wipe(kept->data, kept->length);
  free(kept->spans);
  *kept = (struct kept){.spans = NULL};
}
