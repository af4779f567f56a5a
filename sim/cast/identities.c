/* Synthetic identities: a default text, repeated or cut to length; of peers other than the first,
 * the end is their number, or, where that is too long, all of it. With EAP-EDHOC all have the same
 * anonymous NAI, and are told apart by their credentials; in RADIUS all are called by that NAI, or,
 * where the authenticator is to tell them apart (spec_has_ace), by their credentials' subjects. But
 * where keys of applications come of them, each has one of its own, since the server keeps an EMSK
 * of each name.
 * Where AAA proxies route by the realm, identities end with it, and the anonymous one has nothing
 * else. */
#include "identities.h"

#include "edhoc_credentials.h"
#include "spec/realm.h"
#include "support/memory.h"
#include "support/name_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDENTITY "tfg-user-test"
#define SERVER_ID "hostapd"
#define PEER_ID "client"
#define PSK "tfg-passwordtest"
#define WRONG_PSK "not-the-password"
#define APPLICATION_PSK "application-psk!"

struct identities {
  bool for_applications; /* alone */
  bool bootstraps;       /* keys of applications come of them */
  bool reauthenticates;  /* by ERP */
  const char *key_realm;
  uint8_t server_id[NODE_IDENTITY_MAX];
  const char *realm; /* behind each name; NULL: none */
  size_t name_length, peer_id_length;
  uint8_t *names, *peer_ids; /* by peer, of these lengths */
  struct name_index *by_name;
  struct eap_peer_method *peer_methods;
  struct eap_peer_config *peers;
  struct eap_server_method *server_methods;
  struct eap_user *users;
  struct edhoc_credentials *edhoc; /* NULL: a PSK */
  bool unknown;                    /* the server knows nobody */
  struct erp_peer_config erp_peer;
  struct erp_server_config erp_server;
  struct eap_server_config server;
};

/* How many numbers from 1 on end in decimal digits of their own: of 1 octet 1 to 9 and, as 0, 10;
 * of 2 octets 1 to 99 and, as 00 to 09, 100 to 109. */
static size_t numbers_in_digits(size_t length) {
  size_t count = 1, tail = 1;
  for (size_t i = 0; i < length && count < 1000; i++, count *= 10)
    tail = count;
  return count + tail - 1;
}

/* The numbers that digits do not tell apart: capital letters, which begin no name. */
static void identities_fill_letters(uint8_t *out, size_t length, size_t number) {
  while (length-- > 0) {
    out[length] = (uint8_t)('A' + number % 26);
    number /= 26;
  }
}

/* `number` 0 leaves the text as it is. Others differ, up to SPEC_PEERS_OF_ONE_OCTET of 1 octet and
 * SPEC_PEERS_OF_TWO_OCTETS of 2. */
static void identities_fill(uint8_t *out, size_t length, const char *text, size_t number) {
  if (number > numbers_in_digits(length)) {
    identities_fill_letters(out, length, number - numbers_in_digits(length) - 1);
    return;
  }
  for (size_t i = 0; i < length; i++)
    out[i] = (uint8_t)text[i % strlen(text)];
  char digits[32];
  const size_t count = (size_t)snprintf(digits, sizeof digits, "%zu", number);
  const size_t used = count < length ? count : length;
  if (number > 0)
    memcpy(out + length - used, digits + count - used, used);
}

/* "@example.test", with a longer or shorter realm. */
static void identities_fill_nai(uint8_t *out, size_t length) {
  static const char last[] = "test", label[] = "example.";
  const size_t last_length = sizeof last - 1, label_length = sizeof label - 1;
  for (size_t i = 0; i < length; i++) {
    const size_t from_end = length - 1 - i;
    out[i] = (uint8_t)(from_end < last_length
                           ? last[last_length - 1 - from_end]
                           : label[label_length - 1 - (from_end - last_length) % label_length]);
  }
  if (length > 1 && out[1] == '.')
    out[1] = 'a';
  out[0] = '@';
}

/* Another one for each number, of as many octets as it has digits, and 1. */
static void identities_number_nai(uint8_t *out, size_t length, size_t number) {
  char digits[32];
  const size_t count = (size_t)snprintf(digits, sizeof digits, "%zu", number);
  if (number > 0 && count < length)
    memcpy(out + 1, digits, count);
}

/* Ends a name with '@' and the realm, if there is to be one. Returns the octets before that. */
static size_t identities_add_realm(const struct identities *identities, uint8_t *name) {
  const size_t length = identities->realm == NULL ? 0 : 1 + strlen(identities->realm);
  const size_t before = identities->name_length - length;
  if (length > 0) {
    name[before] = '@';
    memcpy(name + before + 1, identities->realm, length - 1);
  }
  return before;
}

static uint8_t *identities_name(const struct identities *identities, size_t peer) {
  return identities->names + peer * identities->name_length;
}

static const struct eap_user *identities_lookup(void *context, const uint8_t *identity,
                                                size_t length) {
  const struct identities *identities = context;
  size_t peer;
  if (identities->unknown)
    return NULL;
  if (identities->edhoc != NULL &&
      edhoc_credentials_find(identities->edhoc, identity, length, &peer)) {
    identity = identities_name(identities, peer); /* who has it is one user, whatever its subject */
    length = identities->name_length;
  }
  return name_index_find(identities->by_name, identity, length, &peer) ? &identities->users[peer]
                                                                       : NULL;
}

static void identities_add_psk(struct identities *identities, const struct spec *spec, size_t i) {
  const size_t peer_id_length = identities->peer_id_length;
  const size_t server_id_length = (size_t)spec->server_id_bytes;
  const bool wrong = spec->fault == SPEC_FAULT_WRONG_KEY;
  const char *psk = identities->for_applications ? APPLICATION_PSK : PSK;
  uint8_t *peer_id = identities->peer_ids + i * peer_id_length;
  uint8_t *name = identities_name(identities, i);
  identities_fill(name, identities_add_realm(identities, name), IDENTITY, i);
  identities_fill(peer_id, peer_id_length, PEER_ID, i);
  identities->peer_methods[i] =
      (struct eap_peer_method){.method = spec_method(spec)->peer,
                               .credential = {.psk = (const uint8_t *)(wrong ? WRONG_PSK : psk),
                                              .local_id = peer_id,
                                              .local_id_length = peer_id_length,
                                              .remote_id = identities->server_id,
                                              .remote_id_length = server_id_length}};
  identities->server_methods[i] =
      (struct eap_server_method){.method = spec_method(spec)->server,
                                 .credential = {.psk = (const uint8_t *)psk,
                                                .local_id = identities->server_id,
                                                .local_id_length = server_id_length,
                                                .remote_id = peer_id,
                                                .remote_id_length = peer_id_length}};
}

static void identities_add_edhoc(struct identities *identities, const struct spec *spec, size_t i) {
  const size_t mtu = (size_t)spec->eap_mtu;
  uint8_t *name = identities_name(identities, i);
  if (identities->realm == NULL)
    identities_fill_nai(name, identities->name_length);
  else
    (void)identities_add_realm(identities, name);
  if (identities->bootstraps && identities->realm == NULL)
    identities_number_nai(name, identities->name_length, i);
  identities->peer_methods[i] = (struct eap_peer_method){
      .method = spec_method(spec)->peer,
      .credential = {.edhoc = edhoc_credentials_peer(identities->edhoc, i), .mtu = mtu}};
  identities->server_methods[i] = (struct eap_server_method){
      .method = spec_method(spec)->server,
      .credential = {.edhoc = edhoc_credentials_server(identities->edhoc), .mtu = mtu}};
}

static void identities_add_peer(struct identities *identities, const struct spec *spec, size_t i) {
  typedef void add_proof(struct identities * identities, const struct spec *spec, size_t i);
  static add_proof *const add[EAP_PROOF_COUNT] = {
      [EAP_PROOF_PSK] = identities_add_psk, [EAP_PROOF_EDHOC] = identities_add_edhoc};
  const size_t name_length = identities->name_length;
  const uint8_t *name = identities_name(identities, i);
  add[spec_method(spec)->proof](identities, spec, i);
  identities->peers[i] = (struct eap_peer_config){.identity = name,
                                                  .identity_length = name_length,
                                                  .methods = &identities->peer_methods[i],
                                                  .method_count = 1};
  identities->users[i] = (struct eap_user){.identity = name,
                                           .identity_length = name_length,
                                           .methods = &identities->server_methods[i],
                                           .method_count = 1,
                                           .many = identities->edhoc != NULL && spec_has_ace(spec),
                                           .refused = spec->refused == SPEC_REFUSED_IN_METHOD};
  if (spec->fault != SPEC_FAULT_UNKNOWN_SERVER || !spec_is_resource_server(spec, i))
    name_index_add(identities->by_name, name, name_length, i);
}

static void identities_add_erp(struct identities *identities, const struct spec *spec) {
  const uint8_t *realm = (const uint8_t *)identities->key_realm;
  const size_t realm_length = strlen(identities->key_realm);
  const uint32_t root_s = identities->reauthenticates ? (uint32_t)spec->root_lifetime_s : 0;
  identities->erp_peer = (struct erp_peer_config){
      .realm = realm, .realm_length = realm_length, .rrk_lifetime_s = root_s};
  identities->erp_server = (struct erp_server_config){
      .realm = realm,
      .realm_length = realm_length,
      .keys_max = (size_t)spec->peers,
      .rrk_lifetime_s = root_s,
      .rmsk_lifetime_s =
          (uint32_t)(identities->bootstraps ? spec->key_lifetime_s : spec->lifetime_s),
      .keeps_emsk = identities->bootstraps};
  identities->server.erp = &identities->erp_server;
}

/* Which of the authentications that there are serves the applications. */
static bool identities_bootstrap_by(const struct spec *spec, bool for_applications) {
  const int use =
      for_applications ? SPEC_BOOTSTRAPPING_NON_INTEGRATED : SPEC_BOOTSTRAPPING_INTEGRATED;
  return spec_bootstraps(spec) && spec->bootstrapping == use;
}

static struct identities *identities_make(const struct spec *spec, bool for_applications) {
  struct identities *identities = memory_get(1, sizeof *identities);
  identities->for_applications = for_applications;
  identities->bootstraps = identities_bootstrap_by(spec, for_applications);
  identities->reauthenticates = spec_has_erp(spec);
  identities->key_realm = spec_key_realm(spec);
  const size_t count = (size_t)spec->peers;
  identities->unknown = spec->fault == SPEC_FAULT_UNKNOWN_USER;
  identities->realm = for_applications ? NULL : spec_realm(spec);
  identities->name_length = for_applications ? (size_t)spec->identity_bytes : spec_name_bytes(spec);
  identities->peer_id_length = (size_t)spec->peer_id_bytes;
  identities->names = memory_get(count, identities->name_length);
  identities->peer_ids = memory_get(count, identities->peer_id_length);
  identities->by_name = name_index_create(count);
  identities->peer_methods = memory_get(count, sizeof *identities->peer_methods);
  identities->peers = memory_get(count, sizeof *identities->peers);
  identities->server_methods = memory_get(count, sizeof *identities->server_methods);
  identities->users = memory_get(count, sizeof *identities->users);
  if (spec_method(spec)->proof == EAP_PROOF_EDHOC)
    identities->edhoc = edhoc_credentials_create(spec, for_applications ? "application" : "");
  identities->server =
      (struct eap_server_config){.lookup = identities_lookup, .context = identities};
  if (identities->reauthenticates || identities->bootstraps)
    identities_add_erp(identities, spec);
  identities_fill(identities->server_id, (size_t)spec->server_id_bytes, SERVER_ID, 0);
  for (size_t i = 0; i < count; i++)
    identities_add_peer(identities, spec, i);
  return identities;
}

struct identities *identities_create(const struct spec *spec) {
  return identities_make(spec, false);
}

struct identities *identities_create_for_applications(const struct spec *spec) {
  return identities_make(spec, true);
}

void identities_destroy(struct identities *identities) {
  if (identities == NULL)
    return;
  free(identities->names);
  free(identities->peer_ids);
  name_index_destroy(identities->by_name);
  free(identities->peer_methods);
  free(identities->peers);
  free(identities->server_methods);
  free(identities->users);
  edhoc_credentials_destroy(identities->edhoc);
  free(identities);
}

const struct eap_peer_config *identities_peer(const struct identities *identities, size_t peer) {
  return &identities->peers[peer];
}

struct identities_name identities_proved(const struct identities *identities, size_t peer) {
  const struct eap_peer_config *config = &identities->peers[peer];
  if (identities->edhoc == NULL)
    return (struct identities_name){config->identity, config->identity_length};
  const char *subject = edhoc_credentials_subject(identities->edhoc, peer);
  return (struct identities_name){(const uint8_t *)subject, strlen(subject)};
}

const struct edhoc_config *identities_peer_edhoc(const struct identities *identities, size_t peer) {
  return identities->edhoc == NULL ? NULL : edhoc_credentials_peer(identities->edhoc, peer);
}

const struct edhoc_config *identities_server_edhoc(const struct identities *identities) {
  return identities->edhoc == NULL ? NULL : edhoc_credentials_server(identities->edhoc);
}

const struct erp_peer_config *identities_erp(const struct identities *identities) {
  return identities->reauthenticates ? &identities->erp_peer : NULL;
}

const struct erp_peer_config *identities_bootstrap(const struct identities *identities) {
  return identities->bootstraps ? &identities->erp_peer : NULL;
}

const struct eap_server_config *identities_server(const struct identities *identities) {
  return &identities->server;
}
