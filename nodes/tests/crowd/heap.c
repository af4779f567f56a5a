/* Counts what is allocated. */
#include "heap.h"

#include <malloc.h>

static struct {
  bool is_short;
  unsigned owner;
  size_t now[HEAP_OWNERS], peak[HEAP_OWNERS];
} heap;

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *old, size_t size);
void __wrap_free(void *block);

void heap_owner(unsigned owner) {
  heap.owner = owner;
}

size_t heap_octets(unsigned owner) {
  return heap.now[owner];
}

size_t heap_octets_peak(unsigned owner) {
  return heap.peak[owner];
}

void heap_reset(void) {
  for (size_t i = 0; i < HEAP_OWNERS; i++)
    heap.now[i] = heap.peak[i] = 0;
}

void heap_is_short(bool is_short) {
  heap.is_short = is_short;
}

static void *heap_add(void *block) {
  size_t *now = &heap.now[heap.owner], *peak = &heap.peak[heap.owner];
  *now += block == NULL ? 0 : malloc_usable_size(block);
  *peak = *now > *peak ? *now : *peak;
  return block;
}

static void heap_take_out(void *block) {
  heap.now[heap.owner] -= block == NULL ? 0 : malloc_usable_size(block);
}

void *__wrap_malloc(size_t size) {
  return heap.is_short ? NULL : heap_add(__real_malloc(size));
}

void *__wrap_calloc(size_t count, size_t size) {
  return heap.is_short ? NULL : heap_add(__real_calloc(count, size));
}

void *__wrap_realloc(void *old, size_t size) {
  if (heap.is_short)
    return NULL;
  heap_take_out(old);
  return heap_add(__real_realloc(old, size));
}

void __wrap_free(void *block) {
  heap_take_out(block);
  __real_free(block);
}
