/* A buffer that doubles. */
#include "bytes.h"

#include "support/memory.h"

#include <stdlib.h>
#include <string.h>

void bytes_append(struct bytes *bytes, const void *data, size_t length) {
  if (length == 0)
    return;
  if (bytes->length + length > bytes->capacity) {
    bytes->capacity = 2 * (bytes->length + length);
    bytes->data = memory_resize(bytes->data, bytes->capacity, 1);
  }
  memcpy(bytes->data + bytes->length, data, length);
  bytes->length += length;
}

void bytes_deinit(struct bytes *bytes) {
  free(bytes->data);
  *bytes = (struct bytes){0};
}
