/* One run: builds the network that a spec asks for, hosts the nodes on it, runs it to its end, and
 * sums up. A pure function of the spec and the code. */
#ifndef SIM_RUN_H
#define SIM_RUN_H

#include "ledger.h"
#include "record.h"
#include "result.h"
#include "stream.h"
#include "topology.h"

#include <stdio.h>

struct run;

/* A node of the contract, hosted on a node of the world. */
struct host {
  struct run *run;
  size_t index; /* in the world */
  struct node *node;
  struct node_hooks hooks;
  struct stream stream;
};

/* Names and credentials, as long as the spec asks for. */
struct identities;

struct run {
  const struct spec *spec;
  FILE *log; /* NULL: none */
  struct topology topology;
  struct world *world;
  struct ledger *ledger;
  struct meter *meters;   /* by node */
  struct stream **losses; /* by sender, then by receiver; rows made when first used */
  struct host *hosts;     /* the authenticator, then the peers */
  struct record *records; /* by peer */
  uint64_t *starts_ns;    /* by peer: when it, or the authenticator for it, begins */
  struct identities *identities;
  uint64_t primitives[NODE_PRIMITIVE_COUNT];
  uint64_t first_ns;                 /* first datagram of all; NODE_NEVER before */
  uint64_t end_ns;                   /* all records are final; NODE_NEVER before */
  struct meter_reading *begin, *end; /* by node: at first_ns and end_ns */
  uint64_t coap_messages, coap_retransmissions;
  int error; /* a node or the world could not go on */
};

struct run_options {
  const char *pcap_directory; /* NULL: none */
  FILE *log;                  /* NULL: none */
};

/* Runs `spec`; its result as one line of JSON, which the caller frees. `text` tells the outcome
 * ("established", ...), static. */
char *run_spec(const struct spec *spec, const struct run_options *options, const char **outcome);

/* Fills in the result of a run that has ended (summary.c). */
void run_summarize(const struct run *run, struct result *result);

#endif
