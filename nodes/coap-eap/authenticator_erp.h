/* What an authenticator does for re-authentication by ERP (RFC 6696); peer_erp.h has the flow. It
 * takes an EAP-Initiate for whoever sends it, with an association or without: the ER server knows
 * the peer. It asks for one only who was authenticated by EAP, and so may know ERP: who does not is
 * silent, and that costs the time of an exchange.
 *
 * Where the ER server says no or nothing, or the peer has no root, authentication by EAP follows
 * (NODE_EVENT_RETRYING): by step 1, or where that was sent, by EAP-Request/Identity in the same
 * exchange. A Finish that says no does not go to the peer. */
#ifndef NODES_COAP_EAP_AUTHENTICATOR_ERP_H
#define NODES_COAP_EAP_AUTHENTICATOR_ERP_H

#include "authenticator_session.h"

/* A trigger is an EAP-Initiate, and there is an ER server. */
bool coap_eap_session_is_initiate(const struct coap_eap_session *session,
                                  const struct coap_message *trigger);

NODE_MUST_CHECK int coap_eap_session_begin_by_initiate(struct coap_eap_session *session,
                                                       const struct coap_message *trigger,
                                                       uint64_t now_ns);

/* Whether to begin with an EAP-Initiate/Re-auth-Start, and that step 1. */
bool coap_eap_session_may_start(const struct coap_eap_session *session);
NODE_MUST_CHECK int coap_eap_session_start(struct coap_eap_session *session);

/* Its response: an EAP-Initiate, or none (AAA_BACKEND_FAILURE, which is one of ERP's then). `why`:
 * static text of AAA_BACKEND_DISCARD, which leaves the request outstanding. */
enum aaa_backend_result coap_eap_session_take_initiate(struct coap_eap_session *session,
                                                       const struct coap_message *response,
                                                       uint64_t now_ns, struct span_writer *packet,
                                                       const char **why);

/* What the ER server says: step 7, or EAP in its place. */
NODE_MUST_CHECK int coap_eap_session_continue_erp(struct coap_eap_session *session,
                                                  enum aaa_backend_result result,
                                                  const struct span_writer *packet,
                                                  uint64_t now_ns);

/* The AAA server is silent. */
NODE_MUST_CHECK int coap_eap_session_left_alone(struct coap_eap_session *session);

/* Writes the Finish of step 7. */
void coap_eap_session_put_finish(const struct coap_eap_session *session,
                                 struct span_writer *packet);

/* After step 8: keeps the root of an authentication by EAP, where the EAP server is inside. */
void coap_eap_session_keep_root(struct coap_eap_session *session);

#endif
