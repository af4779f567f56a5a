/* EAP with EAP-EDHOC, on either side: whole messages, and some in fragments. */
#include "eap_sides.h"

#include "eap/edhoc.h"
#include "edhoc/edhoc_parties.h"

const unsigned FUZZ_ROUNDS = 300;

enum { WHOLE, FRAGMENTS, WAYS };

static const struct eap_sides *eap_edhoc_sides(size_t way) {
  static struct parties parties[WAYS];
  static struct eap_sides all[WAYS];
  if (all[0].peer.method == NULL)
    for (size_t i = 0; i < WAYS; i++) {
      const struct parties_options options = {.peers = 1,
                                              .method = i == WHOLE ? EDHOC_STATIC_STATIC
                                                                   : EDHOC_SIGNATURE_SIGNATURE,
                                              .suite = 2,
                                              .credential = PARTIES_KID};
      const size_t mtu = i == WHOLE ? 0 : EAP_EDHOC_MTU_MIN;
      parties_init(&parties[i], &options);
      all[i] = (struct eap_sides){
          .peer = {&EAP_EDHOC_PEER, {.edhoc = &parties[i].peers[0].config, .mtu = mtu}},
          .server = {&EAP_EDHOC_SERVER, {.edhoc = &parties[i].server.config, .mtu = mtu}}};
    }
  return &all[way];
}

/* The second bit of the first octet says which way. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  fuzz_accepted = size > 0 && eap_sides_run(eap_edhoc_sides(data[0] / 2 % WAYS), data, size);
  return 0;
}

static fuzz_take *taken_by;

static void take_fragments(const uint8_t *data, size_t size) {
  struct fuzz_input input = {.size = 0};
  fuzz_input_put(&input, data, size);
  input.data[0] |= FRAGMENTS * 2;
  taken_by(input.data, input.size);
}

void fuzz_seeds(fuzz_take *take) {
  eap_sides_seeds(eap_edhoc_sides(WHOLE), take);
  taken_by = take;
  eap_sides_seeds(eap_edhoc_sides(FRAGMENTS), take_fragments);
}
