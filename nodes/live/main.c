/* The program coap-eap-node: a role of CoAP-EAP on real UDP sockets. */
#include "dtls_line.h"
#include "edhoc_line.h"
#include "hints.h"
#include "keygen.h"
#include "log.h"
#include "options.h"
#include "protect.h"
#include "role.h"
#include "usage.h"
#include "common/version.h"

#include <stdio.h>
#include <string.h>

static const char usage[] =
    "Usage: coap-eap-node peer|authenticator|aaa|pre|proxy|ue|aa|as|aps|ike|"
    "controller|resource-server|client|edhoc|dtls|keygen [OPTION...]\n"
    "The roles of EAP over CoAP on real UDP sockets, with the protocol code of the simulator.\n"
    "\n"
    "  peer           authenticates to an authenticator: one device, or a load of many\n"
    "  authenticator  authenticates peers, with an EAP server inside or by RADIUS\n"
    "  aaa            a RADIUS server with an EAP server inside\n"
    "  pre            a PANA relay between peers and an authenticator that they cannot reach\n"
    "  proxy          a RADIUS proxy, which routes by the realm of the identities\n"
    "  ue             a device that is authenticated once, and has keys with application servers\n"
    "                 from that (draft-ohba-core-eap-based-bootstrapping)\n"
    "  aa, as         authenticator and aaa as that draft names them, with keys for these servers\n"
    "  aps            an application server, which pulls the keys of its UEs\n"
    "  controller     an authenticator that gives its peers access tokens (ACE, RFC 9200)\n"
    "  resource-server\n"
    "                 a device that joins a controller, and whose resources, as a light, others "
    "use\n"
    "  client         a device that joins a controller, has tokens from it, and switches the "
    "light\n"
    "  ike            an end of IKEv2 with a pre-shared key, and of ESP\n"
    "  edhoc          EDHOC alone, its messages in lines on stdin and stdout\n"
    "  dtls           DTLS alone, its records in lines on stdin and stdout\n"
    "  keygen         keys and credentials, in files for the roles\n"
    "\n"
    "The first three on one machine, each in a terminal of its own:\n"
    "\n"
    "  coap-eap-node aaa --client 127.0.0.1 --secret radius \\\n"
    "      --identity tfg-user-test --psk tfg-passwordtest\n"
    "  coap-eap-node authenticator --radius-server 127.0.0.1 --secret radius\n"
    "  coap-eap-node peer --authenticator ::1 --identity tfg-user-test --psk tfg-passwordtest\n"
    "\n"
    "`coap-eap-node ROLE --help' tells more; `coap-eap-node --version' says what it is made of.\n";

typedef int run_role(const struct settings *settings, const struct report *report);

static int run_and_log(run_role *role, const struct settings *settings,
                       const struct report *report) {
  log_open();
  hints_begin(settings, report);
  return report_end(report, role(settings, report));
}

int main(int argc, char **argv) {
  static run_role *const roles[SETTINGS_ROLES] = {
      role_peer,          role_authenticator, role_aaa,
      role_pre,           role_proxy,         role_ue,
      role_authenticator, role_aaa,           role_aps,
      role_ike,           role_authenticator, role_resource_server,
      role_client};
  protect_process();
  if (argc >= 2 && strcmp(argv[1], "--help") == 0) {
    fputs(usage, stdout);
    return usage_finish("", 0);
  }
  if (argc >= 2 && strcmp(argv[1], "--version") == 0) {
    puts(version_text("coap-eap-node"));
    return usage_finish("", 0);
  }
  if (argc >= 2 && strcmp(argv[1], "edhoc") == 0)
    return edhoc_line(argc - 1, argv + 1);
  if (argc >= 2 && strcmp(argv[1], "dtls") == 0)
    return dtls_line(argc - 1, argv + 1);
  if (argc >= 2 && strcmp(argv[1], "keygen") == 0)
    return keygen(argc - 1, argv + 1);
  for (size_t i = 0; argc >= 2 && i < SETTINGS_ROLES; i++) {
    if (strcmp(argv[1], SETTINGS_ROLE_NAMES[i]) != 0)
      continue;
    struct settings settings;
    struct report report;
    struct complaint complaint;
    const int result =
        options_parse((enum settings_role)i, argc - 1, argv + 1, &settings, &report, &complaint);
    const int status = result == 0 ? run_and_log(roles[i], &settings, &report)
                                   : usage_end(report.role, result, &complaint);
    settings_deinit(&settings);
    return status;
  }
  fputs(usage, stderr);
  return EXIT_USAGE;
}
