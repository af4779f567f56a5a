/* Identities: each peer has its own, however short, and those that were distinct stay as they were.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "cast/identities.h"
#include "edhoc/edhoc.h"
#include "spec/refusal.h"

/* Of so many peers each is compared with each; of more, the server finds the right one. */
enum { PAIRS_MAX = 1000 };

static const struct eap_credential *credential_of(const struct identities *identities,
                                                  size_t peer) {
  return &identities_peer(identities, peer)->methods[0].credential;
}

/* The server knows each peer by its identity, with the ID_P that only that one has. */
static void assert_distinct(const struct spec *spec) {
  struct identities *identities = identities_create(spec);
  const struct eap_server_config *server = identities_server(identities);
  for (size_t i = 0; i < (size_t)spec->peers; i++) {
    const struct eap_peer_config *peer = identities_peer(identities, i);
    const struct eap_credential *own = credential_of(identities, i);
    const struct eap_user *user =
        server->lookup(server->context, peer->identity, peer->identity_length);
    assert_non_null(user);
    assert_ptr_equal(user->methods[0].credential.remote_id, own->local_id);
    for (size_t j = i < PAIRS_MAX ? 0 : i; j < i; j++) {
      assert_memory_not_equal(peer->identity, identities_peer(identities, j)->identity,
                              peer->identity_length);
      assert_memory_not_equal(own->local_id, credential_of(identities, j)->local_id,
                              own->local_id_length);
    }
  }
  identities_destroy(identities);
}

static void test_distinct(void **state) {
  (void)state;
  static const struct {
    int bytes, peers;
  } cases[] = {{1, 11},  {1, SPEC_PEERS_OF_ONE_OCTET},
               {2, 500}, {2, SPEC_PEERS_OF_TWO_OCTETS},
               {3, 500}, {3, 10000},
               {4, 500}, {253, 500}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    spec_init(&spec);
    spec.identity_bytes = spec.peer_id_bytes = cases[i].bytes;
    spec.peers = cases[i].peers;
    assert_null(spec_refusal(&spec));
    assert_distinct(&spec);
  }
}

/* One more peer, and two have one name: that is why it is refused. */
static void test_limit(void **state) {
  (void)state;
  static const int64_t limits[] = {SPEC_PEERS_OF_ONE_OCTET, SPEC_PEERS_OF_TWO_OCTETS};
  for (int64_t bytes = 1; bytes <= 2; bytes++) {
    struct spec spec;
    spec_init(&spec);
    spec.identity_bytes = bytes;
    spec.peers = limits[bytes - 1] + 1;
    struct identities *identities = identities_create(&spec);
    const uint8_t *last = identities_peer(identities, (size_t)spec.peers - 1)->identity;
    bool same = false;
    for (size_t i = 0; i < (size_t)spec.peers - 1; i++)
      same = same || memcmp(identities_peer(identities, i)->identity, last, (size_t)bytes) == 0;
    assert_true(same);
    identities_destroy(identities);
  }
}

/* The server finds the peer by its credential's name, and its credential by reference. */
static void assert_known(const struct eap_server_config *server,
                         const struct edhoc_credential *own) {
  struct edhoc_name name;
  assert_true(edhoc_credential_name(own, 0, &name));
  const struct eap_user *user = server->lookup(server->context, name.octets, name.length);
  assert_non_null(user);
  const struct edhoc_config *edhoc = user->methods[0].credential.edhoc;
  if (edhoc->lookup == NULL)
    return;
  const struct edhoc_credential *known =
      edhoc->lookup(edhoc->context, own->id_cred, own->id_cred_length);
  assert_non_null(known);
  assert_memory_equal(&known->public, &own->public, sizeof own->public);
}

/* Whatever the number of peers, each has one of its own, of the size that is asked for. */
static void test_many_credentials(void **state) {
  (void)state;
  static const int credentials[] = {SPEC_CREDENTIAL_KID, SPEC_CREDENTIAL_X5T,
                                    SPEC_CREDENTIAL_X5CHAIN};
  for (size_t i = 0; i < sizeof credentials / sizeof credentials[0]; i++) {
    struct spec spec;
    spec_init(&spec);
    spec.method = SPEC_METHOD_EAP_EDHOC;
    spec.credential = credentials[i];
    spec.certificate_bytes = 280;
    spec.peers = 1100;
    struct identities *identities = identities_create(&spec);
    for (size_t peer = 0; peer < (size_t)spec.peers; peer++)
      assert_known(identities_server(identities),
                   credential_of(identities, peer)->edhoc->credentials);
    identities_destroy(identities);
  }
}

/* One user stands for all that have one anonymous name, so that each is called as its credential
 * is, whichever the server has begun with. */
static void test_credentials_of_one_user(void **state) {
  (void)state;
  struct spec spec;
  spec_init(&spec);
  spec.method = SPEC_METHOD_EAP_EDHOC;
  spec.ace_profile = SPEC_ACE_PROFILE_OSCORE;
  spec.peers = 4;
  struct identities *identities = identities_create(&spec);
  const struct eap_server_config *server = identities_server(identities);
  for (size_t peer = 0; peer < (size_t)spec.peers; peer++) {
    const struct eap_peer_config *config = identities_peer(identities, peer);
    const struct identities_name proved = identities_proved(identities, peer);
    const struct eap_user *user =
        server->lookup(server->context, config->identity, config->identity_length);
    assert_non_null(user);
    assert_true(user->many);
    assert_ptr_equal(server->lookup(server->context, proved.octets, proved.length), user);
  }
  identities_destroy(identities);
}

static void test_names(void **state) {
  (void)state;
  static const struct {
    int bytes;
    size_t peer;
    const char *name;
  } cases[] = {
      {1, 0, "t"},    {1, 9, "9"},    {1, 10, "0"},    {1, 11, "A"},    {1, 36, "Z"},
      {2, 0, "tf"},   {2, 1, "t1"},   {2, 99, "99"},   {2, 100, "00"},  {2, 109, "09"},
      {2, 110, "AA"}, {2, 499, "OZ"}, {3, 110, "110"}, {3, 499, "499"}, {13, 7, "tfg-user-tes7"}};
  for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
    struct spec spec;
    spec_init(&spec);
    spec.identity_bytes = cases[i].bytes;
    spec.peers = 500;
    struct identities *identities = identities_create(&spec);
    assert_memory_equal(identities_peer(identities, cases[i].peer)->identity, cases[i].name,
                        strlen(cases[i].name));
    identities_destroy(identities);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(test_distinct),
      cmocka_unit_test(test_limit),
      cmocka_unit_test(test_many_credentials),
      cmocka_unit_test(test_credentials_of_one_user),
      cmocka_unit_test(test_names),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
