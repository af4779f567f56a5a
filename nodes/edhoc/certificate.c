/* X.509 certificates and chains. */
#include "certificate.h"

#include <string.h>

#include <mbedtls/asn1.h>
#include <mbedtls/oid.h>
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

/* Validity */

/* Seconds since the beginning of 1970, UTC. */
static int64_t seconds_of(const mbedtls_x509_time *time) {
  const int64_t year = time->mon <= 2 ? time->year - 1 : time->year; /* begins with March */
  const int64_t month = (time->mon + 9) % 12;
  const int64_t days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 +
                       time->day - 1 - 719468; /* from 1 March of the year 0 to 1970 */
  return ((days * 24 + time->hour) * 60 + time->min) * 60 + time->sec;
}

/* RFC 5280 section 4.1.2.5: both ends are inside. */
static int check_time(const mbedtls_x509_crt *crt, uint64_t time_s, const char **why) {
  const int64_t now = time_s > INT64_MAX ? INT64_MAX : (int64_t)time_s;
  if (now >= seconds_of(&crt->valid_from) && now <= seconds_of(&crt->valid_to))
    return 0;
  *why =
      now > seconds_of(&crt->valid_to) ? "certificate has expired" : "certificate is not valid yet";
  return NODE_ERR_VERIFY;
}

int edhoc_certificate_check_time(const struct edhoc_certificate *certificate, uint64_t time_s,
                                 const char **why) {
  mbedtls_x509_crt crt;
  *why = "certificate is not valid";
  int error = parse(certificate, &crt);
  if (error == 0)
    error = check_time(&crt, time_s, why);
  mbedtls_x509_crt_free(&crt);
  return error;
}

/* Chains */

static bool is_same(const mbedtls_x509_crt *crt, const struct edhoc_certificate *anchor) {
  return crt->raw.len == anchor->length && memcmp(crt->raw.p, anchor->der, anchor->length) == 0;
}

/* The last certificate of a chain is an anchor, or signed by one. */
static int check_anchored(const struct ec *ec, const mbedtls_x509_crt *last, size_t below,
                          const struct edhoc_trust *trust, const char **why) {
  int result = NODE_ERR_UNKNOWN;
  for (size_t i = 0; result != 0 && i < trust->anchors_count; i++) {
    mbedtls_x509_crt anchor;
    if (is_same(last, &trust->anchors[i]))
      return 0;
    if (parse(&trust->anchors[i], &anchor) == 0 && names(last, &anchor)) {
      result = check_issued(ec, last, &anchor, below);
      if (result == 0 && trust->timed)
        result = check_time(&anchor, trust->time_s, why);
    }
    mbedtls_x509_crt_free(&anchor);
  }
  if (result == NODE_ERR_UNKNOWN)
    *why = "certificate from an unknown authority";
  return result;
}

static bool fits_use(const mbedtls_x509_crt *crt, enum edhoc_key_use use) {
  if (use == EDHOC_USE_ANY)
    return true;
  return mbedtls_x509_crt_check_key_usage(crt, use == EDHOC_USE_SIGNATURE
                                                   ? MBEDTLS_X509_KU_DIGITAL_SIGNATURE
                                                   : MBEDTLS_X509_KU_KEY_AGREEMENT) == 0;
}

static bool fits_purpose(const mbedtls_x509_crt *crt, enum edhoc_purpose purpose) {
  static const char client[] = MBEDTLS_OID_CLIENT_AUTH, server[] = MBEDTLS_OID_SERVER_AUTH;
  if (purpose == EDHOC_FOR_ANY)
    return true;
  const bool is_server = purpose == EDHOC_FOR_SERVER;
  return mbedtls_x509_crt_check_extended_key_usage(
             crt, is_server ? server : client, (is_server ? sizeof server : sizeof client) - 1) ==
         0;
}

/* What the end entity is for. */
static int check_end_entity(const mbedtls_x509_crt *crt, const struct edhoc_trust *trust,
                            const char **why) {
  if (!fits_use(crt, trust->use))
    *why = "certificate is not for this use of its key";
  else if (!fits_purpose(crt, trust->purpose))
    *why = trust->purpose == EDHOC_FOR_SERVER ? "certificate is not for a server"
                                              : "certificate is not for a client";
  else
    return 0;
  return NODE_ERR_VERIFY;
}

static int check_chain(const struct ec *ec, const mbedtls_x509_crt *crt, size_t count,
                       const struct edhoc_trust *trust, const char **why) {
  int error = check_end_entity(&crt[0], trust, why);
  for (size_t i = 0; error == 0 && trust->timed && i < count; i++)
    error = check_time(&crt[i], trust->time_s, why);
  for (size_t i = 1; error == 0 && i < count; i++)
    error = check_issued(ec, &crt[i - 1], &crt[i], i - 1);
  return error == 0 ? check_anchored(ec, &crt[count - 1], count - 1, trust, why) : error;
}

int edhoc_chain_verify(const struct ec *ec, const struct edhoc_certificate *chain, size_t count,
                       const struct edhoc_trust *trust, const char **why) {
  mbedtls_x509_crt crt[EDHOC_CHAIN_MAX];
  *why = "certificate is not valid";
  if (count == 0 || count > EDHOC_CHAIN_MAX)
    return NODE_ERR_MALFORMED;
  int error = 0;
  for (size_t i = 0; i < count; i++) {
    const int parse_error = parse(&chain[i], &crt[i]);
    error = error != 0 ? error : parse_error;
  }
  if (error == 0)
    error = check_chain(ec, crt, count, trust, why);
  for (size_t i = 0; i < count; i++)
    mbedtls_x509_crt_free(&crt[i]);
  return error;
}

bool edhoc_certificate_is_anchor(const struct edhoc_certificate *certificate,
                                 const struct edhoc_certificate *anchors, size_t anchors_count) {
  for (size_t i = 0; i < anchors_count; i++)
    if (certificate->length == anchors[i].length &&
        memcmp(certificate->der, anchors[i].der, certificate->length) == 0)
      return true;
  return false;
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
