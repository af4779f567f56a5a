/* The authenticator on sockets: the first towards the peers, under DTLS the second, too; the others
 * towards a RADIUS server. */
#include "../eap/erp_server.h"
#include "authorization.h"
#include "credentials.h"
#include "erp.h"
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

static int role_authenticator_check(struct authenticator *authenticator,
                                    struct complaint *complaint) {
  const struct settings *settings = authenticator->settings;
  const char *fault = erp_fault(settings, false);
  if (fault != NULL)
    return complaint_set(complaint, "%s", fault);
  const bool without_eap = settings_lower(settings)->without_eap;
  const char *unused = without_eap ? without_eap_unused(settings) : NULL;
  if (unused != NULL)
    return complaint_set(complaint, "%s", unused);
  authenticator->radius = settings_has(&settings->radius_server);
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
static void role_authenticator_set_erp(const struct settings *settings,
                                       struct erp_server_config *server,
                                       struct lower_authenticator_config *config) {
  if (settings->realm == NULL)
    return;
  config->erp_domain =
      (struct erp_value){(const uint8_t *)settings->realm, strlen(settings->realm)};
  config->erp_begins = settings->erp_begins;
  *server = (struct erp_server_config){.realm = config->erp_domain.octets,
                                       .realm_length = config->erp_domain.length,
                                       .keys_max = settings->peers_max};
  config->eap.erp = server;
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
  role_authenticator_set_erp(settings, &authenticator->erp, &config);
  return settings_lower(settings)->authenticator(&config, hooks);
}

static int role_authenticator_serve(struct authenticator *authenticator) {
  const struct settings *settings = authenticator->settings;
  struct serve serve = {.report = authenticator->report};
  const struct node_hooks hooks = serve_hooks(&serve);
  struct node *node = role_authenticator_create(authenticator, &hooks);
  if (node == NULL) {
    report_error(authenticator->report, "the authenticator cannot be set up so");
    return EXIT_FAILURE;
  }
  const int begun =
      settings_has(&settings->begin)
          ? settings_lower(settings)->authenticator_begin(node, &settings->begin.address)
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
  credentials_server_deinit(&authenticator.users);
  authorization_rules_free(&authenticator.rules);
  return status;
}
