/* The AAA server, also as AS, on a socket; an AS that asks a manufacturer's has another. */
#include "../aaa/aaa.h"
#include "../eap/erp_server.h"
#include "credentials.h"
#include "erp.h"
#include "radius_clients.h"
#include "role.h"
#include "serve.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TOWARDS_CLIENTS, TOWARDS_MANUFACTURER, SOCKETS };

struct role_aaa {
  const struct settings *settings;
  struct serve serve;
  struct credentials_server users;
  struct udp_socket sockets[SOCKETS];
  size_t socket_count;
  struct radius_server_client *clients;
  size_t client_count;
  struct aaa_key_client *key_clients;
  size_t key_client_count;
  struct erp_server_config erp;
  struct radius_client_config towards_manufacturer;
  struct aaa_manufacturer manufacturer;
};

/* NULL, or what an AS lacks besides. */
static const char *as_lack(const struct settings *settings) {
  const bool has_manufacturer = settings_has(&settings->manufacturer);
  if (settings->application_servers.count + settings->providers.count > 0 &&
      settings->realm == NULL)
    return "--application-server and --provider need --realm";
  if (has_manufacturer != (settings->manufacturer_secret != NULL) ||
      has_manufacturer != (settings->manufacturer_realm != NULL))
    return "--manufacturer, --manufacturer-secret and --manufacturer-realm belong together";
  if (has_manufacturer && (settings->name == NULL || settings->realm == NULL))
    return "--manufacturer needs --name and --realm";
  return erp_realm_length_fault(settings->manufacturer_realm);
}

static int role_aaa_check(struct role_aaa *aaa, struct complaint *complaint) {
  const struct settings *settings = aaa->settings;
  const char *lack = radius_clients_lack(settings);
  if (lack == NULL)
    lack = as_lack(settings);
  if (lack == NULL)
    lack = erp_realm_fault(settings);
  if (lack != NULL)
    return complaint_set(complaint, "%s", lack);
  return credentials_server_init(&aaa->users, settings, complaint);
}

static const char *aaa_server_id(const struct settings *settings) {
  return settings->self.server_id == NULL ? CREDENTIALS_SERVER_ID : settings->self.server_id;
}

static void role_aaa_set_erp(struct role_aaa *aaa) {
  const char *realm = aaa->settings->realm;
  aaa->erp = (struct erp_server_config){.realm = (const uint8_t *)realm,
                                        .realm_length = realm == NULL ? 0 : strlen(realm),
                                        .keys_max = aaa->settings->sessions_max,
                                        .keeps_emsk = aaa->key_client_count > 0};
}

static void role_aaa_set_manufacturer(struct role_aaa *aaa) {
  const struct settings *settings = aaa->settings;
  if (!settings_has(&settings->manufacturer))
    return;
  aaa->towards_manufacturer =
      (struct radius_client_config){.local = aaa->sockets[TOWARDS_MANUFACTURER].local,
                                    .port_count = 1,
                                    .server = settings->manufacturer.address,
                                    .secret = radius_secret_of(settings->manufacturer_secret),
                                    .nas_identifier = settings->name,
                                    .request_max = RADIUS_REQUEST_MAX};
  aaa->manufacturer =
      (struct aaa_manufacturer){.radius = &aaa->towards_manufacturer,
                                .realm = (const uint8_t *)settings->manufacturer_realm,
                                .realm_length = strlen(settings->manufacturer_realm),
                                .server_id = (const uint8_t *)aaa_server_id(settings),
                                .server_id_length = strlen(aaa_server_id(settings)),
                                .users_max = settings->sessions_max};
}

static struct node *role_aaa_create(struct role_aaa *aaa, const struct node_hooks *hooks) {
  const struct settings *settings = aaa->settings;
  struct eap_server_config eap = aaa->users.config;
  role_aaa_set_erp(aaa);
  role_aaa_set_manufacturer(aaa);
  eap.erp = settings->realm == NULL ? NULL : &aaa->erp;
  const struct aaa_config config = {
      .local = aaa->sockets[TOWARDS_CLIENTS].local,
      .radius = {.clients = aaa->clients,
                 .client_count = aaa->client_count,
                 .conversations_max = settings->sessions_max},
      .eap = eap,
      .session_timeout_s = (uint32_t)settings->session_timeout_s,
      .reauthenticates = settings->session_renewed,
      .authorize = credentials_authorize,
      .authorize_context = &aaa->users,
      .key_clients = aaa->key_clients,
      .key_client_count = aaa->key_client_count,
      .manufacturer = settings_has(&settings->manufacturer) ? &aaa->manufacturer : NULL,
  };
  return aaa_create(&config, hooks);
}

static int role_aaa_serve(struct role_aaa *aaa) {
  const struct node_hooks hooks = serve_hooks(&aaa->serve);
  aaa->clients = radius_clients_list(aaa->settings, &aaa->client_count);
  aaa->key_clients = radius_clients_with_keys(aaa->settings, &aaa->key_client_count);
  struct node *node = role_aaa_create(aaa, &hooks);
  int status = EXIT_FAILURE;
  if (node == NULL)
    report_error(aaa->serve.report, "the server cannot be set up so");
  else
    status = serve_run(&aaa->serve, node, aaa->sockets, aaa->socket_count);
  node_destroy(node);
  free(aaa->clients);
  free(aaa->key_clients);
  return status;
}

/* -1, with an error shown. */
static int role_aaa_open(struct role_aaa *aaa) {
  const struct settings *settings = aaa->settings;
  char text[UDP_TEXT_MAX];
  if (udp_open(&aaa->sockets[TOWARDS_CLIENTS], &settings->bind, NULL) < 0) {
    report_error(aaa->serve.report, "cannot listen on %s: %s",
                 udp_address_text(&settings->bind.address, text), strerror(errno));
    return -1;
  }
  aaa->socket_count = 1;
  if (settings_has(&settings->manufacturer)) {
    if (udp_open(&aaa->sockets[TOWARDS_MANUFACTURER], &settings->radius_bind,
                 &settings->manufacturer) < 0) {
      report_error(aaa->serve.report, "no socket for RADIUS: %s", strerror(errno));
      return -1;
    }
    aaa->socket_count = 2;
  }
  for (size_t i = 0; i < aaa->socket_count; i++)
    aaa->sockets[i].receive_max = RADIUS_PACKET_MAX;
  return 0;
}

int role_aaa(const struct settings *settings, const struct report *report) {
  struct role_aaa aaa = {.settings = settings, .serve = {.report = report}};
  struct complaint complaint;
  if (role_aaa_check(&aaa, &complaint) < 0)
    return usage_refuse(report->role, complaint.text);
  const int status = role_aaa_open(&aaa) < 0 ? EXIT_FAILURE : role_aaa_serve(&aaa);
  for (size_t i = 0; i < aaa.socket_count; i++)
    udp_close(&aaa.sockets[i]);
  credentials_server_deinit(&aaa.users);
  return status;
}
