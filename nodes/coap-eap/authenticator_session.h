/* What the files of the authenticator share: its state, the table of its sessions, and the steps of
 * Figure 2. Private to authenticator*.c. */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_SESSION_H
#define NODES_COAP_EAP_AUTHENTICATOR_SESSION_H

#include "../deadline.h"
#include "../eap/label.h"
#include "association.h"
#include "authenticator.h"

enum { AUTHENTICATOR_RESOURCE_MAX = 16 };

enum authenticator_state {
  STATE_FREE,
  STATE_IDENTITY,  /* step 1 sent */
  STATE_BACKEND,   /* step 2, 4 or 6 taken: what follows is the AAA server's to say */
  STATE_METHOD,    /* step 3 or 5 sent */
  STATE_HANDSHAKE, /* DTLS handshake (step 6' of Figure 5) */
  STATE_SUCCESS,   /* step 7 sent */
  STATE_REJECTION, /* EAP-Failure sent */
  STATE_ESTABLISHED,
  STATE_FAILED,
};

/* One peer: its authentication, and then its association. */
struct peer_session {
  enum authenticator_state state;
  struct node_address remote;
  struct coap_session coap;
  struct coap_eap_ordering ordering;
  struct backend_session backend;
  struct eap_labels labels;
  uint8_t token[COAP_TOKEN_MAX];
  char resource[AUTHENTICATOR_RESOURCE_MAX + 1]; /* below /b, from step 2 */
  uint8_t identity[NODE_IDENTITY_MAX];
  size_t identity_length;
  uint8_t success[EAP_HEADER_LENGTH];      /* EAP-Success, kept through the DTLS handshake */
  struct coap_eap_association pending;     /* from the MSK to step 8 */
  struct coap_eap_association association; /* in use until a new one verifies */
  bool requesting;                         /* an application request is outstanding */
  uint32_t lifetime_s;                     /* of the association */
  uint64_t failed_count;                   /* order of failures: the longest failed makes room */

  struct deadline deadline; /* of `coap` and the associations */
  bool queued;              /* may have something to write */
  struct peer_session *next_to_write;
  struct peer_session *next_in_bucket;
};

struct authenticator {
  struct node node;
  struct coap_eap_authenticator_config config;
  const struct node_hooks *hooks;
  struct backend backend;
  struct peer_session **sessions; /* peers_max places, filled from the front */
  size_t session_count;
  struct peer_session **buckets; /* by remote */
  size_t bucket_count;           /* a power of two */
  struct deadline_heap deadlines;
  struct peer_session *write_first, *write_last;
  uint64_t failures;
};

/* Sessions (authenticator_session.c) */

/* False: memory is short. */
bool authenticator_sessions_init(struct authenticator *authenticator);
void authenticator_sessions_deinit(struct authenticator *authenticator);

struct peer_session *authenticator_find(const struct authenticator *authenticator,
                                        const struct node_address *remote);

/* A session for a new remote, or NULL where there is no room. */
struct peer_session *authenticator_acquire(struct authenticator *authenticator,
                                           const struct node_address *remote);

/* After whatever changed a session's CoAP side: sets its deadline and lets it write. */
void authenticator_touch(struct authenticator *authenticator, struct peer_session *session);

/* Takes the next session that may have something to write; NULL: there is none. */
struct peer_session *authenticator_take_writer(struct authenticator *authenticator);

bool authenticator_in_progress(const struct peer_session *session);

void authenticator_session_digest(const struct authenticator *authenticator,
                                  const struct peer_session *session, struct digest *digest,
                                  uint64_t now_ns);

/* Events. All return 0. */

int authenticator_discard(const struct authenticator *authenticator,
                          const struct node_address *remote, const char *why);

/* Ends the authentication; nothing more is sent. */
int authenticator_fail(struct authenticator *authenticator, struct peer_session *session,
                       const char *reason);

/* Forgets the authentication's secrets; the association stays. A DTLS session that has failed is
 * closed when it has written its alert. */
void authenticator_end(struct authenticator *authenticator, struct peer_session *session,
                       enum authenticator_state state);

/* Steps (authenticator_steps.c). Results are 0 or a negative node_error, where the node can go on
 * no more. */

/* Step 1: EAP-Request/Identity, with a new token and the first number. */
NODE_MUST_CHECK int authenticator_begin(struct authenticator *authenticator,
                                        struct peer_session *session);

/* Gives up the application request that is outstanding, if any. */
void authenticator_abandon_request(struct authenticator *authenticator,
                                   struct peer_session *session, const char *why);

/* Step 0, or what is none. */
NODE_MUST_CHECK int authenticator_handle_request(struct authenticator *authenticator,
                                                 struct peer_session *session,
                                                 const struct coap_message *request,
                                                 uint64_t now_ns);
bool authenticator_is_trigger(const struct coap_message *message);

/* Steps 2, 4 and 6, and 8 under OSCORE. */
NODE_MUST_CHECK int authenticator_handle_response(struct authenticator *authenticator,
                                                  struct peer_session *session,
                                                  const struct coap_message *response,
                                                  uint64_t now_ns);

/* Steps 3, 5 and 7, or EAP-Failure: what the backend says becomes the next request. */
NODE_MUST_CHECK int authenticator_continue(struct authenticator *authenticator,
                                           struct peer_session *session, enum backend_result result,
                                           const struct span_writer *packet, uint64_t now_ns);

/* Step 7: EAP-Success under the pending association, which is ready. */
NODE_MUST_CHECK int authenticator_send_success(struct authenticator *authenticator,
                                               struct peer_session *session);

/* Step 8, or the response to an application request: what came under, or should have come under,
 * an association (authenticator_protected.c). */
NODE_MUST_CHECK int authenticator_handle_confirmation(struct authenticator *authenticator,
                                                      struct peer_session *session,
                                                      const struct coap_message *response);
NODE_MUST_CHECK int authenticator_handle_answer(struct authenticator *authenticator,
                                                struct peer_session *session,
                                                const struct coap_message *response);

/* An application request with OSCORE. */
NODE_MUST_CHECK int authenticator_serve(struct authenticator *authenticator,
                                        struct peer_session *session,
                                        struct coap_eap_association *association,
                                        const struct coap_message *request, uint64_t now_ns);

/* A datagram of a DTLS session. */
NODE_MUST_CHECK int authenticator_read_secure(struct authenticator *authenticator,
                                              struct peer_session *session,
                                              const struct node_datagram *datagram,
                                              uint64_t now_ns);

/* After whatever moved a DTLS session: step 7 when its handshake is over, the end where it failed.
 */
NODE_MUST_CHECK int authenticator_follow_handshake(struct authenticator *authenticator,
                                                   struct peer_session *session);

#endif
