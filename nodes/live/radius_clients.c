/* RADIUS clients, from settings to what the cores take. */
#include "radius_clients.h"

#include <stdlib.h>
#include <string.h>

const char *radius_clients_conflict(const struct settings *settings) {
  size_t count;
  struct radius_server_client *list = radius_clients_list(settings, &count);
  free(list);
  return list == NULL ? "an address has two secrets: all who ask from there share one" : NULL;
}

const char *radius_clients_lack(const struct settings *settings) {
  const size_t others = settings->application_servers.count + settings->providers.count;
  if (settings_has(&settings->client) != (settings->secret != NULL))
    return "--client and --secret belong together";
  if (!settings_has(&settings->client) && settings->client_count + others == 0)
    return "no RADIUS clients: give --client and --secret, or radius_clients in the file";
  return radius_clients_conflict(settings);
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

static bool secret_equals(const struct radius_secret *a, const struct radius_secret *b) {
  return a->length == b->length && memcmp(a->octets, b->octets, a->length) == 0;
}

/* Adds one, unless it is there. False: it is, with another secret. */
static bool list_add(struct radius_server_client *list, size_t *count,
                     const struct udp_address *address, const char *secret) {
  const struct radius_server_client added = client_of(address, secret);
  for (size_t i = 0; i < *count; i++)
    if (memcmp(list[i].ip, added.ip, sizeof added.ip) == 0)
      return secret_equals(&list[i].secret, &added.secret);
  list[(*count)++] = added;
  return true;
}

static bool list_add_parties(struct radius_server_client *list, size_t *count,
                             const struct parties *parties) {
  bool added = true;
  for (size_t i = 0; added && i < parties->count; i++)
    added = list_add(list, count, &parties->list[i].address, parties->list[i].secret);
  return added;
}

struct radius_server_client *radius_clients_list(const struct settings *settings, size_t *count) {
  const struct parties *const servers = &settings->application_servers;
  const struct parties *const providers = &settings->providers;
  struct radius_server_client *list =
      calloc(1 + settings->client_count + servers->count + providers->count, sizeof *list);
  if (list == NULL)
    abort();
  *count = 0;
  if (settings_has(&settings->client))
    list[(*count)++] = client_of(&settings->client, settings->secret);
  for (size_t i = 0; i < settings->client_count; i++)
    list[(*count)++] = client_of(&settings->clients[i].address, settings->clients[i].secret);
  if (list_add_parties(list, count, servers) && list_add_parties(list, count, providers))
    return list;
  free(list);
  return NULL;
}

static size_t list_keys(const struct parties *parties, enum aaa_key_use use,
                        struct aaa_key_client *list) {
  for (size_t i = 0; i < parties->count; i++) {
    list[i] = (struct aaa_key_client){.name = party_name(&parties->list[i]), .use = use};
    memcpy(list[i].ip, parties->list[i].address.address.ip, sizeof list[i].ip);
  }
  return parties->count;
}

struct aaa_key_client *radius_clients_with_keys(const struct settings *settings, size_t *count) {
  const struct parties *const servers = &settings->application_servers;
  const struct parties *const providers = &settings->providers;
  struct aaa_key_client *list = calloc(1 + servers->count + providers->count, sizeof *list);
  if (list == NULL)
    abort();
  *count = list_keys(servers, AAA_KEY_APPLICATION, list);
  *count += list_keys(providers, AAA_KEY_CREDENTIAL, list + *count);
  return list;
}
