/* A square grid. */
#include "mesh.h"
#include "support/memory.h"
#include "topology_draw.h"

#include <stdlib.h>

/* Between neighbours in a row. A radio reaches WORLD_RANGE_M: with the first, four nodes, with the
 * second the four across as well, and none further. */
enum { SPACING_VON_NEUMANN_M = 12, SPACING_MOORE_M = 10 };

static size_t grid_side(size_t count) {
  size_t side = 1;
  while (side * side < count)
    side++;
  return side;
}

/* Where the authenticator is: the middle of the rows that are full, or the first of all. */
static size_t grid_root(const struct spec *spec, size_t count, size_t side) {
  const size_t rows = (count + side - 1) / side;
  if (spec->authenticator_at == SPEC_AUTHENTICATOR_AT_CORNER)
    return 0;
  return (rows - 1) / 2 * side + (side - 1) / 2;
}

/* Row by row; the authenticator has its place first. */
static struct world_position *grid_positions(const struct spec *spec, size_t count) {
  const size_t side = grid_side(count), root = grid_root(spec, count, side);
  const double spacing_m =
      spec->neighbourhood == SPEC_NEIGHBOURHOOD_MOORE ? SPACING_MOORE_M : SPACING_VON_NEUMANN_M;
  struct world_position *positions = memory_get(count, sizeof *positions);
  size_t next = 1;
  for (size_t cell = 0; cell < count; cell++)
    positions[cell == root ? 0 : next++] = (struct world_position){
        .x_m = (double)(cell % side) * spacing_m, .y_m = (double)(cell / side) * spacing_m};
  return positions;
}

bool draw_grid(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  (void)reason;
  const size_t count = (size_t)spec->peers + 1;
  size_t *parents = memory_get(count, sizeof *parents);
  struct mesh mesh;
  mesh_init_positions(&mesh, count, grid_positions(spec, count));
  mesh_parents_by_hops(&mesh, parents);
  free(mesh_lay(&mesh, parents, false, topology));
  mesh_deinit(&mesh);
  free(parents);
  return true;
}
