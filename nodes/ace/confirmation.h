/* The key whose possession is proved: the claim and parameter cnf (8), as
 *   osc (4)       OSCORE_Input_Material (RFC 9203 section 3.2): id, ms, and where given version,
 *                 hkdf, alg, salt, contextId
 *   COSE_Key (1)  of a symmetric key (kty 4): kid, and where it is there k (RFC 9202 section 3.3.1)
 */
#ifndef NODES_ACE_CONFIRMATION_H
#define NODES_ACE_CONFIRMATION_H

#include "../cbor/reader.h"
#include "../cbor/writer.h"
#include "profile.h"

enum {
  ACE_KEY_ID_MAX = 8,     /* of the input material, or kid */
  ACE_SECRET_LENGTH = 16, /* of ms, and k */
  ACE_SALT_MAX = 16,
  ACE_CONTEXT_ID_MAX = 8,
  ACE_CONFIRMATION_MAX = 80, /* octets of either, encoded, without the key (8) */
};

struct ace_confirmation {
  enum ace_profile profile; /* of osc: OSCORE; of COSE_Key: DTLS */
  uint8_t id[ACE_KEY_ID_MAX];
  size_t id_length; /* 1 to ACE_KEY_ID_MAX */
  uint8_t secret[ACE_SECRET_LENGTH];
  bool has_secret; /* of osc always; of COSE_Key not in a token: the resource server derives it */
  uint8_t salt[ACE_SALT_MAX]; /* of osc, as the two that follow */
  size_t salt_length;         /* 0: none, or empty */
  uint8_t context_id[ACE_CONTEXT_ID_MAX];
  size_t context_id_length;
  bool has_context_id;
};

/* Reads the value of cnf: of osc version 1, hkdf HKDF-SHA-256 (5 in COSE's registry; -10 as
 * direct+HKDF-SHA-256 too) and alg AES-CCM-16-64-128 (10) are the defaults and all that is known.
 * NODE_ERR_MALFORMED; NODE_ERR_UNSUPPORTED: another confirmation method, version, hkdf, alg or kty.
 */
NODE_MUST_CHECK int ace_confirmation_read(struct cbor_reader *reader,
                                          struct ace_confirmation *confirmation);

/* Writes the value of cnf; defaults are left out. */
void ace_confirmation_write(const struct ace_confirmation *confirmation, struct span_writer *out);

#endif
