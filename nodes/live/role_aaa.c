/* The AAA server on a socket. */
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

static int role_aaa_check(const struct settings *settings, struct credentials_server *users,
                          struct complaint *complaint) {
  const char *lack = radius_clients_lack(settings);
  if (lack != NULL)
    return complaint_set(complaint, "%s", lack);
  const char *fault = erp_realm_fault(settings);
  if (fault != NULL)
    return complaint_set(complaint, "%s", fault);
  return credentials_server_init(users, settings, complaint);
}

static int create_and_serve(const struct settings *settings, struct serve *serve,
                            const struct credentials_server *users, const struct udp_socket *udp) {
  const struct node_hooks hooks = serve_hooks(serve);
  size_t client_count;
  struct radius_server_client *clients = radius_clients_list(settings, &client_count);
  const struct erp_server_config erp = {.realm = (const uint8_t *)settings->realm,
                                        .realm_length =
                                            settings->realm == NULL ? 0 : strlen(settings->realm),
                                        .keys_max = settings->sessions_max};
  struct eap_server_config eap = users->config;
  eap.erp = settings->realm == NULL ? NULL : &erp;
  const struct aaa_config config = {
      .local = udp->local,
      .radius = {.clients = clients,
                 .client_count = client_count,
                 .conversations_max = settings->sessions_max},
      .eap = eap,
      .session_timeout_s = (uint32_t)settings->session_timeout_s,
      .reauthenticates = settings->session_renewed,
      .authorize = credentials_authorize,
      .authorize_context = (void *)users,
  };
  struct node *node = aaa_create(&config, &hooks);
  int status = EXIT_FAILURE;
  if (node == NULL)
    report_error(serve->report, "the server cannot be set up so");
  else
    status = serve_run(serve, node, udp, 1);
  node_destroy(node);
  free(clients);
  return status;
}

int role_aaa(const struct settings *settings, const struct report *report) {
  struct serve serve = {.report = report};
  struct credentials_server users;
  struct udp_socket udp;
  char text[UDP_TEXT_MAX];
  struct complaint complaint;
  if (role_aaa_check(settings, &users, &complaint) < 0)
    return usage_refuse(report->role, complaint.text);
  int status = EXIT_FAILURE;
  if (udp_open(&udp, &settings->bind, NULL) < 0) {
    report_error(report, "cannot listen on %s: %s", udp_address_text(&settings->bind.address, text),
                 strerror(errno));
  } else {
    udp.receive_max = RADIUS_PACKET_MAX;
    status = create_and_serve(settings, &serve, &users, &udp);
  }
  udp_close(&udp);
  credentials_server_deinit(&users);
  return status;
}
