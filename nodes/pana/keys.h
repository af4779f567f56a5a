/* The security association of PANA (RFC 5191 sections 5.3 and 5.4): PANA_AUTH_KEY from the MSK, and
 * the MAC in AUTH. */
#ifndef NODES_PANA_KEYS_H
#define NODES_PANA_KEYS_H

#include "message.h"

#include "../crypto/crypto.h"
#include "../eap/method.h"

enum {
  PANA_KEY_MAX = 32,
  PANA_MAC_MAX = 20,
  PANA_ALGORITHMS_MAX = 3, /* of a kind */
};

/* Whether there is an algorithm of this number; and the octets that a nonce has at least, which are
 * half the PRF's key (section 8.5). */
bool pana_prf_is_known(uint32_t prf);
bool pana_integrity_is_known(uint32_t integrity);
size_t pana_prf_nonce_min(uint32_t prf);

/* PANA_AUTH_KEY, and what it is used with. Zeroed memory is none. */
struct pana_key {
  uint32_t integrity; /* 0: there is none */
  uint32_t id;        /* Key-Id */
  uint8_t octets[PANA_KEY_MAX];
};

size_t pana_key_length(const struct pana_key *key);
size_t pana_mac_length(const struct pana_key *key);

/* What a key is derived from. */
struct pana_key_input {
  uint32_t prf, integrity, key_id;
  const uint8_t *msk; /* EAP_KEY_LENGTH octets */
  struct crypto_slice i_par, i_pan, pac_nonce, paa_nonce;
};
NODE_MUST_CHECK int pana_key_derive(const struct pana_key_input *input,
                                    const struct node_hooks *hooks, struct pana_key *key);

/* Puts the MAC into a message that is whole, and ends with AUTH. */
NODE_MUST_CHECK int pana_auth_make(const struct pana_key *key, const struct node_hooks *hooks,
                                   struct span_writer *message);

/* NULL, or static text: AUTH is not there, has another length, or does not verify. */
NODE_MUST_CHECK const char *pana_auth_verify(const struct pana_key *key,
                                             const struct node_hooks *hooks,
                                             const struct pana_message *message);

#endif
