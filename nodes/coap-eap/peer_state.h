/* What the files of the peer share: its state, and the steps of Figure 2. Private to peer*.c. */
#ifndef NODES_COAP_EAP_PEER_STATE_H
#define NODES_COAP_EAP_PEER_STATE_H

#include "../coap/refuse.h"
#include "../eap/erp_peer.h"
#include "../eap/label.h"
#include "client.h"
#include "keys.h"
#include "peer.h"
#include "server.h"

enum coap_eap_peer_stage {
  PEER_IDLE,             /* waiting for step 1 */
  PEER_TRIGGERING,       /* step 0, or the first request sent, waiting for EAP-Request/Identity */
  PEER_AUTHENTICATING,   /* that is answered */
  PEER_CONFIRMING,       /* as client: EAP-Success is taken, and the association pending */
  PEER_RESUMING,         /* the authenticator resumes the association */
  PEER_REAUTHENTICATING, /* by ERP: a trigger was an EAP-Initiate, and a handshake has begun */
  PEER_ESTABLISHED,
  PEER_FAILED,
};

/* What belongs to one authentication and is replaced by the next. */
struct coap_eap_peer_run {
  struct eap_peer *eap; /* while it runs; else NULL */
  struct eap_labels labels;
  struct coap_eap_server server;
  struct coap_eap_client client; /* in its stead, where the peer is that */
  uint64_t last_valid_ns;
  const char *unverified; /* why it fails if nothing better comes: what came under the association
                             to be confirmed does not verify; or NULL */
  uint8_t success[EAP_HEADER_LENGTH]; /* that was accepted */
};

/* Re-authentication by ERP (peer_erp.h). */
struct coap_eap_peer_erp {
  struct erp_peer peer;
  struct coap_eap_server server; /* of the exchange that a trigger has begun */
};

struct coap_eap_peer;

/* What the peer does as CoAP server, or as client: a row for each of coap_roles. Results are 0, or
 * a negative node_error where the node can go on no more. */
struct coap_eap_peer_role {
  bool is_client;

  /* An attempt is due, or goes on. */
  int (*begin)(struct coap_eap_peer *peer, uint64_t now_ns);
  /* The code that refuses a request without protection, whoever sent it; COAP_CODE_EMPTY: it is to
   * be processed, or marked as protected. */
  uint8_t (*refuse)(const struct coap_eap_peer *peer, const struct coap_message *request);
  /* A request without protection, or marked as protected. */
  int (*handle_request)(struct coap_eap_peer *peer, const struct coap_message *request,
                        uint64_t now_ns);
  /* A request under one of the associations. */
  int (*handle_protected)(struct coap_eap_peer *peer, const struct association_request *request,
                          uint64_t now_ns);
  /* A response that is to no application request. */
  int (*handle_response)(struct coap_eap_peer *peer, const struct coap_message *response,
                         uint64_t now_ns);
  /* After a datagram of an association with a port of its own. NULL: there is nothing to do. */
  int (*follow_handshake)(struct coap_eap_peer *peer);
  /* What was outstanding has had no answer. NULL, likewise. */
  void (*given_up)(struct coap_eap_peer *peer, uint64_t now_ns);
};

extern const struct coap_eap_peer_role COAP_EAP_PEER_AS_SERVER, COAP_EAP_PEER_AS_CLIENT;

struct coap_eap_peer {
  struct node node;
  const struct coap_eap_peer_role *role;
  struct lower_peer_config config;
  struct coap_eap_options options;
  const struct node_hooks *hooks;
  enum coap_eap_peer_stage stage;
  struct node_address local;   /* where the authenticator asked; before, the config's */
  struct coap_session session; /* without protection, and of protected messages */
  struct coap_stranger stranger;
  unsigned resources;             /* the number of the next that is named */
  struct coap_eap_resource first; /* where step 1 goes: the service; by RFC 9820 the resource that
                                     step 0 has named, and none once it has come */
  struct coap_eap_peer_run run;
  struct coap_eap_peer_erp *erp;        /* NULL: there is none */
  struct association_pair associations; /* the pending one: from the MSK to step 7 */
  bool requesting;                      /* an application request is outstanding */
  bool calling;                         /* ... and it is a call (lower_layer.peer_call) */
  uint64_t now_ns;                      /* of the call of the node that is under way */
  uint64_t ends_ns;                     /* of the current one; NODE_NEVER */
  struct coap_eap_resource held;        /* stands for the current one (RFC 9820) */
  bool deleted;                         /* the current one is, once it has nothing to write */
  bool was_reset;      /* somebody has answered what is outstanding with a Reset in clear */
  bool refuses_hello;  /* of a session to resume: there is none */
  const char *refusal; /* as client: ... with an error, and what that said; or NULL */
  size_t ordering_bytes_peak, message_bytes_peak;
  unsigned attempts; /* begun so far, since the peer was told to */
  unsigned attempts_left;
  unsigned triggers;   /* of this attempt, sent so far */
  const char *refused; /* why step 1 of this attempt was; or NULL */
  bool trigger_pending;
  bool authenticator_lives; /* it asked for what is lost, while triggers went out: when they are
                               over, it has the time to give that up and begin anew */
  uint64_t trigger_due_ns;  /* or of the first request */
  uint64_t trigger_interval_ns;
};

/* All return 0, or a negative node_error where the node can go on no more. */

int coap_eap_peer_discard(const struct coap_eap_peer *peer, const char *why);

void coap_eap_peer_tell(const struct coap_eap_peer *peer, enum node_event_type type,
                        const char *label);

/* Ends the authentication without a key. The pending association is closed when it has no alert to
 * send. */
void coap_eap_peer_fail(struct coap_eap_peer *peer, const char *reason);

/* The same, unless there are attempts left: then another begins in its time. */
void coap_eap_peer_break_off(struct coap_eap_peer *peer, const char *reason, uint64_t now_ns);

/* An attempt begins. */
void coap_eap_peer_count_attempt(struct coap_eap_peer *peer);

/* Of the authentication what only EAP knows is wiped and freed. Harmless without. */
void coap_eap_peer_end_eap(struct coap_eap_peer *peer);

/* Closes the association in use, which no new one replaces; an event says why. Harmless without. */
void coap_eap_peer_close(struct coap_eap_peer *peer, const char *why);

/* Gives up the application request that is outstanding, if any. */
void coap_eap_peer_abandon_request(struct coap_eap_peer *peer, const char *why);

bool coap_eap_peer_in_progress(const struct coap_eap_peer *peer);

/* So many octets are remembered that keep the order of messages. */
void coap_eap_peer_note_ordering(struct coap_eap_peer *peer, size_t bytes);

/* Opens the pending association; token and agreement are those of the authentication. */
NODE_MUST_CHECK int coap_eap_peer_open_association(struct coap_eap_peer *peer, const uint8_t *token,
                                                   size_t token_length,
                                                   const struct coap_eap_agreement *agreement,
                                                   uint64_t now_ns);

/* The same with another key than the MSK: msk, identity, token and agreement are as `config` says.
 */
NODE_MUST_CHECK int coap_eap_peer_open_with(struct coap_eap_peer *peer,
                                            const struct coap_eap_key_config *config,
                                            uint64_t now_ns);

/* The trigger's purpose is met: the authenticator acts. */
void coap_eap_peer_stop_triggering(struct coap_eap_peer *peer);

/* The pending association is confirmed, with the lifetime that `info` says if it does, and the
 * authentication over. */
void coap_eap_peer_establish(struct coap_eap_peer *peer, const struct coap_eap_info *info,
                             const char *label, uint64_t now_ns);

/* A request that is marked as protected: under one of the associations, or refused. */
NODE_MUST_CHECK int coap_eap_peer_handle_marked(struct coap_eap_peer *peer,
                                                const struct coap_message *outer, uint64_t now_ns);

/* An application request of the authenticator, which has verified. */
NODE_MUST_CHECK int coap_eap_peer_answer(struct coap_eap_peer *peer,
                                         const struct association_request *request,
                                         uint64_t now_ns);

/* As server (peer_steps.c): steps 1 to 6, and EAP-Failure; then steps 7 and 8. */
uint8_t coap_eap_peer_refuse(const struct coap_eap_peer *peer, const struct coap_message *request);
NODE_MUST_CHECK int coap_eap_peer_handle_request(struct coap_eap_peer *peer,
                                                 const struct coap_message *request,
                                                 uint64_t now_ns);
NODE_MUST_CHECK int coap_eap_peer_handle_protected(struct coap_eap_peer *peer,
                                                   const struct association_request *request,
                                                   uint64_t now_ns);

#endif
