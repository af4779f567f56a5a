/* What the files of the peer share. Private to peer*.c. */
#ifndef NODES_EDHOC_COAP_PEER_STATE_H
#define NODES_EDHOC_COAP_PEER_STATE_H

#include "../coap/refuse.h"
#include "agreed.h"
#include "message.h"
#include "peer.h"

enum edhoc_coap_peer_stage {
  PEER_IDLE,
  PEER_MESSAGE_2, /* message_1 sent */
  PEER_ANSWER,    /* message_3 sent */
  PEER_ESTABLISHED,
  PEER_FAILED,
};

struct edhoc_coap_peer {
  struct node node;
  struct lower_peer_config config;
  struct edhoc_coap_options options;
  const struct node_hooks *hooks;
  enum edhoc_coap_peer_stage stage;
  struct node_address local;
  struct coap_session session; /* without protection, and of protected messages */
  struct coap_stranger stranger;
  struct edhoc *edhoc;                   /* while a session runs; else NULL */
  struct edhoc_connection_id connection; /* C_I of this or the last session */
  struct edhoc_coap_agreed agreed;
  bool requesting;     /* an application request is outstanding */
  const char *refusal; /* what an error said to the outstanding request: why it fails if nothing
                          better comes; or NULL */
  unsigned attempts;   /* begun so far, since the peer was told to */
  unsigned attempts_left;
  uint64_t due_ns; /* of the next attempt; NODE_NEVER */
};

/* All return 0, or a negative node_error where the node can go on no more. */

void edhoc_coap_peer_tell(const struct edhoc_coap_peer *peer, enum node_event_type type,
                          const char *label);
int edhoc_coap_peer_discard(const struct edhoc_coap_peer *peer, const char *why);
int edhoc_coap_peer_note_refusal(struct edhoc_coap_peer *peer, const char *reason);

bool edhoc_coap_peer_in_progress(const struct edhoc_coap_peer *peer);

/* Ends the authentication without a key: EDHOC has ended it. */
int edhoc_coap_peer_fail(struct edhoc_coap_peer *peer, const char *reason);

/* Gives up the application request that is outstanding, if any. */
void edhoc_coap_peer_abandon_request(struct edhoc_coap_peer *peer, const char *why);

/* message_1 (peer_steps.c). */
NODE_MUST_CHECK int edhoc_coap_peer_start(struct edhoc_coap_peer *peer);

/* message_2, and what answers message_3. */
NODE_MUST_CHECK int edhoc_coap_peer_handle_response(struct edhoc_coap_peer *peer,
                                                    const struct coap_message *response,
                                                    uint64_t now_ns);

/* The key is: `proved` by what came under protection of it. Returns 0. */
int edhoc_coap_peer_confirm(struct edhoc_coap_peer *peer, bool proved, const char *label);

void edhoc_coap_peer_end_edhoc(struct edhoc_coap_peer *peer);

#endif
