/* RADIUS clients, from settings to what the cores take. */
#include "radius_clients.h"

#include <stdlib.h>
#include <string.h>

const char *radius_clients_lack(const struct settings *settings) {
  if (settings_has(&settings->client) != (settings->secret != NULL))
    return "--client and --secret belong together";
  if (!settings_has(&settings->client) && settings->client_count == 0)
    return "no RADIUS clients: give --client and --secret, or radius_clients in the file";
  return NULL;
}

struct radius_secret radius_secret_of(const char *text) {
  return (struct radius_secret){.octets = (const uint8_t *)text, .length = strlen(text)};
}

static struct radius_server_client client_of(const struct udp_address *address,
                                             const char *secret) {
  struct radius_server_client client = {.secret = radius_secret_of(secret)};
  memcpy(client.ip, address->address.ip, sizeof client.ip);
  return client;
}

struct radius_server_client *radius_clients_list(const struct settings *settings, size_t *count) {
  struct radius_server_client *list = calloc(1 + settings->client_count, sizeof *list);
  if (list == NULL)
    abort();
  *count = 0;
  if (settings_has(&settings->client))
    list[(*count)++] = client_of(&settings->client, settings->secret);
  for (size_t i = 0; i < settings->client_count; i++)
    list[(*count)++] = client_of(&settings->clients[i].address, settings->clients[i].secret);
  return list;
}
