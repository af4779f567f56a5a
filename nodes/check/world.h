/* The two nodes and the network between them: which choices there are in a state, and what each
 * does. The world is a function of its model and of the choices made since its beginning.
 *
 * Datagrams take no time but what the choices give them: the clock moves when a timer is chosen,
 * which is possible when nothing is under way but what was delayed on purpose. So a slow network is
 * one that delays. A delayed datagram arrives within `latency_s`, and before more than `past` later
 * ones of its direction have. */
#ifndef NODES_CHECK_WORLD_H
#define NODES_CHECK_WORLD_H

#include "choice.h"
#include "party.h"

enum {
  WORLD_DATAGRAM_MAX = 640,
  WORLD_FLIGHT_MAX = 24,
  WORLD_RECORD_MAX = 96,
  WORLD_CHOICES_MAX = 256,
};

#define WORLD_NO_EAP SIZE_MAX

struct world_datagram {
  unsigned number;
  enum world_side sender;
  struct node_address source, destination;
  uint8_t data[WORLD_DATAGRAM_MAX];
  size_t length;
  const char *label;
  unsigned copy;
  bool is_coap, is_protected;
  size_t eap_at; /* where an EAP packet begins; WORLD_NO_EAP: it has none */
  uint64_t departed_ns;
  unsigned era;    /* the authenticator's authentication then */
  bool arrived;    /* another copy of it has */
  bool held;       /* later ones may overtake it */
  unsigned passed; /* by so many */
  struct monitor_packet packet;
};

struct world;

/* What a spectator is told; each may be NULL. */
struct world_observer {
  void *context;
  void (*departs)(void *context, const struct world *world, const struct world_datagram *datagram);
  /* It arrives, by this choice; or it is lost. */
  void (*arrives)(void *context, const struct world *world, const struct world_datagram *datagram,
                  const struct choice *choice);
  void (*chooses)(void *context, const struct world *world, const struct choice *choice);
  void (*tells)(void *context, const struct world *world, enum world_side side,
                const struct node_event *event);
};

struct world {
  const struct model *model;
  const struct world_observer *observer;
  uint64_t now_ns;
  struct party parties[WORLD_SIDES];
  struct world_datagram flight[WORLD_FLIGHT_MAX]; /* in the order of departure */
  size_t flight_count;
  struct world_datagram record[WORLD_RECORD_MAX]; /* what departed, once each */
  size_t record_count;
  unsigned departed;
  unsigned budget_left;
  unsigned begun;         /* authentications, by the hosts */
  struct digest recorded; /* of `record` */
  struct monitor monitor;
  bool full; /* see world_is_full */
};

/* `model` and `observer` (or NULL) must outlive the world. */
void world_init(struct world *world, const struct model *model,
                const struct world_observer *observer);
void world_deinit(struct world *world);

/* The choices in this state, those first that are no acts. Returns their number. */
size_t world_choices(const struct world *world, struct choice choices[WORLD_CHOICES_MAX]);

/* Makes one of world_choices. False, and nothing happens: it is none of them. */
bool world_choose(struct world *world, const struct choice *choice);

/* The run has outgrown what can be held here; what has followed since is no part of it. */
bool world_is_full(const struct world *world);

/* Of everything that decides what can still happen, but for the budget. */
void world_digest(const struct world *world, struct digest *digest);

#endif
