/* OSCORE (RFC 8613) a second time, on libcrypto, with the cipher suites of CoAP-EAP (numbers 0 to
 * 3): context, nonce, AAD and AEAD, for those who prove what nodes/ does. It includes nothing of
 * nodes/. */
#ifndef NODES_TESTS_SECOND_SECOND_H
#define NODES_TESTS_SECOND_SECOND_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SECOND_SUITES = 4, SECOND_KEY_MAX = 32, SECOND_NONCE_MAX = 13, SECOND_TAG_MAX = 16 };

struct second_id {
  uint8_t octets[7];
  size_t length;
};

/* Pointers are the caller's. */
struct second_context {
  unsigned suite;
  const uint8_t *secret; /* Master Secret, and Master Salt */
  size_t secret_length;
  const uint8_t *salt;
  size_t salt_length;
  struct second_id peer, authenticator; /* their Sender IDs */
  const uint8_t *id_context;            /* NULL: there is none */
  size_t id_context_length;
};

/* What the nonce comes from: the Partial IV, and who sent it. */
struct second_nonce {
  bool from_peer;
  uint8_t piv[5];
  size_t piv_length;
};

/* Octets of a suite. */
size_t second_key_length(unsigned suite);
size_t second_nonce_length(unsigned suite);
size_t second_tag_length(unsigned suite);

/* The Sender Key of peer or authenticator, and the Common IV (section 3.2.1). */
void second_key(const struct second_context *context, bool of_peer, uint8_t key[SECOND_KEY_MAX]);
void second_common_iv(const struct second_context *context, uint8_t iv[SECOND_NONCE_MAX]);

/* The Partial IV of an option's value; length 0 where it has none. */
void second_piv(const uint8_t *option, size_t length, struct second_nonce *nonce);

/* Decrypts what peer or authenticator sent into `plaintext`, which takes as many octets without the
 * tag. `request` is the Partial IV of the request (which for a request is `nonce` itself). False if
 * the tag is not that of these octets. */
bool second_open(const struct second_context *context, bool from_peer,
                 const struct second_nonce *nonce, const struct second_nonce *request,
                 const uint8_t *ciphertext, size_t length, uint8_t *plaintext);

/* The reverse: `ciphertext` takes as many octets and the tag. False: libcrypto failed. */
bool second_seal(const struct second_context *context, bool from_peer,
                 const struct second_nonce *nonce, const struct second_nonce *request,
                 const uint8_t *plaintext, size_t length, uint8_t *ciphertext);

#endif
