/* One run: builds the network that a spec asks for, hosts the nodes on it, runs it to its end, and
 * sums up. A pure function of the spec and the code. */
#ifndef SIM_RUN_RUN_H
#define SIM_RUN_RUN_H

#include "account/ledger.h"
#include "agenda.h"
#include "lower/lower.h"
#include "cast/topology.h"
#include "radius/server.h"
#include "spec/result.h"

#include <stdio.h>

struct run;

/* Who computes: whose primitives are counted together. */
enum party { PARTY_AUTHENTICATOR, PARTY_PEERS, PARTY_AAA, PARTY_COUNT };

/* A node of the contract, hosted on a node of the world. */
struct host {
  struct run *run;
  size_t index;      /* in the world */
  struct node *node; /* NULL: mute (a fault that the spec asks for) */
  struct node_hooks hooks;
  struct stream stream;
  enum party party;
  /* What was computed since the last datagram, and what for, if for none. */
  uint64_t computed[NODE_PRIMITIVE_COUNT];
  enum node_phase phase;
  uint64_t due_ns; /* when it next has to act; NODE_NEVER */
};

/* Names and credentials, as long as the spec asks for. */
struct identities;

struct run {
  const struct spec *spec;
  FILE *log; /* NULL: none */
  const struct lower_layer *lower;
  struct topology topology;
  struct world *world;
  struct ledger *ledger;
  struct meter *meters;   /* by node */
  struct stream **losses; /* by sender, then by receiver; rows made when first used */
  struct host authenticator;
  struct host backend; /* the authenticator's EAP server or RADIUS client: a stream of its own */
  struct host *peers;
  struct host aaa;        /* without a node where there is none */
  struct agenda *agendas; /* by peer */
  struct identities *identities;
  struct radius_server_client radius_client; /* the authenticator, as the AAA server knows it */
  uint64_t primitives[PARTY_COUNT][NODE_PHASE_COUNT][NODE_PRIMITIVE_COUNT];
  /* Of the last authentication of each peer: the first datagram of all, and the end of all;
   * NODE_NEVER before. */
  uint64_t first_ns, end_ns;
  struct meter_reading *begin, *end; /* by node: at first_ns and end_ns */
  uint64_t done_ns;                  /* all agendas are done; NODE_NEVER before */
  uint64_t coap_messages[NODE_PHASE_COUNT], coap_retransmissions[NODE_PHASE_COUNT];
  uint64_t datagrams_repeated; /* of the authentications */
  const char *aaa_failure;     /* the last that the AAA server said; NULL: none */
  uint64_t aaa_failure_ns;
  int error; /* a node or the world could not go on */
};

struct run_options {
  const char *pcap_directory; /* NULL: none */
  FILE *log;                  /* NULL: none */
};

/* Runs `spec`; its result as one line of JSON, which the caller frees. `*outcome` tells how it
 * ended ("established", ...), static text. */
char *run_spec(const struct spec *spec, const struct run_options *options, const char **outcome);

/* Makes the world and its hosts (build.c); what a host needs at run time is in `hooks` and
 * `callbacks`. False if the network cannot be built; run_demolish is due all the same. */
bool run_build(struct run *run, const char *pcap_directory, const struct node_hooks *hooks,
               const struct world_callbacks *callbacks);
void run_demolish(struct run *run);

/* Fills in the result of a run that has ended (summary.c). */
void run_summarize(const struct run *run, struct result *result);

#endif
