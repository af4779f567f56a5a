/* The keys of an IKE SA with AES-CCM, AUTH with a shared key, and the keys of a Child SA (RFC 7296
 * sections 2.14, 2.15 and 2.17, RFC 5282, RFC 4309). Results are 0, or as those of prf.h; outputs
 * are wiped on error. */
#ifndef NODES_IKEV2_KEYS_H
#define NODES_IKEV2_KEYS_H

#include "prf.h"

/* The key of a direction for AES-CCM, with the salt that begins each nonce. */
struct ikev2_ccm_key {
  uint8_t key[IKEV2_ESP_KEY_LENGTH];
  uint8_t salt[IKEV2_ESP_SALT_LENGTH];
};

/* What IKE_SA_INIT has given. */
struct ikev2_agreed {
  enum ikev2_prf prf;
  struct crypto_slice nonce_i, nonce_r; /* IKEV2_NONCE_LEAST to IKEV2_NONCE_MAX octets */
  struct crypto_slice secret;           /* g^ir; of P-256 x alone */
  const uint8_t *spi_i, *spi_r;
};

/* Secrets: who has them wipes them (crypto_wipe). SK_d, SK_pi and SK_pr have ikev2_prf_length
 * octets. */
struct ikev2_sa_keys {
  enum ikev2_prf prf;
  uint8_t d[IKEV2_PRF_MAX];
  struct ikev2_ccm_key ei, er; /* of what the initiator, the responder sends */
  uint8_t pi[IKEV2_PRF_MAX], pr[IKEV2_PRF_MAX];
};

NODE_MUST_CHECK int ikev2_keys_derive(const struct node_hooks *hooks,
                                      const struct ikev2_agreed *agreed,
                                      struct ikev2_sa_keys *keys);

/* What one end's AUTH is computed over. */
struct ikev2_signed {
  bool initiator;              /* whose AUTH it is */
  struct crypto_slice message; /* its IKE_SA_INIT message as sent last, without marker */
  struct crypto_slice nonce;   /* the other end's */
  struct crypto_slice id_body; /* of its IDi, IDr */
};

/* AUTH of ikev2_prf_length octets. */
NODE_MUST_CHECK int ikev2_auth_compute(const struct node_hooks *hooks,
                                       const struct ikev2_sa_keys *keys, struct crypto_slice psk,
                                       const struct ikev2_signed *over,
                                       uint8_t auth[IKEV2_PRF_MAX]);

/* NODE_ERR_VERIFY: another method, another length, or it is wrong (compared in constant time). */
NODE_MUST_CHECK int ikev2_auth_verify(const struct node_hooks *hooks,
                                      const struct ikev2_sa_keys *keys, struct crypto_slice psk,
                                      const struct ikev2_signed *over,
                                      const struct ikev2_auth *auth);

/* Of the child that IKE_AUTH makes: the key of what the initiator sends, then of what the responder
 * sends. */
NODE_MUST_CHECK int ikev2_child_derive(const struct node_hooks *hooks,
                                       const struct ikev2_sa_keys *keys,
                                       struct crypto_slice nonce_i, struct crypto_slice nonce_r,
                                       struct ikev2_ccm_key child[2]);

#endif
