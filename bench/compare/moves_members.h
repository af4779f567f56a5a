/* Runs of stores, compared member by member of their texts: what is equal octet by octet is not
 * read, and of what has the same names the names are read once. Nothing comes out otherwise than
 * for whole results. */
#ifndef BENCH_COMPARE_MOVES_MEMBERS_H
#define BENCH_COMPARE_MOVES_MEMBERS_H

#include "moves.h"

/* Takes the keys of a result in (key_note), reading those members whose shape is new. Returns a
 * hash of what is compared: where two are equal, so are the results. */
uint64_t moves_members_note(struct moves *moves, enum side side,
                            const struct json_members *members);

/* The members that others need of a result: its spec, its code and what the listener wants. NULL if
 * it has no spec, or something in it is no JSON. */
json_t *moves_members_needed(const struct moves *moves, const struct json_members *members);

/* Compares the results of a pair (key_compare). 1 or 0: whether some key moved; -1: they are to be
 * read as a whole. */
int moves_members_compare(struct moves *moves, const struct json_members members[SIDE_COUNT],
                          size_t pair);

#endif
