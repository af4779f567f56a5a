/* Planted fault: a client is not told that it gets no token. */
#include "ace/client.h"

void __real_ace_client_answered(void *client, const struct coap_message *response, uint64_t now_ns);
void __wrap_ace_client_answered(void *client, const struct coap_message *response, uint64_t now_ns);

void __wrap_ace_client_answered(void *client, const struct coap_message *response,
                                uint64_t now_ns) {
  if (response != NULL && response->code == COAP_CODE_CREATED)
    __real_ace_client_answered(client, response, now_ns);
}
