/* A peer and a server of EAP of which one is given hostile packets: the first octet of an input
 * says which, the packets are its parts. */
#ifndef NODES_TESTS_FUZZ_EAP_SIDES_H
#define NODES_TESTS_FUZZ_EAP_SIDES_H

#include "eap/peer.h"
#include "eap/server.h"

#include "fuzz.h"

enum eap_sides_side { EAP_SIDES_SERVER, EAP_SIDES_PEER };

/* The one method of both, and its credentials. */
struct eap_sides {
  struct eap_peer_method peer;
  struct eap_server_method server;
};

/* Gives one side its packets. True: it ended with success. */
bool eap_sides_run(const struct eap_sides *sides, const uint8_t *data, size_t size);

/* Two inputs: what each side receives in a conversation of both. */
void eap_sides_seeds(const struct eap_sides *sides, fuzz_take *take);

#endif
