/* Planted fault: a client does not believe that its token has ended. */
#include "ace/client_state.h"

int __real_ace_client_take_access(struct ace_client *client, struct client_server *server,
                                  const struct coap_message *response, uint64_t now_ns);
int __wrap_ace_client_take_access(struct ace_client *client, struct client_server *server,
                                  const struct coap_message *response, uint64_t now_ns);

int __wrap_ace_client_take_access(struct ace_client *client, struct client_server *server,
                                  const struct coap_message *response, uint64_t now_ns) {
  return response->code == COAP_CODE_UNAUTHORIZED
             ? 0
             : __real_ace_client_take_access(client, server, response, now_ns);
}
