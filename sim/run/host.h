/* Hosts: each drives one node of the contract (node.h) on a node of the world, hands on what it
 * says, and books what it sends and computes. */
#ifndef SIM_RUN_HOST_H
#define SIM_RUN_HOST_H

#include "due.h"
#include "inside.h"
#include "radio_policy.h"
#include "spec/device.h"
#include "support/stream.h"
#include "work.h"

struct host {
  struct run *run;
  size_t index; /* in the world and the topology */
  enum role role;
  struct node *node; /* NULL: a relay, or mute (a fault that the spec asks for) */
  /* Parts of `node`, or what it is: that of the lower layer for network access; of a UE the peer of
   * the authentication for applications, and the client of applications. NULL: there is none. */
  struct node *lower, *application, *ue;
  struct node *client, *server; /* of the use case: the part of a client, or a resource server */
  struct node_hooks hooks;
  struct stream stream;
  struct agenda *agenda;       /* a peer's; else NULL */
  struct due_queue due;        /* of the peers that it acts for */
  const struct device *device; /* that the node runs on */
  struct work work;
  bool writes;                  /* its node copies out a datagram, and computes nothing */
  struct meter_reading at_work; /* of its node's, when that began to compute */
  bool carries;                 /* a relay: what its node sends is what came, on its way */
  uint32_t carried;             /* its id */
  struct host *owner; /* of a part of its node, with a random stream of its own; else NULL */
  /* What was computed since the last datagram, and what for, if for none. */
  uint64_t computed[NODE_PRIMITIVE_COUNT];
  struct cause cause;
  uint32_t serves; /* the peer, by its number, that its node was last called for; TIMELINE_NOBODY:
                      not known */
  struct radio_manner radio;
};

/* The host of a node of the world, without a node as yet. */
void host_init(struct host *host, struct run *run, size_t index);
void host_deinit(struct host *host);

/* A part of another's node: its hooks compute for the owner. */
void host_init_part(struct host *part, struct host *owner);

/* An address of the host: the global one, or that for its neighbours. */
struct node_address host_address(const struct host *host, uint16_t port);
struct node_address host_link_local(const struct host *host, uint16_t port);

uint64_t host_now(const struct host *host);

/* When the node was called that now sends: before it computed, if it did; and its meter's reading
 * then. */
uint64_t host_called_ns(const struct host *host);
struct meter_reading host_called_reading(const struct host *host);

/* The meter of the host's node now. */
struct meter_reading host_reading(const struct host *host);

/* A datagram with this id arrived. */
void host_read(struct host *host, const struct node_datagram *datagram, uint32_t id);

/* The host's timer has come. */
void host_wake(struct host *host);

/* Acts where it is time, sends what the node has to send, and sets its timer; while the node
 * computes, the last of these only. */
void host_pump(struct host *host);

/* Whether a datagram has octets of this ledger row. */
bool host_has_row(const struct node_datagram *datagram, uint16_t row);

#endif
