/* The reading of settings' values. */
#define _GNU_SOURCE
#include "settings.h"

#include "../eap/methods.h"
#include "suites.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const SETTINGS_ROLE_NAMES[SETTINGS_ROLES] = {"peer", "authenticator", "aaa"};

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
    const int method = eap_methods_find(text, length);
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
  case SETTINGS_SUITES:
    return suites_read(&owner->edhoc_suites, text) ? NULL : "it is no such list";
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
  char names[EAP_METHODS_NAMES_MAX];
  switch (setting->kind) {
  case SETTINGS_TEXT:
  case SETTINGS_SECRET:
    return "a text";
  case SETTINGS_PSK:
    return "32 hexadecimal digits or 16 characters";
  case SETTINGS_METHODS:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "a list of: %s", eap_methods_names(names));
    return text;
  case SETTINGS_SUITES:
    snprintf(text, SETTINGS_ACCEPTED_MAX, SUITES_ACCEPTED, EDHOC_SUITES_MAX);
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

bool settings_is_list(const struct setting *setting) {
  return setting->kind == SETTINGS_METHODS || setting->kind == SETTINGS_SUITES;
}

/* The whole */

/* The defaults, of a user of the list (or NULL) only those of users. */
static void assign_defaults(struct settings *settings, struct settings_user *user) {
  for (size_t i = 0; i < SETTINGS_COUNT; i++) {
    const struct setting *setting = &SETTINGS[i];
    if (setting->default_text == NULL || (setting->roles & 1u << settings->role) == 0 ||
        (user != NULL && !setting->of_user))
      continue;
    if (settings_assign(settings, user, setting, setting->default_text) != NULL)
      abort();
  }
}

void settings_init(struct settings *settings, enum settings_role role) {
  *settings = (struct settings){.role = role, .linger_ms = SETTINGS_LINGER_DEFAULT};
  assign_defaults(settings, NULL);
}

static void deinit_user(struct settings_user *user) {
  free(user->identity);
  free(user->peer_id);
  free(user->server_id);
  free(user->edhoc_key);
  free(user->edhoc_cred);
  free(user->edhoc_id_cred);
  free(user->edhoc_peer_cred);
  free(user->edhoc_peer_id_cred);
  free(user->edhoc_trust);
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
  *user = (struct settings_user){0};
  assign_defaults(settings, user);
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
  options.association =
      settings->association == 0 ? COAP_EAP_ASSOCIATION_OSCORE : COAP_EAP_ASSOCIATION_DTLS;
  options.dtls.cookie = settings->dtls_cookie;
  options.ordering.policy = (enum coap_eap_ordering_policy)settings->ordering;
  return options;
}
