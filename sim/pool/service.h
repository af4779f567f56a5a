/* A worker's side: it reads requests from its socket, makes the runs one after another, and answers
 * each. The messages go between processes forked from one: they are structures as they are. */
#ifndef SIM_POOL_SERVICE_H
#define SIM_POOL_SERVICE_H

#include "pool.h"

struct service_request {
  uint64_t number; /* of the run, from 1 */
  struct spec spec;
};

/* Before the result's line and the log. */
struct service_answer {
  uint64_t line_length;
  uint64_t log_length;
  uint64_t status; /* enum pool_status */
};

enum { SERVICE_GOOD, SERVICE_BROKEN = 70 /* of itself, not by a run */ };

/* The exit status: when the other end of the socket is closed. */
int service_provide(int socket, const struct pool_options *options);

/* Between processes: all octets, whatever interrupts. False at the end of the socket or an error.
 */
bool service_send(int socket, const void *data, size_t length);

#endif
