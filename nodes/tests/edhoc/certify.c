/* Certificates for tests. */
#include "certify.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <mbedtls/oid.h>
#include <mbedtls/x509_crt.h>

enum {
  NAME_LENGTH_MAX = 64,
  COMMON_NAME_MAX = 3 + NAME_LENGTH_MAX + 1, /* "CN=" before it */
  COMMENT_HEADS = 40,                        /* octets around a comment, at most */
  TRIES = 127,                               /* serial numbers of one octet */
  KEPT = 64,
};

/* A comment that nobody interprets: netscape-comment. */
static const char COMMENT[] = "\x60\x86\x48\x01\x86\xf8\x42\x01\x0d";

/* What makes up the length. */
struct certify_padding {
  size_t dots; /* after the subject's name */
  size_t comment;
};

static void certify_must(bool done) {
  if (done)
    return;
  fprintf(stderr, "certify: a certificate cannot be made\n");
  abort();
}

/* Blinds the computation, and has no part in the signature. */
static int constant_bytes(void *context, unsigned char *out, size_t length) {
  (void)context;
  memset(out, 0x5a, length);
  return 0;
}

static void load_point(mbedtls_ecp_keypair *key, const struct ec_public *public) {
  certify_must(mbedtls_mpi_read_binary(&key->Q.X, public->x, EC_LENGTH) == 0);
  certify_must(mbedtls_mpi_read_binary(&key->Q.Y, public->y, EC_LENGTH) == 0);
  certify_must(mbedtls_mpi_lset(&key->Q.Z, 1) == 0);
}

/* A key pair of which one half is there. */
static mbedtls_ecp_keypair *load_key(mbedtls_pk_context *pk) {
  mbedtls_pk_init(pk);
  certify_must(mbedtls_pk_setup(pk, mbedtls_pk_info_from_type(MBEDTLS_PK_ECKEY)) == 0);
  certify_must(mbedtls_ecp_group_load(&mbedtls_pk_ec(*pk)->grp, MBEDTLS_ECP_DP_SECP256R1) == 0);
  return mbedtls_pk_ec(*pk);
}

static void common_name(char name[COMMON_NAME_MAX], const char *text, size_t dots) {
  static const char padding[NAME_LENGTH_MAX + 1] =
      "................................................................";
  certify_must(strlen(text) + dots <= NAME_LENGTH_MAX);
  snprintf(name, COMMON_NAME_MAX, "CN=%s%.*s", text, (int)dots, padding);
}

static void set_names(mbedtls_x509write_cert *crt, const struct certify *request, size_t dots) {
  char name[COMMON_NAME_MAX];
  common_name(name, request->issuer, 0);
  certify_must(mbedtls_x509write_crt_set_issuer_name(crt, name) == 0);
  common_name(name, request->subject, dots);
  certify_must(mbedtls_x509write_crt_set_subject_name(crt, name) == 0);
}

static void set_serial(mbedtls_x509write_cert *crt, int serial) {
  mbedtls_mpi number;
  mbedtls_mpi_init(&number);
  certify_must(mbedtls_mpi_lset(&number, serial) == 0);
  certify_must(mbedtls_x509write_crt_set_serial(crt, &number) == 0);
  mbedtls_mpi_free(&number);
}

/* One value of a short length. */
static size_t put_value(uint8_t *out, uint8_t tag, const char *octets) {
  const size_t length = octets == NULL ? 0 : strlen(octets);
  certify_must(length < 0x70);
  if (octets == NULL)
    return 0;
  out[0] = tag;
  out[1] = (uint8_t)length;
  memcpy(out + 2, octets, length);
  return 2 + length;
}

static void set_sequence(mbedtls_x509write_cert *crt, const char *oid, const char *first,
                         uint8_t first_tag, const char *second, uint8_t second_tag,
                         size_t seconds) {
  uint8_t value[256] = {MBEDTLS_ASN1_CONSTRUCTED | MBEDTLS_ASN1_SEQUENCE};
  size_t length = put_value(value + 2, first_tag, first);
  for (size_t i = 0; i < (seconds == 0 ? 1 : seconds); i++)
    length += put_value(value + 2 + length, second_tag, second);
  certify_must(length < 0x80);
  value[1] = (uint8_t)length;
  if (length > 0)
    certify_must(mbedtls_x509write_crt_set_extension(crt, oid, strlen(oid), 0, value, 2 + length) ==
                 0);
}

/* subjectAltName and extKeyUsage. */
static void set_wishes(mbedtls_x509write_cert *crt, const struct certify *request) {
  set_sequence(crt, MBEDTLS_OID_SUBJECT_ALT_NAME, request->dns, 0x82, request->email, 0x81,
               request->emails);
  set_sequence(crt, MBEDTLS_OID_EXTENDED_KEY_USAGE, request->purpose, MBEDTLS_ASN1_OID, NULL, 0, 0);
}

static void set_extensions(mbedtls_x509write_cert *crt, bool authority, size_t comment) {
  static const uint8_t text[CERTIFY_MAX] = {0};
  if (comment > 0)
    certify_must(mbedtls_x509write_crt_set_extension(crt, COMMENT, sizeof COMMENT - 1, 0, text,
                                                     comment) == 0);
  if (!authority)
    return;
  certify_must(mbedtls_x509write_crt_set_basic_constraints(crt, 1, -1) == 0);
  certify_must(mbedtls_x509write_crt_set_key_usage(crt, MBEDTLS_X509_KU_KEY_CERT_SIGN) == 0);
}

/* One whole certificate; returns its length. */
static size_t write_certificate(const struct certify *request,
                                const struct certify_padding *padding, int serial,
                                uint8_t der[CERTIFY_MAX]) {
  mbedtls_x509write_cert crt;
  mbedtls_pk_context subject, issuer;
  load_point(load_key(&subject), request->public);
  certify_must(mbedtls_mpi_read_binary(&load_key(&issuer)->d, request->issuer_private, EC_LENGTH) ==
               0);
  mbedtls_x509write_crt_init(&crt);
  mbedtls_x509write_crt_set_version(&crt, MBEDTLS_X509_CRT_VERSION_3);
  mbedtls_x509write_crt_set_md_alg(&crt, MBEDTLS_MD_SHA256);
  mbedtls_x509write_crt_set_subject_key(&crt, &subject);
  mbedtls_x509write_crt_set_issuer_key(&crt, &issuer);
  certify_must(mbedtls_x509write_crt_set_validity(
                   &crt, request->from == NULL ? "20240101000000" : request->from,
                   request->to == NULL ? "20491231235959" : request->to) == 0);
  set_serial(&crt, serial);
  set_names(&crt, request, padding->dots);
  set_extensions(&crt, request->authority, padding->comment);
  set_wishes(&crt, request);
  const int length = mbedtls_x509write_crt_der(&crt, der, CERTIFY_MAX, constant_bytes, NULL);
  certify_must(length > 0);
  memmove(der, der + CERTIFY_MAX - length, (size_t)length); /* it is written to the end */
  mbedtls_x509write_crt_free(&crt);
  mbedtls_pk_free(&subject);
  mbedtls_pk_free(&issuer);
  return (size_t)length;
}

/* Goes from a certificate that is too short or too long towards one of the wanted length. */
static void adjust(struct certify_padding *padding, size_t length, size_t wanted, size_t dots_max) {
  if (length < wanted && wanted - length > dots_max + COMMENT_HEADS)
    padding->comment += wanted - length - COMMENT_HEADS;
  else if (length < wanted && padding->dots + wanted - length > dots_max)
    padding->comment++;
  else if (length < wanted)
    padding->dots += wanted - length;
  else if (length - wanted <= padding->dots)
    padding->dots -= length - wanted;
  else
    padding->comment -= padding->comment < length - wanted ? padding->comment : length - wanted;
}

static size_t certify_once(const struct certify *request, uint8_t der[CERTIFY_MAX]) {
  struct certify_padding padding = {0};
  /* The serial number decides how long the signature is. */
  for (int serial = 1; serial <= TRIES; serial++) {
    const size_t length = write_certificate(request, &padding, serial, der);
    if (request->length == 0 || length == request->length)
      return length;
    adjust(&padding, length, request->length, NAME_LENGTH_MAX - strlen(request->subject));
  }
  certify_must(false);
  return 0;
}

/* Tests ask for the same again and again, and signing takes milliseconds. */
struct made {
  char issuer[NAME_LENGTH_MAX + 1], subject[NAME_LENGTH_MAX + 1];
  uint8_t issuer_private[EC_LENGTH];
  struct ec_public public;
  bool authority;
  size_t wanted, length;
  uint8_t der[CERTIFY_MAX];
};

static struct made kept[KEPT];
static size_t made_count;

static bool fits(const struct made *made, const struct certify *request) {
  return made->wanted == request->length && made->authority == request->authority &&
         strcmp(made->issuer, request->issuer) == 0 &&
         strcmp(made->subject, request->subject) == 0 &&
         memcmp(made->issuer_private, request->issuer_private, EC_LENGTH) == 0 &&
         memcmp(made->public.x, request->public->x, EC_LENGTH) == 0 &&
         memcmp(made->public.y, request->public->y, EC_LENGTH) == 0;
}

static const struct made *make_and_keep(const struct certify *request) {
  struct made *made = &kept[made_count++ % KEPT];
  certify_must(strlen(request->issuer) <= NAME_LENGTH_MAX &&
               strlen(request->subject) <= NAME_LENGTH_MAX);
  strcpy(made->issuer, request->issuer);
  strcpy(made->subject, request->subject);
  memcpy(made->issuer_private, request->issuer_private, EC_LENGTH);
  made->public = *request->public;
  made->authority = request->authority;
  made->wanted = request->length;
  made->length = certify_once(request, made->der);
  return made;
}

static bool has_wishes(const struct certify *request) {
  return request->from != NULL || request->to != NULL || request->dns != NULL ||
         request->email != NULL || request->purpose != NULL;
}

size_t certify(const struct certify *request, uint8_t der[CERTIFY_MAX]) {
  if (has_wishes(request))
    return certify_once(request, der);
  const struct made *made = NULL;
  for (size_t i = 0; made == NULL && i < KEPT && i < made_count; i++)
    if (fits(&kept[i], request))
      made = &kept[i];
  if (made == NULL)
    made = make_and_keep(request);
  memcpy(der, made->der, made->length);
  return made->length;
}
