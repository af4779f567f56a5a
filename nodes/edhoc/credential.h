/* Credentials of EDHOC (RFC 9528 section 3.5): what CRED_x and ID_CRED_x hold, how a public key is
 * found in them, and how they are made. CRED_x is a CWT Claims Set (CCS) with a COSE_Key, or an
 * X.509 certificate as a byte string; ID_CRED_x is a COSE header map, most often of one parameter:
 * `kid`, `x5t` or `x5chain`.
 *
 * Left out: CWT, C509, kccs and kcwt by value; X.509 keys other than P-256. */
#ifndef NODES_EDHOC_CREDENTIAL_H
#define NODES_EDHOC_CREDENTIAL_H

#include "../crypto/ec.h"

struct edhoc_certificate;

enum {
  EDHOC_CRED_MAX = 1280,    /* octets of CRED_x */
  EDHOC_ID_CRED_MAX = 1536, /* octets of ID_CRED_x */
};

/* COSE header parameters (RFC 9052, RFC 9360). */
enum edhoc_header { EDHOC_HEADER_KID = 4, EDHOC_HEADER_X5CHAIN = 33, EDHOC_HEADER_X5T = 34 };

/* Octets belong to the caller and outlive the credential. */
struct edhoc_credential {
  const uint8_t *cred; /* CRED_x, a CBOR item */
  size_t cred_length;
  const uint8_t *id_cred; /* ID_CRED_x, a CBOR map */
  size_t id_cred_length;
  struct ec_public public; /* the key that CRED_x holds */
  const uint8_t *private;  /* 32 octets; of own credentials only */
};

/* Takes both as they are, and finds the public key in CRED_x. NODE_ERR_MALFORMED: not what this
 * header describes, or a point off its curve; NODE_ERR_UNSUPPORTED: a key of another kind, which
 * the caller may still put into `public`; NODE_ERR_TOO_LONG. `private` is set to NULL. */
NODE_MUST_CHECK int edhoc_credential_read(const struct ec *ec, const uint8_t *cred,
                                          size_t cred_length, const uint8_t *id_cred,
                                          size_t id_cred_length,
                                          struct edhoc_credential *credential);

/* Makes a CCS { sub, cnf: COSE_Key with kid, x and y } and ID_CRED { kid } in `buffer`.
 * NODE_ERR_TOO_LONG: the buffer is too small. */
NODE_MUST_CHECK int edhoc_credential_ccs(const char *subject, const uint8_t *kid, size_t kid_length,
                                         const struct ec_public *public, uint8_t *buffer,
                                         size_t capacity, struct edhoc_credential *credential);

/* Make a certificate's credential in `buffer`, with ID_CRED { x5t: SHA-256/64 } or { x5chain: by
 * value } (the certificate alone). Errors of edhoc_credential_read, NODE_ERR_CRYPTO. */
NODE_MUST_CHECK int edhoc_credential_x5t(const struct ec *ec, const uint8_t *der, size_t length,
                                         uint8_t *buffer, size_t capacity,
                                         struct edhoc_credential *credential);
NODE_MUST_CHECK int edhoc_credential_x5chain(const uint8_t *der, size_t length, uint8_t *buffer,
                                             size_t capacity, struct edhoc_credential *credential);

/* The certificate that CRED_x is; false: it is none. */
bool edhoc_credential_certificate(const struct edhoc_credential *credential,
                                  struct edhoc_certificate *certificate);

/* The `sub` of the CCS that CRED_x is; false: it has none. */
bool edhoc_credential_subject(const struct edhoc_credential *credential, const uint8_t **subject,
                              size_t *length);

/* The kid of ID_CRED { kid }, and of no other map. */
bool edhoc_id_cred_kid(const uint8_t *id_cred, size_t length, const uint8_t **kid,
                       size_t *kid_length);

/* Whether ID_CRED is a map with this label at all. */
bool edhoc_id_cred_has(const uint8_t *id_cred, size_t length, enum edhoc_header header);

#endif
