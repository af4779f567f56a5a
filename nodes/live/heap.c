/* Memory of settings. */
#define _GNU_SOURCE
#include "heap.h"

#include <stdlib.h>
#include <string.h>

void *heap_grow(void *list, size_t count, size_t size) {
  void *grown = reallocarray(list, count + 1, size);
  if (grown == NULL)
    abort();
  return grown;
}

char *heap_copy(const char *text, size_t length) {
  char *copy = strndup(text, length);
  if (copy == NULL)
    abort();
  return copy;
}

void heap_forget(char *text) {
  if (text != NULL)
    explicit_bzero(text, strlen(text));
  free(text);
}
