/* cnf: osc, and COSE_Key. */
#include "confirmation.h"

#include "../crypto/crypto.h"
#include "map.h"

#include <assert.h>

enum { CNF_COSE_KEY = 1, CNF_OSC = 4 };

/* OSCORE_Input_Material (RFC 9203 section 3.2.1), and the values that are known. */
enum osc_key {
  OSC_ID,
  OSC_VERSION,
  OSC_MS,
  OSC_HKDF,
  OSC_ALG,
  OSC_SALT,
  OSC_CONTEXT_ID,
};
enum { OSC_VERSION_1 = 1, HMAC_256_256 = 5, DIRECT_HKDF_SHA_256 = -10, AES_CCM_16_64_128 = 10 };

/* COSE_Key (RFC 9052 section 7.1, RFC 9053 section 6.3). */
enum { KEY_K = -1, KEY_KTY = 1, KEY_KID = 2, KTY_SYMMETRIC = 4 };

struct confirmation_reading {
  struct ace_confirmation *confirmation;
  bool has_kty;
};

/* An integer that is one of two; others, and names as text, stand for what is not known. */
static int confirmation_take_known(struct cbor_reader *reader, int32_t one, int32_t other) {
  const uint8_t *name;
  size_t length;
  int32_t value;
  if (cbor_next(reader) == CBOR_TEXT) {
    const int error = cbor_get_text(reader, &name, &length);
    return error != 0 ? error : NODE_ERR_UNSUPPORTED;
  }
  const int error = cbor_get_int(reader, &value);
  if (error != 0)
    return error;
  return value == one || value == other ? 0 : NODE_ERR_UNSUPPORTED;
}

static int confirmation_take_id(struct cbor_reader *reader, struct ace_confirmation *confirmation) {
  return ace_map_copy_bytes(reader, 1, sizeof confirmation->id, confirmation->id,
                            &confirmation->id_length);
}

static int confirmation_take_secret(struct cbor_reader *reader,
                                    struct ace_confirmation *confirmation) {
  size_t length;
  const int error = ace_map_copy_bytes(reader, sizeof confirmation->secret,
                                       sizeof confirmation->secret, confirmation->secret, &length);
  confirmation->has_secret = error == 0;
  return error;
}

static int osc_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct confirmation_reading *reading = context;
  struct ace_confirmation *confirmation = reading->confirmation;
  switch (key) {
  case OSC_ID:
    return confirmation_take_id(reader, confirmation);
  case OSC_VERSION:
    return confirmation_take_known(reader, OSC_VERSION_1, OSC_VERSION_1);
  case OSC_MS:
    return confirmation_take_secret(reader, confirmation);
  case OSC_HKDF:
    return confirmation_take_known(reader, HMAC_256_256, DIRECT_HKDF_SHA_256);
  case OSC_ALG:
    return confirmation_take_known(reader, AES_CCM_16_64_128, AES_CCM_16_64_128);
  case OSC_SALT:
    return ace_map_copy_bytes(reader, 0, sizeof confirmation->salt, confirmation->salt,
                              &confirmation->salt_length);
  case OSC_CONTEXT_ID:
    confirmation->has_context_id = true;
    return ace_map_copy_bytes(reader, 0, sizeof confirmation->context_id, confirmation->context_id,
                              &confirmation->context_id_length);
  default:
    return cbor_skip(reader);
  }
}

static int cose_key_take(void *context, int32_t key, struct cbor_reader *reader) {
  struct confirmation_reading *reading = context;
  switch (key) {
  case KEY_KTY:
    reading->has_kty = true;
    return confirmation_take_known(reader, KTY_SYMMETRIC, KTY_SYMMETRIC);
  case KEY_KID:
    return confirmation_take_id(reader, reading->confirmation);
  case KEY_K:
    return confirmation_take_secret(reader, reading->confirmation);
  default:
    return cbor_skip(reader);
  }
}

static int confirmation_read_osc(struct cbor_reader *reader, struct confirmation_reading *reading) {
  const int error = ace_map_read(reader, osc_take, reading);
  if (error != 0)
    return error;
  reading->confirmation->profile = ACE_PROFILE_OSCORE;
  return reading->confirmation->has_secret ? 0 : NODE_ERR_MALFORMED;
}

static int confirmation_read_key(struct cbor_reader *reader, struct confirmation_reading *reading) {
  const int error = ace_map_read(reader, cose_key_take, reading);
  if (error != 0)
    return error;
  reading->confirmation->profile = ACE_PROFILE_DTLS;
  return reading->has_kty ? 0 : NODE_ERR_MALFORMED;
}

static int confirmation_read_method(struct cbor_reader *reader,
                                    struct confirmation_reading *reading) {
  int32_t method;
  if (cbor_get_int(reader, &method) != 0) {
    const int error = cbor_skip(reader);
    return error != 0 ? error : NODE_ERR_UNSUPPORTED;
  }
  switch (method) {
  case CNF_OSC:
    return confirmation_read_osc(reader, reading);
  case CNF_COSE_KEY:
    return confirmation_read_key(reader, reading);
  default:
    return NODE_ERR_UNSUPPORTED;
  }
}

int ace_confirmation_read(struct cbor_reader *reader, struct ace_confirmation *confirmation) {
  struct ace_confirmation read = {.id_length = 0};
  struct confirmation_reading reading = {.confirmation = &read};
  size_t methods;
  int error = cbor_get_map(reader, &methods);
  if (error == 0 && methods != 1) /* RFC 8747 section 3.1 */
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    error = confirmation_read_method(reader, &reading);
  if (error == 0 && read.id_length == 0)
    error = NODE_ERR_MALFORMED;
  if (error == 0)
    *confirmation = read;
  crypto_wipe(&read, sizeof read);
  return error;
}

static void osc_write(const struct ace_confirmation *confirmation, struct span_writer *out) {
  const bool has_salt = confirmation->salt_length > 0;
  cbor_put_map(out, 2u + (has_salt ? 1u : 0u) + (confirmation->has_context_id ? 1u : 0u));
  cbor_put_int(out, OSC_ID);
  cbor_put_bytes(out, confirmation->id, confirmation->id_length);
  cbor_put_int(out, OSC_MS);
  cbor_put_bytes(out, confirmation->secret, sizeof confirmation->secret);
  if (has_salt) {
    cbor_put_int(out, OSC_SALT);
    cbor_put_bytes(out, confirmation->salt, confirmation->salt_length);
  }
  if (confirmation->has_context_id) {
    cbor_put_int(out, OSC_CONTEXT_ID);
    cbor_put_bytes(out, confirmation->context_id, confirmation->context_id_length);
  }
}

static void cose_key_write(const struct ace_confirmation *confirmation, struct span_writer *out) {
  cbor_put_map(out, confirmation->has_secret ? 3 : 2);
  cbor_put_int(out, KEY_KTY);
  cbor_put_int(out, KTY_SYMMETRIC);
  cbor_put_int(out, KEY_KID);
  cbor_put_bytes(out, confirmation->id, confirmation->id_length);
  if (!confirmation->has_secret)
    return;
  cbor_put_int(out, KEY_K);
  cbor_put_bytes(out, confirmation->secret, sizeof confirmation->secret);
}

void ace_confirmation_write(const struct ace_confirmation *confirmation, struct span_writer *out) {
  assert(confirmation->id_length > 0 && confirmation->id_length <= ACE_KEY_ID_MAX);
  cbor_put_map(out, 1);
  if (confirmation->profile == ACE_PROFILE_OSCORE) {
    cbor_put_int(out, CNF_OSC);
    osc_write(confirmation, out);
  } else {
    cbor_put_int(out, CNF_COSE_KEY);
    cose_key_write(confirmation, out);
  }
}
