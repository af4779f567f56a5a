/* The names that a credential gives to whoever holds its private key: of a certificate the dNSName
 * and rfc822Name of its subjectAltName (RFC 5280 section 4.2.1.6), then the commonName and the
 * emailAddress of its subject; of a CWT Claims Set its `sub` (RFC 8392).
 *
 * Left out: other kinds of names; and those behind the first EDHOC_NAMES_MAX, so that a certificate
 * of many makes little work. A name that is empty, too long or not printable is passed over:
 * no octet below a space, so that none is cut off at a zero. A `*` stands for itself. */
#ifndef NODES_EDHOC_NAME_H
#define NODES_EDHOC_NAME_H

#include "certificate.h"
#include "credential.h"

enum { EDHOC_NAMES_MAX = 16 };

enum edhoc_name_kind { EDHOC_NAME_DNS, EDHOC_NAME_EMAIL, EDHOC_NAME_SUBJECT };

struct edhoc_name {
  enum edhoc_name_kind kind;
  uint8_t octets[NODE_IDENTITY_MAX];
  size_t length;
};

/* The name at this place, from 0, in the order above. False: there is none. */
bool edhoc_certificate_name(const struct edhoc_certificate *certificate, size_t index,
                            struct edhoc_name *name);
bool edhoc_credential_name(const struct edhoc_credential *credential, size_t index,
                           struct edhoc_name *name);

/* Whether it is this text: host names, and what is behind the @ of an address of e-mail, in capital
 * letters or small ones alike. */
bool edhoc_name_is(const struct edhoc_name *name, const uint8_t *text, size_t length);

/* Whether a credential has the name, as one expects it of a server (RFC 9525, and RFC 6125 section
 * 6.4.4 for the common names that there still are): a name of the subject counts only where
 * subjectAltName has no host name. */
bool edhoc_credential_is_of(const struct edhoc_credential *credential, const char *text);

#endif
