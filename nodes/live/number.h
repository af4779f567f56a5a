/* Decimal numbers in texts. */
#ifndef NODES_LIVE_NUMBER_H
#define NODES_LIVE_NUMBER_H

#include "../node.h"

/* Whether the whole text is a number as people write it: digits without a sign, an exponent or
 * zeros before them; with `fraction`, a point with digits on both sides may be among them. */
NODE_MUST_CHECK bool number_is_decimal(const char *text, bool fraction);

/* Reads a number (without zeros before it) that `end_mark` ends, and moves `text` to that mark.
 * False: it is no such number, or out of range. */
NODE_MUST_CHECK bool number_take(const char **text, char end_mark, long min, long max, long *value);

#endif
