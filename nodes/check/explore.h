/* Exhaustive search of what the network may do: depth first, by replay from the beginning, pruned
 * where a state comes again. Deterministic; nothing is sampled. Explores with no acts first, then
 * with one, and so on, so that a counter-example has as few as any. */
#ifndef NODES_CHECK_EXPLORE_H
#define NODES_CHECK_EXPLORE_H

#include "world.h"

enum { EXPLORE_ENDS_MAX = 32, EXPLORE_DEPTH_MAX = 2000 };

struct explore_path {
  struct choice *choices; /* owned */
  size_t length;
  unsigned acts;
};

/* A way in which runs end, or a violation. */
struct explore_end {
  enum monitor_violation violation;
  char text[160]; /* outcomes of both sides; of a violation, its detail */
  uint64_t states;
  struct explore_path path; /* to the first one, with the fewest acts */
};

struct explore_result {
  uint64_t states;   /* that differ, under the whole budget */
  uint64_t choices;  /* made to find them, replays not counted */
  uint64_t replayed; /* choices made again, to come back to a state */
  size_t depth;      /* of the longest run */
  double seconds;
  bool bounded; /* depth, states or a run's memory had no end within the bounds */
  bool violated;
  struct explore_end ends[EXPLORE_ENDS_MAX];
  size_t end_count;
  struct explore_end violations[MONITOR_VIOLATIONS]; /* by kind; states 0: not found */
};

/* With `first`, ends at the first violation. */
void explore(const struct model *model, bool first, struct explore_result *result);
void explore_result_deinit(struct explore_result *result);

/* How both sides stand: "authenticator established, peer failed (no-authenticator)". */
void explore_outcome(const struct check_world *world, char *text, size_t capacity);

#endif
