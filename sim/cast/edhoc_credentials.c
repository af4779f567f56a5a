/* Private keys are hashes of their owners' names; libcrypto computes, as it is fast, and gives the
 * same octets as the reference does. */
#include "edhoc_credentials.h"

#include "crypto/crypto.h"
#include "issue.h"
#include "spec/realm.h"
#include "support/memory.h"
#include "support/name_index.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AUTHORITY "ca"
#define SERVER "server"

enum {
  SUBJECT_MAX = 32,
  KID_MAX = 2,
  CONNECTION_PEER = 0x0e, /* C_I and C_R: one octet in a message, and not the same */
  CONNECTION_SERVER = 0x27,
};

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

struct credential_party {
  uint8_t private[EC_LENGTH];
  uint8_t buffer[EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX];
  struct edhoc_credential own;
  struct edhoc_credential known; /* to the other side: without the private key */
  struct edhoc_config config;
  char subject[NODE_IDENTITY_MAX + 1]; /* of its credential */
};

struct edhoc_credentials {
  const char *domain; /* its parties have keys of their own */
  uint8_t root_private[EC_LENGTH];
  uint8_t root_der[ISSUE_MAX];
  struct edhoc_certificate root;
  uint8_t wrong_private[EC_LENGTH];
  struct credential_party server;
  size_t peer_count;
  struct credential_party *peers;
  struct name_index *by_id_cred, *by_subject;
};

static void credentials_must(int error) {
  if (error == 0)
    return;
  fprintf(stderr, "coap-eap-sim: a credential cannot be made: %s\n", node_error_name(error));
  abort();
}

static void credentials_make_private(const struct edhoc_credentials *all, const char *name,
                                     uint8_t private[EC_LENGTH]) {
  char full[2 * SUBJECT_MAX];
  snprintf(full, sizeof full, "%s%s", all->domain, name);
  credentials_must(crypto_sha256(NULL, (const uint8_t *)full, strlen(full), private));
}

/* Whom each side knows */

/* The certificates are valid from 2024 to 2049, and a run takes no time at all: 1 January 2026. */
static uint64_t credentials_clock(void *context) {
  (void)context;
  return UINT64_C(1767225600);
}

static bool credential_is(const struct credential_party *party, const uint8_t *id_cred,
                          size_t length) {
  return length == party->known.id_cred_length &&
         memcmp(id_cred, party->known.id_cred, length) == 0;
}

static const struct edhoc_credential *credentials_find_server(void *context, const uint8_t *id_cred,
                                                              size_t length) {
  const struct edhoc_credentials *all = context;
  return credential_is(&all->server, id_cred, length) ? &all->server.known : NULL;
}

static const struct edhoc_credential *credentials_find_peer(void *context, const uint8_t *id_cred,
                                                            size_t length) {
  const struct edhoc_credentials *all = context;
  size_t peer;
  return name_index_find(all->by_id_cred, id_cred, length, &peer) ? &all->peers[peer].known : NULL;
}

const char *edhoc_credentials_subject(const struct edhoc_credentials *credentials, size_t peer) {
  return credentials->peers[peer].subject;
}

bool edhoc_credentials_find(const struct edhoc_credentials *credentials, const uint8_t *subject,
                            size_t length, size_t *peer) {
  return length > 0 && name_index_find(credentials->by_subject, subject, length, peer);
}

/* Making them */

/* The shortest that are free: the first 48 take one octet in a message. */
static size_t credentials_make_kid(size_t number, uint8_t kid[KID_MAX]) {
  kid[0] = (uint8_t)(number < 24 ? number : number + 8);
  if (number < 48)
    return 1;
  kid[0] = (uint8_t)(number >> 8);
  kid[1] = (uint8_t)number;
  return 2;
}

static void credentials_issue(const struct edhoc_credentials *all, const char *subject,
                              bool authority, const struct ec_public *public, size_t bytes,
                              uint8_t der[ISSUE_MAX], size_t *length) {
  const struct issue request = {.issuer = AUTHORITY,
                                .subject = subject,
                                .issuer_private = all->root_private,
                                .public = public,
                                .authority = authority,
                                .length = bytes};
  credentials_must(issue_certificate(&EC, &request, der, ISSUE_MAX, length));
}

/* Of a certificate with the dots that make it long enough. */
static void credentials_note_subject(struct credential_party *party) {
  struct edhoc_name name;
  if (!edhoc_credential_name(&party->own, 0, &name))
    credentials_must(NODE_ERR_UNKNOWN);
  memcpy(party->subject, name.octets, name.length);
  party->subject[name.length] = '\0';
}

static void credentials_make(struct edhoc_credentials *all, struct credential_party *party,
                             const struct spec *spec, const char *subject, size_t number,
                             enum ec_curve curve) {
  struct ec_public public;
  uint8_t der[ISSUE_MAX], kid[KID_MAX];
  size_t length;
  credentials_make_private(all, subject, party->private);
  credentials_must(ec_derive(&EC, curve, party->private, &public));
  switch (spec->credential) {
  case SPEC_CREDENTIAL_X5CHAIN:
    credentials_issue(all, subject, false, &public, (size_t)spec->certificate_bytes, der, &length);
    credentials_must(
        edhoc_credential_x5chain(der, length, party->buffer, sizeof party->buffer, &party->own));
    break;
  case SPEC_CREDENTIAL_X5T:
    credentials_issue(all, subject, false, &public, 0, der, &length);
    credentials_must(
        edhoc_credential_x5t(&EC, der, length, party->buffer, sizeof party->buffer, &party->own));
    break;
  default:
    length = credentials_make_kid(number, kid);
    credentials_must(edhoc_credential_ccs(subject, kid, length, &public, party->buffer,
                                          sizeof party->buffer, &party->own));
  }
  credentials_note_subject(party);
  party->known = party->own;
  party->own.private = party->private;
}

static void credentials_make_party(struct edhoc_credentials *all, struct credential_party *party,
                                   const struct spec *spec, const char *subject, size_t number) {
  const struct edhoc_suite *suite = edhoc_suite_find((int32_t)spec->edhoc_suite);
  const bool server = party == &all->server;
  const bool by_value = spec->credential == SPEC_CREDENTIAL_X5CHAIN;
  const enum edhoc_role role = server ? EDHOC_RESPONDER : EDHOC_INITIATOR;
  credentials_make(all, party, spec, subject, number,
                   edhoc_method_curve((unsigned)spec->edhoc_method, role, suite));
  party->config = (struct edhoc_config){
      .methods = (uint8_t)(1U << spec->edhoc_method),
      .suites = {.value = {suite->value}, .count = 1},
      .connection = {.length = 1, .bytes = {server ? CONNECTION_SERVER : CONNECTION_PEER}},
      .credentials = &party->own,
      .credentials_count = 1,
      .lookup = by_value ? NULL
                : server ? credentials_find_peer
                         : credentials_find_server,
      .anchors = &all->root,
      .anchors_count = by_value ? 1 : 0,
      .peer_name = server ? NULL : all->server.subject,
      .clock = credentials_clock,
      .context = all,
      .backend = &EC_LIBCRYPTO,
  };
}

/* The server knows nobody. */
static void credentials_forget_peers(struct credential_party *server) {
  server->config.lookup = NULL;
  server->config.anchors_count = 0;
}

static void credentials_make_root(struct edhoc_credentials *all) {
  struct ec_public public;
  credentials_make_private(all, AUTHORITY, all->root_private);
  credentials_must(ec_derive(&EC, EC_P256, all->root_private, &public));
  credentials_issue(all, AUTHORITY, true, &public, 0, all->root_der, &all->root.length);
  all->root.der = all->root_der;
}

static void credentials_add_to_indices(struct edhoc_credentials *all, size_t number) {
  const struct credential_party *peer = &all->peers[number];
  name_index_add(all->by_id_cred, peer->known.id_cred, peer->known.id_cred_length, number);
  name_index_add(all->by_subject, (const uint8_t *)peer->subject, strlen(peer->subject), number);
}

struct edhoc_credentials *edhoc_credentials_create(const struct spec *spec, const char *domain) {
  struct edhoc_credentials *all = memory_get(1, sizeof *all);
  all->domain = domain;
  all->peer_count = (size_t)spec->peers;
  all->peers = memory_get(all->peer_count, sizeof *all->peers);
  all->by_id_cred = name_index_create(all->peer_count);
  all->by_subject = name_index_create(all->peer_count);
  if (spec->credential != SPEC_CREDENTIAL_KID)
    credentials_make_root(all);
  credentials_make_private(all, "nobody", all->wrong_private);
  credentials_make_party(all, &all->server, spec, SERVER, 0);
  if (spec->fault == SPEC_FAULT_UNKNOWN_USER)
    credentials_forget_peers(&all->server);
  for (size_t i = 0; i < all->peer_count; i++) {
    char subject[SUBJECT_MAX];
    snprintf(subject, sizeof subject, "peer-%03zu", i + 1);
    credentials_make_party(all, &all->peers[i], spec, subject, i + 1);
    if (spec->fault != SPEC_FAULT_UNKNOWN_SERVER || !spec_is_resource_server(spec, i))
      credentials_add_to_indices(all, i);
    if (spec->fault == SPEC_FAULT_WRONG_KEY)
      all->peers[i].own.private = all->wrong_private;
  }
  return all;
}

void edhoc_credentials_destroy(struct edhoc_credentials *credentials) {
  if (credentials == NULL)
    return;
  free(credentials->peers);
  name_index_destroy(credentials->by_id_cred);
  name_index_destroy(credentials->by_subject);
  free(credentials);
}

const struct edhoc_config *edhoc_credentials_server(const struct edhoc_credentials *credentials) {
  return &credentials->server.config;
}

const struct edhoc_config *edhoc_credentials_peer(const struct edhoc_credentials *credentials,
                                                  size_t peer) {
  return &credentials->peers[peer].config;
}

void edhoc_credentials_warm_up(void) {
  struct spec spec;
  uint8_t secret[EC_LENGTH], signature[EC_SIGNATURE_LENGTH];
  spec_init(&spec);
  spec.credential = SPEC_CREDENTIAL_X5CHAIN;
  struct edhoc_credentials *all = edhoc_credentials_create(&spec, "");
  const struct ec_public *public = &all->server.own.public;
  credentials_must(ec_agree(&EC, all->server.private, public, secret));
  credentials_must(ec_sign(&EC, EC_P256, all->server.private, secret, sizeof secret, signature));
  credentials_must(ec_verify(&EC, public, secret, sizeof secret, signature));
  edhoc_credentials_destroy(all);
}
