/* Random positions. The nodes are uniform in a disc around the authenticator, as wide as the number
 * of neighbours asks for, but for this: those that have no way to the authenticator are drawn
 * again, together, until there are none; and all are, while most have none. So there is nobody in
 * lonely places, and slightly more elsewhere: of 1000 nodes with 6 neighbours each hears 6.2, with
 * 8 or more as many as were asked for. (With 4.5, where such networks fall apart, this would be
 * another distribution.) Near the rim nodes hear fewer; small discs are all rim. */
#include "mesh.h"
#include "support/memory.h"
#include "support/stream.h"
#include "topology_draw.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DISC_ROUNDS_MAX = 1000 };

struct disc {
  size_t count;
  double radius_m;
  struct stream stream;
  struct world_position *positions;
};

static double disc_coordinate(struct disc *disc) {
  return (2 * stream_uniform(&disc->stream) - 1) * disc->radius_m;
}

static void disc_place(struct disc *disc, size_t node) {
  struct world_position *position = &disc->positions[node];
  do {
    position->x_m = disc_coordinate(disc);
    position->y_m = disc_coordinate(disc);
  } while (position->x_m * position->x_m + position->y_m * position->y_m >
           disc->radius_m * disc->radius_m);
}

/* The density is that with which a circle of WORLD_RANGE_M has so many nodes. */
static void disc_init(struct disc *disc, const struct spec *spec) {
  const int64_t seed = spec->topology_seed == 0 ? spec->seed : spec->topology_seed;
  disc->count = (size_t)spec->peers + 1;
  disc->radius_m = WORLD_RANGE_M * sqrt((double)disc->count / spec->neighbours);
  disc->positions = memory_get(disc->count, sizeof *disc->positions);
  stream_init(&disc->stream, (uint64_t)seed, STREAM_TOPOLOGY, 0, 0);
  for (size_t i = 1; i < disc->count; i++)
    disc_place(disc, i);
}

static struct world_position *disc_copy(const struct disc *disc) {
  struct world_position *copy = memory_get(disc->count, sizeof *copy);
  memcpy(copy, disc->positions, disc->count * sizeof *copy);
  return copy;
}

/* Draws again who has no way to the authenticator, or all, if these are the most: then it stands in
 * a gap. True where nobody was. */
static bool disc_mend(struct disc *disc, const struct mesh *mesh) {
  size_t *hops = memory_get(disc->count, sizeof *hops);
  size_t *order = memory_get(disc->count, sizeof *order);
  const size_t reached = mesh_hops(mesh, hops, order);
  for (size_t i = 1; i < disc->count; i++)
    if (hops[i] == SIZE_MAX || 2 * reached < disc->count)
      disc_place(disc, i);
  free(hops);
  free(order);
  return reached == disc->count;
}

/* False where it is not in one piece after so many rounds. */
static bool disc_draw(struct disc *disc, struct mesh *mesh) {
  for (size_t round = 0; round < DISC_ROUNDS_MAX; round++) {
    mesh_init_positions(mesh, disc->count, disc_copy(disc));
    if (disc_mend(disc, mesh))
      return true;
    mesh_deinit(mesh);
  }
  return false;
}

bool draw_disc(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  struct disc disc;
  struct mesh mesh;
  disc_init(&disc, spec);
  const bool whole = disc_draw(&disc, &mesh);
  free(disc.positions);
  if (!whole) {
    snprintf(reason, TOPOLOGY_REASON_MAX,
             "neighbours: the disc is not in one piece after %d drawings; more neighbours make it "
             "so sooner",
             DISC_ROUNDS_MAX);
    return false;
  }
  size_t *parents = memory_get(disc.count, sizeof *parents);
  mesh_parents_by_hops(&mesh, parents);
  free(mesh_lay(&mesh, parents, false, topology));
  mesh_deinit(&mesh);
  free(parents);
  return true;
}
