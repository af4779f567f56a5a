/* IKE messages and packets of ESP, written apart from nodes/, on libcrypto. */
#include "proof_ikev2.h"

#include "proof_pdml.h"
#include "second_esp.h"

#include <assert.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
  SPI = 8,
  KEY = 16,
  SALT = 3,
  IV = 8,
  ICV = 8,
  HEADER = 4, /* of a payload */
  ENCRYPTED = 46,
  INITIATOR = 8, /* the flag */
  MESSAGE_MAX = 2048,
  SAS_MAX = 4096,
  UDP = 17,
};

/* An IKE SA: SPIs, and keys with salts of both directions, initiator's first. */
struct ike_sa {
  uint8_t spis[2 * SPI];
  uint8_t keys[2][KEY + SALT];
};

struct esp_key {
  uint8_t spi[4];
  uint8_t key[SECOND_ESP_KEY];
};

struct proof_ikev2 {
  struct ike_sa sas[SAS_MAX];
  size_t sa_count;
  struct esp_key esp[2 * SAS_MAX];
  size_t esp_count;
};

/* Messages */

static size_t read_number(const uint8_t *data, size_t octets) {
  size_t number = 0;
  for (size_t i = 0; i < octets; i++)
    number = number << 8 | data[i];
  return number;
}

size_t proof_ikev2_marker(const uint8_t *data) {
  static const uint8_t zeros[PROOF_IKE_MARKER];
  return memcmp(data, zeros, sizeof zeros) == 0 ? sizeof zeros : 0;
}

/* Section 3.1: version 2.0, one of the four exchanges, and a length that fits. */
bool proof_ikev2_is(const uint8_t *data, size_t length) {
  if (length < PROOF_IKE_HEADER + PROOF_IKE_MARKER)
    return false;
  const size_t marker = proof_ikev2_marker(data);
  return data[marker + 17] == 0x20 && data[marker + 18] >= 34 && data[marker + 18] <= 37 &&
         read_number(data + marker + 24, 4) == length - marker;
}

static bool add_payloads(unsigned type, const uint8_t *at, const uint8_t *end, bool inside,
                         struct proof_payloads *payloads) {
  while (type != 0) {
    if (end - at < HEADER || payloads->count == PROOF_PAYLOADS_MAX)
      return false;
    const size_t length = read_number(at + 2, 2);
    if (length < HEADER || length > (size_t)(end - at))
      return false;
    payloads->item[payloads->count++] = (struct proof_payload){type, length, inside};
    if (type == ENCRYPTED) /* the last one, whose next is the first inside */
      return (size_t)(end - at) == length;
    type = at[0];
    at += length;
  }
  return at == end;
}

bool proof_ikev2_parse(const uint8_t *data, size_t length, struct proof_payloads *payloads) {
  const uint8_t *header = data + proof_ikev2_marker(data);
  payloads->count = 0;
  return add_payloads(header[16], header + PROOF_IKE_HEADER, data + length, false, payloads);
}

/* Keys */

static void learn_ike(struct proof_ikev2 *keys, const uint8_t *octets, size_t length) {
  assert(length == sizeof keys->sas[0] && keys->sa_count < SAS_MAX);
  memcpy(&keys->sas[keys->sa_count++], octets, length);
}

static void learn_esp(struct proof_ikev2 *keys, const uint8_t *octets, size_t length) {
  assert(length == 2 * sizeof keys->esp[0] && keys->esp_count + 2 <= 2 * SAS_MAX);
  memcpy(&keys->esp[keys->esp_count], octets, length);
  keys->esp_count += 2;
}

struct proof_ikev2 *proof_ikev2_begin(const json_t *lines) {
  static const struct {
    const char *name;
    void (*learn)(struct proof_ikev2 *keys, const uint8_t *octets, size_t length);
  } secrets[] = {{"ikev2_keys", learn_ike}, {"esp_keys", learn_esp}};
  struct proof_ikev2 *keys = calloc(1, sizeof *keys);
  assert(keys != NULL);
  size_t i;
  const json_t *line;
  json_array_foreach(lines, i, line) {
    for (size_t j = 0; j < sizeof secrets / sizeof secrets[0]; j++) {
      const char *digits = json_string_value(json_object_get(line, secrets[j].name));
      size_t length;
      uint8_t *octets = digits == NULL ? NULL : proof_pdml_octets(digits, &length);
      if (octets != NULL)
        secrets[j].learn(keys, octets, length);
      free(octets);
    }
  }
  return keys;
}

void proof_ikev2_end(struct proof_ikev2 *keys) {
  free(keys);
}

/* Section 3.14, RFC 5282 section 3 */
static bool open_with(const struct ike_sa *sa, const uint8_t *header, size_t encrypted,
                      size_t length, uint8_t *plain) {
  const uint8_t *key = sa->keys[(header[19] & INITIATOR) == 0];
  const uint8_t *iv = header + encrypted + HEADER, *text = iv + IV;
  const size_t sealed = length - encrypted - HEADER - IV - ICV;
  uint8_t nonce[SALT + IV], tag[ICV];
  int done = 0;
  memcpy(nonce, key + KEY, SALT);
  memcpy(nonce + SALT, iv, IV);
  memcpy(tag, text + sealed, ICV);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  const bool ok = EVP_DecryptInit_ex(cipher, EVP_aes_128_ccm(), NULL, NULL, NULL) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_IVLEN, sizeof nonce, NULL) == 1 &&
                  EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, ICV, tag) == 1 &&
                  EVP_DecryptInit_ex(cipher, NULL, NULL, key, nonce) == 1 &&
                  EVP_DecryptUpdate(cipher, NULL, &done, NULL, (int)sealed) == 1 &&
                  EVP_DecryptUpdate(cipher, NULL, &done, header, (int)(encrypted + HEADER)) == 1 &&
                  EVP_DecryptUpdate(cipher, plain, &done, text, (int)sealed) == 1;
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

/* Adds what is in the Encrypted payload, which begins so many octets behind the message's header.
 */
static bool add_inside(const struct proof_ikev2 *keys, const uint8_t *header, size_t encrypted,
                       size_t length, struct proof_payloads *payloads) {
  uint8_t plain[MESSAGE_MAX];
  if (length > sizeof plain || length < encrypted + HEADER + IV + 1 + ICV)
    return false;
  const size_t sealed = length - encrypted - HEADER - IV - ICV;
  for (size_t i = 0; i < keys->sa_count; i++)
    if (memcmp(keys->sas[i].spis, header, 2 * SPI) == 0 &&
        open_with(&keys->sas[i], header, encrypted, length, plain))
      return plain[sealed - 1] < sealed &&
             add_payloads(header[encrypted], plain, plain + sealed - 1 - plain[sealed - 1], true,
                          payloads);
  return false;
}

static const char *row_of(unsigned type) {
  static const struct {
    unsigned type;
    const char *row;
  } rows[] = {{33, "ikev2_sa"},   {34, "ikev2_ke"},    {35, "ikev2_id"},     {36, "ikev2_id"},
              {39, "ikev2_auth"}, {40, "ikev2_nonce"}, {41, "ikev2_notify"}, {42, "ikev2_delete"},
              {44, "ikev2_ts"},   {45, "ikev2_ts"}};
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].type == type)
      return rows[i].row;
  return NULL;
}

bool proof_ikev2_rows(const struct proof_ikev2 *keys, const uint8_t *data, size_t length,
                      struct proof_payloads *payloads, struct proof_spans *spans) {
  const size_t marker = proof_ikev2_marker(data);
  size_t at = PROOF_IKE_HEADER, left = 0;
  if (!proof_ikev2_parse(data, length, payloads))
    return false;
  proof_spans_add(spans, "ikev2_marker", marker);
  proof_spans_add(spans, "ikev2_header", PROOF_IKE_HEADER);
  for (size_t i = 0; i < payloads->count; i++) {
    const struct proof_payload *payload = &payloads->item[i];
    if (payload->type == ENCRYPTED) {
      proof_spans_add(spans, "ikev2_encrypted", HEADER + IV);
      left = payload->length - HEADER - IV;
      if (!add_inside(keys, data + marker, at, length - marker, payloads))
        return false;
      continue;
    }
    if (row_of(payload->type) == NULL)
      return false;
    proof_spans_add(spans, row_of(payload->type), payload->length);
    at += payload->length;
    if (payload->inside)
      left -= payload->length;
  }
  proof_spans_add(spans, "ikev2_encrypted", left);
  return true;
}

/* ESP */

static const struct esp_key *key_of(const struct proof_ikev2 *keys, const uint8_t *data,
                                    size_t length) {
  for (size_t i = 0; length >= PROOF_ESP_CLEAR && i < keys->esp_count; i++)
    if (memcmp(keys->esp[i].spi, data, sizeof keys->esp[i].spi) == 0)
      return &keys->esp[i];
  return NULL;
}

bool proof_esp_is(const struct proof_ikev2 *keys, const uint8_t *data, size_t length) {
  return key_of(keys, data, length) != NULL;
}

bool proof_esp_open(const struct proof_ikev2 *keys, const uint8_t *data, size_t length,
                    uint8_t *plain, size_t *length_inside, size_t *iv) {
  const struct esp_key *key = key_of(keys, data, length);
  for (int implicit = 0; key != NULL && implicit < 2; implicit++) {
    struct second_esp second = {.implicit_iv = implicit != 0};
    uint8_t next_header = 0;
    memcpy(second.key, key->key, sizeof second.key);
    const int inside = second_esp_open(&second, data, length, plain, &next_header);
    if (inside < 0 || next_header != UDP)
      continue;
    *length_inside = (size_t)inside;
    *iv = implicit ? 0 : IV;
    return true;
  }
  return false;
}
