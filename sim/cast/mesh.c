/* Who hears whom, as lists of links; and laying a mesh out as a topology. */
#include "mesh.h"

#include "support/memory.h"
#include "topology_draw.h"

#include <math.h>
#include <stdlib.h>

/* Links */

static int mesh_link_compare(const void *a, const void *b) {
  const struct mesh_link *x = a, *y = b;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return (x->to > y->to) - (x->to < y->to);
}

void mesh_init_links(struct mesh *mesh, size_t count, size_t root, struct mesh_link *links,
                     size_t link_count) {
  *mesh = (struct mesh){.count = count,
                        .root = root,
                        .links = links,
                        .link_count = link_count,
                        .first = memory_get(count + 1, sizeof *mesh->first)};
  if (link_count > 0)
    qsort(links, link_count, sizeof *links, mesh_link_compare);
  for (size_t i = 0; i < link_count; i++)
    mesh->first[links[i].from + 1]++;
  for (size_t i = 0; i < count; i++)
    mesh->first[i + 1] += mesh->first[i];
}

void mesh_deinit(struct mesh *mesh) {
  free(mesh->positions);
  free(mesh->links);
  free(mesh->first);
}

/* NULL: there is none. */
static const struct mesh_link *mesh_find(const struct mesh *mesh, uint32_t from, uint32_t to) {
  const struct mesh_link wanted = {.from = from, .to = to};
  const size_t first = mesh->first[from];
  return bsearch(&wanted, mesh->links + first, mesh->first[from + 1] - first, sizeof wanted,
                 mesh_link_compare);
}

double mesh_link_etx(const struct mesh *mesh, const struct mesh_link *link) {
  const struct mesh_link *back = mesh_find(mesh, link->to, link->from);
  return back == NULL ? (double)INFINITY : 1 / (link->ratio * back->ratio);
}

/* Positions: nodes are sorted into squares as wide as a radio reaches, so that those whom a node
 * hears are in its own and the eight around it. */

struct squares {
  double left, bottom;
  size_t columns, rows;
  size_t *first; /* by square: its first in `nodes`; one more at the end */
  uint32_t *nodes;
};

static size_t square_step(double from, double to) {
  return (size_t)((to - from) / WORLD_RANGE_M);
}

static size_t square_of(const struct squares *squares, const struct world_position *position) {
  return square_step(squares->bottom, position->y_m) * squares->columns +
         square_step(squares->left, position->x_m);
}

static void squares_measure(struct squares *squares, size_t count,
                            const struct world_position *positions) {
  double right = positions[0].x_m, top = positions[0].y_m;
  squares->left = right;
  squares->bottom = top;
  for (size_t i = 1; i < count; i++) {
    squares->left = fmin(squares->left, positions[i].x_m);
    squares->bottom = fmin(squares->bottom, positions[i].y_m);
    right = fmax(right, positions[i].x_m);
    top = fmax(top, positions[i].y_m);
  }
  squares->columns = square_step(squares->left, right) + 1;
  squares->rows = square_step(squares->bottom, top) + 1;
}

static void squares_init(struct squares *squares, size_t count,
                         const struct world_position *positions) {
  squares_measure(squares, count, positions);
  const size_t total = squares->columns * squares->rows;
  squares->first = memory_get(total + 2, sizeof *squares->first);
  squares->nodes = memory_get(count, sizeof *squares->nodes);
  for (size_t i = 0; i < count; i++)
    squares->first[square_of(squares, &positions[i]) + 2]++;
  for (size_t i = 2; i < total + 2; i++)
    squares->first[i] += squares->first[i - 1];
  for (size_t i = 0; i < count; i++) /* moves first[square + 1] to the square's end */
    squares->nodes[squares->first[square_of(squares, &positions[i]) + 1]++] = (uint32_t)i;
}

static bool mesh_is_near(const struct world_position *a, const struct world_position *b) {
  const double x = a->x_m - b->x_m, y = a->y_m - b->y_m;
  return sqrt(x * x + y * y) <= WORLD_RANGE_M;
}

struct mesh_list {
  struct mesh_link *links;
  size_t count;
};

static void list_near(const struct world_position *positions, const struct squares *squares,
                      size_t square, size_t node, struct mesh_list *list) {
  for (size_t i = squares->first[square]; i < squares->first[square + 1]; i++) {
    const size_t other = squares->nodes[i];
    if (other == node || !mesh_is_near(&positions[node], &positions[other]))
      continue;
    list->links = memory_grow(list->links, list->count, sizeof *list->links);
    list->links[list->count++] = (struct mesh_link){(uint32_t)node, (uint32_t)other, 1};
  }
}

static void list_neighbours(const struct world_position *positions, const struct squares *squares,
                            size_t node, struct mesh_list *list) {
  const size_t square = square_of(squares, &positions[node]);
  const size_t column = square % squares->columns, row = square / squares->columns;
  for (size_t y = row > 0 ? row - 1 : 0; y <= row + 1 && y < squares->rows; y++)
    for (size_t x = column > 0 ? column - 1 : 0; x <= column + 1 && x < squares->columns; x++)
      list_near(positions, squares, y * squares->columns + x, node, list);
}

void mesh_init_positions(struct mesh *mesh, size_t count, struct world_position *positions) {
  struct squares squares;
  struct mesh_list list = {0};
  squares_init(&squares, count, positions);
  for (size_t i = 0; i < count; i++)
    list_neighbours(positions, &squares, i, &list);
  free(squares.first);
  free(squares.nodes);
  mesh_init_links(mesh, count, 0, list.links, list.count);
  mesh->positions = positions;
}

/* Laying out */

/* Of all nodes in a tree: hops from the root. */
static size_t *lay_hops(const struct mesh *mesh, const size_t *parents) {
  size_t *hops = memory_get(mesh->count, sizeof *hops), *way = memory_get(mesh->count, sizeof *way);
  for (size_t i = 0; i < mesh->count; i++) {
    size_t length = 0;
    for (size_t at = i; at != mesh->root && hops[at] == 0; at = parents[at])
      way[length++] = at;
    for (; length > 0; length--)
      hops[way[length - 1]] = hops[parents[way[length - 1]]] + 1;
  }
  free(way);
  return hops;
}

static size_t *lay_order(const struct mesh *mesh, const size_t *hops) {
  size_t *order = memory_get(mesh->count, sizeof *order);
  size_t *next = memory_get(mesh->count + 1, sizeof *next);
  for (size_t i = 0; i < mesh->count; i++)
    next[hops[i] + 1]++;
  for (size_t i = 0; i < mesh->count; i++)
    next[i + 1] += next[i];
  for (size_t i = 0; i < mesh->count; i++)
    order[next[hops[i]]++] = i;
  free(next);
  return order;
}

static void lay_links(const struct mesh *mesh, const size_t *numbers, struct topology *topology) {
  struct mesh_link *links = memory_get(mesh->link_count, sizeof *links);
  topology->ratios = memory_get(mesh->link_count, sizeof *topology->ratios);
  for (size_t i = 0; i < mesh->link_count; i++)
    links[i] = (struct mesh_link){.from = (uint32_t)numbers[mesh->links[i].from],
                                  .to = (uint32_t)numbers[mesh->links[i].to],
                                  .ratio = mesh->links[i].ratio};
  qsort(links, mesh->link_count, sizeof *links, mesh_link_compare);
  for (size_t i = 0; i < mesh->link_count; i++) {
    topology_add_link(topology, links[i].from, links[i].to);
    topology->ratios[i] = links[i].ratio;
  }
  free(links);
}

static void lay_positions(const struct mesh *mesh, const size_t *order, struct topology *topology) {
  topology->positions = memory_get(mesh->count, sizeof *topology->positions);
  for (size_t i = 0; i < mesh->count; i++)
    topology->positions[i] = mesh->positions[order[i]];
}

size_t *mesh_lay(const struct mesh *mesh, const size_t *parents, bool with_links,
                 struct topology *topology) {
  size_t *hops = lay_hops(mesh, parents), *order = lay_order(mesh, hops);
  size_t *numbers = memory_get(mesh->count, sizeof *numbers);
  for (size_t i = 0; i < mesh->count; i++) {
    const bool root = order[i] == mesh->root;
    numbers[order[i]] = topology_add_radio(topology, root ? ROLE_AUTHENTICATOR : ROLE_PEER,
                                           root ? 0 : numbers[parents[order[i]]]);
  }
  if (with_links)
    lay_links(mesh, numbers, topology);
  if (mesh->positions != NULL)
    lay_positions(mesh, order, topology);
  topology->pair_count = mesh->link_count;
  free(hops);
  free(numbers);
  return order;
}
