/* The command line of the subcommand `keygen`. Its help is not argp's, which would wrap the lines
 * that are to be copied. */
#include "keygen_options.h"

#include "command_line.h"
#include "hex.h"
#include "number.h"
#include "usage.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

enum {
  OPTION_OUT = 256,
  OPTION_FORCE,
  OPTION_NAME,
  OPTION_WITH,
  OPTION_WITH_NAME,
  OPTION_ROLE,
  OPTION_METHOD,
  OPTION_SUITE,
  OPTION_KID,
  OPTION_CA,
  OPTION_ID,
  OPTION_DAYS,
  OPTION_HELP,
};

enum { OPTIONS = OPTION_HELP - OPTION_OUT + 1, DAYS_CA = 3650, DAYS_CERTIFICATE = 365 };

static const char help[] =
    "Usage: coap-eap-node keygen psk [--out FILE] [--name IDENTITY] [--force]\n"
    "       coap-eap-node keygen edhoc --out PREFIX [OPTION...]\n"
    "       coap-eap-node keygen ca --out PREFIX [--name NAME] [--days N] [--force]\n"
    "       coap-eap-node keygen certificate --out PREFIX --ca PREFIX [OPTION...]\n"
    "Makes keys of the system's random numbers, as files that the roles take, and prints the\n"
    "commands of both sides that take them.\n"
    "\n"
    "  psk          a key of EAP-PSK: 32 hexadecimal digits; with --name a file for --config, of\n"
    "               peer and server alike, that has the identity, too\n"
    "  edhoc        a key of EDHOC: PREFIX.key, the private key; PREFIX.cred, a CWT Claims Set\n"
    "               (RFC 8392) with the public key; PREFIX.id, the kid that names it\n"
    "  ca           PREFIX.key, and PREFIX.der, a CA's own certificate, for --edhoc-trust\n"
    "  certificate  a key of EDHOC and its certificate of that CA: PREFIX.key, PREFIX.der,\n"
    "               PREFIX.cred (the certificate), PREFIX.id (what names it, or itself)\n"
    "\n"
    "  --out FILE|PREFIX   where to; psk: - is standard output (default)\n"
    "  --force             replace files that are there\n"
    "  --name NAME         whose it is: up to 64 letters, digits and . - _ + @; a peer's is its\n"
    "                      identity, a server's what --edhoc-server-name asks for (default: the\n"
    "                      last part of PREFIX)\n"
    "  --role peer|server  edhoc, certificate: whose key it is (default: peer)\n"
    "  --with PREFIX       edhoc, certificate: the files of the other side, for the commands that\n"
    "                      are printed (default: server, or peer)\n"
    "  --with-name NAME    edhoc, certificate: its name (default: the last part of that PREFIX)\n"
    "  --method N          edhoc, certificate: 0 to 3, of EDHOC (default: 3)\n"
    "  --suite N           edhoc, certificate: 0 to 3, of EDHOC; certificates have 2 and 3\n"
    "                      (default: 2). Method, suite and role decide on which curve the key is:\n"
    "                      suites 0 and 1 X25519, Ed25519 of who signs; 2 and 3 P-256\n"
    "  --kid HEX           edhoc: 1 to 8 octets (default: 2 random ones)\n"
    "  --ca PREFIX         certificate: whose PREFIX.key and PREFIX.der sign it\n"
    "  --id x5chain|x5t    certificate: by value, or by its thumbprint (default: x5chain)\n"
    "  --days N            ca, certificate: how long it is valid from now on (default: 3650, 365;\n"
    "                      no longer than the CA)\n"
    "  --help\n"
    "\n"
    "Private files have mode 0600, the others 0644 less the umask. Exit status: 0, 1 if a file\n"
    "could not be read or written, 2 if the usage was wrong.\n"
    "\n"
    "  coap-eap-node keygen psk --name alice --out alice.yaml\n"
    "  coap-eap-node keygen edhoc --role server --out gateway --with alice\n"
    "  coap-eap-node keygen edhoc --out alice --with gateway\n";

static const struct option LONG_OPTIONS[] = {
    {"out", required_argument, NULL, OPTION_OUT},
    {"force", no_argument, NULL, OPTION_FORCE},
    {"name", required_argument, NULL, OPTION_NAME},
    {"with", required_argument, NULL, OPTION_WITH},
    {"with-name", required_argument, NULL, OPTION_WITH_NAME},
    {"role", required_argument, NULL, OPTION_ROLE},
    {"method", required_argument, NULL, OPTION_METHOD},
    {"suite", required_argument, NULL, OPTION_SUITE},
    {"kid", required_argument, NULL, OPTION_KID},
    {"ca", required_argument, NULL, OPTION_CA},
    {"id", required_argument, NULL, OPTION_ID},
    {"days", required_argument, NULL, OPTION_DAYS},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

/* What each makes takes. */
#define TAKES(option) (1u << (OPTION_##option - OPTION_OUT))
#define TAKEN_BY_ALL (TAKES(OUT) | TAKES(FORCE) | TAKES(NAME))
#define TAKEN_BY_PAIRS                                                                             \
  (TAKEN_BY_ALL | TAKES(WITH) | TAKES(WITH_NAME) | TAKES(ROLE) | TAKES(METHOD) | TAKES(SUITE))

static const struct keygen_kind_row {
  const char *name;
  unsigned taken, needed;
  unsigned days;
  int32_t suite_least;
} KINDS[KEYGEN_KINDS] = {
    [KEYGEN_PSK] = {"psk", TAKEN_BY_ALL, 0, 0, 0},
    [KEYGEN_EDHOC] = {"edhoc", TAKEN_BY_PAIRS | TAKES(KID), TAKES(OUT), 0, 0},
    [KEYGEN_CA] = {"ca", TAKEN_BY_ALL | TAKES(DAYS), TAKES(OUT), DAYS_CA, 0},
    [KEYGEN_CERTIFICATE] = {"certificate", TAKEN_BY_PAIRS | TAKES(CA) | TAKES(ID) | TAKES(DAYS),
                            TAKES(OUT) | TAKES(CA), DAYS_CERTIFICATE, 2},
};

enum { SUITE_MOST = 3 };

/* Values */

static int refuse_value(struct complaint *complaint, int option, const char *text,
                        const char *accepted) {
  return complaint_set(complaint, "--%s: \"%s\" is not accepted; it takes %s",
                       LONG_OPTIONS[option - OPTION_OUT].name, text, accepted);
}

/* The last part of what names of files begin with. */
static const char *last_part(const char *prefix) {
  const char *slash = strrchr(prefix, '/');
  return slash == NULL ? prefix : slash + 1;
}

static bool is_name(const char *text) {
  const size_t length = strlen(text);
  bool good = length > 0 && length <= KEYGEN_NAME_MAX;
  for (size_t i = 0; good && i < length; i++)
    good = isalnum((unsigned char)text[i]) != 0 || strchr(".-_+@", text[i]) != NULL;
  return good;
}

static int take_name(char name[KEYGEN_NAME_MAX + 1], int option, const char *text,
                     struct complaint *complaint) {
  if (!is_name(text))
    return refuse_value(complaint, option, text,
                        "what ends with a name of up to 64 letters, digits and . - _ + @");
  memcpy(name, text, strlen(text) + 1);
  return 0;
}

static int take_number(unsigned *number, int option, const char *text, long least, long most,
                       struct complaint *complaint) {
  char accepted[64];
  const char *at = text;
  long value;
  snprintf(accepted, sizeof accepted, "a number from %ld to %ld", least, most);
  if (!number_take(&at, '\0', least, most, &value))
    return refuse_value(complaint, option, text, accepted);
  *number = (unsigned)value;
  return 0;
}

/* One of two words. */
static int take_word(bool *second, int option, const char *text, const char *const words[2],
                     struct complaint *complaint) {
  char accepted[64];
  *second = strcmp(text, words[1]) == 0;
  snprintf(accepted, sizeof accepted, "%s or %s", words[0], words[1]);
  return *second || strcmp(text, words[0]) == 0 ? 0
                                                : refuse_value(complaint, option, text, accepted);
}

static int take_kid(struct keygen_options *options, const char *text, struct complaint *complaint) {
  if (hex_read(text, strlen(text), options->kid, sizeof options->kid, &options->kid_length) !=
          NULL ||
      options->kid_length == 0)
    return refuse_value(complaint, OPTION_KID, text, "1 to 8 octets in hexadecimal digits");
  return 0;
}

static int keygen_options_take(struct keygen_options *options, int option, const char *text,
                               struct complaint *complaint) {
  static const char *const roles[] = {"peer", "server"}, *const ids[] = {"x5chain", "x5t"};
  unsigned number = 0;
  int result;
  switch (option) {
  case OPTION_OUT:
    options->out = text;
    return 0;
  case OPTION_FORCE:
    options->force = true;
    return 0;
  case OPTION_NAME:
    return take_name(options->name, option, text, complaint);
  case OPTION_WITH:
    options->with_files = text;
    return 0;
  case OPTION_WITH_NAME:
    return take_name(options->with, option, text, complaint);
  case OPTION_ROLE:
    return take_word(&options->server, option, text, roles, complaint);
  case OPTION_METHOD:
    return take_number(&options->method, option, text, 0, EDHOC_METHODS - 1, complaint);
  case OPTION_SUITE:
    result =
        take_number(&number, option, text, KINDS[options->kind].suite_least, SUITE_MOST, complaint);
    options->suite = (int32_t)number;
    return result;
  case OPTION_KID:
    return take_kid(options, text, complaint);
  case OPTION_CA:
    options->ca = text;
    return 0;
  case OPTION_ID:
    return take_word(&options->thumbprint, option, text, ids, complaint);
  case OPTION_DAYS:
    return take_number(&options->days, option, text, 1, KEYGEN_DAYS_MAX, complaint);
  default:
    fputs(help, stdout);
    return USAGE_HELP;
  }
}

/* The whole */

static int find_kind(const char *name, enum keygen_kind *kind, struct complaint *complaint) {
  for (size_t i = 0; name != NULL && i < KEYGEN_KINDS; i++)
    if (strcmp(name, KINDS[i].name) == 0) {
      *kind = (enum keygen_kind)i;
      return 0;
    }
  return name == NULL
             ? complaint_set(complaint, "what to make is missing: psk, edhoc, ca or certificate")
             : complaint_set(complaint,
                             "\"%s\" cannot be made; it takes psk, edhoc, ca or "
                             "certificate",
                             name);
}

/* What follows from the rest. */
static int keygen_options_finish(struct keygen_options *options, unsigned given,
                                 struct complaint *complaint) {
  const struct keygen_kind_row *kind = &KINDS[options->kind];
  for (int i = 0; i < OPTIONS; i++) {
    if ((given & ~kind->taken & 1u << i) != 0)
      return complaint_set(complaint, "--%s is not for %s", LONG_OPTIONS[i].name, kind->name);
    if ((kind->needed & ~given & 1u << i) != 0)
      return complaint_set(complaint, "%s needs --%s", kind->name, LONG_OPTIONS[i].name);
  }
  if (options->kind == KEYGEN_PSK)
    return 0;
  if (strcmp(options->out, "-") == 0)
    return complaint_set(complaint,
                         "--out: %s makes more than one file: it takes what their names "
                         "begin with",
                         kind->name);
  if (options->name[0] == '\0' &&
      take_name(options->name, OPTION_OUT, last_part(options->out), complaint) < 0)
    return complaint_precede(complaint, "without --name ");
  if (options->with[0] == '\0' &&
      take_name(options->with, OPTION_WITH, last_part(options->with_files), complaint) < 0)
    return complaint_precede(complaint, "without --with-name ");
  return 0;
}

int keygen_options_parse(int argc, char **argv, struct keygen_options *options,
                         struct complaint *complaint) {
  const char *texts[OPTIONS] = {NULL};
  unsigned given = 0;
  int option;
  *options = (struct keygen_options){.out = "-", .method = EDHOC_STATIC_STATIC, .suite = 2};
  if (argc >= 2 && strcmp(argv[1], "--help") == 0)
    return keygen_options_take(options, OPTION_HELP, NULL, complaint);
  if (find_kind(argc >= 2 ? argv[1] : NULL, &options->kind, complaint) < 0)
    return -1;
  options->days = KINDS[options->kind].days;
  command_line_begin();
  while ((option = command_line_next(argc - 1, argv + 1, LONG_OPTIONS, complaint)) >= OPTION_OUT) {
    if (command_line_note(texts, LONG_OPTIONS, option - OPTION_OUT, optarg, complaint) < 0)
      return -1;
    given |= 1u << (option - OPTION_OUT);
    const int result = keygen_options_take(options, option, optarg, complaint);
    if (result != 0)
      return result;
  }
  if (option == COMMAND_LINE_WRONG)
    return -1;
  if (options->with_files == NULL)
    options->with_files = options->server ? "peer" : "server";
  return keygen_options_finish(options, given, complaint);
}
