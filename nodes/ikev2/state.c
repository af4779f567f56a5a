/* What an endpoint holds on the heap: how it is kept, how much it is, and its end. */
#include "ikev2_state.h"

#include "../crypto/crypto.h"

#include <stdlib.h>

int ikev2_octets_keep(struct kept *kept, const uint8_t *octets, size_t length) {
  return kept_store(kept, octets, length, NULL);
}

struct crypto_slice ikev2_octets_slice(const struct kept *kept) {
  return (struct crypto_slice){kept->data, kept->length};
}

void ikev2_peeked_end(struct ikev2_setup *setup) {
  if (setup->peeked == NULL)
    return;
  crypto_wipe(setup->peeked, sizeof *setup->peeked + 2 * setup->peeked->length);
  free(setup->peeked);
  setup->peeked = NULL;
}

void ikev2_setup_end(struct ikev2 *ike) {
  struct ikev2_setup *const setup = ike->setup;
  if (setup == NULL)
    return;
  kept_wipe(&setup->psk);
  kept_wipe(&setup->cookie);
  for (enum ikev2_side side = IKEV2_I; side <= IKEV2_R; side++) {
    kept_wipe(&setup->id[side]);
    kept_wipe(&setup->nonce[side]);
    kept_wipe(&setup->message[side]);
  }
  ikev2_peeked_end(setup);
  crypto_wipe(setup, sizeof *setup);
  free(setup);
  ike->setup = NULL;
}

void ikev2_child_end(struct ikev2 *ike) {
  if (ike->child == NULL)
    return;
  crypto_wipe(ike->child, sizeof *ike->child);
  free(ike->child);
  ike->child = NULL;
}

/* Octets held */

static size_t kept_bytes(const struct kept *kept) {
  return kept->spans == NULL ? 0 : kept->length + kept->span_count * sizeof *kept->spans + 1;
}

static size_t setup_bytes(const struct ikev2_setup *setup) {
  size_t sum = sizeof *setup + kept_bytes(&setup->psk) + kept_bytes(&setup->cookie);
  for (enum ikev2_side side = IKEV2_I; side <= IKEV2_R; side++)
    sum += kept_bytes(&setup->id[side]) + kept_bytes(&setup->nonce[side]) +
           kept_bytes(&setup->message[side]);
  return setup->peeked == NULL ? sum : sum + sizeof *setup->peeked + 2 * setup->peeked->length;
}

size_t ikev2_state_bytes(const struct ikev2 *ike) {
  return sizeof *ike + kept_bytes(&ike->request.octets) + kept_bytes(&ike->response.octets) +
         kept_bytes(&ike->proved) + (ike->setup == NULL ? 0 : setup_bytes(ike->setup)) +
         (ike->child == NULL ? 0 : sizeof *ike->child);
}

size_t ikev2_state_bytes_peak(const struct ikev2 *ike) {
  return ike->bytes_peak;
}

void ikev2_count_bytes(struct ikev2 *ike) {
  const size_t bytes = ikev2_state_bytes(ike);
  if (bytes > ike->bytes_peak)
    ike->bytes_peak = bytes;
}
