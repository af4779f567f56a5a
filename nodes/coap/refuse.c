/* Refusals, and answers to strangers. */
#include "refuse.h"

#include <assert.h>
#include <string.h>

/* Judging */

/* 5.10: critical options that every server here understands, and how long they may be. */
static const struct {
  uint16_t number;
  size_t least, most;
} LENGTHS[] = {
    {COAP_NUMBER_URI_HOST, 1, 255},     {COAP_NUMBER_URI_PORT, 0, 2},
    {COAP_NUMBER_URI_PATH, 0, 255},     {COAP_NUMBER_PROXY_URI, 1, 1034},
    {COAP_NUMBER_PROXY_SCHEME, 1, 255},
};

enum { LENGTHS_COUNT = sizeof LENGTHS / sizeof LENGTHS[0] };

/* 5.4.3: a value of another length makes an option one that is not understood. */
static bool has_good_lengths(const struct coap_message *request) {
  for (size_t i = 0; i < request->option_count; i++)
    for (size_t j = 0; j < LENGTHS_COUNT; j++)
      if (request->options[i].number == LENGTHS[j].number &&
          (request->options[i].length < LENGTHS[j].least ||
           request->options[i].length > LENGTHS[j].most))
        return false;
  return true;
}

uint8_t coap_refuse_options(const struct coap_message *request, const uint16_t *known,
                            size_t count) {
  uint16_t understood[LENGTHS_COUNT + COAP_REFUSE_KNOWN_MAX];
  assert(count <= COAP_REFUSE_KNOWN_MAX);
  for (size_t i = 0; i < LENGTHS_COUNT; i++)
    understood[i] = LENGTHS[i].number;
  for (size_t i = 0; i < count; i++)
    understood[LENGTHS_COUNT + i] = known[i];
  if (!has_good_lengths(request) ||
      coap_message_unknown_critical(request, understood, LENGTHS_COUNT + count) != NULL)
    return COAP_CODE_BAD_OPTION;
  return coap_message_find(request, COAP_NUMBER_PROXY_URI) != NULL ||
                 coap_message_find(request, COAP_NUMBER_PROXY_SCHEME) != NULL
             ? COAP_CODE_PROXYING_NOT_SUPPORTED
             : COAP_CODE_EMPTY;
}

uint8_t coap_refuse_method(const struct coap_message *request, bool is_resource) {
  if (request->code > COAP_CODE_DELETE)
    return COAP_CODE_METHOD_NOT_ALLOWED;
  if (!is_resource)
    return COAP_CODE_NOT_FOUND;
  return request->code == COAP_CODE_POST ? COAP_CODE_EMPTY : COAP_CODE_METHOD_NOT_ALLOWED;
}

/* RFC 7967 section 2.1: bits of the classes of responses that are not wanted. */
static bool is_unwanted(const struct coap_message *request, uint8_t code) {
  const struct coap_option *option = coap_message_find(request, COAP_NUMBER_NO_RESPONSE);
  return option != NULL && option->length == 1 && (option->value[0] & 1 << ((code >> 5) - 1)) != 0;
}

bool coap_refusal_is_sent(const struct coap_message *request, uint8_t code) {
  return request->type == COAP_CON || (code != COAP_CODE_BAD_OPTION && !is_unwanted(request, code));
}

const char *coap_refusal_label(uint8_t code) {
  static const struct {
    uint8_t code;
    const char *label;
  } labels[] = {
      {COAP_CODE_BAD_REQUEST, "4.00 Bad Request"},
      {COAP_CODE_UNAUTHORIZED, "4.01 Unauthorized"},
      {COAP_CODE_BAD_OPTION, "4.02 Bad Option"},
      {COAP_CODE_FORBIDDEN, "4.03 Forbidden"},
      {COAP_CODE_NOT_FOUND, "4.04 Not Found"},
      {COAP_CODE_METHOD_NOT_ALLOWED, "4.05 Method Not Allowed"},
      {COAP_CODE_UNSUPPORTED_FORMAT, "4.15 Unsupported Content-Format"},
      {COAP_CODE_BAD_GATEWAY, "5.02 Bad Gateway"},
      {COAP_CODE_UNAVAILABLE, "5.03 Service Unavailable"},
      {COAP_CODE_GATEWAY_TIMEOUT, "5.04 Gateway Timeout"},
      {COAP_CODE_PROXYING_NOT_SUPPORTED, "5.05 Proxying Not Supported"},
  };
  for (size_t i = 0; i < sizeof labels / sizeof labels[0]; i++)
    if (labels[i].code == code)
      return labels[i].label;
  return "refused";
}

/* Strangers */

static void stranger_answer(struct coap_stranger *stranger, const struct node_datagram *datagram,
                            const struct coap_message *answer, const char *label) {
  struct span_writer writer;
  span_writer_init(&writer, stranger->data, sizeof stranger->data, &stranger->spans);
  const int error = coap_message_compose(answer, &writer);
  assert(error == 0 && writer.length <= datagram->length);
  (void)error;
  stranger->length = writer.length;
  stranger->local = datagram->destination;
  stranger->remote = datagram->source;
  stranger->label = label;
  stranger->pending = true;
}

bool coap_stranger_receive(struct coap_stranger *stranger, const struct node_datagram *datagram,
                           struct coap_message *message) {
  const bool good = coap_message_parse(datagram->data, datagram->length, message) == 0;
  if (good && coap_code_is_request(message->code))
    return message->type == COAP_CON || message->type == COAP_NON;
  if (message->type != COAP_CON)
    return false;
  const struct coap_message reset = {
      .type = COAP_RST, .code = COAP_CODE_EMPTY, .message_id = message->message_id};
  stranger_answer(stranger, datagram, &reset, "CoAP RST");
  return false;
}

void coap_stranger_refuse(struct coap_stranger *stranger, const struct node_datagram *datagram,
                          const struct coap_message *request, uint8_t code,
                          const struct node_hooks *hooks) {
  if (!coap_refusal_is_sent(request, code))
    return;
  struct coap_message answer = {.type = COAP_ACK,
                                .code = code,
                                .message_id = request->message_id,
                                .token_length = request->token_length};
  memcpy(answer.token, request->token, sizeof answer.token);
  if (request->type == COAP_NON) {
    answer.type = COAP_NON;
    answer.message_id = (uint16_t)node_random_below(hooks, UINT16_MAX + 1);
  }
  stranger_answer(stranger, datagram, &answer, coap_refusal_label(code));
}

int coap_stranger_write(struct coap_stranger *stranger, struct node_datagram *datagram) {
  if (!stranger->pending)
    return 0;
  if (stranger->length > datagram->capacity)
    return NODE_ERR_TOO_LONG;
  memcpy(datagram->data, stranger->data, stranger->length);
  datagram->length = stranger->length;
  datagram->source = stranger->local;
  datagram->destination = stranger->remote;
  datagram->spans = stranger->spans;
  datagram->label = stranger->label;
  datagram->copy = 0;
  datagram->phase = NODE_PHASE_AUTHENTICATION;
  datagram->part = NODE_PART_OTHER;
  datagram->is_protected = false;
  stranger->pending = false;
  return 1;
}
