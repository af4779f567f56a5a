/* A hash table with open addressing, at most half full; hashes are FNV-1a's. */
#include "name_index.h"

#include "support/memory.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct name_entry {
  const uint8_t *name; /* NULL: free */
  size_t length;
  size_t number;
};

struct name_index {
  size_t capacity; /* a power of two */
  size_t used;
  struct name_entry *entries;
};

struct name_index *name_index_create(size_t count) {
  struct name_index *index = memory_get(1, sizeof *index);
  index->capacity = 2;
  while (index->capacity < 2 * count)
    index->capacity *= 2;
  index->entries = memory_get(index->capacity, sizeof *index->entries);
  return index;
}

void name_index_destroy(struct name_index *index) {
  if (index == NULL)
    return;
  free(index->entries);
  free(index);
}

static size_t name_hash(const uint8_t *name, size_t length) {
  uint64_t hash = UINT64_C(0xcbf29ce484222325);
  for (size_t i = 0; i < length; i++)
    hash = (hash ^ name[i]) * UINT64_C(0x100000001b3);
  return (size_t)(hash ^ (hash >> 32));
}

/* The entry of a name, or the free one where it belongs. */
static struct name_entry *name_entry_of(const struct name_index *index, const uint8_t *name,
                                        size_t length) {
  size_t at = name_hash(name, length) & (index->capacity - 1);
  while (index->entries[at].name != NULL && (index->entries[at].length != length ||
                                             memcmp(index->entries[at].name, name, length) != 0))
    at = (at + 1) & (index->capacity - 1);
  return &index->entries[at];
}

void name_index_add(struct name_index *index, const uint8_t *name, size_t length, size_t number) {
  struct name_entry *entry = name_entry_of(index, name, length);
  if (entry->name != NULL)
    return;
  assert(2 * index->used < index->capacity);
  index->used++;
  *entry = (struct name_entry){.name = name, .length = length, .number = number};
}

bool name_index_find(const struct name_index *index, const uint8_t *name, size_t length,
                     size_t *number) {
  const struct name_entry *entry = name_entry_of(index, name, length);
  *number = entry->number;
  return entry->name != NULL;
}
