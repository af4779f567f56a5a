/* CoAP messages in words (RFC 7252 section 3). */
#include "coap_words.h"

#include <coap3/coap.h>

enum value_kind { VALUE_OPAQUE, VALUE_TEXT, VALUE_NUMBER };

static const struct {
  unsigned number;
  const char *name;
  enum value_kind kind;
} OPTIONS[] = {
    {COAP_OPTION_IF_MATCH, "If-Match", VALUE_OPAQUE},
    {COAP_OPTION_URI_HOST, "Uri-Host", VALUE_TEXT},
    {COAP_OPTION_ETAG, "ETag", VALUE_OPAQUE},
    {COAP_OPTION_OBSERVE, "Observe", VALUE_NUMBER},
    {COAP_OPTION_URI_PORT, "Uri-Port", VALUE_NUMBER},
    {COAP_OPTION_OSCORE, "OSCORE", VALUE_OPAQUE},
    {COAP_OPTION_CONTENT_FORMAT, "Content-Format", VALUE_NUMBER},
    {COAP_OPTION_MAXAGE, "Max-Age", VALUE_NUMBER},
    {COAP_OPTION_URI_QUERY, "Uri-Query", VALUE_TEXT},
    {COAP_OPTION_ACCEPT, "Accept", VALUE_NUMBER},
    {COAP_OPTION_NORESPONSE, "No-Response", VALUE_NUMBER},
};

/* Messages whose paths are joined: "/b/5". */
struct paths {
  struct text uri, location;
};

static void words_add_hex(struct text *words, const uint8_t *bytes, size_t length) {
  text_add(words, "0x");
  for (size_t i = 0; i < length; i++)
    text_add(words, "%02x", bytes[i]);
}

/* Text that may hold anything, since it came in a message. */
static void words_add_printable(struct text *words, const uint8_t *bytes, size_t length) {
  for (size_t i = 0; i < length; i++)
    text_add(words, "%c", bytes[i] > ' ' && bytes[i] < 127 ? bytes[i] : '.');
}

static void words_add_option(struct text *words, unsigned number, unsigned seqnum_number,
                             const uint8_t *value, size_t length) {
  const char *name = number == seqnum_number ? "SeqNum" : NULL;
  enum value_kind kind = VALUE_OPAQUE;
  for (size_t i = 0; name == NULL && i < sizeof OPTIONS / sizeof OPTIONS[0]; i++) {
    if (OPTIONS[i].number != number)
      continue;
    name = OPTIONS[i].name;
    kind = OPTIONS[i].kind;
  }
  if (name == NULL)
    text_add(words, "Option-%u", number);
  else
    text_add(words, "%s", name);
  if (length > 0) {
    text_add(words, "(");
    if (kind == VALUE_NUMBER)
      text_add(words, "%u", coap_decode_var_bytes(value, length));
    else if (kind == VALUE_TEXT)
      words_add_printable(words, value, length);
    else
      words_add_hex(words, value, length);
    text_add(words, ")");
  }
  text_add(words, " ");
}

static void words_add_options(struct text *words, struct paths *paths, const coap_pdu_t *pdu,
                              unsigned seqnum_number) {
  coap_opt_iterator_t iterator;
  const coap_opt_t *option;
  coap_option_iterator_init(pdu, &iterator, COAP_OPT_ALL);
  while ((option = coap_option_next(&iterator)) != NULL) {
    const uint8_t *value = coap_opt_value(option);
    size_t length = coap_opt_length(option);
    struct text *path = iterator.number == COAP_OPTION_URI_PATH        ? &paths->uri
                        : iterator.number == COAP_OPTION_LOCATION_PATH ? &paths->location
                                                                       : NULL;
    if (path == NULL) {
      words_add_option(words, iterator.number, seqnum_number, value, length);
    } else {
      text_add(path, "/");
      words_add_printable(path, value, length);
    }
  }
}

static void words_add_code(struct text *words, unsigned code) {
  static const char *const METHODS[] = {"",       "GET",   "POST",  "PUT",
                                        "DELETE", "FETCH", "PATCH", "iPATCH"};
  if (code == 0)
    text_add(words, "empty");
  else if (code < sizeof METHODS / sizeof METHODS[0])
    text_add(words, "%s", METHODS[code]);
  else
    text_add(words, "%u.%02u", code >> 5, code & 31);
  const char *phrase = code >= 64 ? coap_response_phrase((unsigned char)code) : NULL;
  if (phrase != NULL)
    text_add(words, " %s", phrase);
}

static void words_add_message(struct text *words, const coap_pdu_t *pdu, unsigned seqnum_number) {
  static const char *const TYPES[] = {"CON", "NON", "ACK", "RST"};
  struct text options = {0};
  struct paths paths = {{0}, {0}};
  unsigned code = coap_pdu_get_code(pdu);
  words_add_options(&options, &paths, pdu, seqnum_number);
  text_add(words, "%s [0x%04x] ", TYPES[coap_pdu_get_type(pdu) & 3],
           (unsigned)coap_pdu_get_mid(pdu) & 0xffff);
  words_add_code(words, code);
  if (paths.uri.length > 0 && code < 32)
    text_add(words, " %s", paths.uri.data);
  else if (paths.uri.length > 0)
    text_add(words, " Uri-Path[%s]", paths.uri.data);
  if (paths.location.length > 0)
    text_add(words, " Location-Path[%s]", paths.location.data);
  text_add(words, "\n%s", text_string(&options));
  coap_bin_const_t token = coap_pdu_get_token(pdu);
  if (token.length > 0) {
    text_add(words, "Token(");
    words_add_hex(words, token.s, token.length);
    text_add(words, ")");
  }
  while (words->data[words->length - 1] == ' ' || words->data[words->length - 1] == '\n')
    words->data[--words->length] = '\0';
  text_deinit(&options);
  text_deinit(&paths.uri);
  text_deinit(&paths.location);
}

bool coap_words_add(struct text *words, const uint8_t *data, size_t length,
                    unsigned seqnum_number) {
  coap_set_log_level(LOG_EMERG);
  coap_pdu_t *pdu = coap_pdu_init(COAP_MESSAGE_CON, COAP_EMPTY_CODE, 0, length);
  bool good = pdu != NULL && length >= 4 && coap_pdu_parse(COAP_PROTO_UDP, data, length, pdu) > 0;
  if (good)
    words_add_message(words, pdu, seqnum_number);
  coap_delete_pdu(pdu);
  return good;
}
