/* The command line of the subcommand `dtls`. */
#ifndef NODES_LIVE_DTLS_OPTIONS_H
#define NODES_LIVE_DTLS_OPTIONS_H

#include "complaint.h"
#include "udp.h"

#include "../dtls/dtls.h"

struct dtls_options {
  bool client;
  struct udp_address address; /* of the server, or where to listen */
  uint8_t psk[DTLS_PSK_MAX];
  size_t psk_length;
  const char *identity;
  bool cookie;
  unsigned suites; /* set of dtls/suite.h */
};

/* Reads the options behind the subcommand (argv[0] is its name). 0; USAGE_HELP; or -1 with a
 * complaint where something is wrong or missing. */
NODE_MUST_CHECK int dtls_options_parse(int argc, char **argv, struct dtls_options *options,
                                       struct complaint *complaint);

#endif
