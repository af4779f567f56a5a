/* A run as a message ladder for people. */
#ifndef NODES_CHECK_LADDER_H
#define NODES_CHECK_LADDER_H

#include "explore.h"

#include <stdio.h>

/* Replays choices and writes what happens. Stops behind a violation, whose kind it returns, and
 * with the outcomes. False in `*possible`: a choice was none at its place, and the ladder says so.
 * With `complete`, the run then goes on without acts until its end. `out` may be NULL. */
enum monitor_violation ladder_write(FILE *out, const struct model *model,
                                    const struct choice *choices, size_t count, bool complete,
                                    bool *possible, char *outcome, size_t capacity);

/* One datagram: "CON 0x7654 POST /b/5 SeqNum 0x1234 token ac"; its protocol before, if it is not
 * UDP; octets where it is no CoAP. */
void ladder_write_message(FILE *out, const struct model *model,
                          const struct check_datagram *datagram);

#endif
