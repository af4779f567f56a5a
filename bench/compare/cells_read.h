/* The runs of the cells that are compared. */
#ifndef BENCH_COMPARE_CELLS_READ_H
#define BENCH_COMPARE_CELLS_READ_H

#include "cell_pairs.h"
#include "operand.h"
#include "pairing.h"

/* What was read of a side. */
struct cells_side {
  json_t *columns; /* of its only cell, or the selection; NULL of a list of runs */
  size_t cells;
};

/* Reads the runs of both sides, at least one of which has cells of a plan; adds each with its
 * numbers to `runs`, and to `pairing` with the columns in which cells have to be equal to be a
 * pair: of selections all that neither selects, of anything else none. A list of runs is one cell,
 * and an error if its specs differ in more than the seed. -1 with an error, which a side without
 * runs is, too; the sides' columns are to be released in any case. */
int cells_read(const struct operand operands[SIDE_COUNT], const struct measures *measures,
               struct cell_runs runs[SIDE_COUNT], struct pairing *pairing,
               struct cells_side sides[SIDE_COUNT], struct text *error);

#endif
