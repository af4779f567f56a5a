/* Planted fault: the ordering state moves when a request is judged, before EAP has taken it. */
#include "coap-eap/ordering.h"

enum coap_eap_verdict __real_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);
enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);

enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request) {
  const enum coap_eap_verdict verdict = __real_coap_eap_ordering_judge(ordering, request);
  if (verdict == COAP_EAP_NEXT)
    coap_eap_ordering_accept((struct coap_eap_ordering *)(uintptr_t)ordering, request);
  return verdict;
}
