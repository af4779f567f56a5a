/* What a peer does when the authenticator asks to resume their association
 * (authenticator_resumption.h). */
#ifndef NODES_COAP_EAP_PEER_RESUMPTION_H
#define NODES_COAP_EAP_PEER_RESUMPTION_H

#include "peer_state.h"

/* Before a datagram of the association's port is read: a hello that is not awaited begins, or where
 * there is nothing to resume is refused, so that the authenticator need not wait. 1: it is not to
 * be read; 0, or a negative node_error. */
NODE_MUST_CHECK int coap_eap_peer_look_for_hello(struct coap_eap_peer *peer,
                                                 const struct node_datagram *datagram,
                                                 uint64_t now_ns);

/* After it was read: the end of a handshake that is over. */
void coap_eap_peer_follow_resumption(struct coap_eap_peer *peer);

/* Writes the refusal that is due, as node_write does, but for the addresses. */
NODE_MUST_CHECK int coap_eap_peer_write_refusal(struct coap_eap_peer *peer,
                                                struct node_datagram *datagram);

#endif
