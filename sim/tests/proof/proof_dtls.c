/* DTLS records and their keys, written apart from nodes/, on libcrypto. */
#include "proof_dtls.h"

#include <assert.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

enum {
  CLIENT_HELLO = 1,
  SERVER_HELLO = 2,
  HELLO_VERIFY_REQUEST = 3,
  SERVER_HELLO_DONE = 14,
  CLIENT_KEY_EXCHANGE = 16,
  FINISHED = 20,
  RANDOM_POSITION = PROOF_HANDSHAKE_HEADER + 2, /* behind the version */
  RANDOM = 32,
  SESSION_ID_POSITION = RANDOM_POSITION + RANDOM,
  SESSION_ID_MAX = 32,
  MASTER = 48,
  HASH = 32,
  KEY = 16,
  SALT = 4, /* the implicit part of a nonce */
  NONCE = SALT + PROOF_RECORD_NONCE,
  AAD = 13,
  MESSAGES_MAX = 256,
  MASTERS_MAX = 4096,
  KEYS_MAX = 16384,
};

/* Records */

static size_t read_number(const uint8_t *data, size_t octets) {
  size_t number = 0;
  for (size_t i = 0; i < octets; i++)
    number = number << 8 | data[i];
  return number;
}

bool proof_dtls_is(const uint8_t *data, size_t length) {
  return length > 0 && data[0] >= 20 && data[0] < 64;
}

/* RFC 6347 section 4.2.2: type, length, message_seq, fragment_offset, fragment_length. */
bool proof_dtls_handshakes(const uint8_t *data, size_t length, struct proof_records *records) {
  while (length > 0) {
    if (length < PROOF_HANDSHAKE_HEADER || records->handshake_count == PROOF_RECORDS_MAX)
      return false;
    const size_t carried = read_number(data + 9, 3);
    if (carried > length - PROOF_HANDSHAKE_HEADER || read_number(data + 1, 3) != carried)
      return false;
    records->handshake[records->handshake_count++] =
        (struct proof_handshake){.type = data[0], .length = PROOF_HANDSHAKE_HEADER + carried};
    data += PROOF_HANDSHAKE_HEADER + carried;
    length -= PROOF_HANDSHAKE_HEADER + carried;
  }
  return true;
}

/* Section 4.1: type, version, epoch, sequence_number, length. */
bool proof_dtls_parse(const uint8_t *data, size_t length, struct proof_records *records) {
  size_t position = 0;
  records->count = records->handshake_count = 0;
  while (position < length) {
    const uint8_t *header = data + position;
    if (length - position < PROOF_RECORD_HEADER || records->count == PROOF_RECORDS_MAX)
      return false;
    struct proof_record *record = &records->item[records->count++];
    *record = (struct proof_record){.type = header[0],
                                    .epoch = (unsigned)read_number(header + 3, 2),
                                    .sequence = read_number(header + 5, 6),
                                    .position = position,
                                    .length = read_number(header + 11, 2)};
    position += PROOF_RECORD_HEADER;
    if (record->length > length - position)
      return false;
    if (record->type == PROOF_HANDSHAKE && record->epoch == 0 &&
        !proof_dtls_handshakes(data + position, record->length, records))
      return false;
    position += record->length;
  }
  return records->count > 0;
}

const char *proof_dtls_row(unsigned type) {
  switch (type) {
  case CLIENT_HELLO:
    return "dtls_client_hello";
  case HELLO_VERIFY_REQUEST:
    return "dtls_hello_verify_request";
  case SERVER_HELLO:
    return "dtls_server_hello";
  case SERVER_HELLO_DONE:
    return "dtls_server_hello_done";
  case CLIENT_KEY_EXCHANGE:
    return "dtls_client_key_exchange";
  case FINISHED:
    return "dtls_finished";
  default:
    return "dtls_handshake";
  }
}

/* Handshakes */

struct handshake_message {
  const uint8_t *data; /* from the header on */
  size_t length;
};

/* What a cipher suite is made of: IANA's number. */
struct suite {
  unsigned number;
  size_t tag;
  bool gcm;
};

/* A session that can be resumed. */
struct master {
  uint8_t id_length, id[SESSION_ID_MAX]; /* as ServerHello has it */
  uint8_t secret[MASTER];
};

/* Of both directions: client, server. */
struct keys {
  const struct suite *suite;
  uint8_t key[2][KEY];
  uint8_t salt[2][SALT];
};

struct proof_dtls {
  struct handshake_message messages[MESSAGES_MAX];
  size_t message_count;
  struct master masters[MASTERS_MAX];
  size_t master_count;
  struct keys keys[KEYS_MAX];
  size_t key_count;
};

struct proof_dtls *proof_dtls_begin(void) {
  struct proof_dtls *dtls = calloc(1, sizeof *dtls);
  assert(dtls != NULL);
  return dtls;
}

void proof_dtls_end(struct proof_dtls *dtls) {
  free(dtls);
}

static void learn_message(struct proof_dtls *dtls, const uint8_t *data, size_t length) {
  for (size_t i = 0; i < dtls->message_count; i++)
    if (dtls->messages[i].length == length && memcmp(dtls->messages[i].data, data, length) == 0)
      return;
  assert(dtls->message_count < MESSAGES_MAX);
  dtls->messages[dtls->message_count++] = (struct handshake_message){data, length};
}

void proof_dtls_learn(struct proof_dtls *dtls, const uint8_t *data, size_t length) {
  struct proof_records records;
  if (!proof_dtls_parse(data, length, &records))
    return;
  for (size_t i = 0, next = 0; i < records.count; i++) {
    const struct proof_record *record = &records.item[i];
    const uint8_t *message = data + record->position + PROOF_RECORD_HEADER, *end;
    if (record->type != PROOF_HANDSHAKE || record->epoch != 0)
      continue;
    for (end = message + record->length; message < end; message += records.handshake[next++].length)
      learn_message(dtls, message, records.handshake[next].length);
  }
}

/* RFC 5246 section 5; the label is part of the seed. */
static void expand(const uint8_t *secret, size_t secret_length, const uint8_t *seed,
                   size_t seed_length, uint8_t *out, size_t length) {
  uint8_t block[HASH + 256], a[HASH];
  assert(seed_length <= sizeof block - HASH);
  HMAC(EVP_sha256(), secret, (int)secret_length, seed, seed_length, a, NULL);
  for (size_t done = 0; done < length; done += HASH) {
    uint8_t output[HASH];
    memcpy(block, a, HASH);
    memcpy(block + HASH, seed, seed_length);
    HMAC(EVP_sha256(), secret, (int)secret_length, block, HASH + seed_length, output, NULL);
    memcpy(out + done, output, length - done < HASH ? length - done : HASH);
    HMAC(EVP_sha256(), secret, (int)secret_length, a, HASH, a, NULL);
  }
}

static size_t prf_put(uint8_t *out, size_t used, const void *data, size_t length) {
  memcpy(out + used, data, length);
  return used + length;
}

/* RFC 4279 section 2: zeros and the key, each behind its length. */
static size_t put_premaster(uint8_t *out, const uint8_t *psk, size_t length) {
  assert(length <= PROOF_PSK_MAX);
  memset(out, 0, 4 + 2 * length);
  out[1] = out[3 + length] = (uint8_t)length;
  return prf_put(out, 4 + length, psk, length);
}

/* RFC 7627 section 3 and 4: over the handshake up to ClientKeyExchange. */
static void derive_master(const struct handshake_message *const handshake[4], const uint8_t *psk,
                          size_t length, uint8_t master[MASTER]) {
  uint8_t premaster[4 + 2 * PROOF_PSK_MAX], seed[64];
  size_t used = prf_put(seed, 0, "extended master secret", 22);
  EVP_MD_CTX *hash = EVP_MD_CTX_new();
  EVP_DigestInit_ex(hash, EVP_sha256(), NULL);
  for (size_t i = 0; i < 4; i++)
    EVP_DigestUpdate(hash, handshake[i]->data, handshake[i]->length);
  EVP_DigestFinal_ex(hash, seed + used, NULL);
  EVP_MD_CTX_free(hash);
  used += HASH;
  expand(premaster, put_premaster(premaster, psk, length), seed, used, master, MASTER);
}

/* RFC 6655 section 4, RFC 5487 section 2 */
static const struct suite *suite_of(const struct handshake_message *server_hello) {
  static const struct suite suites[] = {
      {0xc0a8, 8, false}, {0xc0a4, 16, false}, {0x00a8, 16, true}};
  const size_t position = SESSION_ID_POSITION + 1 + server_hello->data[SESSION_ID_POSITION];
  assert(position + 2 <= server_hello->length);
  for (size_t i = 0; i < sizeof suites / sizeof suites[0]; i++)
    if (suites[i].number == read_number(server_hello->data + position, 2))
      return &suites[i];
  return NULL;
}

/* RFC 5246 section 6.3; CCM and GCM have no MAC keys. */
static void add_keys(struct proof_dtls *dtls, const struct handshake_message *const handshake[2],
                     const uint8_t master[MASTER]) {
  uint8_t seed[128], block[2 * KEY + 2 * SALT];
  size_t used = prf_put(seed, 0, "key expansion", 13);
  used = prf_put(seed, used, handshake[1]->data + RANDOM_POSITION, RANDOM);
  used = prf_put(seed, used, handshake[0]->data + RANDOM_POSITION, RANDOM);
  expand(master, MASTER, seed, used, block, sizeof block);
  assert(dtls->key_count < KEYS_MAX);
  struct keys *keys = &dtls->keys[dtls->key_count++];
  keys->suite = suite_of(handshake[1]);
  assert(keys->suite != NULL);
  memcpy(keys->key, block, sizeof keys->key);
  memcpy(keys->salt, block + sizeof keys->key, sizeof keys->salt);
}

static void add_full(struct proof_dtls *dtls, const struct handshake_message *const handshake[4],
                     const uint8_t *psk, size_t length) {
  assert(dtls->master_count < MASTERS_MAX);
  struct master *master = &dtls->masters[dtls->master_count++];
  derive_master(handshake, psk, length, master->secret);
  memcpy(&master->id_length, handshake[1]->data + SESSION_ID_POSITION,
         1 + handshake[1]->data[SESSION_ID_POSITION]);
  add_keys(dtls, handshake, master->secret);
}

static unsigned sequence_of(const struct handshake_message *message) {
  return (unsigned)read_number(message->data + 4, 2);
}

/* Adds the keys of each handshake that the messages can make: which ClientHello a ServerHello
 * answers is not told, but each end numbers its messages, and the ServerHello has the number of its
 * ClientHello. */
static void add_handshakes(struct proof_dtls *dtls, const struct handshake_message **handshake,
                           size_t count, const uint8_t *psk, size_t length) {
  static const struct {
    unsigned type, after; /* the number, less that of ClientHello */
  } steps[] = {
      {CLIENT_HELLO, 0}, {SERVER_HELLO, 0}, {SERVER_HELLO_DONE, 1}, {CLIENT_KEY_EXCHANGE, 1}};
  if (count == sizeof steps / sizeof steps[0]) {
    add_full(dtls, handshake, psk, length);
    return;
  }
  for (size_t i = 0; i < dtls->message_count; i++) {
    handshake[count] = &dtls->messages[i];
    if (handshake[count]->data[0] == steps[count].type &&
        sequence_of(handshake[count]) == sequence_of(handshake[0]) + steps[count].after)
      add_handshakes(dtls, handshake, count + 1, psk, length);
  }
}

/* Whether a hello has the id of this session. */
static bool names(const struct handshake_message *hello, unsigned type,
                  const struct master *master) {
  return hello->data[0] == type && master->id_length > 0 &&
         memcmp(hello->data + SESSION_ID_POSITION, &master->id_length,
                1 + (size_t)master->id_length) == 0;
}

/* An abbreviated handshake: both hellos name the session, and nothing else is in clear. */
static void add_resumptions(struct proof_dtls *dtls, const struct master *master) {
  const struct handshake_message *hellos[2];
  for (size_t i = 0; i < dtls->message_count; i++)
    for (size_t j = 0; j < dtls->message_count; j++) {
      hellos[0] = &dtls->messages[i];
      hellos[1] = &dtls->messages[j];
      if (names(hellos[0], CLIENT_HELLO, master) && names(hellos[1], SERVER_HELLO, master) &&
          sequence_of(hellos[0]) == sequence_of(hellos[1]))
        add_keys(dtls, hellos, master->secret);
    }
}

void proof_dtls_add_key(struct proof_dtls *dtls, const uint8_t *psk, size_t length) {
  const struct handshake_message *handshake[4];
  const size_t before = dtls->master_count;
  add_handshakes(dtls, handshake, 0, psk, length);
  for (size_t i = before; i < dtls->master_count; i++)
    add_resumptions(dtls, &dtls->masters[i]);
}

/* RFC 6655 section 3, RFC 5288 section 3, RFC 5246 section 6.2.3.3 */
static bool dtls_open_with(const struct keys *keys, const uint8_t *data,
                           const struct proof_record *record, bool from_client, uint8_t *plain) {
  const uint8_t *header = data + record->position, *body = header + PROOF_RECORD_HEADER;
  const struct suite *suite = keys->suite;
  if (record->length <= PROOF_RECORD_NONCE + suite->tag)
    return false;
  const size_t length = record->length - PROOF_RECORD_NONCE - suite->tag;
  uint8_t nonce[NONCE], aad[AAD], tag[PROOF_RECORD_TAG_MAX];
  int done = 0;
  prf_put(nonce, prf_put(nonce, 0, keys->salt[!from_client], SALT), body, PROOF_RECORD_NONCE);
  prf_put(aad, prf_put(aad, 0, header + 3, 8), header, 3);
  aad[11] = (uint8_t)(length >> 8);
  aad[12] = (uint8_t)length;
  memcpy(tag, body + PROOF_RECORD_NONCE + length, suite->tag);
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  const bool ok =
      EVP_DecryptInit_ex(cipher, suite->gcm ? EVP_aes_128_gcm() : EVP_aes_128_ccm(), NULL, NULL,
                         NULL) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_IVLEN, NONCE, NULL) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, (int)suite->tag, tag) == 1 &&
      EVP_DecryptInit_ex(cipher, NULL, NULL, keys->key[!from_client], nonce) == 1 &&
      (suite->gcm || EVP_DecryptUpdate(cipher, NULL, &done, NULL, (int)length) == 1) &&
      EVP_DecryptUpdate(cipher, NULL, &done, aad, AAD) == 1 &&
      EVP_DecryptUpdate(cipher, plain, &done, body + PROOF_RECORD_NONCE, (int)length) == 1 &&
      (!suite->gcm || EVP_DecryptFinal_ex(cipher, plain + length, &done) == 1);
  EVP_CIPHER_CTX_free(cipher);
  return ok;
}

size_t proof_dtls_tag(const struct proof_dtls *dtls, size_t keys) {
  assert(keys > 0 && keys <= dtls->key_count);
  return dtls->keys[keys - 1].suite->tag;
}

size_t proof_dtls_open(const struct proof_dtls *dtls, const uint8_t *data,
                       const struct proof_record *record, bool from_client, uint8_t *plain) {
  for (size_t i = 0; i < dtls->key_count; i++)
    if (dtls_open_with(&dtls->keys[i], data, record, from_client, plain))
      return i + 1;
  return 0;
}
