/* The table of settings, and the reading of their values. */
#define _GNU_SOURCE
#include "settings.h"

#include "../radius/client.h"
#include "credentials.h"

#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const SETTINGS_ROLE_NAMES[SETTINGS_ROLES] = {"peer", "authenticator", "aaa"};

#define PEER (1u << SETTINGS_PEER)
#define AUTHENTICATOR (1u << SETTINGS_AUTHENTICATOR)
#define AAA (1u << SETTINGS_AAA)
#define FIELD(name) .offset = offsetof(struct settings, name)
#define USER_FIELD(name) .of_user = true, .offset = offsetof(struct settings_user, name)
#define RANGE(least, most) .minimum = (least), .maximum = (most)
#define PORT(number) .minimum = (number)

const struct setting SETTINGS[] = {
    {.name = "authenticator",
     .kind = SETTINGS_ADDRESS,
     .roles = PEER,
     FIELD(authenticator),
     PORT(COAP_EAP_PORT),
     .metavar = "ADDRESS",
     .help = "Authenticate to this authenticator"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = PEER,
     FIELD(bind),
     PORT(0),
     .default_text = "[::]:0",
     .metavar = "ADDRESS",
     .help = "Use this address and port; port 0: any free one"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     FIELD(bind),
     PORT(COAP_EAP_PORT),
     .default_text = "[::]:5683",
     .metavar = "ADDRESS",
     .help = "Listen to peers here; port 0: any free one"},
    {.name = "bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AAA,
     FIELD(bind),
     PORT(RADIUS_PORT),
     .default_text = "[::]:1812",
     .metavar = "ADDRESS",
     .help = "Listen to RADIUS clients here; port 0: any free one"},

    {.name = "identity",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(identity),
     .metavar = "NAME",
     .help =
         "EAP identity; of a server's user, x* stands for all that begin with x; of a peer, {n} "
         "for its number"},
    {.name = "methods",
     .kind = SETTINGS_METHODS,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(methods),
     .default_text = "psk",
     .metavar = "LIST",
     .help = "EAP methods, the preferred one first"},
    {.name = "psk",
     .kind = SETTINGS_PSK,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(psk),
     .metavar = "KEY",
     .help = "EAP-PSK: the shared key, as 32 hexadecimal digits or 16 characters"},
    {.name = "peer_id",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(peer_id),
     .metavar = "NAME",
     .help = "EAP-PSK: ID_P, which a peer claims (its identity, if not given) and a server expects "
             "(any, if not given)"},
    {.name = "server_id",
     .kind = SETTINGS_TEXT,
     .roles = PEER | AUTHENTICATOR | AAA,
     USER_FIELD(server_id),
     .metavar = "NAME",
     .help =
         "EAP-PSK: ID_S, which a server claims (coap-eap-node, if not given) and a peer expects "
         "(any, if not given)"},

    {.name = "trigger",
     .kind = SETTINGS_SWITCH,
     .roles = PEER,
     FIELD(trigger),
     .default_text = "on",
     .help = "Begin (step 0); else wait for the authenticator to begin"},
    {.name = "trigger_retry_ms",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     FIELD(trigger_retry_ms),
     RANGE(1, 3600000),
     .default_text = "2000",
     .metavar = "MS",
     .help = "Repeat the trigger after this to 1.5 times this, then doubling"},
    {.name = "timeout_s",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     FIELD(timeout_s),
     RANGE(0, 86400),
     .default_text = "0",
     .metavar = "S",
     .help = "Give an authentication up after this long; 0: when the protocol does"},
    {.name = "linger_ms",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     FIELD(linger_ms),
     RANGE(0, 3600000),
     .metavar = "MS",
     .help = "After success, stay this long to answer repetitions of step 7 (default: 3000; with "
             "--count above 1: 0)"},
    {.name = "stay",
     .kind = SETTINGS_SWITCH,
     .roles = PEER,
     FIELD(stay),
     .default_text = "off",
     .help = "Stay until a signal comes, for more authentications that the authenticator begins"},
    {.name = "count",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     FIELD(count),
     RANGE(1, 10000000),
     .default_text = "1",
     .metavar = "N",
     .help = "Be N peers, each with a socket of its own, one after the other"},
    {.name = "parallel",
     .kind = SETTINGS_INTEGER,
     .roles = PEER,
     FIELD(parallel),
     RANGE(1, 10000),
     .default_text = "1",
     .metavar = "M",
     .help = "Of --count: M peers at a time"},
    {.name = "reauthenticate",
     .kind = SETTINGS_SWITCH,
     .roles = PEER,
     FIELD(reauthenticate),
     .default_text = "off",
     .help = "Be M peers that authenticate again and again, N times in all, instead of N peers"},

    {.name = "peers_max",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     FIELD(peers_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N authentications and associations"},
    {.name = "begin",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     FIELD(begin),
     PORT(COAP_EAP_PORT),
     .metavar = "ADDRESS",
     .help = "Begin with the peer at this address, without waiting for its trigger"},
    {.name = "radius_server",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     FIELD(radius_server),
     PORT(RADIUS_PORT),
     .metavar = "ADDRESS",
     .help = "Pass EAP through to this RADIUS server; else the EAP server is inside, with the "
             "users given here"},
    {.name = "radius_bind",
     .kind = SETTINGS_ADDRESS,
     .roles = AUTHENTICATOR,
     FIELD(radius_bind),
     PORT(0),
     .default_text = "[::]:0",
     .metavar = "ADDRESS",
     .help = "Talk to the RADIUS server from this address and port on; port 0: any free ones"},
    {.name = "radius_ports",
     .kind = SETTINGS_INTEGER,
     .roles = AUTHENTICATOR,
     FIELD(radius_ports),
     RANGE(1, RADIUS_PORTS_MAX),
     .default_text = "4",
     .metavar = "N",
     .help = "Use N consecutive ports: 256 requests can be outstanding on each"},
    {.name = "nas_identifier",
     .kind = SETTINGS_TEXT,
     .roles = AUTHENTICATOR,
     FIELD(nas_identifier),
     .default_text = "coap-eap-node",
     .metavar = "NAME",
     .help = "NAS-Identifier to the RADIUS server"},
    {.name = "secret",
     .kind = SETTINGS_SECRET,
     .roles = AUTHENTICATOR,
     FIELD(secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with the RADIUS server"},
    {.name = "secret",
     .kind = SETTINGS_SECRET,
     .roles = AAA,
     FIELD(secret),
     .metavar = "TEXT",
     .help = "The secret that is shared with --client"},
    {.name = "client",
     .kind = SETTINGS_ADDRESS,
     .roles = AAA,
     FIELD(client),
     PORT(0),
     .metavar = "ADDRESS",
     .help = "Accept this RADIUS client, beside those of the file"},
    {.name = "sessions_max",
     .kind = SETTINGS_INTEGER,
     .roles = AAA,
     FIELD(sessions_max),
     RANGE(1, 1000000),
     .default_text = "1000",
     .metavar = "N",
     .help = "Hold at most N authentications"},
    {.name = "session_timeout_s",
     .kind = SETTINGS_INTEGER,
     .roles = AAA,
     FIELD(session_timeout_s),
     RANGE(0, UINT32_MAX),
     .default_text = "0",
     .metavar = "S",
     .help = "Session-Timeout in each Access-Accept; 0: none"},

    {.name = "seqnum_number",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(seqnum_number),
     RANGE(1, 65535),
     .default_text = "61",
     .metavar = "N",
     .help = "Number of the CoAP option SeqNum"},
    {.name = "seqnum_bytes",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(seqnum_bytes),
     RANGE(1, COAP_EAP_SEQNUM_MAX),
     .default_text = "2",
     .metavar = "N",
     .help = "Octets of the value of SeqNum"},
    {.name = "token_bytes",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(token_bytes),
     RANGE(0, COAP_TOKEN_MAX),
     .default_text = "1",
     .metavar = "N",
     .help = "Octets of the CoAP token"},
    {.name = "location_option",
     .kind = SETTINGS_CHOICE,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(location_option),
     .choices = "uri-path|location-path",
     .default_text = "uri-path",
     .metavar = "OPTION",
     .help = "The CoAP option that names the new resource in step 2"},
    {.name = "oscore_id_context",
     .kind = SETTINGS_CHOICE,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(oscore_id_context),
     .choices = "identity|none",
     .default_text = "identity",
     .metavar = "WHAT",
     .help = "OSCORE's ID Context"},
    {.name = "ack_timeout_ms",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(ack_timeout_ms),
     RANGE(1, 60000),
     .default_text = "2000",
     .metavar = "MS",
     .help = "CoAP's ACK_TIMEOUT"},
    {.name = "ack_random_factor",
     .kind = SETTINGS_HUNDREDTHS,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(ack_random_factor_x100),
     RANGE(100, 1000),
     .default_text = "1.5",
     .metavar = "X",
     .help = "CoAP's ACK_RANDOM_FACTOR"},
    {.name = "max_retransmit",
     .kind = SETTINGS_INTEGER,
     .roles = PEER | AUTHENTICATOR,
     .lower_layer = true,
     FIELD(max_retransmit),
     RANGE(0, 20),
     .default_text = "4",
     .metavar = "N",
     .help = "CoAP's MAX_RETRANSMIT"},
};
const size_t SETTINGS_COUNT = sizeof SETTINGS / sizeof SETTINGS[0];

/* Values */

static char *copy_of(const char *text) {
  char *copy = strdup(text);
  if (copy == NULL)
    abort();
  return copy;
}

static void forget(char *text) {
  if (text != NULL)
    explicit_bzero(text, strlen(text));
  free(text);
}

static const char *set_text(char **field, const char *text) {
  if (text[0] == '\0')
    return "it is empty";
  forget(*field);
  *field = copy_of(text);
  return NULL;
}

static const char *set_psk(struct settings_user *user, const char *text) {
  const size_t length = strlen(text);
  if (length == SETTINGS_PSK_LENGTH) {
    memcpy(user->psk, text, length);
  } else {
    if (length != 2 * SETTINGS_PSK_LENGTH || strspn(text, "0123456789abcdefABCDEF") != length)
      return "it is no key of 16 octets";
    for (size_t i = 0; i < SETTINGS_PSK_LENGTH; i++) {
      const char digits[3] = {text[2 * i], text[2 * i + 1]};
      user->psk[i] = (uint8_t)strtoul(digits, NULL, 16);
    }
  }
  user->has_psk = true;
  return NULL;
}

static const char *set_methods(struct settings_user *user, const char *text) {
  struct settings_user read = {0};
  for (;;) {
    text += strspn(text, " ,");
    const size_t length = strcspn(text, " ,");
    if (length == 0)
      break;
    const int method = credentials_method_find(text, length);
    if (method < 0 || read.method_count == SETTINGS_METHODS_MAX)
      return method < 0 ? "there is no such method" : "it is too long a list";
    read.methods[read.method_count++] = (size_t)method;
    text += length;
  }
  if (read.method_count == 0)
    return "it is empty";
  memcpy(user->methods, read.methods, sizeof user->methods);
  user->method_count = read.method_count;
  return NULL;
}

static const char *check_range(uint64_t *field, const struct setting *setting, uint64_t value) {
  if (value < setting->minimum || value > setting->maximum)
    return "it is out of range";
  *field = value;
  return NULL;
}

static const char *set_integer(uint64_t *field, const struct setting *setting, const char *text) {
  errno = 0;
  const unsigned long long value = strtoull(text, NULL, 10);
  if (text[0] == '\0' || text[strspn(text, "0123456789")] != '\0' || errno != 0)
    return "it is no integer";
  return check_range(field, setting, value);
}

static const char *set_hundredths(uint64_t *field, const struct setting *setting,
                                  const char *text) {
  char *end;
  const double value = strtod(text, &end) * 100;
  if (text[0] == '\0' || text[strspn(text, "0123456789.")] != '\0' || *end != '\0' || value > 1e9)
    return "it is no such number";
  const uint64_t rounded = (uint64_t)(value + 0.5);
  if (fabs(value - (double)rounded) > 1e-6)
    return "it has more decimals";
  return check_range(field, setting, rounded);
}

static const char *set_choice(uint64_t *field, const char *choices, const char *text) {
  uint64_t place = 0;
  for (const char *choice = choices;; choice++, place++) {
    const size_t length = strcspn(choice, "|");
    if (strlen(text) == length && memcmp(choice, text, length) == 0) {
      *field = place;
      return NULL;
    }
    choice += length;
    if (*choice == '\0')
      return "it is none of the choices";
  }
}

static const char *set_switch(bool *field, const char *text) {
  uint64_t place;
  const char *wrong = set_choice(&place, "on|off|yes|no|true|false", text);
  if (wrong == NULL)
    *field = place % 2 == 0;
  return wrong;
}

const char *settings_assign(struct settings *settings, struct settings_user *user,
                            const struct setting *setting, const char *text) {
  struct settings_user *owner = user == NULL ? &settings->self : user;
  void *field = (setting->of_user ? (char *)owner : (char *)settings) + setting->offset;
  switch (setting->kind) {
  case SETTINGS_TEXT:
  case SETTINGS_SECRET:
    return set_text(field, text);
  case SETTINGS_PSK:
    return set_psk(owner, text);
  case SETTINGS_METHODS:
    return set_methods(owner, text);
  case SETTINGS_ADDRESS:
    return udp_address_parse(text, (uint16_t)setting->minimum, field);
  case SETTINGS_INTEGER:
    return set_integer(field, setting, text);
  case SETTINGS_HUNDREDTHS:
    return set_hundredths(field, setting, text);
  case SETTINGS_CHOICE:
    return set_choice(field, setting->choices, text);
  case SETTINGS_SWITCH:
    return set_switch(field, text);
  }
  abort();
}

const char *settings_accepted(const struct setting *setting, char text[SETTINGS_ACCEPTED_MAX]) {
  const unsigned long long least = setting->minimum, most = setting->maximum;
  switch (setting->kind) {
  case SETTINGS_TEXT:
  case SETTINGS_SECRET:
    return "a text";
  case SETTINGS_PSK:
    return "32 hexadecimal digits or 16 characters";
  case SETTINGS_METHODS:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "a list of: %s", credentials_method_names());
    return text;
  case SETTINGS_ADDRESS:
    return "an address such as ::1, [::1]:5683, 192.0.2.1:5683 or name:5683";
  case SETTINGS_INTEGER:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "an integer from %llu to %llu", least, most);
    return text;
  case SETTINGS_HUNDREDTHS:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "a number from %g to %g with at most two decimals",
             (double)least / 100, (double)most / 100);
    return text;
  case SETTINGS_CHOICE:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "one of: %s", setting->choices);
    return text;
  case SETTINGS_SWITCH:
    return "on or off";
  }
  abort();
}

/* The whole */

static void init_user(struct settings_user *user) {
  *user = (struct settings_user){.method_count = 1};
}

void settings_init(struct settings *settings, enum settings_role role) {
  *settings = (struct settings){.role = role, .linger_ms = SETTINGS_LINGER_DEFAULT};
  init_user(&settings->self);
  for (size_t i = 0; i < SETTINGS_COUNT; i++) {
    const struct setting *setting = &SETTINGS[i];
    if (setting->default_text == NULL || (setting->roles & 1u << role) == 0)
      continue;
    if (settings_assign(settings, NULL, setting, setting->default_text) != NULL)
      abort();
  }
}

static void deinit_user(struct settings_user *user) {
  free(user->identity);
  free(user->peer_id);
  free(user->server_id);
  explicit_bzero(user, sizeof *user);
}

void settings_deinit(struct settings *settings) {
  deinit_user(&settings->self);
  for (size_t i = 0; i < settings->user_count; i++)
    deinit_user(&settings->users[i]);
  for (size_t i = 0; i < settings->client_count; i++)
    forget(settings->clients[i].secret);
  free(settings->users);
  free(settings->clients);
  forget(settings->secret);
  free(settings->nas_identifier);
}

static void *grow(void *list, size_t count, size_t size) {
  void *grown = reallocarray(list, count + 1, size);
  if (grown == NULL)
    abort();
  return grown;
}

struct settings_user *settings_add_user(struct settings *settings) {
  settings->users = grow(settings->users, settings->user_count, sizeof *settings->users);
  struct settings_user *user = &settings->users[settings->user_count++];
  init_user(user);
  return user;
}

struct settings_client *settings_add_client(struct settings *settings) {
  settings->clients = grow(settings->clients, settings->client_count, sizeof *settings->clients);
  struct settings_client *client = &settings->clients[settings->client_count++];
  *client = (struct settings_client){0};
  return client;
}

bool settings_has(const struct udp_address *address) {
  static const uint8_t none[16];
  return memcmp(address->address.ip, none, sizeof none) != 0;
}

struct coap_eap_options settings_lower_layer(const struct settings *settings) {
  struct coap_eap_options options = COAP_EAP_OPTIONS_DEFAULT;
  options.coap.ack_timeout_ms = (uint32_t)settings->ack_timeout_ms;
  options.coap.ack_random_factor_x100 = (uint32_t)settings->ack_random_factor_x100;
  options.coap.max_retransmit = (uint32_t)settings->max_retransmit;
  options.ordering.seqnum_number = (uint16_t)settings->seqnum_number;
  options.ordering.seqnum_bytes = (size_t)settings->seqnum_bytes;
  options.token_bytes = (size_t)settings->token_bytes;
  options.location_number =
      settings->location_option == 0 ? COAP_NUMBER_URI_PATH : COAP_NUMBER_LOCATION_PATH;
  options.id_context_is_identity = settings->oscore_id_context == 0;
  return options;
}
