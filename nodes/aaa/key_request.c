/* Requests for keys without EAP: who asks, for what, and how often. */
#include "key_request.h"

#include <string.h>

enum { REQUESTS_PER_MINUTE_DEFAULT = 60 };
#define MINUTE (60 * NODE_SECOND)

static const struct aaa_key_use_row {
  const char *name;
  enum node_phase phase;
  int (*derive)(const struct node_hooks *hooks, const uint8_t emsk[EAP_KEY_LENGTH],
                const struct bootstrap_name *name, uint8_t root[EAP_KEY_LENGTH]);
} USES[] = {
    [AAA_KEY_APPLICATION] = {"aps_root", NODE_PHASE_PULL, bootstrap_aps_root},
    [AAA_KEY_CREDENTIAL] = {"provider_root", NODE_PHASE_COMMISSIONING, bootstrap_provider_root},
};

bool aaa_key_client_valid(const struct aaa_key_client *client) {
  return client->name.length >= 1 && client->name.length <= BOOTSTRAP_NAME_MAX &&
         (size_t)client->use < sizeof USES / sizeof USES[0];
}

bool aaa_key_request_is(const struct radius_packet *packet) {
  uint32_t service;
  return radius_attribute_number(packet, RADIUS_SERVICE_TYPE, &service) &&
         service == RADIUS_SERVICE_AUTHORIZE_ONLY &&
         radius_attribute_count(packet, RADIUS_EAP_MESSAGE) == 0;
}

const struct aaa_key_client *aaa_key_client_find(const struct aaa_key_client *clients, size_t count,
                                                 const struct node_address *source,
                                                 const struct radius_packet *packet,
                                                 const char **why) {
  const struct aaa_key_client *there = NULL;
  struct radius_attribute nas = {.length = 0};
  (void)radius_attribute_find(packet, RADIUS_NAS_IDENTIFIER, &nas);
  *why = NULL;
  for (size_t i = 0; i < count; i++) {
    if (memcmp(clients[i].ip, source->ip, sizeof source->ip) != 0)
      continue;
    there = &clients[i];
    if (nas.length == there->name.length && memcmp(nas.value, there->name.octets, nas.length) == 0)
      return there;
  }
  *why = there == NULL ? "no client for keys" : "another NAS-Identifier than the client's";
  return there;
}

/* The generic cell rate algorithm: each request costs its part of a minute, and a minute is there
 * at once. */
bool aaa_key_rate_take(struct aaa_key_rate *rate, const struct aaa_key_client *client,
                       uint64_t now_ns) {
  const uint32_t per_minute =
      client->requests_per_minute == 0 ? REQUESTS_PER_MINUTE_DEFAULT : client->requests_per_minute;
  const uint64_t cost_ns = MINUTE / per_minute;
  const uint64_t whole_ns = (rate->whole_ns < now_ns ? now_ns : rate->whole_ns) + cost_ns;
  if (whole_ns - now_ns > MINUTE)
    return false;
  rate->whole_ns = whole_ns;
  return true;
}

int aaa_key_derive(const struct node_hooks *hooks, const struct aaa_key_client *client,
                   const uint8_t emsk[EAP_KEY_LENGTH], uint8_t key[EAP_KEY_LENGTH]) {
  return USES[client->use].derive(hooks, emsk, &client->name, key);
}

enum node_phase aaa_key_phase(enum aaa_key_use use) {
  return USES[use].phase;
}

const char *aaa_key_name(enum aaa_key_use use) {
  return USES[use].name;
}
