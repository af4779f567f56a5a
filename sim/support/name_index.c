/* Names in a table of the nodes', whose hash needs no secret here: nobody sends them. */
#include "name_index.h"

#include "memory.h"
#include "table.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

struct name_entry {
  struct table_item item;
  const uint8_t *name;
  size_t length;
  size_t number;
};

struct name_index {
  struct table table;
  struct name_entry *entries;
  size_t used, capacity;
};

struct name_index *name_index_create(size_t count) {
  static const struct hash_key no_secret;
  struct name_index *index = memory_get(1, sizeof *index);
  index->capacity = count;
  index->entries = memory_get(count, sizeof *index->entries);
  if (!table_init(&index->table, count, &no_secret))
    abort();
  return index;
}

void name_index_destroy(struct name_index *index) {
  if (index == NULL)
    return;
  table_deinit(&index->table);
  free(index->entries);
  free(index);
}

static const struct name_entry *name_entry_of(const struct name_index *index, const uint8_t *name,
                                              size_t length) {
  const struct name_entry *entry = table_first(&index->table, name, length);
  while (entry != NULL && (entry->length != length || memcmp(entry->name, name, length) != 0))
    entry = table_next(&entry->item);
  return entry;
}

void name_index_add(struct name_index *index, const uint8_t *name, size_t length, size_t number) {
  if (name_entry_of(index, name, length) != NULL)
    return;
  assert(index->used < index->capacity);
  struct name_entry *entry = &index->entries[index->used++];
  entry->name = name;
  entry->length = length;
  entry->number = number;
  table_add(&index->table, &entry->item, entry, name, length);
}

bool name_index_find(const struct name_index *index, const uint8_t *name, size_t length,
                     size_t *number) {
  const struct name_entry *entry = name_entry_of(index, name, length);
  if (entry != NULL)
    *number = entry->number;
  return entry != NULL;
}
