/* Two IKEv2 endpoints in virtual time: a link of constant latency, and one fault at a chosen
 * datagram. */
#ifndef NODES_TESTS_IKEV2_IKEV2_WORLD_H
#define NODES_TESTS_IKEV2_IKEV2_WORLD_H

#include "ikev2/ikev2.h"
#include "seeded.h"

enum {
  IKEV2_WORLD_LOG_MAX = 64,
  IKEV2_WORLD_STEPS_MAX = 1000, /* a stall is an error */
  IKEV2_WORLD_LATENCY_MS = 10,
  IKEV2_WORLD_SECRET_MAX = 128,
};

enum ikev2_world_side { IKEV2_INITIATOR, IKEV2_RESPONDER };

/* What happens to one datagram, counted from 0 over all that are sent. */
enum ikev2_world_fault {
  IKEV2_NO_FAULT,
  IKEV2_LOSE,
  IKEV2_DOUBLE,       /* it comes twice, one behind the other */
  IKEV2_DOUBLE_LATER, /* again after `argument` milliseconds */
  IKEV2_DELAY,        /* by `argument` milliseconds */
  IKEV2_TRUNCATE,     /* to `argument` octets */
  IKEV2_FLIP,         /* bit `argument` */
  IKEV2_CUT_LINK,     /* from this one on, all that this side sends is lost */
};

struct ikev2_world_end {
  struct ikev2 *ike;
  struct node_hooks hooks;
  struct seeded seeded;
  uint32_t cost[NODE_PRIMITIVE_COUNT];
  unsigned discarded;
  const char *why; /* the last was */
  uint8_t ike_keys[IKEV2_WORLD_SECRET_MAX], esp_keys[IKEV2_WORLD_SECRET_MAX];
  size_t ike_keys_length, esp_keys_length; /* 0: none were told */
  bool writing;                            /* inside ikev2_write: nothing may be computed */
  bool cut;                                /* what it sends is lost */
};

struct ikev2_world_datagram {
  enum ikev2_world_side from;
  struct node_address source, destination;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  struct span_list spans;
  const char *label;
  unsigned copy;
  uint64_t sent_ns, arrival_ns, again_ns; /* again: 0, or when it comes a second time */
  bool under_way;
};

struct ikev2_world {
  struct ikev2_world_end end[2];
  uint64_t now_ns;
  struct ikev2_world_datagram log[IKEV2_WORLD_LOG_MAX];
  size_t count; /* sent */
  enum ikev2_world_fault fault;
  size_t fault_at;
  uint64_t argument;
  bool translates; /* a NAT is before the initiator */
};

/* Where the responder sees the initiator behind the NAT at, with a port of this end. */
struct node_address ikev2_world_translated(uint16_t port);

/* Both ends as they usually are, childless; `config` of an end may be changed before
 * ikev2_world_init. */
struct ikev2_world_config {
  struct ikev2_config end[2];
  uint64_t seed;
};

struct ikev2_world_config ikev2_world_default(void);

void ikev2_world_init(struct ikev2_world *world, const struct ikev2_world_config *config);
void ikev2_world_deinit(struct ikev2_world *world);

/* All that an end has to say departs. */
void ikev2_world_write_all(struct ikev2_world *world, enum ikev2_world_side side);

/* One datagram departs or arrives, or a timer is over; false if there is nothing of that. */
bool ikev2_world_step(struct ikev2_world *world);

/* Until nothing is under way and no timer runs. */
void ikev2_world_run(struct ikev2_world *world);
/* Until then, or this many datagrams have been sent. */
void ikev2_world_run_to(struct ikev2_world *world, size_t count);

/* Hands a datagram that was sent, or other octets of its sender, to its receiver now. */
void ikev2_world_receive(struct ikev2_world *world, const struct ikev2_world_datagram *datagram);
void ikev2_world_receive_octets(struct ikev2_world *world, enum ikev2_world_side to,
                                const uint8_t *data, size_t length);

enum ikev2_state ikev2_world_state(const struct ikev2_world *world, enum ikev2_world_side side);
bool ikev2_world_established(const struct ikev2_world *world);
size_t ikev2_world_bytes(const struct ikev2_world *world);

#endif
