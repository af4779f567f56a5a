/* Application requests and their responses. */
#include "application.h"

#include "../coap/refuse.h"
#include "../crypto/crypto.h"

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

/* `label` is static text. */
static int send(struct association *association, struct coap_message *request, const char *label) {
  int result = association_request(association, request, label);
  if (result < 0)
    return result;
  result = association_seal(association);
  if (result < 0)
    coap_session_cancel(association_coap(association));
  return result;
}

int lower_application_send(struct association *association, enum lower_request kind,
                           const uint8_t *payload, size_t length) {
  struct coap_message request;
  if (length > ASSOCIATION_PAYLOAD_MAX)
    return NODE_ERR_TOO_LONG;
  if (coap_session_busy(association_coap(association))) /* before it takes a Partial IV */
    return NODE_ERR_BUSY;
  lower_application_compose(kind, payload, length, association->hooks, &request);
  return send(association, &request, "app request");
}

int lower_application_call(struct association *association, const struct lower_call *call) {
  uint8_t format[8];
  struct coap_message request = {.phase = call->phase,
                                 .type = COAP_CON,
                                 .code = COAP_CODE_POST,
                                 .token_length = TOKEN_BYTES,
                                 .payload = call->payload,
                                 .payload_length = call->length,
                                 .payload_spans = call->spans};
  if (call->length > ASSOCIATION_PAYLOAD_MAX)
    return NODE_ERR_TOO_LONG;
  if (coap_session_busy(association_coap(association)))
    return NODE_ERR_BUSY;
  node_random(association->hooks, request.token, request.token_length);
  coap_message_add_option(&request, COAP_NUMBER_URI_PATH, ROW_COAP_URI_PATH, call->path,
                          strlen(call->path));
  coap_message_add_option(&request, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                          coap_uint_encode(call->content_format, format));
  return send(association, &request, call->label);
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

/* Services */

bool lower_service_is_for(const struct lower_service *service,
                          const struct association_request *request) {
  return service != NULL && coap_message_path_is(&request->plain, &service->path, 1);
}

static bool has_format(const struct coap_message *request, uint16_t format) {
  const struct coap_option *option = coap_message_find(request, COAP_NUMBER_CONTENT_FORMAT);
  uint64_t value;
  return option != NULL && coap_uint_decode(option->value, option->length, &value) == 0 &&
         value == format;
}

/* COAP_CODE_EMPTY: the service is asked. */
static uint8_t service_refusal(const struct lower_service *service,
                               const struct association_request *verified) {
  static const uint16_t known[] = {COAP_NUMBER_CONTENT_FORMAT};
  const struct coap_message *request = &verified->plain;
  const uint8_t refusal = coap_refuse_options(request, known, 1);
  if (refusal != COAP_CODE_EMPTY)
    return refusal;
  if (!association_permits(verified))
    return COAP_CODE_FORBIDDEN;
  if (request->code != COAP_CODE_POST)
    return COAP_CODE_METHOD_NOT_ALLOWED;
  return has_format(request, service->content_format) ? COAP_CODE_EMPTY
                                                      : COAP_CODE_UNSUPPORTED_FORMAT;
}

int lower_service_answer(const struct lower_service *service, const struct lower_client *client,
                         const struct association_request *request, uint64_t now_ns) {
  uint8_t octets[NODE_DATAGRAM_MAX], format[8];
  struct span_list spans;
  struct lower_answer answer = {.code = service_refusal(service, request), .label = "app response"};
  span_writer_init(&answer.payload, octets, sizeof octets, &spans);
  if (answer.code == COAP_CODE_EMPTY)
    service->serve(service->context, client, &request->plain, &answer, now_ns);
  struct coap_message response = {.phase = service->phase, .code = answer.code};
  if (answer.payload.length > 0) {
    response.payload = octets;
    response.payload_length = answer.payload.length;
    response.payload_spans = &spans;
    coap_message_add_option(&response, COAP_NUMBER_CONTENT_FORMAT, ROW_COAP_CONTENT_FORMAT, format,
                            coap_uint_encode(answer.content_format, format));
  }
  const int result = association_respond(request, &response, answer.label, now_ns);
  crypto_wipe(octets, sizeof octets);
  return result < 0 ? result : response.code >> 5 == 2;
}
