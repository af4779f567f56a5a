/* PRFs by a table. */
#include "prf.h"

#include <assert.h>
#include <string.h>

typedef int prf_function(const struct node_hooks *hooks, const uint8_t *key, size_t key_length,
                         const uint8_t *data, size_t length, uint8_t *out);

struct prf_row {
  enum ikev2_prf number;
  size_t length; /* of an output and of a key */
  prf_function *compute;
};

static const struct prf_row PRFS[] = {
    {IKEV2_PRF_HMAC_SHA2_256, CRYPTO_SHA256_LENGTH, crypto_hmac_sha256},
    {IKEV2_PRF_AES128_CMAC, CRYPTO_AES_LENGTH, crypto_cmac_prf},
};

static const struct prf_row *prf_row_of(enum ikev2_prf prf) {
  for (size_t i = 0; i < sizeof PRFS / sizeof PRFS[0]; i++)
    if (PRFS[i].number == prf)
      return &PRFS[i];
  assert(false);
  return NULL;
}

size_t ikev2_prf_length(enum ikev2_prf prf) {
  return prf_row_of(prf)->length;
}

static void put_slices(struct span_writer *out, const struct crypto_slice *slices, size_t count) {
  for (size_t i = 0; i < count; i++)
    span_writer_put(out, ROW_COUNT, slices[i].data, slices[i].length);
}

int ikev2_prf(const struct node_hooks *hooks, enum ikev2_prf prf, struct crypto_slice key,
              const struct crypto_slice *slices, size_t count, uint8_t *out) {
  const struct prf_row *row = prf_row_of(prf);
  uint8_t data[IKEV2_PRF_INPUT_MAX];
  struct span_writer input;
  span_writer_init(&input, data, sizeof data, NULL);
  put_slices(&input, slices, count);
  const int error = input.overflow
                        ? NODE_ERR_TOO_LONG
                        : row->compute(hooks, key.data, key.length, data, input.length, out);
  crypto_wipe(data, input.length);
  if (error < 0)
    crypto_wipe(out, row->length);
  return error;
}

int ikev2_prf_plus(const struct node_hooks *hooks, enum ikev2_prf prf, struct crypto_slice key,
                   const struct crypto_slice *slices, size_t count, uint8_t *out, size_t length) {
  const struct prf_row *row = prf_row_of(prf);
  /* T(n - 1), and behind it the seed and n: of T1 the seed alone. */
  uint8_t data[IKEV2_PRF_MAX + IKEV2_PRF_INPUT_MAX], block[IKEV2_PRF_MAX];
  struct span_writer seed;
  int error = length <= 255 * row->length ? 0 : NODE_ERR_TOO_LONG;
  span_writer_init(&seed, data + row->length, IKEV2_PRF_INPUT_MAX, NULL);
  put_slices(&seed, slices, count);
  span_writer_put_u8(&seed, ROW_COUNT, 0);
  if (seed.overflow)
    error = NODE_ERR_TOO_LONG;
  for (size_t made = 0; error == 0 && made < length; made += row->length) {
    const size_t before = made == 0 ? 0 : row->length;
    const size_t take = length - made < row->length ? length - made : row->length;
    seed.data[seed.length - 1]++;
    error =
        row->compute(hooks, key.data, key.length, seed.data - before, seed.length + before, block);
    if (error == 0) {
      memcpy(data, block, row->length);
      memcpy(out + made, block, take);
    }
  }
  crypto_wipe(data, sizeof data);
  crypto_wipe(block, sizeof block);
  if (error < 0)
    crypto_wipe(out, length);
  return error;
}
