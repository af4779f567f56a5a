/* The replay window of a recipient context (RFC 8613 sections 3.2.2 and 7.4), and which of the
 * requests in it have lent their nonce to a response. */
#ifndef NODES_OSCORE_WINDOW_H
#define NODES_OSCORE_WINDOW_H

#include "oscore.h"

/* True if a request of this Partial IV was not received yet and is not too old. */
bool oscore_window_is_fresh(const struct oscore_context *context, uint64_t piv);

/* Marks a fresh Partial IV as received. */
void oscore_window_accept(struct oscore_context *context, uint64_t piv);

/* Takes the nonce of a received request for its response. False if it was taken before, or if the
 * window does not reach back so far. */
bool oscore_window_take_nonce(struct oscore_context *context, uint64_t piv);

#endif
