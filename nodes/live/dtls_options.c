/* The command line of the subcommand `dtls`. */
#include "dtls_options.h"

#include "hex.h"
#include "options.h"

#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
  OPTION_LISTEN = 256,
  OPTION_CONNECT,
  OPTION_PSK,
  OPTION_IDENTITY,
  OPTION_NO_COOKIE,
  OPTION_HELP,
};

enum { MESSAGE_LENGTH = 512 };

static const char DEFAULT_IDENTITY[] = "tfg-user-test";

static const char help[] =
    "Usage: coap-eap-node dtls --listen ADDRESS|--connect ADDRESS --psk HEX [OPTION...]\n"
    "Speaks DTLS 1.2 with TLS_PSK_WITH_AES_128_CCM_8: each line of stdin is sent as a record.\n"
    "\n"
    "  --listen ADDRESS   be the server: ::1, 127.0.0.1:5684, :5684 (any address), ::1 with port "
    "0\n"
    "                     as [::1]:0; it speaks with the first client that comes\n"
    "  --connect ADDRESS  be the client of the server there (default port: 5684)\n"
    "  --psk HEX          the key: 1 to 32 octets\n"
    "  --identity TEXT    the client's PSK identity (default: tfg-user-test); a server accepts no\n"
    "                     other\n"
    "  --no-cookie        server: answer a first ClientHello at once\n"
    "  --help\n"
    "\n"
    "On stdout, a line each:\n"
    "  LISTEN <address>        at a server's beginning\n"
    "  ESTABLISHED <address>   with whom\n"
    "  RX <text>               each line of a record that was received\n"
    "  FAIL <reason>           dtls-timeout, dtls-alert, dtls-rejected or dtls-closed\n"
    "It ends with its input, once that has been sent. Exit status: 0, 1 after FAIL, 2 if the "
    "usage\n"
    "was wrong.\n"
    "\n"
    "Against OpenSSL:\n"
    "\n"
    "  openssl s_server -dtls1_2 -quiet -nocert -psk 000102 -port 5684 \\\n"
    "      -cipher 'PSK-AES128-CCM8:@SECLEVEL=0' -psk_identity tfg-user-test\n"
    "  coap-eap-node dtls --connect 127.0.0.1 --psk 000102\n";

_Noreturn static void refuse(const char *format, ...) __attribute__((format(printf, 1, 2)));

_Noreturn static void refuse(const char *format, ...) {
  const struct report report = {.role = "dtls"};
  char message[MESSAGE_LENGTH];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(message, sizeof message, format, arguments);
  va_end(arguments);
  options_refuse(&report, message);
}

static void take_address(struct dtls_options *options, const char *name, const char *text) {
  const char *const wrong = udp_address_parse(text, DTLS_PORT, &options->address);
  if (wrong != NULL)
    refuse("--%s: \"%s\": %s", name, text, wrong);
}

static void take_psk(struct dtls_options *options, const char *text) {
  const char *const wrong =
      hex_read(text, strlen(text), options->psk, sizeof options->psk, &options->psk_length);
  if (wrong != NULL)
    refuse("--psk: %s", wrong);
}

static void take(struct dtls_options *options, int option, const char *text) {
  switch (option) {
  case OPTION_LISTEN:
    options->client = false;
    take_address(options, "listen", text);
    break;
  case OPTION_CONNECT:
    options->client = true;
    take_address(options, "connect", text);
    break;
  case OPTION_PSK:
    take_psk(options, text);
    break;
  case OPTION_IDENTITY:
    options->identity = text;
    break;
  case OPTION_NO_COOKIE:
    options->cookie = false;
    break;
  default:
    fputs(help, stdout);
    exit(EXIT_SUCCESS);
  }
}

void dtls_options_parse(int argc, char **argv, struct dtls_options *options) {
  static char name[] = "coap-eap-node dtls";
  static const struct option long_options[] = {
      {"listen", required_argument, NULL, OPTION_LISTEN},
      {"connect", required_argument, NULL, OPTION_CONNECT},
      {"psk", required_argument, NULL, OPTION_PSK},
      {"identity", required_argument, NULL, OPTION_IDENTITY},
      {"no-cookie", no_argument, NULL, OPTION_NO_COOKIE},
      {"help", no_argument, NULL, OPTION_HELP},
      {0},
  };
  bool given[OPTION_HELP - OPTION_LISTEN + 1] = {false};
  int option;
  *options = (struct dtls_options){.identity = DEFAULT_IDENTITY, .cookie = true};
  argv[0] = name;
  while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= OPTION_LISTEN) {
    take(options, option, optarg);
    given[option - OPTION_LISTEN] = true;
  }
  if (option != -1) { /* getopt has said what is wrong */
    fprintf(stderr, "Try `%s --help'.\n", name);
    exit(EXIT_USAGE);
  }
  if (optind < argc)
    refuse("\"%s\" is not expected here", argv[optind]);
  if (given[0] == given[OPTION_CONNECT - OPTION_LISTEN])
    refuse("either --listen ADDRESS or --connect ADDRESS is needed");
  if (options->psk_length == 0)
    refuse("--psk HEX is needed, 1 to %d octets", DTLS_PSK_MAX);
  if (strlen(options->identity) < 1 || strlen(options->identity) > NODE_IDENTITY_MAX)
    refuse("--identity: 1 to %d octets", NODE_IDENTITY_MAX);
}
