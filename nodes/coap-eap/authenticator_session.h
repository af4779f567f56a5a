/* What the files of the authenticator share: its state, the table of its sessions, and the steps of
 * Figure 2. Private to authenticator*.c. */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_SESSION_H
#define NODES_COAP_EAP_AUTHENTICATOR_SESSION_H

#include "../coap/refuse.h"
#include "../deadline.h"
#include "../eap/label.h"
#include "../table.h"
#include "authenticator.h"
#include "client.h"
#include "server.h"

enum coap_eap_session_stage {
  SESSION_FREE,
  SESSION_IDENTITY,   /* step 1 sent */
  SESSION_START,      /* step 1 sent, EAP-Initiate/Re-auth-Start in it (authenticator_erp.h) */
  SESSION_BACKEND,    /* step 2, 4 or 6 taken: what follows is the AAA server's to say */
  SESSION_METHOD,     /* step 3 or 5 sent */
  SESSION_HANDSHAKE,  /* of the association (step 6' of Figure 5) */
  SESSION_SUCCESS,    /* step 7 sent */
  SESSION_RESUMPTION, /* the handshake that resumes the association (authenticator_resumption.h) */
  SESSION_REJECTION,  /* EAP-Failure sent */
  SESSION_ESTABLISHED,
  SESSION_FAILED,
};

/* In which order sessions give way to others (authenticator.h). */
enum coap_eap_standing {
  STANDING_FIRST_CONTACT, /* by a trigger, and its source has never answered; oldest first */
  STANDING_FAILED,        /* and has no association; longest first */
  STANDING_ESTABLISHED,   /* has an association; least recently used first */
  STANDING_RUNNING,       /* authenticates, and has none yet; least recently used first */
  STANDING_COUNT
};

struct coap_eap_authenticator;
struct coap_eap_session;

/* What the authenticator does as CoAP client, or as server: a row for each of coap_roles. Results
 * are 0 or a negative node_error, where the node can go on no more. */
struct coap_eap_authenticator_role {
  bool is_client;

  /* Begins without being asked to. NULL: it is the peer who begins. */
  int (*begin)(struct coap_eap_session *session);
  /* Whether a message asks for an authentication, so that it is worth a place. */
  bool (*is_first)(const struct coap_eap_authenticator *authenticator,
                   const struct coap_message *message);
  /* The code that refuses a request that does not and comes under no association. */
  uint8_t (*refuse)(const struct coap_eap_authenticator *authenticator,
                    const struct coap_message *request);
  /* A request without protection, or marked as protected; a response to no application request. */
  int (*handle_request)(struct coap_eap_session *session, const struct coap_message *request,
                        uint64_t now_ns);
  int (*handle_response)(struct coap_eap_session *session, const struct coap_message *response,
                         uint64_t now_ns);
  /* What the backend says. */
  int (*proceed)(struct coap_eap_session *session, enum aaa_backend_result result,
                 struct span_writer *packet, uint64_t now_ns);
  /* A request that came out of a record of this association; a response out of one of the pending.
   */
  int (*handle_inside)(struct coap_eap_session *session, struct association *association,
                       const struct coap_message *request, uint64_t now_ns);
  int (*handle_confirmation)(struct coap_eap_session *session, const struct coap_message *response);
  /* The handshake is over. NULL: the peer is next. */
  int (*handshake_over)(struct coap_eap_session *session);
  /* `due_ns` has come. NULL: it never does. */
  void (*handle_due)(struct coap_eap_session *session, uint64_t now_ns);
};

extern const struct coap_eap_authenticator_role COAP_EAP_AUTHENTICATOR_AS_CLIENT,
    COAP_EAP_AUTHENTICATOR_AS_SERVER;

/* The authentication of one peer, where it is the CoAP client (authenticator_server.c). */
struct coap_eap_serving {
  struct coap_eap_server server;
  unsigned resources;  /* handed out so far, and some left out */
  uint8_t identifier;  /* of EAP-Request/Identity */
  uint16_t message_id; /* of the request that is to be answered, and its token */
  uint8_t token[COAP_TOKEN_MAX];
  size_t token_length;
};

/* One peer: its authentication, and then its association. */
struct coap_eap_session {
  struct coap_eap_authenticator *authenticator;
  enum coap_eap_session_stage stage;
  struct node_address local; /* where the peer asked; of one that was begun with, the config's */
  struct node_address remote;
  struct coap_session coap;       /* without protection, and of protected messages */
  struct coap_eap_resource first; /* where step 1 goes: the service, or what step 0 named */
  struct coap_eap_client client;
  struct coap_eap_serving serving;     /* in its stead */
  struct aaa_backend_session *backend; /* of an authentication that runs; else NULL */
  struct eap_labels labels;
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  uint8_t success[EAP_HEADER_LENGTH];   /* EAP-Success, kept through a handshake */
  struct coap_eap_finish *finish;       /* in its place, by ERP; else NULL */
  bool keeps_root;                      /* the peer was authenticated by EAP, and may have a root */
  bool unasked;                         /* no request was sent yet in this authentication */
  bool named;                           /* a response has named a resource */
  struct association_pair associations; /* the pending one: from the MSK to step 8 */
  bool requesting;                      /* an application request is outstanding */
  bool ending;                          /* ... and it is the DELETE that ends the association */
  struct coap_eap_resource held;        /* stands for the association (RFC 9820) */
  uint32_t lifetime_s;                  /* of the association */
  uint64_t ends_ns;                     /* of the association; NODE_NEVER */
  uint8_t holder[NODE_IDENTITY_MAX];    /* the identity that has the association */
  size_t holder_length;
  uint64_t next_trigger_ns; /* not before then does a trigger begin anything beside it */
  const char *refusal;      /* what an error without protection said to the outstanding
                               request: why it fails if nothing better comes; or, as server,
                               what the peer confirms the key by does not verify; or NULL */
  bool trigger_waits;       /* it came behind such an error, and begins when that fails */

  bool first_contact; /* begun by a trigger, and nothing has answered since */
  bool asked;         /* of a first contact: a trigger has come that step 1 may go out for */
  uint64_t octets_in; /* of a first contact, both ways */
  uint64_t octets_out;
  uint64_t forget_ns;   /* of what failed: keeps its place until then */
  uint64_t answered_ns; /* when it last answered, or was begun */
  enum coap_eap_standing standing;
  struct coap_eap_session *previous, *next; /* of this standing */
  size_t place;                             /* among all sessions */

  uint64_t due_ns;          /* as server: the empty ACK, or the end of patience; NODE_NEVER */
  struct deadline deadline; /* of `coap`, the associations, what is due and the place */
  bool queued;              /* may have something to write */
  struct coap_eap_session *previous_to_write, *next_to_write;
  struct table_item by_remote, by_host, by_holder;
};

struct coap_eap_sessions {
  struct coap_eap_session *first, *last;
  size_t count;
};

struct coap_eap_authenticator {
  struct node node;
  const struct coap_eap_authenticator_role *role;
  struct lower_authenticator_config config;
  struct coap_eap_options options;
  const struct node_hooks *hooks;
  struct aaa_backend backend;
  uint64_t now_ns; /* as the host said last */
  struct coap_stranger stranger;
  struct coap_eap_session **sessions; /* filled from the front */
  size_t session_count;
  struct coap_eap_sessions standings[STANDING_COUNT];
  struct table by_remote; /* address and port */
  struct table by_host;   /* address; empty without `address_max` */
  struct table by_holder; /* of an association; empty without `one_per_identity` */
  struct deadline_heap deadlines;
  struct coap_eap_session *write_first, *write_last;
};

/* Places (authenticator_room.c) */

/* False: memory is short. */
bool coap_eap_sessions_init(struct coap_eap_authenticator *authenticator);
void coap_eap_sessions_deinit(struct coap_eap_authenticator *authenticator);

struct coap_eap_session *coap_eap_sessions_find(const struct coap_eap_authenticator *authenticator,
                                                const struct node_address *remote);

/* A session for a new remote, or NULL where there is no room. `first_contact`: for a trigger. */
struct coap_eap_session *coap_eap_sessions_acquire(struct coap_eap_authenticator *authenticator,
                                                   const struct node_address *remote,
                                                   bool first_contact);

/* Wipes and frees, whatever it does. */
void coap_eap_session_release(struct coap_eap_session *session);

/* The remote has answered, by what only who reads our messages can know. False: it was a first
 * contact, and none of the others gives way. */
NODE_MUST_CHECK bool coap_eap_session_answered(struct coap_eap_session *session);

/* One that is no first contact was of use just now. */
void coap_eap_session_use(struct coap_eap_session *session);

/* A trigger begins an authentication: unless there is an association it is a first contact. */
void coap_eap_session_triggered(struct coap_eap_session *session);

/* More first contacts wait than `half_open_max`, and this is one. */
bool coap_eap_session_is_crowded(const struct coap_eap_session *session);

/* The association is now that of this name (NODE_IDENTITY_MAX octets at most), which the peer has
 * proved, or claims; and no other's is. */
void coap_eap_session_hold(struct coap_eap_session *session, const uint8_t *name, size_t length);

/* Puts the session where it now stands. */
void coap_eap_session_stand(struct coap_eap_session *session);

/* Sessions (authenticator_session.c) */

/* Harmless for one that is not queued. */
void coap_eap_session_dequeue(struct coap_eap_session *session);

/* Takes the next session that may have something to write; NULL: there is none. */
struct coap_eap_session *
coap_eap_sessions_take_writer(struct coap_eap_authenticator *authenticator);

/* After whatever changed a session: sets its standing and deadline; touch also lets it write.
 */
void coap_eap_session_schedule(struct coap_eap_session *session);
void coap_eap_session_touch(struct coap_eap_session *session);

bool coap_eap_session_in_progress(const struct coap_eap_session *session);

/* Closes the association in use, which no new one replaces; an event says why. Harmless without. */
void coap_eap_session_close(struct coap_eap_session *session, const char *why);

/* When its time comes, ends the association, or gives up the place of what failed. True: the
 * session is no more. */
NODE_MUST_CHECK bool coap_eap_session_is_over(struct coap_eap_session *session);

void coap_eap_session_digest(const struct coap_eap_session *session, struct digest *digest,
                             uint64_t now_ns);

/* Events. Results are 0. */

void coap_eap_session_tell(const struct coap_eap_session *session, enum node_event_type type,
                           const char *label);
int coap_eap_session_discard(const struct coap_eap_session *session, const char *why);

/* An error without protection (4.xx, 5.xx, Reset) says so of the outstanding request. Whoever
 * guesses a token or Message ID can send one: the request is repeated in its time, and a good
 * response still counts. */
int coap_eap_session_note_refusal(struct coap_eap_session *session, const char *reason);

/* Before each request, which may be refused anew. */
void coap_eap_session_forget_refusal(struct coap_eap_session *session);

/* Ends the authentication; nothing more is sent. */
int coap_eap_session_fail(struct coap_eap_session *session, const char *reason);

/* Of the authentication what only the backend knows is wiped and freed. Harmless without. */
void coap_eap_session_end_backend(struct coap_eap_session *session);

/* Forgets the authentication's secrets; the association stays. A session that has failed is closed
 * when it has written its alert. */
void coap_eap_session_end(struct coap_eap_session *session, enum coap_eap_session_stage stage);

/* Steps (authenticator_steps.c). Results are 0 or a negative node_error, where the node can go on
 * no more. */

/* Step 1: EAP-Request/Identity, with a new token and the first number. */
NODE_MUST_CHECK int coap_eap_session_begin(struct coap_eap_session *session);

/* Begins a conversation with the backend, and makes EAP-Request/Identity, which `packet` has room
 * for, and what is offered beside it. */
NODE_MUST_CHECK int coap_eap_session_ask_identity(struct coap_eap_session *session,
                                                  struct coap_eap_agreement *agreement,
                                                  struct span_writer *packet,
                                                  struct coap_eap_info *offer);

/* Opens the pending association; token and agreement are those of the authentication. */
NODE_MUST_CHECK int coap_eap_session_open_association(struct coap_eap_session *session,
                                                      const uint8_t *token, size_t token_length,
                                                      const struct coap_eap_agreement *agreement,
                                                      uint64_t now_ns);

/* Whether it may be opened: the AAA server names no other cipher suite than the one agreed on. */
bool coap_eap_session_may_secure(const struct coap_eap_session *session,
                                 const struct coap_eap_agreement *agreement);

/* What an EAP-Response/Identity says of the peer is kept, for the association; and whether that
 * would do. */
void coap_eap_session_read_identity(struct coap_eap_session *session,
                                    const struct coap_message *message);
bool coap_eap_has_usable_identity(const struct coap_eap_options *options,
                                  const struct coap_message *message);

/* The peer has asked for an authentication, by a message of this name. */
void coap_eap_session_asked(struct coap_eap_session *session, const char *label, uint64_t now_ns);

/* The same by a trigger, which has come. */
NODE_MUST_CHECK int coap_eap_session_begin_by_trigger(struct coap_eap_session *session,
                                                      uint64_t now_ns);

/* A new authentication as client, of which nothing is sent yet: a new token, and the first number.
 */
void coap_eap_session_prepare(struct coap_eap_session *session);

/* The next request as client, without protection; `info`: what goes behind the EAP packet; or NULL.
 */
NODE_MUST_CHECK int coap_eap_session_send_eap(struct coap_eap_session *session,
                                              struct span_writer *packet,
                                              const struct coap_eap_info *info);

/* The octets of an identity, for the association. */
void coap_eap_session_identify(struct coap_eap_session *session, const uint8_t *identity,
                               size_t length);

/* As client: the association from the backend's MSK, and step 7, at once, or after its handshake;
 * or the end where there may be none. */
NODE_MUST_CHECK int coap_eap_session_secure(struct coap_eap_session *session, uint64_t now_ns);

/* What travels under an association (authenticator_protected.c) */

/* Step 7: EAP-Success under the pending association, which is ready. */
NODE_MUST_CHECK int coap_eap_session_send_success(struct coap_eap_session *session);

/* Session-Lifetime that the peer is told: what the AAA server says comes first. 0: none is. */
uint32_t coap_eap_session_told_lifetime_s(const struct coap_eap_session *session);

/* The pending association is confirmed, and the authentication over. */
void coap_eap_session_establish(struct coap_eap_session *session, const char *label);

/* Step 8, or the response to an application request: what came under, or should have come under,
 * an association. */
NODE_MUST_CHECK int coap_eap_session_handle_confirmation(struct coap_eap_session *session,
                                                         const struct coap_message *response);
NODE_MUST_CHECK int coap_eap_session_handle_answer(struct coap_eap_session *session,
                                                   const struct coap_message *response);

/* DELETE of the resource that stands for the session, under the current association: both are gone
 * when it is answered, or given up. */
NODE_MUST_CHECK int coap_eap_session_delete(struct coap_eap_session *session);

/* Gives up the application request that is outstanding, if any. */
void coap_eap_session_abandon_request(struct coap_eap_session *session, const char *why);

/* An application request under the current association. */
NODE_MUST_CHECK int coap_eap_session_serve(struct coap_eap_session *session,
                                           const struct coap_message *request, uint64_t now_ns);
/* ... which has verified. */
NODE_MUST_CHECK int coap_eap_session_answer(struct coap_eap_session *session,
                                            const struct association_request *request,
                                            uint64_t now_ns);

/* ... out of a record of the current association; under the pending one there is none. */
NODE_MUST_CHECK int coap_eap_session_serve_inside(struct coap_eap_session *session,
                                                  struct association *association,
                                                  const struct coap_message *request,
                                                  uint64_t now_ns);

/* Tells the service, if there is one, of the association that is established: with the key, where
 * it came of a full authentication by EAP. */
void coap_eap_session_tell_service(const struct coap_eap_session *session);

/* The same of one that ends, which no other replaces. */
void coap_eap_session_leave_service(const struct coap_eap_session *session);

/* A datagram of an association with a port of its own. */
NODE_MUST_CHECK int coap_eap_session_read_behind(struct coap_eap_session *session,
                                                 const struct node_datagram *datagram,
                                                 uint64_t now_ns);

/* After whatever moved such an association: step 7 when its handshake is over, the end where it
 * failed. */
NODE_MUST_CHECK int coap_eap_session_follow_handshake(struct coap_eap_session *session);

#endif
