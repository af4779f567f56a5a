/* The command line of the subcommand `edhoc`. Its help is not argp's, which would wrap the lines
 * that are to be copied. */
#include "edhoc_options.h"

#include "hex.h"
#include "options.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
  OPTION_ROLE = 256,
  OPTION_METHOD,
  OPTION_SUITE,
  OPTION_KEY,
  OPTION_CRED,
  OPTION_ID_CRED,
  OPTION_PEER_CRED,
  OPTION_PEER_ID_CRED,
  OPTION_PEER_PUBLIC_KEY,
  OPTION_TRUST,
  OPTION_CONNECTION_ID,
  OPTION_MESSAGE_4,
  OPTION_EXPORT,
  OPTION_HELP,
};

enum { SUITE_MIN = -65536, SUITE_MAX = 65535, EXPORT_LENGTH_MAX = 8160, MESSAGE_LENGTH = 1024 };

static const uint8_t DEFAULT_C_I = 0x37, DEFAULT_C_R = 0x27; /* those of RFC 9529 */

static const char help[] =
    "Usage: coap-eap-node edhoc --role initiator|responder --method N --suite N[,N...]\n"
    "           --key FILE --cred FILE --id-cred FILE\n"
    "           --peer-cred FILE --peer-id-cred FILE [OPTION...]\n"
    "Runs EDHOC (RFC 9528) with a peer whose messages come in lines.\n"
    "\n"
    "  --role initiator|responder\n"
    "  --method N              0 to 3; a responder accepts this method only\n"
    "  --suite N[,N...]        cipher suites, the preferred one first: 0 to 3; others are only\n"
    "                          listed in SUITES_I\n"
    "\n"
    "Files, of hexadecimal digits; white space in them means nothing:\n"
    "  --key FILE              own private key: 32 octets\n"
    "  --cred FILE             own CRED: a CWT Claims Set, or a certificate as a CBOR byte "
    "string;\n"
    "                          also the certificate itself (DER)\n"
    "  --id-cred FILE          own ID_CRED: a map, such as a104412b {4: h'2b'} or\n"
    "                          a11822822e48... {34: [-15, h'...']}; also the bare kid: 2b or 412b\n"
    "  --peer-cred FILE        the peer's CRED\n"
    "  --peer-id-cred FILE     the peer's ID_CRED\n"
    "  --peer-public-key FILE  the peer's public key, where it is not found in its CRED: P-256 as\n"
    "                          x, x and y, or a point of SEC 1; X25519 and Ed25519: 32 octets\n"
    "  --trust FILE            a CA's certificate, or the peer's own, for peers that send theirs "
    "by\n"
    "                          value (x5chain); up to 4 times; --peer-cred is not needed then\n"
    "--cred, --peer-cred and --trust take a file of DER, too.\n"
    "\n"
    "  --connection-id HEX     octets of C_I or C_R, 0 to 16; one octet from 00 to 17 or from 20\n"
    "                          to 37 travels as an integer, all else as a byte string (default:\n"
    "                          37 of an initiator, 27 of a responder)\n"
    "  --message-4             responder: send message_4; initiator: wait for it\n"
    "  --export LABEL:CONTEXT_HEX:LENGTH\n"
    "                          print what EDHOC_Exporter gives; the context may be empty; up to "
    "32\n"
    "                          times\n"
    "  --help\n"
    "\n"
    "On stdin: each message from the peer as one line of hexadecimal digits, without what CoAP\n"
    "puts before it. On stdout, a line each:\n"
    "  TX <hex>                         a message to the peer (an error message, too)\n"
    "  EXPORT <label> <context> <hex>   at the end, for each --export\n"
    "  FAIL <reason>                    instead, if it cannot be completed\n"
    "An initiator whose suite is refused begins anew with another of its list, if the peer has\n"
    "one. Exit status: 0, 1 after FAIL, 2 if the usage was wrong.\n"
    "\n"
    "RFC 9529 section 3, both sides on one machine (ephemeral keys are fresh, though):\n"
    "\n"
    "  echo fb13adeb6518cee5f88417660841142e830a81fe334380a953406a1305e8706b > i.key\n"
    "  echo a2027734322d35302d33312d46462d45462d33372d33322d333908a101a501020241 \\\n"
    "       2b2001215820ac75e9ece3e50bfc8ed60399889522405c47bf16df96660a41298cb4 \\\n"
    "       307f7eb62258206e5de611388a4b8a8211334ac7d37ecb52a387d257e6db3c2a93df \\\n"
    "       21ff3affc8 > i.cred\n"
    "  echo a104412b > i.id\n"
    "  echo 72cc4761dbd4c78f758931aa589d348d1ef874a7e303ede2f140dcf3e6aa4aac > r.key\n"
    "  echo a2026b6578616d706c652e65647508a101a501020241322001215820bbc34960526e \\\n"
    "       a4d32e940cad2a234148ddc21791a12afbcbac93622046dd44f02258204519e25723 \\\n"
    "       6b2a0ce2023f0931f1f386ca7afda64fcde0108c224c51eabf6072 > r.cred\n"
    "  echo a1044132 > r.id\n"
    "  mkfifo to-i to-r\n"
    "  coap-eap-node edhoc --role responder --method 3 --suite 2 \\\n"
    "      --key r.key --cred r.cred --id-cred r.id --peer-cred i.cred --peer-id-cred i.id \\\n"
    "      --connection-id 27 --message-4 --export 0::16 --export 1::8 \\\n"
    "      < to-r | tee r.out | sed -un 's/^TX //p' > to-i &\n"
    "  coap-eap-node edhoc --role initiator --method 3 --suite 6,2 \\\n"
    "      --key i.key --cred i.cred --id-cred i.id --peer-cred r.cred --peer-id-cred r.id \\\n"
    "      --connection-id 37 --message-4 --export 0::16 --export 1::8 \\\n"
    "      < to-i | tee i.out | sed -un 's/^TX //p' > to-r\n"
    "  wait; grep . r.out i.out\n";

void edhoc_options_refuse(const struct edhoc_options *options, const char *format, ...) {
  const struct report report = {.role = options->command};
  char message[MESSAGE_LENGTH] = "";
  va_list arguments;
  if (options->user != NULL)
    snprintf(message, sizeof message, "user \"%s\": ", options->user);
  const size_t used = strlen(message);
  va_start(arguments, format);
  vsnprintf(message + used, sizeof message - used, format, arguments);
  va_end(arguments);
  options_refuse(&report, message);
}

/* A decimal number that `end_mark` ends; moves `text` to that mark. */
static bool take_number(const char **text, char end_mark, long min, long max, long *value) {
  char *end;
  if (**text != '-' && (**text < '0' || **text > '9'))
    return false;
  errno = 0;
  *value = strtol(*text, &end, 10);
  if (end == *text || errno != 0 || *end != end_mark || *value < min || *value > max)
    return false;
  *text = end;
  return true;
}

static void take_role(struct edhoc_options *options, const char *text) {
  const bool responder = strcmp(text, "responder") == 0;
  if (!responder && strcmp(text, "initiator") != 0)
    edhoc_options_refuse(options, "--role: \"%s\" is not accepted; it takes initiator or responder",
                         text);
  options->role = responder ? EDHOC_RESPONDER : EDHOC_INITIATOR;
}

static void take_method(struct edhoc_options *options, const char *text) {
  const char *at = text;
  long value;
  if (!take_number(&at, '\0', 0, EDHOC_METHODS - 1, &value))
    edhoc_options_refuse(options, "--method: \"%s\" is not accepted; it takes a number from 0 to 3",
                         text);
  options->method = (unsigned)value;
}

bool edhoc_options_suites(struct edhoc_suites *suites, const char *text) {
  bool known = false;
  suites->count = 0;
  for (const char *at = text;; at++) {
    long value;
    const char mark = strchr(at, ',') == NULL ? '\0' : ',';
    if (suites->count == EDHOC_SUITES_MAX || !take_number(&at, mark, SUITE_MIN, SUITE_MAX, &value))
      return false;
    if (edhoc_suites_have(suites, (int32_t)value))
      return false;
    suites->value[suites->count++] = (int32_t)value;
    known = known || edhoc_suite_find((int32_t)value) != NULL;
    if (mark == '\0')
      return known;
  }
}

static void take_suites(struct edhoc_options *options, const char *text) {
  if (!edhoc_options_suites(&options->suites, text))
    edhoc_options_refuse(options,
                         "--suite: \"%s\" is not accepted; it takes " EDHOC_OPTIONS_SUITES_ACCEPTED,
                         text, EDHOC_SUITES_MAX);
}

static void take_connection(struct edhoc_options *options, const char *text) {
  size_t length;
  const char *wrong = hex_read(text, strlen(text), options->connection.bytes,
                               sizeof options->connection.bytes, &length);
  if (wrong != NULL)
    edhoc_options_refuse(options,
                         "--connection-id: \"%s\" is not accepted (%s); it takes up to %d octets "
                         "in hexadecimal digits, such as 0e",
                         text, wrong, EDHOC_CONNECTION_ID_MAX);
  options->connection.length = (uint8_t)length;
}

static bool read_export(struct edhoc_options_export *export, const char *text) {
  long label, length;
  const char *at = text;
  if (!take_number(&at, ':', 0, UINT16_MAX, &label))
    return false;
  const char *context = at + 1, *end = strchr(context, ':');
  if (end == NULL || hex_read(context, (size_t)(end - context), export->context,
                              sizeof export->context, &export->context_length) != NULL)
    return false;
  at = end + 1;
  if (!take_number(&at, '\0', 1, EXPORT_LENGTH_MAX, &length))
    return false;
  export->label = (uint32_t)label;
  export->length = (size_t)length;
  return true;
}

static void take_export(struct edhoc_options *options, const char *text) {
  if (options->exports_count == EDHOC_OPTIONS_EXPORTS_MAX)
    edhoc_options_refuse(options, "--export: more than %d", EDHOC_OPTIONS_EXPORTS_MAX);
  if (!read_export(&options->exports[options->exports_count++], text))
    edhoc_options_refuse(options,
                         "--export: \"%s\" is not accepted; it takes LABEL:CONTEXT_HEX:LENGTH, "
                         "with a label from 0 to 65535, up to %d octets of context and a length "
                         "from 1 to %d: 0::16",
                         text, EDHOC_OPTIONS_CONTEXT_MAX, EXPORT_LENGTH_MAX);
}

static void take_trust(struct edhoc_options *options, const char *name) {
  if (options->trust_count == EDHOC_CHAIN_MAX)
    edhoc_options_refuse(options, "--trust: more than %d", EDHOC_CHAIN_MAX);
  options->trust[options->trust_count++] = name;
}

static const char **file_of(struct edhoc_options *options, int option) {
  switch (option) {
  case OPTION_KEY:
    return &options->key;
  case OPTION_CRED:
    return &options->cred;
  case OPTION_ID_CRED:
    return &options->id_cred;
  case OPTION_PEER_CRED:
    return &options->peer_cred;
  case OPTION_PEER_ID_CRED:
    return &options->peer_id_cred;
  case OPTION_PEER_PUBLIC_KEY:
    return &options->peer_public_key;
  default:
    return NULL;
  }
}

static void take(struct edhoc_options *options, int option, const char *text) {
  switch (option) {
  case OPTION_ROLE:
    take_role(options, text);
    return;
  case OPTION_METHOD:
    take_method(options, text);
    return;
  case OPTION_SUITE:
    take_suites(options, text);
    return;
  case OPTION_TRUST:
    take_trust(options, text);
    return;
  case OPTION_CONNECTION_ID:
    take_connection(options, text);
    return;
  case OPTION_MESSAGE_4:
    options->message_4 = true;
    return;
  case OPTION_EXPORT:
    take_export(options, text);
    return;
  case OPTION_HELP:
    fputs(help, stdout);
    exit(EXIT_SUCCESS);
  default:
    *file_of(options, option) = text;
  }
}

static void check(const struct edhoc_options *options, bool role, bool method) {
  if (!role)
    edhoc_options_refuse(options, "--role initiator|responder is needed");
  if (!method)
    edhoc_options_refuse(options, "--method N is needed");
  if (options->suites.count == 0)
    edhoc_options_refuse(options, "--suite N is needed");
  if (options->key == NULL || options->cred == NULL || options->id_cred == NULL)
    edhoc_options_refuse(options, "--key FILE, --cred FILE and --id-cred FILE are needed");
  if ((options->peer_cred == NULL) != (options->peer_id_cred == NULL))
    edhoc_options_refuse(options, "--peer-cred and --peer-id-cred belong together");
  if (options->peer_cred == NULL && options->trust_count == 0)
    edhoc_options_refuse(options,
                         "--peer-cred FILE and --peer-id-cred FILE are needed, or --trust FILE");
  if (options->peer_public_key != NULL && options->peer_cred == NULL)
    edhoc_options_refuse(options, "--peer-public-key needs --peer-cred");
}

struct edhoc_connection_id edhoc_options_connection(enum edhoc_role role) {
  return (struct edhoc_connection_id){
      .length = 1, .bytes = {role == EDHOC_INITIATOR ? DEFAULT_C_I : DEFAULT_C_R}};
}

void edhoc_options_parse(int argc, char **argv, struct edhoc_options *options) {
  static char name[] = "coap-eap-node edhoc";
  static const struct option long_options[] = {
      {"role", required_argument, NULL, OPTION_ROLE},
      {"method", required_argument, NULL, OPTION_METHOD},
      {"suite", required_argument, NULL, OPTION_SUITE},
      {"key", required_argument, NULL, OPTION_KEY},
      {"cred", required_argument, NULL, OPTION_CRED},
      {"id-cred", required_argument, NULL, OPTION_ID_CRED},
      {"peer-cred", required_argument, NULL, OPTION_PEER_CRED},
      {"peer-id-cred", required_argument, NULL, OPTION_PEER_ID_CRED},
      {"peer-public-key", required_argument, NULL, OPTION_PEER_PUBLIC_KEY},
      {"trust", required_argument, NULL, OPTION_TRUST},
      {"connection-id", required_argument, NULL, OPTION_CONNECTION_ID},
      {"message-4", no_argument, NULL, OPTION_MESSAGE_4},
      {"export", required_argument, NULL, OPTION_EXPORT},
      {"help", no_argument, NULL, OPTION_HELP},
      {0},
  };
  bool given[OPTION_HELP - OPTION_ROLE + 1] = {false};
  int option;
  *options = (struct edhoc_options){.command = "edhoc"};
  argv[0] = name;
  while ((option = getopt_long(argc, argv, "", long_options, NULL)) >= OPTION_ROLE) {
    take(options, option, optarg);
    given[option - OPTION_ROLE] = true;
  }
  if (option != -1) { /* getopt has said what is wrong */
    fprintf(stderr, "Try `%s --help'.\n", name);
    exit(EXIT_USAGE);
  }
  if (optind < argc)
    edhoc_options_refuse(options, "\"%s\" is not expected here", argv[optind]);
  check(options, given[0], given[OPTION_METHOD - OPTION_ROLE]);
  if (!given[OPTION_CONNECTION_ID - OPTION_ROLE])
    options->connection = edhoc_options_connection(options->role);
}
