/* Access tokens: CWT (RFC 8392) in COSE_Encrypt0 (RFC 9052 section 5.2) with AES-CCM-16-64-128, by
 * a key that the authorization server shares with the resource server. Tagged (16). The unprotected
 * header has the key's kid (4) and the IV (5), the protected one alg (1). */
#ifndef NODES_ACE_TOKEN_H
#define NODES_ACE_TOKEN_H

#include "../eap/method.h"
#include "confirmation.h"
#include "scope.h"

enum {
  ACE_AUDIENCE_MAX = 32,
  ACE_TOKEN_MAX = 256, /* octets of a token that is made or taken */
  ACE_SEALING_KEY_LENGTH = 16,
  ACE_SEALING_NONCE_LENGTH = 13,
};

/* A key that tokens for one resource server are sealed with. */
struct ace_sealing_key {
  uint8_t octets[ACE_SEALING_KEY_LENGTH];
  uint8_t kid; /* one octet on the wire */
};

/* Of the MSK of the resource server's own authentication, at it and at the authorization server,
 * its authenticator: HKDF-Expand(RK, "IETF_ACE_TOKEN", 17), RK as in the draft's section 4.1; kid
 * is the last octet. The label is ours. NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int ace_sealing_key_derive(const uint8_t msk[EAP_KEY_LENGTH],
                                           const struct node_hooks *hooks,
                                           struct ace_sealing_key *key);

struct ace_claims {
  uint8_t audience[ACE_AUDIENCE_MAX]; /* aud (3), text */
  size_t audience_length;             /* 0: the token has none */
  uint64_t expires_s; /* exp (4): NumericDate below 2^32; what is later is read as the last */
  uint8_t scope[ACE_SCOPE_OCTETS_MAX]; /* scope (9), a byte string */
  size_t scope_length;
  struct ace_confirmation confirmation;
};

/* Seals a token; `nonce` never comes twice with a key. Returns its length, or NODE_ERR_CRYPTO,
 * NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int ace_token_seal(const struct ace_claims *claims,
                                   const struct ace_sealing_key *key,
                                   const uint8_t nonce[ACE_SEALING_NONCE_LENGTH],
                                   const struct node_hooks *hooks, uint8_t token[ACE_TOKEN_MAX]);

/* The kid that a token names. NODE_ERR_MALFORMED: it is no COSE_Encrypt0 of this shape. */
NODE_MUST_CHECK int ace_token_kid(const uint8_t *token, size_t length, uint8_t *kid);

/* Opens a token, tagged or not. NODE_ERR_MALFORMED (also: a claim twice, exp, scope or cnf
 * missing), NODE_ERR_UNSUPPORTED (another alg; ace_confirmation_read), NODE_ERR_UNKNOWN (another
 * kid), NODE_ERR_VERIFY, NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO. Claims that are not known are passed
 * over (RFC 8392 section 3). */
NODE_MUST_CHECK int ace_token_open(const uint8_t *token, size_t length,
                                   const struct ace_sealing_key *key,
                                   const struct node_hooks *hooks, struct ace_claims *claims);

/* The PSK of coap_dtls that client and resource server share: HKDF-SHA-256 without salt of the
 * sealing key, info ["ACE-CoAP-DTLS-key-derivation", 16, token] (RFC 9202 section 3.3.1).
 * NODE_ERR_CRYPTO; NODE_ERR_TOO_LONG: longer than ACE_TOKEN_MAX. */
NODE_MUST_CHECK int ace_psk_derive(const struct ace_sealing_key *key, const uint8_t *token,
                                   size_t length, const struct node_hooks *hooks,
                                   uint8_t psk[ACE_SECRET_LENGTH]);

#endif
