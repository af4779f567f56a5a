/* The table of refusals, read at first use. */
#include "refusal.h"

#include "lower/lower.h"
#include "realm.h"

#include <stdio.h>
#include <stdlib.h>

static const struct {
  const char *condition, *reason;
} rows[] = {
#define REFUSE(condition, reason) {condition, reason},
#include "refuses.def"
#undef REFUSE
};

enum { REFUSAL_COUNT = sizeof rows / sizeof rows[0] };

const struct spec_refusal *spec_refusals(size_t *count) {
  static struct spec_refusal refusals[REFUSAL_COUNT];
  *count = REFUSAL_COUNT;
  for (size_t i = 0; i < REFUSAL_COUNT && refusals[i].reason == NULL; i++) {
    char error[CONDITION_ERROR_MAX];
    if (!condition_parse(rows[i].condition, &refusals[i].when, error)) {
      fprintf(stderr, "coap-eap-sim: refuses.def: %s\n", error);
      abort();
    }
    refusals[i].reason = rows[i].reason;
  }
  return refusals;
}

/* Static text: what the lower layer that is chosen cannot do; NULL: it can. */
static const char *lower_refusal(const struct spec *spec) {
  const struct lower_layer *lower = lower_of(&spec->options);
  const bool from_peer = spec->app_direction == SPEC_APP_DIRECTION_FROM_PEER;
  const bool through_it = spec->app_messages > 0 && !spec_bootstraps(spec);
  if (through_it && from_peer && lower->peer_request == NULL)
    return "app_messages: the lower layer carries no requests of the peer";
  if (through_it && !from_peer && lower->authenticator_request == NULL)
    return "app_messages: the lower layer carries no requests of the authenticator";
  return lower->unsupported(&spec->options);
}

/* With EAP-EDHOC peers share an identity, and have credentials of their own; but where application
 * servers have keys of them. */
static const char *identity_refusal(const struct spec *spec) {
  static const struct {
    int64_t bytes, peers;
    const char *identity, *peer_id;
  } limits[] = {
      {1, SPEC_PEERS_OF_ONE_OCTET, "identity_bytes: 1 octet tells no more than 37 peers apart",
       "peer_id_bytes: 1 octet tells no more than 37 peers apart"},
      {2, SPEC_PEERS_OF_TWO_OCTETS, "identity_bytes: 2 octets tell no more than 786 peers apart",
       "peer_id_bytes: 2 octets tell no more than 786 peers apart"}};
  enum { NUMBERED_NAI = 6 }; /* octets that 10000 differ in */
  const bool by_name = spec_method(spec)->proof == EAP_PROOF_PSK;
  if (!by_name && spec_bootstraps(spec) && spec->peers > 1 && spec->identity_bytes < NUMBERED_NAI)
    return "identity_bytes: with bootstrapping each UE has a name of its own, of 6 octets at least";
  for (size_t i = 0; by_name && i < sizeof limits / sizeof limits[0]; i++) {
    if (spec->identity_bytes == limits[i].bytes && spec->peers > limits[i].peers)
      return limits[i].identity;
    if (spec->peer_id_bytes == limits[i].bytes && spec->peers > limits[i].peers)
      return limits[i].peer_id;
  }
  return NULL;
}

/* So many are in UEs' tables. */
static const char *servers_refusal(const struct spec *spec) {
  enum { SERVERS_MAX = 64 };
  return spec_providers(spec) * (size_t)spec->application_servers > SERVERS_MAX
             ? "application_servers: of all providers (authentications) more than 64"
             : NULL;
}

const char *spec_refusal(const struct spec *spec) {
  size_t count;
  const struct spec_refusal *refusals = spec_refusals(&count);
  for (size_t i = 0; i < count; i++)
    if (condition_holds(&refusals[i].when, spec))
      return refusals[i].reason;
  const char *reason = identity_refusal(spec);
  if (reason == NULL)
    reason = spec_realm_refusal(spec);
  if (reason == NULL)
    reason = servers_refusal(spec);
  return reason != NULL ? reason : lower_refusal(spec);
}
