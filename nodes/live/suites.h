/* Lists of EDHOC's cipher suites as options and files give them. */
#ifndef NODES_LIVE_SUITES_H
#define NODES_LIVE_SUITES_H

#include "../edhoc/suite.h"

/* False: it is not what SUITES_ACCEPTED, a format with EDHOC_SUITES_MAX, says. */
NODE_MUST_CHECK bool suites_read(struct edhoc_suites *suites, const char *text);
#define SUITES_ACCEPTED                                                                            \
  "a list of up to %d different numbers, the preferred one first and one of 0 to 3 among them: 2 " \
  "or 3,2"

#endif
