/* Planted fault: whatever number a request has, it is the next. */
#include "coap-eap/ordering.h"

enum coap_eap_verdict __real_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);
enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);

enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request) {
  const enum coap_eap_verdict verdict = __real_coap_eap_ordering_judge(ordering, request);
  return verdict == COAP_EAP_STALE ? COAP_EAP_NEXT : verdict;
}
