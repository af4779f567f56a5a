/* A node of the model with what it stands on: its random streams and its place in the network. */
#ifndef NODES_CHECK_PARTY_H
#define NODES_CHECK_PARTY_H

#include "monitor.h"

/* Bytes that depend on the seed and on how many were taken before, only. */
struct check_stream {
  uint64_t state;
};

struct check_party;

typedef void party_event(void *world, enum check_side side, const struct node_event *event);

struct check_party {
  const struct model *model;
  enum check_side side;
  struct node *node;
  unsigned incarnation; /* restarts so far */
  struct node_address address;
  struct node_hooks hooks, backend_hooks;
  struct check_stream stream;  /* of the lower layer, and of all of the peer */
  struct check_stream backend; /* authenticator: of the EAP server, or AS */
  bool begun;
  struct check_stream at_first; /* `stream` when the first authentication began */
  bool identifier_due;          /* the next four octets drawn make another Identifier than before */
  unsigned drawn;               /* times that `stream` was drawn from in this incarnation */
  uint8_t first_draw[4];        /* of the first incarnation */
  bool is_mute;                 /* with a pull: the next answer of the AS is lost */
  unsigned requests;            /* with ACE: that each client has begun so far */
  void *world;
  party_event *event;
};

/* The node's first incarnation. `model` and `world` must outlive it. */
void check_party_init(struct check_party *party, const struct model *model, enum check_side side,
                      void *world, party_event *event, uint64_t now_ns);

/* The node's memory is gone; another takes its place. */
void check_party_restart(struct check_party *party, uint64_t now_ns);

void check_party_deinit(struct check_party *party);

/* Whether it sends the requests of an authentication. */
bool check_party_asks(const struct check_party *party);

/* An authentication begins, and who asks draws what belongs to it. */
void check_party_begins(struct check_party *party);

struct node_address party_address(const struct model *model, enum check_side side);

/* Draws from a stream of its own, which depends on the party's incarnation alone; `context` is that
 * stream. */
struct check_stream check_party_stream(const struct check_party *party);
void check_stream_random(void *context, uint8_t *bytes, size_t length);

void check_party_digest(const struct check_party *party, struct digest *digest, uint64_t now_ns);

#endif
