/* Planted fault: whatever resource a request is for, it is the one that was named last. */
#include "coap-eap/server.h"

bool __wrap_coap_eap_server_is_for(const struct coap_eap_server *server,
                                   const struct coap_message *message);

bool __wrap_coap_eap_server_is_for(const struct coap_eap_server *server,
                                   const struct coap_message *message) {
  (void)message;
  return server->requests > 0;
}
