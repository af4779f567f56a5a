/* Which node of a ladder stands where. */
#ifndef BENCH_SHOW_LADDER_COLUMNS_H
#define BENCH_SHOW_LADDER_COLUMNS_H

#include "ladder.h"

/* Puts the nodes in order: peers to the left, and every other node behind those through which
 * messages come to it from them; equals in the order in which they appeared. */
void ladder_columns_order(struct ladder *ladder);

/* The direction in which the result counts a message: up from a peer, down to one, and between
 * others up if it goes to the right. */
const char *ladder_columns_direction(const struct ladder *ladder, const struct ladder_item *item);

#endif
