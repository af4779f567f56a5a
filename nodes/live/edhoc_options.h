/* The command line of the subcommand `edhoc`. */
#ifndef NODES_LIVE_EDHOC_OPTIONS_H
#define NODES_LIVE_EDHOC_OPTIONS_H

#include "edhoc_files.h"

enum { EDHOC_OPTIONS_EXPORTS_MAX = 32, EDHOC_OPTIONS_CONTEXT_MAX = 256 };

/* What EDHOC_Exporter is asked for. */
struct edhoc_options_export {
  uint32_t label;
  uint8_t context[EDHOC_OPTIONS_CONTEXT_MAX];
  size_t context_length;
  size_t length;
};

struct edhoc_options {
  struct edhoc_files_given given;
  bool message_4;
  struct edhoc_options_export exports[EDHOC_OPTIONS_EXPORTS_MAX];
  size_t exports_count;
};

/* Reads the options behind the subcommand (argv[0] is its name). 0; USAGE_HELP; or -1 with a
 * complaint where something is wrong or missing. */
NODE_MUST_CHECK int edhoc_options_parse(int argc, char **argv, struct edhoc_options *options,
                                        struct complaint *complaint);

#endif
