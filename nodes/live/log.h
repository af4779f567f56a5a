/* Lines on standard output and standard error that never make the program wait: what a reader does
 * not take at once is kept, up to a bound; whole lines beyond it are dropped and counted, as are
 * those that a full disk or a pipe without a reader refuses. There is one log in a process. */
#ifndef NODES_LIVE_LOG_H
#define NODES_LIVE_LOG_H

#include "../node.h"

enum log_stream { LOG_OUT, LOG_ERR, LOG_STREAMS };

enum { LOG_KEPT_MAX = 65536 }; /* octets of each stream */

/* From now on SIGPIPE is ignored. Other calls do it, too, if it was not done. */
void log_open(void);

/* Writes, keeps or drops one line; `line` ends with its line feed. */
void log_line(enum log_stream stream, const char *line, size_t length);

/* Writes what was kept, as far as that can be done at once. */
void log_flush(enum log_stream stream);

/* The file to be polled for room to write; -1 where nothing is kept. */
int log_waits(enum log_stream stream);

/* Once lines go through again: how many were dropped before, to be told in their place; then 0. */
uint64_t log_take_gap(enum log_stream stream);

/* Waits until all that is kept is written: while the reader takes something every 5 seconds; once
 * SIGINT or SIGTERM has come (both are blocked), every quarter of a second and no more than two
 * seconds in all. The rest is dropped. */
void log_end(enum log_stream stream);

/* Lines dropped since the beginning, and why the last of them was: an errno, or 0, the reader was
 * too slow. */
uint64_t log_lost(enum log_stream stream, int *error);

#endif
