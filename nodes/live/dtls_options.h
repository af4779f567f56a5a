/* The command line of the subcommand `dtls`. */
#ifndef NODES_LIVE_DTLS_OPTIONS_H
#define NODES_LIVE_DTLS_OPTIONS_H

#include "udp.h"

#include "../dtls/dtls.h"

struct dtls_options {
  bool client;
  struct udp_address address; /* of the server, or where to listen */
  uint8_t psk[DTLS_PSK_MAX];
  size_t psk_length;
  const char *identity;
  bool cookie;
};

/* Reads the options behind the subcommand (argv[0] is its name). Exits with 0 after --help, with
 * EXIT_USAGE where something is wrong or missing. */
void dtls_options_parse(int argc, char **argv, struct dtls_options *options);

#endif
