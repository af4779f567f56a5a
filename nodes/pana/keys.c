/* PRFs and MACs by a table of algorithms; prf+ as in IKEv2 (RFC 7296 section 2.13). */
#include "keys.h"

#include <assert.h>
#include <string.h>

typedef int mac_function(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                         const uint8_t *data, size_t length, uint8_t mac[CRYPTO_SHA256_LENGTH]);

struct algorithm {
  uint32_t number;
  size_t key_length;
  size_t output_length; /* of a PRF all that its function gives */
  mac_function *mac;
};

static int mac_hmac_sha256(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                           const uint8_t *data, size_t length, uint8_t *mac) {
  return crypto_hmac_sha256(hooks, key, key_length, data, length, mac);
}

static int mac_hmac_sha1(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                         const uint8_t *data, size_t length, uint8_t *mac) {
  return crypto_hmac_sha1(hooks, key, key_length, data, length, mac);
}

static const struct algorithm PRFS[] = {
#define PRF(id, number, key, function) {number, key, key, function},
#include "algorithms.def"
#undef PRF
};

static const struct algorithm INTEGRITIES[] = {
#define INTEGRITY(id, number, key, mac, function) {number, key, mac, function},
#include "algorithms.def"
#undef INTEGRITY
};

static_assert(sizeof PRFS / sizeof PRFS[0] == PANA_ALGORITHMS_MAX &&
                  sizeof INTEGRITIES / sizeof INTEGRITIES[0] == PANA_ALGORITHMS_MAX,
              "the header says how many there are");

static const struct algorithm *find(const struct algorithm algorithms[PANA_ALGORITHMS_MAX],
                                    uint32_t number) {
  for (size_t i = 0; i < PANA_ALGORITHMS_MAX; i++)
    if (algorithms[i].number == number)
      return &algorithms[i];
  return NULL;
}

bool pana_prf_is_known(uint32_t prf) {
  return find(PRFS, prf) != NULL;
}

bool pana_integrity_is_known(uint32_t integrity) {
  return find(INTEGRITIES, integrity) != NULL;
}

size_t pana_prf_nonce_min(uint32_t prf) {
  return find(PRFS, prf)->key_length / 2;
}

size_t pana_key_length(const struct pana_key *key) {
  return find(INTEGRITIES, key->integrity)->key_length;
}

size_t pana_mac_length(const struct pana_key *key) {
  return find(INTEGRITIES, key->integrity)->output_length;
}

/* Keys */

static void put_slice(struct span_writer *out, const struct crypto_slice *slice) {
  span_writer_put(out, ROW_COUNT, slice->data, slice->length);
}

/* What prf+ is fed with, behind room for the block before. */
static void put_seed(struct span_writer *out, const struct pana_key_input *input) {
  static const char label[] = "IETF PANA";
  span_writer_put(out, ROW_COUNT, label, sizeof label - 1);
  put_slice(out, &input->i_par);
  put_slice(out, &input->i_pan);
  put_slice(out, &input->pac_nonce);
  put_slice(out, &input->paa_nonce);
  span_writer_put_u16(out, ROW_COUNT, (uint16_t)(input->key_id >> 16));
  span_writer_put_u16(out, ROW_COUNT, (uint16_t)input->key_id);
}

int pana_key_derive(const struct pana_key_input *input, const struct node_hooks *hooks,
                    struct pana_key *key) {
  enum { SEED_MAX = 2 * NODE_DATAGRAM_MAX + 2 * PANA_NONCE_MAX + 64 };
  const struct algorithm *prf = find(PRFS, input->prf);
  const size_t needed = find(INTEGRITIES, input->integrity)->key_length;
  uint8_t data[CRYPTO_SHA256_LENGTH + SEED_MAX], block[CRYPTO_SHA256_LENGTH];
  struct span_writer seed;
  *key = (struct pana_key){.integrity = input->integrity, .id = input->key_id};
  span_writer_init(&seed, data + prf->output_length, SEED_MAX, NULL);
  put_seed(&seed, input);
  span_writer_put_u8(&seed, ROW_COUNT, 0);
  if (seed.overflow)
    return NODE_ERR_TOO_LONG;
  int error = 0;
  for (size_t made = 0; error == 0 && made < needed; made += prf->output_length) {
    const size_t before = made == 0 ? 0 : prf->output_length;
    const size_t take = needed - made < prf->output_length ? needed - made : prf->output_length;
    seed.data[seed.length - 1]++;
    error = prf->mac(hooks, input->msk, EAP_KEY_LENGTH, seed.data - before, seed.length + before,
                     block);
    if (error == 0) {
      memcpy(data, block, prf->output_length);
      memcpy(key->octets + made, block, take);
    }
  }
  crypto_wipe(data, sizeof data);
  crypto_wipe(block, sizeof block);
  if (error < 0)
    crypto_wipe(key, sizeof *key);
  return error;
}

/* AUTH */

static int compute(const struct pana_key *key, const struct node_hooks *hooks, const uint8_t *data,
                   size_t length, uint8_t mac[CRYPTO_SHA256_LENGTH]) {
  const struct algorithm *integrity = find(INTEGRITIES, key->integrity);
  return integrity->mac(hooks, key->octets, integrity->key_length, data, length, mac);
}

int pana_auth_make(const struct pana_key *key, const struct node_hooks *hooks,
                   struct span_writer *message) {
  const size_t length = pana_mac_length(key);
  uint8_t mac[CRYPTO_SHA256_LENGTH];
  const int error = compute(key, hooks, message->data, message->length, mac);
  if (error == 0)
    memcpy(message->data + message->length - length, mac, length);
  return error;
}

const char *pana_auth_verify(const struct pana_key *key, const struct node_hooks *hooks,
                             const struct pana_message *message) {
  const struct pana_avp *auth = pana_find(message, PANA_AVP_AUTH);
  const size_t length = pana_mac_length(key);
  uint8_t data[NODE_DATAGRAM_MAX], mac[CRYPTO_SHA256_LENGTH];
  if (auth == NULL)
    return "PANA message without AUTH";
  if (auth->length != length || message->length > sizeof data)
    return "PANA AUTH has another length";
  memcpy(data, message->data, message->length);
  memset(data + (auth->value - message->data), 0, length);
  if (compute(key, hooks, data, message->length, mac) < 0 ||
      !crypto_equal(mac, auth->value, length))
    return "PANA AUTH does not verify";
  return NULL;
}
