/* A request that an act sends and its response: when it departed, and what that took. */
#ifndef SIM_RUN_EXCHANGE_H
#define SIM_RUN_EXCHANGE_H

#include "agenda.h"

/* Opens the agenda's exchange. */
void exchange_begin(struct agenda *agenda);

/* The actor was busy, with a response, say, whose acknowledgement is still to come: the act is to
 * be tried again soon. */
void exchange_retry(struct agenda *agenda);

/* The actor has no association any more: it has ended by itself. What would have been said of the
 * request is said: an event of this type. */
void exchange_is_lost(struct agenda *agenda, enum node_phase phase, enum node_event_type type);

/* As an act's `departure`. */
void exchange_departure(struct agenda *agenda, const struct stage *stage, const struct host *from,
                        const struct node_datagram *datagram);

/* Closes it, and counts it in `tally`. */
void exchange_end(struct agenda *agenda, bool answered, struct act_tally *tally);

/* Counts as failed what is within the request before (act_within.c), and nobody has ended. */
void within_give_up(struct agenda *agenda);

#endif
