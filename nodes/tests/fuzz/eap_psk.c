/* EAP with EAP-PSK, on either side. */
#include "eap_sides.h"

#include "eap/psk.h"

const unsigned FUZZ_ROUNDS = 20000;

static const uint8_t PSK[17] = "0123456789abcdef", NAME[] = "name";

static struct eap_sides eap_psk_sides(void) {
  const struct eap_credential credential = {
      .psk = PSK, .local_id = NAME, .local_id_length = sizeof NAME - 1};
  return (struct eap_sides){.peer = {&EAP_PSK_PEER, credential},
                            .server = {&EAP_PSK_SERVER, credential}};
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const struct eap_sides psk = eap_psk_sides();
  fuzz_accepted = eap_sides_run(&psk, data, size);
  return 0;
}

void fuzz_seeds(fuzz_take *take) {
  const struct eap_sides psk = eap_psk_sides();
  eap_sides_seeds(&psk, take);
}
