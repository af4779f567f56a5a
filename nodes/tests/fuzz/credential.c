/* CRED_x and ID_CRED_x, the two parts of an input. */
#include "fuzz.h"

#include <stdlib.h>
#include <string.h>

#include "edhoc/certificate.h"
#include "edhoc/certify.h"
#include "edhoc/credential.h"
#include "edhoc/name.h"

const unsigned FUZZ_ROUNDS = 20000;

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

static void read_id_cred(const uint8_t *id_cred, size_t length) {
  static const enum edhoc_header headers[] = {EDHOC_HEADER_KID, EDHOC_HEADER_X5CHAIN,
                                              EDHOC_HEADER_X5T};
  struct edhoc_certificate chain[EDHOC_CHAIN_MAX];
  const uint8_t *kid;
  size_t kid_length, count;
  if (edhoc_id_cred_kid(id_cred, length, &kid, &kid_length))
    fuzz_claim(kid >= id_cred && kid + kid_length <= id_cred + length, "a kid is in its map");
  for (size_t i = 0; i < sizeof headers / sizeof headers[0]; i++)
    (void)edhoc_id_cred_has(id_cred, length, headers[i]);
  if (edhoc_chain_read(id_cred, length, chain, &count) != 0)
    return;
  fuzz_claim(count >= 1 && count <= EDHOC_CHAIN_MAX, "a chain has certificates");
  for (size_t i = 0; i < count; i++)
    fuzz_claim(chain[i].der + chain[i].length <= id_cred + length, "a certificate is in its chain");
}

/* Also of what has no key that we could use. */
static void read_names(const uint8_t *cred, size_t length) {
  const struct edhoc_credential credential = {.cred = cred, .cred_length = length};
  struct edhoc_name name;
  size_t count = 0;
  while (edhoc_credential_name(&credential, count, &name))
    fuzz_claim(name.length <= length && ++count <= EDHOC_NAMES_MAX, "a name is in its credential");
  fuzz_either(edhoc_credential_is_of(&credential, "server"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct fuzz_parts parts = {data, size};
  struct edhoc_credential credential;
  size_t cred_length, id_cred_length = 0;
  uint8_t *cred = fuzz_part_next(&parts, &cred_length);
  uint8_t *id_cred = fuzz_part_next(&parts, &id_cred_length);
  if (cred != NULL && id_cred != NULL) {
    read_id_cred(id_cred, id_cred_length);
    read_names(cred, cred_length);
    fuzz_accepted =
        edhoc_credential_read(&EC, cred, cred_length, id_cred, id_cred_length, &credential) == 0;
  }
  free(cred);
  free(id_cred);
  return 0;
}

static void take_credential(fuzz_take *take, const struct edhoc_credential *credential) {
  struct fuzz_input input = {.size = 0};
  fuzz_input_put_part(&input, credential->cred, credential->cred_length);
  fuzz_input_put_part(&input, credential->id_cred, credential->id_cred_length);
  take(input.data, input.size);
}

static size_t make_certificate(uint8_t der[CERTIFY_MAX]) {
  uint8_t private[EC_LENGTH];
  struct ec_public public;
  memset(private, 0x77, sizeof private);
  fuzz_claim(ec_derive(&EC, EC_P256, private, &public) == 0, "a key is derived");
  const struct certify request = {
      .issuer = "ca", .subject = "leaf", .issuer_private = private, .public = &public};
  return certify(&request, der);
}

static void take_keys(fuzz_take *take) {
  static const enum ec_curve curves[] = {EC_P256, EC_X25519, EC_ED25519};
  uint8_t private[EC_LENGTH], buffer[EDHOC_CRED_MAX];
  struct ec_public public;
  struct edhoc_credential credential;
  memset(private, 0x77, sizeof private);
  for (size_t i = 0; i < sizeof curves / sizeof curves[0]; i++) {
    fuzz_claim(ec_derive(&EC, curves[i], private, &public) == 0 &&
                   edhoc_credential_ccs("name", (const uint8_t[]){0x2b}, 1, &public, buffer,
                                        sizeof buffer, &credential) == 0,
               "a credential is made");
    take_credential(take, &credential);
  }
}

/* As many certificates as a chain may have, and one more. */
static void take_chains(fuzz_take *take, struct edhoc_credential credential) {
  static const uint8_t longest[] = {0xa1, 0x18, 0x21, 0x84, 0x41, 1, 0x41, 2, 0x41, 3, 0x41, 4};
  static const uint8_t longer[] = {0xa1, 0x18, 0x21, 0x85, 0x41, 1,    0x41,
                                   2,    0x41, 3,    0x41, 4,    0x41, 5};
  credential.id_cred = longest;
  credential.id_cred_length = sizeof longest;
  take_credential(take, &credential);
  credential.id_cred = longer;
  credential.id_cred_length = sizeof longer;
  take_credential(take, &credential);
}

void fuzz_seeds(fuzz_take *take) {
  uint8_t der[CERTIFY_MAX], buffer[EDHOC_CRED_MAX + EDHOC_ID_CRED_MAX];
  struct edhoc_credential credential;
  const size_t length = make_certificate(der);
  take_keys(take);
  fuzz_claim(edhoc_credential_x5t(&EC, der, length, buffer, sizeof buffer, &credential) == 0,
             "a credential is made");
  take_credential(take, &credential);
  fuzz_claim(edhoc_credential_x5chain(der, length, buffer, sizeof buffer, &credential) == 0,
             "a credential is made");
  take_credential(take, &credential);
  take_chains(take, credential);
}
