/* Decimal numbers in texts. */
#ifndef NODES_LIVE_NUMBER_H
#define NODES_LIVE_NUMBER_H

#include "../node.h"

/* Reads a number that `end_mark` ends, and moves `text` to that mark. False: it is no such number,
 * or out of range. */
NODE_MUST_CHECK bool number_take(const char **text, char end_mark, long min, long max, long *value);

#endif
