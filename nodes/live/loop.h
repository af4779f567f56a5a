/* The world of live nodes: the monotonic clock, the system's randomness, UDP sockets and one ppoll.
 * What the simulator does for nodes in virtual time, this does in real time; it knows nothing of
 * what they say. */
#ifndef NODES_LIVE_LOOP_H
#define NODES_LIVE_LOOP_H

#include "report.h"
#include "udp.h"

/* A node and the sockets that it speaks through: the one with the protocol and the port that a
 * datagram has as its source sends it. All of it belongs to the caller, who keeps it as long as the
 * loop holds it. */
struct loop_node {
  struct node *node;
  const struct udp_socket *sockets;
  size_t socket_count;
  int error; /* of the node, which can go on no more: a negative node_error, or 0 */
};

/* What a node is being told: from where it came, and to which address. */
struct loop_arrival {
  struct node_address source, destination;
};

struct loop {
  const struct report *report;
  struct loop_node **nodes;
  size_t count;
  size_t capacity;
  struct pollfd *polls;        /* of the signals, the log, and each socket */
  struct loop_arrival arrival; /* zero: the node has not been told anything */
  int signals;
};

/* Nanoseconds of the monotonic clock. */
uint64_t loop_now_ns(void);

/* The `random` hook of every live node; `context` is not used. */
void loop_random(void *context, uint8_t *bytes, size_t length);

/* Room for `capacity` nodes with `sockets` sockets each. From now on SIGINT and SIGTERM end
 * loop_step. -1 where the system has no memory or files left. */
NODE_MUST_CHECK int loop_init(struct loop *loop, size_t capacity, size_t sockets,
                              const struct report *report);
void loop_deinit(struct loop *loop);

/* Hosts a node (there must be room), or leaves it alone from now on. Not while a step runs. */
void loop_add(struct loop *loop, struct loop_node *node);
void loop_remove(struct loop *loop, const struct loop_node *node);

/* Waits for a datagram, a node's expiry or `until_ns`, and lets the nodes do what is due. False if
 * a signal has asked the program to end. */
NODE_MUST_CHECK bool loop_step(struct loop *loop, uint64_t until_ns);

/* After a signal has come: the next step ends by the next one. */
void loop_forget_signals(const struct loop *loop);

/* Sends what the node has to send: to be called after it was told something from outside. */
void loop_drain(const struct loop *loop, struct loop_node *node);

#endif
