/* How the program ends where it was not given what it needs, or was asked for help only. */
#ifndef NODES_LIVE_USAGE_H
#define NODES_LIVE_USAGE_H

#include "complaint.h"

enum { EXIT_USAGE = 2 };

/* What readers of a command line return besides 0; -1: there is a complaint. */
enum { USAGE_HELP = 1 }; /* help was asked for, and is on stdout */

/* After either: shows what is wrong with the options of this subcommand, and where help is. Returns
 * the exit status. */
int usage_end(const char *command, int result, const struct complaint *complaint);

/* The same for a complaint of the caller's. */
int usage_refuse(const char *command, const char *wrong);

/* After standard output was written to: returns `status`, or EXIT_FAILURE if some of the output is
 * lost, which it tells unless whoever read it went away. `command` may be "". */
int usage_finish(const char *command, int status);

#endif
