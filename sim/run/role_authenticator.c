/* The EAP authenticator, with the EAP server or the RADIUS client inside it. */
#include "bootstrap/bundle.h"
#include "bootstrapping.h"
#include "cast/authorization.h"
#include "cast/identities.h"
#include "roles.h"
#include "spec/realm.h"
#include "use_case.h"

#include <string.h>

#define NAS_IDENTIFIER "authenticator"

static struct radius_client_config authenticator_radius(const struct run *run,
                                                        const struct host *host) {
  return (struct radius_client_config){.local = host_address(host, RADIUS_FIRST_PORT_DEFAULT),
                                       .port_count = (size_t)run->spec->radius_ports,
                                       .server = host_address(role_hop_server(run, 0), RADIUS_PORT),
                                       .secret = role_hop_secret(0),
                                       .nas_identifier = NAS_IDENTIFIER};
}

/* It is the AS, too, where that is nowhere else (infrastructure-less). */
static bool authenticator_is_as(const struct run *run, const struct host *host) {
  return run->bootstrapping != NULL && run->recommissioning == NULL &&
         bootstrapping_as(run) == host;
}

/* Re-authentication by ERP, where there is any; and where it keeps roots all the same. */
static void authenticator_set_erp(const struct run *run, const struct host *host,
                                  struct lower_authenticator_config *config) {
  const struct spec *spec = run->spec;
  const char *realm = spec_key_realm(spec);
  if (!spec_has_erp(spec) && !authenticator_is_as(run, host))
    return;
  config->erp_domain = (struct erp_value){(const uint8_t *)realm, strlen(realm)};
  config->erp_begins = spec->reauthentication == SPEC_REAUTHENTICATION_ERP_AUTHENTICATOR;
}

static bool authenticator_build_node(struct run *run, struct host *host,
                                     struct lower_authenticator_config *config) {
  struct node *as = NULL;
  const bool has_as = authenticator_is_as(run, host);
  if (has_as && (as = bootstrapping_build_as(run, host, config)) == NULL)
    return false;
  host->lower = host->node = run->lower->authenticator(config, &host->hooks);
  if (!has_as || host->node == NULL)
    return host->node != NULL;
  const struct bundle_part parts[] = {role_lower_part(run, host->lower),
                                      BOOTSTRAPPING_PART(as, RADIUS_PORT, 1)};
  host->node = bundle_create(parts, sizeof parts / sizeof parts[0]);
  return host->node != NULL;
}

bool role_build_authenticator(struct run *run, struct host *host) {
  struct radius_client_config radius = {.port_count = 0};
  const bool remote = run_node_of(run, ROLE_AAA) != WORLD_NODE_NONE ||
                      run_node_of(run, ROLE_PROXY) != WORLD_NODE_NONE;
  if (remote)
    radius = authenticator_radius(run, host);
  radius.filters = authorization_filters(run->authorization, &radius.filter_count);
  host_init_part(run->backend, host);
  struct lower_authenticator_config config = {.options = &run->spec->options,
                                              .payload_bytes = (size_t)run->spec->app_payload_bytes,
                                              .local = host_address(host, run->lower->port),
                                              .peers_max = run->topology.peer_count,
                                              .eap = *identities_server(run->identities),
                                              .edhoc = identities_server_edhoc(run->identities),
                                              .resumes = run->spec->reauthentication ==
                                                         SPEC_REAUTHENTICATION_RESUMPTION,
                                              .lifetime_s = (uint32_t)run->spec->lifetime_s,
                                              .radius = remote ? &radius : NULL,
                                              .backend_hooks = &run->backend->hooks};
  authenticator_set_erp(run, host, &config);
  if (run->use_case != NULL && (config.service = use_case_build_service(run, host)) == NULL)
    return false;
  role_open_ports(host);
  for (uint16_t i = 0; i < radius.port_count; i++)
    world_open(run->world, host->index, (uint16_t)(radius.local.port + i));
  if (run->spec->fault == SPEC_FAULT_NO_AUTHENTICATOR)
    return true;
  return authenticator_build_node(run, host, &config);
}
