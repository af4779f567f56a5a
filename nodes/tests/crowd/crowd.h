/* As many peers as wanted at one authenticator and one AAA server, in virtual time and without a
 * world around them: what their number costs the nodes. Datagrams arrive after a constant time; an
 * authenticator that has enough may lose those that come too fast. */
#ifndef NODES_TESTS_CROWD_CROWD_H
#define NODES_TESTS_CROWD_CROWD_H

#include "lower/lower.h"

struct crowd_config {
  size_t peers;
  uint64_t spread_ns;           /* peers begin one after another, within this */
  uint64_t latency_ns;          /* of each datagram */
  uint64_t aaa_latency_ns;      /* ... to and from the AAA server */
  size_t radius_ports;          /* 0: the EAP server is in the authenticator */
  struct option_values options; /* of lower layer and association */
  /* Datagrams that the authenticator can take in each second, others than the AAA server's, and
   * how many it keeps waiting; what is more is lost. 0: all. */
  size_t authenticator_rate, authenticator_queue;
};

/* Octets that nodes of one kind have on the heap. */
enum crowd_kind { CROWD_PEER, CROWD_AUTHENTICATOR, CROWD_AAA, CROWD_KINDS };

struct crowd_result {
  size_t established; /* at both ends, with equal keys */
  size_t failed;      /* authentications, as peers say */
  uint64_t last_ns;   /* when the last was established */
  size_t datagrams;
  size_t attempts;                  /* of all peers */
  size_t heap_empty[CROWD_KINDS];   /* nodes that have done nothing yet */
  size_t heap_peak[CROWD_KINDS];    /* at most */
  size_t heap_joined[CROWD_KINDS];  /* when the last was established */
  size_t heap_at_rest[CROWD_KINDS]; /* when nobody has anything left to do */
  struct radius_client_load load;
};

/* Runs until nobody has anything left to do. */
void crowd_run(const struct crowd_config *config, struct crowd_result *result);

#endif
