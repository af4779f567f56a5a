/* What the parts of a run share. */
#ifndef SIM_RUN_INSIDE_H
#define SIM_RUN_INSIDE_H

#include "aaa/proxy.h"
#include "account/ledger.h"
#include "account/meter.h"
#include "account/transit.h"
#include "cast/topology.h"
#include "lower/lower.h"
#include "radius/server.h"
#include "story.h"

#include <stdio.h>

/* When the first peer may begin, and the power comes back. */
#define RUN_BEGIN_NS (10 * NODE_MS)

enum { RUN_BACKHAUL_HOPS_MAX = 3 }; /* two proxies */

struct agenda;
struct bootstrapping;
struct authorization;
struct frame_log;
struct host;
struct identities;
struct losses;
struct recommissioning;
struct relays;
struct use_case;
struct run_options;

struct run_home {
  struct world *world; /* of the last run; NULL: none */
};

/* Messages of the lower layer: those that have its header's row. */
struct run_messages {
  uint64_t sent;
  uint64_t repeated;          /* of these */
  uint64_t repeated_by_peers; /* of these */
};

struct run {
  const struct spec *spec;
  FILE *log;             /* NULL: none */
  struct run_home *home; /* NULL: nothing is kept */
  const struct lower_layer *lower;
  struct topology topology;
  struct story story;
  struct world *world;
  struct ledger *ledger;
  struct timeline *timeline; /* by number of the peer */
  struct transit *transit;
  struct frame_log *frames; /* NULL: there is no log */
  bool *peer_links;         /* by node with a radio: whether the one to its parent is a peer's */
  struct meter *meters;     /* by node */
  struct losses *losses;
  struct identities *identities;
  struct authorization *authorization;
  struct bootstrapping *bootstrapping;     /* NULL: none */
  struct recommissioning *recommissioning; /* NULL: none */
  struct use_case *use_case;               /* NULL: none */
  struct host *hosts;                      /* by node */
  struct relays *relays;                   /* NULL: there are none */
  struct host *backend;   /* a part of the authenticator: its EAP server or RADIUS client */
  struct agenda *agendas; /* by peer */
  struct radius_server_client radius_clients[RUN_BACKHAUL_HOPS_MAX]; /* roles.h; by hop */
  struct aaa_proxy_server proxied[RUN_BACKHAUL_HOPS_MAX];            /* role_proxy.c; by hop */
  struct aaa_realm proxied_realm;

  size_t joined_count; /* agendas whose last authentication has ended */
  size_t done_count;   /* agendas that are done */
  /* Of the last authentication of each peer: the first datagram of all, and the end of all;
   * NODE_NEVER before. */
  uint64_t first_ns, end_ns;
  struct meter_reading *begin, *end; /* by node: at first_ns and end_ns */
  uint64_t done_ns;                  /* all agendas are done; NODE_NEVER before */
  struct run_before {
    bool noted;
    uint64_t datagrams, bytes_udp, bytes_air, bytes_wire;
  } before; /* run_note_first_app */

  uint64_t primitives[PARTY_COUNT][NODE_PHASE_COUNT][TURN_COUNT][NODE_PRIMITIVE_COUNT];
  struct run_messages messages[NODE_PHASE_COUNT][TURN_COUNT];
  uint64_t dropped[WORLD_DROP_COUNT]; /* data frames, by MACs */
  uint64_t dropped_computing;         /* datagrams that found no room at a node that computed */
  const char *aaa_failure;            /* the last that the AAA server said; NULL: none */
  uint64_t aaa_failure_ns;
  int error; /* a node or the world could not go on */
  enum party
      unpriced; /* it computed a primitive that its profile has no figure for; PARTY_COUNT: */
  enum node_primitive unpriced_primitive; /*   none did */
};

/* The first node of a role; WORLD_NODE_NONE: there is none. */
size_t run_node_of(const struct run *run, enum role role);

/* What all have sent, whatever for, until now: with one peer, until its first request to an
 * application server departs. */
void run_note_first_app(struct run *run);

/* Ends the run: a node or the world could not go on. */
void run_stop_with(struct run *run, int error);

/* Ends the run: a node computes what there is no figure for. */
void run_stop_unpriced(struct run *run, enum party party, enum node_primitive primitive);

/* Makes the world of the topology that is drawn, and on it the hosts and their nodes. False if the
 * network cannot be built; run_demolish is due all the same. */
bool run_build(struct run *run, const struct run_options *options,
               const struct world_callbacks *callbacks);

/* False if a capture could not be written to its end. */
bool run_demolish(struct run *run);

#endif
