/* The frames of a ladder as a list. */
#ifndef BENCH_SHOW_FRAMES_LIST_H
#define BENCH_SHOW_FRAMES_LIST_H

#include "ladder.h"

/* Adds a line for each frame of the messages that the ladder shows, and what became of all of the
 * run's: number in air.pcap, time as in the ladder, from, to, sequence number, octets of the PSDU,
 * what it carried, which try it was, and its fate. */
void frames_list_print(const struct ladder *ladder, struct text *text);

#endif
