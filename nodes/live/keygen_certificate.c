/* Certificates by libcrypto. */
#include "keygen_certificate.h"

#include <string.h>

#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/param_build.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

enum { SERIAL_LENGTH = 16, POINT_LENGTH = 1 + 2 * EC_LENGTH, EARLIER_S = 60, TEXT_MAX = 80 };

/* What a certificate is made with. */
struct work {
  X509 *certificate, *issuer; /* `issuer`: NULL of one that signs itself */
  EVP_PKEY *key, *issuer_key;
};

static void work_end(struct work *work) {
  X509_free(work->certificate);
  X509_free(work->issuer);
  EVP_PKEY_free(work->key);
  EVP_PKEY_free(work->issuer_key);
}

/* A public key, with its private one or NULL. NULL: the library has failed. */
static EVP_PKEY *key_load(const struct ec_public *public, const uint8_t *private) {
  uint8_t point[POINT_LENGTH] = {4};
  EVP_PKEY *key = NULL;
  memcpy(point + 1, public->x, EC_LENGTH);
  memcpy(point + 1 + EC_LENGTH, public->y, EC_LENGTH);
  OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
  BIGNUM *scalar = private == NULL ? NULL : BN_bin2bn(private, EC_LENGTH, NULL);
  EVP_PKEY_CTX *context = EVP_PKEY_CTX_new_from_name(NULL, "EC", NULL);
  OSSL_PARAM *parameters = NULL;
  if (build != NULL && (private == NULL || scalar != NULL) &&
      OSSL_PARAM_BLD_push_utf8_string(build, OSSL_PKEY_PARAM_GROUP_NAME, "P-256", 0) == 1 &&
      OSSL_PARAM_BLD_push_octet_string(build, OSSL_PKEY_PARAM_PUB_KEY, point, sizeof point) == 1 &&
      (scalar == NULL || OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_PRIV_KEY, scalar) == 1))
    parameters = OSSL_PARAM_BLD_to_param(build);
  if (parameters != NULL && context != NULL && EVP_PKEY_fromdata_init(context) == 1 &&
      EVP_PKEY_fromdata(context, &key, EVP_PKEY_KEYPAIR, parameters) != 1)
    key = NULL;
  OSSL_PARAM_free(parameters);
  OSSL_PARAM_BLD_free(build);
  BN_clear_free(scalar);
  EVP_PKEY_CTX_free(context);
  return key;
}

static bool add_extension(const struct work *work, int id, const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, work->issuer == NULL ? work->certificate : work->issuer,
                 work->certificate, NULL, NULL, 0);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, id, value);
  const bool added = extension != NULL && X509_add_ext(work->certificate, extension, -1) == 1;
  X509_EXTENSION_free(extension);
  return added;
}

static bool set_serial(X509 *certificate) {
  uint8_t serial[SERIAL_LENGTH];
  if (RAND_bytes(serial, sizeof serial) != 1)
    return false;
  serial[0] = (uint8_t)((serial[0] & 0x7f) | 0x40); /* positive, and of one length */
  BIGNUM *number = BN_bin2bn(serial, sizeof serial, NULL);
  const bool set =
      number != NULL && BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != NULL;
  BN_free(number);
  return set;
}

static bool set_validity(const struct work *work, unsigned days) {
  ASN1_TIME *end = X509_getm_notAfter(work->certificate);
  if (X509_gmtime_adj(X509_getm_notBefore(work->certificate), -EARLIER_S) == NULL ||
      X509_time_adj_ex(end, (int)days, 0, NULL) == NULL)
    return false;
  return work->issuer == NULL || ASN1_TIME_compare(end, X509_get0_notAfter(work->issuer)) <= 0 ||
         X509_set1_notAfter(work->certificate, X509_get0_notAfter(work->issuer)) == 1;
}

static bool set_names(const struct work *work, const char *name) {
  X509_NAME *subject = X509_get_subject_name(work->certificate);
  return X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_UTF8, (const uint8_t *)name, -1, -1,
                                    0) == 1 &&
         X509_set_issuer_name(work->certificate, work->issuer == NULL
                                                     ? subject
                                                     : X509_get_subject_name(work->issuer)) == 1;
}

static bool set_extensions(const struct work *work, const struct keygen_certificate *request) {
  char names[TEXT_MAX];
  if (work->issuer == NULL)
    return add_extension(work, NID_basic_constraints, "critical,CA:TRUE") &&
           add_extension(work, NID_key_usage, "critical,keyCertSign");
  snprintf(names, sizeof names, "%s:%s", strchr(request->name, '@') == NULL ? "DNS" : "email",
           request->name);
  return add_extension(work, NID_key_usage, "critical,digitalSignature,keyAgreement") &&
         add_extension(work, NID_ext_key_usage, request->server ? "serverAuth" : "clientAuth") &&
         add_extension(work, NID_subject_alt_name, names);
}

static bool write_der(const X509 *certificate, uint8_t der[EDHOC_CRED_MAX], size_t *length) {
  uint8_t *at = der;
  const int needed = i2d_X509(certificate, NULL);
  if (needed <= 0 || needed > EDHOC_CRED_MAX)
    return false;
  *length = (size_t)i2d_X509(certificate, &at);
  return true;
}

/* NULL, or what is wrong with the issuer. */
static const char *load_issuer(struct work *work, const struct keygen_certificate *request) {
  const struct ec ec = {.backend = &EC_LIBCRYPTO};
  const uint8_t *at = request->issuer_der;
  struct ec_public public;
  if (ec_derive(&ec, EC_P256, request->issuer_private, &public) != 0)
    return "the CA's key is no private key of P-256";
  work->issuer_key = key_load(&public, request->issuer_private);
  if (request->issuer_der == NULL)
    return NULL;
  work->issuer = d2i_X509(NULL, &at, (long)request->issuer_length);
  if (work->issuer == NULL)
    return "the CA's certificate is none";
  if (X509_check_ca(work->issuer) == 0)
    return "the CA's certificate is not that of a CA";
  if (X509_check_private_key(work->issuer, work->issuer_key) != 1)
    return "the CA's key is not that of its certificate";
  return X509_cmp_current_time(X509_get0_notAfter(work->issuer)) < 0
             ? "the CA's certificate has ended"
             : NULL;
}

int keygen_certificate_make(const struct keygen_certificate *request, uint8_t der[EDHOC_CRED_MAX],
                            size_t *length, struct complaint *complaint) {
  struct work work = {.certificate = X509_new(), .key = key_load(request->public, NULL)};
  const char *wrong = load_issuer(&work, request);
  if (wrong == NULL &&
      !(work.certificate != NULL && work.key != NULL && work.issuer_key != NULL &&
        X509_set_version(work.certificate, X509_VERSION_3) == 1 && set_serial(work.certificate) &&
        set_validity(&work, request->days) && set_names(&work, request->name) &&
        X509_set_pubkey(work.certificate, work.key) == 1 && set_extensions(&work, request) &&
        X509_sign(work.certificate, work.issuer_key, EVP_sha256()) > 0 &&
        write_der(work.certificate, der, length)))
    wrong = "the certificate cannot be made";
  work_end(&work);
  return wrong == NULL ? 0 : complaint_set(complaint, "%s", wrong);
}
