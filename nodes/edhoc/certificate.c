/* X.509 certificates and chains. */
#include "certificate.h"

#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/x509_crt.h>

#include "../cbor/reader.h"
#include "credential.h"

/* The library adds the error of a lower layer to that of a higher one. */
static bool certificate_is_unsupported(int library_error) {
  switch (-(-library_error & 0xff80)) {
  case MBEDTLS_ERR_X509_UNKNOWN_SIG_ALG:
  case MBEDTLS_ERR_PK_UNKNOWN_PK_ALG:
  case MBEDTLS_ERR_PK_UNKNOWN_NAMED_CURVE:
    return true;
  default:
    return false;
  }
}

/* Reads one certificate, which takes all the octets. The caller frees it, even after an error. */
static int parse(const struct edhoc_certificate *certificate, mbedtls_x509_crt *crt) {
  mbedtls_x509_crt_init(crt);
  if (certificate->length == 0)
    return NODE_ERR_MALFORMED;
  const int error = mbedtls_x509_crt_parse_der(crt, certificate->der, certificate->length);
  if (error != 0)
    return certificate_is_unsupported(error) ? NODE_ERR_UNSUPPORTED : NODE_ERR_MALFORMED;
  return crt->raw.len == certificate->length ? 0 : NODE_ERR_MALFORMED;
}

static int key_of(const mbedtls_x509_crt *crt, struct ec_public *public) {
  memset(public, 0, sizeof *public);
  if (mbedtls_pk_get_type(&crt->pk) != MBEDTLS_PK_ECKEY)
    return NODE_ERR_UNSUPPORTED;
  const mbedtls_ecp_keypair *key = mbedtls_pk_ec(crt->pk);
  if (key->grp.id != MBEDTLS_ECP_DP_SECP256R1)
    return NODE_ERR_UNSUPPORTED;
  public->curve = EC_P256;
  if (mbedtls_mpi_write_binary(&key->Q.X, public->x, EC_LENGTH) != 0 ||
      mbedtls_mpi_write_binary(&key->Q.Y, public->y, EC_LENGTH) != 0)
    return NODE_ERR_MALFORMED;
  return 0;
}

int edhoc_certificate_key(const struct edhoc_certificate *certificate, struct ec_public *public) {
  mbedtls_x509_crt crt;
  int error = parse(certificate, &crt);
  if (error == 0)
    error = key_of(&crt, public);
  mbedtls_x509_crt_free(&crt);
  return error;
}

/* Ecdsa-Sig-Value (RFC 3279 section 2.2.3) to r and s. */
static int read_signature(const mbedtls_x509_buf *der, uint8_t signature[EC_SIGNATURE_LENGTH]) {
  unsigned char *at = der->p;
  const unsigned char *end = der->p + der->len;
  size_t length;
  mbedtls_mpi number[2];
  mbedtls_mpi_init(&number[0]);
  mbedtls_mpi_init(&number[1]);
  int error =
      mbedtls_asn1_get_tag(&at, end, &length, MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE);
  if (error == 0 && length != (size_t)(end - at))
    error = MBEDTLS_ERR_ASN1_LENGTH_MISMATCH;
  for (size_t i = 0; error == 0 && i < 2; i++)
    error = mbedtls_asn1_get_mpi(&at, end, &number[i]);
  for (size_t i = 0; error == 0 && i < 2; i++)
    error = mbedtls_mpi_write_binary(&number[i], signature + i * EC_LENGTH, EC_LENGTH);
  mbedtls_mpi_free(&number[0]);
  mbedtls_mpi_free(&number[1]);
  return error == 0 && at == end ? 0 : NODE_ERR_MALFORMED;
}

/* Whether `issuer` may sign certificates that have `below` CAs between them and the end entity. */
static bool may_issue(const mbedtls_x509_crt *issuer, size_t below) {
  return issuer->ca_istrue != 0 &&
         mbedtls_x509_crt_check_key_usage(issuer, MBEDTLS_X509_KU_KEY_CERT_SIGN) == 0 &&
         (issuer->max_pathlen <= 0 || below < (size_t)issuer->max_pathlen);
}

static bool names(const mbedtls_x509_crt *subject, const mbedtls_x509_crt *issuer) {
  return subject->issuer_raw.len == issuer->subject_raw.len &&
         memcmp(subject->issuer_raw.p, issuer->subject_raw.p, issuer->subject_raw.len) == 0;
}

/* Whether `issuer` has signed `subject`, and may. */
static int check_issued(const struct ec *ec, const mbedtls_x509_crt *subject,
                        const mbedtls_x509_crt *issuer, size_t below) {
  uint8_t signature[EC_SIGNATURE_LENGTH];
  struct ec_public public;
  if (!names(subject, issuer) || !may_issue(issuer, below))
    return NODE_ERR_VERIFY;
  if (subject->sig_md != MBEDTLS_MD_SHA256 || subject->sig_pk != MBEDTLS_PK_ECDSA)
    return NODE_ERR_UNSUPPORTED;
  int error = key_of(issuer, &public);
  if (error == 0)
    error = read_signature(&subject->sig, signature);
  if (error == 0)
    error = ec_verify(ec, &public, subject->tbs.p, subject->tbs.len, signature);
  return error;
}

/* The last certificate of a chain is an anchor, or signed by one. */
static int check_anchored(const struct ec *ec, const mbedtls_x509_crt *last, size_t below,
                          const struct edhoc_certificate *anchors, size_t anchors_count) {
  int result = NODE_ERR_UNKNOWN;
  for (size_t i = 0; result != 0 && i < anchors_count; i++) {
    mbedtls_x509_crt anchor;
    if (last->raw.len == anchors[i].length &&
        memcmp(last->raw.p, anchors[i].der, anchors[i].length) == 0)
      return 0;
    if (parse(&anchors[i], &anchor) == 0 && names(last, &anchor))
      result = check_issued(ec, last, &anchor, below);
    mbedtls_x509_crt_free(&anchor);
  }
  return result;
}

static bool fits_use(const mbedtls_x509_crt *crt, enum edhoc_key_use use) {
  if (use == EDHOC_USE_ANY)
    return true;
  return mbedtls_x509_crt_check_key_usage(crt, use == EDHOC_USE_SIGNATURE
                                                   ? MBEDTLS_X509_KU_DIGITAL_SIGNATURE
                                                   : MBEDTLS_X509_KU_KEY_AGREEMENT) == 0;
}

int edhoc_chain_verify(const struct ec *ec, const struct edhoc_certificate *chain, size_t count,
                       const struct edhoc_certificate *anchors, size_t anchors_count,
                       enum edhoc_key_use use) {
  mbedtls_x509_crt crt[EDHOC_CHAIN_MAX];
  if (count == 0 || count > EDHOC_CHAIN_MAX)
    return NODE_ERR_MALFORMED;
  int error = 0;
  for (size_t i = 0; i < count; i++) {
    const int parse_error = parse(&chain[i], &crt[i]);
    error = error != 0 ? error : parse_error;
  }
  if (error == 0 && !fits_use(&crt[0], use))
    error = NODE_ERR_VERIFY;
  for (size_t i = 1; error == 0 && i < count; i++)
    error = check_issued(ec, &crt[i - 1], &crt[i], i - 1);
  if (error == 0)
    error = check_anchored(ec, &crt[count - 1], count - 1, anchors, anchors_count);
  for (size_t i = 0; i < count; i++)
    mbedtls_x509_crt_free(&crt[i]);
  return error;
}

int edhoc_chain_read(const uint8_t *id_cred, size_t length, struct edhoc_certificate *chain,
                     size_t *count) {
  struct cbor_reader reader;
  size_t pairs;
  int32_t label;
  cbor_reader_init(&reader, id_cred, length);
  if (cbor_get_map(&reader, &pairs) != 0 || pairs != 1 || cbor_get_int(&reader, &label) != 0 ||
      label != EDHOC_HEADER_X5CHAIN)
    return NODE_ERR_MALFORMED;
  *count = 1;
  if (cbor_next(&reader) == CBOR_ARRAY &&
      (cbor_get_array(&reader, count) != 0 || *count < 2)) /* one alone is no array */
    return NODE_ERR_MALFORMED;
  if (*count > EDHOC_CHAIN_MAX)
    return NODE_ERR_TOO_LONG;
  for (size_t i = 0; i < *count; i++)
    if (cbor_get_bytes(&reader, &chain[i].der, &chain[i].length) != 0)
      return NODE_ERR_MALFORMED;
  return cbor_next(&reader) == CBOR_END ? 0 : NODE_ERR_MALFORMED;
}
