/* Two DTLS endpoints in virtual time: a link of constant latency, and one fault at a chosen
 * datagram. */
#ifndef NODES_TESTS_DTLS_DTLS_WORLD_H
#define NODES_TESTS_DTLS_DTLS_WORLD_H

#include "dtls/dtls.h"
#include "seeded.h"

enum {
  DTLS_WORLD_LOG_MAX = 64,
  DTLS_WORLD_STEPS_MAX = 1000, /* a stall is an error */
  DTLS_WORLD_LATENCY_MS = 10,
  DTLS_WORLD_GOT_MAX = 256,
};

enum dtls_world_side { DTLS_CLIENT, DTLS_SERVER };

/* What happens to one datagram, counted from 0 over all that are sent. */
enum dtls_world_fault {
  DTLS_NO_FAULT,
  DTLS_LOSE,
  DTLS_DOUBLE,
  DTLS_DELAY,    /* by `argument` milliseconds */
  DTLS_TRUNCATE, /* to `argument` octets */
  DTLS_FLIP,     /* bit `argument` */
  DTLS_CUT_LINK, /* from this one on, all that this side sends is lost */
};

struct dtls_world_end {
  struct dtls *dtls;
  struct node_hooks hooks;
  struct seeded seeded;
  uint8_t got[DTLS_WORLD_GOT_MAX]; /* the last record that was delivered */
  size_t got_length;
  unsigned got_count;
  uint32_t cost[NODE_PRIMITIVE_COUNT];
  bool cut; /* what it sends is lost */
};

struct dtls_world_datagram {
  enum dtls_world_side from;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  struct span_list spans;
  const char *label;
  unsigned copy;
  uint64_t sent_ns, arrival_ns;
  bool under_way;
};

struct dtls_world {
  struct dtls_world_end end[2];
  uint64_t now_ns;
  struct dtls_world_datagram log[DTLS_WORLD_LOG_MAX];
  size_t count; /* sent */
  enum dtls_world_fault fault;
  size_t fault_at;
  uint64_t argument;
};

/* Both ends as they usually are; `config` of an end may be changed before dtls_world_init. */
struct dtls_world_config {
  struct dtls_config end[2];
  uint64_t seed;
};

struct dtls_world_config dtls_world_default(void);

void dtls_world_init(struct dtls_world *world, const struct dtls_world_config *config);
void dtls_world_deinit(struct dtls_world *world);

/* One datagram departs or arrives, or a timer is over; false if there is nothing of that. */
bool dtls_world_step(struct dtls_world *world);

/* Until nothing is under way and no timer runs. */
void dtls_world_run(struct dtls_world *world);

/* One record of application data; NULL if it was refused. It stays in the log. */
struct dtls_world_datagram *dtls_world_protect(struct dtls_world *world, enum dtls_world_side from,
                                               const void *plain, size_t length);

/* Hands octets to an end now; what dtls_receive says. */
int dtls_world_receive(struct dtls_world *world, enum dtls_world_side to, const uint8_t *data,
                       size_t length);

/* Protects and hands over; true if it arrived as it was. */
bool dtls_world_transfer(struct dtls_world *world, enum dtls_world_side from, const char *text);

bool dtls_world_established(const struct dtls_world *world);
size_t dtls_world_bytes(const struct dtls_world *world);

#endif
