/* The frames of a run in its log: who sent what to whom, which try it was, and what became of it.
 * One JSON object a line:
 *
 * - "frame": of each transmission, when that has ended: "number", from 1, which it has in air.pcap,
 *   too; "t_ms", of its beginning; "from", "to"; "kind": "data", "acknowledgement" or "data
 * request"; "sequence"; "bytes" of the PSDU; "fate": as fate.def has it, of whom it was for, or
 * "unheard": an acknowledgement for which nobody waited any more. Of all but acknowledgements
 * "try", from 1; of these "acknowledges": the number of a frame.
 * - "given up": a data frame that a MAC drops, or never sent: "cause", as the result's
 *   frames_dropped_* name it; "tries": how often it was sent.
 *
 * Where a core sent what is in it, both have "datagram" and "label" of that (of an acknowledgement,
 * of what it acknowledges), and of a fragment "offset" and "packet_bytes": where in the IPv6 packet
 * it begins, and how long that is. */
#ifndef SIM_ACCOUNT_FRAME_LOG_H
#define SIM_ACCOUNT_FRAME_LOG_H

#include "ledger.h"
#include "ns3/world.h"

#include <stdio.h>

struct frame_log;

/* Between `count` nodes with radios; takes over `names`, one for each, and the array. The ledger
 * must outlive it. Aborts where memory is short, as all that grows here does. */
struct frame_log *frame_log_create(FILE *file, const struct ledger *ledger, size_t count,
                                   char **names);

/* Writes what is still open. NULL is accepted. */
void frame_log_destroy(struct frame_log *log);

/* A radio transmits, to this node, if it is one; the ledger has booked it. */
void frame_log_frame(struct frame_log *log, const struct world_frame *frame, size_t to);

/* As the world's callbacks of these names have it. */
void frame_log_fate(struct frame_log *log, size_t sender, size_t receiver, enum world_fate fate);
void frame_log_dropped(struct frame_log *log, const struct world_frame *frame, enum world_drop why);

#endif
