/* Blocks that are filled one after another; the first is kept. */
#include "json_arena.h"

#include <jansson.h>
#include <stdalign.h>
#include <stddef.h>
#include <stdlib.h>

enum { ARENA_BLOCK = 128 * 1024 };

struct arena_block {
  struct arena_block *previous;
  size_t used, capacity;
  alignas(max_align_t) char octets[];
};

static struct arena_block *arena_last; /* which is being filled */
static json_malloc_t arena_former_malloc;
static json_free_t arena_former_free;

static void arena_add(size_t least) {
  const size_t capacity = least > ARENA_BLOCK ? least : ARENA_BLOCK;
  struct arena_block *block = malloc(sizeof *block + capacity);
  if (block == NULL)
    abort();
  block->previous = arena_last;
  block->used = 0;
  block->capacity = capacity;
  arena_last = block;
}

static void *arena_take(size_t length) {
  const size_t whole =
      (length + alignof(max_align_t) - 1) / alignof(max_align_t) * alignof(max_align_t);
  if (whole > arena_last->capacity - arena_last->used)
    arena_add(whole);
  void *taken = arena_last->octets + arena_last->used;
  arena_last->used += whole;
  return taken;
}

static void arena_leave(void *taken) {
  (void)taken;
}

void json_arena_open(void) {
  if (arena_last == NULL)
    arena_add(0);
  json_get_alloc_funcs(&arena_former_malloc, &arena_former_free);
  json_set_alloc_funcs(arena_take, arena_leave);
}

void json_arena_close(void) {
  json_set_alloc_funcs(arena_former_malloc, arena_former_free);
  while (arena_last->previous != NULL) {
    struct arena_block *previous = arena_last->previous;
    free(arena_last);
    arena_last = previous;
  }
  arena_last->used = 0;
}
