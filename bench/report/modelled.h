/* What times and energies leave out. Without `crypto` a device's computing takes no time and no
 * energy: such figures are of the radio (and of the wire to the AAA server), which whatever shows
 * them says. It is derived from the specs of the cells, and never written by hand. */
#ifndef BENCH_REPORT_MODELLED_H
#define BENCH_REPORT_MODELLED_H

#include "store/dataset.h"

/* Whether computing adds to a metric of this unit: a time or an energy of the simulated world. */
bool modelled_concerns(const char *metric, const char *unit);

/* "radio only (no computing is modelled)"; if that is so of some cells only, with which: " of A;
 * B", or " where crypto is none"; "" if computing is modelled in all. To be freed. */
char *modelled_words(const struct dataset *dataset, const size_t *cells, size_t count);

/* Adds it as a sentence to a note, behind a space if there is something before, if some of the
 * measures is concerned. */
void modelled_add_note(const struct dataset *dataset, const size_t *cells, size_t count,
                       const struct measure *measure, size_t measure_count, struct text *note);

#endif
