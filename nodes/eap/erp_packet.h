/* Packets of ERP (RFC 6696 section 5.3):
 *
 *   EAP-Initiate/Re-auth-Start  header, Type, Reserved, attributes
 *   EAP-Initiate/Re-auth        header, Type, flags, SEQ, attributes, Cryptosuite, Tag
 *   EAP-Finish/Re-auth          likewise
 *
 * Where the attributes end, only the length of the tag says, and the Cryptosuite in front of it:
 * octets may be read in more ways than one, and the tag tells which was meant. Attributes that are
 * not known are skipped; one that is known stands once. */
#ifndef NODES_EAP_ERP_PACKET_H
#define NODES_EAP_ERP_PACKET_H

#include "erp.h"

enum erp_type {
  ERP_REAUTH_START = 1,
  ERP_REAUTH = 2,
};

enum {
  ERP_FLAG_RESULT = 0x80,    /* R: in a Finish, a failure */
  ERP_FLAG_BOOTSTRAP = 0x40, /* B */
  ERP_FLAG_LIFETIMES = 0x20, /* L: asked for, or present */
};

/* Places in the table of attributes; those from the fifth on of section 5.5, channel binding. */
enum erp_attribute {
  ERP_KEY_NAME_NAI,
  ERP_RRK_LIFETIME,
  ERP_RMSK_LIFETIME,
  ERP_DOMAIN_NAME,
  ERP_SUITE_LIST,
  ERP_AUTHORIZATION_INDICATION,
  ERP_CALLED_STATION_ID,
  ERP_CALLING_STATION_ID,
  ERP_NAS_IDENTIFIER,
  ERP_NAS_IP_ADDRESS,
  ERP_NAS_IPV6_ADDRESS,
  ERP_ATTRIBUTES
};

/* Octets of someone else's; NULL: none. */
struct erp_value {
  const uint8_t *octets;
  size_t length;
};

struct erp_packet {
  uint8_t code, identifier;
  enum erp_type type;
  uint8_t flags;
  uint16_t sequence;
  struct erp_value attributes[ERP_ATTRIBUTES];
  uint8_t suite;         /* below ERP_SUITES */
  const uint8_t *octets; /* of a parsed Initiate/Re-auth or Finish: */
  size_t length;         /*   the whole, without padding */
  size_t signed_length;  /*   what its tag, which follows, is of */
};

/* Parses a Re-auth-Start, or a packet whose tag is one of `suite` (ERP_SUITE_NONE: of a Finish that
 * says no). Everything points into `data`; octets behind Length are padding. NODE_ERR_MALFORMED:
 * Initiate or Finish it is not; an attribute that is cut off, stands twice or has a length that
 * cannot be; no keyName-NAI; another suite. */
NODE_MUST_CHECK int erp_packet_parse(const uint8_t *data, size_t length, uint8_t suite,
                                     struct erp_packet *packet);

/* All ways to read an Initiate or a Finish; their number, one as a rule, or 0: malformed. */
NODE_MUST_CHECK size_t erp_packet_readings(const uint8_t *data, size_t length,
                                           struct erp_packet readings[ERP_SUITES]);

/* An Initiate/Re-auth as far as it is the same in all readings, and whatever its suite: up to the
 * keyName-NAI. That is what authenticators need. NODE_ERR_MALFORMED: there is none. */
NODE_MUST_CHECK int erp_packet_parse_head(const uint8_t *data, size_t length,
                                          struct erp_packet *packet);

/* An attribute that is a number; 0 where it is not there. */
uint32_t erp_packet_number(const struct erp_packet *packet, enum erp_attribute attribute);

/* Whether the tag is one by this key, in constant time. NODE_ERR_VERIFY; NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int erp_packet_verify(const struct node_hooks *hooks,
                                      const struct erp_packet *packet,
                                      const uint8_t rik[EAP_KEY_LENGTH]);

/* Writes a packet at the beginning of `out`, and its tag by `rik` (NULL: none; `suite` is
 * ERP_SUITE_NONE then, or of no account). Identities have ROW_EAP_IDENTITY, the rest of Type-Data
 * ROW_EAP_METHOD. NODE_ERR_TOO_LONG; NODE_ERR_CRYPTO: what was written is of no use. */
NODE_MUST_CHECK int erp_packet_compose(const struct node_hooks *hooks,
                                       const struct erp_packet *packet, const uint8_t *rik,
                                       struct span_writer *out);

/* Appends an Initiate/Re-auth or a Finish of somebody else's, with the rows that it would have if
 * it were ours. */
void erp_packet_copy(const struct eap_packet *packet, const uint8_t *octets,
                     struct span_writer *out);

/* Composes an EAP-Initiate/Re-auth-Start, as authenticators do: with the domain whose ER server
 * they ask, and the name by which they go there (NULL: without). Errors as above. */
NODE_MUST_CHECK int erp_start_compose(uint8_t identifier, const struct erp_value *domain,
                                      const struct erp_value *nas, struct span_writer *out);

/* "EAP-Initiate/Re-auth", "EAP-Finish/Re-auth (failure)"; static text. */
const char *erp_packet_label(const struct eap_packet *packet);

#endif
