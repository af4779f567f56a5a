/* The methods of EDHOC (RFC 9528 section 3.2), a row each: how the two sides prove themselves.
 * Everything in which methods differ follows from the kinds of proof that a row names: what
 * messages 2 and 3 carry, the keys that serve, and how the keys of the session are derived. */
#ifndef NODES_EDHOC_METHOD_H
#define NODES_EDHOC_METHOD_H

#include "suite.h"

enum edhoc_role { EDHOC_INITIATOR, EDHOC_RESPONDER, EDHOC_ROLES };

/* METHOD of message_1: the Initiator's proof, then the Responder's. */
enum edhoc_method_number {
  EDHOC_SIGNATURE_SIGNATURE = 0,
  EDHOC_SIGNATURE_STATIC = 1,
  EDHOC_STATIC_SIGNATURE = 2,
  EDHOC_STATIC_STATIC = 3,
  EDHOC_METHODS, /* rows of the table */
};

struct edhoc_proof_kind; /* proof.h */

struct edhoc_method {
  const struct edhoc_proof_kind *proof[EDHOC_ROLES]; /* the Responder's is in message_2, the
                                                        Initiator's in message_3 */
};

/* NULL: not one of the table. */
const struct edhoc_method *edhoc_method_find(int32_t number);

/* The curve that the authentication key of `role` must be on. The method is one of the table. */
enum ec_curve edhoc_method_curve(unsigned number, enum edhoc_role role,
                                 const struct edhoc_suite *suite);

#endif
