/* What an authenticator does with an association whose kind can be resumed, in the place of an
 * authentication that is not the first: fresh keys of what both ends have, without EAP.
 *
 * The roles are those of the session that is resumed: the authenticator opens it (dtls/dtls.h says
 * why they must stay), so that a peer that begins sends its trigger, as ever. The session that is
 * there stays in use until the new one verifies, which for either end is the other's Finished: no
 * message follows. Its lifetime, which is the AAA server's to say, goes on as it was. */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_RESUMPTION_H
#define NODES_COAP_EAP_AUTHENTICATOR_RESUMPTION_H

#include "authenticator_session.h"

/* Resumes the association where it can be, and otherwise begins with step 1, by ERP or by EAP. */
NODE_MUST_CHECK int coap_eap_session_begin_or_resume(struct coap_eap_session *session);

/* After whatever moved the handshake of SESSION_RESUMPTION: the end when that is over; or where it
 * has failed, step 1 (NODE_EVENT_RETRYING). */
NODE_MUST_CHECK int coap_eap_session_follow_resumption(struct coap_eap_session *session);

#endif
