/* Long options of a subcommand, one after the other, by getopt. */
#ifndef NODES_LIVE_COMMAND_LINE_H
#define NODES_LIVE_COMMAND_LINE_H

#include "../node.h"
#include "complaint.h"

#include <getopt.h>

enum { COMMAND_LINE_END = -1, COMMAND_LINE_WRONG = -2 };

/* What is no option is not shown: it may be a part of a secret. */
#define COMMAND_LINE_STRAY "an argument that is no option is not expected here"

/* Before the first option of a command line. */
void command_line_begin(void);

/* The value of the next option, its argument in `optarg`; COMMAND_LINE_END: there is no more (nor
 * anything that is no option), COMMAND_LINE_WRONG, with a complaint. argv[0] is passed over. */
int command_line_next(int argc, char **argv, const struct option *options,
                      struct complaint *complaint);

/* Notes that an option was given, in its place of `texts`, with this argument (NULL: none). -1,
 * with a complaint: it was given before, and said something else. */
NODE_MUST_CHECK int command_line_note(const char **texts, const struct option *options, int place,
                                      const char *text, struct complaint *complaint);

#endif
