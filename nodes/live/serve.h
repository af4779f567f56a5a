/* What the two servers have in common: one node, its sockets, and a run until a signal comes. */
#ifndef NODES_LIVE_SERVE_H
#define NODES_LIVE_SERVE_H

#include "loop.h"

/* The context of serve_hooks. */
struct serve {
  const struct report *report;
  uint64_t confirmed;
  uint64_t failed;
  uint64_t discarded; /* messages */
  bool freed;            /* memory, since it was last given back */
  uint64_t give_back_ns; /* when it is; 0: not known yet */
};

/* Randomness, and events that are logged and counted. */
struct node_hooks serve_hooks(struct serve *serve);

/* Logs where the sockets listen, hosts the node until SIGINT or SIGTERM, logs the counts. Returns
 * the exit status. */
int serve_run(struct serve *serve, struct node *node, const struct udp_socket *sockets,
              size_t socket_count);

#endif
