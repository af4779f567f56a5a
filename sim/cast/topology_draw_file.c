/* A network whose links are in a file. */
#include "mesh.h"
#include "spec/links.h"
#include "support/memory.h"
#include "topology_draw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool file_refuse(char reason[TOPOLOGY_REASON_MAX], const char *why) {
  snprintf(reason, TOPOLOGY_REASON_MAX, "%.*s", TOPOLOGY_REASON_MAX - 1, why);
  return false;
}

static void file_mesh(const struct links *links, size_t root, struct mesh *mesh) {
  struct mesh_link *list = memory_get(links->row_count, sizeof *list);
  size_t count = 0;
  for (size_t i = 0; i < links->row_count; i++)
    if (links->rows[i].ratio > 0)
      list[count++] =
          (struct mesh_link){links->rows[i].from, links->rows[i].to, links->rows[i].ratio};
  mesh_init_links(mesh, links->node_count, root, list, count);
}

static void file_parents(const struct spec *spec, const struct links *links,
                         const struct mesh *mesh, size_t *parents) {
  switch (spec->parents) {
  case SPEC_PARENTS_GIVEN:
    for (size_t i = 0; i < links->row_count; i++)
      if (links->rows[i].parent)
        parents[links->rows[i].from] = links->rows[i].to;
    break;
  case SPEC_PARENTS_ETX:
    mesh_parents_by_etx(mesh, parents);
    break;
  default:
    mesh_parents_by_hops(mesh, parents);
  }
}

static char *file_copy_name(const char *name) {
  char *copy = memory_get(strlen(name) + 1, 1);
  return strcpy(copy, name);
}

static void file_lay(const struct links *links, const struct mesh *mesh, const size_t *parents,
                     struct topology *topology) {
  size_t *order = mesh_lay(mesh, parents, true, topology);
  topology->labels = memory_get(mesh->count, sizeof *topology->labels);
  for (size_t i = 0; i < mesh->count; i++)
    topology->labels[i] = file_copy_name(links->names[order[i]]);
  free(order);
}

/* The spec was resolved with this file, which may have changed since. */
static bool file_is_as_resolved(const struct spec *spec, const struct links *links, size_t root,
                                char error[SPEC_ERROR_MAX]) {
  if (strcmp(spec->links_sha256, links->sha256) == 0 && root != SIZE_MAX)
    return links_reach(links, spec->links, root, spec->parents == SPEC_PARENTS_GIVEN, error);
  snprintf(error, SPEC_ERROR_MAX, "links: %s: the file has changed since the spec was read",
           spec->links);
  return false;
}

bool draw_file(struct topology *topology, const struct spec *spec,
               char reason[TOPOLOGY_REASON_MAX]) {
  char error[SPEC_ERROR_MAX];
  const struct links *links = links_read(spec->links, error);
  if (links == NULL)
    return file_refuse(reason, error);
  const size_t root = links_find(links, spec->root);
  if (!file_is_as_resolved(spec, links, root, error))
    return file_refuse(reason, error);
  size_t *parents = memory_get(links->node_count, sizeof *parents);
  struct mesh mesh;
  file_mesh(links, root, &mesh);
  file_parents(spec, links, &mesh, parents);
  file_lay(links, &mesh, parents, topology);
  mesh_deinit(&mesh);
  free(parents);
  return true;
}
