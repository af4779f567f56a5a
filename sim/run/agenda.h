/* What a peer does in a run, one thing after another: it authenticates as often as the spec asks
 * for, and after each authentication that is established the application's requests are made over
 * the association. Whoever is to act (the peer, or the authenticator for it) is told when. */
#ifndef SIM_RUN_AGENDA_H
#define SIM_RUN_AGENDA_H

#include "account/record.h"
#include "stream.h"

struct run;
struct host;

enum agenda_stage {
  AGENDA_PAUSE, /* before an authentication */
  AGENDA_AUTHENTICATION,
  AGENDA_APPLICATION, /* requests over the association that the authentication made */
  AGENDA_DONE,
};

/* The application's request that is under way. */
struct agenda_exchange {
  bool open;
  uint64_t requested_ns;
  uint64_t departed_ns;          /* NODE_NEVER: has not departed */
  struct meter_reading departed; /* of the peer's radio, then */
};

/* Of one peer. */
struct agenda {
  struct node_address address; /* of the peer */
  size_t node;
  enum agenda_stage stage;
  uint64_t due_ns; /* when whoever is to act acts; NODE_NEVER while something else must end */
  struct record *records; /* by authentication, as many as the spec asks for */
  size_t begun;           /* authentications */

  struct stream payload; /* of the requests */
  size_t ended;          /* requests after this authentication */
  struct agenda_exchange exchange;

  /* Over the whole run: how exchanges ended; of those answered, time and the peer's radio. */
  uint64_t answered, unanswered;
  uint64_t answered_ns;
  struct meter_reading answered_reading;
};

/* The agenda of peer number `peer`, whose first authentication begins at `start_ns`. */
void agenda_init(struct agenda *agenda, const struct run *run, size_t peer, size_t node,
                 const struct node_address *address, uint64_t start_ns);
void agenda_deinit(struct agenda *agenda);

/* The authentication that runs, or was the last to run; before the first: that one. */
struct record *agenda_record(const struct agenda *agenda);

/* The last authentication that there will be, begun or not. */
struct record *agenda_last(const struct run *run, const struct agenda *agenda);

/* Whether what the peer now hears, or the authenticator from it, is the application's: its requests
 * are made, or were, and no authentication has begun since. */
bool agenda_in_application(const struct agenda *agenda);

/* Who is to act at due_ns. */
struct host *agenda_actor(struct run *run, const struct agenda *agenda);

/* Acts, since it is time. 0 or a negative node_error. */
NODE_MUST_CHECK int agenda_act(struct run *run, struct agenda *agenda);

/* A datagram of this peer's departs, from either end. */
void agenda_departure(struct run *run, struct agenda *agenda, const struct host *from,
                      const struct node_datagram *datagram);

/* Either end says something of this peer's. */
void agenda_event(struct run *run, struct agenda *agenda, const struct host *from,
                  const struct node_event *event);

#endif
