/* A processor at work: a node computes at once, and its host holds back what comes of it for as
 * long as the device would take. What the node says is told when the computing has come to it;
 * what arrives meanwhile waits, in a bounded queue. One thing is done after another. */
#ifndef SIM_RUN_WORK_H
#define SIM_RUN_WORK_H

#include "node.h"

struct host;

/* An event, and who told it; `text` holds the octets that the event points to. */
struct work_event {
  uint64_t at_ns;
  struct host *from;
  struct node_event event;
  uint8_t *text;
};

/* A datagram that waits, and when it came; the octets are the queue's. */
struct work_arrival {
  uint64_t at_ns;
  struct node_datagram datagram;
  uint32_t id;
};

struct work {
  uint64_t begun_ns; /* the node was called */
  uint64_t cost_ns;  /* for which it has computed since */
  bool busy;         /* until begun_ns + cost_ns */
  struct work_event *events;
  size_t event_count, event_told;
  struct work_arrival *arrivals; /* a ring of `arrival_max`; NULL before the first */
  size_t arrival_max, arrival_first, arrival_count;
};

/* `arrivals`: how many datagrams wait at most. */
void work_init(struct work *work, size_t arrivals);
void work_deinit(struct work *work);

/* The node is called, and computes, 2^62 ns at most; then the call is over. */
void work_begin(struct work *work, uint64_t now_ns);
void work_compute(struct work *work, uint64_t cost_ns);

/* True: it has computed in this call, and is busy from now on, until it is done. */
bool work_end(struct work *work);
void work_done(struct work *work);

/* When something of it is due: an event is to be told, or it is done; NODE_NEVER while not busy. */
uint64_t work_next_ns(const struct work *work);

/* When it is done. */
uint64_t work_until_ns(const struct work *work);

/* Keeps an event for when the computing so far has been done. */
void work_tell_later(struct work *work, struct host *from, const struct node_event *event);

/* The next event that is due by now, until the next call of this; NULL: none. */
const struct work_event *work_told(struct work *work, uint64_t now_ns);

/* Keeps a datagram; false: there is no room. */
NODE_MUST_CHECK bool work_arrive(struct work *work, const struct node_datagram *datagram,
                                 uint32_t id, uint64_t now_ns);

/* The datagram that has waited longest, or NULL; and its removal. */
const struct work_arrival *work_waiting(const struct work *work);
void work_take(struct work *work);

#endif
