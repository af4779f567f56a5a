/* The AAA proxy on sockets: the first towards its clients, the others towards the servers. */
#include "../aaa/proxy.h"
#include "radius_clients.h"
#include "role.h"
#include "serve.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { IDENTIFIERS = 256 }; /* of a port */

struct role_proxy {
  const struct settings *settings;
  const struct report *report;
  struct radius_server_client *clients;
  size_t client_count;
  struct aaa_proxy_server *servers;
  size_t server_count;
  struct aaa_realm *realms;
  size_t realm_count;
  struct udp_socket *sockets;
  size_t socket_count; /* of those that are open */
};

/* NULL, or what does not go together. */
static const char *role_proxy_lack(const struct settings *settings) {
  const bool has_server = settings_has(&settings->radius_server);
  const char *lack = radius_clients_lack(settings);
  if (lack != NULL)
    return lack;
  if (has_server != (settings->realm != NULL) || has_server != (settings->server_secret != NULL))
    return "--radius-server, --realm and --server-secret belong together";
  if (!has_server && settings->realm_count == 0)
    return "no realms: give --realm, --radius-server and --server-secret, or realms in the file";
  if (has_server && !aaa_realm_valid(settings->realm))
    return "--realm is no realm";
  return settings->requests_max > IDENTIFIERS * settings->radius_ports
             ? "--requests-max is more than 256 for each of --radius-ports"
             : NULL;
}

/* The server with this address and secret, perhaps a new one. */
static size_t role_proxy_server(struct role_proxy *proxy, const struct udp_address *address,
                                const char *secret) {
  const struct aaa_proxy_server wanted = {address->address, radius_secret_of(secret)};
  for (size_t i = 0; i < proxy->server_count; i++) {
    const struct aaa_proxy_server *known = &proxy->servers[i];
    if (node_address_equal(&known->address, &wanted.address) &&
        known->secret.length == wanted.secret.length &&
        memcmp(known->secret.octets, wanted.secret.octets, wanted.secret.length) == 0)
      return i;
  }
  proxy->servers[proxy->server_count] = wanted;
  return proxy->server_count++;
}

static void role_proxy_add(struct role_proxy *proxy, const char *realm,
                           const struct udp_address *server, const char *secret) {
  const size_t place = role_proxy_server(proxy, server, secret);
  proxy->realms[proxy->realm_count++] = (struct aaa_realm){.name = realm, .server = place};
}

/* The command line's realm comes before those of the file. */
static void role_proxy_list(struct role_proxy *proxy) {
  const struct settings *settings = proxy->settings;
  const size_t most = 1 + settings->realm_count;
  proxy->clients = radius_clients_list(settings, &proxy->client_count);
  proxy->servers = calloc(most, sizeof *proxy->servers);
  proxy->realms = calloc(most, sizeof *proxy->realms);
  if (proxy->servers == NULL || proxy->realms == NULL)
    abort();
  if (settings_has(&settings->radius_server))
    role_proxy_add(proxy, settings->realm, &settings->radius_server, settings->server_secret);
  for (size_t i = 0; i < settings->realm_count; i++)
    role_proxy_add(proxy, settings->realms[i].name, &settings->realms[i].server,
                   settings->realms[i].secret);
}

/* -1, with an error shown. */
static int role_proxy_open(struct role_proxy *proxy) {
  const struct settings *settings = proxy->settings;
  const size_t ports = proxy->server_count * settings->radius_ports;
  const struct udp_address server = {.address = proxy->servers[0].address, .has_port = true};
  char text[UDP_TEXT_MAX];
  proxy->sockets = calloc(1 + ports, sizeof *proxy->sockets);
  if (proxy->sockets == NULL)
    abort();
  if (udp_open(&proxy->sockets[0], &settings->bind, NULL) < 0) {
    report_error(proxy->report, "cannot listen on %s: %s",
                 udp_address_text(&settings->bind.address, text), strerror(errno));
    return -1;
  }
  proxy->socket_count = 1;
  if (udp_open_range(&proxy->sockets[1], ports, &settings->radius_bind, &server) < 0) {
    report_error(proxy->report, "no sockets for RADIUS: %s", strerror(errno));
    return -1;
  }
  proxy->socket_count += ports;
  for (size_t i = 0; i < proxy->socket_count; i++)
    proxy->sockets[i].receive_max = RADIUS_PACKET_MAX;
  return 0;
}

static int role_proxy_serve(const struct role_proxy *proxy) {
  const struct settings *settings = proxy->settings;
  struct serve serve = {.report = proxy->report};
  const struct node_hooks hooks = serve_hooks(&serve);
  const struct aaa_proxy_config config = {.local = proxy->sockets[0].local,
                                          .uplink = proxy->sockets[1].local,
                                          .port_count = settings->radius_ports,
                                          .clients = proxy->clients,
                                          .client_count = proxy->client_count,
                                          .servers = proxy->servers,
                                          .server_count = proxy->server_count,
                                          .realms = proxy->realms,
                                          .realm_count = proxy->realm_count,
                                          .requests_max = settings->requests_max};
  struct node *node = aaa_proxy_create(&config, &hooks);
  int status = EXIT_FAILURE;
  if (node == NULL)
    report_error(proxy->report, "the proxy cannot be set up so");
  else
    status = serve_run(&serve, node, proxy->sockets, proxy->socket_count);
  node_destroy(node);
  return status;
}

int role_proxy(const struct settings *settings, const struct report *report) {
  struct role_proxy proxy = {.settings = settings, .report = report};
  const char *lack = role_proxy_lack(settings);
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  role_proxy_list(&proxy);
  const int status = role_proxy_open(&proxy) < 0 ? EXIT_FAILURE : role_proxy_serve(&proxy);
  for (size_t i = 0; i < proxy.socket_count; i++)
    udp_close(&proxy.sockets[i]);
  free(proxy.sockets);
  free(proxy.clients);
  free(proxy.servers);
  free(proxy.realms);
  return status;
}
