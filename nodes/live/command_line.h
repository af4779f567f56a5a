/* Long options of a subcommand, one after the other, by getopt. */
#ifndef NODES_LIVE_COMMAND_LINE_H
#define NODES_LIVE_COMMAND_LINE_H

#include "complaint.h"

#include <getopt.h>

enum { COMMAND_LINE_END = -1, COMMAND_LINE_WRONG = -2 };

/* Before the first option of a command line. */
void command_line_begin(void);

/* The value of the next option, its argument in `optarg`; COMMAND_LINE_END: there is no more (nor
 * anything that is no option), COMMAND_LINE_WRONG, with a complaint. argv[0] is passed over. */
int command_line_next(int argc, char **argv, const struct option *options,
                      struct complaint *complaint);

#endif
