/* The command line of the subcommand `edhoc`. Its help is not argp's, which would wrap the lines
 * that are to be copied. */
#include "edhoc_options.h"

#include "command_line.h"
#include "hex.h"
#include "number.h"
#include "suites.h"
#include "usage.h"

#include <stdio.h>
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
  OPTION_PEER_NAME,
  OPTION_CONNECTION_ID,
  OPTION_MESSAGE_4,
  OPTION_EXPORT,
  OPTION_HELP,
};

enum { EXPORT_LENGTH_MAX = 8160 };

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
    "  --peer-name NAME        refuse a peer whose credential does not have this name: dNSName of\n"
    "                          subjectAltName; where there is none, another name of the\n"
    "                          certificate; or `sub` (default: with --trust, whoever the CA has\n"
    "                          certified is accepted)\n"
    "Certificates are accepted while they are valid, by the system's clock.\n"
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
    "one; a responder that has refused a suite takes another message_1, up to 16 in all. Exit "
    "status: 0, 1 after FAIL, 2 if the usage was wrong.\n"
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

static int take_role(struct edhoc_options *options, const char *text, struct complaint *complaint) {
  const bool responder = strcmp(text, "responder") == 0;
  if (!responder && strcmp(text, "initiator") != 0)
    return complaint_set(complaint,
                         "--role: \"%s\" is not accepted; it takes initiator or responder", text);
  options->given.role = responder ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  return 0;
}

static int take_method(struct edhoc_options *options, const char *text,
                       struct complaint *complaint) {
  const char *at = text;
  long value;
  if (!number_take(&at, '\0', 0, EDHOC_METHODS - 1, &value))
    return complaint_set(complaint,
                         "--method: \"%s\" is not accepted; it takes a number from 0 to %d", text,
                         EDHOC_METHODS - 1);
  options->given.method = (unsigned)value;
  return 0;
}

static int take_suites(struct edhoc_options *options, const char *text,
                       struct complaint *complaint) {
  return suites_read(&options->given.suites, text)
             ? 0
             : complaint_set(complaint,
                             "--suite: \"%s\" is not accepted; it takes " SUITES_ACCEPTED, text,
                             EDHOC_SUITES_MAX);
}

static int take_connection(struct edhoc_options *options, const char *text,
                           struct complaint *complaint) {
  struct edhoc_connection_id *connection = &options->given.connection;
  size_t length;
  const char *wrong =
      hex_read(text, strlen(text), connection->bytes, sizeof connection->bytes, &length);
  if (wrong != NULL)
    return complaint_set(complaint,
                         "--connection-id: \"%s\" is not accepted (%s); it takes up to %d octets "
                         "in hexadecimal digits, such as 0e",
                         text, wrong, EDHOC_CONNECTION_ID_MAX);
  connection->length = (uint8_t)length;
  return 0;
}

static bool read_export(struct edhoc_options_export *export, const char *text) {
  long label, length;
  const char *at = text;
  if (!number_take(&at, ':', 0, UINT16_MAX, &label))
    return false;
  const char *context = at + 1, *end = strchr(context, ':');
  if (end == NULL || hex_read(context, (size_t)(end - context), export->context,
                              sizeof export->context, &export->context_length) != NULL)
    return false;
  at = end + 1;
  if (!number_take(&at, '\0', 1, EXPORT_LENGTH_MAX, &length))
    return false;
  export->label = (uint32_t)label;
  export->length = (size_t)length;
  return true;
}

static int take_export(struct edhoc_options *options, const char *text,
                       struct complaint *complaint) {
  if (options->exports_count == EDHOC_OPTIONS_EXPORTS_MAX)
    return complaint_set(complaint, "--export: more than %d", EDHOC_OPTIONS_EXPORTS_MAX);
  if (read_export(&options->exports[options->exports_count++], text))
    return 0;
  return complaint_set(complaint,
                       "--export: \"%s\" is not accepted; it takes LABEL:CONTEXT_HEX:LENGTH, "
                       "with a label from 0 to 65535, up to %d octets of context and a length "
                       "from 1 to %d: 0::16",
                       text, EDHOC_OPTIONS_CONTEXT_MAX, EXPORT_LENGTH_MAX);
}

static int take_trust(struct edhoc_options *options, const char *name,
                      struct complaint *complaint) {
  struct edhoc_files_given *given = &options->given;
  if (given->trust_count == EDHOC_CHAIN_MAX)
    return complaint_set(complaint, "--trust: more than %d", EDHOC_CHAIN_MAX);
  given->trust[given->trust_count++] = name;
  return 0;
}

static const char **file_of(struct edhoc_files_given *given, int option) {
  switch (option) {
  case OPTION_KEY:
    return &given->key;
  case OPTION_CRED:
    return &given->cred;
  case OPTION_ID_CRED:
    return &given->id_cred;
  case OPTION_PEER_CRED:
    return &given->peer_cred;
  case OPTION_PEER_ID_CRED:
    return &given->peer_id_cred;
  case OPTION_PEER_PUBLIC_KEY:
    return &given->peer_public_key;
  default:
    return NULL;
  }
}

static int edhoc_options_take(struct edhoc_options *options, int option, const char *text,
                              struct complaint *complaint) {
  switch (option) {
  case OPTION_ROLE:
    return take_role(options, text, complaint);
  case OPTION_METHOD:
    return take_method(options, text, complaint);
  case OPTION_SUITE:
    return take_suites(options, text, complaint);
  case OPTION_TRUST:
    return take_trust(options, text, complaint);
  case OPTION_PEER_NAME:
    options->given.peer_name = text;
    return 0;
  case OPTION_CONNECTION_ID:
    return take_connection(options, text, complaint);
  case OPTION_MESSAGE_4:
    options->message_4 = true;
    return 0;
  case OPTION_EXPORT:
    return take_export(options, text, complaint);
  case OPTION_HELP:
    fputs(help, stdout);
    return USAGE_HELP;
  default:
    *file_of(&options->given, option) = text;
    return 0;
  }
}

/* NULL, or what is missing. */
static const char *edhoc_options_missing(const struct edhoc_files_given *given, bool role,
                                         bool method) {
  if (!role)
    return "--role initiator|responder is needed";
  if (!method)
    return "--method N is needed";
  if (given->suites.count == 0)
    return "--suite N is needed";
  if (given->key == NULL || given->cred == NULL || given->id_cred == NULL)
    return "--key FILE, --cred FILE and --id-cred FILE are needed";
  if ((given->peer_cred == NULL) != (given->peer_id_cred == NULL))
    return "--peer-cred and --peer-id-cred belong together";
  if (given->peer_cred == NULL && given->trust_count == 0)
    return "--peer-cred FILE and --peer-id-cred FILE are needed, or --trust FILE";
  if (given->peer_public_key != NULL && given->peer_cred == NULL)
    return "--peer-public-key needs --peer-cred";
  return NULL;
}

int edhoc_options_parse(int argc, char **argv, struct edhoc_options *options,
                        struct complaint *complaint) {
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
      {"peer-name", required_argument, NULL, OPTION_PEER_NAME},
      {"connection-id", required_argument, NULL, OPTION_CONNECTION_ID},
      {"message-4", no_argument, NULL, OPTION_MESSAGE_4},
      {"export", required_argument, NULL, OPTION_EXPORT},
      {"help", no_argument, NULL, OPTION_HELP},
      {0},
  };
  const char *texts[OPTION_HELP - OPTION_ROLE + 1] = {NULL};
  int option;
  *options = (struct edhoc_options){0};
  command_line_begin();
  while ((option = command_line_next(argc, argv, long_options, complaint)) >= OPTION_ROLE) {
    const bool is_list = option == OPTION_TRUST || option == OPTION_EXPORT;
    if (!is_list &&
        command_line_note(texts, long_options, option - OPTION_ROLE, optarg, complaint) < 0)
      return -1;
    const int result = edhoc_options_take(options, option, optarg, complaint);
    if (result != 0)
      return result;
  }
  if (option == COMMAND_LINE_WRONG)
    return -1;
  struct edhoc_files_given *given = &options->given;
  const char *wrong =
      edhoc_options_missing(given, texts[0] != NULL, texts[OPTION_METHOD - OPTION_ROLE] != NULL);
  if (wrong != NULL)
    return complaint_set(complaint, "%s", wrong);
  if (texts[OPTION_CONNECTION_ID - OPTION_ROLE] == NULL)
    given->connection = edhoc_files_connection(given->role);
  return 0;
}
