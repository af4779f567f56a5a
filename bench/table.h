/* Tables of a scenario: aligned text for people, CSV for programs. */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include "dataset.h"

/* Writes tables/<name>.txt and tables/<name>.csv in `folder`, and appends the text to `shown`. -1
 * with an error. */
int table_write(const struct dataset *dataset, const struct presentation_table *table,
                const char *folder, struct text *shown, struct text *error);

/* An estimate in words: "118 [117.3, 118.6]"; ratios in percent; "-" if there is none. */
void table_add_estimate(struct text *text, const struct estimate *estimate, const char *unit);

#endif
