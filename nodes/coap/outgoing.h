/* A composed message, kept for (re)transmission: on the heap, and no longer than it is. */
#ifndef NODES_COAP_OUTGOING_H
#define NODES_COAP_OUTGOING_H

#include "../kept/kept.h"
#include "message.h"

/* Zeroed memory holds none. May be moved in memory; a copy is made by coap_outgoing_copy only. */
struct coap_outgoing {
  struct kept message;
  struct kept sealed; /* what goes out in its place once; empty: nothing is there yet */
  const char *label;  /* static text */
  enum node_phase phase;
  enum node_part part;
  bool is_protected;
  bool pending;  /* to be handed out by the next write */
  unsigned copy; /* transmissions already made */
};

/* Composes a message in the place of what is there, pending and never sent. Errors of
 * coap_message_compose, and NODE_ERR_EXHAUSTED: memory is short. They leave `outgoing` as it was.
 */
NODE_MUST_CHECK int coap_outgoing_compose(struct coap_outgoing *outgoing,
                                          const struct coap_message *message, enum node_part part,
                                          const char *label);

/* The same message as `from`, in the place of what is in `to`. NODE_ERR_EXHAUSTED, likewise. */
NODE_MUST_CHECK int coap_outgoing_copy(struct coap_outgoing *to, const struct coap_outgoing *from);

/* Gives it the type, Message ID and token of `head`; code and body stay. NODE_ERR_TOO_LONG,
 * NODE_ERR_EXHAUSTED, likewise. */
NODE_MUST_CHECK int coap_outgoing_readdress(struct coap_outgoing *outgoing,
                                            const struct coap_message *head);

/* Moves `from`, which holds none from then on, in the place of what is in `to`. */
void coap_outgoing_move(struct coap_outgoing *to, struct coap_outgoing *from);

bool coap_outgoing_equal(const struct coap_outgoing *a, const struct coap_outgoing *b);

/* Puts a message into a record: fills `data`, `length` and `spans` of what has room for
 * NODE_DATAGRAM_MAX octets. */
typedef int coap_seal(void *context, const uint8_t *plain, size_t length,
                      const struct span_list *spans, struct node_datagram *record);

/* Seals what is pending, unless it is sealed already: the record goes out instead, once. Errors of
 * `seal`, and NODE_ERR_EXHAUSTED; then it is pending no more. */
NODE_MUST_CHECK int coap_outgoing_seal(struct coap_outgoing *outgoing, coap_seal *seal,
                                       void *context);

/* It is pending no more. */
void coap_outgoing_withdraw(struct coap_outgoing *outgoing);

/* All but the addresses, which are the caller's. It is pending no more. NODE_ERR_TOO_LONG: it is.
 */
NODE_MUST_CHECK int coap_outgoing_write(struct coap_outgoing *outgoing,
                                        struct node_datagram *datagram);

/* Wipes and frees. */
void coap_outgoing_wipe(struct coap_outgoing *outgoing);

#endif
