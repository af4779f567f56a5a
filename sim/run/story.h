/* What happens in a run: the stages that each peer goes through, one after another, and all of them
 * again as often as the spec asks for. A stage is a row of story.c; what is done in it is an act, a
 * file act_*.c. */
#ifndef SIM_RUN_STORY_H
#define SIM_RUN_STORY_H

#include "account/cause.h"
#include "account/meter.h"
#include "cast/role.h"
#include "spec/spec.h"

enum { STORY_STAGES_MAX = 8, STORY_WITHIN_MAX = 2 };

struct agenda;
struct host;
struct stage;

/* How an act goes on after an event. */
enum act_progress {
  ACT_GOES_ON,
  ACT_ENDED,  /* the next of its stage is due at the agenda's due_ns, or that stage is over */
  ACT_FAILED, /* the stages behind need it: the story begins anew, if it does */
};

/* The radios of the others whom a client of the use case has to do with; all zero elsewhere. */
struct act_others {
  struct meter_reading server, authenticator;
};

/* How acts have ended; of those completed, the time that they took and the peer's radio. */
struct act_tally {
  uint64_t completed, failed;
  uint64_t refused; /* of those that are completed */
  uint64_t time_ns;
  struct meter_reading reading;
  struct act_others others;
  uint64_t whole_ns; /* of requests: from the moment when they were asked for, with all that came
                        first */
  struct meter_reading whole;
};

/* A kind of thing that is done; each function is told of one peer's. */
struct act {
  /* It is time. 0, or a negative node_error. */
  int (*begin)(struct agenda *agenda);
  /* A datagram of the stage's phase departs from either end, whatever stage there is now. */
  void (*departure)(struct agenda *agenda, const struct stage *stage, const struct host *from,
                    const struct node_datagram *datagram);
  /* Either end says something of the stage's phase, whatever stage there is now. */
  enum act_progress (*event)(struct agenda *agenda, const struct stage *stage,
                             const struct host *from, const struct node_event *event);
  /* Adds to `sum` those that have ended in this turn. */
  void (*tally)(const struct agenda *agenda, const struct stage *stage, enum turn turn,
                struct act_tally *sum);
};

void act_tally_add(struct act_tally *sum, const struct act_tally *tally);

extern const struct act ACT_AUTHENTICATE;
extern const struct act ACT_REQUEST;
extern const struct act ACT_TERMINATE;
extern const struct act ACT_WITHIN;

struct stage {
  enum node_phase phase; /* no other stage has it */
  enum role actor;       /* who begins the act: ROLE_PEER is the peer itself, whatever its role */
  const struct act *act;
  size_t times;      /* acts, one after another */
  uint64_t pause_ns; /* from the end of the stage before to the first, and among them at least */
  bool at_end;       /* only in the last round */
  bool unasked;      /* an event NODE_EVENT_STARTED may begin it before its time */
  bool apart;        /* an authentication for applications, with an authenticator of its own */
  /* Before an authentication begins: the peer, its number, and the round, from 0. NULL: nothing. 0,
   * or a negative node_error. */
  int (*prepare)(struct host *peer, size_t number, size_t round);
  bool (*is_for)(const struct host *peer); /* whether a peer is ever at it; NULL: all are */
  unsigned within; /* 1 to STORY_WITHIN_MAX: nobody begins it; its acts run within those of
                      others, and are told apart by this. 0: it is a stage that peers are at */
};

struct story {
  struct stage stages[STORY_STAGES_MAX];
  size_t stage_count;
  size_t rounds;   /* how often all are gone through */
  size_t attempts; /* of a peer at each authentication, where the lower layer has several */
};

void story_init(struct story *story, const struct spec *spec);

/* The first stage behind `stage` (SIZE_MAX: of all) that peers are at; stage_count: there is none.
 */
size_t story_next(const struct story *story, size_t stage);

/* The stage of a phase; NULL: there is none. */
const struct stage *story_stage(const struct story *story, enum node_phase phase);

#endif
