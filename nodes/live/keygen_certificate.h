/* X.509 certificates of P-256 keys, signed by ECDSA with SHA-256: libcrypto makes them. */
#ifndef NODES_LIVE_KEYGEN_CERTIFICATE_H
#define NODES_LIVE_KEYGEN_CERTIFICATE_H

#include "../crypto/ec.h"
#include "../edhoc/edhoc.h"
#include "complaint.h"

struct keygen_certificate {
  const char *name;               /* common name; of who is no CA its subjectAltName, too: an e-mail
                                     address if it has an @, else a host */
  const struct ec_public *public; /* the subject's */
  unsigned days;                  /* from now on; no longer than the issuer */
  bool server;                    /* of who is no CA: serverAuth, else clientAuth */
  const uint8_t *issuer_private;
  const uint8_t *issuer_der; /* NULL: it is a CA, and signs itself */
  size_t issuer_length;
};

/* -1, with a complaint, where the issuer's key is not that of its certificate, that is no CA's or
 * has ended, or the library fails. */
NODE_MUST_CHECK int keygen_certificate_make(const struct keygen_certificate *request,
                                            uint8_t der[EDHOC_CRED_MAX], size_t *length,
                                            struct complaint *complaint);

#endif
