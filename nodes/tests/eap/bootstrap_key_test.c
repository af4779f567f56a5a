/* Keys of application bootstrapping, by their vectors. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "eap/bootstrap_key.h"
#include "erp_world.h"

static const struct bootstrap_name APS1 = {(const uint8_t *)"aps1", 4},
                                   APS2 = {(const uint8_t *)"aps2", 4},
                                   PROVIDER = {(const uint8_t *)"provider1", 9};

/* With Python: hmac.new(key, S + bytes([n]), hashlib.sha256), S = label + b"\0" + name + length;
 * from the EMSK of vectors/erp.json. */
static const char DTLS_PSK_FROM_ROOT[] = "458019fddea74eb68862894630e4b241";
static const char DTLS_PSK_FROM_ROOT_APS2[] = "c3a111a057db5c98917fe6e7d06d223c";
static const char IKE_PSK_FROM_ROOT[] =
    "f0fd7dc63528698f3886a5d418f32165d4f9cbf2eb5d6af0b93605d344333b4f";
static const char PROVIDER_ROOT[] =
    "2603a04466493fd851e7907e35e9fb7501795ead6b96fe84eafe043fd84270a0"
    "67952f3a6ad7c3d95a34b6dca04427ef01c6595b33a1f38a489d94030fe0dae6";
static const char EAP_PSK[] = "4bfb19b8bf228d1f7b63592bf655ac0d";

static void from_an_rmsk(void **state) {
  const struct hex rmsk = hex(erp_vector("rmsk_seq_0"));
  uint8_t psk[BOOTSTRAP_IKE_PSK_LENGTH];
  (void)state;
  assert_int_equal(bootstrap_psk_length(BOOTSTRAP_DTLS), BOOTSTRAP_DTLS_PSK_LENGTH);
  assert_int_equal(bootstrap_psk_from_rmsk(NULL, rmsk.octets, &APS1, BOOTSTRAP_DTLS, psk), 0);
  assert_hex_equal(psk, BOOTSTRAP_DTLS_PSK_LENGTH, erp_vector("dtls_psk"));
  assert_int_equal(bootstrap_psk_length(BOOTSTRAP_IKEV2), BOOTSTRAP_IKE_PSK_LENGTH);
  assert_int_equal(bootstrap_psk_from_rmsk(NULL, rmsk.octets, &APS1, BOOTSTRAP_IKEV2, psk), 0);
  assert_hex_equal(psk, BOOTSTRAP_IKE_PSK_LENGTH, erp_vector("ike_psk"));
}

static void from_the_root_of_an_aps(void **state) {
  const struct hex emsk = hex(erp_vector("emsk"));
  uint8_t root[EAP_KEY_LENGTH], psk[BOOTSTRAP_IKE_PSK_LENGTH];
  (void)state;
  assert_int_equal(bootstrap_aps_root(NULL, emsk.octets, &APS1, root), 0);
  assert_hex_equal(root, sizeof root, erp_vector("usrk"));
  assert_int_equal(bootstrap_psk_from_root(NULL, root, BOOTSTRAP_DTLS, psk), 0);
  assert_hex_equal(psk, BOOTSTRAP_DTLS_PSK_LENGTH, DTLS_PSK_FROM_ROOT);
  assert_int_equal(bootstrap_psk_from_root(NULL, root, BOOTSTRAP_IKEV2, psk), 0);
  assert_hex_equal(psk, BOOTSTRAP_IKE_PSK_LENGTH, IKE_PSK_FROM_ROOT);
  assert_int_equal(bootstrap_aps_root(NULL, emsk.octets, &APS2, root), 0);
  assert_int_equal(bootstrap_psk_from_root(NULL, root, BOOTSTRAP_DTLS, psk), 0);
  assert_hex_equal(psk, BOOTSTRAP_DTLS_PSK_LENGTH, DTLS_PSK_FROM_ROOT_APS2);
}

static void credential_for_a_provider(void **state) {
  const struct hex emsk = hex(erp_vector("emsk"));
  uint8_t root[EAP_KEY_LENGTH], psk[BOOTSTRAP_EAP_PSK_LENGTH];
  (void)state;
  assert_int_equal(bootstrap_provider_root(NULL, emsk.octets, &PROVIDER, root), 0);
  assert_hex_equal(root, sizeof root, PROVIDER_ROOT);
  assert_int_equal(bootstrap_eap_psk(NULL, root, psk), 0);
  assert_hex_equal(psk, sizeof psk, EAP_PSK);
}

static void names_out_of_range(void **state) {
  static const uint8_t octets[BOOTSTRAP_NAME_MAX + 1];
  const uint8_t key[EAP_KEY_LENGTH] = {0};
  struct bootstrap_name name = {octets, BOOTSTRAP_NAME_MAX};
  uint8_t out[EAP_KEY_LENGTH];
  (void)state;
  assert_int_equal(bootstrap_aps_root(NULL, key, &name, out), 0);
  for (size_t i = 0; i < 2; i++) {
    name.length = i == 0 ? BOOTSTRAP_NAME_MAX + 1 : 0;
    assert_int_equal(bootstrap_aps_root(NULL, key, &name, out), NODE_ERR_TOO_LONG);
    assert_int_equal(bootstrap_provider_root(NULL, key, &name, out), NODE_ERR_TOO_LONG);
    assert_int_equal(bootstrap_psk_from_rmsk(NULL, key, &name, BOOTSTRAP_DTLS, out),
                     NODE_ERR_TOO_LONG);
  }
}

static void identities(void **state) {
  static const char *const wrong[] = {"7C2cda67750fe534", "7c2cda67750fe53",   "7c2cda67750fe5345",
                                      "7c2cda67750fe53g", "7c2cda67750fe53\n", "",
                                      "@c2cda67750fe534"};
  const struct hex name = hex(erp_vector("emsk_name"));
  uint8_t identity[BOOTSTRAP_IDENTITY_LENGTH], read[EMSK_NAME_LENGTH];
  (void)state;
  bootstrap_identity_write(name.octets, identity);
  assert_memory_equal(identity, "7c2cda67750fe534", sizeof identity);
  assert_true(bootstrap_identity_read(identity, sizeof identity, read));
  assert_memory_equal(read, name.octets, sizeof read);
  for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
    assert_false(bootstrap_identity_read((const uint8_t *)wrong[i], strlen(wrong[i]), read));
}

int main(void) {
  const struct CMUnitTest tests[] = {
      cmocka_unit_test(from_an_rmsk),
      cmocka_unit_test(from_the_root_of_an_aps),
      cmocka_unit_test(credential_for_a_provider),
      cmocka_unit_test(names_out_of_range),
      cmocka_unit_test(identities),
  };
  return cmocka_run_group_tests(tests, NULL, NULL);
}
