/* The command line of one subcommand. */
#ifndef NODES_LIVE_OPTIONS_H
#define NODES_LIVE_OPTIONS_H

#include "complaint.h"
#include "report.h"
#include "settings.h"

/* Reads the options behind the subcommand (argv[0] is its name) and the file that --config names;
 * options win. Fills settings and report. 0; USAGE_HELP; or -1 with a complaint where something is
 * wrong. The settings are to be freed in each case. */
NODE_MUST_CHECK int options_parse(enum settings_role role, int argc, char **argv,
                                  struct settings *settings, struct report *report,
                                  struct complaint *complaint);

#endif
