/* Two associations, of which the newer one is used at once and replaces the older when it has
 * proved to be shared. */
#include "agreed.h"

struct association *edhoc_coap_agreed_in_use(struct edhoc_coap_agreed *agreed) {
  return agreed->unproved ? &agreed->pair.pending : &agreed->pair.current;
}

bool edhoc_coap_agreed_is_open(const struct edhoc_coap_agreed *agreed) {
  return agreed->unproved || association_is_open(&agreed->pair.current);
}

static void agreed_replace(struct edhoc_coap_agreed *agreed) {
  association_pair_replace(&agreed->pair);
  agreed->unproved = false;
}

void edhoc_coap_agreed_begin(struct edhoc_coap_agreed *agreed) {
  if (agreed->unproved)
    agreed_replace(agreed);
  association_close(&agreed->pair.pending);
}

void edhoc_coap_agreed_confirm(struct edhoc_coap_agreed *agreed, bool proved) {
  agreed->unproved = true;
  if (proved || !association_is_open(&agreed->pair.current))
    agreed_replace(agreed);
}

void edhoc_coap_agreed_drop(struct edhoc_coap_agreed *agreed) {
  if (!agreed->unproved)
    association_close(&agreed->pair.pending);
}

void edhoc_coap_agreed_prove(struct edhoc_coap_agreed *agreed,
                             const struct association *association) {
  if (agreed->unproved && association == &agreed->pair.pending)
    agreed_replace(agreed);
}

void edhoc_coap_agreed_digest(const struct edhoc_coap_agreed *agreed, struct digest *digest,
                              uint64_t now_ns) {
  association_pair_digest(&agreed->pair, digest, now_ns);
  digest_u64(digest, agreed->unproved);
}
