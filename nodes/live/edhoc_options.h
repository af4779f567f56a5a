/* The command line of the subcommand `edhoc`. */
#ifndef NODES_LIVE_EDHOC_OPTIONS_H
#define NODES_LIVE_EDHOC_OPTIONS_H

#include "../edhoc/edhoc.h"

enum { EDHOC_OPTIONS_EXPORTS_MAX = 32, EDHOC_OPTIONS_CONTEXT_MAX = 256 };

/* What EDHOC_Exporter is asked for. */
struct edhoc_options_export {
  uint32_t label;
  uint8_t context[EDHOC_OPTIONS_CONTEXT_MAX];
  size_t context_length;
  size_t length;
};

struct edhoc_options {
  enum edhoc_role role;
  unsigned method;
  struct edhoc_suites suites;
  struct edhoc_connection_id connection;
  bool message_4;
  const char *key, *cred, *id_cred; /* names of files; NULL: not given */
  const char *peer_cred, *peer_id_cred, *peer_public_key;
  const char *trust[EDHOC_CHAIN_MAX];
  size_t trust_count;
  struct edhoc_options_export exports[EDHOC_OPTIONS_EXPORTS_MAX];
  size_t exports_count;
};

/* Reads the options behind the subcommand (argv[0] is its name). Exits with 0 after --help, with
 * EXIT_USAGE where something is wrong or missing. */
void edhoc_options_parse(int argc, char **argv, struct edhoc_options *options);

/* Ends the program with EXIT_USAGE: what is wrong, and where help is. */
_Noreturn void edhoc_options_refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
