/* What the files of the authenticator share: its state, the table of its sessions, and the steps of
 * Figure 2. Private to authenticator*.c. */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_SESSION_H
#define NODES_COAP_EAP_AUTHENTICATOR_SESSION_H

#include "../deadline.h"
#include "../eap/label.h"
#include "authenticator.h"
#include "client.h"

enum coap_eap_session_stage {
  SESSION_FREE,
  SESSION_IDENTITY,  /* step 1 sent */
  SESSION_BACKEND,   /* step 2, 4 or 6 taken: what follows is the AAA server's to say */
  SESSION_METHOD,    /* step 3 or 5 sent */
  SESSION_HANDSHAKE, /* of the association (step 6' of Figure 5) */
  SESSION_SUCCESS,   /* step 7 sent */
  SESSION_REJECTION, /* EAP-Failure sent */
  SESSION_ESTABLISHED,
  SESSION_FAILED,
};

struct coap_eap_authenticator;

/* One peer: its authentication, and then its association. */
struct coap_eap_session {
  struct coap_eap_authenticator *authenticator;
  enum coap_eap_session_stage stage;
  struct node_address remote;
  struct coap_session coap; /* without protection, and of protected messages */
  struct coap_eap_client client;
  struct aaa_backend_session backend;
  struct eap_labels labels;
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  uint8_t success[EAP_HEADER_LENGTH];   /* EAP-Success, kept through a handshake */
  struct association_pair associations; /* the pending one: from the MSK to step 8 */
  bool requesting;                      /* an application request is outstanding */
  uint32_t lifetime_s;                  /* of the association */
  uint64_t failed_count;                /* order of failures: the longest failed makes room */

  struct deadline deadline; /* of `coap` and the associations */
  bool queued;              /* may have something to write */
  struct coap_eap_session *next_to_write;
  struct coap_eap_session *next_in_bucket;
};

struct coap_eap_authenticator {
  struct node node;
  struct lower_authenticator_config config;
  struct coap_eap_options options;
  const struct node_hooks *hooks;
  struct aaa_backend backend;
  struct coap_eap_session **sessions; /* peers_max places, filled from the front */
  size_t session_count;
  struct coap_eap_session **buckets; /* by remote */
  size_t bucket_count;               /* a power of two */
  struct deadline_heap deadlines;
  struct coap_eap_session *write_first, *write_last;
  uint64_t failures;
};

/* The table of sessions (authenticator_session.c) */

/* False: memory is short. */
bool coap_eap_sessions_init(struct coap_eap_authenticator *authenticator);
void coap_eap_sessions_deinit(struct coap_eap_authenticator *authenticator);

struct coap_eap_session *coap_eap_sessions_find(const struct coap_eap_authenticator *authenticator,
                                                const struct node_address *remote);

/* A session for a new remote, or NULL where there is no room. */
struct coap_eap_session *coap_eap_sessions_acquire(struct coap_eap_authenticator *authenticator,
                                                   const struct node_address *remote);

/* Takes the next session that may have something to write; NULL: there is none. */
struct coap_eap_session *
coap_eap_sessions_take_writer(struct coap_eap_authenticator *authenticator);

/* After whatever changed a session's CoAP side: sets its deadline and lets it write. */
void coap_eap_session_touch(struct coap_eap_session *session);

bool coap_eap_session_in_progress(const struct coap_eap_session *session);

void coap_eap_session_digest(const struct coap_eap_session *session, struct digest *digest,
                             uint64_t now_ns);

/* Events. Results are 0. */

void coap_eap_session_tell(const struct coap_eap_session *session, enum node_event_type type,
                           const char *label);
int coap_eap_session_discard(const struct coap_eap_session *session, const char *why);

/* Ends the authentication; nothing more is sent. */
int coap_eap_session_fail(struct coap_eap_session *session, const char *reason);

/* Forgets the authentication's secrets; the association stays. A session that has failed is closed
 * when it has written its alert. */
void coap_eap_session_end(struct coap_eap_session *session, enum coap_eap_session_stage stage);

/* Steps (authenticator_steps.c). Results are 0 or a negative node_error, where the node can go on
 * no more. */

/* Step 1: EAP-Request/Identity, with a new token and the first number. */
NODE_MUST_CHECK int coap_eap_session_begin(struct coap_eap_session *session);

/* Step 0, or what is none. */
NODE_MUST_CHECK int coap_eap_session_handle_request(struct coap_eap_session *session,
                                                    const struct coap_message *request,
                                                    uint64_t now_ns);
bool coap_eap_is_trigger(const struct coap_message *message);

/* Steps 2, 4 and 6, and 8 of protected messages. */
NODE_MUST_CHECK int coap_eap_session_handle_response(struct coap_eap_session *session,
                                                     const struct coap_message *response,
                                                     uint64_t now_ns);

/* Steps 3, 5 and 7, or EAP-Failure: what the backend says becomes the next request. */
NODE_MUST_CHECK int coap_eap_session_continue(struct coap_eap_session *session,
                                              enum aaa_backend_result result,
                                              const struct span_writer *packet, uint64_t now_ns);

/* What travels under an association (authenticator_protected.c) */

/* Step 7: EAP-Success under the pending association, which is ready. */
NODE_MUST_CHECK int coap_eap_session_send_success(struct coap_eap_session *session);

/* Step 8, or the response to an application request: what came under, or should have come under,
 * an association. */
NODE_MUST_CHECK int coap_eap_session_handle_confirmation(struct coap_eap_session *session,
                                                         const struct coap_message *response);
NODE_MUST_CHECK int coap_eap_session_handle_answer(struct coap_eap_session *session,
                                                   const struct coap_message *response);

/* Gives up the application request that is outstanding, if any. */
void coap_eap_session_abandon_request(struct coap_eap_session *session, const char *why);

/* An application request under the current association. */
NODE_MUST_CHECK int coap_eap_session_serve(struct coap_eap_session *session,
                                           const struct coap_message *request, uint64_t now_ns);

/* A datagram of an association with a port of its own. */
NODE_MUST_CHECK int coap_eap_session_read_behind(struct coap_eap_session *session,
                                                 const struct node_datagram *datagram,
                                                 uint64_t now_ns);

/* After whatever moved such an association: step 7 when its handshake is over, the end where it
 * failed. */
NODE_MUST_CHECK int coap_eap_session_follow_handshake(struct coap_eap_session *session);

#endif
