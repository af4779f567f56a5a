/* What arrived in a test of the simulated world, and what was put on its wires. */
#ifndef SIM_TESTS_WORLD_JOURNAL_H
#define SIM_TESTS_WORLD_JOURNAL_H

#include "world_lab.h"

enum { IPV6_UDP_HEADERS = 48 };

struct journal {
  struct arrival {
    uint64_t now_ns;
    size_t node;
    size_t source;
    size_t length;
    uint32_t id;
  } arrival[1000];
  size_t arrivals;
  struct world_wire_packet packet[1000];
  size_t packets;
};

static inline void note_datagram(struct lab *lab, size_t node,
                                 const struct node_datagram *datagram) {
  struct journal *journal = lab->context;
  assert_int_equal(lab_find(lab, datagram->destination.ip), node);
  assert_int_equal(datagram->destination.port, LAB_PORT);
  assert_int_equal(datagram->source.port, LAB_PORT);
  assert_int_equal(datagram->data[0] << 8 | datagram->data[1], lab->id);
  journal->arrival[journal->arrivals++] = (struct arrival){
      world_now(lab->world), node, lab_find(lab, datagram->source.ip), datagram->length, lab->id};
}

static inline void note_packet(struct lab *lab, const struct world_wire_packet *packet) {
  struct journal *journal = lab->context;
  journal->packet[journal->packets++] = *packet;
}

/* A datagram of one row from LAB_PORT. */
static inline struct node_datagram compose(const struct lab *lab, uint8_t *data, size_t length,
                                           size_t to, uint16_t port) {
  struct node_datagram datagram = {.data = data, .length = length};
  span_list_add(&datagram.spans, 1, length);
  datagram.source.port = LAB_PORT;
  datagram.destination.port = port;
  world_address(lab->world, to, datagram.destination.ip);
  return datagram;
}

#endif
