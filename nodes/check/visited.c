/* A hash table with open addressing. */
#include "visited.h"

#include <stdlib.h>

struct visited_entry {
  uint64_t high, low;
  unsigned budget; /* plus 1; 0: free */
};

enum { CAPACITY_MIN = 1 << 12 };

static struct visited_entry *visited_find(const struct visited *visited, uint64_t high,
                                          uint64_t low) {
  size_t at = (size_t)low & (visited->capacity - 1);
  while (visited->entries[at].budget != 0 &&
         (visited->entries[at].high != high || visited->entries[at].low != low))
    at = (at + 1) & (visited->capacity - 1);
  return &visited->entries[at];
}

static void grow(struct visited *visited) {
  const struct visited old = *visited;
  visited->capacity = old.capacity == 0 ? CAPACITY_MIN : 2 * old.capacity;
  visited->entries = calloc(visited->capacity, sizeof *visited->entries);
  if (visited->entries == NULL)
    abort();
  for (size_t i = 0; i < old.capacity; i++)
    if (old.entries[i].budget != 0)
      *visited_find(visited, old.entries[i].high, old.entries[i].low) = old.entries[i];
  free(old.entries);
}

bool visited_enter(struct visited *visited, const struct digest *digest, unsigned budget) {
  if (2 * visited->count >= visited->capacity)
    grow(visited);
  struct visited_entry *entry = visited_find(visited, digest->high, digest->low);
  if (entry->budget > budget)
    return false;
  if (entry->budget == 0)
    visited->count++;
  *entry = (struct visited_entry){digest->high, digest->low, budget + 1};
  return true;
}

void visited_clear(struct visited *visited) {
  free(visited->entries);
  *visited = (struct visited){0};
}
