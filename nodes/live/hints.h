/* Words about how the two ends may be set up differently, from what one of them sees: messages that
 * it drops or refuses, answers that do not come. A hint is a line of the log (and a JSON event
 * `hint`) and nothing else: no node is told, nothing that comes is believed more for it, and each
 * is said once a minute at most, whoever causes it.
 *
 * There is one log in a process, and one memory of hints: of the HINTS_REMOTES_MAX endpoints that
 * were last heard of. Before hints_begin nothing is said. */
#ifndef NODES_LIVE_HINTS_H
#define NODES_LIVE_HINTS_H

#include "report.h"
#include "settings.h"

enum { HINTS_REMOTES_MAX = 32, HINTS_INTERVAL_S = 60 };

/* Both outlive what follows. Nothing is said below REPORT_EVENTS. */
void hints_begin(const struct settings *settings, const struct report *report);

/* A datagram that a node is about to be told, until hints_handled. */
void hints_received(const struct node_datagram *datagram);
void hints_handled(void);

/* A datagram that a node has written. */
void hints_sent(const struct node_datagram *datagram);

/* An event of a node; after it was logged. */
void hints_event(const struct node_event *event);

/* When hints_attend has something to say, in nanoseconds of the monotonic clock; or NODE_NEVER. */
uint64_t hints_expiry(void);
void hints_attend(void);

#endif
