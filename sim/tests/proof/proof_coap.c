/* CoAP messages and the EAP packets in them, parsed apart from nodes/. */
#include "proof_coap.h"

#include "proof_ace.h"
#include "proof_info.h"

#include <assert.h>
#include <string.h>

enum {
  HEADER = 4,
  MARKER = 0xff,
  LOCATION_PATH = 8,
  URI_PATH = 11,
  CONTENT_FORMAT = 12,
  FORMAT_EDHOC = 64, /* RFC 9528 section 10.9 */
  FORMAT_CID_EDHOC = 65,
  NO_RESPONSE = 258,
  EAP_HEADER = 4,
  EAP_RESPONSE = 2,
  EAP_INITIATE = 5,
  EAP_FINISH = 6,
  EAP_NAK = 3,
};

void proof_spans_add(struct proof_spans *spans, const char *row, size_t length) {
  assert(spans->count < PROOF_SPANS_MAX);
  if (length > 0)
    spans->item[spans->count++] = (struct proof_span){row, length};
}

size_t proof_spans_length(const struct proof_spans *spans) {
  size_t length = 0;
  for (size_t i = 0; i < spans->count; i++)
    length += spans->item[i].length;
  return length;
}

/* RFC 7252 section 3.1: a nibble of 13 or 14 is extended by one or two octets. */
static bool read_extended(const uint8_t *data, size_t length, size_t *position, unsigned *value) {
  const size_t octets = *value < 13 ? 0 : *value == 13 ? 1 : 2;
  if (*value == 15 || length - *position < octets)
    return false;
  if (octets == 1)
    *value = 13u + data[*position];
  else if (octets == 2)
    *value = 269u + (data[*position] * 256u + data[*position + 1]);
  *position += octets;
  return true;
}

bool proof_coap_parse_body(const uint8_t *data, size_t length, size_t position,
                           struct proof_message *message) {
  unsigned number = 0;
  message->option_count = message->marker = 0;
  message->length = length;
  while (position < length && data[position] != MARKER) {
    if (message->option_count == PROOF_OPTIONS_MAX)
      return false;
    struct proof_option *option = &message->options[message->option_count++];
    unsigned delta = data[position] >> 4, size = data[position] & 15;
    option->position = position++;
    if (!read_extended(data, length, &position, &delta) ||
        !read_extended(data, length, &position, &size) || length - position < size)
      return false;
    option->number = number += delta;
    option->value = position;
    position += size;
    option->size = position - option->position;
  }
  message->marker = position < length;
  message->payload = position + message->marker;
  return message->marker == 0 || message->payload < length;
}

bool proof_coap_parse(const uint8_t *data, size_t length, struct proof_message *message) {
  if (length < HEADER || data[0] >> 6 != 1)
    return false;
  message->token = data[0] & 15;
  message->code = data[1];
  return message->token <= 8 && length >= HEADER + message->token &&
         proof_coap_parse_body(data, length, HEADER + message->token, message);
}

const struct proof_option *proof_coap_find(const struct proof_message *message, unsigned number) {
  for (size_t i = 0; i < message->option_count; i++)
    if (message->options[i].number == number)
      return &message->options[i];
  return NULL;
}

static const char *option_row(unsigned number, long long seqnum) {
  if (number == seqnum)
    return "coap_seqnum";
  switch (number) {
  case LOCATION_PATH:
    return "coap_location_path";
  case PROOF_OSCORE:
    return "oscore_option";
  case URI_PATH:
    return "coap_uri_path";
  case CONTENT_FORMAT:
    return "coap_content_format";
  case PROOF_EDHOC:
    return "coap_edhoc";
  case NO_RESPONSE:
    return "coap_no_response";
  default:
    return "coap_option";
  }
}

void proof_coap_options(const struct proof_message *message, long long seqnum,
                        struct proof_spans *spans) {
  for (size_t i = 0; i < message->option_count; i++)
    proof_spans_add(spans, option_row(message->options[i].number, seqnum),
                    message->options[i].size);
  proof_spans_add(spans, "coap_marker", message->marker);
}

size_t proof_coap_string(const uint8_t *data, size_t length) {
  enum { MAJOR = 5, STRING = 2, INFO = 31, ONE = 24, TWO = 25 };
  if (length == 0 || data[0] >> MAJOR != STRING)
    return 0;
  const unsigned info = data[0] & INFO;
  const size_t head = info < ONE ? 1 : info == ONE ? 2 : info == TWO ? 3 : length + 1;
  if (head > length)
    return 0;
  const size_t octets = head == 1 ? info : head == 2 ? data[1] : data[1] * 256u + data[2];
  return octets > length - head ? 0 : head + octets;
}

/* One octet of `true` or of an identifier that is the encoding of an integer, or a byte string. */
static size_t correlation(const uint8_t *data, size_t length) {
  const size_t string = proof_coap_string(data, length);
  return string > 0 ? string : 1;
}

static bool add_edhoc(unsigned format, const uint8_t *data, size_t length,
                      struct proof_spans *spans) {
  const size_t front = format == FORMAT_CID_EDHOC ? correlation(data, length) : 0;
  if (front >= length)
    return false;
  proof_spans_add(spans, "edhoc_correlation", front);
  proof_spans_add(spans, "edhoc_message", length - front);
  return true;
}

unsigned proof_coap_format(const struct proof_message *message, const uint8_t *data) {
  const struct proof_option *option = proof_coap_find(message, CONTENT_FORMAT);
  return option == NULL || option->position + option->size - option->value != 1
             ? 0
             : data[option->value];
}

/* Re-authentication: a keyName-NAI is the first attribute. */
static bool add_erp(const uint8_t *eap, size_t length, struct proof_spans *spans) {
  enum { TYPED = EAP_HEADER + 1, RE_AUTH = 2, HEAD = 3, NAI = 1 };
  if (length < TYPED + HEAD)
    return false;
  const bool named = eap[4] == RE_AUTH && length > TYPED + HEAD + 1 && eap[TYPED + HEAD] == NAI;
  const size_t nai = named ? 2U + eap[TYPED + HEAD + 1] : 0;
  const size_t before = eap[4] == RE_AUTH ? (size_t)HEAD : 0;
  if (TYPED + before + nai > length)
    return false;
  proof_spans_add(spans, "eap_header", TYPED);
  proof_spans_add(spans, "eap_method", before);
  proof_spans_add(spans, "eap_identity", nai);
  proof_spans_add(spans, "eap_method", length - TYPED - before - nai);
  return true;
}

bool proof_eap_rows(const uint8_t *eap, size_t length, struct proof_spans *spans) {
  if (length < EAP_HEADER || (size_t)(eap[2] << 8 | eap[3]) != length)
    return false;
  if (eap[0] == EAP_INITIATE || eap[0] == EAP_FINISH)
    return add_erp(eap, length, spans);
  const bool typed = eap[0] <= EAP_RESPONSE && length > EAP_HEADER;
  const size_t header = EAP_HEADER + typed;
  proof_spans_add(spans, "eap_header", header);
  proof_spans_add(spans, typed && eap[4] <= EAP_NAK ? "eap_identity" : "eap_method",
                  length - header);
  return true;
}

/* An EAP packet, and CoAP-EAP_Info behind it where there is any; or this alone, which begins with
 * the head of a map, and no EAP packet so. */
static bool add_eap(const uint8_t *eap, size_t length, struct proof_spans *spans) {
  enum { MAJOR = 5, MAP = 5 };
  struct proof_info info;
  const bool alone = eap[0] >> MAJOR == MAP;
  const size_t packet = alone ? 0 : length < EAP_HEADER ? length : (size_t)(eap[2] << 8 | eap[3]);
  if (packet > length || (!alone && !proof_eap_rows(eap, packet, spans)))
    return false;
  proof_spans_add(spans, "coap_eap_info", length - packet);
  return packet == length || proof_info_parse(eap + packet, length - packet, &info);
}

/* An EAP packet in a response 4.03: no words for people begin so. */
static bool is_eap(const uint8_t *data, size_t length) {
  return length >= EAP_HEADER && data[0] <= EAP_FINISH &&
         (size_t)(data[2] << 8 | data[3]) == length;
}

bool proof_coap_payload(const struct proof_message *message, const uint8_t *data, bool application,
                        struct proof_spans *spans) {
  const uint8_t *eap = data + message->payload;
  const size_t length = message->length - message->payload;
  const unsigned format = proof_coap_format(message, data);
  if (length == 0)
    return true;
  if (!application && (format == PROOF_FORMAT_ACE || format == PROOF_FORMAT_CWT))
    return proof_ace_rows(format, eap, length, spans);
  if (!application && (format == FORMAT_EDHOC || format == FORMAT_CID_EDHOC))
    return add_edhoc(format, eap, length, spans);
  const bool refuses = message->code >> 5 >= 4 && !is_eap(eap, length);
  if (application || refuses || eap[0] == '/') { /* or the path of step 0 */
    proof_spans_add(spans, "coap_payload", length);
    return true;
  }
  return add_eap(eap, length, spans);
}
