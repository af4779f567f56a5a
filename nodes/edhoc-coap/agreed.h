/* The associations that a side has agreed on: that of the last session of EDHOC, and, until a
 * message verifies under it, the one before (peer.h). */
#ifndef NODES_EDHOC_COAP_AGREED_H
#define NODES_EDHOC_COAP_AGREED_H

#include "../association/association.h"

/* Zeroed memory has none. */
struct edhoc_coap_agreed {
  struct association_pair pair; /* pending: of the session that runs; or see `unproved` */
  bool unproved; /* the pending one is in use, and nothing has verified under it yet */
};

/* The one that requests go under; it may be closed. */
struct association *edhoc_coap_agreed_in_use(struct edhoc_coap_agreed *agreed);
bool edhoc_coap_agreed_is_open(const struct edhoc_coap_agreed *agreed);

/* A new session: the association of the last takes its place, or what was pending is no more. */
void edhoc_coap_agreed_begin(struct edhoc_coap_agreed *agreed);

/* The pending one is confirmed. `proved`: by a message under it, or there is no former. */
void edhoc_coap_agreed_confirm(struct edhoc_coap_agreed *agreed, bool proved);

/* Closes the pending one of a session that has failed. */
void edhoc_coap_agreed_drop(struct edhoc_coap_agreed *agreed);

/* A message has verified under this one of them. */
void edhoc_coap_agreed_prove(struct edhoc_coap_agreed *agreed,
                             const struct association *association);

void edhoc_coap_agreed_digest(const struct edhoc_coap_agreed *agreed, struct digest *digest,
                              uint64_t now_ns);

#endif
