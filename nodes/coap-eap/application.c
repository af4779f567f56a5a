/* Application requests and their responses. */
#include "application.h"

#include <string.h>

#define REQUEST_LABEL "app request"
#define RESPONSE_LABEL "app response"

enum { TOKEN_BYTES = 1 }; /* one request at a time is outstanding */

/* Of one message, beside its payload: CoAP header, token, options and marker; DTLS adds more than
 * OSCORE. */
enum { HEAD_MAX = 16 };

size_t coap_eap_application_max(const struct coap_eap_options *options) {
  const size_t mtu =
      options->association == COAP_EAP_ASSOCIATION_DTLS ? options->dtls.mtu : DTLS_MTU_DEFAULT;
  return mtu - DTLS_RECORD_OVERHEAD - HEAD_MAX;
}

int coap_eap_application_send(struct coap_eap_association *association,
                              const struct coap_eap_options *options, uint8_t code,
                              const uint8_t *payload, size_t length) {
  if (code != COAP_CODE_POST && code != COAP_CODE_GET)
    return NODE_ERR_UNSUPPORTED;
  if (length > coap_eap_application_max(options))
    return NODE_ERR_TOO_LONG;
  if (coap_session_busy(association->coap)) /* before it takes a Partial IV */
    return NODE_ERR_BUSY;
  struct coap_message request = {.type = COAP_CON,
                                 .code = code,
                                 .token_length = TOKEN_BYTES,
                                 .payload = length == 0 ? NULL : payload,
                                 .payload_length = length};
  node_random(association->hooks, request.token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH,
                          COAP_EAP_APPLICATION_PATH, strlen(COAP_EAP_APPLICATION_PATH));
  return coap_eap_association_request(association, &request, REQUEST_LABEL);
}

static uint8_t answer_code(const struct coap_message *request) {
  static const char *const path[] = {COAP_EAP_APPLICATION_PATH};
  static const uint16_t known[] = {COAP_NUMBER_URI_PATH};
  if (coap_message_unknown_critical(request, known, 1) != NULL)
    return COAP_CODE_BAD_OPTION;
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

int coap_eap_application_answer(struct coap_eap_association *association,
                                const struct coap_eap_options *options,
                                const struct coap_eap_protected_request *request, uint64_t now_ns) {
  struct coap_message response = {.code = answer_code(&request->plain)};
  uint8_t content[NODE_DATAGRAM_MAX];
  if (response.code == COAP_CODE_CONTENT && options->application_bytes > 0) {
    node_random(association->hooks, content, options->application_bytes);
    response.payload = content;
    response.payload_length = options->application_bytes;
  }
  const int result =
      coap_eap_association_respond(association, request, &response, RESPONSE_LABEL, now_ns);
  return result < 0 ? result : response.code >> 5 == 2;
}

bool coap_eap_application_is(const char *label) {
  return strcmp(label, REQUEST_LABEL) == 0 || strcmp(label, RESPONSE_LABEL) == 0;
}
