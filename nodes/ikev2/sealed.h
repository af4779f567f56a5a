/* Encrypted payloads (RFC 7296 section 3.14) by AES-CCM with tags of 8 octets (RFC 5282): generic
 * header, IV 8, ciphertext of the chain inside and of the pad length (0), tag. The nonce is the
 * key's salt and the IV; what is before the IV is associated data, from the IKE header on. */
#ifndef NODES_IKEV2_SEALED_H
#define NODES_IKEV2_SEALED_H

#include "compose.h"
#include "keys.h"

enum {
  IKEV2_IV_LENGTH = 8,
  IKEV2_ICV_LENGTH = 8,
  /* Of a message with no payload inside: what it is longer than its chain. */
  IKEV2_SEALED_OVERHEAD =
      IKEV2_HEADER_LENGTH + IKEV2_PAYLOAD_HEADER_LENGTH + IKEV2_IV_LENGTH + 1 + IKEV2_ICV_LENGTH,
};

/* A key to seal with: the IV is a counter that never comes again for it. A repetition of a message
 * is its octets, sent again: it is not sealed a second time. */
struct ikev2_sealer {
  struct ikev2_ccm_key key;
  uint64_t sealed; /* messages so far */
};

/* Writes a whole message behind what is in `out` already (nothing, or the marker): the header, as
 * ikev2_compose_message does, and an Encrypted payload with the chain of `inner`, whose octets and
 * spans its writer has (spans may be NULL where those of `out` are). The rows of the inner octets
 * stay. NODE_ERR_TOO_LONG, NODE_ERR_CRYPTO, NODE_ERR_EXHAUSTED: no IV is left; then `out` is of no
 * use. */
NODE_MUST_CHECK int ikev2_seal(const struct node_hooks *hooks, struct ikev2_sealer *sealer,
                               const struct ikev2_header *header,
                               const struct ikev2_composer *inner, struct span_writer *out);

/* Opens the Encrypted payload of a message that ikev2_message_parse has read. `plain` has room for
 * the message's length; `chain` points into it.
 *   0                   the chain inside is well formed
 *   NODE_ERR_UNKNOWN    there is no Encrypted payload, or one too short to be one
 *   NODE_ERR_VERIFY     the tag is wrong: the octets are anybody's; `plain` is wiped
 *   NODE_ERR_MALFORMED  what is inside is malformed, as `fault` says: it is the other end's
 *   NODE_ERR_CRYPTO
 * Payloads beside the Encrypted one are covered by the tag, but are not in `chain`. */
NODE_MUST_CHECK int ikev2_open(const struct node_hooks *hooks, const struct ikev2_ccm_key *key,
                               const struct ikev2_message *message, uint8_t *plain, size_t capacity,
                               struct ikev2_chain *chain, struct ikev2_fault *fault);

#endif
