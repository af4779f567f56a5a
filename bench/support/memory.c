/* Allocation that does not fail. */
#include "memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *there(void *block) {
  if (block == NULL) {
    fputs("coap-eap-bench: out of memory\n", stderr);
    abort();
  }
  return block;
}

void *memory_get(size_t count, size_t size) {
  return there(calloc(count > 0 ? count : 1, size > 0 ? size : 1));
}

void *memory_resize(void *block, size_t count, size_t size) {
  return there(reallocarray(block, count > 0 ? count : 1, size));
}

char *memory_string(const char *string) {
  return string == NULL ? NULL : there(strdup(string));
}
