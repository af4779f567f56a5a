/* RADIUS packets of someone who knows the secret, whatever is in them. */
#ifndef NODES_TESTS_FUZZ_RADIUS_SEALED_H
#define NODES_TESTS_FUZZ_RADIUS_SEALED_H

#include "radius/packet.h"

/* Gives what parses as a packet the Message-Authenticator that it should have, if it has room for
 * one; an answer (`request_authenticator` is not NULL) its Response Authenticator, too. */
void radius_sealed(uint8_t *octets, size_t length, const uint8_t *request_authenticator,
                   const struct radius_secret *secret);

#endif
