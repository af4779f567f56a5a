/* The command line of the subcommand `edhoc`; of EAP-EDHOC what the files need. */
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
  const char *command; /* the subcommand; for messages, as are the next two */
  const char *user;    /* whose credentials these are, or NULL */
  bool eap;            /* the options are named --edhoc-key, and so on */
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

/* C_I or C_R of those who do not choose one. */
struct edhoc_connection_id edhoc_options_connection(enum edhoc_role role);

/* Reads a list of cipher suites. False: it is not what EDHOC_OPTIONS_SUITES_ACCEPTED, a format with
 * EDHOC_SUITES_MAX, says. */
NODE_MUST_CHECK bool edhoc_options_suites(struct edhoc_suites *suites, const char *text);
#define EDHOC_OPTIONS_SUITES_ACCEPTED                                                              \
  "a list of up to %d different numbers, the preferred one first and one of 0 to 3 among them: 2 " \
  "or 3,2"

/* Ends the program with EXIT_USAGE: what is wrong, and where help is. */
_Noreturn void edhoc_options_refuse(const struct edhoc_options *options, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
