/* Numbers as JSON and CSV have them. */
#ifndef BENCH_SUPPORT_NUMBER_H
#define BENCH_SUPPORT_NUMBER_H

#include "text.h"

/* Goes behind the number that begins at `*at`, of a text that ends with NUL, as JSON writes numbers
 * (RFC 8259, 6), and gives the double that is nearest to it. False if there is none, or one that no
 * double is near to. */
bool number_read(const char **at, double *number);

/* Adds the shortest digits, 15 or else 17 at most, that read as the same double; of NaN nothing. */
void number_add(struct text *text, double number);

#endif
