/* What peers do with their radios while nothing is said (spec key radio_policy). Authenticator and
 * relays always listen.
 *
 * always-on: the radio listens whenever it does not send.
 *
 * off-while-idle: it sleeps while the peer expects nothing; what is sent to it meanwhile is lost,
 * and its sender repeats it or gives up. A peer knows what to expect from itself alone, and listens
 *   - from its trigger until it has confirmed the key or failed: it is CoAP's server then, and
 *     cannot know when the next request comes;
 *   - from a request of its own until the response has come, or the request is given up;
 *   - for linger_ms after it last sent anything but a request: a response, an acknowledgement or a
 *     handshake message may be lost, and be asked for again;
 *   - as long as the next act of the story is another's, which it knows by its configuration:
 *     before and in an authentication that the authenticator begins (trigger: off), and while the
 *     authenticator has requests to send (app_direction: from-authenticator).
 * So it sleeps before it first triggers, between attempts (join_attempts), between its own
 * requests, and before it triggers again; never within an authentication, of which it saves
 * nothing.
 *
 * off-while-computing: as off-while-idle, and while the processor computes, too: within an
 * authentication that is all there is to save. What arrives meanwhile is lost, and may be more than
 * a repetition of what is computed on (the second datagram of a flight of the DTLS handshake): to
 * miss it costs a repetition.
 *
 * polling: a sleepy end device as of Thread. The radio always sleeps; the parent (the authenticator
 * or a relay) holds what is for the peer, which asks for it by a data request of the MAC, poll_ms
 * after it last did (world_poll says how), first at a random moment of the first poll_ms. The
 * interval is the same within an authentication and without; real devices ask more often while they
 * expect an answer, which a smaller poll_ms shows.
 *
 * A resource server cannot know when it is asked: it listens, unless it polls.
 *
 * Neither models clocks that drift, or the time that an oscillator takes to start. */
#ifndef SIM_RUN_RADIO_POLICY_H
#define SIM_RUN_RADIO_POLICY_H

#include "node.h"

struct host;
struct radio_policy;

/* Of one peer; all zero of every other host. */
struct radio_manner {
  const struct radio_policy *policy;
  bool engaged;             /* has asked for an authentication, or sent a request: it is to end */
  bool asleep;              /* what the world was told last */
  bool computing;           /* its processor is busy */
  uint64_t linger_until_ns; /* what it sent may be asked for again until then */
};

/* A peer's policy takes effect; the world is at time 0. */
void radio_policy_begin(struct host *host);

/* The host's node says something, or sends something. */
void radio_policy_event(struct host *host, const struct node_event *event);
void radio_policy_departure(struct host *host, const struct node_datagram *datagram);

/* The host's processor begins or ends to compute. */
void radio_policy_computing(struct host *host, bool computes);

/* Puts the radio to sleep or wakes it, as it should be now. */
void radio_policy_settle(struct host *host);

/* When that may change by itself; NODE_NEVER. */
uint64_t radio_policy_next_ns(const struct host *host);

#endif
