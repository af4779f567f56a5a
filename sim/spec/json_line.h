/* JSON on one line, octet for octet as json_dumps writes it with JSON_COMPACT and fifteen digits,
 * in a tenth of the instructions: a run writes eight thousand octets, and json_dumps took a seventh
 * of all that it executed. What is rare is left to json_dumps: texts with something to escape,
 * numbers of more than six decimals. */
#ifndef SIM_SPEC_JSON_LINE_H
#define SIM_SPEC_JSON_LINE_H

#include <jansson.h>

/* To be freed. No object or array in `value` holds itself. */
char *json_line(const json_t *value);

#endif
