/* Keys in an Access-Accept: MS-MPPE-Recv-Key and MS-MPPE-Send-Key (RFC 2548 section 2.4), which
 * carry an MSK's first and second 32 octets. */
#ifndef NODES_RADIUS_MPPE_H
#define NODES_RADIUS_MPPE_H

#include "packet.h"

enum { RADIUS_MSK_LENGTH = 64 };

/* Adds both keys, encrypted with the secret, the request's authenticator and salts of their own.
 * NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int radius_mppe_add(struct span_writer *out, const uint8_t msk[RADIUS_MSK_LENGTH],
                                    const uint8_t request_authenticator[16],
                                    const struct radius_secret *secret,
                                    const struct node_hooks *hooks);

/* Decrypts both keys of a verified packet. NODE_ERR_UNKNOWN: one of them is not there;
 * NODE_ERR_MALFORMED: one is there twice, has a length that cannot be, or is not of 32 octets;
 * NODE_ERR_CRYPTO. `msk` is wiped on error. */
NODE_MUST_CHECK int radius_mppe_find(const struct radius_packet *packet,
                                     const uint8_t request_authenticator[16],
                                     const struct radius_secret *secret,
                                     uint8_t msk[RADIUS_MSK_LENGTH]);

/* What the two ends of a hop share of a request and its answer. */
struct radius_hop {
  const struct radius_secret *secret;
  const uint8_t *request_authenticator; /* 16 octets */
};

/* Makes the keys in the value of one Vendor-Specific attribute, encrypted for the hop `from`, such
 * for the hop `to`, in place; a key of any length that fits, under the salt that it has. Leaves
 * other values alone. NODE_ERR_MALFORMED: Microsoft's attribute is not what its lengths say, or a
 * key's octets are no whole blocks; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int radius_mppe_forward(uint8_t *value, size_t length,
                                        const struct radius_hop *from, const struct radius_hop *to);

#endif
