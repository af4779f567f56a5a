/* Allocation without failure. */
#include "memory.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

static void *memory_or_abort(void *block) {
  if (block == NULL) {
    fputs("coap-eap-sim: out of memory\n", stderr);
    abort();
  }
  return block;
}

void *memory_get(size_t count, size_t size) {
  return memory_or_abort(calloc(count, size));
}

void *memory_resize(void *block, size_t count, size_t size) {
  return memory_or_abort(realloc(block, count * size));
}

void *memory_grow(void *array, size_t count, size_t size) {
  const bool full = (count & (count - 1)) == 0;
  return full ? memory_resize(array, count == 0 ? 1 : 2 * count, size) : array;
}
