/* Whoever is asked takes time: each response is separate (RFC 7252 section 5.2.2), as those of a
 * slow peer are, and with the roles reversed those of an authenticator whose AAA server is slow. */
#include "coap/session.h"

void __real_coap_session_init(struct coap_session *session,
                              const struct coap_parameters *parameters,
                              const struct node_hooks *hooks);
void __wrap_coap_session_init(struct coap_session *session,
                              const struct coap_parameters *parameters,
                              const struct node_hooks *hooks);

void __wrap_coap_session_init(struct coap_session *session,
                              const struct coap_parameters *parameters,
                              const struct node_hooks *hooks) {
  struct coap_parameters slow = *parameters;
  slow.separate_responses = true;
  __real_coap_session_init(session, &slow, hooks);
}
