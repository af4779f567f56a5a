/* How sessions of a backend begin. Private to backend.c and reauthenticate.c. */
#ifndef NODES_AAA_BACKEND_BEGIN_H
#define NODES_AAA_BACKEND_BEGIN_H

#include "backend.h"

/* One of which nothing is known yet but its owner. */
void aaa_session_begin(struct aaa_backend_session *session, void *owner);

/* Its room for pass-through. NODE_ERR_EXHAUSTED: memory is short. */
NODE_MUST_CHECK int aaa_pass_through_begin(struct aaa_backend_session *session, uint8_t identifier,
                                           const struct node_address *peer);

#endif
