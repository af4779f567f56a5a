/* SKEYSEED, SK_*, AUTH, KEYMAT. */
#include "keys.h"

#include <string.h>

enum { CCM_KEY_LENGTH = IKEV2_ESP_KEY_LENGTH + IKEV2_ESP_SALT_LENGTH };
enum { CMAC_NONCE_LENGTH = 8 }; /* of each nonce, in the key of SKEYSEED (section 2.14) */

static const struct crypto_slice KEY_PAD = {(const uint8_t *)"Key Pad for IKEv2", 17};

/* Takes the next octets of key material. */
static void take(const uint8_t **from, uint8_t *to, size_t length) {
  memcpy(to, *from, length);
  *from += length;
}

static void take_ccm_key(const uint8_t **from, struct ikev2_ccm_key *key) {
  take(from, key->key, sizeof key->key);
  take(from, key->salt, sizeof key->salt);
}

/* Of what follows in the key of SKEYSEED: all of a nonce, or what AES-CMAC takes of it. */
static size_t seed_key_part(enum ikev2_prf prf, size_t nonce_length) {
  return prf == IKEV2_PRF_AES128_CMAC ? CMAC_NONCE_LENGTH : nonce_length;
}

/* SKEYSEED = prf(Ni | Nr, g^ir) */
static int compute_seed(const struct node_hooks *hooks, const struct ikev2_agreed *agreed,
                        uint8_t seed[IKEV2_PRF_MAX]) {
  uint8_t key[2 * IKEV2_NONCE_MAX];
  struct span_writer out;
  span_writer_init(&out, key, sizeof key, NULL);
  span_writer_put(&out, ROW_COUNT, agreed->nonce_i.data,
                  seed_key_part(agreed->prf, agreed->nonce_i.length));
  span_writer_put(&out, ROW_COUNT, agreed->nonce_r.data,
                  seed_key_part(agreed->prf, agreed->nonce_r.length));
  if (out.overflow)
    return NODE_ERR_TOO_LONG;
  return ikev2_prf(hooks, agreed->prf, (struct crypto_slice){key, out.length}, &agreed->secret, 1,
                   seed);
}

/* {SK_d | SK_ei | SK_er | SK_pi | SK_pr}: SK_ai and SK_ar are empty. */
static void split_keys(const uint8_t *material, struct ikev2_sa_keys *keys) {
  const size_t length = ikev2_prf_length(keys->prf);
  take(&material, keys->d, length);
  take_ccm_key(&material, &keys->ei);
  take_ccm_key(&material, &keys->er);
  take(&material, keys->pi, length);
  take(&material, keys->pr, length);
}

int ikev2_keys_derive(const struct node_hooks *hooks, const struct ikev2_agreed *agreed,
                      struct ikev2_sa_keys *keys) {
  const size_t length = ikev2_prf_length(agreed->prf);
  const struct crypto_slice seed[] = {agreed->nonce_i,
                                      agreed->nonce_r,
                                      {agreed->spi_i, IKEV2_SPI_LENGTH},
                                      {agreed->spi_r, IKEV2_SPI_LENGTH}};
  uint8_t skeyseed[IKEV2_PRF_MAX] = {0}, material[3 * IKEV2_PRF_MAX + 2 * CCM_KEY_LENGTH];
  *keys = (struct ikev2_sa_keys){.prf = agreed->prf};
  int error = compute_seed(hooks, agreed, skeyseed); /* 2.14 */
  if (error == 0)
    error = ikev2_prf_plus(hooks, agreed->prf, (struct crypto_slice){skeyseed, length}, seed, 4,
                           material, 3 * length + 2 * CCM_KEY_LENGTH); /* 2.14, prf+ */
  if (error == 0)
    split_keys(material, keys);
  crypto_wipe(skeyseed, sizeof skeyseed);
  crypto_wipe(material, sizeof material);
  return error;
}

int ikev2_auth_compute(const struct node_hooks *hooks, const struct ikev2_sa_keys *keys,
                       struct crypto_slice psk, const struct ikev2_signed *over,
                       uint8_t auth[IKEV2_PRF_MAX]) {
  const size_t length = ikev2_prf_length(keys->prf);
  const struct crypto_slice sk_p = {over->initiator ? keys->pi : keys->pr, length};
  uint8_t padded[IKEV2_PRF_MAX], id_mac[IKEV2_PRF_MAX];
  /* 2.15: message | nonce of the other end | prf(SK_p, ID body) */
  const struct crypto_slice octets[] = {over->message, over->nonce, {id_mac, length}};
  int error = ikev2_prf(hooks, keys->prf, sk_p, &over->id_body, 1, id_mac);
  if (error == 0)
    error = ikev2_prf(hooks, keys->prf, psk, &KEY_PAD, 1, padded); /* 2.15, prf(PSK, pad) */
  if (error == 0)
    error = ikev2_prf(hooks, keys->prf, (struct crypto_slice){padded, length}, octets, 3, auth);
  crypto_wipe(padded, sizeof padded);
  crypto_wipe(id_mac, sizeof id_mac);
  if (error < 0)
    crypto_wipe(auth, length);
  return error;
}

int ikev2_auth_verify(const struct node_hooks *hooks, const struct ikev2_sa_keys *keys,
                      struct crypto_slice psk, const struct ikev2_signed *over,
                      const struct ikev2_auth *auth) {
  const size_t length = ikev2_prf_length(keys->prf);
  uint8_t own[IKEV2_PRF_MAX];
  if (auth->method != IKEV2_AUTH_SHARED_KEY || auth->length != length)
    return NODE_ERR_VERIFY;
  int error = ikev2_auth_compute(hooks, keys, psk, over, own);
  if (error == 0 && !crypto_equal(own, auth->octets, length))
    error = NODE_ERR_VERIFY;
  crypto_wipe(own, sizeof own);
  return error;
}

int ikev2_child_derive(const struct node_hooks *hooks, const struct ikev2_sa_keys *keys,
                       struct crypto_slice nonce_i, struct crypto_slice nonce_r,
                       struct ikev2_ccm_key child[2]) {
  const struct crypto_slice seed[] = {nonce_i, nonce_r};
  uint8_t material[2 * CCM_KEY_LENGTH];
  const uint8_t *at = material;
  const int error =
      ikev2_prf_plus(hooks, keys->prf, (struct crypto_slice){keys->d, ikev2_prf_length(keys->prf)},
                     seed, 2, material, sizeof material); /* 2.17, KEYMAT = prf+(SK_d, Ni | Nr) */
  if (error == 0) {
    take_ccm_key(&at, &child[0]);
    take_ccm_key(&at, &child[1]);
  } else
    crypto_wipe(child, 2 * sizeof child[0]);
  crypto_wipe(material, sizeof material);
  return error;
}
