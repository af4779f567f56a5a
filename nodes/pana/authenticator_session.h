/* What the files of the PAA share: its state, the table of its sessions, and what they do. Private
 * to authenticator*.c. */
#ifndef NODES_PANA_AUTHENTICATOR_SESSION_H
#define NODES_PANA_AUTHENTICATOR_SESSION_H

#include "../deadline.h"
#include "../eap/label.h"
#include "../table.h"
#include "application.h"
#include "authenticator.h"
#include "link.h"

enum pana_session_stage {
  SESSION_IDLE,      /* nothing runs; there may be an open session */
  SESSION_START,     /* PAR start sent */
  SESSION_METHOD,    /* PAR sent, or the PaC's is waited for */
  SESSION_BACKEND,   /* the AAA server has something to say */
  SESSION_SUCCESS,   /* the last PAR sent, with a key */
  SESSION_REJECTION, /* the last PAR sent, without */
  SESSION_HANDSHAKE, /* of the association */
};

enum { PANA_SECRET_LENGTH = 16 };

struct pana_authenticator;

/* One PaC: a session, and perhaps another beside it that is to take its place. */
struct pana_session {
  struct pana_authenticator *authenticator;
  struct node_address local; /* where the PaC asked */
  struct node_address remote;
  struct node_address relay; /* that its messages come by; port 0: none */
  enum pana_session_stage stage;
  struct pana_link open;    /* with a key; `session` 0: there is none */
  bool ended;               /* the open one is over, but for repetitions of its last request */
  struct pana_link opening; /* without one yet */
  struct pana_link *run;    /* in which the authentication runs; NULL: none does */
  unsigned opened;          /* sessions, so far */

  struct aaa_backend_session *backend; /* of an authentication that runs; else NULL */
  struct eap_labels labels;
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  struct pana_key fresh;    /* of the last PAR */
  uint32_t lifetime_s;      /* that it says; UINT32_MAX: no end */
  uint64_t patience_ns;     /* until when the PaC's PAR is waited for; NODE_NEVER */
  uint64_t ends_ns;         /* of the open session; NODE_NEVER */
  uint64_t forget_ns;       /* of what failed: keeps its place until then */
  uint64_t next_trigger_ns; /* not before then does PCI begin anything beside the open session */
  uint64_t used_ns;         /* when it was last of use */
  struct pana_application application;
  uint8_t holder[NODE_IDENTITY_MAX]; /* the name that has the open session */
  size_t holder_length;

  size_t place; /* among all sessions */
  struct deadline deadline;
  bool queued; /* may have something to write */
  struct pana_session *previous_to_write, *next_to_write;
  struct table_item by_remote;
};

/* PAR start to a PaC of which nothing is kept. */
struct pana_stranger {
  bool pending;
  uint8_t data[NODE_DATAGRAM_MAX];
  size_t length;
  struct span_list spans;
  struct node_address local, remote, relay;
};

struct pana_authenticator {
  struct node node;
  struct lower_authenticator_config config;
  struct pana_options options;
  const struct node_hooks *hooks;
  struct aaa_backend backend;
  uint64_t now_ns;                    /* as the host said last */
  uint8_t secret[PANA_SECRET_LENGTH]; /* of PAR start without state */
  struct pana_stranger stranger;
  struct pana_session **sessions; /* filled from the front */
  size_t session_count;
  struct table by_remote;
  struct deadline_heap deadlines;
  struct pana_session *write_first, *write_last;
};

/* Where a message came from: the PaC, perhaps by a relay; and to. */
struct pana_route {
  struct node_address local, remote, relay;
};

/* Places (authenticator_room.c) */

/* False: memory is short. */
bool pana_sessions_init(struct pana_authenticator *authenticator);
void pana_sessions_deinit(struct pana_authenticator *authenticator);
struct pana_session *pana_sessions_find(const struct pana_authenticator *authenticator,
                                        const struct node_address *remote);

/* For a new remote; NULL where there is no room. */
struct pana_session *pana_sessions_acquire(struct pana_authenticator *authenticator,
                                           const struct pana_route *route);
void pana_session_release(struct pana_session *session);

/* Whether there is room for a session with a key. */
NODE_MUST_CHECK bool pana_session_has_room(struct pana_session *session);

/* The open session is now that of this name, and no other's is. */
void pana_session_hold(struct pana_session *session, const uint8_t *name, size_t length);

/* Sessions (authenticator_session.c) */

void pana_session_dequeue(struct pana_session *session);
struct pana_session *pana_sessions_take_writer(struct pana_authenticator *authenticator);

/* After whatever changed a session: schedule sets its deadline, touch lets it write, too. */
void pana_session_schedule(struct pana_session *session);
void pana_session_touch(struct pana_session *session);

bool pana_session_is_open(const struct pana_session *session);
bool pana_session_in_progress(const struct pana_session *session);

void pana_session_tell(const struct pana_session *session, enum node_event_type type,
                       const char *label);
int pana_session_discard(const struct pana_session *session, const char *why);

/* Forgets the authentication's secrets, and that it runs. */
void pana_session_end_run(struct pana_session *session);

/* The authentication ends without a key. Returns 0. */
int pana_session_fail(struct pana_session *session, const char *reason);

/* The open session ends; what repeats its last request is still answered. Harmless without. */
void pana_session_close(struct pana_session *session, const char *why);

/* The PaC has confirmed the key, by `label`. */
int pana_session_confirm(struct pana_session *session, const char *label);

/* A handshake of the association has ended, well or not. */
int pana_session_follow_handshake(struct pana_session *session);

/* What is due. True: the session is no more. */
NODE_MUST_CHECK bool pana_session_expire(struct pana_session *session, int *result);

void pana_session_digest(const struct pana_session *session, struct digest *digest,
                         uint64_t now_ns);

/* Messages (authenticator_steps.c). Results are 0 or a negative node_error, where the node can go
 * on no more. */

/* Begins an authentication: in the open session, or with PAR start. */
NODE_MUST_CHECK int pana_session_begin(struct pana_session *session);

/* A request of the open session that bears no AVP but AUTH, or `cause` besides. */
NODE_MUST_CHECK int pana_session_ask(struct pana_session *session, enum pana_kind kind,
                                     uint32_t cause);

/* What EAP or the AAA server made of the last response. */
NODE_MUST_CHECK int pana_session_continue(struct pana_session *session,
                                          enum aaa_backend_result result,
                                          const struct span_writer *packet);

/* A message of a PaC: with whom there is a session, or NULL. */
NODE_MUST_CHECK int pana_authenticator_handle(struct pana_authenticator *authenticator,
                                              struct pana_session *session,
                                              const struct pana_route *route,
                                              const struct pana_message *message);

#endif
