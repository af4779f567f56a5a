/* The reading of settings' values. */
#define _GNU_SOURCE
#include "settings.h"

#include "../eap/methods.h"
#include "channel.h"
#include "heap.h"
#include "number.h"
#include "suites.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *const SETTINGS_ROLE_NAMES[SETTINGS_ROLES] = {
    "peer", "authenticator", "aaa", "pre",        "proxy",           "ue",    "aa",
    "as",   "aps",           "ike", "controller", "resource-server", "client"};

/* Values */

static const char *set_text(char **field, const char *text) {
  if (text[0] == '\0')
    return "it is empty";
  heap_forget(*field);
  *field = heap_copy(text, strlen(text));
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
    for (size_t i = 0; i < read.method_count; i++)
      if (read.methods[i] == (size_t)method)
        return "a method is there twice";
    read.methods[read.method_count++] = (size_t)method;
    text += length;
  }
  if (read.method_count == 0)
    return "it is empty";
  memcpy(user->methods, read.methods, sizeof user->methods);
  user->method_count = read.method_count;
  return NULL;
}

static bool names_pull(const char *text, size_t length, enum bootstrap_pull pull) {
  const char *name = bootstrap_pull_name(pull);
  return strlen(name) == length && memcmp(name, text, length) == 0;
}

static const char *set_pulls(bool pulls[BOOTSTRAP_PULL_COUNT], const char *text) {
  bool read[BOOTSTRAP_PULL_COUNT] = {false};
  size_t length;
  for (text += strspn(text, " ,"); (length = strcspn(text, " ,")) > 0; text += strspn(text, " ,")) {
    size_t place = 0;
    while (place < BOOTSTRAP_PULL_COUNT && !names_pull(text, length, (enum bootstrap_pull)place))
      place++;
    if (place == BOOTSTRAP_PULL_COUNT)
      return "there is no such pull";
    read[place] = true;
    text += length;
  }
  memcpy(pulls, read, sizeof read);
  return memchr(read, true, sizeof read) == NULL ? "it is empty" : NULL;
}

static const char *set_channel(enum bootstrap_channel *channel, const char *text) {
  for (unsigned i = 0; i < BOOTSTRAP_CHANNEL_COUNT; i++)
    if (strcmp(text, bootstrap_channel_name((enum bootstrap_channel)i)) == 0) {
      *channel = (enum bootstrap_channel)i;
      return channel_is_possible(*channel) ? NULL : "it needs more than sockets of UDP";
    }
  return "there is no such channel";
}

static const char *channel_accepted(char text[SETTINGS_ACCEPTED_MAX]) {
  size_t used = (size_t)snprintf(text, SETTINGS_ACCEPTED_MAX, "one of: ");
  for (unsigned i = 0, count = 0; i < BOOTSTRAP_CHANNEL_COUNT && used < SETTINGS_ACCEPTED_MAX; i++)
    if (channel_is_possible((enum bootstrap_channel)i))
      used += (size_t)snprintf(text + used, SETTINGS_ACCEPTED_MAX - used, "%s%s",
                               count++ == 0 ? "" : "|",
                               bootstrap_channel_name((enum bootstrap_channel)i));
  return text;
}

static const char *check_range(uint64_t *field, const struct setting *setting, uint64_t value) {
  if (value < setting->minimum || value > setting->maximum)
    return "it is out of range";
  *field = value;
  return NULL;
}

static const char *set_integer(uint64_t *field, const struct setting *setting, const char *text) {
  if (!number_is_decimal(text, false))
    return "it is no integer";
  errno = 0;
  const unsigned long long value = strtoull(text, NULL, 10);
  if (errno != 0)
    return "it is out of range";
  return check_range(field, setting, value);
}

/* The place of a text among others; `*place` SIZE_MAX: it is none of them. */
static const char *find_text(const char *const *texts, const char *text, size_t *place) {
  for (*place = 0; texts[*place] != NULL; ++*place)
    if (strcmp(texts[*place], text) == 0)
      return NULL;
  return "it is none of the choices";
}

static const char *set_switch(bool *field, const char *text) {
  static const char *const texts[] = {"off", "on", "no", "yes", "false", "true", NULL};
  size_t place;
  const char *wrong = find_text(texts, text, &place);
  if (wrong == NULL)
    *field = place % 2 == 1;
  return wrong;
}

static const char *set_number(const struct option_row *option, const char *text, double *value) {
  if (!number_is_decimal(text, option->kind != OPTION_INTEGER))
    return option->kind == OPTION_INTEGER ? "it is no integer" : "it is no such number";
  *value = strtod(text, NULL);
  if (*value < option->least || *value > option->most)
    return "it is out of range";
  return option_accepts(option, *value) ? NULL : "it has more decimals";
}

static const char *set_option(struct option_values *values, const struct option_row *option,
                              const char *text) {
  const char *wrong = NULL;
  double value = 0;
  bool on = false;
  size_t place;
  switch (option->kind) {
  case OPTION_SWITCH:
    wrong = set_switch(&on, text);
    value = on;
    break;
  case OPTION_CHOICE:
    wrong = find_text(option->values, text, &place);
    value = (double)place;
    break;
  default:
    wrong = set_number(option, text, &value);
  }
  if (wrong == NULL)
    option_set(values, option, value);
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
  case SETTINGS_SWITCH:
    return set_switch(field, text);
  case SETTINGS_PULLS:
    return set_pulls(field, text);
  case SETTINGS_CHANNEL:
    return set_channel(field, text);
  case SETTINGS_PARTY:
    return parties_add(field, text, (uint16_t)setting->minimum);
  case SETTINGS_PARTY_CLIENT:
    return parties_add_client(field, text);
  case SETTINGS_PARTY_KEY:
    return party_keys_add(field, text);
  case SETTINGS_ADDED:
    return setting->add(field, text, setting->minimum);
  case SETTINGS_CHOICE:
    return find_text(setting->choices, text, field);
  case SETTINGS_CHOICES:
    return ike_choices_read(setting->choices, text, field);
  case SETTINGS_IKE_ID:
    return ike_id_read(text, field);
  case SETTINGS_IKE_KEY:
    return ike_key_read(text, field);
  case SETTINGS_OPTION:
    return set_option(&settings->options, setting->option, text);
  }
  abort();
}

static const char *list_accepted(const char *what, const char *const *values,
                                 char text[SETTINGS_ACCEPTED_MAX]) {
  size_t used = (size_t)snprintf(text, SETTINGS_ACCEPTED_MAX, "%s", what);
  for (size_t i = 0; values[i] != NULL && used < SETTINGS_ACCEPTED_MAX; i++)
    used += (size_t)snprintf(text + used, SETTINGS_ACCEPTED_MAX - used, "%s%s", i == 0 ? "" : "|",
                             values[i]);
  return text;
}

static const char *option_accepted(const struct option_row *option,
                                   char text[SETTINGS_ACCEPTED_MAX]) {
  switch (option->kind) {
  case OPTION_INTEGER:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "an integer from %.0f to %.0f", option->least,
             option->most);
    return text;
  case OPTION_NUMBER:
    snprintf(text, SETTINGS_ACCEPTED_MAX, "a number from %g to %g with at most two decimals",
             option->least, option->most);
    return text;
  case OPTION_SWITCH:
    return "on or off";
  default:
    break;
  }
  return list_accepted("one of: ", option->values, text);
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
  case SETTINGS_SWITCH:
    return "on or off";
  case SETTINGS_PULLS:
    return "a list of: erp, psk-identity, ikev2-idi, configured";
  case SETTINGS_CHANNEL:
    return channel_accepted(text);
  case SETTINGS_PARTY:
    return PARTIES_ACCEPTED;
  case SETTINGS_PARTY_CLIENT:
    return PARTIES_ACCEPTED_CLIENT;
  case SETTINGS_PARTY_KEY:
    return PARTY_KEYS_ACCEPTED;
  case SETTINGS_ADDED:
    return setting->accepted;
  case SETTINGS_CHOICE:
    return list_accepted("one of: ", setting->choices, text);
  case SETTINGS_CHOICES:
    return list_accepted("a list of: ", setting->choices, text);
  case SETTINGS_IKE_ID:
    return IKE_ID_ACCEPTED;
  case SETTINGS_IKE_KEY:
    return IKE_KEY_ACCEPTED;
  case SETTINGS_OPTION:
    return option_accepted(setting->option, text);
  }
  abort();
}

bool settings_is_secret(const struct setting *setting) {
  return setting->kind == SETTINGS_PSK || setting->kind == SETTINGS_SECRET ||
         setting->kind == SETTINGS_PARTY_CLIENT || setting->kind == SETTINGS_PARTY_KEY ||
         setting->kind == SETTINGS_IKE_KEY;
}

bool settings_is_list(const struct setting *setting) {
  return setting->kind == SETTINGS_METHODS || setting->kind == SETTINGS_SUITES ||
         setting->kind == SETTINGS_PULLS || setting->kind == SETTINGS_CHOICES;
}

bool settings_is_repeated(const struct setting *setting) {
  return setting->kind == SETTINGS_PARTY || setting->kind == SETTINGS_PARTY_CLIENT ||
         setting->kind == SETTINGS_PARTY_KEY || setting->kind == SETTINGS_ADDED;
}

bool settings_is(const struct settings *settings, unsigned roles) {
  return (1u << settings->role & roles) != 0;
}

/* The whole */

/* The defaults, of a user of the list (or NULL) only those of users. */
static void assign_defaults(struct settings *settings, struct settings_user *user) {
  size_t count;
  const struct setting *table = settings_table(&count);
  for (size_t i = 0; i < count; i++) {
    const struct setting *setting = &table[i];
    const char *text = settings_default(setting, settings->role);
    if (text == NULL || (setting->roles & 1u << settings->role) == 0 ||
        (user != NULL && !setting->of_user))
      continue;
    if (settings_assign(settings, user, setting, text) != NULL)
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
  free(user->edhoc_server_name);
  free(user->filter_id);
  free(user->filter_rules);
  free(user->class_text);
  free(user->saml);
  free(user->cipher_suite);
  explicit_bzero(user, sizeof *user);
}

void settings_deinit(struct settings *settings) {
  deinit_user(&settings->self);
  for (size_t i = 0; i < settings->user_count; i++)
    deinit_user(&settings->users[i]);
  for (size_t i = 0; i < settings->client_count; i++)
    heap_forget(settings->clients[i].secret);
  for (size_t i = 0; i < settings->realm_count; i++) {
    heap_forget(settings->realms[i].secret);
    free(settings->realms[i].name);
  }
  free(settings->users);
  free(settings->clients);
  free(settings->realms);
  heap_forget(settings->server_secret);
  free(settings->realm);
  heap_forget(settings->secret);
  free(settings->nas_identifier);
  free(settings->filter_id);
  free(settings->filter_rules);
  free(settings->name);
  heap_forget(settings->manufacturer_secret);
  free(settings->manufacturer_realm);
  parties_free(&settings->application_servers);
  parties_free(&settings->providers);
  parties_free(&settings->commission);
  party_keys_free(&settings->keys);
  ace_values_free(&settings->ace);
  explicit_bzero(&settings->ike.psk, sizeof settings->ike.psk);
}

struct settings_user *settings_add_user(struct settings *settings) {
  settings->users = heap_grow(settings->users, settings->user_count, sizeof *settings->users);
  struct settings_user *user = &settings->users[settings->user_count++];
  *user = (struct settings_user){0};
  assign_defaults(settings, user);
  return user;
}

struct settings_client *settings_add_client(struct settings *settings) {
  settings->clients =
      heap_grow(settings->clients, settings->client_count, sizeof *settings->clients);
  struct settings_client *client = &settings->clients[settings->client_count++];
  *client = (struct settings_client){0};
  return client;
}

struct settings_realm *settings_add_realm(struct settings *settings) {
  settings->realms = heap_grow(settings->realms, settings->realm_count, sizeof *settings->realms);
  struct settings_realm *realm = &settings->realms[settings->realm_count++];
  *realm = (struct settings_realm){0};
  return realm;
}

bool settings_has(const struct udp_address *address) {
  static const uint8_t none[16];
  return memcmp(address->address.ip, none, sizeof none) != 0;
}

const struct lower_layer *settings_lower(const struct settings *settings) {
  return lower_of(&settings->options);
}

/* The address of ours that one of others is reached from. */
static const struct udp_address *address_towards(const struct settings *settings,
                                                 const struct udp_address *other) {
  if (other == &settings->radius_server || other == &settings->manufacturer)
    return &settings->radius_bind;
  return settings->role == SETTINGS_PRE ? &settings->uplink_bind : &settings->bind;
}

/* Link-local addresses of others have the interface of ours, if they do not tell theirs. */
static const char *complete_addresses(struct settings *settings) {
  struct udp_address *const others[] = {&settings->authenticator, &settings->begin,
                                        &settings->client,        &settings->radius_server,
                                        &settings->manufacturer,  &settings->ike.remote};
  const char *wrong = NULL;
  for (size_t i = 0; wrong == NULL && i < sizeof others / sizeof others[0]; i++)
    wrong = udp_address_complete(others[i], address_towards(settings, others[i]));
  for (size_t i = 0; wrong == NULL && i < settings->client_count; i++)
    wrong = udp_address_complete(&settings->clients[i].address, &settings->bind);
  for (size_t i = 0; wrong == NULL && i < settings->realm_count; i++)
    wrong = udp_address_complete(&settings->realms[i].server, &settings->radius_bind);
  struct parties *const parties[] = {&settings->application_servers, &settings->providers,
                                     &settings->commission, &settings->ace.servers};
  for (size_t i = 0; wrong == NULL && i < sizeof parties / sizeof parties[0]; i++)
    wrong = parties_complete(parties[i], &settings->bind);
  return wrong;
}

/* Of an application server that was told none: all that go with its channel, but keys by hand. */
static void complete_pulls(struct settings *settings) {
  bool *const pulls = settings->pulls;
  if (settings->role != SETTINGS_APS || memchr(pulls, true, sizeof settings->pulls) != NULL)
    return;
  for (unsigned i = 0; i < BOOTSTRAP_PULL_COUNT; i++)
    pulls[i] = i != BOOTSTRAP_PULL_CONFIGURED &&
               bootstrap_pull_goes_with((enum bootstrap_pull)i, settings->secure);
}

const char *settings_finish(struct settings *settings) {
  const struct lower_layer *lower = settings_lower(settings);
  size_t count;
  const struct setting *table = settings_table(&count);
  for (size_t i = 0; i < count; i++) {
    if (!table[i].lower_port || (table[i].roles & 1u << settings->role) == 0)
      continue;
    struct udp_address *address = (struct udp_address *)((char *)settings + table[i].offset);
    if (!address->has_port)
      address->address.port = lower->port;
  }
  complete_pulls(settings);
  const char *wrong = ace_values_complete(&settings->ace);
  if (wrong == NULL)
    wrong = complete_addresses(settings);
  for (size_t i = 0; i < settings->commission.count; i++)
    if (!settings->commission.list[i].address.has_port)
      settings->commission.list[i].address.address.port = lower->port;
  if (wrong != NULL || !settings_is(settings, SETTINGS_PEERS | SETTINGS_AUTHENTICATORS))
    return wrong;
  return lower->unsupported(&settings->options);
}
