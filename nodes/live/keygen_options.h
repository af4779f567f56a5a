/* The command line of the subcommand `keygen`. */
#ifndef NODES_LIVE_KEYGEN_OPTIONS_H
#define NODES_LIVE_KEYGEN_OPTIONS_H

#include "../edhoc/edhoc.h"
#include "complaint.h"

enum { KEYGEN_NAME_MAX = 64, KEYGEN_KID_MAX = 8, KEYGEN_DAYS_MAX = 36500 };

enum keygen_kind { KEYGEN_PSK, KEYGEN_EDHOC, KEYGEN_CA, KEYGEN_CERTIFICATE, KEYGEN_KINDS };

struct keygen_options {
  enum keygen_kind kind;
  const char *out; /* a file, "-", or what the names of files begin with */
  bool force;
  char name[KEYGEN_NAME_MAX + 1]; /* "": of a PSK that is nobody's */
  char with[KEYGEN_NAME_MAX + 1]; /* the other side's name */
  const char *with_files;         /* what the names of its files begin with */
  bool server;                    /* the key is the server's */
  unsigned method;
  int32_t suite;
  uint8_t kid[KEYGEN_KID_MAX];
  size_t kid_length; /* 0: any */
  const char *ca;
  bool thumbprint; /* x5t instead of x5chain */
  unsigned days;
};

/* Reads the options behind the subcommand (argv[0] is its name). 0; USAGE_HELP; or -1 with a
 * complaint where something is wrong or missing. */
NODE_MUST_CHECK int keygen_options_parse(int argc, char **argv, struct keygen_options *options,
                                         struct complaint *complaint);

#endif
