/* Labels of tables and figures: warnings of those that are of nothing. */
#ifndef BENCH_SCENARIO_CHECK_LABELS_H
#define BENCH_SCENARIO_CHECK_LABELS_H

#include "check_cells.h"

void check_figure_labels(const struct check *check, const struct presentation_figure *figure);
void check_table_labels(const struct check *check, const struct presentation_table *table);

#endif
