/* The codec of CoAP messages: RFC 7252 section 3. Header, token and payload are handled here,
 * options by libcoap. */
#include "message.h"

#include <assert.h>
#include <coap3/coap.h>
#include <string.h>

enum {
  HEADER_LENGTH = 4,
  VERSION = 1,
  MARKER = 0xff,
  OPTION_HEADER_MAX = 5,
  DELTA_TWO_OCTETS_MIN = 269,
};

bool coap_code_is_request(uint8_t code) {
  return code >> 5 == 0 && code != COAP_CODE_EMPTY;
}

static bool code_is_reserved(uint8_t code) {
  const unsigned class = code >> 5;
  return class == 1 || class >= 6;
}

static int message_parse_header(const uint8_t *data, size_t length, struct coap_message *message) {
  *message = (struct coap_message){.type = COAP_RST, .code = COAP_CODE_EMPTY};
  if (length < HEADER_LENGTH || data[0] >> 6 != VERSION)
    return NODE_ERR_MALFORMED;
  message->type = (enum coap_type)(data[0] >> 4 & 3);
  message->code = data[1];
  message->message_id = (uint16_t)(data[2] << 8 | data[3]);

  const size_t token_length = data[0] & 15;
  if (code_is_reserved(message->code)) /* 4.2 */
    return NODE_ERR_MALFORMED;
  if (message->code == COAP_CODE_EMPTY && length != HEADER_LENGTH) /* 4.1 */
    return NODE_ERR_MALFORMED;
  if (token_length > COAP_TOKEN_MAX || token_length > length - HEADER_LENGTH)
    return NODE_ERR_MALFORMED;
  memcpy(message->token, data + HEADER_LENGTH, token_length);
  message->token_length = token_length;
  return 0;
}

/* Returns the length of the option at `data`, or 0 where it is malformed. */
static size_t message_parse_option(const uint8_t *data, size_t length, uint16_t previous,
                                   struct coap_option *option) {
  coap_option_t parsed;
  const size_t used = coap_opt_parse(data, length, &parsed);
  if (used == 0)
    return 0;
  /* libcoap 4.3.1 lets the two-octet deltas fe f3 to fe ff wrap to 0 to 12. */
  if (data[0] >> 4 == 14 && parsed.delta < DELTA_TWO_OCTETS_MIN)
    return 0;
  if (parsed.delta > UINT16_MAX - previous)
    return 0;
  *option = (struct coap_option){
      .number = (uint16_t)(previous + parsed.delta),
      .row = ROW_COAP_OPTION,
      .value = parsed.value,
      .length = parsed.length,
  };
  return used;
}

static int message_parse_body(const uint8_t *data, size_t length, struct coap_message *message) {
  uint16_t previous = 0;
  for (size_t at = 0; at < length;) {
    if (data[at] == MARKER) {
      if (at + 1 == length)
        return NODE_ERR_MALFORMED;
      message->payload = data + at + 1;
      message->payload_length = length - at - 1;
      return 0;
    }
    struct coap_option option;
    const size_t used = message_parse_option(data + at, length - at, previous, &option);
    if (used == 0)
      return NODE_ERR_MALFORMED;
    if (message->option_count == COAP_OPTIONS_MAX)
      return NODE_ERR_TOO_LONG;
    message->options[message->option_count++] = option;
    previous = option.number;
    at += used;
  }
  return 0;
}

int coap_body_parse(const uint8_t *data, size_t length, struct coap_message *message) {
  message->option_count = 0;
  message->payload = NULL;
  message->payload_length = 0;
  message->payload_spans = NULL;
  const int error = message_parse_body(data, length, message);
  if (error < 0)
    message->option_count = 0;
  return error;
}

int coap_message_parse(const uint8_t *data, size_t length, struct coap_message *message) {
  const int error = message_parse_header(data, length, message);
  if (error < 0)
    return error;
  const size_t head = HEADER_LENGTH + message->token_length;
  return coap_body_parse(data + head, length - head, message);
}

static void message_compose_option(const struct coap_option *option, uint16_t previous,
                                   struct span_writer *out) {
  assert(option->number >= previous);
  if (option->length > NODE_DATAGRAM_MAX) {
    out->overflow = true;
    return;
  }
  uint8_t header[OPTION_HEADER_MAX];
  const size_t length = coap_opt_setheader(header, sizeof header,
                                           (uint16_t)(option->number - previous), option->length);
  assert(length > 0);
  span_writer_put(out, option->row, header, length);
  span_writer_put(out, option->row, option->value, option->length);
}

static void message_compose_payload(const struct coap_message *message, struct span_writer *out) {
  if (message->payload_length == 0)
    return;
  span_writer_put_u8(out, ROW_COAP_MARKER, MARKER);
  const struct span_list *spans = message->payload_spans;
  if (spans == NULL) {
    span_writer_put(out, ROW_COAP_PAYLOAD, message->payload, message->payload_length);
    return;
  }
  assert(span_list_length(spans) == message->payload_length);
  const uint8_t *next = message->payload;
  for (size_t i = 0; i < spans->count; i++) {
    span_writer_put(out, spans->item[i].row, next, spans->item[i].length);
    next += spans->item[i].length;
  }
}

int coap_body_compose(const struct coap_message *message, struct span_writer *out) {
  assert(message->option_count <= COAP_OPTIONS_MAX);
  uint16_t previous = 0;
  for (size_t i = 0; i < message->option_count; i++) {
    message_compose_option(&message->options[i], previous, out);
    previous = message->options[i].number;
  }
  message_compose_payload(message, out);
  return out->overflow ? NODE_ERR_TOO_LONG : 0;
}

int coap_message_compose(const struct coap_message *message, struct span_writer *out) {
  assert(message->token_length <= COAP_TOKEN_MAX);
  assert(
      message->code != COAP_CODE_EMPTY ||
      (message->token_length == 0 && message->option_count == 0 && message->payload_length == 0));
  const uint8_t first =
      (uint8_t)(VERSION << 6 | (unsigned)message->type << 4 | message->token_length);
  span_writer_put_u8(out, ROW_COAP_HEADER, first);
  span_writer_put_u8(out, ROW_COAP_HEADER, message->code);
  span_writer_put_u16(out, ROW_COAP_HEADER, message->message_id);
  span_writer_put(out, ROW_COAP_TOKEN, message->token, message->token_length);
  return coap_body_compose(message, out);
}

void coap_message_add_option(struct coap_message *message, uint16_t number, uint16_t row,
                             const void *value, size_t length) {
  assert(message->option_count < COAP_OPTIONS_MAX);
  size_t at = message->option_count++;
  for (; at > 0 && message->options[at - 1].number > number; at--)
    message->options[at] = message->options[at - 1];
  message->options[at] =
      (struct coap_option){.number = number, .row = row, .value = value, .length = length};
}

const struct coap_option *coap_message_find(const struct coap_message *message, uint16_t number) {
  for (size_t i = 0; i < message->option_count; i++)
    if (message->options[i].number == number)
      return &message->options[i];
  return NULL;
}

static bool is_among(uint16_t number, const uint16_t *known, size_t count) {
  for (size_t i = 0; i < count; i++)
    if (known[i] == number)
      return true;
  return false;
}

const struct coap_option *coap_message_unknown_critical(const struct coap_message *message,
                                                        const uint16_t *known, size_t count) {
  for (size_t i = 0; i < message->option_count; i++) {
    const struct coap_option *option = &message->options[i];
    const bool critical = option->number & 1; /* 5.4.6 */
    const bool repeats = i > 0 && option->number == message->options[i - 1].number &&
                         option->number != COAP_NUMBER_URI_PATH;
    if (critical && (repeats || !is_among(option->number, known, count)))
      return option;
  }
  return NULL;
}

bool coap_message_path_is(const struct coap_message *message, const char *const *segments,
                          size_t count) {
  size_t seen = 0;
  for (size_t i = 0; i < message->option_count; i++) {
    const struct coap_option *option = &message->options[i];
    if (option->number != COAP_NUMBER_URI_PATH)
      continue;
    if (seen == count || option->length != strlen(segments[seen]) ||
        memcmp(option->value, segments[seen], option->length) != 0)
      return false;
    seen++;
  }
  return seen == count;
}

size_t coap_uint_encode(uint64_t value, uint8_t out[8]) {
  size_t length = 0;
  for (uint64_t rest = value; rest > 0; rest >>= 8)
    length++;
  for (size_t i = 0; i < length; i++)
    out[i] = (uint8_t)(value >> 8 * (length - 1 - i));
  return length;
}

int coap_uint_decode(const uint8_t *value, size_t length, uint64_t *out) {
  if (length > 8)
    return NODE_ERR_MALFORMED;
  *out = 0;
  for (size_t i = 0; i < length; i++)
    *out = *out << 8 | value[i];
  return 0;
}

const char *coap_library_version(void) {
  return coap_package_version();
}
