/* What an Access-Accept grants a device: at the authenticator, which reads and keeps it, and at the
 * AAA server, which writes it.
 *
 * Filter-Id (RFC 2865 section 5.11) names a filter that the authenticator has; NAS-Filter-Rule (RFC
 * 4849) brings rules (rule.h): the values of all these attributes are one text, whose rules a zero
 * octet ends or parts. Both in one packet, which RFC 4849 leaves undefined, and whatever cannot be
 * applied make the Accept a Reject (RFC 2865 section 1, RFC 4849 section 1.3). Class is kept as it
 * came; accounting, for which it is, there is none here. SAML (RFC 7833) is counted, and not looked
 * into; RFC 7833 asks for TLS or IPsec between the two, which is left out.
 *
 * A cipher suite (cipher_suite.h) is for the association that is made.
 *
 * What is granted is held against requests as against packets: a request of the application is one
 * from the device's address and port to where it asked the authenticator, by UDP. Rules for packets
 * to the device are kept, and match none of its requests. */
#ifndef NODES_AAA_GRANT_H
#define NODES_AAA_GRANT_H

#include "cipher_suite.h"
#include "rule.h"

enum {
  AAA_GRANT_RULES_MAX = 32,
  AAA_GRANT_CLASS_MAX = 512, /* octets of Class attributes that are kept, with their headers */
};

/* What SAML came. */
struct aaa_grant_saml {
  size_t messages;   /* whole ones: assertions, and messages of the protocol */
  size_t attributes; /* in which they came */
  size_t octets;     /* of them, without the attributes' headers */
  size_t broken;     /* attributes that belong to no whole message */
};

/* On the heap where there is anything, and of this size. */
struct aaa_grant {
  struct aaa_rule rules[AAA_GRANT_RULES_MAX];
  size_t rule_count; /* 0: all is permitted */
  uint8_t classes[AAA_GRANT_CLASS_MAX];
  size_t classes_length;
  size_t classes_dropped; /* for which there was no room */
  struct aaa_grant_saml saml;
  struct aaa_cipher_suite suite;
};

/* A filter that an authenticator knows by its name; all belongs to the caller. */
struct aaa_filter {
  const char *name;
  const char *const *rules;
  size_t rule_count;
};

/* Reads an Access-Accept; `suites`: whose the authenticator's associations have. NULL, with the
 * caller's `*grant` (aaa_grant_free), or NULL in it where nothing is granted; or static text: why
 * the Accept counts as a Reject, and nothing in it. */
NODE_MUST_CHECK const char *aaa_grant_read(const struct radius_packet *accept,
                                           const struct aaa_filter *filters, size_t filter_count,
                                           enum aaa_suite_kind suites, struct aaa_grant **grant);

/* Harmless for NULL. */
void aaa_grant_free(struct aaa_grant *grant);

/* Whether the device at `device` may ask for what is at `asked`, by UDP. NULL: all is permitted. */
bool aaa_grant_permits(const struct aaa_grant *grant, const struct node_address *device,
                       const struct node_address *asked);

/* At the AAA server. What it points to belongs to the caller. */
struct aaa_authorization {
  const char *filter_id; /* 1 to 253 octets; NULL: none */
  const char *const *rules;
  size_t rule_count;
  const uint8_t *class_octets;
  size_t class_length; /* up to 253; 0: none */
  const uint8_t *saml; /* an assertion */
  size_t saml_length;  /* 0: none */
  struct aaa_cipher_suite suite;
};

/* False where a length is out of its range, or there are both a filter and rules. */
bool aaa_authorization_valid(const struct aaa_authorization *authorization);

/* Adds it to an Access-Accept; what does not fit sets `overflow`. */
void aaa_authorization_add(const struct aaa_authorization *authorization, struct span_writer *out);

#endif
