/* What is inside of the JSON values of a result, so that who asks for a number in one can be told a
 * name that is none. */
#ifndef SIM_DESCRIBE_INSIDE_H
#define SIM_DESCRIBE_INSIDE_H

#include <jansson.h>

/* The names on the way to a number, level by level: [["peer", ...], ["transmit", ...]] for
 * radio_ms.peer.transmit. "*" stands for any name; behind a name of the last level that is the name
 * of a JSON result, too, the levels of that may come. Without a level there is no number that names
 * lead to. NULL of a result that is no JSON. */
json_t *describe_inside(const char *result);

#endif
