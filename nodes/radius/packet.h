/* RADIUS packets that carry EAP (RFC 2865 sections 3 and 5, RFC 3579 section 3). */
#ifndef NODES_RADIUS_PACKET_H
#define NODES_RADIUS_PACKET_H

#include "../node.h"

enum {
  RADIUS_PORT = 1812,
  RADIUS_PACKET_MAX = NODE_RADIUS_MAX,
  RADIUS_HEADER_LENGTH = 20,
  RADIUS_AUTHENTICATOR_LENGTH = 16,
  RADIUS_ATTRIBUTE_HEADER_LENGTH = 2, /* Type, Length */
  RADIUS_VALUE_MAX = 253,             /* octets of one attribute's value */
  RADIUS_FRAGMENT_MAX = 251,          /* the same, of one of RFC 6929 section 2.2 */
  RADIUS_MTU = 1020,                  /* EAP MTU that the authenticator announces */
};

enum radius_code {
  RADIUS_ACCESS_REQUEST = 1,
  RADIUS_ACCESS_ACCEPT = 2,
  RADIUS_ACCESS_REJECT = 3,
  RADIUS_ACCESS_CHALLENGE = 11,
};

enum radius_type {
  RADIUS_USER_NAME = 1,
  RADIUS_SERVICE_TYPE = 6,
  RADIUS_FILTER_ID = 11,
  RADIUS_FRAMED_MTU = 12,
  RADIUS_STATE = 24,
  RADIUS_CLASS = 25,
  RADIUS_VENDOR_SPECIFIC = 26,
  RADIUS_SESSION_TIMEOUT = 27,
  RADIUS_TERMINATION_ACTION = 29,
  RADIUS_NAS_IDENTIFIER = 32,
  RADIUS_PROXY_STATE = 33,
  RADIUS_EAP_MESSAGE = 79,
  RADIUS_MESSAGE_AUTHENTICATOR = 80,
  RADIUS_NAS_FILTER_RULE = 92, /* RFC 4849 */
  RADIUS_ERROR_CAUSE = 101,
  RADIUS_LONG_EXTENDED = 245, /* RFC 6929 section 3.5: its first octet is a type, too */
};

/* The enterprise number for documentation (RFC 5612): attributes of ours, which grant something. */
enum { RADIUS_VENDOR_OURS = 32473, RADIUS_VENDOR_LENGTH = 4 };

/* Of RADIUS_LONG_EXTENDED (RFC 7833 section 3). */
enum radius_extended_type { RADIUS_SAML_ASSERTION = 1, RADIUS_SAML_PROTOCOL = 2 };

/* In the octet behind that type: the next attribute goes on with the value. */
enum { RADIUS_EXTENDED_HEADER_LENGTH = 2, RADIUS_EXTENDED_MORE = 0x80 };

/* What RADIUS_TERMINATION_ACTION may say: the session ends, or is authenticated anew. */
enum { RADIUS_TERMINATION_DEFAULT = 0, RADIUS_TERMINATION_REQUEST = 1 };

/* What RADIUS_SERVICE_TYPE may say (RFC 5176 section 3): no authentication is asked for. */
enum { RADIUS_SERVICE_AUTHORIZE_ONLY = 17 };

/* Error-Cause "Invalid EAP Packet (Ignored)" (RFC 3579 section 2.2). */
enum { RADIUS_ERROR_INVALID_EAP = 202 };

/* A secret shared by a client and a server; the octets belong to the caller. */
struct radius_secret {
  const uint8_t *octets;
  size_t length;
};

/* What a packet is, for logs and the ledger: "Access-Request"; static text. */
const char *radius_code_name(uint8_t code);

/* Reading. Everything points into the parsed octets. */

struct radius_packet {
  uint8_t code;
  uint8_t identifier;
  const uint8_t *authenticator; /* 16 octets */
  const uint8_t *octets;        /* the whole packet, without padding */
  size_t length;
};

struct radius_attribute {
  uint8_t type;
  const uint8_t *value;
  size_t length;
};

/* Octets behind the Length field are padding (RFC 2865 section 3). NODE_ERR_MALFORMED: shorter than
 * its Length, a Length below 20, an attribute shorter than its header or longer than what is left.
 */
NODE_MUST_CHECK int radius_packet_parse(const uint8_t *data, size_t length,
                                        struct radius_packet *packet);

/* The attribute at `*at` (begin with 0), and `*at` moves behind it. False at the end. */
bool radius_attribute_next(const struct radius_packet *packet, size_t *at,
                           struct radius_attribute *attribute);

/* The first attribute of this type. False: there is none. */
bool radius_attribute_find(const struct radius_packet *packet, uint8_t type,
                           struct radius_attribute *attribute);

size_t radius_attribute_count(const struct radius_packet *packet, uint8_t type);

/* The first attribute of this type as a 32-bit number. False: none, or not of 4 octets. */
bool radius_attribute_number(const struct radius_packet *packet, uint8_t type, uint32_t *number);

/* Joins the EAP-Message attributes into `eap`. Returns the octets written: 0 for an EAP-Start (an
 * attribute without value). NODE_ERR_UNKNOWN: the packet carries no EAP; NODE_ERR_MALFORMED: the
 * attributes do not follow each other (RFC 3579 section 3.1); NODE_ERR_TOO_LONG. */
NODE_MUST_CHECK int radius_eap_join(const struct radius_packet *packet, uint8_t *eap,
                                    size_t capacity);

/* Verifies an Access-Request's Message-Authenticator, which must be there once. NULL, or static
 * text that says why the packet is to be discarded. */
NODE_MUST_CHECK const char *radius_request_check(const struct radius_packet *packet,
                                                 const struct radius_secret *secret);

/* Verifies the Response Authenticator of the answer to a request with this Request Authenticator,
 * and its Message-Authenticator: the Response Authenticator alone can be forged. `unsigned_reject`:
 * that may be absent from an Access-Reject without EAP-Message. NULL, or static text that says why
 * the packet is to be discarded. */
NODE_MUST_CHECK const char *radius_response_check(const struct radius_packet *packet,
                                                  const struct radius_secret *secret,
                                                  const uint8_t request_authenticator[16],
                                                  bool unsigned_reject);

/* Writing. `out` must be at its beginning; what does not fit sets its `overflow`. */

/* The header and a Message-Authenticator, which comes first (and is zero until the seal). */
void radius_begin(struct span_writer *out, uint8_t code, uint8_t identifier);

/* An attribute of at most RADIUS_VALUE_MAX octets. */
void radius_add(struct span_writer *out, uint8_t type, const void *value, size_t length);
void radius_add_number(struct span_writer *out, uint8_t type, uint32_t number);

/* What is granted, in the row of authorization: a value of any length, in as many attributes as it
 * takes (each of 253 octets but the last); the same as attributes of RFC 6929 with this extended
 * type. Without octets there is no attribute. */
void radius_add_grant(struct span_writer *out, uint8_t type, const void *value, size_t length);
void radius_add_extended_grant(struct span_writer *out, enum radius_extended_type type,
                               const void *value, size_t length);

/* An EAP packet as EAP-Message attributes of at most 253 octets; without octets, an EAP-Start. */
void radius_add_eap(struct span_writer *out, const uint8_t *eap, size_t length);

/* Sets Length, and gives a composed request its Identifier, Request Authenticator and
 * Message-Authenticator. NODE_ERR_TOO_LONG if something did not fit; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int radius_request_seal(struct span_writer *out, uint8_t identifier,
                                        const uint8_t authenticator[16],
                                        const struct radius_secret *secret);

/* Sets Length, Message-Authenticator and Response Authenticator. Errors as above. */
NODE_MUST_CHECK int radius_response_seal(struct span_writer *out,
                                         const uint8_t request_authenticator[16],
                                         const struct radius_secret *secret);

#endif
