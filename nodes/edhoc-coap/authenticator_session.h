/* What the files of the authenticator share: its state, the table of its sessions, and what they
 * do. Private to authenticator*.c. */
#ifndef NODES_EDHOC_COAP_AUTHENTICATOR_SESSION_H
#define NODES_EDHOC_COAP_AUTHENTICATOR_SESSION_H

#include "../coap/refuse.h"
#include "../deadline.h"
#include "../table.h"
#include "agreed.h"
#include "authenticator.h"
#include "message.h"

/* Who has an association, and who has none: each list begins with the least recently used. */
enum edhoc_coap_standing { STANDING_FIRST_CONTACT, STANDING_ESTABLISHED, STANDING_COUNT };

/* The connection identifiers of a session's associations: they move as these do. */
enum edhoc_coap_number { NUMBER_PENDING, NUMBER_CURRENT, NUMBER_COUNT };

#define EDHOC_COAP_NO_NUMBER SIZE_MAX

/* A session of EDHOC that waits for message_3. */
struct edhoc_coap_run {
  struct edhoc *edhoc; /* NULL: there is none, and nothing else of it */
  size_t number;       /* of C_R */
  uint64_t patience_ns;
};

/* Of one peer, the latest first: a message_1 that somebody else has sent, or that comes late, does
 * not end the one that the peer means. */
enum { EDHOC_COAP_RUNS = 2 };

struct edhoc_coap_authenticator;

/* One peer: its sessions of EDHOC, and then its association. */
struct edhoc_coap_session {
  struct edhoc_coap_authenticator *authenticator;
  struct node_address local; /* where the peer asked */
  struct node_address remote;
  struct coap_session coap; /* without protection, and of protected messages */
  struct edhoc_coap_run runs[EDHOC_COAP_RUNS];
  size_t numbers[NUMBER_COUNT]; /* of C_R; EDHOC_COAP_NO_NUMBER */
  struct edhoc_coap_agreed agreed;
  bool requesting;                   /* an application request is outstanding */
  const char *refusal;               /* what an error without protection said to it; or NULL */
  uint64_t ends_ns;                  /* of the association; NODE_NEVER */
  uint64_t forget_ns;                /* of what failed: keeps its place until then */
  uint64_t next_trigger_ns;          /* not before then does message_1 begin anything beside it */
  uint64_t used_ns;                  /* when it was last of use */
  uint8_t holder[NODE_IDENTITY_MAX]; /* the name that has the association */
  size_t holder_length;

  enum edhoc_coap_standing standing;
  struct edhoc_coap_session *previous, *next; /* of this standing */
  size_t place;                               /* among all sessions */
  struct deadline deadline;
  bool queued; /* may have something to write */
  struct edhoc_coap_session *previous_to_write, *next_to_write;
  struct table_item by_remote, by_host, by_holder;
};

struct edhoc_coap_sessions {
  struct edhoc_coap_session *first, *last;
  size_t count;
};

struct edhoc_coap_authenticator {
  struct node node;
  struct lower_authenticator_config config;
  struct edhoc_coap_options options;
  const struct node_hooks *hooks;
  uint64_t now_ns; /* as the host said last */
  struct coap_stranger stranger;
  struct edhoc_coap_session **sessions; /* filled from the front */
  size_t session_count;
  struct edhoc_coap_sessions standings[STANDING_COUNT];
  bool *taken;        /* by number of a connection identifier */
  size_t next_number; /* of the short ones, whose turn it is */
  struct table by_remote, by_host, by_holder;
  struct deadline_heap deadlines;
  struct edhoc_coap_session *write_first, *write_last;
};

/* Places (authenticator_room.c) */

/* False: memory is short. */
bool edhoc_coap_sessions_init(struct edhoc_coap_authenticator *authenticator);
void edhoc_coap_sessions_deinit(struct edhoc_coap_authenticator *authenticator);

struct edhoc_coap_session *
edhoc_coap_sessions_find(const struct edhoc_coap_authenticator *authenticator,
                         const struct node_address *remote);

/* A session for a new remote, which is a first contact; NULL where there is no room. */
struct edhoc_coap_session *
edhoc_coap_sessions_acquire(struct edhoc_coap_authenticator *authenticator,
                            const struct node_address *remote);

/* Wipes and frees, whatever it does. */
void edhoc_coap_session_release(struct edhoc_coap_session *session);

/* Whether there is room for its association. */
NODE_MUST_CHECK bool edhoc_coap_session_has_room(struct edhoc_coap_session *session);

/* Puts the session where it now stands; use: and it was of use just now. */
void edhoc_coap_session_stand(struct edhoc_coap_session *session);
void edhoc_coap_session_use(struct edhoc_coap_session *session);

/* The association is now that of this name, and no other's is. */
void edhoc_coap_session_hold(struct edhoc_coap_session *session, const struct edhoc_name *name);

/* The number of a connection identifier that no session has, and that is not `other`; and gives it
 * back. */
size_t edhoc_coap_take_number(struct edhoc_coap_authenticator *authenticator,
                              const struct edhoc_connection_id *other);
void edhoc_coap_give_back_number(struct edhoc_coap_authenticator *authenticator, size_t number);

/* That of an association is now `number`, and what it was is given back; EDHOC_COAP_NO_NUMBER:
 * none.
 */
void edhoc_coap_session_set_number(struct edhoc_coap_session *session, enum edhoc_coap_number which,
                                   size_t number);

/* Sessions (authenticator_session.c) */

void edhoc_coap_session_dequeue(struct edhoc_coap_session *session);

/* Takes the next session that may have something to write; NULL: there is none. */
struct edhoc_coap_session *
edhoc_coap_sessions_take_writer(struct edhoc_coap_authenticator *authenticator);

/* After whatever changed a session: schedule sets its deadline, touch lets it write, too. */
void edhoc_coap_session_schedule(struct edhoc_coap_session *session);
void edhoc_coap_session_touch(struct edhoc_coap_session *session);

void edhoc_coap_session_tell(const struct edhoc_coap_session *session, enum node_event_type type,
                             const char *label);
int edhoc_coap_session_discard(const struct edhoc_coap_session *session, const char *why);

bool edhoc_coap_session_in_progress(const struct edhoc_coap_session *session);

/* Wipes and frees; harmless for none. Without telling anybody. */
void edhoc_coap_session_end_run(struct edhoc_coap_session *session, struct edhoc_coap_run *run);
void edhoc_coap_session_end_runs(struct edhoc_coap_session *session);

/* A session of EDHOC ends without a key, and with it, unless another goes on, the authentication.
 * Returns 0. */
int edhoc_coap_session_fail(struct edhoc_coap_session *session, struct edhoc_coap_run *run,
                            const char *reason);

/* Closes the associations; an event says why. Harmless without. */
void edhoc_coap_session_close(struct edhoc_coap_session *session, const char *why);

/* Gives up the application request that is outstanding, if any. */
void edhoc_coap_session_abandon_request(struct edhoc_coap_session *session, const char *why);

/* When its time comes, ends what has an end. True: the session is no more. */
NODE_MUST_CHECK bool edhoc_coap_session_is_over(struct edhoc_coap_session *session);

void edhoc_coap_session_digest(const struct edhoc_coap_session *session, struct digest *digest,
                               uint64_t now_ns);

/* Messages (authenticator_steps.c). Results are 0 or a negative node_error, where the node can go
 * on no more. */

/* A request with message_1, as far as the payload shows. */
bool edhoc_coap_is_message_1(const struct coap_message *request);

/* The code that refuses a request that is no such, and comes under no association. */
uint8_t edhoc_coap_authenticator_refuse(const struct coap_message *request);

NODE_MUST_CHECK int edhoc_coap_session_handle_request(struct edhoc_coap_session *session,
                                                      const struct coap_message *request,
                                                      uint64_t now_ns);

/* To an application request of ours. */
NODE_MUST_CHECK int edhoc_coap_session_handle_response(struct edhoc_coap_session *session,
                                                       const struct coap_message *response);

#endif
