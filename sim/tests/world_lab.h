/* A bench for tests of the simulated world: builds one, counts what it tells, loses what it is
 * told to lose. */
#ifndef SIM_TESTS_WORLD_LAB_H
#define SIM_TESTS_WORLD_LAB_H

#include "ns3/world.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LAB_NODES_MAX = 150, LAB_PORT = 5683 };

struct lab {
  struct world *world;
  size_t count;
  size_t frames;
  size_t data_frames;
  size_t psdu_octets;
  size_t asked;                      /* how often `lose` was asked */
  size_t last_length[LAB_NODES_MAX]; /* of the frame that each node sent last */
  size_t delivered;
  uint32_t id; /* of the datagram that is being delivered */
  size_t wire_packets;
  size_t dropped[WORLD_DROP_COUNT];
  size_t fates[WORLD_FATE_COUNT];
  uint64_t radio_ns[LAB_NODES_MAX][WORLD_RADIO_COUNT];
  uint64_t radio_since_ns[LAB_NODES_MAX];
  enum world_radio radio[LAB_NODES_MAX];
  size_t radio_told[LAB_NODES_MAX];
  double data_loss;
  double ack_loss;
  uint64_t random;
  /* May be NULL. */
  void (*on_datagram)(struct lab *lab, size_t node, const struct node_datagram *datagram);
  void (*on_timer)(struct lab *lab, size_t node);
  void (*on_frame)(struct lab *lab, const struct world_frame *frame);
  void (*on_wire)(struct lab *lab, const struct world_wire_packet *packet);
  void (*on_held)(struct lab *lab, size_t node, uint32_t datagram, bool waits);
  void *context;
};

/* splitmix64 */
static inline uint64_t lab_random(struct lab *lab) {
  uint64_t z = lab->random += UINT64_C(0x9e3779b97f4a7c15);
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static inline size_t lab_random_below(struct lab *lab, size_t bound) {
  return (size_t)(lab_random(lab) % bound);
}

static inline void lab_datagram(void *context, size_t node, const struct node_datagram *datagram,
                                uint32_t id) {
  struct lab *lab = context;
  lab->delivered++;
  lab->id = id;
  if (lab->on_datagram != NULL)
    lab->on_datagram(lab, node, datagram);
}

static inline void lab_timer(void *context, size_t node) {
  struct lab *lab = context;
  if (lab->on_timer != NULL)
    lab->on_timer(lab, node);
}

static inline void lab_frame(void *context, const struct world_frame *frame) {
  struct lab *lab = context;
  lab->frames++;
  lab->psdu_octets += frame->length;
  lab->last_length[frame->sender] = frame->length;
  if (frame->length > WORLD_ACK_LENGTH)
    lab->data_frames++;
  if (lab->on_frame != NULL)
    lab->on_frame(lab, frame);
}

static inline void lab_radio(void *context, size_t node, enum world_radio state, uint64_t now_ns) {
  struct lab *lab = context;
  const uint64_t stay_ns = now_ns - lab->radio_since_ns[node];
  /* The longest frame, and a turnaround in which it is given up. */
  if (lab->radio[node] == WORLD_RADIO_RECEIVE || lab->radio[node] == WORLD_RADIO_TRANSMIT)
    assert_true(stay_ns <= (133 * 32 + 192) * UINT64_C(1000));
  lab->radio_ns[node][lab->radio[node]] += stay_ns;
  lab->radio_since_ns[node] = now_ns;
  lab->radio[node] = state;
  lab->radio_told[node]++;
}

static inline bool lab_lose(void *context, size_t sender, size_t receiver, size_t length) {
  struct lab *lab = context;
  const double p = length == WORLD_ACK_LENGTH ? lab->ack_loss : lab->data_loss;
  assert_true(sender < lab->count && receiver < lab->count && sender != receiver);
  assert_int_equal(length, lab->last_length[sender]);
  lab->asked++;
  return p > 0 && (double)(lab_random(lab) >> 11) * 0x1p-53 < p;
}

static inline void lab_wire(void *context, const struct world_wire_packet *packet) {
  struct lab *lab = context;
  lab->wire_packets++;
  if (lab->on_wire != NULL)
    lab->on_wire(lab, packet);
}

static inline void lab_dropped(void *context, const struct world_frame *frame,
                               enum world_drop why) {
  struct lab *lab = context;
  assert_true(frame->sender < lab->count);
  lab->dropped[why]++;
}

static inline void lab_fate(void *context, size_t sender, size_t receiver, enum world_fate fate) {
  struct lab *lab = context;
  assert_true(sender < lab->count && receiver < lab->count && sender != receiver);
  lab->fates[fate]++;
}

static inline void lab_held(void *context, size_t node, uint32_t datagram, bool waits) {
  struct lab *lab = context;
  assert_true(node > 0 && node < lab->count);
  if (lab->on_held != NULL)
    lab->on_held(lab, node, datagram, waits);
}

/* The world that a failed test left. */
static struct world *lab_left;

static inline int lab_teardown(void **state) {
  (void)state;
  world_destroy(lab_left);
  lab_left = NULL;
  return 0;
}

static const struct world_callbacks lab_callbacks = {.datagram = lab_datagram,
                                                     .timer = lab_timer,
                                                     .frame = lab_frame,
                                                     .radio = lab_radio,
                                                     .lose = lab_lose,
                                                     .wire = lab_wire,
                                                     .dropped = lab_dropped,
                                                     .held = lab_held,
                                                     .fate = lab_fate};

static inline struct world_config lab_config(size_t count, const size_t *parents, uint64_t seed) {
  return (struct world_config){.seed = seed,
                               .node_count = count,
                               .parents = parents,
                               .mac_max_retries = 3,
                               .mac_min_be = 3,
                               .mac_max_be = 5,
                               .mac_max_backoffs = 4};
}

static inline void lab_build(struct lab *lab, const struct world_config *config) {
  lab->count = config->node_count + config->wired_count;
  lab->random = config->seed;
  lab->world = world_create(config, &lab_callbacks, lab);
  assert_non_null(lab->world);
  lab_left = lab->world;
  for (size_t i = 0; i < lab->count; i++)
    world_open(lab->world, i, LAB_PORT);
}

/* Node i is the parent of node i + 1. */
static inline void lab_build_chain(struct lab *lab, size_t hops, uint64_t seed) {
  size_t parents[LAB_NODES_MAX];
  for (size_t i = 0; i <= hops; i++)
    parents[i] = i > 0 ? i - 1 : 0;
  const struct world_config config = lab_config(hops + 1, parents, seed);
  lab_build(lab, &config);
}

/* Node 0 is the parent of all others. */
static inline void lab_build_star(struct lab *lab, size_t peers, uint64_t seed) {
  static const size_t parents[LAB_NODES_MAX];
  const struct world_config config = lab_config(peers + 1, parents, seed);
  lab_build(lab, &config);
}

static inline void lab_destroy(struct lab *lab) {
  world_destroy(lab->world);
  lab_left = NULL;
}

/* Books the state that each radio is still in. */
static inline void lab_settle_radios(struct lab *lab) {
  for (size_t i = 0; i < lab->count; i++)
    lab_radio(lab, i, lab->radio[i], world_now(lab->world));
}

/* Sends octets with spans; returns what world_send does. */
static inline int lab_send_spans(struct lab *lab, size_t from, size_t to, uint8_t *data,
                                 const struct span_list *spans, uint32_t id) {
  struct node_datagram datagram = {.data = data, .length = span_list_length(spans)};
  datagram.spans = *spans;
  datagram.source.port = LAB_PORT;
  datagram.destination.port = LAB_PORT;
  world_address(lab->world, to, datagram.destination.ip);
  return world_send(lab->world, from, &datagram, id);
}

/* Sends `length` octets of one row; the first two octets are `id`. */
static inline void lab_send(struct lab *lab, size_t from, size_t to, size_t length, uint32_t id) {
  uint8_t data[NODE_DATAGRAM_MAX] = {(uint8_t)(id >> 8), (uint8_t)id};
  struct span_list spans = {.count = 0};
  span_list_add(&spans, 1, length);
  assert_int_equal(lab_send_spans(lab, from, to, data, &spans, id), 0);
}

/* The index of the node with this address. */
static inline size_t lab_find(const struct lab *lab, const uint8_t ip[16]) {
  const size_t node = world_node(lab->world, ip);
  if (node == WORLD_NODE_NONE)
    fail_msg("no node has this address");
  return node;
}

#endif
