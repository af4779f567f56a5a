/* Parties of EAP-EDHOC for tests. */
#include "edhoc_parties.h"

#include <assert.h>
#include <string.h>

#define PEERS_SUBJECT "peer"

enum { SERVER_KID = 0x32, SERVER_C = 0x27, PEER_C = 0x0e, KEY_ROOT = 0x77, KEY_SERVER, KEY_PEERS };

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

static void parties_must(int error) {
  assert(error == 0);
  (void)error;
}

static bool credential_is(const struct edhoc_credential *credential, const uint8_t *id_cred,
                          size_t length) {
  return length == credential->id_cred_length && memcmp(id_cred, credential->id_cred, length) == 0;
}

static const struct edhoc_credential *parties_find_server(void *context, const uint8_t *id_cred,
                                                          size_t length) {
  const struct parties *parties = context;
  return credential_is(&parties->server.known, id_cred, length) ? &parties->server.known : NULL;
}

static const struct edhoc_credential *parties_find_peer(void *context, const uint8_t *id_cred,
                                                        size_t length) {
  const struct parties *parties = context;
  for (size_t i = 0; i < parties->peer_count; i++)
    if (credential_is(&parties->peers[i].known, id_cred, length))
      return &parties->peers[i].known;
  return NULL;
}

static size_t parties_issue(const struct parties *parties, const char *subject, bool authority,
                            const struct ec_public *public, size_t wanted,
                            uint8_t der[CERTIFY_MAX]) {
  const struct certify request = {.issuer = "root",
                                  .subject = subject,
                                  .issuer_private = parties->root_private,
                                  .public = public,
                                  .authority = authority,
                                  .length = wanted};
  return certify(&request, der);
}

static void parties_make_credential(struct parties *parties, struct parties_side *side,
                                    const char *name, uint8_t kid, enum ec_curve curve,
                                    const struct parties_options *options) {
  struct ec_public public;
  const size_t wanted =
      options->certificate_length == 0 ? PARTIES_CERTIFICATE_LENGTH : options->certificate_length;
  uint8_t der[CERTIFY_MAX];
  size_t length = 0;
  parties_must(ec_derive(&EC, curve, side->private, &public));
  if (options->credential != PARTIES_KID)
    length = parties_issue(parties, name, false, &public, wanted, der);
  if (options->credential == PARTIES_KID)
    parties_must(edhoc_credential_ccs(name, &kid, 1, &public, side->buffer, sizeof side->buffer,
                                      &side->own));
  else if (options->credential == PARTIES_X5T)
    parties_must(
        edhoc_credential_x5t(&EC, der, length, side->buffer, sizeof side->buffer, &side->own));
  else
    parties_must(
        edhoc_credential_x5chain(der, length, side->buffer, sizeof side->buffer, &side->own));
  side->known = side->own;
  side->own.private = side->private;
}

static void parties_configure(struct parties *parties, struct parties_side *side,
                              uint8_t connection, const struct parties_options *options) {
  side->config = (struct edhoc_config){
      .methods = (uint8_t)(1U << options->method),
      .suites = {.value = {options->suite}, .count = 1},
      .connection = {.length = 1, .bytes = {connection}},
      .credentials = &side->own,
      .credentials_count = 1,
      .lookup = options->credential == PARTIES_X5CHAIN ? NULL
                : side == &parties->server             ? parties_find_peer
                                                       : parties_find_server,
      .anchors = &parties->root,
      .anchors_count = 1,
      .context = parties,
      .backend = &EC_LIBCRYPTO,
  };
}

bool parties_know(const uint8_t *identity, size_t length) {
  const size_t all = strlen(PARTIES_ANONYMOUS), subject = strlen(PEERS_SUBJECT);
  return (length == all && memcmp(identity, PARTIES_ANONYMOUS, all) == 0) ||
         (length >= subject && memcmp(identity, PEERS_SUBJECT, subject) == 0);
}

/* One octet in a message for the first 48. */
static uint8_t kid_of(size_t peer) {
  return (uint8_t)(peer < 24 ? peer : peer < 48 ? peer + 8 : peer + 64);
}

static void init_root(struct parties *parties) {
  struct ec_public public;
  memset(parties->root_private, KEY_ROOT, sizeof parties->root_private);
  parties_must(ec_derive(&EC, EC_P256, parties->root_private, &public));
  parties->root.length = parties_issue(parties, "root", true, &public, 0, parties->root_der);
  parties->root.der = parties->root_der;
}

void parties_init(struct parties *parties, const struct parties_options *options) {
  const struct edhoc_suite *suite = edhoc_suite_find(options->suite);
  const bool peer_signs = options->method == 0 || options->method == 1;
  const bool server_signs = options->method == 0 || options->method == 2;
  memset(parties, 0, sizeof *parties);
  parties->peer_count = options->peers;
  init_root(parties);
  memset(parties->server.private, KEY_SERVER, EC_LENGTH);
  parties_make_credential(parties, &parties->server, "server", SERVER_KID,
                          server_signs ? suite->signature : suite->exchange, options);
  parties_configure(parties, &parties->server, SERVER_C, options);
  for (size_t i = 0; i < options->peers; i++) {
    memset(parties->peers[i].private, (int)(KEY_PEERS + i), EC_LENGTH);
    parties_make_credential(parties, &parties->peers[i], PEERS_SUBJECT, kid_of(i),
                            peer_signs ? suite->signature : suite->exchange, options);
    parties_configure(parties, &parties->peers[i], PEER_C, options);
  }
}
