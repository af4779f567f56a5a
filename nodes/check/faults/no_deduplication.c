/* Planted fault: nothing is remembered of requests that were processed, neither by the message
 * layer nor by the ordering policy. */
#include "coap-eap/ordering.h"
#include "coap/session.h"

#include <string.h>

enum coap_received __real_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message);
enum coap_received __wrap_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message);
enum coap_eap_verdict __real_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);
enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request);

enum coap_received __wrap_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message) {
  session->response_held = false;
  memset(session->seen, 0, sizeof session->seen);
  return __real_coap_session_receive(session, data, length, now_ns, message);
}

enum coap_eap_verdict __wrap_coap_eap_ordering_judge(const struct coap_eap_ordering *ordering,
                                                     const struct coap_message *request) {
  const enum coap_eap_verdict verdict = __real_coap_eap_ordering_judge(ordering, request);
  return verdict == COAP_EAP_REPEAT ? COAP_EAP_NEXT : verdict;
}
