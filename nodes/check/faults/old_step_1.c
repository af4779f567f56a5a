/* Planted fault: a step 1 is taken though an authentication is alive, as if its authenticator had
 * been silent for long. */
#include "coap/session.h"

uint64_t __wrap_coap_max_transmit_wait_ms(const struct coap_parameters *parameters);

uint64_t __wrap_coap_max_transmit_wait_ms(const struct coap_parameters *parameters) {
  (void)parameters;
  return 0;
}
