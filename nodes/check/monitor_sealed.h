/* What IKE and ESP must keep to, whatever the network does: keys that are equal at both ends, no
 * nonce of AES-CCM twice under one key, no packet of ESP accepted twice. Knows the keys by what
 * both ends tell (NODE_EVENT_SECRET), and judges beside whatever else watches a world. */
#ifndef NODES_CHECK_MONITOR_SEALED_H
#define NODES_CHECK_MONITOR_SEALED_H

#include "node.h"

enum {
  MONITOR_SAS_MAX = 24,     /* that an end tells of in a run: of IKE, of ESP */
  MONITOR_SA_MAX = 54,      /* octets of the keys of one */
  MONITOR_SEALED_MAX = 160, /* messages under such keys, in a run */
  MONITOR_SEALED_ENDS = 2,  /* CHECK_SIDES */
};

/* A message of IKE, from its header on, or a packet of ESP. */
struct monitor_sealed_message {
  const uint8_t *octets; /* NULL: neither */
  size_t length;
  bool is_esp;
};

/* Keys of both directions, as NODE_EVENT_SECRET has them. */
struct monitor_sa {
  uint8_t octets[MONITOR_SA_MAX];
  size_t length;
};

struct monitor_sas {
  struct monitor_sa items[MONITOR_SAS_MAX];
  size_t count;
};

struct monitor_sealed {
  struct monitor_sas ike[MONITOR_SEALED_ENDS], esp[MONITOR_SEALED_ENDS];
  struct {
    uint64_t nonce, octets; /* hashes: of key and nonce, of the message */
  } used[MONITOR_SEALED_MAX];
  size_t used_count;
  struct {
    unsigned side;
    uint64_t octets;
  } accepted[MONITOR_SEALED_MAX]; /* packets of ESP */
  size_t accepted_count;
  bool discards; /* something of what is being read */
};

struct monitor;

/* A datagram departs from this side. */
void monitor_sealed_sends(struct monitor *monitor, unsigned side,
                          const struct monitor_sealed_message *message);

/* Around node_read; monitor->reading is set in between. */
void monitor_sealed_reads(struct monitor *monitor);
void monitor_sealed_has_read(struct monitor *monitor, unsigned side,
                             const struct monitor_sealed_message *message);

/* An event of this side, which may be of no interest. */
void monitor_sealed_event(struct monitor *monitor, unsigned side, const struct node_event *event);

/* What of it decides how a run is judged further. */
void monitor_sealed_digest(const struct monitor *monitor, struct digest *digest);

#endif
