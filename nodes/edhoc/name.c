/* Names in certificates, and in CWT Claims Sets. */
#include "name.h"

#include <string.h>

#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

#include "../cbor/reader.h"

enum { SAN_EMAIL = 1, SAN_DNS = 2 }; /* GeneralName's choices */

/* Takes the names that will do, one after the other, until the wanted one. */
struct name_search {
  size_t left; /* names to pass over */
  struct edhoc_name *name;
};

static bool is_name(const uint8_t *octets, size_t length) {
  if (length == 0 || length > NODE_IDENTITY_MAX)
    return false;
  for (size_t i = 0; i < length; i++)
    if (octets[i] < 0x20 || octets[i] == 0x7f)
      return false;
  return true;
}

/* True: it is the wanted one. */
static bool name_take(struct name_search *search, enum edhoc_name_kind kind, const uint8_t *octets,
                      size_t length) {
  if (!is_name(octets, length) || search->left-- > 0)
    return false;
  search->name->kind = kind;
  search->name->length = length;
  memcpy(search->name->octets, octets, length);
  return true;
}

static bool find_alternative(const mbedtls_x509_crt *crt, struct name_search *search) {
  if ((crt->ext_types & MBEDTLS_X509_EXT_SUBJECT_ALT_NAME) == 0)
    return false;
  for (const mbedtls_x509_sequence *at = &crt->subject_alt_names; at != NULL; at = at->next) {
    const int choice = at->buf.tag & MBEDTLS_ASN1_TAG_VALUE_MASK;
    if ((choice == SAN_DNS || choice == SAN_EMAIL) &&
        name_take(search, choice == SAN_DNS ? EDHOC_NAME_DNS : EDHOC_NAME_EMAIL, at->buf.p,
                  at->buf.len))
      return true;
  }
  return false;
}

static bool find_in_subject(const mbedtls_x509_crt *crt, struct name_search *search) {
  for (const mbedtls_x509_name *at = &crt->subject; at != NULL; at = at->next) {
    const bool email = MBEDTLS_OID_CMP(MBEDTLS_OID_PKCS9_EMAIL, &at->oid) == 0;
    if ((email || MBEDTLS_OID_CMP(MBEDTLS_OID_AT_CN, &at->oid) == 0) &&
        name_take(search, email ? EDHOC_NAME_EMAIL : EDHOC_NAME_SUBJECT, at->val.p, at->val.len))
      return true;
  }
  return false;
}

bool edhoc_certificate_name(const struct edhoc_certificate *certificate, size_t index,
                            struct edhoc_name *name) {
  struct name_search search = {.left = index, .name = name};
  mbedtls_x509_crt crt;
  mbedtls_x509_crt_init(&crt);
  const bool found = index < EDHOC_NAMES_MAX && certificate->length > 0 &&
                     mbedtls_x509_crt_parse_der(&crt, certificate->der, certificate->length) == 0 &&
                     (find_alternative(&crt, &search) || find_in_subject(&crt, &search));
  mbedtls_x509_crt_free(&crt);
  return found;
}

bool edhoc_credential_name(const struct edhoc_credential *credential, size_t index,
                           struct edhoc_name *name) {
  struct edhoc_certificate certificate;
  struct name_search search = {.left = index, .name = name};
  const uint8_t *subject;
  size_t length;
  if (edhoc_credential_certificate(credential, &certificate))
    return edhoc_certificate_name(&certificate, index, name);
  return edhoc_credential_subject(credential, &subject, &length) &&
         name_take(&search, EDHOC_NAME_SUBJECT, subject, length);
}

static uint8_t small(uint8_t octet) {
  return octet >= 'A' && octet <= 'Z' ? (uint8_t)(octet - 'A' + 'a') : octet;
}

/* How many of a name's octets are told from capital ones. */
static size_t exact_length(const struct edhoc_name *name) {
  size_t length = name->length;
  if (name->kind == EDHOC_NAME_SUBJECT)
    return length;
  while (length > 0 && name->octets[length - 1] != '@')
    length--;
  return length;
}

bool edhoc_name_is(const struct edhoc_name *name, const uint8_t *text, size_t length) {
  const size_t exact = exact_length(name);
  if (length != name->length || memcmp(name->octets, text, exact) != 0)
    return false;
  for (size_t i = exact; i < length; i++)
    if (small(name->octets[i]) != small(text[i]))
      return false;
  return true;
}

bool edhoc_credential_is_of(const struct edhoc_credential *credential, const char *text) {
  struct edhoc_name name;
  bool has_dns = false;
  for (size_t i = 0; edhoc_credential_name(credential, i, &name); i++) {
    has_dns = has_dns || name.kind == EDHOC_NAME_DNS;
    if ((name.kind == EDHOC_NAME_DNS || !has_dns) &&
        edhoc_name_is(&name, (const uint8_t *)text, strlen(text)))
      return true;
  }
  return false;
}
