/* Application requests and their responses. */
#include "application.h"

#include "../coap/refuse.h"

#include <string.h>

enum { TOKEN_BYTES = 1 }; /* one request at a time is outstanding */

void lower_application_compose(enum lower_request kind, const uint8_t *payload, size_t length,
                               const struct node_hooks *hooks, struct coap_message *request) {
  *request = (struct coap_message){.phase = NODE_PHASE_APPLICATION,
                                   .type = COAP_CON,
                                   .code = kind == LOWER_POST ? COAP_CODE_POST : COAP_CODE_GET,
                                   .token_length = TOKEN_BYTES,
                                   .payload = length == 0 ? NULL : payload,
                                   .payload_length = length};
  node_random(hooks, request->token, request->token_length);
  coap_message_add_option(request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, LOWER_APPLICATION_PATH,
                          strlen(LOWER_APPLICATION_PATH));
}

int lower_application_send(struct association *association, enum lower_request kind,
                           const uint8_t *payload, size_t length) {
  struct coap_message request;
  if (length > ASSOCIATION_PAYLOAD_MAX)
    return NODE_ERR_TOO_LONG;
  if (coap_session_busy(association_coap(association))) /* before it takes a Partial IV */
    return NODE_ERR_BUSY;
  lower_application_compose(kind, payload, length, association->hooks, &request);
  int result = association_request(association, &request, "app request");
  if (result < 0)
    return result;
  result = association_seal(association);
  if (result < 0)
    coap_session_cancel(association_coap(association));
  return result;
}

static uint8_t answer_code(const struct association_request *verified) {
  static const char *const path[] = {LOWER_APPLICATION_PATH};
  const struct coap_message *request = &verified->plain;
  const uint8_t refusal = coap_refuse_options(request, NULL, 0);
  if (refusal != COAP_CODE_EMPTY)
    return refusal;
  if (!association_permits(verified))
    return COAP_CODE_FORBIDDEN;
  if (!coap_message_path_is(request, path, 1))
    return COAP_CODE_NOT_FOUND;
  switch (request->code) {
  case COAP_CODE_POST:
    return COAP_CODE_CHANGED;
  case COAP_CODE_GET:
    return COAP_CODE_CONTENT;
  default:
    return COAP_CODE_METHOD_NOT_ALLOWED;
  }
}

int lower_application_answer(const struct association_request *request, size_t payload_bytes,
                             enum node_phase phase, uint64_t now_ns) {
  struct coap_message response = {.phase = phase, .code = answer_code(request)};
  uint8_t content[NODE_DATAGRAM_MAX];
  if (response.code == COAP_CODE_CONTENT && payload_bytes > 0) {
    node_random(request->association->hooks, content, payload_bytes);
    response.payload = content;
    response.payload_length = payload_bytes;
  }
  const int result = association_respond(
      request, &response, phase == NODE_PHASE_APPLICATION ? "app response" : "confirmation",
      now_ns);
  return result < 0 ? result : response.code >> 5 == 2;
}
