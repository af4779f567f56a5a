/* The order of a ladder's nodes. */
#include "ladder_columns.h"
#include "support/memory.h"

#include <stdint.h>
#include <stdlib.h>

/* Shortens the way to `to` if it leads over `from`. */
static bool shorten(size_t *distance, size_t from, size_t to) {
  if (distance[from] == SIZE_MAX || distance[to] <= distance[from] + 1)
    return false;
  distance[to] = distance[from] + 1;
  return true;
}

/* In messages from the nearest peer; SIZE_MAX where none leads to. */
static size_t *find_distances(const struct ladder *ladder) {
  size_t *distance = memory_get(ladder->node_count, sizeof *distance);
  for (size_t i = 0; i < ladder->node_count; i++)
    distance[i] = ladder->node[i].is_peer ? 0 : SIZE_MAX;
  for (bool again = true; again;) {
    again = false;
    for (size_t i = 0; i < ladder->count; i++) {
      const struct ladder_item *item = &ladder->item[i];
      again = shorten(distance, item->from, item->to) || again;
      again = shorten(distance, item->to, item->from) || again;
    }
  }
  return distance;
}

void ladder_columns_order(struct ladder *ladder) {
  size_t count = ladder->node_count, *distance = find_distances(ladder);
  struct ladder_node *ordered = memory_get(count, sizeof *ordered);
  size_t *place = memory_get(count, sizeof *place);
  for (size_t i = 0; i < count; i++) {
    for (size_t j = 0; j < count; j++)
      place[i] += distance[j] < distance[i] || (distance[j] == distance[i] && j < i);
    ordered[place[i]] = ladder->node[i];
  }
  for (size_t i = 0; i < ladder->count; i++) {
    ladder->item[i].from = place[ladder->item[i].from];
    ladder->item[i].to = place[ladder->item[i].to];
  }
  free(ladder->node);
  ladder->node = ordered;
  free(place);
  free(distance);
}

const char *ladder_columns_direction(const struct ladder *ladder, const struct ladder_item *item) {
  bool from_peer = ladder->node[item->from].is_peer, to_peer = ladder->node[item->to].is_peer;
  bool up = from_peer == to_peer ? item->to > item->from : from_peer;
  return up ? "up" : "down";
}
