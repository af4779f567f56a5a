/* Credentials: CCS and certificates, and the header maps that name them. */
#include "credential.h"

#include <string.h>

#include "../cbor/reader.h"
#include "../cbor/writer.h"
#include "../crypto/crypto.h"
#include "certificate.h"

enum { CLAIM_SUB = 2, CLAIM_CNF = 8, CNF_COSE_KEY = 1 };                 /* RFC 8392, RFC 8747 */
enum { KEY_KTY = 1, KEY_KID = 2, KEY_CRV = -1, KEY_X = -2, KEY_Y = -3 }; /* RFC 9053 section 7 */
enum { KTY_OKP = 1, KTY_EC2 = 2, CRV_P256 = 1, CRV_X25519 = 4, CRV_ED25519 = 6 };
enum { ALG_SHA_256_64 = -15, SHA_256_64_LENGTH = 8 }; /* RFC 9054 */

/* Finds `label` in a map and stays before its value; every key and value is read. Labels that are
 * no integers are passed over, one that comes twice is refused. */
static int find_label(struct cbor_reader *reader, int32_t label, bool *found) {
  struct cbor_reader value = *reader;
  size_t pairs;
  int error = cbor_get_map(reader, &pairs);
  *found = false;
  for (size_t i = 0; error == 0 && i < pairs; i++) {
    int32_t key = 0;
    const bool integer = cbor_next(reader) <= CBOR_NEGATIVE && cbor_get_int(reader, &key) == 0;
    if (!integer)
      error = cbor_skip(reader);
    if (error == 0 && integer && key == label) {
      if (*found)
        return NODE_ERR_MALFORMED;
      *found = true;
      value = *reader;
    }
    if (error == 0)
      error = cbor_skip(reader);
  }
  if (error == 0 && *found)
    *reader = value;
  return error;
}

static int require_label(struct cbor_reader *reader, int32_t label) {
  bool found;
  const int error = find_label(reader, label, &found);
  return error != 0 ? error : found ? 0 : NODE_ERR_MALFORMED;
}

static int key_integer(struct cbor_reader key, int32_t label, int32_t *value) {
  const int error = require_label(&key, label);
  return error != 0 ? error : cbor_get_int(&key, value);
}

static int key_coordinate(struct cbor_reader key, int32_t label, uint8_t coordinate[EC_LENGTH]) {
  const uint8_t *bytes;
  size_t length;
  int error = require_label(&key, label);
  if (error == 0)
    error = cbor_get_bytes(&key, &bytes, &length);
  if (error == 0 && length != EC_LENGTH)
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    memcpy(coordinate, bytes, EC_LENGTH);
  return error;
}

/* A COSE_Key of type EC2: y may be whole, or its sign only, or left out where only x matters. */
static int read_ec2(const struct ec *ec, struct cbor_reader key, struct ec_public *public) {
  int error = key_coordinate(key, KEY_X, public->x);
  struct cbor_reader y = key;
  bool found, odd = false;
  if (error == 0)
    error = find_label(&y, KEY_Y, &found);
  if (error != 0)
    return error;
  if (found && cbor_next(&y) == CBOR_BYTES)
    return key_coordinate(key, KEY_Y, public->y);
  if (found)
    error = cbor_get_bool(&y, &odd);
  uint8_t x[EC_LENGTH];
  memcpy(x, public->x, sizeof x);
  return error != 0 ? error : ec_decompress(ec, EC_P256, x, odd, public);
}

static int read_cose_key(const struct ec *ec, struct cbor_reader key, struct ec_public *public) {
  int32_t kty, crv;
  int error = key_integer(key, KEY_KTY, &kty);
  if (error == 0)
    error = key_integer(key, KEY_CRV, &crv);
  if (error != 0)
    return error;
  memset(public, 0, sizeof *public);
  if (kty == KTY_EC2 && crv == CRV_P256) {
    public->curve = EC_P256;
    return read_ec2(ec, key, public);
  }
  if (kty != KTY_OKP || (crv != CRV_X25519 && crv != CRV_ED25519))
    return NODE_ERR_UNSUPPORTED;
  public->curve = crv == CRV_X25519 ? EC_X25519 : EC_ED25519;
  return key_coordinate(key, KEY_X, public->x);
}

static int read_cred(const struct ec *ec, const uint8_t *cred, size_t length,
                     struct ec_public *public) {
  struct cbor_reader reader, whole;
  cbor_reader_init(&reader, cred, length);
  whole = reader;
  int error = cbor_skip(&whole);
  if (error == 0 && cbor_next(&whole) != CBOR_END)
    error = NODE_ERR_MALFORMED;
  if (error != 0)
    return error;
  if (cbor_next(&reader) == CBOR_BYTES) {
    struct edhoc_certificate certificate;
    error = cbor_get_bytes(&reader, &certificate.der, &certificate.length);
    return error != 0 ? error : edhoc_certificate_key(&certificate, public);
  }
  error = require_label(&reader, CLAIM_CNF);
  if (error == 0)
    error = require_label(&reader, CNF_COSE_KEY);
  return error != 0 ? error : read_cose_key(ec, reader, public);
}

static int check_id_cred(const uint8_t *id_cred, size_t length) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, id_cred, length);
  if (cbor_next(&reader) != CBOR_MAP || cbor_skip(&reader) != 0)
    return NODE_ERR_MALFORMED;
  return cbor_next(&reader) == CBOR_END ? 0 : NODE_ERR_MALFORMED;
}

int edhoc_credential_read(const struct ec *ec, const uint8_t *cred, size_t cred_length,
                          const uint8_t *id_cred, size_t id_cred_length,
                          struct edhoc_credential *credential) {
  if (cred_length > EDHOC_CRED_MAX || id_cred_length > EDHOC_ID_CRED_MAX)
    return NODE_ERR_TOO_LONG;
  *credential = (struct edhoc_credential){
      .cred = cred,
      .cred_length = cred_length,
      .id_cred = id_cred,
      .id_cred_length = id_cred_length,
  };
  const int error = check_id_cred(id_cred, id_cred_length);
  return error != 0 ? error : read_cred(ec, cred, cred_length, &credential->public);
}

bool edhoc_credential_certificate(const struct edhoc_credential *credential,
                                  struct edhoc_certificate *certificate) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, credential->cred, credential->cred_length);
  return cbor_next(&reader) == CBOR_BYTES &&
         cbor_get_bytes(&reader, &certificate->der, &certificate->length) == 0;
}

bool edhoc_credential_subject(const struct edhoc_credential *credential, const uint8_t **subject,
                              size_t *length) {
  struct cbor_reader reader;
  cbor_reader_init(&reader, credential->cred, credential->cred_length);
  return cbor_next(&reader) == CBOR_MAP && require_label(&reader, CLAIM_SUB) == 0 &&
         cbor_next(&reader) == CBOR_TEXT && cbor_get_text(&reader, subject, length) == 0;
}

static void put_cose_key(struct span_writer *out, const uint8_t *kid, size_t kid_length,
                         const struct ec_public *public) {
  const bool ec2 = public->curve == EC_P256;
  cbor_put_map(out, ec2 ? 5 : 4);
  cbor_put_int(out, KEY_KTY);
  cbor_put_int(out, ec2 ? KTY_EC2 : KTY_OKP);
  cbor_put_int(out, KEY_KID);
  cbor_put_bytes(out, kid, kid_length);
  cbor_put_int(out, KEY_CRV);
  cbor_put_int(out, ec2 ? CRV_P256 : public->curve == EC_X25519 ? CRV_X25519 : CRV_ED25519);
  cbor_put_int(out, KEY_X);
  cbor_put_bytes(out, public->x, EC_LENGTH);
  if (!ec2)
    return;
  cbor_put_int(out, KEY_Y);
  cbor_put_bytes(out, public->y, EC_LENGTH);
}

/* CRED_x is what was written up to `cred_length`, ID_CRED_x the rest. */
static int credential_finish(const struct span_writer *out, size_t cred_length,
                             const struct ec_public *public, struct edhoc_credential *credential) {
  if (out->overflow || cred_length > EDHOC_CRED_MAX ||
      out->length - cred_length > EDHOC_ID_CRED_MAX)
    return NODE_ERR_TOO_LONG;
  *credential = (struct edhoc_credential){
      .cred = out->data,
      .cred_length = cred_length,
      .id_cred = out->data + cred_length,
      .id_cred_length = out->length - cred_length,
      .public = *public,
  };
  return 0;
}

int edhoc_credential_ccs(const char *subject, const uint8_t *kid, size_t kid_length,
                         const struct ec_public *public, uint8_t *buffer, size_t capacity,
                         struct edhoc_credential *credential) {
  struct span_writer out;
  span_writer_init(&out, buffer, capacity, NULL);
  cbor_put_map(&out, 2);
  cbor_put_int(&out, CLAIM_SUB);
  cbor_put_text(&out, subject);
  cbor_put_int(&out, CLAIM_CNF);
  cbor_put_map(&out, 1);
  cbor_put_int(&out, CNF_COSE_KEY);
  put_cose_key(&out, kid, kid_length, public);
  const size_t cred_length = out.length;
  cbor_put_map(&out, 1);
  cbor_put_int(&out, EDHOC_HEADER_KID);
  cbor_put_bytes(&out, kid, kid_length);
  return credential_finish(&out, cred_length, public, credential);
}

int edhoc_credential_x5t(const struct ec *ec, const uint8_t *der, size_t length, uint8_t *buffer,
                         size_t capacity, struct edhoc_credential *credential) {
  const struct edhoc_certificate certificate = {.der = der, .length = length};
  uint8_t hash[CRYPTO_SHA256_LENGTH];
  struct ec_public public;
  struct span_writer out;
  int error = edhoc_certificate_key(&certificate, &public);
  if (error == 0)
    error = crypto_sha256(ec->hooks, der, length, hash);
  if (error != 0)
    return error;
  span_writer_init(&out, buffer, capacity, NULL);
  cbor_put_bytes(&out, der, length);
  const size_t cred_length = out.length;
  cbor_put_map(&out, 1);
  cbor_put_int(&out, EDHOC_HEADER_X5T);
  cbor_put_array(&out, 2);
  cbor_put_int(&out, ALG_SHA_256_64);
  cbor_put_bytes(&out, hash, SHA_256_64_LENGTH);
  return credential_finish(&out, cred_length, &public, credential);
}

int edhoc_credential_x5chain(const uint8_t *der, size_t length, uint8_t *buffer, size_t capacity,
                             struct edhoc_credential *credential) {
  const struct edhoc_certificate certificate = {.der = der, .length = length};
  struct ec_public public;
  struct span_writer out;
  const int error = edhoc_certificate_key(&certificate, &public);
  if (error != 0)
    return error;
  span_writer_init(&out, buffer, capacity, NULL);
  cbor_put_bytes(&out, der, length);
  const size_t cred_length = out.length;
  cbor_put_map(&out, 1);
  cbor_put_int(&out, EDHOC_HEADER_X5CHAIN);
  cbor_put_bytes(&out, der, length);
  return credential_finish(&out, cred_length, &public, credential);
}

bool edhoc_id_cred_kid(const uint8_t *id_cred, size_t length, const uint8_t **kid,
                       size_t *kid_length) {
  struct cbor_reader reader;
  size_t pairs;
  int32_t label;
  cbor_reader_init(&reader, id_cred, length);
  return cbor_get_map(&reader, &pairs) == 0 && pairs == 1 && cbor_get_int(&reader, &label) == 0 &&
         label == EDHOC_HEADER_KID && cbor_get_bytes(&reader, kid, kid_length) == 0;
}

bool edhoc_id_cred_has(const uint8_t *id_cred, size_t length, enum edhoc_header header) {
  struct cbor_reader reader;
  bool found;
  cbor_reader_init(&reader, id_cred, length);
  return find_label(&reader, (int32_t)header, &found) == 0 && found;
}
