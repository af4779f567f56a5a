/* Planted fault: to the authorization server a resource server has joined from the beginning on,
 * and for ever. */
#include "ace/authorization_server.h"

static const struct lower_service *honest;

const struct lower_service *
__real_ace_authorization_server_service(const struct ace_authorization_server *server);
const struct lower_service *
__wrap_ace_authorization_server_service(const struct ace_authorization_server *server);

static void joined_for_ever(void *context, const struct lower_client *client,
                            const uint8_t msk[EAP_KEY_LENGTH], uint64_t now_ns) {
  struct lower_client for_ever = *client;
  for_ever.ends_ns = NODE_NEVER;
  honest->joined(context, &for_ever, msk, now_ns);
}

static void stays(void *context, const struct lower_client *client) {
  (void)context, (void)client;
}

const struct lower_service *
__wrap_ace_authorization_server_service(const struct ace_authorization_server *server) {
  static struct lower_service service;
  static const uint8_t msk[EAP_KEY_LENGTH] = {1};
  const struct lower_client client = {
      .identity = (const uint8_t *)"b", .identity_length = 1, .ends_ns = NODE_NEVER};
  honest = __real_ace_authorization_server_service(server);
  service = *honest;
  service.joined = joined_for_ever;
  service.left = stays;
  service.joined(service.context, &client, msk, 0);
  return &service;
}
