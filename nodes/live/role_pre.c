/* The PANA relay on two sockets: the first towards the peers, the second towards the authenticator.
 */
#include "role.h"
#include "serve.h"
#include "usage.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { TOWARDS_PEERS, TOWARDS_AUTHENTICATOR, SOCKETS };

/* NULL, or what is missing. */
static const char *role_pre_lack(const struct settings *settings) {
  if (settings_lower(settings)->relay == NULL)
    return "the lower layer has no relay: --lower-layer pana has";
  return settings_has(&settings->authenticator) ? NULL : "--authenticator ADDRESS is needed";
}

static int role_pre_open(struct udp_socket *udp, const struct udp_address *local,
                         const struct udp_address *remote, const struct report *report) {
  char text[UDP_TEXT_MAX];
  if (udp_open(udp, local, remote) == 0)
    return 0;
  report_error(report, "cannot listen on %s: %s", udp_address_text(&local->address, text),
               strerror(errno));
  return -1;
}

static int role_pre_serve(const struct settings *settings, const struct report *report,
                          const struct udp_socket sockets[SOCKETS]) {
  struct serve serve = {.report = report};
  const struct node_hooks hooks = serve_hooks(&serve);
  const struct lower_relay_config config = {.local = sockets[TOWARDS_PEERS].local,
                                            .uplink = sockets[TOWARDS_AUTHENTICATOR].local,
                                            .authenticator = settings->authenticator.address};
  struct node *node = settings_lower(settings)->relay(&config, &hooks);
  int status = EXIT_FAILURE;
  if (node == NULL)
    report_error(report, "the relay cannot be set up so");
  else
    status = serve_run(&serve, node, sockets, SOCKETS);
  node_destroy(node);
  return status;
}

int role_pre(const struct settings *settings, const struct report *report) {
  const char *lack = role_pre_lack(settings);
  struct udp_socket sockets[SOCKETS];
  if (lack != NULL)
    return usage_refuse(report->role, lack);
  if (role_pre_open(&sockets[TOWARDS_PEERS], &settings->bind, NULL, report) < 0)
    return EXIT_FAILURE;
  int status = EXIT_FAILURE;
  if (role_pre_open(&sockets[TOWARDS_AUTHENTICATOR], &settings->uplink_bind,
                    &settings->authenticator, report) == 0) {
    status = role_pre_serve(settings, report, sockets);
    udp_close(&sockets[TOWARDS_AUTHENTICATOR]);
  }
  udp_close(&sockets[TOWARDS_PEERS]);
  return status;
}
