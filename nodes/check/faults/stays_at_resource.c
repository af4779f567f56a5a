/* Planted fault: a client that does not go where the response to its request says. */
#include "coap-eap/client.h"

bool __real_coap_eap_client_read_next(const struct coap_eap_client *client,
                                      const struct coap_message *response, bool first,
                                      struct coap_eap_resource *resource);
bool __wrap_coap_eap_client_read_next(const struct coap_eap_client *client,
                                      const struct coap_message *response, bool first,
                                      struct coap_eap_resource *resource);

bool __wrap_coap_eap_client_read_next(const struct coap_eap_client *client,
                                      const struct coap_message *response, bool first,
                                      struct coap_eap_resource *resource) {
  const bool read = __real_coap_eap_client_read_next(client, response, first, resource);
  *resource = client->resource;
  return read;
}
