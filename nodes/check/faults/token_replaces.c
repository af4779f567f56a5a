/* Planted fault: a token that is brought ends the association that its endpoint has. */
#include "ace/resource_server_state.h"

int __real_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery);
int __wrap_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery);

int __wrap_rs_transfer_take(struct rs_client *client, const struct coap_message *request,
                            struct rs_delivery *delivery) {
  if (rs_grant_is_there(&client->current))
    rs_client_tell(client, NODE_PHASE_APPLICATION, NODE_EVENT_CLOSED, "replaced");
  association_close(&client->pair.current);
  rs_grant_wipe(&client->current);
  rs_recipient_leave(client->server, &client->current_recipient);
  return __real_rs_transfer_take(client, request, delivery);
}
