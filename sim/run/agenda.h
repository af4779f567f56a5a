/* Where in the run's story a peer is: it goes through stages, whose acts are begun when it is time
 * by whoever is to act (the peer, or another for it) and end by what both ends say. */
#ifndef SIM_RUN_AGENDA_H
#define SIM_RUN_AGENDA_H

#include "account/record.h"
#include "inside.h"
#include "support/stream.h"

/* The request of an act that is under way (exchange.h). */
struct agenda_exchange {
  bool open;
  bool served; /* by the other end */
  uint64_t requested_ns;
  struct meter_reading requested; /* of the peer's radio, then */
  uint64_t departed_ns;           /* NODE_NEVER: has not departed */
  struct meter_reading departed;  /* of the peer's radio, then */
  struct act_others others;       /* then */
};

/* An act within others (act_within.c) that is under way. */
struct agenda_within {
  const struct host *by; /* whose first datagram has begun it; NULL: it is not under way */
  uint64_t departed_ns;
  struct meter_reading departed; /* of the peer's radio, then */
  struct act_others others;      /* then */
};

/* Of one peer. */
struct agenda {
  struct host *peer;
  struct node_address address; /* of the peer */

  size_t round;             /* how many of the story's have begun */
  size_t stage;             /* in the story */
  size_t ended;             /* acts of this stage */
  bool acting;              /* an act of this stage is under way */
  bool done;                /* with the story */
  uint64_t due_ns;          /* when the next act is; NODE_NEVER while something else must end */
  struct host *waits;       /* who has it among what is due (due.h); NULL: its peer, or nobody */
  struct deadline deadline; /* there */
  struct cause cause;       /* of what the peer now hears, or another from it */

  struct record *records; /* ACT_AUTHENTICATE: by round */
  /* Likewise, of one beside that for access: of the phase of another stage. NULL: there is none. */
  struct record *other_records;
  /* What an authentication is for that the peer is at, or was at last: cores take every one for
   * NODE_PHASE_AUTHENTICATION. */
  enum node_phase authenticating;

  struct agenda_within within[STORY_WITHIN_MAX]; /* ACT_WITHIN */
  struct act_tally inside[STORY_WITHIN_MAX][TURN_COUNT];

  /* Of bootstrapping: the first request to an application server departs. NODE_NEVER: none has. */
  uint64_t first_app_ns;
  struct meter_reading first_app;

  struct agenda_exchange exchange;
  struct stream payload; /* ACT_REQUEST */
  struct act_tally exchanges[TURN_COUNT];
  struct act_tally terminations[TURN_COUNT]; /* ACT_TERMINATE */
};

/* The agenda of peer number `number`, whose first act is at `start_ns`. `begun`: its node was told
 * so, and begins by itself. */
void agenda_init(struct agenda *agenda, struct host *peer, size_t number,
                 const struct node_address *address, uint64_t start_ns, bool begun);
void agenda_deinit(struct agenda *agenda);

/* The records of a stage of authentication, by round. */
struct record *agenda_records(const struct agenda *agenda, const struct stage *stage);

/* That of the authentication that runs, or was the last to run; before the first: that one. */
struct record *agenda_record(const struct agenda *agenda, const struct stage *stage);

/* The last authentication for access that there will be, begun or not. */
struct record *agenda_last(const struct agenda *agenda);

const struct stage *agenda_stage(const struct agenda *agenda);

/* Whether an act of this kind is under way. */
bool agenda_is_acting(const struct agenda *agenda, const struct act *act);

/* Who is to act at due_ns. */
struct host *agenda_actor(const struct agenda *agenda);

/* Whether the peer waits for another's act, or will once what is under way has ended; false where
 * nothing comes. */
bool agenda_awaits_other(const struct agenda *agenda);

/* What the peer does now is for; LEDGER_IDLE between acts. */
struct cause agenda_present_cause(const struct agenda *agenda);

/* The next act is at `due_ns`. */
void agenda_set_due(struct agenda *agenda, uint64_t due_ns);

/* Acts, since it is time. 0 or a negative node_error. */
NODE_MUST_CHECK int agenda_act(struct agenda *agenda);

/* Called by an act that could not begin: it is to be tried again at `due_ns`. */
void agenda_retry(struct agenda *agenda, uint64_t due_ns);

/* The peer's number. */
uint32_t agenda_number(const struct agenda *agenda);

/* A datagram of this peer's departs, from either end. */
void agenda_departure(struct agenda *agenda, const struct host *from,
                      const struct node_datagram *datagram);

/* Either end says something of this peer's. */
void agenda_event(struct agenda *agenda, const struct host *from, const struct node_event *event);

#endif
