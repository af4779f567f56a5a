/* Planted fault: who brings a token is believed to have its key. */
#include "ace/resource_server_state.h"

int __real_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery);
int __wrap_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery);

int __wrap_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery) {
  struct association_request first = {.association = &client->pair.pending};
  const int error = __real_rs_transfer_take(client, request, delivery);
  if (error == 0)
    rs_client_confirm_by(client, &first);
  return error;
}
