/* The command line of one subcommand. */
#ifndef NODES_LIVE_OPTIONS_H
#define NODES_LIVE_OPTIONS_H

#include "report.h"
#include "settings.h"

enum { EXIT_USAGE = 2 };

/* Reads the options behind the subcommand (argv[0] is its name) and the file that --config names;
 * options win. Fills settings and report. Exits with 0 after --help, with EXIT_USAGE where
 * something is wrong. */
void options_parse(enum settings_role role, int argc, char **argv, struct settings *settings,
                   struct report *report);

/* Ends the program because what was given is not enough: what is wrong, and where help is. */
_Noreturn void options_refuse(const struct report *report, const char *what);

#endif
