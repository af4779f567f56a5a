/* What a file of links must be as a whole: no direction twice, and a way from everywhere. */
#include "links.h"

#include "support/memory.h"

#include <stdio.h>
#include <stdlib.h>

/* In order of nodes. */
static int way_compare(const void *a, const void *b) {
  const struct links_row *x = *(const struct links_row *const *)a;
  const struct links_row *y = *(const struct links_row *const *)b;
  if (x->from != y->from)
    return x->from < y->from ? -1 : 1;
  return (x->to > y->to) - (x->to < y->to);
}

/* In order of nodes, then of lines. */
static int row_compare(const void *a, const void *b) {
  const size_t x = (*(const struct links_row *const *)a)->line;
  const size_t y = (*(const struct links_row *const *)b)->line;
  const int order = way_compare(a, b);
  return order != 0 ? order : (x > y) - (x < y);
}

static const struct links_row **links_sort(const struct links *links) {
  const struct links_row **sorted = memory_get(links->row_count, sizeof *sorted);
  for (size_t i = 0; i < links->row_count; i++)
    sorted[i] = &links->rows[i];
  qsort(sorted, links->row_count, sizeof *sorted, row_compare);
  return sorted;
}

bool links_are_single(const struct links *links, const char *path, char error[SPEC_ERROR_MAX]) {
  const struct links_row **sorted = links_sort(links);
  const struct links_row *again = NULL, *before = NULL;
  for (size_t i = 1; i < links->row_count; i++)
    if (sorted[i]->from == sorted[i - 1]->from && sorted[i]->to == sorted[i - 1]->to &&
        (again == NULL || sorted[i]->line < again->line)) {
      again = sorted[i];
      before = sorted[i - 1];
    }
  if (again != NULL)
    snprintf(error, SPEC_ERROR_MAX,
             "links: %s:%zu:1: the link from \"%s\" to \"%s\" is in line %zu already", path,
             again->line, links->names[again->from], links->names[again->to], before->line);
  free(sorted);
  return again == NULL;
}

/* Ways: nodes that reach each other are a set with one of them as its head. */

static size_t set_head(size_t *sets, size_t node) {
  while (sets[node] != node)
    node = sets[node] = sets[sets[node]];
  return node;
}

/* Whether something arrives in both directions. */
static bool row_is_two_way(const struct links_row **sorted, size_t count,
                           const struct links_row *row) {
  const struct links_row wanted = {.from = row->to, .to = row->from}, *key = &wanted;
  const struct links_row **found = bsearch(&key, sorted, count, sizeof *sorted, way_compare);
  return row->ratio > 0 && found != NULL && (*found)->ratio > 0;
}

struct ways {
  const struct links *links;
  const char *path;
  const struct links_row **sorted;
  const struct links_row **parents; /* by node: the row that gives its parent */
  size_t *sets;
  char *error;
};

/* Of a row that gives a parent. */
static bool ways_note_parent(struct ways *ways, const struct links_row *row, size_t root) {
  const char *name = ways->links->names[row->from], *what = NULL;
  if (row->from == root)
    what = "is the authenticator, and has no parent";
  else if (ways->parents[row->from] != NULL)
    what = "has a parent already";
  else if (!row_is_two_way(ways->sorted, ways->links->row_count, row))
    what = "and its parent do not hear each other both ways";
  else if (set_head(ways->sets, row->from) == set_head(ways->sets, row->to))
    what = "would be above its own parent";
  ways->parents[row->from] = row;
  if (what == NULL)
    return true;
  snprintf(ways->error, SPEC_ERROR_MAX, "links: %s:%zu:1: \"%s\" %s", ways->path, row->line, name,
           what);
  return false;
}

static bool ways_join(struct ways *ways, size_t root, bool given) {
  for (size_t i = 0; i < ways->links->row_count; i++) {
    const struct links_row *row = &ways->links->rows[i];
    if (given && row->parent && !ways_note_parent(ways, row, root))
      return false;
    if (given ? row->parent : row_is_two_way(ways->sorted, ways->links->row_count, row))
      ways->sets[set_head(ways->sets, row->from)] = set_head(ways->sets, row->to);
  }
  return true;
}

static bool ways_end_at(const struct ways *ways, size_t root, bool given) {
  for (size_t i = 0; i < ways->links->node_count; i++) {
    if (set_head(ways->sets, i) == set_head(ways->sets, root))
      continue;
    snprintf(ways->error, SPEC_ERROR_MAX, "links: %s: \"%s\" has no way to \"%s\" over %s",
             ways->path, ways->links->names[i], ways->links->names[root],
             given ? "parents that are given" : "links with a ratio above 0 both ways");
    return false;
  }
  return true;
}

bool links_reach(const struct links *links, const char *path, size_t root, bool given,
                 char error[SPEC_ERROR_MAX]) {
  if (given && !links->gives_parents) {
    snprintf(error, SPEC_ERROR_MAX, "parents: given needs a column \"parent\" in %s", path);
    return false;
  }
  struct ways ways = {.links = links,
                      .path = path,
                      .sorted = links_sort(links),
                      .parents = memory_get(links->node_count, sizeof *ways.parents),
                      .sets = memory_get(links->node_count, sizeof *ways.sets),
                      .error = error};
  for (size_t i = 0; i < links->node_count; i++)
    ways.sets[i] = i;
  const bool good = ways_join(&ways, root, given) && ways_end_at(&ways, root, given);
  free(ways.sorted);
  free(ways.parents);
  free(ways.sets);
  return good;
}
