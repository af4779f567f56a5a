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
  CHECK_DATAGRAM_MAX = 640,
  CHECK_FLIGHT_MAX = 24,
  CHECK_RECORD_MAX = 128,
  CHECK_CHOICES_MAX = 256,
};

#define CHECK_NO_EAP SIZE_MAX

struct check_datagram {
  unsigned number;
  enum check_side sender;
  struct node_address source, destination;
  enum node_protocol protocol;
  uint8_t data[CHECK_DATAGRAM_MAX];
  size_t length;
  const char *label;
  unsigned copy;
  bool is_coap, is_protected;
  bool is_readable; /* though it is protected: PANA's AUTH hides nothing */
  size_t eap_at;    /* where an EAP packet begins; CHECK_NO_EAP: it has none */
  size_t eap_end;
  uint64_t departed_ns;
  unsigned era;    /* the authenticator's authentication then */
  bool arrived;    /* another copy of it has */
  bool held;       /* later ones may overtake it */
  unsigned passed; /* by so many */
  struct monitor_packet packet;
};

struct check_world;

/* What a spectator is told; each may be NULL. */
struct check_observer {
  void *context;
  void (*departs)(void *context, const struct check_world *world,
                  const struct check_datagram *datagram);
  /* It arrives, by this choice; or it is lost. */
  void (*arrives)(void *context, const struct check_world *world,
                  const struct check_datagram *datagram, const struct choice *choice);
  void (*chooses)(void *context, const struct check_world *world, const struct choice *choice);
  void (*tells)(void *context, const struct check_world *world, enum check_side side,
                const struct node_event *event);
};

struct check_world {
  const struct model *model;
  const struct check_observer *observer;
  uint64_t now_ns;
  struct check_party parties[CHECK_SIDES];
  struct check_datagram flight[CHECK_FLIGHT_MAX]; /* in the order of departure */
  size_t flight_count;
  struct check_datagram record[CHECK_RECORD_MAX]; /* what departed, once each */
  size_t record_count;
  unsigned departed;
  unsigned budget_left;
  unsigned begun;         /* authentications, by the hosts */
  struct digest recorded; /* of `record` */
  struct monitor monitor;
  bool full; /* see check_world_is_full */
};

/* `model` and `observer` (or NULL) must outlive the world. */
void check_world_init(struct check_world *world, const struct model *model,
                      const struct check_observer *observer);
void check_world_deinit(struct check_world *world);

/* The choices in this state, those first that are no acts. Returns their number. */
size_t check_world_choices(const struct check_world *world,
                           struct choice choices[CHECK_CHOICES_MAX]);

/* Makes one of check_world_choices. False, and nothing happens: it is none of them. */
bool check_world_choose(struct check_world *world, const struct choice *choice);

/* The run has outgrown what can be held here; what has followed since is no part of it. */
bool check_world_is_full(const struct check_world *world);

/* Of everything that decides what can still happen, but for the budget. */
void check_world_digest(const struct check_world *world, struct digest *digest);

#endif
