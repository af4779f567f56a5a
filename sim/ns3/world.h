/* The simulated world: a tree of IEEE 802.15.4 nodes under one root, 6LoWPAN with route-over, UDP;
 * and one node more, without a radio, on a wire behind the root. A C interface; ns-3 and C++ stay
 * behind it. Nothing of any protocol above UDP is known here.
 *
 * Scope: static routes and neighbours, so that not one frame is sent that the nodes did not ask
 * for; a wire that delays, and neither loses nor limits; a node hears the nodes whose depth in the
 * tree differs from its own by one at most; all further loss is asked of the caller, frame by frame
 * and receiver by receiver; no mobility, no fading, no duty cycling. One world at a time in a
 * process. */
#ifndef SIM_NS3_WORLD_H
#define SIM_NS3_WORLD_H

#include "../../nodes/node.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  WORLD_PHY_OVERHEAD = 6, /* octets of preamble, SFD and length before each PSDU; in no pcap */
  WORLD_ACK_LENGTH = 5,   /* octets of PSDU of a MAC acknowledgement */
  WORLD_PSDU_MAX = 127,
  WORLD_DATAGRAM_MAX = 1232, /* octets of UDP payload that fit the IPv6 MTU of 1280 by radio */
  WORLD_NODES_MAX = 1000,
  WORLD_DEPTH_MAX = 64, /* hops that the IPv6 hop limit allows */
};

#define WORLD_PREFIX "fd00::" /* /64, known to 6LoWPAN as context 0 */
#define WORLD_BACKHAUL_DELAY_MAX_NS (3600 * NODE_SECOND)
#define WORLD_DATAGRAM_UNKNOWN UINT32_MAX

/* Radio states; each moment of a node's life is spent in one. */
enum world_radio {
#define RADIO(id, name, help) WORLD_RADIO_##id,
#include "radio.def"
#undef RADIO
  WORLD_RADIO_COUNT
};

struct world_config {
  uint64_t seed; /* 0 to 2^53 - 1: back-offs, sequence numbers of the MAC */
  size_t node_count;
  const size_t *parents; /* node i > 0: the index, below i, of its parent; node 0 is the root */
  unsigned mac_max_retries;
  unsigned mac_min_be;
  unsigned mac_max_be;
  unsigned mac_max_backoffs;
  /* NULL: none; else air.pcap (each frame once, at its start) and node-<index>.pcap (what the node
   * sent, at the start, and heard, at the end) go there, and with a backhaul backhaul.pcap (raw
   * IPv6, each packet once, at its start); it is made if its parent is there. */
  const char *pcap_directory;
  /* One node more, of index node_count: no radio, but a wire to node 0. All that is said of nodes
   * holds for it, too, except that it is in no radio capture and no radio callback, and that it and
   * node 0 reach each other alone. Nothing else changes by its being there. */
  bool backhaul;
  uint64_t backhaul_delay_ns; /* one way; up to WORLD_BACKHAUL_DELAY_MAX_NS */
};

/* A range of a PSDU that holds octets of one row of one datagram. */
struct world_tagged {
  uint32_t datagram; /* what world_send was told */
  uint16_t row;
  uint16_t offset;
  uint16_t length;
};

/* One transmission of one radio, as it begins. */
struct world_frame {
  uint64_t now_ns;
  size_t sender;
  const uint8_t *psdu; /* with FCS */
  size_t length;
  const struct world_tagged *tagged; /* ascending by offset, not overlapping */
  size_t tagged_count;
};

/* One packet on the wire, as it is put there. */
struct world_backhaul_packet {
  uint64_t now_ns;
  size_t sender;
  uint32_t datagram; /* what world_send was told; WORLD_DATAGRAM_UNKNOWN if that was empty */
  size_t length;     /* octets of the IPv6 packet */
};

/* What the world tells; `context` is that of world_create. All are required, `backhaul` only if
 * there is one. `datagram` and `timer` may call all of world_*, except world_run and world_destroy;
 * the others nothing but world_now and world_stop. */
struct world_callbacks {
  /* A UDP datagram arrived at a port that was opened. data is the callee's to read only. */
  void (*datagram)(void *context, size_t node, const struct node_datagram *datagram);
  void (*timer)(void *context, size_t node);
  void (*frame)(void *context, const struct world_frame *frame);
  /* The radio of `node` enters a state now. Said once for each node at world_create, too. */
  void (*radio)(void *context, size_t node, enum world_radio state, uint64_t now_ns);
  /* Is this frame lost on its way to this receiver? Asked at its end, once for each frame,
   * acknowledgements included, and each radio that locked on to it, whoever it is for and even if a
   * collision has destroyed it. */
  bool (*lose)(void *context, size_t sender, size_t receiver, size_t length);
  /* Told before the world_send that causes it returns. */
  void (*backhaul)(void *context, const struct world_backhaul_packet *packet);
};

struct world;

/* Builds the network. NULL with a line on stderr if the configuration cannot be built or a pcap
 * file cannot be written. The callbacks and the configuration's arrays are copied. */
struct world *world_create(const struct world_config *config,
                           const struct world_callbacks *callbacks, void *context);
void world_destroy(struct world *world);

/* The global IPv6 address of a node. */
void world_address(const struct world *world, size_t node, uint8_t ip[16]);

/* Datagrams to this port of this node are delivered from now on; sending from a port opens it. */
void world_open(struct world *world, size_t node, uint16_t port);

/* Sends `datagram` (data, length, spans, source.port, destination) from `node`. `id` comes back in
 * struct world_tagged. Returns 0, or -1 if the destination is no other node's address, the source
 * port is 0, the datagram is longer than WORLD_DATAGRAM_MAX (over the backhaul NODE_DATAGRAM_MAX)
 * or than its spans say, or one end is behind the backhaul and the other not node 0. A port that
 * the destination did not open answers with an ICMPv6 error, which quotes, tags included, what it
 * refuses. */
NODE_MUST_CHECK int world_send(struct world *world, size_t node,
                               const struct node_datagram *datagram, uint32_t id);

/* The one timer of a node: replaces the last; NODE_NEVER stops it; the past means now. */
void world_timer(struct world *world, size_t node, uint64_t at_ns);

uint64_t world_now(const struct world *world);

/* Runs until `until_ns`, which is the time then, or until world_stop; with NODE_NEVER until nothing
 * is left to happen. May be called again. */
void world_run(struct world *world, uint64_t until_ns);
void world_stop(struct world *world);

/* Simulator events executed so far. */
uint64_t world_events(const struct world *world);

/* Loads and initialises ns-3 by building, using and destroying a small world, always in the same
 * way, so that processes forked afterwards are equal and quick. */
void world_warm_up(void);

/* "3.37" */
const char *world_version(void);

#ifdef __cplusplus
}
#endif

#endif
