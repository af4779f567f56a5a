/* Datagrams on their way in the world of a test, and its virtual time: each arrives after a
 * constant time, unless a fault is its. That spans cover all octets is asserted. Include after
 * cmocka.h. */
#ifndef NODES_TESTS_POST_POST_H
#define NODES_TESTS_POST_POST_H

#include "node.h"

enum {
  POST_FLIGHT_MAX = 1024,
  POST_STEPS_MAX = 20000, /* a stall is an error */
  POST_LATENCY_MS = 10,
};

struct post_datagram {
  struct node_address source, destination;
  enum node_protocol protocol;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  const char *label;
  enum node_phase phase;
  enum node_part part;
  bool is_protected;
  unsigned copy;
  struct span_list spans;
  uint64_t arrival_ns; /* NODE_NEVER: it has arrived, or never will */
};

enum post_fault { POST_LOSE, POST_DOUBLE, POST_DELAY, POST_FAULTS };

/* Whom it brings datagrams to: the world that has it. */
struct post_world {
  void (*read)(void *world, const struct node_datagram *datagram);
  uint64_t (*expiry)(const void *world);
  void (*wake)(void *world);  /* a timer has come */
  void (*flush)(void *world); /* gives post_depart all that anybody has to say */
};

struct post {
  const struct post_world *ops;
  void *world;
  uint64_t now_ns;
  size_t steps;
  struct post_datagram flight[POST_FLIGHT_MAX];
  size_t flight_count;
  enum post_fault fault;
  size_t fault_at; /* SIZE_MAX: none */
  uint64_t delay_ms;
};

void post_init(struct post *post, const struct post_world *ops, void *world);

void post_depart(struct post *post, const struct node_datagram *datagram);

/* Octets from one address to another, arriving now, in memory of exactly their length, so that
 * AddressSanitizer sees who reads on. */
void post_inject(struct post *post, enum node_protocol protocol, const struct node_address *source,
                 const struct node_address *destination, const uint8_t *data, size_t length);

/* Until nothing is to be done before then, and it is then; NODE_NEVER: at all. */
void post_run_until(struct post *post, uint64_t until_ns);
void post_run_ms(struct post *post, uint64_t ms);

/* How many datagrams had this label; and the first of them, which must be there. */
unsigned post_flown(const struct post *post, const char *label);
const struct post_datagram *post_first(const struct post *post, const char *label);

#endif
