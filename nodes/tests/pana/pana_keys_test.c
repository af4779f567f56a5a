/* PANA_AUTH_KEY and AUTH, computed again from the octets of the messages by OpenSSL alone. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/params.h>

#include "pana_world.h"

static struct pipe pipe_;

struct bytes {
  uint8_t octets[4096];
  size_t length;
};

static void add(struct bytes *bytes, const void *octets, size_t length) {
  memcpy(bytes->octets + bytes->length, octets, length);
  bytes->length += length;
}

static size_t mac(const char *name, const char *parameter, char *algorithm, const uint8_t *key,
                  size_t key_length, const struct bytes *data, uint8_t *out) {
  OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string(parameter, algorithm, 0),
                             OSSL_PARAM_construct_end()};
  EVP_MAC *fetched = EVP_MAC_fetch(NULL, name, NULL);
  EVP_MAC_CTX *context = EVP_MAC_CTX_new(fetched);
  size_t length = 0;
  assert_int_equal(EVP_MAC_init(context, key, key_length, parameters), 1);
  assert_int_equal(EVP_MAC_update(context, data->octets, data->length), 1);
  assert_int_equal(EVP_MAC_final(context, out, &length, 64), 1);
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(fetched);
  return length;
}

static size_t cmac(const uint8_t *key, const struct bytes *data, uint8_t *out) {
  char algorithm[] = "AES-128-CBC";
  return mac("CMAC", OSSL_MAC_PARAM_CIPHER, algorithm, key, 16, data, out);
}

static size_t hmac(char *hash, const uint8_t *key, size_t length, const struct bytes *data,
                   uint8_t *out) {
  return mac("HMAC", OSSL_MAC_PARAM_DIGEST, hash, key, length, data, out);
}

/* By a number of IKEv2, of either kind: those of HMAC differ. */
static size_t prf(unsigned number, const uint8_t *key, size_t length, const struct bytes *data,
                  uint8_t *out) {
  static const uint8_t zero[16] = {0};
  char sha256[] = "SHA256", sha1[] = "SHA1";
  struct bytes key_bytes = {.length = 0};
  uint8_t made[64];
  if (number == 5 || number == 12)
    return hmac(sha256, key, length, data, out);
  if (number == 2 || number == 7)
    return hmac(sha1, key, length, data, out);
  memcpy(made, key, 16);
  add(&key_bytes, key, length);
  if (length != 16) /* RFC 4615 */
    cmac(zero, &key_bytes, made);
  return cmac(made, data, out);
}

static const struct pana_avp *avp_of(size_t number, enum pana_code code) {
  static struct pana_message message;
  message = pana_flown(&pipe_, number);
  const struct pana_avp *avp = pana_find(&message, code);
  assert_non_null(avp);
  return avp;
}

static void add_avp(struct bytes *bytes, const char *label, enum pana_code code) {
  const struct pana_avp *avp = avp_of(pipe_find(&pipe_, label), code);
  add(bytes, avp->value, avp->length);
}

static void add_message(struct bytes *bytes, const char *label) {
  const struct pipe_datagram *datagram = &pipe_.flight[pipe_find(&pipe_, label)];
  add(bytes, datagram->data, datagram->length);
}

/* The last of each kind: after a re-authentication those of that, but for the start. */
static void derive(unsigned number, size_t length, const uint8_t *msk, uint8_t *key) {
  struct bytes seed = {.length = 0}, data = {.length = 0};
  uint8_t block[64];
  size_t block_length = 0, made = 0;
  add(&seed, "IETF PANA", 9);
  add_message(&seed, "PANA PAR start");
  add_message(&seed, "PANA PAN start");
  add_avp(&seed, "EAP-Response/Identity", PANA_AVP_NONCE);
  add_avp(&seed, "EAP-Request/Identity", PANA_AVP_NONCE);
  add_avp(&seed, "EAP-Success", PANA_AVP_KEY_ID);
  for (uint8_t round = 1; made < length; round++) {
    data.length = 0;
    add(&data, block, block_length);
    add(&data, seed.octets, seed.length);
    add(&data, &round, 1);
    block_length = prf(number, msk, EAP_KEY_LENGTH, &data, block);
    for (size_t i = 0; i < block_length && made < length; i++)
      key[made++] = block[i];
  }
}

static void check_auth(size_t number, unsigned integrity, const uint8_t *key, size_t key_length,
                       size_t mac_length) {
  struct bytes message = {.length = 0};
  uint8_t computed[64], sent[64];
  const struct pipe_datagram *datagram = &pipe_.flight[number];
  assert_int_equal(avp_of(number, PANA_AVP_AUTH)->length, mac_length);
  add(&message, datagram->data, datagram->length);
  memcpy(sent, message.octets + message.length - mac_length, mac_length);
  memset(message.octets + message.length - mac_length, 0, mac_length);
  prf(integrity, key, key_length, &message, computed);
  assert_memory_equal(computed, sent, mac_length);
}

static void computed_again(void **state) {
  (void)state;
  static const struct {
    const char *prf_text, *integrity_text;
    unsigned prf, integrity;
    size_t key, mac;
  } all[] = {{"5", "12", 5, 12, 32, 16},
             {"2", "7", 2, 7, 20, 20},
             {"8", "8", 8, 8, 16, 12},
             {"8", "12", 8, 12, 32, 16},
             {"2", "12", 2, 12, 32, 16}};
  for (size_t i = 0; i < sizeof all / sizeof all[0]; i++) {
    struct pipe_config config = pana_published();
    uint8_t key[64], before[64];
    pipe_set(&config, "pana_prf", all[i].prf_text);
    pipe_set(&config, "pana_integrity", all[i].integrity_text);
    pipe_set(&config, "pana_nonce_bytes", "16");
    config.radius = true; /* the AAA server tells the MSK */
    pipe_init(&pipe_, &config);
    assert_true(pipe_run(&pipe_));
    assert_true(pipe_established(&pipe_, 0));
    derive(all[i].prf, all[i].key, pipe_.aaa.secret, key);
    assert_int_equal(pipe_.peer[0].secret_length, all[i].key);
    assert_memory_equal(key, pipe_.peer[0].secret, all[i].key);
    check_auth(pipe_find(&pipe_, "EAP-Success"), all[i].integrity, key, all[i].key, all[i].mac);
    check_auth(pipe_find(&pipe_, "PANA PAN last"), all[i].integrity, key, all[i].key, all[i].mac);

    memcpy(before, key, sizeof before); /* re-authentication: the old key up to its last PAR */
    pipe_trigger(&pipe_, 0);
    assert_true(pipe_run(&pipe_));
    derive(all[i].prf, all[i].key, pipe_.aaa.secret, key);
    assert_memory_equal(key, pipe_.authenticator[0].secret, all[i].key);
    assert_memory_not_equal(key, before, all[i].key);
    check_auth(pipe_find(&pipe_, "EAP-PSK 4"), all[i].integrity, before, all[i].key, all[i].mac);
    check_auth(pipe_find(&pipe_, "EAP-Success"), all[i].integrity, key, all[i].key, all[i].mac);
    pipe_deinit(&pipe_);
  }
}

int main(void) {
  const struct CMUnitTest tests[] = {cmocka_unit_test(computed_again)};
  return cmocka_run_group_tests(tests, NULL, NULL);
}
