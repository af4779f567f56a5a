/* The command line of the subcommand `dtls`. */
#include "dtls_options.h"

#include "command_line.h"
#include "hex.h"
#include "protect.h"
#include "usage.h"

#include "../crypto/crypto.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
  OPTION_LISTEN = 256,
  OPTION_CONNECT,
  OPTION_PSK,
  OPTION_PSK_FILE,
  OPTION_IDENTITY,
  OPTION_NO_COOKIE,
  OPTION_SUITE,
  OPTION_HELP,
};

enum { PSK_FILE_MAX = 1024 };

static const char DEFAULT_IDENTITY[] = "tfg-user-test";

static const char help[] =
    "Usage: coap-eap-node dtls --listen ADDRESS|--connect ADDRESS --psk HEX [OPTION...]\n"
    "Speaks DTLS 1.2 with a pre-shared key: each line of stdin is sent as a record.\n"
    "\n"
    "  --listen ADDRESS   be the server: ::1, 127.0.0.1:5684, :5684 (any address), ::1 with port "
    "0\n"
    "                     as [::1]:0; it speaks with the first client that comes\n"
    "  --connect ADDRESS  be the client of the server there (default port: 5684)\n"
    "  --psk HEX          the key: 1 to 32 octets; other users of the host may see it\n"
    "  --psk-file FILE    the key, from a file\n"
    "  --identity TEXT    the client's PSK identity (default: tfg-user-test); a server accepts no\n"
    "                     other\n"
    "  --no-cookie        server: answer a first ClientHello at once\n"
    "  --suite NAME       the cipher suite that is offered or taken: aes128-ccm-8 (default),\n"
    "                     aes128-ccm, aes128-gcm, or all\n"
    "  --help\n"
    "\n"
    "On stdout, a line each:\n"
    "  LISTEN <address>        at a server's beginning\n"
    "  ESTABLISHED <address>   with whom\n"
    "  RX <text>               each line of a record that was received\n"
    "  DROP <reason>           what of a datagram was not taken: records beyond the eighth; a\n"
    "                          server: a ClientHello in fragments, which is not supported\n"
    "  FAIL <reason>           dtls-timeout, dtls-alert, dtls-rejected, dtls-no-common-suite,\n"
    "                          dtls-unknown-identity or dtls-closed\n"
    "It ends with its input, once that has been sent. Exit status: 0, 1 after FAIL, 2 if the "
    "usage\n"
    "was wrong.\n"
    "\n"
    "Against OpenSSL:\n"
    "\n"
    "  openssl s_server -dtls1_2 -quiet -nocert -psk 000102 -port 5684 \\\n"
    "      -cipher 'PSK-AES128-CCM8:@SECLEVEL=0' -psk_identity tfg-user-test\n"
    "  coap-eap-node dtls --connect 127.0.0.1 --psk 000102\n";

static int take_address(struct dtls_options *options, const char *name, const char *text,
                        struct complaint *complaint) {
  const char *wrong = udp_address_parse(text, DTLS_PORT, &options->address);
  if (wrong == NULL)
    wrong = udp_address_complete(&options->address, NULL);
  return wrong == NULL ? 0 : complaint_set(complaint, "--%s: \"%s\": %s", name, text, wrong);
}

static int take_psk(struct dtls_options *options, const char *text, struct complaint *complaint) {
  const char *const wrong =
      hex_read(text, strlen(text), options->psk, sizeof options->psk, &options->psk_length);
  return wrong == NULL ? 0 : complaint_set(complaint, "--psk: %s", wrong);
}

static int take_psk_file(struct dtls_options *options, const char *name,
                         struct complaint *complaint) {
  char text[PSK_FILE_MAX];
  FILE *file = fopen(name, "re");
  if (file == NULL) /* the name may be the key */
    return complaint_set(complaint, "--psk-file: %s", strerror(errno));
  const size_t length = fread(text, 1, sizeof text, file);
  const int error = ferror(file) != 0 ? errno : 0;
  fclose(file);
  const char *wrong = error != 0              ? strerror(error)
                      : length == sizeof text ? "it is too long"
                                              : hex_read(text, length, options->psk,
                                                         sizeof options->psk, &options->psk_length);
  crypto_wipe(text, sizeof text);
  return wrong == NULL ? 0 : complaint_set(complaint, "--psk-file %s: %s", name, wrong);
}

static int take_suite(struct dtls_options *options, const char *text, struct complaint *complaint) {
  options->suites = strcmp(text, "all") == 0 ? DTLS_SUITES_ALL : 0;
  for (enum dtls_suite_id id = 0; id < DTLS_SUITE_COUNT; id++)
    if (strcmp(text, dtls_suite(id)->name) == 0)
      options->suites = 1U << id;
  return options->suites != 0
             ? 0
             : complaint_set(complaint, "--suite: \"%s\" is none that there is", text);
}

static int dtls_options_take(struct dtls_options *options, int option, const char *text,
                             struct complaint *complaint) {
  switch (option) {
  case OPTION_LISTEN:
    options->client = false;
    return take_address(options, "listen", text, complaint);
  case OPTION_CONNECT:
    options->client = true;
    return take_address(options, "connect", text, complaint);
  case OPTION_PSK:
    return take_psk(options, text, complaint);
  case OPTION_PSK_FILE:
    return take_psk_file(options, text, complaint);
  case OPTION_IDENTITY:
    options->identity = text;
    return 0;
  case OPTION_NO_COOKIE:
    options->cookie = false;
    return 0;
  case OPTION_SUITE:
    return take_suite(options, text, complaint);
  default:
    fputs(help, stdout);
    return USAGE_HELP;
  }
}

static int dtls_options_check(const struct dtls_options *options, const char *const *texts,
                              struct complaint *complaint) {
  const size_t identity_length = strlen(options->identity);
  if ((texts[0] == NULL) == (texts[OPTION_CONNECT - OPTION_LISTEN] == NULL))
    return complaint_set(complaint, "either --listen ADDRESS or --connect ADDRESS is needed");
  if (texts[OPTION_PSK - OPTION_LISTEN] != NULL && texts[OPTION_PSK_FILE - OPTION_LISTEN] != NULL)
    return complaint_set(complaint, "either --psk or --psk-file is needed, not both");
  if (options->psk_length == 0)
    return complaint_set(complaint, "--psk HEX is needed, 1 to %d octets, or --psk-file FILE",
                         DTLS_PSK_MAX);
  if (identity_length < 1 || identity_length > NODE_IDENTITY_MAX)
    return complaint_set(complaint, "--identity: 1 to %d octets", NODE_IDENTITY_MAX);
  return 0;
}

int dtls_options_parse(int argc, char **argv, struct dtls_options *options,
                       struct complaint *complaint) {
  static const struct option long_options[] = {
      {"listen", required_argument, NULL, OPTION_LISTEN},
      {"connect", required_argument, NULL, OPTION_CONNECT},
      {"psk", required_argument, NULL, OPTION_PSK},
      {"psk-file", required_argument, NULL, OPTION_PSK_FILE},
      {"identity", required_argument, NULL, OPTION_IDENTITY},
      {"no-cookie", no_argument, NULL, OPTION_NO_COOKIE},
      {"suite", required_argument, NULL, OPTION_SUITE},
      {"help", no_argument, NULL, OPTION_HELP},
      {0},
  };
  const char *texts[OPTION_HELP - OPTION_LISTEN + 1] = {NULL};
  int option;
  *options = (struct dtls_options){.identity = DEFAULT_IDENTITY, .cookie = true};
  command_line_begin();
  while ((option = command_line_next(argc, argv, long_options, complaint)) >= OPTION_LISTEN) {
    int result = command_line_note(texts, long_options, option - OPTION_LISTEN, optarg, complaint);
    if (result == 0)
      result = dtls_options_take(options, option, optarg, complaint);
    if (result != 0)
      return result;
  }
  if (texts[OPTION_PSK - OPTION_LISTEN] != NULL)
    protect_argument((char *)texts[OPTION_PSK - OPTION_LISTEN]);
  return option == COMMAND_LINE_WRONG ? -1 : dtls_options_check(options, texts, complaint);
}
