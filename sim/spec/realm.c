/* What specifications say of realms. */
#include "realm.h"

#include "aaa/realm.h"
#include "lower/lower.h"

#include <string.h>

#define REALM_DEFAULT "example.test"
#define REALM_MANUFACTURER "maker.test"

size_t spec_proxies(const struct spec *spec) {
  const bool remote = spec->aaa == SPEC_AAA_RADIUS && !lower_of(&spec->options)->without_eap;
  return remote ? (size_t)spec->aaa_hops : 0;
}

const struct eap_methods_row *spec_method(const struct spec *spec) {
  return &EAP_METHODS[spec->method]; /* values and rows are of one table */
}

bool spec_has_erp(const struct spec *spec) {
  return spec->authentications > 1 &&
         (spec->reauthentication == SPEC_REAUTHENTICATION_ERP_PEER ||
          spec->reauthentication == SPEC_REAUTHENTICATION_ERP_AUTHENTICATOR);
}

bool spec_bootstraps(const struct spec *spec) {
  return spec->bootstrapping != SPEC_BOOTSTRAPPING_OFF && !lower_of(&spec->options)->without_eap;
}

bool spec_has_ace(const struct spec *spec) {
  return spec->ace_profile != SPEC_ACE_PROFILE_OFF && lower_of(&spec->options)->peer_call != NULL;
}

bool spec_is_resource_server(const struct spec *spec, size_t peer) {
  if (!spec_has_ace(spec))
    return false;
  if (spec->topology != SPEC_TOPOLOGY_FIVE)
    return peer < (size_t)spec->resource_servers;
  const bool is_behind = spec->hops + spec->apart_hops == spec->server_hops;
  return peer == (is_behind ? 1 : 0);
}

bool spec_recommissions(const struct spec *spec) {
  return spec_bootstraps(spec) && spec->recommissioning == SPEC_RECOMMISSIONING_ON &&
         spec->bootstrapping == SPEC_BOOTSTRAPPING_INTEGRATED && spec->aaa == SPEC_AAA_RADIUS;
}

size_t spec_providers(const struct spec *spec) {
  return spec_recommissions(spec) ? (size_t)spec->authentications : 1;
}

const char *spec_key_realm(const struct spec *spec) {
  const char *realm = spec_realm(spec);
  return realm == NULL ? REALM_DEFAULT : realm;
}

const char *spec_realm(const struct spec *spec) {
  if (spec_recommissions(spec))
    return REALM_MANUFACTURER;
  if (spec_proxies(spec) == 0)
    return spec_has_erp(spec) ? REALM_DEFAULT : NULL;
  return spec->realm[0] == '\0' ? REALM_DEFAULT : spec->realm;
}

size_t spec_name_bytes(const struct spec *spec) {
  const char *realm = spec_realm(spec);
  if (realm == NULL)
    return (size_t)spec->identity_bytes;
  const bool anonymous = spec_method(spec)->proof == EAP_PROOF_EDHOC;
  return (anonymous ? 0 : (size_t)spec->identity_bytes) + 1 + strlen(realm);
}

const char *spec_realm_refusal(const struct spec *spec) {
  const char *realm = spec_realm(spec);
  if (realm == NULL)
    return NULL;
  if (!aaa_realm_valid(realm) || strchr(realm, '.') == NULL)
    return "realm: not two or more labels of letters, digits and hyphens, with dots between them";
  if (spec_name_bytes(spec) > NODE_IDENTITY_MAX)
    return "identity_bytes: with the realm an identity is longer than 253 octets";
  return NULL;
}
