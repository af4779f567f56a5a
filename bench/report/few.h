/* Figures that less than half of a cell's runs have, as a mean given success where most fail: they
 * are marked, since they look as sure as any. */
#ifndef BENCH_REPORT_FEW_H
#define BENCH_REPORT_FEW_H

#include "store/dataset.h"

/* Whether an estimate is of less than half of the cell's runs (or pairs); a run that hung is none.
 * Where it is not known of how many, as of differences of extremes, it is not. */
bool few_is(const struct dataset *dataset, size_t cell, const struct estimate *estimate);

/* Adds " (n = 2)" to one that is. Returns whether it is. */
bool few_mark(const struct dataset *dataset, size_t cell, const struct estimate *estimate,
              struct text *text);

/* What the mark says, a sentence. */
extern const char FEW_NOTE[];

/* Adds a sentence on how many of a figure's values are such, and the first of them: "2 values are
 * of less than half of a cell's runs, as that of frame loss 30 % (n = 2 of 20)."; nothing if none
 * is. */
void few_remark(const struct dataset *dataset, const struct presentation_figure *figure,
                struct text *text);

#endif
