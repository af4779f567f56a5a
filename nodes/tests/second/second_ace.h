/* Tokens of ACE and the keys of its profiles (RFC 8392, 9052, 9202, 9203), a second time, on
 * libcrypto, for those who prove what nodes/ does. It includes nothing of nodes/. */
#ifndef NODES_TESTS_SECOND_SECOND_ACE_H
#define NODES_TESTS_SECOND_SECOND_ACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECOND_ACE_TAG = 8, SECOND_ACE_NONCE = 13, SECOND_ACE_MAX = 512 };

/* What a token says. Pointers are the caller's; strings are below 256 octets. */
struct second_ace_claims {
  const void *audience; /* NULL: none */
  size_t audience_length;
  uint32_t expires;
  const uint8_t *scope;
  size_t scope_length;
  bool is_osc;       /* cnf is osc, else COSE_Key */
  const uint8_t *id; /* its id, or kid */
  size_t id_length;
  const uint8_t *secret; /* 16 octets; NULL: none */
  const uint8_t *salt;   /* NULL: none, as the next */
  size_t salt_length;
  const uint8_t *context_id;
  size_t context_id_length;
};

/* The claims as CBOR, for which SECOND_ACE_MAX octets are enough. Returns their length. */
size_t second_ace_encode(const struct second_ace_claims *claims, uint8_t *out);

/* The ciphertext of a COSE_Encrypt0 with this protected header: `length` octets and the tag, or the
 * reverse. False: it does not verify. */
bool second_ace_encrypt(const uint8_t key[16], const uint8_t nonce[SECOND_ACE_NONCE],
                        const uint8_t *protected, size_t protected_length, const uint8_t *text,
                        size_t length, uint8_t *sealed);
bool second_ace_decrypt(const uint8_t key[16], const uint8_t nonce[SECOND_ACE_NONCE],
                        const uint8_t *protected, size_t protected_length, const uint8_t *sealed,
                        size_t length, uint8_t *text);

/* A whole token of claims as CBOR, tagged, with AES-CCM-16-64-128 and a kid of one octet; and its
 * claims. Lengths, or -1. */
int second_ace_seal(const uint8_t key[16], uint8_t kid, const uint8_t nonce[SECOND_ACE_NONCE],
                    const uint8_t *claims, size_t length, uint8_t *token);
int second_ace_open(const uint8_t key[16], const uint8_t *token, size_t length, uint8_t *claims);

/* HKDF-Expand(HKDF-Extract(no salt, MSK), "IETF_ACE_TOKEN", 17). */
bool second_ace_sealing_key(const uint8_t msk[64], uint8_t key_and_kid[17]);

/* RFC 9202 section 3.3.1. */
bool second_ace_psk(const uint8_t key[16], const uint8_t *token, size_t length, uint8_t psk[16]);

/* RFC 9203 section 4.3: `count` byte strings, one behind the other. Returns the length. */
size_t second_ace_master_salt(const uint8_t *const *strings, const size_t *lengths, size_t count,
                              uint8_t *out);

#endif
