/* Re-authentication of a peer by ERP (RFC 6696), in the place of an authentication by EAP. Neither
 * the draft nor RFC 9820 says how its packets travel: what follows is ours.
 *
 *   the peer begins            0 NON POST, EAP-Initiate/Re-auth
 *                              7 EAP-Finish/Re-auth under the association from the rMSK, to the
 *                                service, since no resource was named
 *                              8 its response
 *   the authenticator begins   1 EAP-Initiate/Re-auth-Start
 *                              2 2.01 with a resource, EAP-Initiate/Re-auth; by a peer without a
 *                                root without an EAP packet
 *                              7 EAP-Finish/Re-auth likewise, to that resource
 *                              8
 *
 * The rMSK takes the place of the MSK, and the keyName-NAI that of the identity. The token of an
 * authentication that the peer begins is the trigger's, which both ends know.
 *
 * The peer knows the rMSK before the authenticator does, and opens the association at once. What it
 * has beside that stays: an EAP-Request without protection, which anybody can send, ends the
 * exchange and begins an authentication by EAP, but not the root. A Finish without protection is
 * not looked at: an authenticator that has one that says no begins by EAP. */
#ifndef NODES_COAP_EAP_PEER_ERP_H
#define NODES_COAP_EAP_PEER_ERP_H

#include "peer_state.h"

/* The exchange that a trigger begins may be under way (a Re-auth-Start's is PEER_AUTHENTICATING),
 * and the request is of it; else it is of the authentication that runs, or was last. */
struct coap_eap_server *coap_eap_peer_server_of(struct coap_eap_peer *peer,
                                                const struct association_request *request);

/* Whether the trigger of this attempt may be an EAP-Initiate. */
bool coap_eap_peer_may_initiate(const struct coap_eap_peer *peer, uint64_t now_ns);

/* Writes it, for a trigger with this token, and opens the association. */
NODE_MUST_CHECK int coap_eap_peer_initiate(struct coap_eap_peer *peer,
                                           const struct coap_message *trigger,
                                           struct span_writer *packet, uint64_t now_ns);

/* Whether step 1 is an EAP-Initiate/Re-auth-Start, and there is something to do with it. */
bool coap_eap_peer_is_start(const struct coap_eap_peer *peer, const struct coap_message *request);

/* Takes it: `packet` holds an EAP-Initiate, or nothing, where there is no root. NULL, or static
 * text: why it is discarded. */
const char *coap_eap_peer_take_start(struct coap_eap_peer *peer, const struct coap_message *request,
                                     struct span_writer *packet, uint64_t now_ns);

/* Opens the association of an exchange that a Re-auth-Start has begun; nothing where none has. */
NODE_MUST_CHECK int coap_eap_peer_open_started(struct coap_eap_peer *peer, uint64_t now_ns);

/* Whether a Finish is awaited, under the pending association. */
bool coap_eap_peer_awaits_finish(const struct coap_eap_peer *peer);

/* Takes what came as such; a lifetime of the rMSK that it says limits that of `info`. NULL, or
 * static text: why it is discarded. */
const char *coap_eap_peer_take_finish(struct coap_eap_peer *peer, const struct coap_message *plain,
                                      struct coap_eap_info *info, uint64_t now_ns);

/* An authentication by EAP takes its place. Harmless where none is under way. */
void coap_eap_peer_leave_exchange(struct coap_eap_peer *peer);

/* Keeps the root of an authentication by EAP that has succeeded. */
void coap_eap_peer_keep_root(struct coap_eap_peer *peer, uint64_t now_ns);

/* At the beginning, as the configuration says (false: memory is short), and at the end. */
NODE_MUST_CHECK bool coap_eap_peer_init_erp(struct coap_eap_peer *peer);
void coap_eap_peer_deinit_erp(struct coap_eap_peer *peer);

void coap_eap_peer_digest_erp(const struct coap_eap_peer *peer, struct digest *digest);

/* Before a datagram of the association's port is read: a handshake begins, and the trigger is not
 * repeated any more. */
void coap_eap_peer_look_for_handshake(struct coap_eap_peer *peer,
                                      const struct node_datagram *datagram, uint64_t now_ns);

#endif
