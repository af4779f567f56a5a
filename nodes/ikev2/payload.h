/* What is in the payloads of IKEv2 (RFC 7296 sections 3.3 to 3.13), and all numbers of them. SA
 * payloads: sa.h.
 *
 * `ikev2_payload_check` says whether a body is well formed; the other functions read a payload that
 * has passed it, as those of an ikev2_chain have, and cannot fail. What is read points into the
 * payload. */
#ifndef NODES_IKEV2_PAYLOAD_H
#define NODES_IKEV2_PAYLOAD_H

#include "ikev2.h"

#include "../crypto/crypto.h"

enum {
  IKEV2_PAYLOAD_HEADER_LENGTH = 4,
  IKEV2_SELECTORS_MAX = 8, /* of a TS payload that are looked at */
  IKEV2_UDP = 17,          /* IP protocol, of traffic selectors */
};

enum ikev2_payload_type {
  IKEV2_PAYLOAD_NONE = 0,
  IKEV2_PAYLOAD_SA = 33,
  IKEV2_PAYLOAD_KE = 34,
  IKEV2_PAYLOAD_IDI = 35,
  IKEV2_PAYLOAD_IDR = 36,
  IKEV2_PAYLOAD_CERT = 37,
  IKEV2_PAYLOAD_CERTREQ = 38,
  IKEV2_PAYLOAD_AUTH = 39,
  IKEV2_PAYLOAD_NONCE = 40,
  IKEV2_PAYLOAD_NOTIFY = 41,
  IKEV2_PAYLOAD_DELETE = 42,
  IKEV2_PAYLOAD_VENDOR = 43,
  IKEV2_PAYLOAD_TSI = 44,
  IKEV2_PAYLOAD_TSR = 45,
  IKEV2_PAYLOAD_SK = 46,
  IKEV2_PAYLOAD_CP = 47,
  IKEV2_PAYLOAD_EAP = 48,
};

enum ikev2_protocol { IKEV2_PROTOCOL_NONE = 0, IKEV2_PROTOCOL_IKE = 1, IKEV2_PROTOCOL_ESP = 3 };

/* Transforms (section 3.3.2). */
enum ikev2_transform_type {
  IKEV2_TRANSFORM_ENCR = 1,
  IKEV2_TRANSFORM_PRF = 2,
  IKEV2_TRANSFORM_INTEG = 3,
  IKEV2_TRANSFORM_DH = 4,
  IKEV2_TRANSFORM_ESN = 5,
};

enum ikev2_encryption { IKEV2_ENCR_AES_CCM_8 = 14, IKEV2_ENCR_AES_CCM_8_IIV = 29 };
enum ikev2_prf { IKEV2_PRF_HMAC_SHA2_256 = 5, IKEV2_PRF_AES128_CMAC = 8 };
enum ikev2_group { IKEV2_GROUP_ECP_256 = 19, IKEV2_GROUP_CURVE25519 = 31 };

/* Notify Message Types (section 3.10.1): below 16384 errors. */
enum ikev2_notify_type {
  IKEV2_N_UNSUPPORTED_CRITICAL_PAYLOAD = 1,
  IKEV2_N_INVALID_IKE_SPI = 4,
  IKEV2_N_INVALID_MAJOR_VERSION = 5,
  IKEV2_N_INVALID_SYNTAX = 7,
  IKEV2_N_INVALID_MESSAGE_ID = 9,
  IKEV2_N_INVALID_SPI = 11,
  IKEV2_N_NO_PROPOSAL_CHOSEN = 14,
  IKEV2_N_INVALID_KE_PAYLOAD = 17,
  IKEV2_N_AUTHENTICATION_FAILED = 24,
  IKEV2_N_SINGLE_PAIR_REQUIRED = 34,
  IKEV2_N_NO_ADDITIONAL_SAS = 35,
  IKEV2_N_FAILED_CP_REQUIRED = 37,
  IKEV2_N_TS_UNACCEPTABLE = 38,
  IKEV2_N_TEMPORARY_FAILURE = 43,
  IKEV2_N_CHILD_SA_NOT_FOUND = 44,
  IKEV2_N_STATUS = 16384, /* the first that is no error */
  IKEV2_N_INITIAL_CONTACT = 16384,
  IKEV2_N_ADDITIONAL_TS_POSSIBLE = 16386,
  IKEV2_N_NAT_DETECTION_SOURCE_IP = 16388,
  IKEV2_N_NAT_DETECTION_DESTINATION_IP = 16389,
  IKEV2_N_COOKIE = 16390,
  IKEV2_N_USE_TRANSPORT_MODE = 16391,
  IKEV2_N_MULTIPLE_AUTH_SUPPORTED = 16404,
  IKEV2_N_CHILDLESS_IKEV2_SUPPORTED = 16418, /* RFC 6023 */
};

enum { IKEV2_AUTH_SHARED_KEY = 2 }; /* Auth Method: Shared Key Message Integrity Code */

/* A payload of a chain. */
struct ikev2_payload {
  uint8_t type; /* enum ikev2_payload_type, or another number */
  uint8_t next; /* type of what follows; of an Encrypted payload: of the first inside */
  bool critical;
  const uint8_t *body; /* behind the generic header */
  size_t length;       /* of the body */
  size_t offset;       /* of the generic header, in the octets that the chain was read from */
};

/* NULL, or static text: what is malformed in the body. A payload without a reader here has none. */
NODE_MUST_CHECK const char *ikev2_payload_check(const struct ikev2_payload *payload);

/* KE (section 3.4). */
struct ikev2_ke {
  uint16_t group; /* enum ikev2_group, or another number */
  const uint8_t *octets;
  size_t length;
};
void ikev2_ke_read(const struct ikev2_payload *payload, struct ikev2_ke *ke);

/* The curve of a group, and the octets of its public keys: 64 (x and y, RFC 5903) or 32. */
enum ec_curve ikev2_group_curve(enum ikev2_group group);
size_t ikev2_group_length(enum ikev2_group group);

/* The public key of this group. False: of another group, or of another length. Whether it is a
 * point on the curve ec_agree says. */
NODE_MUST_CHECK bool ikev2_ke_public(const struct ikev2_ke *ke, enum ikev2_group group,
                                     struct ec_public *public);

/* Nonce (section 3.9): IKEV2_NONCE_LEAST to IKEV2_NONCE_MAX octets. */
struct crypto_slice ikev2_nonce_read(const struct ikev2_payload *payload);

/* IDi and IDr (section 3.5): at least one octet of data, as many as there are (more than
 * IKEV2_ID_MAX is for the caller to refuse). AUTH is computed over the whole body. */
void ikev2_id_read(const struct ikev2_payload *payload, struct ikev2_id *id);

/* AUTH (section 3.8). */
struct ikev2_auth {
  uint8_t method;
  const uint8_t *octets;
  size_t length;
};
void ikev2_auth_read(const struct ikev2_payload *payload, struct ikev2_auth *auth);

/* Notify (section 3.10). */
struct ikev2_notify {
  uint8_t protocol;
  struct crypto_slice spi;
  uint16_t type;
  const uint8_t *data;
  size_t length;
};
void ikev2_notify_read(const struct ikev2_payload *payload, struct ikev2_notify *notify);

/* Delete (section 3.11): of the IKE SA (no SPIs), or of SAs of ESP with SPIs of 4 octets. Other
 * protocols have what they have. */
struct ikev2_delete {
  uint8_t protocol;
  size_t spi_length, count;
  const uint8_t *spis;
};
void ikev2_delete_read(const struct ikev2_payload *payload, struct ikev2_delete *gone);
/* It names this SA of ESP. */
bool ikev2_delete_names(const struct ikev2_delete *gone, uint32_t spi);

/* A traffic selector (section 3.13.1) of IPv6 or IPv4 (as ::ffff:a.b.c.d). */
struct ikev2_selector {
  bool ipv4;
  uint8_t protocol; /* 0: any */
  uint16_t port_first, port_last;
  uint8_t first[16], last[16];
};

/* The selectors of a TS payload: of those of addresses the first IKEV2_SELECTORS_MAX. There may be
 * none. */
struct ikev2_selectors {
  struct ikev2_selector items[IKEV2_SELECTORS_MAX];
  size_t count;
};
void ikev2_ts_read(const struct ikev2_payload *payload, struct ikev2_selectors *selectors);

/* Whether one of them has UDP with this address and port (0: all ports). */
bool ikev2_selectors_contain(const struct ikev2_selectors *selectors,
                             const struct node_address *address);
/* The selector is that which ikev2_put_ts writes for an address and a port, or lies within it. */
bool ikev2_selector_is_within(const struct ikev2_selector *selector,
                              const struct node_address *address);

#endif
