/* What both sides of EAP-EDHOC share: state, fragments, keys. Private to edhoc*.c. */
#ifndef NODES_EAP_EDHOC_COMMON_H
#define NODES_EAP_EDHOC_COMMON_H

#include "../edhoc/edhoc.h"
#include "edhoc.h"

enum eap_edhoc_phase {
  EAP_EDHOC_START,
  EAP_EDHOC_MESSAGE_1, /* awaited */
  EAP_EDHOC_MESSAGE_2,
  EAP_EDHOC_MESSAGE_3,
  EAP_EDHOC_MESSAGE_4,
  EAP_EDHOC_END,   /* server: message_4 is out; an empty response, or an error, is awaited */
  EAP_EDHOC_ERROR, /* an error message is out, or as much of it as the other side has asked for */
  EAP_EDHOC_SUCCESS,
  EAP_EDHOC_FAILURE,
};

/* EAP is lock-step: one message at a time is on its way, in one direction. */
enum eap_edhoc_transfer { EAP_EDHOC_IDLE, EAP_EDHOC_SENDING, EAP_EDHOC_RECEIVING };

/* The state of either side. */
struct eap_edhoc {
  const struct eap_credential *credential;
  enum eap_edhoc_phase phase;
  const char *reason; /* of EAP_EDHOC_ERROR and EAP_EDHOC_FAILURE */
  struct edhoc edhoc;
  struct eap_keys keys;
  uint8_t method_id[EAP_EDHOC_METHOD_ID_LENGTH];
  enum eap_edhoc_transfer transfer;
  size_t length; /* of `message` */
  size_t done;   /* octets of it that were sent or received */
  uint8_t message[EDHOC_MESSAGE_MAX];
};

_Static_assert(sizeof(struct eap_edhoc) <= EAP_METHOD_STATE_MAX, "a method's state has fixed room");

/* `init`, `keys`, `session_id` and `wipe` of both methods. */
int eap_edhoc_init(void *state, const struct eap_credential *credential,
                   const struct node_hooks *hooks, enum edhoc_role role);
int eap_edhoc_keys(const void *state, struct eap_keys *keys);
int eap_edhoc_session_id(const void *state, struct eap_session_id *session);
void eap_edhoc_wipe(void *state);

/* What a frame is to the one message that is on its way. */
enum eap_edhoc_taken {
  EAP_EDHOC_TAKEN_NOT,      /* to be discarded: `*reason` says why; nothing has changed */
  EAP_EDHOC_TAKEN_EMPTY,    /* an empty frame that acknowledges no fragment */
  EAP_EDHOC_TAKEN_ACK,      /* the next fragment is due */
  EAP_EDHOC_TAKEN_FRAGMENT, /* an acknowledgement is due */
  EAP_EDHOC_TAKEN_MESSAGE,  /* `message` is whole; or begins to be longer than we accept, and
                               `length` says so */
};

enum eap_edhoc_taken eap_edhoc_take(struct eap_edhoc *eap, const struct eap_edhoc_frame *frame,
                                    const char **reason);

/* Writes the first or the next fragment of `message`. True: it was the last, or there is but one.
 */
bool eap_edhoc_send_first(struct eap_edhoc *eap, size_t length, struct span_writer *out);
bool eap_edhoc_send_next(struct eap_edhoc *eap, struct span_writer *out);

/* Flags and nothing else: an acknowledgement, or the end. */
void eap_edhoc_send_empty(struct span_writer *out);

/* Hands a whole message to the session: as an error message if it may be one and is. Returns
 * negative if the session has ended, and `reason` says why. */
typedef int eap_edhoc_process(struct edhoc *edhoc, const uint8_t *message, size_t length);
NODE_MUST_CHECK int eap_edhoc_consume(struct eap_edhoc *eap, eap_edhoc_process *process,
                                      bool may_be_error);

typedef int eap_edhoc_compose(struct edhoc *edhoc, const struct edhoc_ead *ead, size_t ead_count,
                              uint8_t *out, size_t capacity, size_t *length);

/* Composes our next message into `message`. Negative as above. */
NODE_MUST_CHECK int eap_edhoc_produce(struct eap_edhoc *eap, eap_edhoc_compose *compose,
                                      size_t *length);

/* Writes the first fragment of the error message that is due; false: none is, nothing is written.
 * `*whole` as eap_edhoc_send_first returns it. */
bool eap_edhoc_send_error(struct eap_edhoc *eap, bool *whole, struct span_writer *out);

/* Ends the method; `*reason` is then the state's own. */
enum eap_method_result eap_edhoc_fail(struct eap_edhoc *eap, const char **reason);

/* The other side has proved to be someone who is not wanted: its error message is due. */
void eap_edhoc_reject(struct eap_edhoc *eap, const char *refusal);

/* `name` of both methods: of a server that was expected, as which it was expected. */
bool eap_edhoc_name(const void *state, size_t index, struct eap_name *name);

/* MSK, EMSK and Method-Id. */
NODE_MUST_CHECK int eap_edhoc_export(struct eap_edhoc *eap);

#endif
