/* The next hop of each node: by hops, or by expected transmissions. */
#include "mesh.h"

#include "support/memory.h"

#include <math.h>
#include <stdlib.h>

/* By hops */

static bool mesh_is_two_way(const struct mesh *mesh, const struct mesh_link *link) {
  return isfinite(mesh_link_etx(mesh, link));
}

size_t mesh_hops(const struct mesh *mesh, size_t *hops, size_t *order) {
  size_t reached = 0;
  for (size_t i = 0; i < mesh->count; i++)
    hops[i] = SIZE_MAX;
  hops[mesh->root] = 0;
  order[reached++] = mesh->root;
  for (size_t i = 0; i < reached; i++)
    for (size_t j = mesh->first[order[i]]; j < mesh->first[order[i] + 1]; j++) {
      const struct mesh_link *link = &mesh->links[j];
      if (hops[link->to] != SIZE_MAX || !mesh_is_two_way(mesh, link))
        continue;
      hops[link->to] = hops[order[i]] + 1;
      order[reached++] = link->to;
    }
  return reached;
}

struct choice {
  size_t parent;
  double etx;
  size_t children;
};

static bool choice_is_better(const struct choice *a, const struct choice *b) {
  return a->etx < b->etx || (a->etx <= b->etx && a->children < b->children);
}

static size_t choose_parent(const struct mesh *mesh, const size_t *hops, const size_t *children,
                            size_t node) {
  struct choice best = {.etx = (double)INFINITY};
  for (size_t i = mesh->first[node]; i < mesh->first[node + 1]; i++) {
    const size_t other = mesh->links[i].to;
    const struct choice choice = {other, mesh_link_etx(mesh, &mesh->links[i]), children[other]};
    if (hops[other] + 1 == hops[node] && choice_is_better(&choice, &best))
      best = choice;
  }
  return best.parent;
}

void mesh_parents_by_hops(const struct mesh *mesh, size_t *parents) {
  size_t *hops = memory_get(mesh->count, sizeof *hops);
  size_t *order = memory_get(mesh->count, sizeof *order);
  size_t *children = memory_get(mesh->count, sizeof *children);
  const size_t reached = mesh_hops(mesh, hops, order);
  for (size_t i = 1; i < reached; i++) {
    parents[order[i]] = choose_parent(mesh, hops, children, order[i]);
    children[parents[order[i]]]++;
  }
  free(hops);
  free(order);
  free(children);
}

/* By expected transmissions: Dijkstra's algorithm, whose queue is a heap that may hold a node more
 * than once. */

struct queued {
  double etx; /* over the way to the root */
  size_t hops;
  size_t node;
};

struct queue {
  struct queued *item;
  size_t count, most; /* `most`: ever held, as memory_grow counts */
};

static bool queued_before(const struct queued *a, const struct queued *b) {
  if (a->etx < b->etx || a->etx > b->etx)
    return a->etx < b->etx;
  return a->hops != b->hops ? a->hops < b->hops : a->node < b->node;
}

static void queue_swap(struct queue *queue, size_t a, size_t b) {
  const struct queued kept = queue->item[a];
  queue->item[a] = queue->item[b];
  queue->item[b] = kept;
}

static void queue_put(struct queue *queue, struct queued item) {
  if (queue->count == queue->most)
    queue->item = memory_grow(queue->item, queue->most++, sizeof *queue->item);
  size_t at = queue->count++;
  queue->item[at] = item;
  for (; at > 0 && queued_before(&queue->item[at], &queue->item[(at - 1) / 2]); at = (at - 1) / 2)
    queue_swap(queue, at, (at - 1) / 2);
}

static struct queued queue_take(struct queue *queue) {
  const struct queued first = queue->item[0];
  queue->item[0] = queue->item[--queue->count];
  for (size_t at = 0, least = 0;; at = least) {
    for (size_t child = 2 * at + 1; child <= 2 * at + 2 && child < queue->count; child++)
      if (queued_before(&queue->item[child], &queue->item[least]))
        least = child;
    if (least == at)
      return first;
    queue_swap(queue, at, least);
  }
}

/* What is known of a node. */
struct reach {
  double etx;
  size_t hops;
  bool settled;
};

static void reach_neighbours(const struct mesh *mesh, size_t node, struct reach *reach,
                             size_t *parents, struct queue *queue) {
  for (size_t i = mesh->first[node]; i < mesh->first[node + 1]; i++) {
    const size_t other = mesh->links[i].to;
    const struct queued way = {.etx = reach[node].etx + mesh_link_etx(mesh, &mesh->links[i]),
                               .hops = reach[node].hops + 1,
                               .node = other};
    const struct queued known = {reach[other].etx, reach[other].hops, other};
    if (reach[other].settled || !isfinite(way.etx) || !queued_before(&way, &known))
      continue;
    reach[other].etx = way.etx;
    reach[other].hops = way.hops;
    parents[other] = node;
    queue_put(queue, way);
  }
}

void mesh_parents_by_etx(const struct mesh *mesh, size_t *parents) {
  struct reach *reach = memory_get(mesh->count, sizeof *reach);
  struct queue queue = {0};
  for (size_t i = 0; i < mesh->count; i++)
    reach[i].etx = i == mesh->root ? 0 : (double)INFINITY;
  queue_put(&queue, (struct queued){.node = mesh->root});
  while (queue.count > 0) {
    const size_t node = queue_take(&queue).node;
    if (reach[node].settled)
      continue;
    reach[node].settled = true;
    reach_neighbours(mesh, node, reach, parents, &queue);
  }
  free(queue.item);
  free(reach);
}
