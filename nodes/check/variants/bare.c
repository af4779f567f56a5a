/* A peer whose message layer does not know repeated requests by their Message IDs (RFC 7252 section
 * 4.5), so that the ordering policy is all that keeps EAP packets in order, as section 6.4.2 of the
 * draft means it. Step 7 is left to the message layer: under OSCORE its repetition is a replay. */
#include "coap/session.h"

#include <string.h>

enum coap_received __real_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message);
enum coap_received __wrap_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message);

static bool is_step_in_clear(const uint8_t *data, size_t length) {
  struct coap_message message;
  return coap_message_parse(data, length, &message) == 0 && message.type == COAP_CON &&
         message.code == COAP_CODE_POST && coap_message_find(&message, COAP_NUMBER_OSCORE) == NULL;
}

enum coap_received __wrap_coap_session_receive(struct coap_session *session, const uint8_t *data,
                                               size_t length, uint64_t now_ns,
                                               struct coap_message *message) {
  if (!is_step_in_clear(data, length))
    return __real_coap_session_receive(session, data, length, now_ns, message);
  const bool held = session->response_held;
  struct coap_seen seen[COAP_SEEN_MAX];
  memcpy(seen, session->seen, sizeof seen);
  memset(session->seen, 0, sizeof session->seen);
  session->response_held = false;
  const enum coap_received received =
      __real_coap_session_receive(session, data, length, now_ns, message);
  memcpy(session->seen, seen, sizeof seen);
  session->response_held = held;
  return received;
}
