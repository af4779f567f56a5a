/* The authenticator on sockets, also as AA and as controller: the first towards the peers, under
 * DTLS the second, too; the others towards a RADIUS server, or, of an AA that is the AS, one
 * towards its clients. */
#include "../bootstrap/bundle.h"
#include "../eap/erp_server.h"
#include "authorization.h"
#include "controller.h"
#include "credentials.h"
#include "erp.h"
#include "radius_clients.h"
#include "role.h"
#include "serve.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct authenticator {
  const struct settings *settings;
  const struct report *report;
  struct credentials_server users; /* of the EAP server inside */
  struct edhoc_config edhoc;       /* of a lower layer without EAP */
  struct erp_server_config erp;    /* inside, with a realm */
  bool radius;
  bool serves;                          /* application servers: it is the AS, too */
  struct erp_server roots;              /* then: what both parts keep of full authentications */
  struct radius_server_client *clients; /* likewise: application servers */
  struct aaa_key_client *key_clients;
  struct controller controller;     /* of the role of that name */
  struct authorization_rules rules; /* of the filter */
  struct aaa_filter filter;
  struct udp_socket sockets[LOWER_PORTS_MAX + RADIUS_PORTS_MAX];
  size_t peer_sockets; /* of these, towards the peers */
  size_t socket_count;
};

/* NULL, or what a lower layer without EAP has no use for. */
static const char *without_eap_unused(const struct settings *settings) {
  if (settings_has(&settings->radius_server))
    return "--radius-server: lower_layer: edhoc asks no AAA server";
  return settings_has(&settings->begin) ? "--begin: with lower_layer: edhoc the peer begins" : NULL;
}

static int role_authenticator_check_radius(struct authenticator *authenticator,
                                           struct complaint *complaint) {
  const struct settings *settings = authenticator->settings;
  if (settings->secret == NULL)
    return complaint_set(complaint, "--radius-server needs --secret");
  if (settings->filter_id == NULL && settings->filter_rules != NULL)
    return complaint_set(complaint, "--filter-rules needs --filter-id");
  const int error =
      authorization_rules_read(&authenticator->rules, settings->filter_rules, complaint);
  authenticator->filter = (struct aaa_filter){.name = settings->filter_id,
                                              .rules = authenticator->rules.rules,
                                              .rule_count = authenticator->rules.count};
  return error;
}

/* An AA that has no RADIUS server is the AS, too, where there are application servers. */
static bool aa_serves(const struct settings *settings) {
  return settings->application_servers.count > 0 && !settings_has(&settings->radius_server);
}

/* NULL, or what an AA lacks for that. */
static const char *aa_fault(const struct settings *settings) {
  if (!aa_serves(settings))
    return NULL;
  if (settings->realm == NULL)
    return "--application-server needs --realm";
  const char *fault = radius_clients_conflict(settings);
  return fault == NULL ? erp_realm_fault(settings) : fault;
}

static int role_authenticator_check(struct authenticator *authenticator,
                                    struct complaint *complaint) {
  const struct settings *settings = authenticator->settings;
  const char *fault =
      settings->role == SETTINGS_AA ? aa_fault(settings) : erp_fault(settings, false);
  if (fault != NULL)
    return complaint_set(complaint, "%s", fault);
  if (settings->role == SETTINGS_CONTROLLER && controller_check(settings, complaint) < 0)
    return -1;
  const bool without_eap = settings_lower(settings)->without_eap;
  const char *unused = without_eap ? without_eap_unused(settings) : NULL;
  if (unused != NULL)
    return complaint_set(complaint, "%s", unused);
  authenticator->radius = settings_has(&settings->radius_server);
  authenticator->serves = aa_serves(settings);
  if (authenticator->radius)
    return role_authenticator_check_radius(authenticator, complaint);
  const int error = credentials_server_init(&authenticator->users, settings, complaint);
  if (error < 0 || !without_eap ||
      credentials_server_edhoc(&authenticator->users, &authenticator->edhoc, complaint) == 0)
    return error;
  credentials_server_deinit(&authenticator->users);
  return -1;
}

/* -1, with an error shown. */
static int role_authenticator_open_as(struct authenticator *authenticator) {
  const struct udp_address *bind = &authenticator->settings->as_bind;
  struct udp_socket *udp = &authenticator->sockets[authenticator->socket_count];
  char text[UDP_TEXT_MAX];
  if (udp_open(udp, bind, NULL) < 0) {
    report_error(authenticator->report, "cannot listen on %s: %s",
                 udp_address_text(&bind->address, text), strerror(errno));
    return -1;
  }
  udp->receive_max = RADIUS_PACKET_MAX;
  authenticator->socket_count++;
  return 0;
}

/* -1, with an error shown. */
static int role_authenticator_open_sockets(struct authenticator *authenticator) {
  const struct settings *settings = authenticator->settings;
  authenticator->peer_sockets = settings_lower(settings)->ports(&settings->options);
  if (udp_open_range(authenticator->sockets, authenticator->peer_sockets, &settings->bind,
                     &settings->begin) < 0) {
    char text[UDP_TEXT_MAX];
    report_error(authenticator->report, "cannot listen on %s%s: %s",
                 udp_address_text(&settings->bind.address, text),
                 authenticator->peer_sockets > 1 ? " and the port after it" : "", strerror(errno));
    return -1;
  }
  authenticator->socket_count = authenticator->peer_sockets;
  if (authenticator->serves)
    return role_authenticator_open_as(authenticator);
  if (!authenticator->radius)
    return 0;
  if (udp_open_range(&authenticator->sockets[authenticator->peer_sockets], settings->radius_ports,
                     &settings->radius_bind, &settings->radius_server) < 0) {
    report_error(authenticator->report, "no sockets for RADIUS: %s", strerror(errno));
    return -1;
  }
  for (size_t i = 0; i < settings->radius_ports; i++)
    authenticator->sockets[authenticator->socket_count++].receive_max = RADIUS_PACKET_MAX;
  return 0;
}

/* Re-authentication by ERP, of the AAA server, or inside. */
static void role_authenticator_set_erp(struct authenticator *authenticator,
                                       struct lower_authenticator_config *config) {
  const struct settings *settings = authenticator->settings;
  if (settings->realm == NULL || (settings->role == SETTINGS_AA && !authenticator->serves))
    return;
  const struct erp_value domain = {(const uint8_t *)settings->realm, strlen(settings->realm)};
  authenticator->erp = (struct erp_server_config){.realm = domain.octets,
                                                  .realm_length = domain.length,
                                                  .keys_max = settings->peers_max,
                                                  .keeps_emsk = authenticator->serves};
  config->eap.erp = &authenticator->erp;
  if (settings->role == SETTINGS_AA)
    return;
  config->erp_domain = domain;
  config->erp_begins = settings->erp_begins;
}

static struct node *role_authenticator_create(struct authenticator *authenticator,
                                              const struct node_hooks *hooks) {
  const struct settings *settings = authenticator->settings;
  const char *secret = settings->secret == NULL ? "" : settings->secret;
  const struct radius_client_config radius = {
      .local = authenticator->sockets[authenticator->peer_sockets].local,
      .port_count = settings->radius_ports,
      .server = settings->radius_server.address,
      .secret = {.octets = (const uint8_t *)secret, .length = strlen(secret)},
      .nas_identifier = settings->nas_identifier,
      .request_max = RADIUS_REQUEST_MAX,
      .unsigned_rejects = !settings->radius_require_message_authenticator,
      .filters = &authenticator->filter,
      .filter_count = settings->filter_id != NULL,
  };
  struct lower_authenticator_config config = {
      .options = &settings->options,
      .payload_bytes = LOWER_PAYLOAD_DEFAULT,
      .local = authenticator->sockets[0].local,
      .peers_max = settings->peers_max,
      .half_open_max = settings->half_open_max,
      .address_max = settings->address_max,
      .lifetime_s = (uint32_t)settings->lifetime_s,
      .trigger_interval_ms = (uint32_t)settings->trigger_interval_ms,
      .one_per_identity = true,
      .resumes = settings->resume,
      .eap = authenticator->users.config,
      .edhoc = settings_lower(settings)->without_eap ? &authenticator->edhoc : NULL,
      .radius = authenticator->radius ? &radius : NULL,
  };
  role_authenticator_set_erp(authenticator, &config);
  if (settings->role == SETTINGS_CONTROLLER) {
    if (!controller_init(&authenticator->controller, settings, authenticator->report, hooks))
      return NULL;
    config.service = &authenticator->controller.service;
  }
  if (authenticator->serves) {
    if (!erp_server_init(&authenticator->roots, &authenticator->erp, hooks))
      return NULL;
    config.roots = &authenticator->roots;
  }
  return settings_lower(settings)->authenticator(&config, hooks);
}

/* The AS of application servers, which has the authenticator's users and roots. */
static struct node *role_authenticator_create_as(struct authenticator *authenticator,
                                                 const struct node_hooks *hooks) {
  const struct settings *settings = authenticator->settings;
  size_t client_count, key_client_count;
  authenticator->clients = radius_clients_list(settings, &client_count);
  authenticator->key_clients = radius_clients_with_keys(settings, &key_client_count);
  struct aaa_config config = {
      .local = authenticator->sockets[authenticator->peer_sockets].local,
      .radius = {.clients = authenticator->clients,
                 .client_count = client_count,
                 .conversations_max = settings->peers_max},
      .eap = authenticator->users.config,
      .key_clients = authenticator->key_clients,
      .key_client_count = key_client_count,
      .roots = &authenticator->roots,
  };
  config.eap.erp = &authenticator->erp;
  return aaa_create(&config, hooks);
}

/* The authenticator, alone or with the AS. NULL where it cannot be. */
static struct node *role_authenticator_create_all(struct authenticator *authenticator,
                                                  struct node **alone,
                                                  const struct node_hooks *hooks) {
  *alone = role_authenticator_create(authenticator, hooks);
  if (*alone == NULL || !authenticator->serves)
    return *alone;
  struct node *server = role_authenticator_create_as(authenticator, hooks);
  const struct bundle_part parts[] = {
      {.node = *alone,
       .ports = {{authenticator->sockets[0].local.port, (uint16_t)authenticator->peer_sockets}}},
      {.node = server,
       .ports = {{authenticator->sockets[authenticator->peer_sockets].local.port, 1}}},
  };
  if (server != NULL)
    return bundle_create(parts, 2);
  node_destroy(*alone);
  return NULL;
}

static int role_authenticator_serve(struct authenticator *authenticator) {
  const struct settings *settings = authenticator->settings;
  struct serve serve = {.report = authenticator->report};
  const struct node_hooks hooks = serve_hooks(&serve);
  struct node *authenticates;
  struct node *node = role_authenticator_create_all(authenticator, &authenticates, &hooks);
  if (node == NULL) {
    report_error(authenticator->report, "the authenticator cannot be set up so");
    return EXIT_FAILURE;
  }
  const int begun =
      settings_has(&settings->begin)
          ? settings_lower(settings)->authenticator_begin(authenticates, &settings->begin.address)
          : 0;
  int status = EXIT_FAILURE;
  if (begun < 0)
    report_error(authenticator->report, "--begin: %s", node_error_name(begun));
  else
    status = serve_run(&serve, node, authenticator->sockets, authenticator->socket_count);
  node_destroy(node);
  return status;
}

int role_authenticator(const struct settings *settings, const struct report *report) {
  struct authenticator authenticator = {.settings = settings, .report = report};
  struct complaint complaint;
  if (role_authenticator_check(&authenticator, &complaint) < 0)
    return usage_refuse(report->role, complaint.text);
  const int status = role_authenticator_open_sockets(&authenticator) < 0
                         ? EXIT_FAILURE
                         : role_authenticator_serve(&authenticator);
  for (size_t i = 0; i < authenticator.socket_count; i++)
    udp_close(&authenticator.sockets[i]);
  controller_deinit(&authenticator.controller);
  if (authenticator.serves)
    erp_server_deinit(&authenticator.roots);
  free(authenticator.clients);
  free(authenticator.key_clients);
  credentials_server_deinit(&authenticator.users);
  authorization_rules_free(&authenticator.rules);
  return status;
}
