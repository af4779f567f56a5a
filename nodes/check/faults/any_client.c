/* Planted fault: the AS takes whoever asks for the first client in its table. */
#include "aaa/key_request.h"

const struct aaa_key_client *__wrap_aaa_key_client_find(const struct aaa_key_client *clients,
                                                        size_t count,
                                                        const struct node_address *source,
                                                        const struct radius_packet *packet,
                                                        const char **why);

const struct aaa_key_client *__wrap_aaa_key_client_find(const struct aaa_key_client *clients,
                                                        size_t count,
                                                        const struct node_address *source,
                                                        const struct radius_packet *packet,
                                                        const char **why) {
  (void)count, (void)source, (void)packet;
  *why = NULL;
  return clients;
}
