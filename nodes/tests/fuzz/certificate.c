/* X.509 certificates: their keys, and whether they are signed by a CA. */
#include "fuzz.h"

#include <string.h>

#include "edhoc/certificate.h"
#include "edhoc/certify.h"
#include "edhoc/name.h"

const unsigned FUZZ_ROUNDS = 5000;

static const struct ec EC = {.backend = &EC_LIBCRYPTO};

static struct {
  uint8_t der[2][CERTIFY_MAX];
  struct edhoc_certificate ca, leaf;
} made;

static size_t fuzz_make_certificate(const char *subject, bool authority, uint8_t der[CERTIFY_MAX]) {
  uint8_t root[EC_LENGTH], private[EC_LENGTH];
  struct ec_public public;
  memset(root, 0x77, sizeof root);
  memset(private, authority ? 0x77 : 0x78, sizeof private);
  fuzz_claim(ec_derive(&EC, EC_P256, private, &public) == 0, "a key is derived");
  const struct certify request = {.issuer = "ca",
                                  .subject = subject,
                                  .issuer_private = root,
                                  .public = &public,
                                  .authority = authority};
  return certify(&request, der);
}

static void make_both(void) {
  if (made.ca.length > 0)
    return;
  made.ca = (struct edhoc_certificate){made.der[0], fuzz_make_certificate("ca", true, made.der[0])};
  made.leaf =
      (struct edhoc_certificate){made.der[1], fuzz_make_certificate("leaf", false, made.der[1])};
}

static int fuzz_verify(const struct edhoc_certificate *chain, size_t count,
                       const struct edhoc_certificate *anchor, enum edhoc_key_use use) {
  const struct edhoc_trust trust = {.anchors = anchor,
                                    .anchors_count = 1,
                                    .use = use,
                                    .purpose = EDHOC_FOR_SERVER,
                                    .timed = true,
                                    .time_s = 1767225600};
  const char *why;
  return edhoc_chain_verify(&EC, chain, count, &trust, &why);
}

/* Names are read of whatever is a certificate. */
static void fuzz_names(const struct edhoc_certificate *certificate) {
  struct edhoc_name name;
  size_t count = 0;
  while (edhoc_certificate_name(certificate, count, &name))
    fuzz_claim(name.length > 0 && name.length <= NODE_IDENTITY_MAX && ++count <= EDHOC_NAMES_MAX,
               "names have a length, and an end");
  fuzz_either(count > 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  struct ec_public public;
  make_both();
  const struct edhoc_certificate chain[] = {{data, size}, made.ca};
  const int key = edhoc_certificate_key(&chain[0], &public);
  const int leaf = fuzz_verify(chain, 1, &made.ca, EDHOC_USE_SIGNATURE);
  fuzz_claim(leaf != 0 || key == 0, "what is verified has a key");
  /* As a CA above, between, and as the anchor. */
  const struct edhoc_certificate above[] = {made.leaf, {data, size}};
  fuzz_either(fuzz_verify(above, 2, &made.ca, EDHOC_USE_ANY) == 0);
  fuzz_either(fuzz_verify(&made.leaf, 1, above + 1, EDHOC_USE_ANY) == 0);
  fuzz_names(&chain[0]);
  fuzz_accepted = key == 0;
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  make_both();
  take(made.ca.der, made.ca.length);
  take(made.leaf.der, made.leaf.length);
}
