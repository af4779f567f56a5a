/* Planted fault: two requests of one authentication have the same Message ID. */
#include "coap/session.h"

#include <string.h>

int __real_coap_session_request(struct coap_session *session, struct coap_message *message,
                                const char *label);
int __wrap_coap_session_request(struct coap_session *session, struct coap_message *message,
                                const char *label);

int __wrap_coap_session_request(struct coap_session *session, struct coap_message *message,
                                const char *label) {
  if (strcmp(label, "EAP-PSK 3") == 0)
    session->next_message_id--;
  return __real_coap_session_request(session, message, label);
}
