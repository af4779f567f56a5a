/* The simulated world: a tree of IEEE 802.15.4 nodes under one root, 6LoWPAN with route-over, UDP
 * and ESP; and nodes without a radio, each on a wire of its own to the root or to another of them.
 * A C interface; ns-3 and C++ stay behind it. Nothing of any protocol above UDP, nor of what is in
 * ESP, is known here.
 *
 * Scope: fixed routes and neighbours, so that not one frame is sent that the nodes did not ask
 * for. All nodes reach each other, along the tree, in which wired nodes are children of what their
 * wires lead to: the root forwards between radio and wires, and all from wire to wire. Wires delay,
 * and neither lose nor limit. A node hears the nodes within WORLD_RANGE_M, or those that a list
 * names, and nothing of the others; all further loss is asked of the caller, frame by frame and
 * receiver by receiver; no mobility, no fading. One world at a time in a process. */
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
  WORLD_DATAGRAM_MAX = 1232, /* octets of a datagram's data by radio: what fits, behind IPv6 and UDP
                                headers, the IPv6 MTU of 1280 */
  WORLD_NODES_MAX = 20000,   /* with a radio */
  WORLD_WIRED_MAX = 1000,    /* without */
  WORLD_DEPTH_MAX = 64,      /* hops that the IPv6 hop limit allows */
  WORLD_SPACING_M = 10,      /* between a node and its parent, unless positions are given */
  WORLD_RANGE_M = 15,        /* of a radio */
};

#define WORLD_PREFIX "fd00::" /* /64 of the nodes with a radio, known to 6LoWPAN as context 0 */
#define WORLD_WIRE_DELAY_MAX_NS (3600 * NODE_SECOND)
#define WORLD_DATAGRAM_UNKNOWN UINT32_MAX
#define WORLD_NODE_NONE SIZE_MAX

/* Radio states; each moment of a node's life is spent in one. */
enum world_radio {
#define RADIO(id, name, help) WORLD_RADIO_##id,
#include "radio.def"
#undef RADIO
  WORLD_RADIO_COUNT
};

/* Why a MAC gives up a data frame; or a node, one that it holds for a child. */
enum world_drop {
  WORLD_DROP_QUEUE,   /* mac_queue_frames wait already */
  WORLD_DROP_RETRIES, /* no acknowledgement, however often it was sent */
  WORLD_DROP_ACCESS,  /* the channel was busy, however often it was looked at */
  WORLD_DROP_EXPIRED, /* its destination, which polls, did not fetch it in 7.68 s */
  WORLD_DROP_COUNT
};

/* What becomes of a frame at a radio that it comes to. */
enum world_fate {
#define FATE(id, name, help) WORLD_FATE_##id,
#include "fate.def"
#undef FATE
  WORLD_FATE_COUNT
};

/* What a MAC does about the first of the data frames that it holds; without one, what it would. */
enum world_mac {
  WORLD_MAC_IDLE,         /* nothing as yet: its radio turns round, if that takes any time */
  WORLD_MAC_SPACING,      /* nothing until an interframe space is over */
  WORLD_MAC_ACCESS,       /* back-off and clear channel assessment */
  WORLD_MAC_SENDING,      /* the channel is clear: its radio turns round, and sends it */
  WORLD_MAC_AWAITING,     /* it is sent, and is to be acknowledged */
  WORLD_MAC_ACKNOWLEDGING /* nothing: the MAC acknowledges another's, for which its radio turns
                             round before */
};

/* The wire of a node without a radio. */
struct world_wire {
  uint64_t delay_ns; /* one way; up to WORLD_WIRE_DELAY_MAX_NS */
  size_t to;         /* its other end: node 0, or a wired node of a lower index */
};

/* How frames come to radios. Whichever it is, not one frame and not one nanosecond differ. */
enum world_channel {
  WORLD_CHANNEL_NS3,       /* each radio in range does the work of each frame */
  WORLD_CHANNEL_ADDRESSED, /* radios that have nothing to do with a frame do nothing, unless
                              captures are written: what they hear, world_overheard_ns says */
  WORLD_CHANNEL_COUNT
};

/* What becomes of a frame that a radio has locked on to, and that meets others there. A radio locks
 * on to the first; to one that begins while others are in the air, unless these are more than 5 dB
 * stronger together. */
enum world_capture {
  WORLD_CAPTURE_NS3,  /* ns-3's error model, by what is in the air beside the frame when others
                         begin, and at its end: optimistic */
  WORLD_CAPTURE_NONE, /* it is destroyed */
  WORLD_CAPTURE_SINR, /* it survives if it is stronger than all others and noise together, by
                         capture_db, all the time */
  WORLD_CAPTURE_COUNT
};

struct world_position {
  double x_m;
  double y_m;
};

/* One way: `to` hears what `from` sends. */
struct world_link {
  uint32_t from;
  uint32_t to;
};

struct world_config {
  uint64_t seed;         /* 0 to 2^53 - 1: back-offs, sequence numbers of the MAC */
  size_t node_count;     /* with a radio */
  const size_t *parents; /* node i > 0: the index, below i, of its parent; node 0 is the root */
  /* Of each node with a radio. NULL: all on one line, each WORLD_SPACING_M beyond its parent, so
   * that a node hears those whose depth in the tree differs from its own by one at most. */
  const struct world_position *positions;
  /* Who hears whom, among the nodes with a radio; no link twice. NULL: each the nodes within
   * WORLD_RANGE_M of its own. With links, positions say how long a frame is under way, no more. */
  const struct world_link *links;
  size_t link_count;
  enum world_channel channel;
  enum world_capture capture;
  double capture_db; /* of WORLD_CAPTURE_SINR */
  unsigned mac_max_retries;
  unsigned mac_min_be;
  unsigned mac_max_be;
  unsigned mac_max_backoffs;
  unsigned mac_queue_frames; /* data frames in a MAC, the one that is sent included; 0: no limit */
  /* Nodes node_count, node_count + 1, ...: no radio, but a wire. All that is said of
   * nodes holds for them, too, except that they are in no radio capture and no radio callback.
   * Nothing else changes by their being there. */
  size_t wired_count;
  const struct world_wire *wires; /* of each wired node */
  /* NULL: none; else air.pcap (each frame once, at its start) and node-<index>.pcap (what the node
   * sent, at the start, and heard, at the end) go there, and with wired nodes backhaul.pcap (raw
   * IPv6, each packet once on each wire that it takes, at its start there); it is made if its
   * parent is there. */
  const char *pcap_directory;
  bool air_only; /* of these, no node-<index>.pcap: no radio hears a frame for its capture alone */
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

/* One packet on a wire, as it is put there; from one wired node to another, it is told twice. */
struct world_wire_packet {
  uint64_t now_ns;
  size_t wired;      /* the node whose wire it is */
  size_t sender;     /* which end put it there: that node, or node 0, forwarding or not */
  uint32_t datagram; /* what world_send was told; WORLD_DATAGRAM_UNKNOWN if that was empty */
  size_t length;     /* octets of the IPv6 packet */
  uint64_t arrival_ns;
};

/* What the world tells; `context` is that of world_create. All are required, `wire` only with wired
 * nodes, but for those of MACs and `fate`: NULL, and nobody is told. `datagram` and `timer` may
 * call all of world_*, except world_run and world_destroy; the others nothing but world_now,
 * world_address, world_node, world_flight_ns and world_stop. */
struct world_callbacks {
  /* A datagram arrived at a port, or of a protocol, that was opened, with the spans that it was
   * sent with. data is the callee's to read only. `id` is what world_send was told;
   * WORLD_DATAGRAM_UNKNOWN if the datagram is empty. */
  void (*datagram)(void *context, size_t node, const struct node_datagram *datagram, uint32_t id);
  void (*timer)(void *context, size_t node);
  void (*frame)(void *context, const struct world_frame *frame);
  /* The radio of `node` enters a state now. Said of each node before world_create returns, too: its
   * radio listens. */
  void (*radio)(void *context, size_t node, enum world_radio state, uint64_t now_ns);
  /* Is this frame lost on its way to this receiver? Asked at its end, once for each frame,
   * acknowledgements included, and each radio that locked on to it, whoever it is for and even if a
   * collision has destroyed it. */
  bool (*lose)(void *context, size_t sender, size_t receiver, size_t length);
  /* Of what an end of a wire sends of its own, told before its world_send returns. */
  void (*wire)(void *context, const struct world_wire_packet *packet);
  /* The MAC of `frame->sender` gives up a data frame: as it was sent, or would have been, which has
   * no sequence number of its own then. */
  void (*dropped)(void *context, const struct world_frame *frame, enum world_drop why);
  /* Frames of a datagram wait at the parent of `node` until this asks for them (world_poll), or
   * none does any more: they are on their way, or lost; where one did not arrive, it waits again.
   */
  void (*held)(void *context, size_t node, uint32_t datagram, bool waits);
  /* The MAC of `node` takes a data frame, behind those that it holds; the first of them leaves it,
   * whatever became of it. `id` is what world_send was told of the datagram that it has octets of;
   * WORLD_DATAGRAM_UNKNOWN where it has none. */
  void (*queued)(void *context, size_t node, uint32_t id);
  void (*unqueued)(void *context, size_t node);
  /* It does something else from now on; at first it is idle. `id`: likewise, of the frame that it
   * acknowledges; WORLD_DATAGRAM_UNKNOWN if it acknowledges none. */
  void (*mac)(void *context, size_t node, enum world_mac state, uint32_t id);
  /* What became of the last frame that `sender` began, at a radio in its range: told when that does
   * not lock on to it, or when it ends there; behind `lose`. With WORLD_CHANNEL_ADDRESSED told of
   * the radios that have to do with the frame: whom it is for, unless that is an acknowledgement
   * for which it no longer waits, and any others. */
  void (*fate)(void *context, size_t sender, size_t receiver, enum world_fate fate);
};

struct world;

/* Builds the network. NULL with a line on stderr if the configuration cannot be built or a pcap
 * file cannot be written. The callbacks and the configuration's arrays are copied. */
struct world *world_create(const struct world_config *config,
                           const struct world_callbacks *callbacks, void *context);

/* Ends what happens in the world: nothing is told from now on, and its captures are closed. False,
 * with a line on stderr, if one could not be written to its end; such captures are removed. To be
 * followed by world_renew or world_destroy. */
bool world_close(struct world *world);

/* The same as world_create, in place of a world that was closed: if its network (all of the
 * configuration but seed, MAC, collisions and captures) is the same, and all that was under way
 * comes to rest, it is put back into its first state, which costs a fraction of building it; else
 * it is destroyed. What follows is the same either way. `world` may be NULL; it is gone afterwards.
 */
struct world *world_renew(struct world *world, const struct world_config *config,
                          const struct world_callbacks *callbacks, void *context);

/* Closes the world first; false as world_close. NULL is accepted. */
bool world_destroy(struct world *world);

/* The global IPv6 address of a node: of one with a radio WORLD_PREFIX and the interface identifier
 * of its short address (RFC 4944 section 6), index + 1; of the wired ones fd01::2, fd01::3, ... */
void world_address(const struct world *world, size_t node, uint8_t ip[16]);

/* The link-local IPv6 address of a node with a radio: fe80::/64 and the same interface identifier.
 * It needs no configuration and no route, and leads to parent and children, no further: who sends
 * to it, sends from it. */
void world_link_local(const struct world *world, size_t node, uint8_t ip[16]);

/* The node with this address, of either kind, or WORLD_NODE_NONE. */
size_t world_node(const struct world *world, const uint8_t ip[16]);

/* UDP datagrams to this port of this node are delivered from now on; sending from a port opens it.
 */
void world_open(struct world *world, size_t node, uint16_t port);

/* The same for all datagrams of a protocol without ports, such as NODE_ESP; nothing for NODE_UDP.
 */
void world_open_protocol(struct world *world, size_t node, enum node_protocol protocol);

/* Sends `datagram` (protocol, data, length, spans, source.port, destination) from `node`. `id`
 * comes back with its frames, wire packets and arrival. Returns 0, or -1 if the destination is no
 * other node's address, link-local but neither parent's nor child's, or more than WORLD_DEPTH_MAX
 * hops away, the source port of UDP is 0 or a
 * port of another protocol is not, or the datagram is not as long as its spans say, or longer than
 * WORLD_DATAGRAM_MAX (NODE_DATAGRAM_MAX if it takes wires alone). A port or protocol that the
 * destination did not open answers with an ICMPv6 error (port unreachable), which quotes, tags
 * included, what it refuses. */
NODE_MUST_CHECK int world_send(struct world *world, size_t node,
                               const struct node_datagram *datagram, uint32_t id);

/* The one timer of a node: replaces the last; NODE_NEVER stops it; the past means now. */
void world_timer(struct world *world, size_t node, uint64_t at_ns);

/* Whether a node forwards what is for others; all do at first. What one that does not forward
 * receives for others, it drops without a word. */
void world_forward(struct world *world, size_t node, bool forwards);

/* Whether the radio of a node sleeps, WORLD_RADIO_OFF, when there is nothing to do; none does at
 * first. It neither receives nor senses anything then: a frame to it gets no acknowledgement, and
 * its sender repeats it and gives it up. It is on for each frame that the node sends, until its
 * acknowledgement has come or is given up, and never falls asleep while it receives, acknowledges
 * or waits for an acknowledgement. From off to listening takes 192 us, spent in WORLD_RADIO_READY.
 * Nothing for a node without a radio. */
void world_sleep(struct world *world, size_t node, bool sleeps);

/* A node is a sleepy end device: what its parent has for it waits there until it asks, by a data
 * request of the MAC, `first_ns` from now and then when it last asked `interval_ns` ago; 0: no
 * longer, and what waits is sent. It listens from a request until what it is told to wait for has
 * come (holder.h, poller.h); it is to be put to sleep by world_sleep. Nothing for node 0, and for
 * one without a radio. */
void world_poll(struct world *world, size_t node, uint64_t first_ns, uint64_t interval_ns);

/* Time begins, at 0, when all radios listen and nothing is under way. */
uint64_t world_now(const struct world *world);

/* Runs until `until_ns`, which is the time then, or until world_stop; with NODE_NEVER until nothing
 * is left to happen. May be called again. */
void world_run(struct world *world, uint64_t until_ns);
void world_stop(struct world *world);

/* How long the radio of `node` would have been in WORLD_RADIO_RECEIVE, since time 0, while it was
 * said to be in WORLD_RADIO_LISTEN; 0 with WORLD_CHANNEL_NS3. */
uint64_t world_overheard_ns(struct world *world, size_t node);

/* How long what one node with a radio sends is under way to another. */
uint64_t world_flight_ns(const struct world *world, size_t from, size_t to);

/* Simulator events executed since time 0. */
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
